"""Read workbooks that strangers send, and write workbooks that people print: the only place that knows the format."""

from contest_portal.core.spreadsheets.reader import Cell, Merge, Sheet, Workbook, column_letter, read_workbook
from contest_portal.core.spreadsheets.unpacking import Limits
from contest_portal.core.spreadsheets.writer import Column, SheetWriter, WorkbookWriter, safe_cell

__all__ = [
    "Cell",
    "Column",
    "Limits",
    "Merge",
    "Sheet",
    "SheetWriter",
    "Workbook",
    "WorkbookWriter",
    "column_letter",
    "read_workbook",
    "safe_cell",
]
