"""Read what units forwarded to the province, and what of it has arrived."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import Select, and_, case, func, select
from sqlalchemy.orm import aliased

from contest_portal.accounts.models import User
from contest_portal.contests.models import Division, Edition, Field, School, Unit
from contest_portal.core.database import db
from contest_portal.core.i18n import local_name
from contest_portal.core.paging import PAGE_SIZE, Cursor, Page, keyset, make_page
from contest_portal.registration.models import Entry, EntryEvent
from contest_portal.registration.status import Status
from contest_portal.screening.arrivals.models import Arrival

# An entry that was scored was forwarded before.
SENT = (Status.FORWARDED, Status.SCORED)
_sending = aliased(EntryEvent)
# The last time an entry was forwarded: who did it, and when.
_sending_id: Final = (
    select(func.max(_sending.id))
    .where(_sending.entry_id == Entry.id, _sending.kind == "moved", _sending.status_to == Status.FORWARDED)
    .correlate(Entry)
    .scalar_subquery()
)
_sent_on: Final[Any] = func.coalesce(EntryEvent.happened_on, Entry.status_on)


@dataclass(frozen=True)
class SentLine:
    """Be one forwarded entry, with its arrival where there is one."""

    entry_id: int
    reference: str
    title: str
    unit: str
    school: str | None
    group: str | None
    sent_on: date
    sent_by: str | None
    arrived_on: date | None
    condition: str | None
    note: str | None


@dataclass(frozen=True)
class UnitArrivals:
    """Count what one unit sent, what of it has arrived, and what should have."""

    code: str
    name: str
    sent: int
    arrived: int
    overdue: int


def list_sent(
    edition: Edition,
    *,
    unit_code: str | None = None,
    missing: bool = False,
    overdue: date | None = None,
    cursor: Cursor | None = None,
    size: int = PAGE_SIZE,
) -> Page[SentLine]:
    """Return one page of what units forwarded, the newest first; of one unit, or only what has not arrived.

    overdue: only what was sent on this day or before.
    """
    statement = _sent(edition)
    if unit_code:
        statement = statement.where(Unit.code == unit_code)
    if missing:
        statement = statement.where(Arrival.entry_id.is_(None))
    if overdue is not None:
        statement = statement.where(_sent_on <= overdue)
    paged, used = keyset(statement, [Entry.id], cursor, size=size, descending=True)
    rows = [SentLine(*row) for row in db.session.execute(paged)]
    return make_page(rows, used, lambda row: (row.entry_id,), size=size)


def sent_by_reference(edition: Edition, references: Collection[str]) -> list[Entry]:
    """Return the edition's forwarded entries with these references, as they stand in the database now."""
    return list(
        db.session.scalars(
            select(Entry)
            .where(Entry.edition_id == edition.id, Entry.reference.in_(references), Entry.status.in_(SENT))
            .order_by(Entry.reference)
            .execution_options(populate_existing=True)
        )
    )


def arrivals_by_unit(edition: Edition, overdue: date) -> list[UnitArrivals]:
    """Return how much each unit sent, what of it has arrived and what has not since a day, in the units' order."""
    late = case((and_(Arrival.entry_id.is_(None), _sent_on <= overdue), Entry.id))
    rows = db.session.execute(
        select(Unit.code, Unit.name, func.count(Entry.id), func.count(Arrival.entry_id), func.count(late))
        .join(Entry, Entry.unit_id == Unit.id)
        .outerjoin(EntryEvent, EntryEvent.id == _sending_id)
        .outerjoin(Arrival, Arrival.entry_id == Entry.id)
        .where(Entry.edition_id == edition.id, Entry.status.in_(SENT))
        .group_by(Unit.id, Unit.code, Unit.name, Unit.position)
        .order_by(Unit.position, Unit.id)
    )
    return [UnitArrivals(*row) for row in rows]


def arrived_among(entry_ids: Collection[int]) -> set[int]:
    """Return which of these entries the province holds."""
    if not entry_ids:
        return set()
    return set(db.session.scalars(select(Arrival.entry_id).where(Arrival.entry_id.in_(entry_ids))))


def arrived_in(edition_id: int) -> set[int]:
    """Return which entries of an edition the province holds."""
    query = select(Arrival.entry_id).join(Entry, Entry.id == Arrival.entry_id).where(Entry.edition_id == edition_id)
    return set(db.session.scalars(query))


def find_arrival(entry_id: int) -> Arrival | None:
    """Return an entry's arrival at the province."""
    return db.session.get(Arrival, entry_id, populate_existing=True)


def _sent(edition: Edition) -> Select[Any]:
    return (
        select(
            Entry.id,
            Entry.reference,
            Entry.title,
            Unit.name,
            School.name,
            func.coalesce(local_name(Division), local_name(Field)),
            _sent_on,
            func.coalesce(User.full_name, EntryEvent.actor_name),
            Arrival.arrived_on,
            Arrival.condition,
            Arrival.note,
        )
        .join(Unit, Unit.id == Entry.unit_id)
        .outerjoin(School, School.id == Entry.school_id)
        .outerjoin(Division, Division.id == Entry.division_id)
        .outerjoin(Field, Field.id == Entry.field_id)
        .outerjoin(EntryEvent, EntryEvent.id == _sending_id)
        .outerjoin(User, User.id == EntryEvent.actor_id)
        .outerjoin(Arrival, Arrival.entry_id == Entry.id)
        .where(Entry.edition_id == edition.id, Entry.status.in_(SENT))
    )
