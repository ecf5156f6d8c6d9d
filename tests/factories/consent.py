"""Parents' answers for tests: links, and what is said through them."""

from contest_portal.accounts.actor import SYSTEM
from contest_portal.contests.services import rulebook_of
from contest_portal.core.database import db
from contest_portal.registration.consent import links
from contest_portal.registration.consent.answering import Answers, asked_of
from contest_portal.registration.consent.purposes import EVERYBODYS, Purpose, Relation, Side
from contest_portal.registration.consent.queries import ages_in
from contest_portal.registration.models import Entry, Participant


def link_for(entry: Entry, person: Participant | None = None) -> str:
    """Return the secret of a fresh link."""
    wanted = person or entry.participants[0]
    return links.make_sheets(SYSTEM, entry, [wanted.id])[0].token


def answer_all(
    entry: Entry, person: Participant | None = None, *, given: bool = True, besides: tuple[Purpose, ...] = ()
) -> str:
    """Let everybody who is asked say the same to everything, through a fresh link; return the receipt's reference."""
    wanted = person or entry.participants[0]
    ages = ages_in(wanted, rulebook_of(entry.edition))
    asked = asked_of(ages, (*EVERYBODYS, *besides))
    return links.answer(link_for(entry, wanted), said(dict.fromkeys(asked, given)), None)


def said(given: dict[tuple[Purpose, Side], bool], *, seen: int | None = None, giver: str = "Nguyễn Văn Cha") -> Answers:
    """Return what a father says."""
    return Answers(given, giver, Relation.FATHER, seen)


def reload(entry: Entry) -> Entry:
    """Return an entry as the database has it."""
    db.session.expire_all()
    return db.session.get_one(Entry, entry.id)
