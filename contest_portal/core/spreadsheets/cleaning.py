"""Clean the values of a sheet and hold them to the limits, whatever file they came in."""

from typing import Any, Final

from contest_portal.core.errors import Unusable
from contest_portal.core.i18n import lazy
from contest_portal.core.spreadsheets.model import Merge, Place, Sheet
from contest_portal.core.spreadsheets.unpacking import Limits
from contest_portal.core.vietnamese import format_number, nfc

DAMAGED: Final = lazy("Tệp bị hỏng nên không đọc được. Hãy mở bằng Excel, lưu lại dạng .xlsx rồi tải lên.")
MACRO: Final = lazy("Tệp có chứa macro nên không được nhận. Hãy lưu lại dạng .xlsx (không có macro) rồi tải lên.")
SOFT_HYPHEN: Final = "\xad"
LOCKED: Final = lazy("Tệp có mật khẩu nên không đọc được. Hãy bỏ mật khẩu, lưu lại dạng .xlsx rồi tải lên.")


def make_sheet(
    name: str,
    rows: list[list[Any]],
    limits: Limits,
    *,
    hidden: bool = False,
    merges: list[Merge] | None = None,
    errors: dict[Place, str] | None = None,
    **more: Any,
) -> Sheet:
    """Return a sheet whose texts are composed and visible; raises Unusable for cells no list has."""
    sheet = Sheet(name, hidden, rows, merges or [], errors or {}, **more)
    for (row, column), code in sheet.errors.items():
        if row < len(rows) and column < len(rows[row]):
            rows[row][column] = code
    for row, cells in enumerate(rows):
        _clean_row(sheet, row, cells, limits)
    _check_merges(rows, sheet.merges)
    return sheet


def too_large(limits: Limits) -> Any:
    """Say that a workbook has more cells than any list."""
    most = format_number(limits.cells)
    return lazy("Tệp có hơn %(most)s ô. Hãy chia thành nhiều tệp nhỏ hơn.", most=most)


def _clean_row(sheet: Sheet, row: int, cells: list[Any], limits: Limits) -> None:
    """Clean one row in place, keeping what a text was where it lost the soft hyphen: in TCVN3 that is a letter."""
    for column, cell in enumerate(cells):
        if cell.__class__ is not str or (cell.isascii() and cell.isprintable() and len(cell) <= limits.text_length):
            continue
        if len(cell) > limits.text_length:
            most = format_number(limits.text_length)
            raise Unusable(lazy("Có ô chứa hơn %(most)s ký tự. Hãy rút ngắn nội dung ô đó.", most=most))
        if SOFT_HYPHEN in cell:
            sheet.raw[row, column] = cell
        cells[column] = nfc(cell)


def _check_merges(rows: list[list[Any]], merges: list[Merge]) -> None:
    # Real merges never overlap; overlapping ones make filling them quadratic.
    height, width = len(rows), max(map(len, rows), default=0)
    area = sum(
        max(min(bottom + 1, height) - top, 0) * max(min(right + 1, width) - left, 0)
        for top, left, bottom, right in merges
    )
    if area > height * width:
        raise Unusable(DAMAGED)
