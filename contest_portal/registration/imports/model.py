"""What an import will do, row by row, before anything is written."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from contest_portal.contests.models import Division, Edition, Field, School, Unit
from contest_portal.registration.models import Entry, Participant
from contest_portal.registration.people import Person
from contest_portal.registration.status import Status
from contest_portal.registration.tables import ParsedEntry, ParsedTable, RowProblem
from contest_portal.registration.tables.model import MOST_PROBLEMS


class Action(StrEnum):
    """Name what becomes of a row."""

    CREATE = "create"
    UPDATE = "update"
    UNCHANGED = "unchanged"
    REJECTED = "rejected"


@dataclass(frozen=True)
class Change:
    """Be one value that a row changes; `part` is "details", "status" or "person", `name` the attribute."""

    part: str
    name: str
    before: Any
    after: Any


@dataclass
class WantedSchool:
    """Be the school a row names: one that is known, or one to be added at its place, else under its unit."""

    name: str
    folded: str
    unit_id: int | None
    found: School | None = None
    place_id: int | None = None


@dataclass
class Wanted:
    """Hold what a row says, in the edition's own terms."""

    title: str
    people: list[Person]
    happened_on: date
    school: WantedSchool | None = None
    unit: Unit | None = None
    division: Division | None = None
    field: Field | None = None
    note: str | None = None
    made_on: date | None = None
    entrant: str | None = None
    contact_name: str | None = None


@dataclass
class PeoplePlan:
    """Say who stays and how they change, who joins and who leaves."""

    kept: list[tuple[Participant, Person, dict[str, Any]]] = field(default_factory=list)
    joined: list[Person] = field(default_factory=list)
    left: list[Participant] = field(default_factory=list)

    @property
    def empty(self) -> bool:
        """Tell whether nothing changes."""
        return not self.joined and not self.left and not any(changed for _row, _person, changed in self.kept)


@dataclass
class PlanRow:
    """Be one entry of a table and what is to be done about it."""

    table: ParsedTable
    parsed: ParsedEntry
    wanted: Wanted
    action: Action = Action.CREATE
    # The stored entry the row speaks of; after writing, also the new one.
    entry: Entry | None = None
    details: dict[str, Any] = field(default_factory=dict)
    people: PeoplePlan = field(default_factory=PeoplePlan)
    changes: list[Change] = field(default_factory=list)
    problems: list[RowProblem] = field(default_factory=list)

    @property
    def rejected(self) -> bool:
        """Tell whether the row is kept out."""
        return self.action is Action.REJECTED

    def complain(self, letter: str, value: Any, message: Any, *, row: int | None = None, fatal: bool = True) -> None:
        """Write down a problem; a fatal one keeps the row out."""
        problem = RowProblem(row or self.parsed.row, letter, str(value or "")[:200], message, fatal)
        if len(self.problems) < MOST_PROBLEMS and problem not in self.problems:
            self.problems.append(problem)
        if fatal:
            self.action = Action.REJECTED


@dataclass
class ImportPlan:
    """Be everything an import will do."""

    edition: Edition
    effective: date
    rows: list[PlanRow]
    counted_roles: Sequence[str]
    # What a new entry begins as: a unit's list brings what the unit has received already.
    born: Status = Status.SUBMITTED

    def count(self, action: Action) -> int:
        """Return how many rows come to this."""
        return sum(row.action is action for row in self.rows)

    @property
    def accepted(self) -> Iterable[PlanRow]:
        """Return the rows that are not kept out."""
        return (row for row in self.rows if not row.rejected)

    @property
    def people(self) -> int:
        """Return how many people the accepted rows name, as the edition counts them."""
        return sum(person.role in self.counted_roles for row in self.accepted for person in row.wanted.people)

    @property
    def problems(self) -> list[RowProblem]:
        """Return every problem in the order of the rows."""
        found = [problem for row in self.rows for problem in row.problems]
        return sorted(found, key=lambda problem: problem.row)
