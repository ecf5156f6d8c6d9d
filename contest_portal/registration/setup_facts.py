"""Tell the set-up of editions about entries: how many there are, and what the rules ask of each."""

from collections import Counter
from collections.abc import Iterator, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from contest_portal.contests.eligibility import EntryFacts
from contest_portal.contests.models import Edition, School
from contest_portal.contests.services import rulebook_of
from contest_portal.contests.setup.hooks import HOOKS
from contest_portal.core.database import db
from contest_portal.registration.eligibility import facts_of
from contest_portal.registration.models import Entry
from contest_portal.registration.status import REGISTERED, Status

CHUNK = 500


def count_entries(edition_id: int) -> int:
    """Return how many entries of an edition there are, drafts too, without those withdrawn."""
    wanted = (Entry.edition_id == edition_id) & (Entry.status != Status.WITHDRAWN)
    return db.session.scalar(select(func.count()).where(wanted)) or 0


def entries_by_unit(edition_id: int) -> dict[int, int]:
    """Return how many entries of an edition belong to each unit, drafts and those withdrawn too."""
    wanted = (Entry.edition_id == edition_id) & Entry.unit_id.is_not(None)
    rows = db.session.execute(select(Entry.unit_id, func.count()).where(wanted).group_by(Entry.unit_id))
    return {unit_id: number for unit_id, number in rows if unit_id is not None}


def stored_facts(edition: Edition) -> Iterator[tuple[str, EntryFacts]]:
    """Yield what the rules ask of each entry, read a few hundred at a time."""
    rules = rulebook_of(edition)
    schools, units = _counts(edition.id, Entry.school_id), _counts(edition.id, Entry.unit_id)
    last = 0
    while chunk := _chunk(edition.id, last):
        for entry in chunk:
            own = int(entry.status in REGISTERED)
            others = (schools[entry.school_id] - own, units[entry.unit_id] - own)
            people = [person for person in entry.participants if person.left_on is None]
            yield entry.reference, facts_of(entry, people, rules, others)
        # Nothing holds on to what was read: 10.000 entries take no more room than 500.
        last = chunk[-1].id


def _counts(edition_id: int, column: object) -> Counter[int | None]:
    registered = (Entry.edition_id == edition_id) & Entry.status.in_(REGISTERED)
    rows = db.session.execute(select(column, func.count()).where(registered).group_by(column))  # type: ignore[call-overload]
    found: Counter[int | None] = Counter({key: count for key, count in rows if key is not None})
    return found


def _chunk(edition_id: int, last: int) -> Sequence[Entry]:
    return db.session.scalars(
        select(Entry)
        .where(Entry.edition_id == edition_id, Entry.status != Status.WITHDRAWN, Entry.id > last)
        .order_by(Entry.id)
        .limit(CHUNK)
        .options(
            joinedload(Entry.division),
            joinedload(Entry.field),
            joinedload(Entry.unit),
            joinedload(Entry.school).lazyload(School.unit),
            selectinload(Entry.participants),
        )
    ).all()


HOOKS.count_entries = count_entries
HOOKS.entries_by_unit = entries_by_unit
HOOKS.stored_facts = stored_facts
