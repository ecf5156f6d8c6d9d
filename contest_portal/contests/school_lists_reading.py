"""Read a list of schools as its makers wrote it: columns by their names, wherever they stand; pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from contest_portal.contests.levels import LEVELS, plain_words, read_level
from contest_portal.core.errors import Unusable
from contest_portal.core.i18n import lazy
from contest_portal.core.mail import ADDRESS
from contest_portal.core.spreadsheets import Sheet, Workbook, column_letter
from contest_portal.core.vietnamese import clean_text, parse_phone

# What the list that the portal itself writes calls each column; reading knows more ways.
HEADINGS: Final[dict[str, str]] = {
    "code": "Mã trường",
    "name": "Tên trường",
    "unit": "Đơn vị",
    "level": "Cấp học",
    "address": "Địa chỉ",
    "phone": "Điện thoại",
    "email": "Email",
    "head": "Người phụ trách",
    "aliases": "Tên gọi khác",
}
_WAYS: Final[dict[str, tuple[str, ...]]] = {
    "code": ("ma truong", "ma so truong", "ma dinh danh", "ma don vi truong", "ma csgd", "ma co so giao duc"),
    "name": ("ten truong", "truong", "ten don vi truong", "ten nha truong", "ten co so giao duc", "ten truong don vi", "nha truong"),
    "unit": ("don vi", "huyen", "xa", "phuong", "xa phuong", "huyen tp", "huyen tx tp", "huyen thi xa thanh pho", "quan huyen", "dia ban", "don vi huyen xa", "thuoc don vi", "phuong xa", "ma don vi"),
    "level": ("cap hoc", "cap", "bac hoc", "loai hinh", "cap bac hoc"),
    "address": ("dia chi", "dia chi truong", "dia diem"),
    "phone": ("dien thoai", "so dien thoai", "sdt", "dt", "dien thoai lien he", "dien thoai truong", "so dt"),
    "email": ("email", "e mail", "thu dien tu", "dia chi email", "mail", "hop thu"),
    "head": ("nguoi phu trach", "hieu truong", "nguoi lien he", "can bo phu trach", "ho ten hieu truong", "phu trach", "nguoi dai dien"),
    "aliases": ("ten goi khac", "ten khac", "ten cu", "ten viet tat"),
}  # fmt: skip
_FIELD_OF: Final = {way: name for name, ways in _WAYS.items() for way in ways}
LONGEST: Final = {"name": 200, "code": 40, "address": 300, "phone": 30, "email": 254, "head": 150}
_DEEPEST_HEADING: Final = 40
_ENDING: Final = re.compile(r"^(?:tong|cong|tong cong|tong so|nguoi lap|ghi chu|danh sach co)\b")


@dataclass(frozen=True, slots=True)
class Fault:
    """Name what is wrong with a cell and what to do; a fatal one keeps its row out."""

    row: int
    column: str
    value: str
    message: Any
    fatal: bool = True


@dataclass(slots=True)
class SchoolRow:
    """Hold one row: what it says of a school, by field, and what is wrong with it."""

    sheet: str
    row: int
    said: dict[str, str]
    columns: dict[str, str]
    faults: list[Fault] = field(default_factory=list)

    def blame(self, name: str, message: Any, *, fatal: bool = True) -> None:
        """Note what is wrong with the cell of a field."""
        self.faults.append(Fault(self.row, self.columns.get(name, ""), self.said.get(name, "")[:80], message, fatal))


@dataclass(slots=True)
class ReadList:
    """Hold what a workbook says: the rows, and which columns and sheets were not used."""

    rows: list[SchoolRow] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)


def read_school_list(book: Workbook) -> ReadList:
    """Return the rows of every visible sheet that holds a list; raises Unusable, saying what is missing."""
    found = ReadList()
    for sheet in book.sheets:
        if not sheet.hidden:
            _read_sheet(sheet, found)
    if not found.rows:
        raise Unusable(
            lazy(
                "Không có trang nào là danh sách trường. Hãy ghi dòng tiêu đề có cột “Tên trường” "
                "(và “Đơn vị”, “Mã trường”, “Email”…) rồi mỗi trường một dòng bên dưới."
            )
        )
    return found


def _read_sheet(sheet: Sheet, found: ReadList) -> None:
    heading = _find_heading(sheet)
    if heading is None:
        if any(any(map(_text, row)) for row in sheet.rows):
            found.ignored.append(sheet.name)
        return
    top, columns, ignored = heading
    found.ignored += [f"{sheet.name}: {text}" for text in ignored]
    letters = {name: column_letter(place) for name, place in columns.items()}
    for number, cells in enumerate(sheet.rows[top + 1 :], start=top + 2):
        said = {name: _said(name, cells, place) for name, place in columns.items()}
        if _is_row(said, cells):
            row = SchoolRow(sheet.name, number, {name: text for name, text in said.items() if text}, letters)
            _check(row)
            found.rows.append(row)


def _find_heading(sheet: Sheet) -> tuple[int, dict[str, int], list[str]] | None:
    best: tuple[int, dict[str, int], list[str]] | None = None
    for number, cells in enumerate(sheet.rows[:_DEEPEST_HEADING]):
        columns, ignored = _columns(cells)
        if "name" in columns and (best is None or len(columns) > len(best[1])):
            best = (number, columns, ignored)
    # One known word alone may stand in a title line.
    return best if best is not None and (len(best[1]) >= 2 or _is_narrow(sheet)) else None


def _is_narrow(sheet: Sheet) -> bool:
    return max((sum(1 for cell in row if _text(cell)) for row in sheet.rows), default=0) <= 2


def _columns(cells: list[Any]) -> tuple[dict[str, int], list[str]]:
    columns: dict[str, int] = {}
    ignored = []
    for place, cell in enumerate(cells):
        text = _text(cell)
        name = _FIELD_OF.get(plain_words(text)) if len(text) <= 60 else None
        if name and name not in columns:
            columns[name] = place
        elif text and plain_words(text) not in {"stt", "tt", "so tt"}:
            ignored.append(text[:60])
    return columns, ignored


def _said(name: str, cells: list[Any], place: int) -> str:
    cell = cells[place] if place < len(cells) else ""
    return (parse_phone(cell) or "") if name == "phone" else _text(cell)


def _text(cell: Any) -> str:
    if cell.__class__ is float and cell.is_integer():
        cell = int(cell)
    return clean_text(str(cell)) if cell is not None else ""


def _is_row(said: dict[str, str], cells: list[Any]) -> bool:
    """Tell whether a row speaks of a school: no blank, no total, no repeated heading, no signature."""
    if not any(said.values()):
        return False
    if "name" in _columns(cells)[0] and len(_columns(cells)[0]) > 1:
        return False
    filled = [_text(cell) for cell in cells if _text(cell)]
    return not (len(filled) <= 2 and _ENDING.match(plain_words(filled[0])))


def _check(row: SchoolRow) -> None:
    if not row.said.get("name"):
        row.blame("name", lazy("Dòng này chưa có tên trường. Hãy ghi tên trường."))
    for name, most in LONGEST.items():
        if len(row.said.get(name, "")) > most:
            row.blame(name, lazy("Dài quá %(most)s ký tự. Hãy rút ngắn.", most=most))
    for name, check in _CHECKS.items():
        if row.said.get(name):
            check(row)


def _check_email(row: SchoolRow) -> None:
    if not ADDRESS.fullmatch(row.said["email"]):
        row.blame("email", lazy("Địa chỉ thư chưa đúng, ví dụ đúng: ten@truong.edu.vn."))


def _check_level(row: SchoolRow) -> None:
    level = read_level(row.said["level"])
    if level is None:
        known = "; ".join(str(word) for word in LEVELS.values())
        row.blame("level", lazy("Không rõ cấp học. Hãy ghi một trong: %(known)s.", known=known))
    else:
        row.said["level"] = level


def _check_phone(row: SchoolRow) -> None:
    if sum(c.isdigit() for c in row.said["phone"]) < 9:
        row.blame("phone", lazy("Số điện thoại cần ít nhất 9 chữ số, ví dụ 0912 345 678."))


_CHECKS: Final = {"email": _check_email, "level": _check_level, "phone": _check_phone}


def split_aliases(text: str) -> tuple[str, ...]:
    """Return the other names in one cell, set apart by semicolons or lines."""
    return tuple(dict.fromkeys(part for part in map(clean_text, re.split(r"[;\n]", text)) if part))


def faults_of(rows: list[SchoolRow]) -> Iterator[Fault]:
    """Yield every fault of a list in its order."""
    for row in rows:
        yield from row.faults
