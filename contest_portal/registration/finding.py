"""Turn a search into conditions on entries, so that the database reads short stretches of the index of terms.

A word that few entries have is looked up first and leads to them; words that many have are only asked of the entries
that the list comes to in its own order. Either way the work ends with the page that is shown.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, false, func, or_, select
from sqlalchemy.orm import aliased

from contest_portal.accounts.actor import Actor, Role
from contest_portal.core.database import db
from contest_portal.registration.models import Entry
from contest_portal.registration.models_finding import SearchTerm
from contest_portal.registration.queries import scope_of
from contest_portal.registration.references import REFERENCE_LENGTH
from contest_portal.registration.terms import Wanted, number_beginnings

# Entries that are looked up by a word before all else; from then on the list's own order is quicker.
FEW: Final = 2_000
# Finding somebody by a telephone number or an address is for those who work with the entry.
CALLERS: Final = (Role.SCHOOL, Role.COORDINATOR, Role.ORGANISER)
# After every character that a term may hold.
_LAST: Final = "\U0010ffff"


@dataclass(frozen=True)
class Search:
    """Be what an entry has to fulfil to be found, and whether few do."""

    conditions: Sequence[ColumnElement[bool]] = ()
    rare: bool = False


def search_for(wanted: Wanted, actor: Actor, editions: Sequence[int], edition_ids: dict[str, list[int]]) -> Search:
    """Return the search of what is wanted; editions: where to look, edition_ids: by what their references begin with."""
    if wanted.nothing:
        return Search([false()], rare=True)
    found = [_reference(reference) for reference in wanted.references]
    found += [Entry.edition_id.in_(edition_ids.get(prefix, [])) for prefix in wanted.prefixes]
    found += [_of_callers(actor, _leading([mail], editions)) for mail in wanted.mails]
    words, few = _words(wanted.words, editions) if wanted.words else ([], False)
    rare = few or bool(wanted.references or wanted.mails or wanted.number)
    if not wanted.number:
        return Search([*found, *words], rare)
    number = _of_callers(actor, _leading(number_beginnings(wanted.number), editions))
    return Search([*found, or_(number, and_(*words)) if words else number], rare)


def _words(words: Sequence[str], editions: Sequence[int]) -> tuple[list[ColumnElement[bool]], bool]:
    """Ask for every word: for the rarest by its entries where they are few, for the rest of each entry."""
    counted = _count(words, editions)
    rarest = min(words, key=lambda word: counted[word])
    if counted[rarest] > FEW:
        return [_has([word]) for word in words], False
    return [_leading([rarest], editions), *(_has([word]) for word in words if word != rarest)], True


def _count(words: Sequence[str], editions: Sequence[int]) -> dict[str, int]:
    """Count the entries of each word, as far as it matters, in one statement."""
    few = [_range([word]).with_only_columns(SearchTerm.entry_id) for word in words]
    parts = [
        select(func.count()).select_from(part.where(_in(editions)).limit(FEW + 1).subquery()).scalar_subquery()
        for part in few
    ]
    row = db.session.execute(select(*parts)).one()
    return dict(zip(words, row, strict=True))


def _range(beginnings: Iterable[str]) -> Any:
    return select(SearchTerm.term).where(or_(*map(_begins, beginnings)))


def _begins(beginning: str) -> ColumnElement[bool]:
    # Two bounds, not LIKE: only they let both databases read one stretch of the index.
    return and_(SearchTerm.term >= beginning, SearchTerm.term < beginning + _LAST)


def _in(editions: Sequence[int]) -> ColumnElement[bool]:
    return SearchTerm.edition_id == editions[0] if len(editions) == 1 else SearchTerm.edition_id.in_(editions)


def _leading(beginnings: Iterable[str], editions: Sequence[int]) -> ColumnElement[bool]:
    return Entry.id.in_(_range(beginnings).with_only_columns(SearchTerm.entry_id).where(_in(editions)))


def _has(beginnings: Iterable[str]) -> ColumnElement[bool]:
    return _range(beginnings).where(SearchTerm.entry_id == Entry.id).correlate(Entry).exists()


def _of_callers(actor: Actor, condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """Let a contact be found only within those posts of the actor that may use it."""
    scope = scope_of(replace(actor, posts=tuple(post for post in actor.posts if post.role in CALLERS)))
    return condition if scope is None else and_(condition, scope)


def _reference(reference: str) -> ColumnElement[bool]:
    # The bounds, right in every collation, let the database read only this stretch of the index; LIKE alone would not.
    other = aliased(Entry)
    bounds = (other.reference >= reference, other.reference <= reference + "Z" * REFERENCE_LENGTH)
    return Entry.id.in_(select(other.id).where(*bounds, other.reference.startswith(reference, autoescape=True)))
