"""Read how entries stood on a day: straight from the log of events, never from what holds today."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import CTE, ColumnElement, case, exists, false, func, select, true
from sqlalchemy.orm import aliased

from contest_portal.contests.models import Division, EditionUnit, Field, Unit
from contest_portal.core.database import db
from contest_portal.registration.models import Entry, EntryEvent, Participant
from contest_portal.registration.status import Status
from contest_portal.screening.queries import CompletedUnit, completed_by_edition
from contest_portal.screening.transfers.queries import unit_on


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


@dataclass(frozen=True)
class Standings:
    """Hold how editions stood on a day, each by its id."""

    entries: Mapping[int, Sequence[EntryCount]]
    people: Mapping[int, Sequence[PeopleCount]]
    units: Mapping[int, Sequence[Unit]]
    completed: Mapping[int, Sequence[CompletedUnit]]
    divisions: Mapping[int, Sequence[Division]]
    fields: Mapping[int, Sequence[Field]]


def standings_of(edition_ids: Collection[int], as_of: date) -> Standings:
    """Read how editions stood on a day: six statements, however many editions there are."""
    return Standings(
        entries=count_entries(edition_ids, as_of),
        people=count_people(edition_ids, as_of),
        units=screening_units(edition_ids),
        completed=completed_by_edition(edition_ids, as_of),
        divisions=_parts_of(Division, edition_ids),
        fields=_parts_of(Field, edition_ids),
    )


def standing(edition_ids: Collection[int], as_of: date) -> CTE:
    """Return each entry of some editions with its status and unit on a day; those that came later are not in it."""
    latest = (
        select(EntryEvent.status_to)
        .where(
            # Named though the entry alone would do: the index that holds the days begins with it.
            EntryEvent.edition_id == Entry.edition_id,
            EntryEvent.entry_id == Entry.id,
            EntryEvent.kind == "moved",
            EntryEvent.happened_on <= as_of,
        )
        .order_by(EntryEvent.happened_on.desc(), EntryEvent.id.desc())
        .limit(1)
        .correlate(Entry)
        .scalar_subquery()
    )
    unit_id = unit_on(as_of).label("unit_id")
    columns = (Entry.id.label("entry_id"), Entry.edition_id, unit_id, Entry.division_id, Entry.field_id)
    # Materialized: else the log is read again wherever the status is named.
    return (
        select(*columns, latest.label("status"))
        .where(Entry.edition_id.in_(edition_ids))
        .cte("standing")
        .prefix_with("MATERIALIZED")
    )


def was_forwarded(stand: CTE, as_of: date) -> ColumnElement[bool]:
    """Tell of each standing entry whether it had reached the province: forwarded, or scored after that."""
    event = aliased(EntryEvent)
    before = exists().where(
        event.edition_id == stand.c.edition_id,
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


def count_entries(edition_ids: Collection[int], as_of: date) -> Mapping[int, Sequence[EntryCount]]:
    """Count the entries of each edition that stood alike on a day."""
    stand = standing(edition_ids, as_of)
    alike = select(
        stand.c.edition_id,
        stand.c.status,
        was_forwarded(stand, as_of).label("forwarded"),
        stand.c.unit_id,
        stand.c.division_id,
        stand.c.field_id,
    ).where(stand.c.status.is_not(None))
    found = alike.subquery()
    counted: Any = select(*found.c, func.count()).group_by(*found.c)
    rows = db.session.execute(counted)
    return _by_edition((row[0], EntryCount(row[1], bool(row[2]), *row[3:])) for row in rows)


def count_people(edition_ids: Collection[int], as_of: date) -> Mapping[int, Sequence[PeopleCount]]:
    """Count the people who were in each edition's entries on a day."""
    stand = standing(edition_ids, as_of)
    keys: tuple[Any, ...] = (stand.c.edition_id, stand.c.status, Participant.role, stand.c.unit_id)
    counted: Any = (
        select(*keys, func.count())
        .select_from(stand)
        .join(Participant, Participant.entry_id == stand.c.entry_id)
        .where(stand.c.status.is_not(None), belonged(as_of))
        .group_by(*keys)
    )
    return _by_edition((row[0], PeopleCount(*row[1:])) for row in db.session.execute(counted))


def screening_units(edition_ids: Collection[int]) -> Mapping[int, Sequence[Unit]]:
    """Return the units of each edition in their own order, without the province above them."""
    query: Any = (
        select(EditionUnit.edition_id, Unit)
        .join(Unit, Unit.id == EditionUnit.unit_id)
        .where(EditionUnit.edition_id.in_(edition_ids), Unit.kind != "province")
        .order_by(Unit.position, Unit.id)
    )
    return _by_edition((row[0], row[1]) for row in db.session.execute(query))


def _parts_of(model: Any, edition_ids: Collection[int]) -> Mapping[int, Sequence[Any]]:
    """Return the divisions or the fields of each edition in their own order."""
    query = select(model).where(model.edition_id.in_(edition_ids)).order_by(model.position, model.id)
    return _by_edition((part.edition_id, part) for part in db.session.scalars(query))


def _by_edition(pairs: Iterable[tuple[int, Any]]) -> Mapping[int, Sequence[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for edition_id, value in pairs:
        found[edition_id].append(value)
    return found
