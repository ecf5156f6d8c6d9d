"""Find the words that hold for an edition, and write new versions of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import or_, select
from sqlalchemy.dialects.postgresql import insert as insert_on_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_on_sqlite
from sqlalchemy.exc import IntegrityError

from contest_portal.accounts.actor import Actor
from contest_portal.contests.models import Edition
from contest_portal.core import audit, clock
from contest_portal.core.database import db, transaction
from contest_portal.core.errors import Conflict, Invalid, NotAllowed, Problem
from contest_portal.core.i18n import current_language, lazy
from contest_portal.registration.consent.models import ConsentWording
from contest_portal.registration.consent.purposes import Purpose
from contest_portal.registration.consent.wording import BUILT_IN
from contest_portal.registration.rules import runs

LONGEST: Final = 4000
# Of an edition's printed sheets so many different sets of words are offered when one is recorded.
MOST_SETS: Final = 20


@dataclass(frozen=True)
class Words:
    """Be one version of the words for one purpose; own: the edition's, not those for all."""

    purpose: Purpose
    version: int
    text: str
    text_en: str
    id: int | None = None
    own: bool = False
    made_at: datetime | None = None

    def __str__(self) -> str:
        return self.text_en if current_language() == "en" else self.text

    @property
    def mark(self) -> str:
        """Return the version as it is printed on a sheet: E2 is the edition's own second one, C1 the common first."""
        return f"{'E' if self.own else 'C'}{self.version}"


Set = dict[Purpose, Words]


def current_words(edition_id: int, purposes: Iterable[Purpose]) -> Set:
    """Return the words that hold now: the edition's own latest version, else the latest for all, else the built-in."""
    return _set_from(_stored(edition_id), purposes)


def words_that_held(edition_id: int, purposes: Sequence[Purpose]) -> list[Set]:
    """Return every set of words an edition's sheets can have been printed with, the present one first."""
    rows = _stored(edition_id)
    sets = [_set_from(rows[:count], purposes) for count in range(len(rows), -1, -1)]
    different: list[Set] = []
    for one in sets:
        if not any(mark_of(one) == mark_of(other) for other in different):
            different.append(one)
    return different[:MOST_SETS]


def mark_of(words: Set) -> str:
    """Return what the foot of a printed sheet says of its words."""
    return "-".join(words[purpose].mark for purpose in words)


def versions_of(edition_id: int, purpose: Purpose) -> list[Words]:
    """Return every version an edition may have used for a purpose: its own, the newest first, then those for all."""
    found = [_words(row) for row in _stored(edition_id) if row.purpose == purpose]
    if not any(not words.own and words.version == 1 for words in found):
        found.insert(0, _built_in(purpose))
    return sorted(found, key=lambda words: (words.own, words.version), reverse=True)


def wordings_by_id(ids: Iterable[int]) -> dict[int, Words]:
    """Return the words that answers were given to."""
    rows = db.session.scalars(select(ConsentWording).where(ConsentWording.id.in_(sorted(set(ids)))))
    return {row.id: _words(row) for row in rows}


def new_version(
    actor: Actor, edition: Edition, purpose: Purpose, *, text: str, text_en: str, seen: str | None = None
) -> Words:
    """Write the edition's next version of the words; earlier ones stay, and so does every answer given to them.

    seen: the mark of the version the writer began from. Raises Conflict when somebody wrote another meanwhile, Invalid.
    """
    problems = [
        Problem(lazy("Hãy viết nội dung, nhiều nhất %(most)s ký tự.", most=LONGEST), field=name)
        for name, value in (("text", text), ("text_en", text_en))
        if not value.strip() or len(value) > LONGEST
    ]
    if problems:
        raise Invalid(problems=problems)
    if not runs(actor, edition.id):
        raise NotAllowed
    try:
        with transaction():
            before = current_words(edition.id, (purpose,))[purpose]
            if seen is not None and seen != before.mark:
                raise Conflict(lazy("Vừa có phiên bản mới của nội dung này. Hãy xem lại rồi lưu."))
            row = ConsentWording(
                edition_id=edition.id,
                purpose=purpose.value,
                version=before.version + 1 if before.own else 1,
                text=text.strip(),
                text_en=text_en.strip(),
                made_by=actor.user_id,
            )
            db.session.add(row)
            # Flushed: of two that write at once the second is told here.
            db.session.flush()
            after = _words(row)
            audit.record(actor, "consent.worded", f"{edition.code} {purpose}", before=before.mark, after=after.mark)
    except IntegrityError as error:
        raise Conflict(lazy("Vừa có phiên bản mới của nội dung này. Hãy xem lại rồi lưu.")) from error
    return after


def settle(words: Words) -> int:
    """Return the id of the words, storing the built-in ones when they are first agreed to; inside a transaction."""
    if words.id is not None:
        return words.id
    insert: Any = insert_on_postgresql if db.session.get_bind().dialect.name == "postgresql" else insert_on_sqlite
    values = {"purpose": words.purpose.value, "version": words.version, "text": words.text, "text_en": words.text_en}
    db.session.execute(insert(ConsentWording).values(**values, made_at=clock.now()).on_conflict_do_nothing())
    return db.session.scalars(
        select(ConsentWording.id).where(
            ConsentWording.edition_id.is_(None),
            ConsentWording.purpose == words.purpose.value,
            ConsentWording.version == words.version,
        )
    ).one()


def _stored(edition_id: int) -> Sequence[ConsentWording]:
    wanted = or_(ConsentWording.edition_id == edition_id, ConsentWording.edition_id.is_(None))
    return db.session.scalars(select(ConsentWording).where(wanted).order_by(ConsentWording.id)).all()


def _set_from(rows: Sequence[ConsentWording], purposes: Iterable[Purpose]) -> Set:
    """Return the words that hold where these versions are all there are: the edition's own go before those for all."""
    found: Set = {}
    for purpose in purposes:
        known = [row for row in rows if row.purpose == purpose]
        own = [row for row in known if row.edition_id is not None]
        found[purpose] = _words((own or known)[-1]) if known else _built_in(purpose)
    return found


def _words(row: ConsentWording) -> Words:
    own = row.edition_id is not None
    return Words(Purpose(row.purpose), row.version, row.text, row.text_en, row.id, own, row.made_at)


def _built_in(purpose: Purpose) -> Words:
    text, text_en = BUILT_IN[purpose]
    return Words(purpose, 1, text, text_en)
