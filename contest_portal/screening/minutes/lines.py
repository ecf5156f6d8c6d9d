"""What a unit's papers tell of its entries: one line each, read in a handful of statements."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from contest_portal.contests.models import Edition, EditionUnit
from contest_portal.core.database import db
from contest_portal.registration.models import Entry, Participant
from contest_portal.screening.models import Reception, ScreeningResult
from contest_portal.screening.round.standings import StandingRow, Standings, standings_of
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


def lines_of(edition: Edition, edition_unit: EditionUnit) -> list[Line]:
    """Return a unit's entries in the order of its ranking, those without a score last, with their people and sheets."""
    return lines_from(standings_of(edition, edition_unit))


def lines_from(standings: Standings) -> list[Line]:
    """Return the lines of standings, with what papers tell besides: people, the day of reception, the remark."""
    ids = [row.entry_id for row in standings.rows]
    people = _people(ids)
    more = {entry_id: (received, remark) for entry_id, received, remark in db.session.execute(_more(ids))}
    return [_line(row, people[row.entry_id], *more.get(row.entry_id, (None, None))) for row in standings.rows]


def _line(row: StandingRow, people: list[PersonLine], received_on: date | None, remark: str | None) -> Line:
    return Line(
        entry_id=row.entry_id,
        reference=row.reference,
        title=row.title,
        group=row.group,
        school=row.school,
        status=row.status,
        received_on=received_on,
        score=row.score,
        prize=row.prize,
        remark=remark,
        people=tuple(people),
        sheets=row.sheets,
        place=row.place,
    )


def _more(ids: Collection[int]) -> Any:
    return (
        select(Entry.id, Reception.received_on, ScreeningResult.remark)
        .outerjoin(Reception, Reception.entry_id == Entry.id)
        .outerjoin(ScreeningResult, ScreeningResult.entry_id == Entry.id)
        .where(Entry.id.in_(ids))
    )


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
