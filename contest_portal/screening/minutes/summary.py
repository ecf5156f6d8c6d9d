"""Write a unit's summary table as districts keep it: a workbook that prints on A4 and can be corrected and sent in again."""

from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import Any, Final

from contest_portal.contests.models import Edition, EditionUnit
from contest_portal.contests.rulebook import Rulebook
from contest_portal.contests.services import rulebook_of
from contest_portal.core.spreadsheets import Column, WorkbookWriter
from contest_portal.core.vietnamese import format_date
from contest_portal.screening.minutes.composing import letterhead_of
from contest_portal.screening.minutes.lines import Line, lines_from
from contest_portal.screening.round.queries import round_of
from contest_portal.screening.round.standings import standings_of
from contest_portal.screening.states import UNDECIDED

# Of a board with more, the mean says enough on a sheet of paper; every sheet stays in the portal.
MOST_MARKERS: Final = 9
FORWARDED: Final = "x"


def write_summary(edition: Edition, edition_unit: EditionUnit) -> bytes:
    """Return the summary of a unit's screening as .xlsx."""
    standings = standings_of(edition, edition_unit)
    lines, markers = lines_from(standings), standings.screeners[:MOST_MARKERS]
    rules = rulebook_of(edition)
    stream = BytesIO()
    with WorkbookWriter(stream, title=f"Tổng hợp sơ khảo {edition_unit.unit.name}") as book:
        sheet = book.add_sheet(
            "Tổng hợp", _columns(rules, markers), head=_head(edition, edition_unit), freeze_columns=3
        )
        sheet.write_rows(_rows(lines, [marker for marker, _name in markers]), fit=True)
        sheet.write_line("")
        chosen = sum(line.forwarded for line in lines)
        word = rules.entry_word.vi
        sheet.write_line(f"(Danh sách có {len(lines)} {word}; đề nghị dự thi cấp tỉnh {chosen} {word})", italic=True)
        for number, (_marker, name) in enumerate(markers, start=1):
            sheet.write_line(f"GK{number}: {name}", italic=True)
    return stream.getvalue()


def _head(edition: Edition, edition_unit: EditionUnit) -> list[str]:
    issued = letterhead_of(edition_unit, round_of(edition.id, edition_unit.unit_id))
    lines = [issued.parent or "", issued.issuer.replace("\n", " ")]
    title = f"TỔNG HỢP KẾT QUẢ CHẤM SƠ KHẢO {edition.title}"
    return [line.upper() for line in (*lines, title) if line]


def _columns(rules: Rulebook, markers: Sequence[tuple[int, str]]) -> list[Column]:
    grouped = ("Bảng", 16) if rules.grouping == "division" else ("Lĩnh vực dự thi", 24)
    return [
        Column("TT", 5, "number"),
        Column("Mã hồ sơ", 16),
        Column(f"Tên {rules.entry_word.vi}", 32),
        Column(*grouped),
        Column(f"{rules.people.word.vi.capitalize()}, nhóm {rules.people.word.vi}", 24),
        Column("Ngày sinh", 12, align="center"),
        Column("Lớp, trường", 30),
        Column(str(rules.coaches.word.vi).capitalize(), 20),
        *(Column(f"GK{number}", 7, "decimal") for number, _marker in enumerate(markers, start=1)),
        Column("Điểm sơ khảo", 9, "decimal"),
        Column("Xếp thứ", 7, "number"),
        Column("Xếp giải", 12),
        Column("Đề nghị dự thi cấp tỉnh", 10, align="center"),
        Column("Ghi chú", 20),
    ]


def _rows(lines: Sequence[Line], markers: Sequence[int]) -> Iterable[list[Any]]:
    for number, line in enumerate(lines, start=1):
        yield [
            number,
            line.reference,
            line.title,
            line.group,
            _each(person.name for person in line.authors),
            _each(format_date(person.birth_date) for person in line.authors),
            _class_and_school(line),
            _each(person.name for person in line.coaches),
            *(line.sheets.get(marker) for marker in markers),
            line.score,
            line.place,
            line.prize,
            _decision(line),
            line.remark,
        ]


def _decision(line: Line) -> str:
    # Said outright: an empty cell in a list with marks means that the entry stays.
    return FORWARDED if line.forwarded else "chưa" if line.status in UNDECIDED else ""


def _class_and_school(line: Line) -> str:
    """Return class and school, once where all authors share them, else a line for each author."""
    told = [_one_class(person.class_name, line.school) for person in line.authors]
    return told[0] if len(set(told)) == 1 else _each(told)


def _one_class(class_name: str | None, school: str) -> str:
    return ", ".join(part for part in (f"Lớp {class_name}" if class_name else "", school) if part)


def _each(values: Iterable[str]) -> str:
    return "\n".join(values)
