"""Read how entries stood on a day: straight from the log of events, never from what holds today."""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import CTE, ColumnElement, case, exists, false, func, select, true
from sqlalchemy.orm import aliased

from contest_portal.contests.models import EditionUnit, Unit
from contest_portal.core.database import db
from contest_portal.registration.models import Entry, EntryEvent, Participant
from contest_portal.registration.status import Status


class EntryCount(NamedTuple):
    """Say how many entries stood alike."""

    status: str
    forwarded: bool
    unit_id: int | None
    division_id: int | None
    field_id: int | None
    number: int


class PeopleCount(NamedTuple):
    """Say how many people of one role belonged to entries that stood alike."""

    status: str
    role: str
    unit_id: int | None
    number: int


def standing(edition_id: int, as_of: date) -> CTE:
    """Return each entry of an edition with its status on a day; those that came later are not in it."""
    latest = (
        select(EntryEvent.status_to)
        .where(
            EntryEvent.edition_id == edition_id,
            EntryEvent.entry_id == Entry.id,
            EntryEvent.kind == "moved",
            EntryEvent.happened_on <= as_of,
        )
        .order_by(EntryEvent.happened_on.desc(), EntryEvent.id.desc())
        .limit(1)
        .correlate(Entry)
        .scalar_subquery()
    )
    columns = (Entry.id.label("entry_id"), Entry.unit_id, Entry.division_id, Entry.field_id)
    # Materialized: else the log is read again wherever the status is named.
    return (
        select(*columns, latest.label("status"))
        .where(Entry.edition_id == edition_id)
        .cte("standing")
        .prefix_with("MATERIALIZED")
    )


def was_forwarded(stand: CTE, edition_id: int, as_of: date) -> ColumnElement[bool]:
    """Tell of each standing entry whether it had reached the province: forwarded, or scored after that."""
    event = aliased(EntryEvent)
    before = exists().where(
        event.edition_id == edition_id,
        event.entry_id == stand.c.entry_id,
        event.happened_on <= as_of,
        event.kind == "moved",
        event.status_to == Status.FORWARDED,
    )
    return case(
        (stand.c.status == Status.FORWARDED, true()),
        (stand.c.status == Status.SCORED, before),
        else_=false(),
    )


def belonged(as_of: date) -> ColumnElement[bool]:
    """Tell of each participant whether the person was in the entry on a day."""
    return (Participant.joined_on <= as_of) & (Participant.left_on.is_(None) | (Participant.left_on > as_of))


def count_entries(edition_id: int, as_of: date) -> list[EntryCount]:
    """Count the entries that stood alike on a day."""
    stand = standing(edition_id, as_of)
    alike = select(
        stand.c.status,
        was_forwarded(stand, edition_id, as_of).label("forwarded"),
        stand.c.unit_id,
        stand.c.division_id,
        stand.c.field_id,
    ).where(stand.c.status.is_not(None))
    found = alike.subquery()
    counted: Any = select(*found.c, func.count()).group_by(*found.c)
    return [EntryCount(row[0], bool(row[1]), *row[2:]) for row in db.session.execute(counted)]


def count_people(edition_id: int, as_of: date) -> list[PeopleCount]:
    """Count the people who were in entries on a day."""
    stand = standing(edition_id, as_of)
    keys: tuple[Any, ...] = (stand.c.status, Participant.role, stand.c.unit_id)
    counted: Any = (
        select(*keys, func.count())
        .select_from(stand)
        .join(Participant, Participant.entry_id == stand.c.entry_id)
        .where(stand.c.status.is_not(None), belonged(as_of))
        .group_by(*keys)
    )
    return [PeopleCount(*row) for row in db.session.execute(counted)]


def screening_units(edition_id: int) -> Sequence[Unit]:
    """Return the units of an edition in their own order, without the province above them."""
    return db.session.scalars(
        select(Unit)
        .join(EditionUnit, EditionUnit.unit_id == Unit.id)
        .where(EditionUnit.edition_id == edition_id, Unit.kind != "province")
        .order_by(Unit.position, Unit.id)
    ).all()
