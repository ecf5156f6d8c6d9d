"""Parents' answers for tests: links, and what is said through them."""

from pathlib import Path
from typing import Any

from flask import current_app

from contest_portal.accounts.actor import SYSTEM
from contest_portal.contests.services import rulebook_of
from contest_portal.core.database import transaction
from contest_portal.registration.consent import links
from contest_portal.registration.consent.answering import Answers, asked_of
from contest_portal.registration.consent.purposes import EVERYBODYS, Purpose, Relation, Side
from contest_portal.registration.consent.queries import ages_in
from contest_portal.registration.consent.scans import keep_scan
from contest_portal.registration.models import Entry, Participant

SIGNED = b"%PDF-1.4\n1 0 obj<</Title(signed)>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


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


def make_scan(entry: Entry) -> int:
    """Return the number of a scan of an entry's signed sheets, whose file is there."""
    folder = Path(current_app.config["SETTINGS"].uploads) / "documents"
    with transaction():
        return keep_scan(SYSTEM, entry, folder, SIGNED)


def consent_things(own: Entry, other: Entry) -> tuple[dict[str, Any], dict[str, list[Any]]]:
    """Let the families of two entries have answered; return what is one's own of it, and what is not."""
    token, ended = link_for(own), link_for(other)
    for opened in (links.open_link(token), links.open_link(ended)):
        links.note_opened(opened.link)
    receipts = [answer_all(entry) for entry in (own, other)]
    links.revoke_links(SYSTEM, other, other.participants[0].id)
    mine = {"consent link": token, "consent receipt": receipts[0], "consent scan": make_scan(own), "purpose": "publish"}
    theirs = {"consent link": [ended], "consent receipt": receipts[1:], "consent scan": [make_scan(other)]}
    return mine, theirs
