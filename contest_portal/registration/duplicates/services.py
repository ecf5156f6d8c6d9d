"""Find what may be there twice, in a whole edition or in what was handed in lately, and write down what was decided.

Nobody waits for it: entries are compared after they were handed in or imported, by the portal itself. What is read and
compared holds nothing; what is written is written in short strokes that wait for nobody's entry.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite

from contest_portal.accounts.actor import Actor
from contest_portal.contests.models import Edition
from contest_portal.core import audit, clock
from contest_portal.core.database import db, transaction
from contest_portal.core.errors import Invalid, NotAllowed, Problem
from contest_portal.core.i18n import lazy
from contest_portal.core.progress import Report, quiet
from contest_portal.registration import rules
from contest_portal.registration.duplicates import queries
from contest_portal.registration.duplicates.models import DuplicateDecision, DuplicatePair, DuplicateSearch
from contest_portal.registration.duplicates.scoring import ALIKE, Pair, Titled, alike_titles, same_people, title_score
from contest_portal.registration.models import Entry

Found = tuple[str, Pair]

VERDICTS: Final = ("different", "same", "open")
STORING: Final = lazy("Đang ghi các cặp có thể trùng")
# So many entries a turn are compared by the portal itself, in strokes of so many.
A_TURN, A_STROKE = 100, 25
_ALIKE_AN_ENTRY: Final = 20
_PORTION: Final = 400


def search_edition(actor: Actor, edition: Edition, report: Report = quiet) -> int:
    """Compare a whole edition with itself and the earlier ones; return how many new pairs there are.

    What was decided stays decided. Raises NotAllowed.
    """
    if not rules.runs(actor, edition.id):
        raise NotAllowed
    # Read first: whatever changes from here on stays due.
    versions = queries.uncompared_in(edition.id)
    editions = queries.compared_editions(edition)
    titles = queries.titles_in(edition, editions)
    found = [("title", pair) for pair in alike_titles(titles, report)]
    found += [("person", pair) for pair in same_people(queries.people_in(edition, editions), report)]
    added = _keep(edition.id, found, report)
    _mark(versions)
    with transaction():
        row = db.session.get(DuplicateSearch, edition.id) or DuplicateSearch(edition_id=edition.id)
        row.at, row.entries, row.added = clock.now(), len(titles), added
        db.session.add(row)
        audit.record(actor, "duplicates.found", edition.code, after={"entries": len(titles), "new": added})
    return added


def compare_waiting(most: int = A_TURN) -> int:
    """Compare what was handed in, imported or changed since it was compared; return how many entries that were.

    So many a turn: what waits longer is compared at the next one. Refuses nothing and holds nobody up.
    """
    done = 0
    for edition_id, versions in queries.next_uncompared(most).items():
        edition = db.session.get_one(Edition, edition_id)
        ids = list(versions)
        for start in range(0, len(ids), A_STROKE):
            _compare(edition, {entry_id: versions[entry_id] for entry_id in ids[start : start + A_STROKE]})
        done += len(ids)
    return done


def decide(actor: Actor, edition: Edition, pair: DuplicatePair, state: str, reason: str) -> None:
    """Write down what a pair is and why; decided the same way twice, it was decided once. Raises NotAllowed, Invalid."""
    if not rules.runs(actor, edition.id):
        raise NotAllowed
    if state not in VERDICTS:
        raise Invalid(problems=[Problem(lazy("Hãy chọn một kết luận."), field="state")])
    if not reason.strip():
        raise Invalid(problems=[Problem(lazy("Hãy ghi lý do."), field="reason")])
    with transaction():
        db.session.refresh(pair, with_for_update=True)
        if pair.state == state:
            return
        decision = DuplicateDecision(
            pair_id=pair.id,
            state=state,
            reason=reason.strip(),
            actor_id=actor.user_id,
            actor_name=actor.username,
        )
        db.session.add(decision)
        audit.record(actor, "duplicates.decided", edition.code, before=pair.state, after=state)
        pair.state = state


def _compare(edition: Edition, versions: Mapping[int, int]) -> None:
    """Look for what a few entries may repeat, through the indexes."""
    editions = queries.compared_editions(edition)
    found = [("person", pair) for pair in same_people(queries.namesakes(editions, versions.keys()))]
    for own in queries.titles_of(versions.keys()):
        found += [("title", pair) for pair in _like(own, queries.titles_sharing(editions, own.title))]
    _keep(edition.id, found)
    _mark(versions)


def _like(own: Titled, others: Iterable[Titled]) -> list[Pair]:
    """Return the few most alike: of hundreds of equal titles not each beside each."""
    scores = [(title_score(own.title, other.title), other) for other in others if other.id != own.id]
    alike = sorted((each for each in scores if each[0] >= ALIKE), key=lambda each: (-each[0], each[1].id))
    return [_ordered(own, other, score) for score, other in alike[:_ALIKE_AN_ENTRY]]


def _ordered(one: Titled, other: Titled, score: int) -> Pair:
    return Pair(one, other, score) if one.id < other.id else Pair(other, one, score)


def _keep(edition_id: int, found: Iterable[Found], report: Report = quiet) -> int:
    """Store the pairs that are not known yet, always in the same order; return how many."""
    values = {f"{kind}:{pair.first.id}:{pair.second.id}": (kind, pair) for kind, pair in found}
    keys, added = sorted(values), 0
    for start in range(0, len(keys), _PORTION):
        report(STORING, start, len(keys))
        part = keys[start : start + _PORTION]
        fresh = sorted(set(part) - queries.known_keys(part))
        if fresh:
            _store([_row(edition_id, key, *values[key]) for key in fresh])
        added += len(fresh)
    return added


def _store(rows: Sequence[dict[str, Any]]) -> None:
    # Another process may have found the same at the same moment.
    make = postgresql.insert if db.session.get_bind().dialect.name == "postgresql" else sqlite.insert
    with transaction():
        insert = make(DuplicatePair).on_conflict_do_nothing(index_elements=["key"])
        db.session.execute(insert.execution_options(render_nulls=True), list(rows))


def _mark(versions: Mapping[int, int]) -> None:
    """Note what was compared; what changed meanwhile, or is being changed, stays due."""
    ids = sorted(versions)
    for start in range(0, len(ids), _PORTION):
        wanted = select(Entry.id, Entry.version).where(Entry.id.in_(ids[start : start + _PORTION]))
        with transaction():
            rows = db.session.execute(wanted.with_for_update(skip_locked=True, key_share=True))
            same = [row.id for row in rows if row.version == versions[row.id]]
            compared = update(Entry.__table__).where(Entry.id.in_(same))  # type: ignore[arg-type]
            db.session.connection().execute(compared.values(compared_version=Entry.version))


def _row(edition_id: int, key: str, kind: str, pair: Pair) -> dict[str, Any]:
    # The pair belongs to the edition that is searched, which is the later one of the two.
    first, second = sorted((pair.first, pair.second), key=lambda each: (each.edition_id == edition_id, each.id))
    by_person = kind == "person"
    return {
        "key": key,
        "edition_id": edition_id,
        "kind": kind,
        "first_id": first.entry_id if by_person else first.id,
        "second_id": second.entry_id if by_person else second.id,
        "first_person_id": first.id if by_person else None,
        "second_person_id": second.id if by_person else None,
        "earlier": first.edition_id != second.edition_id,
        "score": pair.score,
        "state": "open",
        "found_at": clock.now(),
    }
