"""Read workbooks that strangers send, and write workbooks that people print: the only place that knows the format."""

from contest_portal.core.spreadsheets.letters import Legacy, converted, legacy_of
from contest_portal.core.spreadsheets.marking import Mark, mark, without_marks
from contest_portal.core.spreadsheets.model import Cell, Merge, Sheet, Workbook, column_letter
from contest_portal.core.spreadsheets.reader import read_workbook
from contest_portal.core.spreadsheets.unpacking import Limits
from contest_portal.core.spreadsheets.writer import Column, SheetWriter, WorkbookWriter, safe_cell

__all__ = [
    "Cell",
    "Column",
    "Legacy",
    "Limits",
    "Mark",
    "Merge",
    "Sheet",
    "SheetWriter",
    "Workbook",
    "WorkbookWriter",
    "column_letter",
    "converted",
    "legacy_of",
    "mark",
    "read_workbook",
    "safe_cell",
    "without_marks",
]
