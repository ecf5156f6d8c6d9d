"""Read the map of units: how far each had come on a day, in a fixed number of statements."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import Select, case, func, select

from contest_portal.accounts.actor import Actor
from contest_portal.contests.models import Edition, EditionUnit, Unit
from contest_portal.core.database import db
from contest_portal.registration.models import Entry, EntryEvent
from contest_portal.screening.declarations import days_declared
from contest_portal.screening.progress.standing import RECEIVED, SCREENED, Alike, UnitStanding, stand
from contest_portal.screening.progress.words import units_word
from contest_portal.screening.rules import sees_all_units
from contest_portal.screening.states import UnitState
from contest_portal.screening.transfers.queries import unit_on

# What a unit does with an entry; handing in is the school's act, scoring the province's.
_ACTS: Final = tuple(status for status in RECEIVED if status != "scored")


@dataclass(frozen=True)
class Tile:
    """Be one unit on the map."""

    unit: Unit
    standing: UnitStanding

    @property
    def state(self) -> UnitState:
        """Return how far the unit had come."""
        return self.standing.state


@dataclass(frozen=True)
class UnitMap:
    """Be the units that somebody may see, as they stood on a day."""

    tiles: Sequence[Tile]
    as_of: date

    @property
    def complete(self) -> list[Tile]:
        """Return the units that were complete: the rows of the tally."""
        return [tile for tile in self.tiles if tile.state is UnitState.COMPLETE]

    @property
    def by_state(self) -> list[tuple[UnitState, int]]:
        """Return how many units stood at each state, in the order of the work."""
        counted = Counter(tile.state for tile in self.tiles)
        return [(state, counted[state]) for state in UnitState]

    @property
    def word(self) -> Any:
        """Return what these units are called together."""
        return units_word({tile.unit.kind for tile in self.tiles})


def unit_map(actor: Actor, edition: Edition, as_of: date) -> UnitMap:
    """Return the units of an edition that the actor may see, as they stood on a day."""
    units = units_seen(actor, edition)
    standings = standings_on(edition, units, as_of)
    return UnitMap([Tile(found.unit, standings[found.unit_id]) for found in units], as_of)


def units_seen(actor: Actor, edition: Edition) -> Sequence[EditionUnit]:
    """Return the units of an edition that the actor may see, in their order."""
    query = (
        select(EditionUnit)
        .join(EditionUnit.unit)
        .where(EditionUnit.edition_id == edition.id, Unit.kind != "province")
        .order_by(Unit.position, Unit.id)
    )
    if not sees_all_units(actor, edition.id):
        query = query.where(EditionUnit.unit_id.in_(actor.unit_ids(edition.id)))
    return db.session.scalars(query).all()


def standings_on(edition: Edition, units: Sequence[EditionUnit], as_of: date) -> dict[int, UnitStanding]:
    """Return how these units stood on a day, by their ids: a few statements however many there are."""
    alike = [Alike(*row) for row in db.session.execute(_alike(edition.id, as_of))]
    said = days_declared(edition.id, as_of)
    return stand([found.unit_id for found in units], alike, said["completed"], said["received_all"])


def _alike(edition_id: int, as_of: date) -> Select[Any]:
    """Count the entries of each unit that stood alike on a day, from the log of events alone."""
    event = EntryEvent
    numbered = (
        select(
            event.entry_id,
            event.status_to,
            event.happened_on,
            func.row_number()
            .over(partition_by=event.entry_id, order_by=(event.happened_on.desc(), event.id.desc()))
            .label("place"),
        )
        .where(event.edition_id == edition_id, event.kind == "moved", event.happened_on <= as_of)
        .subquery()
    )
    moved = numbered.c.happened_on
    each = (
        select(
            numbered.c.entry_id,
            func.max(case((numbered.c.place == 1, numbered.c.status_to))).label("status"),
            func.min(case((numbered.c.status_to.in_(RECEIVED), moved))).label("received"),
            func.min(case((numbered.c.status_to.in_(SCREENED), moved))).label("screened"),
            func.max(case((numbered.c.status_to.in_(_ACTS), moved))).label("moved"),
        )
        .group_by(numbered.c.entry_id)
        .subquery()
    )
    unit_id = unit_on(as_of).label("unit_id")
    placed = (
        select(unit_id, each.c.status, each.c.received, each.c.screened, each.c.moved)
        .join(Entry, Entry.id == each.c.entry_id)
        .subquery()
    )
    rows = placed.c
    return (
        select(
            rows.unit_id,
            rows.status,
            func.count(),
            func.min(rows.received),
            func.min(rows.screened),
            func.max(rows.moved),
        )
        .where(rows.unit_id.is_not(None))
        .group_by(rows.unit_id, rows.status)
    )
