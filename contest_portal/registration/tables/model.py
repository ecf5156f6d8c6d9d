"""What a table says, row by row, before anything is asked of the database."""

import dataclasses
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from contest_portal.core.spreadsheets import column_letter
from contest_portal.registration.columns import Heading, Kind
from contest_portal.registration.references import is_reference

# As many problems as anybody reads of one entry; a list made to hurt has thousands.
MOST_PROBLEMS = 100


@dataclass(frozen=True, slots=True)
class RowProblem:
    """Name one thing on a row: where it is, what stands there and what to do."""

    row: int
    column: str
    value: str
    message: Any
    # A row with a fatal problem is rejected; the others are only pointed out.
    fatal: bool = True


@dataclass(frozen=True, slots=True)
class TableColumn:
    """Be one recognised column."""

    index: int
    heading: Heading
    text: str

    @property
    def kind(self) -> Kind:
        """Return what the column holds."""
        return self.heading.kind

    @property
    def letter(self) -> str:
        """Return the letters Excel shows over the column."""
        return column_letter(self.index)


@dataclass(slots=True)
class ParsedPerson:
    """Be one person of an entry; an empty role is that of those who take part."""

    role: str
    full_name: str
    row: int
    birth_date: date | None = None
    class_name: str | None = None
    phone: str | None = None
    email: str | None = None
    gender: str | None = None
    workplace: str | None = None
    share: Decimal | None = None
    job_title: str | None = None
    education: str | None = None
    address: str | None = None


@dataclass(slots=True)
class ParsedEntry:
    """Be one team, model or solution; rows are counted from 1, as Excel shows them."""

    row: int
    last_row: int
    title: str = ""
    reference: str | None = None
    school: str | None = None
    # Named beside the class; `school` is this one where the table has no column of its own for it.
    class_school: str | None = None
    unit: str | None = None
    division: str | None = None
    field: str | None = None
    people: list[ParsedPerson] = dataclasses.field(default_factory=list)
    received_on: date | None = None
    unit_score: Decimal | None = None
    unit_prize: str | None = None
    # None where the table has no such column.
    forwarded: bool | None = None
    note: str | None = None
    made_on: date | None = None
    # "people" or "organisation".
    entrant: str | None = None
    contact_name: str | None = None
    problems: list[RowProblem] = dataclasses.field(default_factory=list)

    def complain(self, problem: RowProblem) -> None:
        """Write a problem down, once."""
        if len(self.problems) < MOST_PROBLEMS and problem not in self.problems:
            self.problems.append(problem)

    @property
    def ours(self) -> bool:
        """Tell whether the row names an entry of this portal, as the portal's own workbooks do."""
        return self.reference is not None and is_reference(self.reference)

    @property
    def rejected(self) -> bool:
        """Tell whether anything on the entry's rows keeps it out."""
        return any(problem.fatal for problem in self.problems)


@dataclass(slots=True)
class ParsedTable:
    """Be one sheet's table."""

    sheet: str
    # First and last heading row, counted from 1.
    header_rows: tuple[int, int]
    columns: list[TableColumn]
    unit_hint: str | None
    school_hint: str | None
    rows: list[ParsedEntry] = dataclasses.field(default_factory=list)
    # Headings that say nothing to us: their columns are not read.
    ignored: list[str] = dataclasses.field(default_factory=list)
    # Rows below the table that were left out, with their first words.
    skipped: list[tuple[int, str]] = dataclasses.field(default_factory=list)
    # Columns that are hidden in the file and were read all the same: "D (Ngày sinh)".
    hidden: list[str] = dataclasses.field(default_factory=list)

    def has(self, kind: Kind) -> bool:
        """Tell whether the table has a column of this kind."""
        return any(column.kind is kind for column in self.columns)

    def column_of(self, *kinds: Kind) -> str:
        """Return the letters over the first column of these kinds, "" where there is none."""
        for kind in kinds:
            for column in self.columns:
                if column.kind is kind:
                    return column.letter
        return ""
