"""Keep what entries are found and sorted by in step with the entries themselves.

The session tells which entries, people and schools are about to be written, so that no service can forget it; what
belongs to them is written in the same transaction, just before it ends. Statements that bring rows in past the session
are followed by index_entries().
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from sqlalchemy import bindparam, delete, event, inspect, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite

from contest_portal.contests.models import School
from contest_portal.core.database import db, transaction
from contest_portal.core.vietnamese import sort_key
from contest_portal.registration.models import Entry, Participant
from contest_portal.registration.models_finding import SearchTerm
from contest_portal.registration.terms import terms_of

PORTION: Final = 500
_STALE: Final = "entries to index"
_STALE_SCHOOLS: Final = "schools to index"
# A change of anything else finds nothing new.
_WATCHED: Final[dict[type, tuple[str, ...]]] = {
    Entry: ("title", "reference", "edition_id", "school_id", "contact_name", "contact_phone", "contact_email"),
    Participant: ("full_name", "phone", "email", "left_on", "entry_id"),
    School: ("name",),
}


def index_entries(entry_ids: Iterable[int]) -> None:
    """Write the terms and keys of these entries, inside the caller's transaction, in a few statements for hundreds."""
    for ids in _portions(sorted(set(entry_ids))):
        _index(ids)


def index_missing() -> int:
    """Index the entries that have no terms yet; return how many there were."""
    unknown = ~select(SearchTerm.entry_id).where(SearchTerm.entry_id == Entry.id).exists()
    done = 0
    while ids := db.session.scalars(select(Entry.id).where(unknown).order_by(Entry.id).limit(PORTION)).all():
        with transaction():
            _index(ids)
        done += len(ids)
    return done


def reindex() -> Iterator[int]:
    """Index every entry anew, portion by portion; yield how many are done."""
    last = done = 0
    while ids := db.session.scalars(select(Entry.id).where(Entry.id > last).order_by(Entry.id).limit(PORTION)).all():
        with transaction():
            _index(ids)
        last, done = ids[-1], done + len(ids)
        yield done


def _portions(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), PORTION):
        yield ids[start : start + PORTION]


def _index(ids: Sequence[int]) -> None:
    entries = _entries(ids)
    people = _people(ids)
    wanted = {(row.id, term): row.edition_id for row in entries for term in _terms(row, people.get(row.id, ()))}
    stored = {(row.entry_id, row.term) for row in db.session.execute(_STORED, {"ids": ids})}
    _drop(stored - wanted.keys())
    _add([(key, wanted[key]) for key in wanted.keys() - stored])
    _write_keys(entries)
    db.session.execute(_PLACE_PEOPLE, {"ids": ids})


def _entries(ids: Sequence[int]) -> Sequence[Any]:
    return db.session.execute(_ENTRIES, {"ids": ids}).all()


def _people(ids: Sequence[int]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for row in db.session.execute(_PEOPLE, {"ids": ids}):
        found.setdefault(row.entry_id, []).append(row)
    return found


def _terms(entry: Any, people: Sequence[Any]) -> set[str]:
    return terms_of(
        reference=entry.reference,
        texts=[entry.title, entry.school, entry.contact_name, *(person.full_name for person in people)],
        phones=[entry.contact_phone, *(person.phone for person in people)],
        addresses=[entry.contact_email, *(person.email for person in people)],
    )


def _drop(keys: Iterable[tuple[int, str]]) -> None:
    gone = sorted(keys)
    for part in _portions(gone):  # type: ignore[arg-type]
        db.session.execute(delete(SearchTerm).where(tuple_(SearchTerm.entry_id, SearchTerm.term).in_(part)))


def _add(found: Sequence[tuple[tuple[int, str], int]]) -> None:
    if not found:
        return
    rows = [{"entry_id": key[0], "term": key[1], "edition_id": edition_id} for key, edition_id in sorted(found)]
    # Two who change one entry at the same moment may both bring the same word.
    make = postgresql.insert if db.session.get_bind().dialect.name == "postgresql" else sqlite.insert
    db.session.execute(make(SearchTerm).on_conflict_do_nothing(), rows)


def _write_keys(entries: Sequence[Any]) -> None:
    keys = [(row, sort_key(row.title), sort_key(row.school or "")) for row in entries]
    changed = [
        {"of": row.id, "by_title": title, "by_school": school}
        for row, title, school in keys
        if (row.title_key, row.school_key) != (title, school)
    ]
    if changed:
        db.session.connection().execute(_KEYS, changed)


_ENTRIES: Final = (
    select(
        Entry.id,
        Entry.edition_id,
        Entry.reference,
        Entry.title,
        Entry.title_key,
        Entry.school_key,
        Entry.contact_name,
        Entry.contact_phone,
        Entry.contact_email,
        School.name.label("school"),
    )
    .outerjoin(School, School.id == Entry.school_id)
    .where(Entry.id.in_(bindparam("ids", expanding=True)))
)
_PEOPLE: Final = select(Participant.entry_id, Participant.full_name, Participant.phone, Participant.email).where(
    Participant.entry_id.in_(bindparam("ids", expanding=True)), Participant.left_on.is_(None)
)
_STORED: Final = select(SearchTerm.entry_id, SearchTerm.term).where(
    SearchTerm.entry_id.in_(bindparam("ids", expanding=True))
)
_TABLE: Final = Entry.__table__
_KEYS: Final = (
    update(_TABLE)  # type: ignore[arg-type]
    .where(_TABLE.c.id == bindparam("of"))
    .values(title_key=bindparam("by_title"), school_key=bindparam("by_school"))
)
_PLACE_PEOPLE: Final = (
    update(Participant)
    .where(Participant.entry_id.in_(bindparam("ids", expanding=True)), Participant.edition_id.is_(None))
    .values(edition_id=select(Entry.edition_id).where(Entry.id == Participant.entry_id).scalar_subquery())
    .execution_options(synchronize_session=False)
)


def _note(session: Any, _context: Any) -> None:
    """Remember, once they have their ids, which entries the flush has touched."""
    for thing in (*session.new, *session.deleted):
        if type(thing) in _WATCHED:
            _remember(session.info, thing)
    for thing in session.dirty:
        if _touched(thing, _WATCHED.get(type(thing), ())):
            _remember(session.info, thing)


def _touched(thing: Any, names: Sequence[str]) -> bool:
    state = inspect(thing)
    return any(state.attrs[name].history.has_changes() for name in names)


def _remember(info: dict[Any, Any], thing: Any) -> None:
    if isinstance(thing, School):
        info.setdefault(_STALE_SCHOOLS, set()).add(thing.id)
    else:
        info.setdefault(_STALE, set()).add(thing.id if isinstance(thing, Entry) else thing.entry_id)


def _catch_up(session: Any) -> None:
    """Index what the transaction has touched, as its last act."""
    session.flush()
    schools = session.info.pop(_STALE_SCHOOLS, set())
    stale = session.info.pop(_STALE, set())
    if schools:
        stale |= set(session.scalars(select(Entry.id).where(Entry.school_id.in_(schools))))
    if stale:
        index_entries(stale)


def _forget(session: Any, _transaction: Any = None) -> None:
    session.info.pop(_STALE, None)
    session.info.pop(_STALE_SCHOOLS, None)


event.listen(db.session, "after_flush", _note)
event.listen(db.session, "before_commit", _catch_up)
event.listen(db.session, "after_rollback", _forget)

__all__ = ["index_entries", "index_missing", "reindex"]
