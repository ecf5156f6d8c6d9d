"""What a unit's papers tell of its entries: one line each, read in a handful of statements."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from contest_portal.contests.models import Division, EditionUnit, Field, School
from contest_portal.core.database import db
from contest_portal.registration.models import Entry, Participant
from contest_portal.registration.status import REGISTERED, Status
from contest_portal.screening.models import Reception, ScreeningResult
from contest_portal.screening.round.models import Screener, ScreeningSheet
from contest_portal.screening.states import FORWARDED

COACH = "coach"


@dataclass(frozen=True)
class PersonLine:
    """Be one person on a line."""

    role: str
    name: str
    birth_date: date | None
    class_name: str | None


@dataclass(frozen=True)
class Line:
    """Be one entry as the unit's papers show it."""

    entry_id: int
    reference: str
    title: str
    group: str
    school: str
    status: str
    received_on: date | None
    score: Decimal | None
    prize: str | None
    remark: str | None
    people: tuple[PersonLine, ...] = ()
    # The total of each screener's sheet, by the screener's id.
    sheets: dict[int, Decimal] = field(default_factory=dict)
    place: int | None = None

    @property
    def forwarded(self) -> bool:
        """Tell whether the unit sent it on."""
        return self.status in FORWARDED

    @property
    def authors(self) -> list[PersonLine]:
        """Return those who take part themselves."""
        return [person for person in self.people if person.role != COACH]

    @property
    def coaches(self) -> list[PersonLine]:
        """Return those who guided them."""
        return [person for person in self.people if person.role == COACH]


def lines_of(edition_unit: EditionUnit) -> list[Line]:
    """Return a unit's entries, the best first and those without a score last, with their people and sheets."""
    lines = [_line(row) for row in db.session.execute(_entries(edition_unit))]
    ids = [line.entry_id for line in lines]
    people, sheets = _people(ids), _sheets(ids)
    lines = [replace(line, people=tuple(people[line.entry_id]), sheets=sheets[line.entry_id]) for line in lines]
    return sorted(lines, key=lambda line: (line.score is None, -(line.score or 0), line.reference))


def markers_of(edition_unit: EditionUnit, lines: Sequence[Line]) -> list[tuple[int, str]]:
    """Return the screeners of whom a line has a sheet: id and name, in the order they were added."""
    wanted = {screener for line in lines for screener in line.sheets}
    rows = db.session.execute(
        select(Screener.id, Screener.full_name)
        .where(Screener.edition_id == edition_unit.edition_id, Screener.unit_id == edition_unit.unit_id)
        .order_by(Screener.id)
    )
    return [(screener, name) for screener, name in rows if screener in wanted]


def _entries(edition_unit: EditionUnit) -> Any:
    counted = [status for status in Status if status in REGISTERED and status is not Status.SUBMITTED]
    return (
        select(
            Entry.id,
            Entry.reference,
            Entry.title,
            Division.name,
            Field.name,
            School.name,
            Entry.status,
            Reception.received_on,
            ScreeningResult.score,
            ScreeningResult.prize,
            ScreeningResult.remark,
        )
        .outerjoin(School, School.id == Entry.school_id)
        .outerjoin(Division, Division.id == Entry.division_id)
        .outerjoin(Field, Field.id == Entry.field_id)
        .outerjoin(Reception, Reception.entry_id == Entry.id)
        .outerjoin(ScreeningResult, ScreeningResult.entry_id == Entry.id)
        .where(
            Entry.edition_id == edition_unit.edition_id,
            Entry.unit_id == edition_unit.unit_id,
            Entry.status.in_(counted),
        )
    )


def _line(row: Any) -> Line:
    entry_id, reference, title, division, field_name, school, *rest = row
    return Line(entry_id, reference, title, division or field_name or "", school or "", *rest)


def _people(ids: Collection[int]) -> dict[int, list[PersonLine]]:
    found: dict[int, list[PersonLine]] = defaultdict(list)
    rows = db.session.execute(
        select(
            Participant.entry_id,
            Participant.role,
            Participant.full_name,
            Participant.birth_date,
            Participant.class_name,
        )
        .where(Participant.entry_id.in_(ids), Participant.left_on.is_(None))
        .order_by(Participant.entry_id, Participant.position, Participant.id)
    )
    for entry_id, role, name, birth_date, class_name in rows:
        found[entry_id].append(PersonLine(role, name, birth_date, class_name))
    return found


def _sheets(ids: Collection[int]) -> dict[int, dict[int, Decimal]]:
    found: dict[int, dict[int, Decimal]] = defaultdict(dict)
    rows = db.session.execute(
        select(ScreeningSheet.entry_id, ScreeningSheet.screener_id, ScreeningSheet.total).where(
            ScreeningSheet.entry_id.in_(ids), ScreeningSheet.submitted_at.is_not(None)
        )
    )
    for entry_id, screener_id, total in rows:
        if total is not None:
            found[entry_id][screener_id] = total
    return found
