"""The summary workbook of an edition: overview, by unit, by group, lists of entries and people, scores and ranks."""

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO, Final

from contest_portal.contests.models import Edition
from contest_portal.contests.rulebook import Grouping, Rulebook
from contest_portal.contests.services import rulebook_of
from contest_portal.core import clock
from contest_portal.core.i18n import language, lazy
from contest_portal.core.looks import status_label
from contest_portal.core.papers.model import Letterhead
from contest_portal.core.spreadsheets import Column, SheetWriter, WorkbookWriter
from contest_portal.core.vietnamese import format_date
from contest_portal.reporting.tallies import TALLIES, EditionFigures, GroupFigure, figures_of
from contest_portal.reporting.workbook_rows import entry_rows, person_rows, unit_scores
from contest_portal.results.queries import RankedRow, ranking_of

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TOTAL: Final = lazy("Tổng cộng")
_AS_OF_NOW: Final = lazy(
    "Điểm và thứ hạng theo các phiếu đã nộp đến khi lập bảng này; bài thiếu phiếu chưa có thứ hạng."
)
_OVERVIEW: Final = ("teams", "members", "coaches", "people", "forwarded", "units_completed", "units_total")


def write_summary(edition: Edition, as_of: date | None, target: str | Path | BinaryIO) -> None:
    """Write an edition's summary as of a day, today when none is given, to a path or a stream.

    It is written in Vietnamese whoever asks: it is printed and filed.
    """
    with language("vi"):
        figures = figures_of(edition, as_of or clock.today())
        with WorkbookWriter(target, title=edition.title, author=_issuer()) as book:
            _Summary(book, edition, figures).write()


def file_name(edition: Edition, as_of: date) -> str:
    """Return a name that every system can keep: the edition's code and the day."""
    return f"tong-hop_{edition.code}_{as_of.isoformat()}.xlsx"


def _issuer() -> str:
    # A letter's head breaks it into lines; here it stands in one.
    return " ".join(Letterhead().issuer.split())


class _Summary:
    """Write the sheets one after the other."""

    def __init__(self, book: WorkbookWriter, edition: Edition, figures: EditionFigures) -> None:
        self.book, self.edition, self.figures = book, edition, figures
        self.rules: Rulebook = rulebook_of(edition)
        by_division = self.rules.grouping == Grouping.DIVISION
        self.group_word = str(lazy("Bảng") if by_division else lazy("Lĩnh vực"))
        self.groups: Sequence[GroupFigure] = (figures.divisions if by_division else figures.fields) or ()

    def write(self) -> None:
        """Write every sheet in the order people turn them."""
        self._overview()
        self._by_unit()
        self._by_group()
        self._entries()
        self._people()
        self._scores()

    def _sheet(self, title: Any, heading: Any, columns: Sequence[Column], **more: Any) -> SheetWriter:
        day = format_date(self.figures.as_of)
        head = (
            str(heading).upper(),
            self.edition.title,
            _issuer(),
            lazy("Số liệu tính đến ngày %(day)s", day=day),
        )
        return self.book.add_sheet(title, columns, head=head, **more)

    def _overview(self) -> None:
        columns = [
            Column(lazy("Chỉ tiêu"), 52),
            Column(lazy("Số liệu"), 16, "number", total=True),
        ]
        sheet = self._sheet(lazy("Tổng quan"), lazy("Tổng hợp số liệu"), columns, landscape=False)
        sheet.write_rows((group.name, group.count) for group in self.groups)
        # The sum of the groups above it is the number of entries: a formula, so that a reader can follow it.
        sheet.total_row(TALLIES["entries"].label)
        sheet.write_rows((TALLIES[name].label, getattr(self.figures, name)) for name in self._named())
        statuses = ((status_label(code), number) for code, number in self.figures.by_status.items() if number)
        sheet.write_rows((lazy("Hồ sơ ở trạng thái: %(status)s", status=s), number) for s, number in statuses)
        if self.groups:
            # Below the table: beside it the printed page would shrink to half.
            at = f"A{sheet.row + 2}"
            sheet.bar_chart(self._by_group_title(), labels=0, values=1, at=at, rows=len(self.groups), size=(480, 320))

    def _named(self) -> Iterator[str]:
        for name in _OVERVIEW:
            if name == "teams" and not self.figures.teams:
                continue
            if name in {"forwarded", "units_completed"} and not self.rules.screening:
                continue
            yield name

    def _by_unit(self) -> None:
        columns = [
            Column(lazy("Mã"), 8),
            Column(lazy("Đơn vị"), 34),
            Column(lazy("Số hồ sơ"), 12, "number", total=True),
            Column(lazy("Số người"), 12, "number", total=True),
            Column(lazy("Đã chuyển lên tỉnh"), 14, "number", total=True),
            Column(lazy("Ngày hoàn thành"), 16, "date", "center"),
        ]
        sheet = self._sheet(lazy("Theo đơn vị"), lazy("Tổng hợp theo đơn vị"), columns, landscape=False)
        sheet.write_rows((u.code, u.name, u.entries, u.people, u.forwarded, u.completed_on) for u in self.figures.units)
        sheet.total_row(TOTAL)

    def _by_group_title(self) -> str:
        return str(lazy("Theo bảng") if self.rules.grouping == Grouping.DIVISION else lazy("Theo lĩnh vực"))

    def _by_group(self) -> None:
        columns = [
            Column(lazy("Mã"), 12),
            Column(self.group_word, 52),
            Column(lazy("Số hồ sơ"), 12, "number", total=True),
            Column(lazy("Tỷ lệ"), 10, "percent"),
        ]
        title = self._by_group_title()
        sheet = self._sheet(title, lazy("Tổng hợp %(groups)s", groups=title), columns, landscape=False)
        whole = self.figures.entries or 1
        sheet.write_rows((g.code, g.name, g.count, g.count / whole) for g in self.groups)
        sheet.total_row(TOTAL)

    def _entries(self) -> None:
        word = self.rules.entry_word.vi
        columns = [
            Column(lazy("TT"), 6, "number"),
            Column(lazy("Mã hồ sơ"), 14),
            Column(lazy("Tên %(word)s", word=word), 36),
            Column(self.group_word, 26),
            Column(lazy("Trường, đơn vị dự thi"), 30),
            Column(lazy("Đơn vị"), 22),
            Column(self.rules.people.word.vi.capitalize(), 11, "number", total=True),
            Column(self.rules.coaches.word.vi.capitalize(), 11, "number", total=True),
            Column(lazy("Trạng thái"), 16),
            Column(lazy("Ngày đăng ký"), 12, "date", "center"),
        ]
        title = lazy("Danh sách %(word)s", word=word)
        sheet = self._sheet(title, title, columns, freeze_columns=3)
        sheet.write_rows(entry_rows(self.edition, self.figures.as_of))
        sheet.total_row(TOTAL)

    def _people(self) -> None:
        columns = [
            Column(lazy("TT"), 6, "number"),
            Column(lazy("Họ và tên"), 26),
            Column(lazy("Vai trò"), 16),
            Column(lazy("Ngày sinh"), 12, "date", "center"),
            Column(lazy("Lớp"), 8),
            Column(lazy("Tên %(word)s", word=self.rules.entry_word.vi), 34),
            Column(lazy("Mã hồ sơ"), 14),
            Column(lazy("Trường, đơn vị dự thi"), 30),
            Column(lazy("Đơn vị"), 22),
        ]
        title = lazy("Danh sách người dự thi")
        sheet = self._sheet(title, title, columns, freeze_columns=2)
        sheet.write_rows(person_rows(self.edition, self.figures.as_of))

    def _scores(self) -> None:
        rows = ranking_of(self.edition.id)
        # One round is its own mean: its column would only repeat it.
        rounds = rows[0].columns if rows and len(rows[0].columns) > 1 else ()
        columns = [
            Column(self.group_word, 28),
            Column(lazy("Hạng"), 8, "number", "center"),
            Column(lazy("Mã hồ sơ"), 14),
            Column(lazy("Tên %(word)s", word=self.rules.entry_word.vi), 36),
            Column(lazy("Trường, đơn vị dự thi"), 28),
            Column(lazy("Đơn vị"), 22),
            *([Column(lazy("Điểm sơ khảo của đơn vị"), 12, "decimal")] if self.rules.screening else []),
            *(Column(name, 12, "decimal") for name in rounds),
            Column(lazy("Điểm trung bình"), 12, "decimal"),
            Column(lazy("Phiếu đã nộp"), 10, "number"),
            Column(lazy("Phiếu được giao"), 10, "number"),
        ]
        sheet = self._sheet(lazy("Điểm và xếp hạng"), lazy("Điểm và xếp hạng"), columns, freeze_columns=4)
        sheet.write_rows(self._score_cells(rows, with_rounds=bool(rounds)))
        sheet.write_line(_AS_OF_NOW, italic=True)

    def _score_cells(self, rows: Sequence[RankedRow], *, with_rounds: bool) -> Iterator[tuple[Any, ...]]:
        from_unit = unit_scores(self.edition) if self.rules.screening else {}
        for row in rows:
            screened = (from_unit.get(row.reference),) if self.rules.screening else ()
            rounds = row.totals if with_rounds else ()
            named = (row.group, row.place, row.reference, row.title, row.school, row.unit)
            yield *named, *screened, *rounds, row.mean, row.submitted, row.assigned


__all__ = ["XLSX", "file_name", "write_summary"]
