"""Give a workbook back to whoever sent it, with what is wrong written into it; and read it again as if nothing had been.

The workbook speaks to whoever made it and must be known again when it returns, so these words are not translated.
"""

import io
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from contest_portal.core.errors import Unusable
from contest_portal.core.i18n import lazy
from contest_portal.core.spreadsheets.model import Sheet, Workbook
from contest_portal.core.spreadsheets.reader import read_workbook
from contest_portal.core.spreadsheets.unpacking import ZIP_MAGIC, Limits, unpack
from contest_portal.core.spreadsheets.writer import safe_cell
from contest_portal.core.vietnamese import clean_text

HEADING: Final = "Cần sửa (cổng cuộc thi ghi)"
SUMMARY: Final = "Cần sửa"
SUMMARY_LINE: Final = "Những chỗ cần sửa trong tệp này (cổng cuộc thi ghi, không cần xóa)"
SUMMARY_HEADS: Final = ("Trang", "Ô", "Đang ghi", "Cần làm")
# A heading of ours stands in the row of the table's own heading.
DEEPEST: Final = 60
# What is edited is held in memory cell by cell; a list of 10,000 rows has less than half as many.
MOST_ELEMENTS: Final = 700_000
_FILL, _HEAD_FILL = "FFFFD9B3", "FFFCEBE9"
_WIDTH: Final = 60
_NOT_KEPT: Final = lazy("Không ghi được vào tệp này. Hãy xem danh sách chỗ cần sửa trên trang.")


@dataclass(frozen=True, slots=True)
class Mark:
    """Say what is wrong with one cell, or with a whole row where no column is named; rows are counted from 1."""

    sheet: str
    row: int
    column: str
    value: str
    message: str


def mark(data: bytes, marks: Sequence[Mark], heading_rows: Mapping[str, int]) -> bytes:
    """Return the workbook with its problems in a column of their own, as colours, and listed on a sheet.

    What was no .xlsx becomes one. Raises Unusable for a workbook that cannot be written again.
    """
    book = _open(data) if data.startswith(ZIP_MAGIC) else _rewritten(read_workbook(data))
    by_sheet: dict[str, list[Mark]] = defaultdict(list)
    for one in marks:
        by_sheet[one.sheet].append(one)
    for sheet in book.worksheets:
        if sheet["A1"].value == SUMMARY_LINE:
            book.remove(sheet)
    for sheet in book.worksheets:
        _unmark(sheet)
        if sheet.title in by_sheet:
            _mark_sheet(sheet, by_sheet[sheet.title], heading_rows.get(sheet.title, 1))
    _add_summary(book, marks)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def without_marks(workbook: Workbook) -> Workbook:
    """Return a workbook as it was before its problems were marked in it."""
    return Workbook([_cleared(sheet) for sheet in workbook.sheets if not _is_summary(sheet)])


def _is_summary(sheet: Sheet) -> bool:
    return bool(sheet.rows and sheet.rows[0]) and sheet.rows[0][0] == SUMMARY_LINE


def _cleared(sheet: Sheet) -> Sheet:
    found = next(_our_headings(sheet.rows), None)
    if found is None:
        return sheet
    start, column = found
    rows = [
        [*row[:column], "", *row[column + 1 :]] if number >= start and column < len(row) else row
        for number, row in enumerate(sheet.rows)
    ]
    return replace(sheet, rows=rows)


def _our_headings(rows: Iterable[Sequence[Any]]) -> Iterator[tuple[int, int]]:
    """Yield where the column of problems begins: row and column, counted from 0."""
    for number, row in enumerate(rows):
        if number >= DEEPEST:
            return
        for column, cell in enumerate(row):
            if cell.__class__ is str and clean_text(cell) == HEADING:
                yield number, column


def _open(data: bytes) -> Any:
    import openpyxl  # noqa: PLC0415 - loaded when the first workbook is marked

    scans = unpack(data, Limits()).scans.values()
    if sum(scan.elements for scan in scans) > MOST_ELEMENTS:
        raise Unusable(_NOT_KEPT)
    try:
        return openpyxl.load_workbook(io.BytesIO(data), keep_links=False)
    except Exception as error:
        # Whatever an editor may have left in it: the list of problems is on the page all the same.
        raise Unusable(_NOT_KEPT) from error


def _rewritten(workbook: Workbook) -> Any:
    """Return the values of an old workbook or of a text file in a new workbook."""
    import openpyxl  # noqa: PLC0415

    if sum(len(row) for sheet in workbook.sheets for row in sheet.rows) > MOST_ELEMENTS:
        raise Unusable(_NOT_KEPT)
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for sheet in workbook.sheets:
        made = book.create_sheet(safe_cell(sheet.name)[:31] or "Trang")
        for number, row in enumerate(sheet.rows, start=1):
            for column, value in enumerate(row, start=1):
                if value != "":
                    _put(made, number, column, value)
        made.sheet_state = "hidden" if sheet.hidden else "visible"
    return book


def _put(sheet: Any, row: int, column: int, value: Any) -> Any:
    """Write one value; text stays text, whatever it begins with."""
    cell = sheet.cell(row, column)
    if isinstance(value, str):
        cell.value = safe_cell(value)
        cell.data_type = "s"
        cell.quotePrefix = value[:1] in "=+-@"
    else:
        cell.value = value
    return cell


def _unmark(sheet: Any) -> None:
    """Take out what an earlier marking left: its column and its colours."""
    plain = _fills()[None]
    ours = {column + 1: start + 1 for start, column in _our_headings(_head_of(sheet))}
    for cell in _cells(sheet):
        if cell.has_style and cell.fill.fill_type == "solid" and cell.fill.fgColor.rgb in (_FILL, _HEAD_FILL):
            cell.fill = plain
        if cell.row > ours.get(cell.column, cell.row):
            cell.value = None


def _cells(sheet: Any) -> list[Any]:
    """Return the cells there are; the public ways make new ones down to the last painted row."""
    return list(sheet._cells.values())


def _head_of(sheet: Any) -> list[list[Any]]:
    width = min(sheet.max_column, Limits().columns)
    last = min(sheet.max_row, DEEPEST)
    return [[sheet.cell(row, column).value for column in range(1, width + 1)] for row in range(1, last + 1)]


def _fills() -> dict[str | None, Any]:
    from openpyxl.styles import PatternFill  # noqa: PLC0415

    fills: dict[str | None, Any] = {colour: PatternFill("solid", fgColor=colour) for colour in (_FILL, _HEAD_FILL)}
    return fills | {None: PatternFill()}


def _mark_sheet(sheet: Any, marks: Sequence[Mark], heading_row: int) -> None:
    from openpyxl.styles import Alignment, Font  # noqa: PLC0415

    fills = _fills()
    column = _marking_column(sheet)
    head = _put(sheet, heading_row, column, HEADING)
    head.font, head.fill = Font(bold=True, color="FF861B14"), fills[_HEAD_FILL]
    head.alignment = Alignment(wrap_text=True, vertical="center")
    sheet.column_dimensions[head.column_letter].width = _WIDTH
    sentences: dict[int, list[str]] = defaultdict(list)
    for one in marks:
        sentences[one.row].append(f"{one.column}{one.row}: {one.message}" if one.column else one.message)
        if one.column:
            _anchor(sheet, one).fill = fills[_FILL]
    for row, lines in sentences.items():
        cell = _put(sheet, row, column, "\n".join(dict.fromkeys(lines)))
        cell.alignment, cell.fill = Alignment(wrap_text=True, vertical="top"), fills[_HEAD_FILL]


def _anchor(sheet: Any, one: Mark) -> Any:
    """Return the cell to colour: of a merged area its first."""
    cell = sheet[f"{one.column}{one.row}"]
    for area in sheet.merged_cells.ranges:
        if cell.coordinate in area:
            return sheet.cell(area.min_row, area.min_col)
    return cell


def _marking_column(sheet: Any) -> int:
    """Return the column to write into: the one of an earlier marking, or the first to the right of everything."""
    earlier = next(_our_headings(_head_of(sheet)), None)
    if earlier is not None:
        return earlier[1] + 1
    filled = (cell.column for cell in _cells(sheet) if cell.value is not None)
    merged = (area.max_col for area in sheet.merged_cells.ranges)
    return max((*filled, *merged), default=0) + 1


def _add_summary(book: Any, marks: Sequence[Mark]) -> None:
    from openpyxl.styles import Alignment, Font  # noqa: PLC0415

    sheet = book.create_sheet(SUMMARY)
    _put(sheet, 1, 1, SUMMARY_LINE).font = Font(bold=True)
    for column, (words, width) in enumerate(zip(SUMMARY_HEADS, (24, 10, 32, 90), strict=True), start=1):
        _put(sheet, 3, column, words).font = Font(bold=True)
        sheet.column_dimensions["ABCD"[column - 1]].width = width
    for number, one in enumerate(marks, start=4):
        values = (one.sheet, f"{one.column}{one.row}", one.value, one.message)
        for column, value in enumerate(values, start=1):
            _put(sheet, number, column, value).alignment = Alignment(wrap_text=True, vertical="top")
    sheet.freeze_panes = "A4"
