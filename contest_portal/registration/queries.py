"""Read entries, always within what the actor may see."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, false, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from contest_portal.accounts.actor import Actor, Role
from contest_portal.contests.models import Edition, School
from contest_portal.core.database import db
from contest_portal.core.errors import NotFound
from contest_portal.registration.models import Entry, EntryEvent, Participant
from contest_portal.registration.status import REGISTERED, Status

ALL_SEEING = (Role.ORGANISER, Role.ADMINISTRATOR, Role.AUDITOR)


def visible_entries(actor: Actor) -> Select[Entry]:
    """Return the query of all entries the actor may see: a stranger's entry is not in it."""
    scope = scope_of(actor)
    return select(Entry) if scope is None else select(Entry).where(scope)


def scope_of(actor: Actor) -> ColumnElement[bool] | None:
    """Return which entries the actor may see; None where that is every one."""
    editions = {post.edition_id for post in actor.posts if post.role in ALL_SEEING}
    if None in editions:
        return None
    scopes: list[ColumnElement[bool]] = [Entry.school_id.in_(actor.school_ids)] if actor.school_ids else []
    if editions:
        scopes.append(Entry.edition_id.in_(editions))
    for post in actor.posts:
        if post.role is Role.COORDINATOR and post.unit_id is not None:
            scope = (Entry.unit_id == post.unit_id) & (Entry.status != Status.DRAFT)
            scopes.append(scope if post.edition_id is None else scope & (Entry.edition_id == post.edition_id))
    return or_(*scopes) if scopes else false()


def get_entry(actor: Actor, reference: str) -> Entry:
    """Return an entry the actor may see, with its people; raises NotFound."""
    wanted = visible_entries(actor).where(Entry.reference == reference).options(*_with_all())
    entry = db.session.scalars(wanted.execution_options(populate_existing=True)).unique().one_or_none()
    if entry is None:
        raise NotFound
    return entry


@cache
def _with_all() -> tuple[Any, ...]:
    # The edition's contest and the school's own unit are on hardly any page.
    return (
        joinedload(Entry.edition, innerjoin=True).lazyload(Edition.contest),
        # Hardly ever any, and nearly every page tells until when the entry may be changed.
        joinedload(Entry.edition, innerjoin=True).joinedload(Edition.deadline_events),
        joinedload(Entry.division),
        joinedload(Entry.field),
        joinedload(Entry.unit),
        joinedload(Entry.school).lazyload(School.unit),
        selectinload(Entry.participants),
    )


def find_by_reference(reference: str) -> Entry | None:
    """Return an entry whoever asks: for services that check for themselves."""
    return db.session.scalar(select(Entry).where(Entry.reference == reference))


def history_of(entry: Entry) -> list[EntryEvent]:
    """Return everything that happened to an entry, in the order it was recorded."""
    return list(db.session.scalars(_history(), {"entry_id": entry.id}))


@cache
def _history() -> Any:
    return select(EntryEvent).where(EntryEvent.entry_id == bindparam("entry_id")).order_by(EntryEvent.id)


def people_of(entry_id: int) -> Sequence[Participant]:
    """Return the people who are in an entry now, as the database has them."""
    return db.session.scalars(_people(), {"entry_id": entry_id}).all()


@cache
def _people() -> Any:
    return (
        select(Participant)
        .where(Participant.entry_id == bindparam("entry_id"), Participant.left_on.is_(None))
        .order_by(Participant.position, Participant.id)
        .execution_options(populate_existing=True)
    )


def count_school_entries(entry: Entry) -> int:
    """Return how many other entries the same school has handed in for the edition."""
    return 0 if entry.school_id is None else _count_others(entry, Entry.school_id == entry.school_id)


def count_unit_entries(entry: Entry) -> int:
    """Return how many other entries of the same unit were handed in for the edition."""
    return 0 if entry.unit_id is None else _count_others(entry, Entry.unit_id == entry.unit_id)


def count_by_unit(edition_id: int) -> dict[int | None, int]:
    """Return how many entries of each unit were handed in for the edition."""
    registered = (Entry.edition_id == edition_id) & Entry.status.in_(REGISTERED)
    rows = db.session.execute(select(Entry.unit_id, func.count()).where(registered).group_by(Entry.unit_id))
    return {row[0]: row[1] for row in rows}


def _count_others(entry: Entry, which: ColumnElement[bool]) -> int:
    registered = (Entry.edition_id == entry.edition_id) & Entry.status.in_(REGISTERED) & (Entry.id != entry.id)
    return db.session.scalar(select(func.count()).where(which, registered)) or 0


def any_entry() -> bool:
    """Tell whether the portal holds an entry at all."""
    return db.session.scalar(select(Entry.id).limit(1)) is not None
