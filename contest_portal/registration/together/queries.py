"""Read what a school could hand in together, and what it did."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from contest_portal.accounts.actor import Actor
from contest_portal.contests.models import Edition, School
from contest_portal.core import once
from contest_portal.core.database import db
from contest_portal.core.errors import NotFound
from contest_portal.registration.eligibility import problems_of
from contest_portal.registration.models import Entry
from contest_portal.registration.queries import visible_entries
from contest_portal.registration.status import Status
from contest_portal.registration.together.models import HandIn

# As many as one looks through with care; the next ones follow when these are handed in.
MOST: Final = 50


@dataclass(frozen=True)
class Draft:
    """Be one draft with what still keeps it from being handed in."""

    entry: Entry
    problems: Sequence[Any]

    @property
    def complete(self) -> bool:
        """Tell whether it may be handed in as it is."""
        return not self.problems


def drafts_of(actor: Actor, edition: Edition) -> tuple[list[Draft], int]:
    """Return the first drafts of the actor's own schools, each held against the rules, and how many there are."""
    own = (
        Entry.edition_id == edition.id,
        Entry.status == Status.DRAFT,
        Entry.school_id.in_(actor.school_ids),
    )
    rows = db.session.scalars(
        select(Entry)
        .where(*own)
        .order_by(Entry.id)
        .limit(MOST)
        .options(
            joinedload(Entry.edition, innerjoin=True),
            joinedload(Entry.division),
            joinedload(Entry.field),
            joinedload(Entry.unit),
            joinedload(Entry.school).lazyload(School.unit),
            selectinload(Entry.participants),
        )
    ).all()
    count = db.session.scalar(select(func.count()).select_from(Entry).where(*own)) or 0
    return [Draft(entry, problems_of(entry)) for entry in rows], count


def get_hand_in(actor: Actor, token: str) -> HandIn:
    """Return what the actor handed in; raises NotFound for anybody else's."""
    found = db.session.scalar(select(HandIn).where(HandIn.token == token, HandIn.user_id == (actor.user_id or 0)))
    if found is None:
        raise NotFound
    return found


def hand_in_of(actor: Actor, once_token: str | None) -> HandIn | None:
    """Return what came of a form that was sent before; raises NotFound for somebody else's form."""
    known = once.find_outcome(once_token)
    return get_hand_in(actor, known) if known is not None else None


def entries_of(actor: Actor, hand_in: HandIn) -> Sequence[Entry]:
    """Return the entries of a hand-in that the actor may still see."""
    return db.session.scalars(
        visible_entries(actor)
        .where(Entry.reference.in_(hand_in.references))
        .order_by(Entry.id)
        .options(joinedload(Entry.school).lazyload(School.unit), selectinload(Entry.participants))
    ).all()
