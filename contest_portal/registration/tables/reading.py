"""Read a workbook's tables into entries."""

import re
from datetime import date
from typing import Any, Final

import contest_portal.registration.tables.wording as wording
from contest_portal.core import clock
from contest_portal.core.errors import Unusable
from contest_portal.core.i18n import lazy
from contest_portal.core.progress import Report, followed, quiet
from contest_portal.core.spreadsheets import Sheet, Workbook
from contest_portal.core.vietnamese import YearOnly, clean_text, fold, parse_date, parse_number
from contest_portal.registration.columns import Kind
from contest_portal.registration.references import is_reference
from contest_portal.registration.tables.cells import read_yes
from contest_portal.registration.tables.grid import Grid
from contest_portal.registration.tables.headings import find_headings, hints, is_heading, is_heading_row
from contest_portal.registration.tables.model import ParsedEntry, ParsedTable, RowProblem, TableColumn
from contest_portal.registration.tables.people import PeopleReader
from contest_portal.registration.tables.rows import RowSorter

LONGEST_TITLE: Final = 300
_ENTRANTS: Final = {
    "people": ("ca nhan", "nhom tac gia", "ca nhan, nhom tac gia", "ca nhan hoac nhom tac gia", "tac gia", "nhom"),
    "organisation": ("to chuc", "co quan", "doanh nghiep", "don vi", "tap the", "co quan, to chuc"),
}
_ENTRANT_WORDS: Final = {word: entrant for entrant, words in _ENTRANTS.items() for word in words}
_TEXTS: Final = (
    Kind.REFERENCE, Kind.SCHOOL, Kind.UNIT, Kind.DIVISION, Kind.FIELD, Kind.UNIT_PRIZE, Kind.NOTE, Kind.CONTACT_NAME,
)  # fmt: skip
_BLANK: Final = re.compile(r"[.…_\-–—\s]*")


def read_tables(workbook: Workbook, today: date | None = None, report: Report = quiet) -> list[ParsedTable]:
    """Return the tables of a workbook's visible sheets; raises Unusable where there is none."""
    tables: list[ParsedTable] = []
    first_error: Unusable | None = None
    for sheet in workbook.sheets:
        if sheet.hidden or not any(map(any, sheet.rows)):
            continue
        try:
            tables.append(read_table(sheet, today, report))
        except Unusable as error:
            first_error = first_error or error
    filled = [table for table in tables if table.rows]
    if filled:
        return filled
    if tables:
        raise Unusable(lazy("Bảng không có dòng nào dưới tiêu đề. Hãy điền danh sách rồi tải lại."))
    raise first_error or Unusable(lazy("Tệp không có trang tính nào có nội dung. Hãy chọn tệp khác."))


def read_table(sheet: Sheet, today: date | None = None, report: Report = quiet) -> ParsedTable:
    """Return one sheet's table; raises Unusable where no heading is found."""
    grid = Grid(sheet)
    headings = find_headings(grid)
    unit, school = hints(grid, headings.first)
    table = ParsedTable(
        sheet.name, (headings.first + 1, headings.last + 1), headings.columns, unit, school, ignored=headings.ignored
    )
    _TableReader(grid, table, today or clock.today()).read(headings.last + 1, report)
    return table


class _TableReader:
    """Turn rows into entries."""

    def __init__(self, grid: Grid, table: ParsedTable, today: date) -> None:
        self.grid, self.table = grid, table
        self.people = PeopleReader(grid, table.columns, today)
        self.columns: dict[Kind, TableColumn] = {}
        for column in table.columns:
            self.columns.setdefault(column.kind, column)

    def read(self, start: int, report: Report = quiet) -> None:
        """Read every row below the heading, repeated headings and what stands below the table left out."""
        sorter = RowSorter(self.grid, self.columns, self.people, start)
        entry: ParsedEntry | None = None
        by_reference: dict[str, ParsedEntry] = {}
        for row in followed(range(start, self.grid.height), report, wording.READING):
            filled = self.grid.filled(row)
            if not filled or self._repeats_heading(row) or sorter.is_example(row):
                continue
            if not sorter.is_data(row, filled):
                self.table.skipped.append((row + 1, self.grid.text(row, filled[0])[:100]))
                continue
            reference = self._reference(row)
            if reference and reference in by_reference:
                # Rows of one entry belong together, also after they were sorted.
                entry = by_reference[reference]
            elif entry is None or sorter.begins_entry(row, entry) or reference:
                entry = ParsedEntry(row + 1, row + 1)
                self.table.rows.append(entry)
            if reference:
                by_reference[reference] = entry
            entry.last_row = max(row + 1, entry.last_row)
            self._read_values(row, entry)
            self.people.read_row(row, entry)
        for entry in self.table.rows:
            self._check(entry)

    def _reference(self, row: int) -> str:
        """Return the reference of this portal that a row names, "" where it names none."""
        column = self.columns.get(Kind.REFERENCE)
        text = self.grid.text(row, column.index).upper() if column else ""
        return text if text and is_reference(text) else ""

    def _repeats_heading(self, row: int) -> bool:
        # The title's column alone is asked first: it answers for nearly every row.
        return is_heading(self.grid.text(row, self.columns[Kind.TITLE].index)) and is_heading_row(self.grid, row)

    def _text(self, kind: Kind, row: int, entry: ParsedEntry) -> str | None:
        """Return a cell's text; None where it is empty, a row of dots or a failed formula."""
        column = self.columns.get(kind)
        if column is None:
            return None
        if self.grid.error(row, column.index) is not None:
            self._problem(kind, row, entry, wording.FAILED_FORMULA)
            return None
        text = self.grid.text(row, column.index)
        return None if _BLANK.fullmatch(text) else text

    def _problem(self, kind: Kind, row: int, entry: ParsedEntry, message: Any) -> None:
        column = self.columns[kind]
        entry.complain(RowProblem(row + 1, column.letter, self.grid.text(row, column.index)[:200], message))

    def _read_values(self, row: int, entry: ParsedEntry) -> None:
        """Read what is said of the entry as a whole; the first row that says it counts."""
        entry.title = entry.title or self._text(Kind.TITLE, row, entry) or ""
        for kind in _TEXTS:
            if kind in self.columns and getattr(entry, kind.value) is None:
                setattr(entry, kind.value, self._text(kind, row, entry))
        for kind in (Kind.RECEIVED_ON, Kind.MADE_ON):
            if kind in self.columns and getattr(entry, kind.value) is None:
                setattr(entry, kind.value, self._read_day(kind, row, entry))
        if Kind.ENTRANT in self.columns and entry.entrant is None:
            entry.entrant = self._read_entrant(row, entry)
        if entry.unit_score is None:
            entry.unit_score = self._read_score(row, entry)
        if not entry.forwarded:
            entry.forwarded = self._read_forwarded(row, entry)

    def _read_day(self, kind: Kind, row: int, entry: ParsedEntry) -> date | None:
        if self._text(kind, row, entry) is None:
            return None
        try:
            return parse_date(self.grid.value(row, self.columns[kind].index))
        except YearOnly:
            self._problem(kind, row, entry, wording.ONLY_A_YEAR)
        except ValueError:
            self._problem(kind, row, entry, wording.NOT_A_DATE)
        return None

    def _read_entrant(self, row: int, entry: ParsedEntry) -> str | None:
        text = self._text(Kind.ENTRANT, row, entry)
        if text is None:
            return None
        found = _ENTRANT_WORDS.get(fold(text))
        if found is None:
            self._problem(Kind.ENTRANT, row, entry, wording.UNKNOWN_ENTRANT)
        return found

    def _read_score(self, row: int, entry: ParsedEntry) -> Any:
        if self._text(Kind.UNIT_SCORE, row, entry) is None:
            return None
        try:
            score = parse_number(self.grid.value(row, self.columns[Kind.UNIT_SCORE].index))
        except ValueError:
            if self._is_prize(row, entry):
                return None
            score = None
        if score is None or not 0 <= score <= 1000:
            self._problem(Kind.UNIT_SCORE, row, entry, wording.NOT_A_SCORE)
            return None
        return score

    def _is_prize(self, row: int, entry: ParsedEntry) -> bool:
        """Take "Nhất" or "Đạt" in a column of results for the unit's prize."""
        column = self.columns[Kind.UNIT_SCORE]
        text = self.grid.text(row, column.index)
        if (
            Kind.UNIT_PRIZE in self.columns
            or not fold(column.text).startswith("ket qua")
            or any(map(str.isdigit, text))
        ):
            return False
        entry.unit_prize = entry.unit_prize or text
        return True

    def _read_forwarded(self, row: int, entry: ParsedEntry) -> bool | None:
        if Kind.FORWARDED not in self.columns:
            return None
        text = self._text(Kind.FORWARDED, row, entry)
        said = read_yes(text or "")
        if said is None:
            self._problem(Kind.FORWARDED, row, entry, wording.NOT_YES_OR_NO)
        return bool(said)

    def _check(self, entry: ParsedEntry) -> None:
        """Fill what the lines above the table say, and ask for a title and people."""
        row = entry.row - 1
        if entry.school is None and not (entry.ours and self.table.has(Kind.SCHOOL)):
            workplace = next((person.workplace for person in entry.people if person.workplace), None)
            entry.school = entry.class_school or workplace or self._hinted_school()
        if not entry.title and not self._complained(entry, Kind.TITLE):
            self._problem(Kind.TITLE, row, entry, wording.NO_TITLE)
        if len(entry.title) > LONGEST_TITLE:
            self._problem(Kind.TITLE, row, entry, wording.LONG_TITLE)
        # An entry of the portal may still be without people; a new one may not.
        if entry.ours and not entry.people:
            return
        if not any(person.role != "coach" for person in entry.people) and not self._complained(entry, Kind.PERSON):
            self._problem(Kind.PERSON, row, entry, wording.NO_PEOPLE)

    def _complained(self, entry: ParsedEntry, kind: Kind) -> bool:
        letters = {column.letter for column in self.table.columns if column.kind is kind}
        return any(problem.column in letters for problem in entry.problems)

    def _hinted_school(self) -> str | None:
        if self.table.has(Kind.SCHOOL) or self.table.has(Kind.CLASS_SCHOOL):
            return None
        hint = self.table.school_hint
        return clean_text(hint) if hint else None
