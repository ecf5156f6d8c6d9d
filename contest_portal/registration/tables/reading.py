"""Read a workbook's tables into entries."""

import re
from collections.abc import Sequence
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
from contest_portal.registration.tables.cells import is_undecided, read_yes
from contest_portal.registration.tables.grid import Grid
from contest_portal.registration.tables.headings import (
    Headings,
    find_headings,
    headings_at,
    hints,
    is_heading,
    is_heading_row,
    section_hints,
)
from contest_portal.registration.tables.model import ParsedEntry, ParsedTable, RowProblem, TableColumn
from contest_portal.registration.tables.people import PeopleReader
from contest_portal.registration.tables.rows import MOST_FOOT_CELLS, RowSorter

LONGEST_TITLE: Final = 300
# As many tables of their own layout as one sheet has; each looks through the rows below it.
MOST_TABLES: Final = 100
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
            tables += read_sheet(sheet, today, report)
        except Unusable as error:
            first_error = first_error or error
    filled = [table for table in tables if table.rows]
    if filled:
        return filled
    if tables:
        raise Unusable(lazy("Bảng không có dòng nào dưới tiêu đề. Hãy điền danh sách rồi tải lại."))
    raise first_error or Unusable(lazy("Tệp không có trang tính nào có nội dung. Hãy chọn tệp khác."))


def read_table(sheet: Sheet, today: date | None = None, report: Report = quiet) -> ParsedTable:
    """Return a sheet's first table; raises Unusable where no heading is found."""
    return read_sheet(sheet, today, report)[0]


def read_sheet(sheet: Sheet, today: date | None = None, report: Report = quiet) -> list[ParsedTable]:
    """Return the tables that stand one below the other on a sheet; raises Unusable where no heading is found."""
    grid = Grid(sheet)
    headings: Headings | None = find_headings(grid)
    tables: list[ParsedTable] = []
    start = begun = 0
    while headings is not None:
        begun += 1
        if begun > MOST_TABLES:
            raise Unusable(wording.too_many_tables(sheet.name[:31]))
        reader = _TableReader(grid, _begin(grid, headings, start, tables), today or clock.today())
        start, headings = reader.read(headings, report)
        tables += reader.tables
    return tables


def _begin(grid: Grid, headings: Headings, start: int, above: Sequence[ParsedTable]) -> ParsedTable:
    """Return an empty table; what the lines above it leave out, those above the first say for all."""
    unit, school = hints(grid, headings.first, start)
    if above:
        unit, school = unit or above[0].unit_hint, school or above[0].school_hint
    return ParsedTable(
        grid.sheet.name,
        (headings.first + 1, headings.last + 1),
        headings.columns,
        unit,
        school,
        ignored=headings.ignored,
        hidden=_hidden_columns(grid, headings),
    )


def _hidden_columns(grid: Grid, headings: Headings) -> list[str]:
    """Return the columns that nobody sees in the file, have something in them and are read."""
    hidden = [column for column in headings.columns if column.index in grid.sheet.hidden_columns]
    return [
        f"{column.letter} ({column.text})"
        for column in hidden
        if any(grid.text(row, column.index) for row in range(headings.last + 1, grid.height))
    ]


class _TableReader:
    """Turn rows into entries."""

    def __init__(self, grid: Grid, table: ParsedTable, today: date) -> None:
        self.grid, self.table = grid, table
        # A table goes on as another one where a line names another school or unit for the rows below it.
        self.tables = [table]
        self._named_below: tuple[str | None, str | None] | None = None
        self._hidden: list[tuple[ParsedEntry, int]] = []
        self.people = PeopleReader(grid, table.columns, today)
        self.columns: dict[Kind, TableColumn] = {}
        for column in table.columns:
            self.columns.setdefault(column.kind, column)

    def read(self, headings: Headings, report: Report = quiet) -> tuple[int, Headings | None]:
        """Read the rows below a heading; return where they end, and the heading of another table below them.

        Repeated headings and what stands between and below the rows is left out.
        """
        start = end = headings.last + 1
        sorter = RowSorter(self.grid, self.columns, self.people, start)
        entry: ParsedEntry | None = None
        by_reference: dict[str, ParsedEntry] = {}
        following: Headings | None = None
        for row in followed(range(start, self.grid.height), report, wording.READING):
            filled = self.grid.filled(row)
            if not filled or sorter.is_example(row):
                continue
            if self._is_heading(row, filled):
                following = self._other_heading(row)
                if following is not None:
                    break
                continue
            if not sorter.is_data(row, filled):
                self._leave_out(row, filled)
                continue
            end = row + 1
            reference = self._reference(row)
            if reference and reference in by_reference:
                # Rows of one entry belong together, also after they were sorted.
                entry = by_reference[reference]
            elif entry is None or sorter.begins_entry(row, entry) or reference:
                entry = self._begin_entry(row)
            if reference:
                by_reference[reference] = entry
            entry.last_row = max(row + 1, entry.last_row)
            self._read_values(row, entry)
            self.people.read_row(row, entry)
            if row in self.grid.sheet.hidden_rows:
                self._hidden.append((entry, row))
        self._finish()
        return end, following

    def _finish(self) -> None:
        """Check what was read; what is only pointed out comes after what keeps a row out."""
        for table in self.tables:
            for entry in table.rows:
                self._check(table, entry)
        for entry, row in self._hidden:
            entry.complain(RowProblem(row + 1, "", "", wording.HIDDEN_ROW, fatal=False))

    def _leave_out(self, row: int, filled: Sequence[int]) -> None:
        """Write down a line that is no row; what it names as school or unit holds for the rows below it."""
        texts = [self.grid.text(row, column) for column in filled]
        self.tables[0].skipped.append((row + 1, " ".join(texts[:2])[:100]))
        if len(texts) > MOST_FOOT_CELLS:
            return
        found = [section_hints(text) for text in texts]
        unit = next((unit for unit, _school in found if unit), None) if Kind.UNIT not in self.columns else None
        school = next((school for _unit, school in found if school), None) if self._asks_school() else None
        if unit or school:
            self._named_below = unit or self.table.unit_hint, school

    def _asks_school(self) -> bool:
        return Kind.SCHOOL not in self.columns and not self.table.has(Kind.CLASS_SCHOOL)

    def _begin_entry(self, row: int) -> ParsedEntry:
        """Add an entry to the table, or to the one that goes on under a line with another school or unit."""
        if self._named_below is not None and not self.table.rows:
            self.table.unit_hint, self.table.school_hint = self._named_below
        elif self._named_below is not None:
            self.table = ParsedTable(self.table.sheet, self.table.header_rows, self.table.columns, *self._named_below)
            self.tables.append(self.table)
        self._named_below = None
        self.table.rows.append(ParsedEntry(row + 1, row + 1))
        return self.table.rows[-1]

    def _reference(self, row: int) -> str:
        """Return the reference of this portal that a row names, "" where it names none."""
        column = self.columns.get(Kind.REFERENCE)
        text = self.grid.text(row, column.index).upper() if column else ""
        return text if text and is_reference(text) else ""

    def _is_heading(self, row: int, filled: Sequence[int]) -> bool:
        # The first cell and the title's column alone are asked first: they answer for nearly every row.
        first = self.grid.text(row, filled[0])
        if (first.isdigit() or not is_heading(first)) and not is_heading(
            self.grid.text(row, self.columns[Kind.TITLE].index)
        ):
            return False
        return is_heading_row(self.grid, row)

    def _other_heading(self, row: int) -> Headings | None:
        """Return the heading on a row where another table begins with it; None where it says ours once more."""
        found = headings_at(self.grid, row)
        ours = {(column.index, column.heading) for column in self.table.columns}
        # A copy that lost a word of its heading is a copy.
        if found is None or all((column.index, column.heading) in ours for column in found.columns):
            return None
        return found

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
        if is_undecided(text or ""):
            return None
        said = read_yes(text or "")
        if said is None:
            self._problem(Kind.FORWARDED, row, entry, wording.NOT_YES_OR_NO)
        return bool(said)

    def _check(self, table: ParsedTable, entry: ParsedEntry) -> None:
        """Fill what the lines above the table say, and ask for a title and people."""
        row = entry.row - 1
        if entry.school is None and not (entry.ours and table.has(Kind.SCHOOL)):
            workplace = next((person.workplace for person in entry.people if person.workplace), None)
            entry.school = entry.class_school or workplace or self._hinted_school(table)
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

    def _hinted_school(self, table: ParsedTable) -> str | None:
        if not self._asks_school():
            return None
        hint = table.school_hint
        return clean_text(hint) if hint else None
