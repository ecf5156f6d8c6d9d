"""Tables as a reader of workbooks hands them on, for tests."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from contest_portal.core.spreadsheets import Sheet
from contest_portal.registration.tables import ParsedEntry, ParsedTable, read_table

TODAY = date(2024, 6, 1)
YOUTH = [
    "TT",
    "Tên mô hình",
    "Lĩnh vực",
    "Tác giả, nhóm tác giả",
    "Ngày sinh",
    "Lớp, trường",
    "Giáo viên hướng dẫn",
    "Điểm",
    "Đề nghị dự thi cấp tỉnh",
]
TEAMS = [
    "STT",
    "Tên đội",
    "Trường",
    "Thành viên 1",
    "Ngày sinh",
    "Lớp",
    "Thành viên 2",
    "Ngày sinh",
    "Lớp",
    "HLV",
    "Điện thoại",
]
PEOPLE = ["STT", "Đội", "Trường", "Họ và tên", "Ngày sinh", "Lớp", "Vai trò"]


def table(*rows: Sequence[Any], merges: Sequence[tuple[int, int, int, int]] = ()) -> ParsedTable:
    """Read rows as one sheet, short ones filled up."""
    width = max(map(len, rows))
    grid = [[*row, *[""] * (width - len(row))] for row in rows]
    errors = {(r, c): v for r, row in enumerate(grid) for c, v in enumerate(row) if v == "#REF!"}
    return read_table(Sheet("Danh sách", False, grid, list(merges), errors), TODAY)


def said(entry: ParsedEntry) -> list[tuple[int, str, str, str]]:
    """Return an entry's problems as a reader sees them."""
    return [(p.row, p.column, p.value, str(p.message)) for p in entry.problems]


def people(entry: ParsedEntry) -> list[tuple[str, str]]:
    """Return roles and names."""
    return [(person.role, person.full_name) for person in entry.people]
