"""Read the queue of the document check: how many wait, what was decided, and how it stood on any day."""

from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Any, Final

from sqlalchemy import ColumnElement, Date, Integer, bindparam, func, literal, select, union_all
from sqlalchemy.orm import aliased

from contest_portal.accounts.actor import Actor, Role
from contest_portal.contests.models import Edition
from contest_portal.contests.queries import all_editions, find_edition
from contest_portal.contests.services import rulebook_of
from contest_portal.core.database import db
from contest_portal.core.errors import NotFound
from contest_portal.registration.checking.states import CheckState
from contest_portal.registration.models import Entry, EntryEvent
from contest_portal.registration.status import REGISTERED

# Nobody needs to know whether 1,200 or 1,300 wait; counting them all would cost the more the longer the queue.
COUNTED: Final = 1000


def editions_for(actor: Actor) -> list[Edition]:
    """Return the editions whose papers the actor checks or may watch being checked, the newest first."""
    seen = [e for e in all_editions() if actor.holds(Role.ORGANISER, Role.AUDITOR, edition_id=e.id)]
    return [edition for edition in seen if rulebook_of(edition).document_check]


def get_checked_edition(actor: Actor, code: str) -> Edition:
    """Return an edition with a document check that the actor may see; raises NotFound."""
    edition = find_edition(code)
    if edition is None or not actor.holds(Role.ORGANISER, Role.AUDITOR, edition_id=edition.id):
        raise NotFound
    if not rulebook_of(edition).document_check:
        raise NotFound
    return edition


def handed_in() -> ColumnElement[bool]:
    """Return the condition that an entry was handed in and not withdrawn."""
    return Entry.status.in_(sorted(REGISTERED))


def count_states(edition_id: int) -> dict[str, int]:
    """Return how many entries of an edition are in each state, COUNTED + 1 standing for any more."""
    rows = db.session.execute(_counts(), {"edition_id": edition_id})
    return {row.state: row.number for row in rows}


@cache
def _counts() -> Any:
    # Bounded counts, read from the index of each state.
    parts = []
    for state in CheckState:
        few = (
            select(Entry.id)
            .where(Entry.edition_id == bindparam("edition_id", type_=Integer()), Entry.check_state == state.value)
            .where(handed_in())
            .limit(COUNTED + 1)
            .subquery()
        )
        parts.append(select(literal(state.value).label("state"), func.count().label("number")).select_from(few))
    return union_all(*parts)


def count_waiting(edition_ids: Sequence[int]) -> dict[int, int]:
    """Return how many entries of each edition wait for their check, COUNTED + 1 standing for any more."""
    if not edition_ids:
        return {}
    parts = [
        select(literal(edition_id).label("edition"), func.count().label("number")).select_from(
            select(Entry.id)
            .where(Entry.edition_id == edition_id, Entry.check_state == CheckState.PENDING.value, handed_in())
            .limit(COUNTED + 1)
            .subquery()
        )
        for edition_id in edition_ids
    ]
    return {row.edition: row.number for row in db.session.execute(union_all(*parts))}


def last_check(entry_id: int) -> EntryEvent | None:
    """Return the latest decision on an entry's papers, whoever made it."""
    return db.session.scalar(_last_check(), {"entry_id": entry_id})


@cache
def _last_check() -> Any:
    checked = (EntryEvent.entry_id == bindparam("entry_id")) & (EntryEvent.kind == "checked")
    return select(EntryEvent).where(checked).order_by(EntryEvent.id.desc()).limit(1)


def states_on(edition_id: int, day: date) -> dict[str, int]:
    """Return how many entries that were registered on a day were in each state on that day, from their events alone.

    The day is the one on which things happened: a figure of the past stays what it was.
    """
    values = {"edition_id": edition_id, "day": day}
    found = {state.value: 0 for state in CheckState}
    found |= {row.state: row.number for row in db.session.execute(_states_on(), values)}
    return found


@cache
def _states_on() -> Any:
    moved, checked = _latest("moved", "latest_move"), _latest("checked", "latest_check")
    state = func.coalesce(checked.c.status_to, CheckState.PENDING.value).label("state")
    return (
        select(state, func.count().label("number"))
        .select_from(moved)
        .outerjoin(checked, checked.c.entry_id == moved.c.entry_id)
        .where(moved.c.status_to.in_(sorted(REGISTERED)))
        .group_by(state)
    )


def _latest(kind: str, name: str) -> Any:
    """Return each entry's latest event of a kind as of the day: the last that happened, of one day the last written."""
    event = aliased(EntryEvent)
    place = func.row_number().over(partition_by=event.entry_id, order_by=(event.happened_on.desc(), event.id.desc()))
    ordered = (
        select(event.entry_id, event.status_to, place.label("place"))
        .where(
            event.edition_id == bindparam("edition_id", type_=Integer()),
            event.kind == kind,
            event.happened_on <= bindparam("day", type_=Date()),
        )
        .subquery()
    )
    return select(ordered.c.entry_id, ordered.c.status_to).where(ordered.c.place == 1).subquery(name)
