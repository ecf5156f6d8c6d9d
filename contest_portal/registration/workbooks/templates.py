"""Make the empty workbook of an edition: lists to choose from, cells that keep dates and zeros, examples, help."""

import io
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from contest_portal.accounts.actor import Actor
from contest_portal.contests.models import Edition
from contest_portal.contests.rulebook import EntryKind, Rulebook
from contest_portal.contests.services import rulebook_of
from contest_portal.core import clock
from contest_portal.core.i18n import _
from contest_portal.core.spreadsheets import Column, SheetWriter, WorkbookWriter
from contest_portal.core.vietnamese import format_date
from contest_portal.registration.columns import Kind
from contest_portal.registration.workbooks.lists import lists_of
from contest_portal.registration.workbooks.shape import ROLE_WORDS, Part, parts_of

LISTS: Final = "Danh mục"
SHEET: Final = "Danh sách"
HELP: Final = "Hướng dẫn"
# The reader leaves out lines that say so in their first cell.
EXAMPLE: Final = "Ví dụ"
# So many rows below the heading have lists and formats.
PREPARED: Final = 2000
_EXAMPLE_TITLES: Final = {
    EntryKind.TEAM: "Rồng Xanh",
    EntryKind.WORK: "Máy lọc nước từ vỏ trấu",
    EntryKind.SOLUTION: "Giải pháp tưới nhỏ giọt cho vải thiều",
}


def template_of(edition: Edition, actor: Actor | None = None) -> bytes:
    """Return an empty workbook for an edition, with the places of the one who asks."""
    rules = rulebook_of(edition)
    parts, lists = parts_of(rules), lists_of(edition, rules, actor)
    out = io.BytesIO()
    with WorkbookWriter(out, title=edition.title) as book:
        sheet = begin_sheet(book, edition, parts, lists, prepared=PREPARED)
        _write_examples(book, sheet, rules, parts, lists)
        write_help(book, edition, rules, parts)
        write_lists(book, lists)
    return out.getvalue()


def begin_sheet(
    book: WorkbookWriter,
    edition: Edition,
    parts: Sequence[Part],
    lists: Mapping[Kind, Sequence[str]],
    *,
    prepared: int,
    number: int = 1,
) -> SheetWriter:
    """Begin a sheet of entries: title, headings that stay in sight, lists and formats for so many rows."""
    name = SHEET if number == 1 else f"{SHEET} {number}"
    sheet = book.add_sheet(name, [part.column for part in parts], head=[edition.title], freeze_columns=3)
    # Rules that check the cells of columns, and cells that are empty still: text keeps zeros, a day is a day.
    for number, part in enumerate(parts):
        if part.date:
            sheet.check_dates(number, prepared, format_error(part))
        else:
            sheet.keep_text(number)
        if part.kind in lists:
            sheet.offer(number, prepared, list_name(part.kind))
    return sheet


def format_error(part: Part) -> str:
    """Return what Excel says of a day that is none."""
    return f"{part.heading}: hãy ghi ngày/tháng/năm, ví dụ 18/10/2014."


def list_name(kind: Kind) -> str:
    """Return the name of the range that holds a column's list."""
    return f"ds_{kind.value}"


def write_lists(book: WorkbookWriter, lists: Mapping[Kind, Sequence[str]]) -> None:
    """Write what the drop-down lists offer on a sheet that is not seen."""
    book.add_lists(LISTS, {list_name(kind): values for kind, values in lists.items()})


def _write_examples(
    book: WorkbookWriter,
    sheet: SheetWriter,
    rules: Rulebook,
    parts: Sequence[Part],
    lists: Mapping[Kind, Sequence[str]],
) -> None:
    for rule in rules.roles:
        values = _example(rules, rule.role, lists)
        sheet.write_sample([values.get(part.kind, "") for part in parts])


def _example(rules: Rulebook, role: str, lists: Mapping[Kind, Sequence[str]]) -> dict[Kind, Any]:
    """Return one example line: a person who takes part, or who guides."""
    first = {kind: values[0] for kind, values in lists.items()}
    coach = role == "coach"
    born = (
        date(1985, 3, 12) if coach or rules.entry_kind is EntryKind.SOLUTION else date(clock.today().year - 13, 10, 18)
    )
    return {
        **first,
        Kind.NUMBER: EXAMPLE,
        Kind.TITLE: _EXAMPLE_TITLES[rules.entry_kind],
        Kind.SCHOOL: first.get(Kind.SCHOOL, "Trường THCS Tân Dĩnh"),
        Kind.PERSON: "Trần Văn Bình" if coach else "Nguyễn Thị Hồng Ánh",
        Kind.ROLE: ROLE_WORDS[role],
        Kind.BIRTH_DATE: format_date(born),
        Kind.CLASS_NAME: "" if coach else "8A5",
        Kind.SHARE: "" if coach else "100",
        Kind.PHONE: "0912345678",
    }


def write_help(book: WorkbookWriter, edition: Edition, rules: Rulebook, parts: Sequence[Part]) -> None:
    """Write the sheet that says what each column means and what the edition allows."""
    columns = [Column(_("Mục"), 28), Column(_("Cách ghi"), 90)]
    sheet = book.add_sheet(HELP, columns, head=[_("Hướng dẫn điền danh sách"), edition.title], landscape=False)
    sheet.write_rows([(part.heading, str(part.help)) for part in parts])
    sheet.write_rows([("", ""), *_limits(edition, rules)])


def _limits(edition: Edition, rules: Rulebook) -> list[tuple[str, str]]:
    closes = clock.local(edition.closes_for())
    found = [
        (_("Hạn đăng ký"), f"{closes:%H:%M} {format_date(closes.date())}"),
        (_("Dòng ví dụ"), _("Các dòng có chữ “Ví dụ” ở cột đầu được bỏ qua khi nhập; không cần xóa.")),
        (_("Nhập lại"), _("Giữ nguyên mã để sửa hồ sơ đã có; ô để trống thì không thay đổi gì.")),
    ]
    found += [
        (
            ROLE_WORDS[rule.role],
            _("Mỗi hồ sơ từ %(least)s đến %(most)s người.", least=rule.least, most=rule.most),
        )
        for rule in rules.roles
    ]
    if rules.school_quota is not None:
        found.append((_("Mỗi trường"), _("Nhiều nhất %(most)s hồ sơ.", most=rules.school_quota)))
    if rules.unit_quota is not None:
        found.append((_("Mỗi đơn vị"), _("Nhiều nhất %(most)s hồ sơ.", most=rules.unit_quota)))
    found.append((_("Hỏi đáp"), edition.contact or _("Ban Tổ chức cuộc thi.")))
    return found
