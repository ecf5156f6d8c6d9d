"""Read what may be there twice, and what it is compared with."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Select, func, or_, select

from contest_portal.accounts.actor import Actor
from contest_portal.contests.models import Edition
from contest_portal.core.database import db
from contest_portal.core.errors import NotFound
from contest_portal.core.paging import Cursor, Page, keyset, make_page
from contest_portal.registration.duplicates.models import DuplicateDecision, DuplicatePair, DuplicateSearch
from contest_portal.registration.duplicates.scoring import Somebody, Titled
from contest_portal.registration.models import UNCOMPARED, Entry, Participant
from contest_portal.registration.models_finding import SearchTerm
from contest_portal.registration.queries import visible_entries
from contest_portal.registration.status import Status

# Enough to find a title again by its words; the beginnings of a very common word are not all looked at.
MOST_CANDIDATES = 300


def compared_editions(edition: Edition) -> list[int]:
    """Return the edition and the earlier ones of its contest."""
    wanted = select(Edition.id).where(Edition.contest_id == edition.contest_id, Edition.number <= edition.number)
    return list(db.session.scalars(wanted))


def titles_in(edition: Edition, editions: Sequence[int]) -> list[Titled]:
    """Return every title of these editions that was not taken back; the edition's own are what is searched."""
    rows = db.session.execute(_titles().where(Entry.edition_id.in_(editions)))
    return [Titled(row.id, row.title_folded, row.edition_id, row.edition_id == edition.id) for row in rows]


def people_in(edition: Edition, editions: Sequence[int]) -> list[Somebody]:
    """Return everybody who takes part in these editions; whoever guides may guide many."""
    rows = db.session.execute(_everybody(editions))
    return [_somebody(row, own=row.edition_id == edition.id) for row in rows]


def namesakes(editions: Sequence[int], entry_ids: Collection[int]) -> list[Somebody]:
    """Return the people of these entries, and whoever bears the name of one of them, through the index of names."""
    own = select(Participant.name_folded).where(Participant.entry_id.in_(entry_ids), Participant.role != "coach")
    rows = db.session.execute(_everybody(editions).where(Participant.name_folded.in_(own)))
    return [_somebody(row, own=row.entry_id in entry_ids) for row in rows]


def titles_of(entry_ids: Collection[int]) -> list[Titled]:
    """Return the titles of these entries."""
    rows = db.session.execute(_titles().where(Entry.id.in_(entry_ids)))
    return [Titled(row.id, row.title_folded, row.edition_id) for row in rows]


def titles_sharing(editions: Sequence[int], title: str) -> list[Titled]:
    """Return the titles that share words with this one, through the index of words."""
    words = sorted({word for word in title.split() if len(word) > 1}, key=len, reverse=True)[:6]
    if not words:
        return []
    shared = (
        select(SearchTerm.entry_id)
        .where(SearchTerm.edition_id.in_(editions), SearchTerm.term.in_(words))
        .group_by(SearchTerm.entry_id)
        .having(func.count() * 2 >= len(words))
        .order_by(func.count().desc(), SearchTerm.entry_id.desc())
        .limit(MOST_CANDIDATES)
    )
    return titles_of(db.session.scalars(shared).all())


def next_uncompared(most: int) -> dict[int, dict[int, int]]:
    """Return the entries handed in that were not compared since they last changed: edition, entry, version."""
    wanted = select(Entry.edition_id, Entry.id, Entry.version).where(UNCOMPARED)
    found: dict[int, dict[int, int]] = defaultdict(dict)
    for row in db.session.execute(wanted.order_by(Entry.edition_id, Entry.id).limit(most)):
        found[row.edition_id][row.id] = row.version
    return found


def uncompared_in(edition_id: int) -> dict[int, int]:
    """Return an edition's entries that wait to be compared, each with its version."""
    rows = db.session.execute(select(Entry.id, Entry.version).where(UNCOMPARED, Entry.edition_id == edition_id))
    return {row.id: row.version for row in rows}


def count_compared(editions: Sequence[int]) -> int:
    """Return how many entries a search of these editions reads."""
    return db.session.scalar(select(func.count()).select_from(Entry).where(Entry.edition_id.in_(editions))) or 0


def known_keys(keys: Sequence[str]) -> set[str]:
    """Return which of these pairs are stored."""
    return set(db.session.scalars(select(DuplicatePair.key).where(DuplicatePair.key.in_(keys))))


def list_pairs(edition_id: int, state: str, kind: str, where: str, cursor: Cursor | None) -> Page[DuplicatePair]:
    """Return a page of an edition's pairs, the newest first."""
    wanted = select(DuplicatePair).where(DuplicatePair.edition_id == edition_id, DuplicatePair.state == state)
    if kind:
        wanted = wanted.where(DuplicatePair.kind == kind)
    if where:
        wanted = wanted.where(DuplicatePair.earlier.is_(where == "earlier"))
    statement, used = keyset(wanted, [DuplicatePair.id], cursor, descending=True)
    return make_page(db.session.scalars(statement).all(), used, lambda pair: (pair.id,))


def get_pair(edition_id: int, pair_id: int) -> DuplicatePair:
    """Return a pair of an edition; raises NotFound."""
    pair = db.session.get(DuplicatePair, pair_id)
    if pair is None or pair.edition_id != edition_id:
        raise NotFound
    return pair


def entries_of(actor: Actor, pairs: Sequence[DuplicatePair]) -> dict[int, Entry]:
    """Return the entries of pairs as far as the actor may see them."""
    ids = {each for pair in pairs for each in (pair.first_id, pair.second_id)}
    return {entry.id: entry for entry in db.session.scalars(visible_entries(actor).where(Entry.id.in_(ids)))}


def names_of(pairs: Sequence[DuplicatePair]) -> dict[int, str]:
    """Return the names of the people of pairs."""
    ids = [pair.second_person_id for pair in pairs if pair.second_person_id]
    rows = db.session.execute(select(Participant.id, Participant.full_name).where(Participant.id.in_(ids)))
    return {row.id: row.full_name for row in rows}


def decisions_of(pair_id: int) -> Sequence[DuplicateDecision]:
    """Return what was decided about a pair, the first first."""
    wanted = select(DuplicateDecision).where(DuplicateDecision.pair_id == pair_id).order_by(DuplicateDecision.id)
    return db.session.scalars(wanted).all()


def last_search(edition_id: int) -> DuplicateSearch | None:
    """Return when the whole edition was searched last."""
    return db.session.get(DuplicateSearch, edition_id)


def open_pairs_of(entry_id: int) -> Sequence[DuplicatePair]:
    """Return the pairs of an entry that nobody has decided on."""
    either = or_(DuplicatePair.first_id == entry_id, DuplicatePair.second_id == entry_id)
    wanted = select(DuplicatePair).where(either, DuplicatePair.state == "open").order_by(DuplicatePair.id).limit(20)
    return db.session.scalars(wanted).all()


def _titles() -> Select[int, str, int]:
    return select(Entry.id, Entry.title_folded, Entry.edition_id).where(Entry.status != Status.WITHDRAWN)


def _everybody(editions: Sequence[int]) -> Select[int, int, str, date | None, int | None, int]:
    person = (Participant.id, Participant.entry_id, Participant.name_folded, Participant.birth_date)
    return (
        select(*person, Entry.school_id, Entry.edition_id)
        .join(Entry, Entry.id == Participant.entry_id)
        .where(
            Entry.edition_id.in_(editions),
            Entry.status != Status.WITHDRAWN,
            Participant.left_on.is_(None),
            Participant.role != "coach",
        )
    )


def _somebody(row: Any, *, own: bool) -> Somebody:
    return Somebody(row.id, row.entry_id, row.name_folded, row.birth_date, row.school_id, row.edition_id, own)
