"""Find what may be there twice, for one entry or a whole edition, and write down what was decided."""

from collections.abc import Iterable
from typing import Final

from sqlalchemy import insert, select

from contest_portal.accounts.actor import Actor
from contest_portal.contests.models import Edition
from contest_portal.core import audit, clock
from contest_portal.core.database import db, transaction
from contest_portal.core.errors import Invalid, NotAllowed, Problem
from contest_portal.core.i18n import lazy
from contest_portal.registration import rules
from contest_portal.registration.duplicates.models import DuplicateDecision, DuplicatePair, DuplicateSearch
from contest_portal.registration.duplicates.queries import (
    compared_editions,
    editions_of,
    people_in,
    people_named,
    titles_in,
    titles_sharing,
)
from contest_portal.registration.duplicates.scoring import (
    ALIKE,
    Pair,
    Titled,
    alike_titles,
    same_people,
    title_score,
)
from contest_portal.registration.models import Entry

VERDICTS: Final = ("different", "same", "open")
_PORTION: Final = 400


def search_edition(actor: Actor, edition: Edition) -> int:
    """Compare a whole edition with itself and the earlier ones; return how many new pairs there are.

    What was decided stays decided. Raises NotAllowed.
    """
    if not rules.runs(actor, edition.id):
        raise NotAllowed
    everywhere = compared_editions(edition)
    titles = titles_in(everywhere)
    pairs = [("title", pair) for pair in alike_titles(titles)]
    pairs += [("person", pair) for pair in same_people(people_in(everywhere))]
    with transaction():
        added = _keep(edition.id, pairs)
        row = db.session.get(DuplicateSearch, edition.id) or DuplicateSearch(edition_id=edition.id)
        row.at, row.entries = clock.now(), len(titles)
        db.session.add(row)
        audit.record(actor, "duplicates.found", edition.code, after={"entries": len(titles), "new": added})
    return added


def note_entry(entry: Entry) -> int:
    """Look for what one entry may repeat, through the indexes; called when it is handed in. It refuses nothing."""
    everywhere = compared_editions(entry.edition)
    names = [person.name_folded for person in entry.participants if person.role != "coach"]
    found = [("person", pair) for pair in same_people(people_named(everywhere, names)) if _has(pair, entry.id)]
    own = Titled(entry.id, entry.title_folded)
    for other in titles_sharing(everywhere, entry.title_folded):
        score = title_score(own.title, other.title) if other.id != own.id else 0
        if score >= ALIKE:
            first, second = sorted((own, other), key=lambda titled: titled.id)
            found.append(("title", Pair(first, second, score)))
    with transaction():
        return _keep(entry.edition_id, found)


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


def _has(pair: Pair, entry_id: int) -> bool:
    return entry_id in (pair.first.entry_id, pair.second.entry_id)


def _keep(edition_id: int, found: Iterable[tuple[str, Pair]]) -> int:
    """Store the pairs that touch the edition and are not known yet."""
    values = {f"{kind}:{pair.first.id}:{pair.second.id}": (kind, pair) for kind, pair in found}
    known: set[str] = set()
    keys = sorted(values)
    for start in range(0, len(keys), _PORTION):
        part = keys[start : start + _PORTION]
        known |= set(db.session.scalars(select(DuplicatePair.key).where(DuplicatePair.key.in_(part))))
    fresh = {key: pair for key, pair in values.items() if key not in known}
    editions = editions_of(sorted({each for kind, pair in fresh.values() for each in _entries(kind, pair)}))
    rows = [_row(key, kind, pair, editions) for key, (kind, pair) in fresh.items()]
    own = [row for row in rows if edition_id == row["edition_id"]]
    if own:
        db.session.execute(insert(DuplicatePair).execution_options(render_nulls=True), own)
    return len(own)


def _entries(kind: str, pair: Pair) -> tuple[int, int]:
    if kind == "title":
        return pair.first.id, pair.second.id
    return pair.first.entry_id, pair.second.entry_id


def _row(key: str, kind: str, pair: Pair, editions: dict[int, int]) -> dict[str, object]:
    first, second = _entries(kind, pair)
    people = (pair.first.id, pair.second.id) if kind == "person" else (None, None)
    # An entry is younger by its number: the pair belongs to the edition of the younger one.
    newer = max(first, second)
    return {
        "key": key,
        "edition_id": editions[newer],
        "kind": kind,
        "first_id": first,
        "second_id": second,
        "first_person_id": people[0],
        "second_person_id": people[1],
        "earlier": editions[first] != editions[second],
        "score": pair.score,
        "state": "open",
        "found_at": clock.now(),
    }
