"""What stands on an entry's page beside its matter: requests, notes kept, the signed list, copying."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from contest_portal.accounts.actor import Actor
from contest_portal.registration import deadlines, rules
from contest_portal.registration.models import ChangeRequest, Entry, EntryEvent, SignedList
from contest_portal.registration.queries_desk import latest_signed, requests_of
from contest_portal.registration.requests_words import STATES, what_of
from contest_portal.registration.signed_lists import content_of
from contest_portal.registration.status import REGISTERED, Status


@dataclass(frozen=True)
class Desk:
    """Hold what the page of an entry says besides what is registered."""

    own: bool
    may_ask: bool
    requests: Sequence[tuple[ChangeRequest, str, Any]]
    signed: SignedList | None
    # Of the newest signed list: it still shows this entry as it is.
    covered: bool
    # Where the school may still work on it: until when, and how long that is.
    closes: datetime
    left: str


def copied_of(entry: Entry, events: Sequence[EntryEvent]) -> dict[str, Any] | None:
    """Return where a draft was copied from and what was done to its people's classes; None where it was not."""
    if entry.status != Status.DRAFT:
        return None
    return next((event.details for event in events if event.kind == "copied"), None)


def desk_of(actor: Actor, entry: Entry, at: datetime) -> Desk:
    """Return the desk of an entry, as far as the actor may see it."""
    own = rules.is_own(actor, entry)
    closes, _mending = deadlines.left_of(entry, at)
    signed = None
    if entry.school_id is not None and entry.status in REGISTERED:
        signed = latest_signed(entry.edition_id, entry.school_id)
    # A draft that was never handed in can have notes only, and only after the deadline.
    asked = requests_of(entry.id) if entry.status != Status.DRAFT or at >= closes else []
    working = own and entry.status != Status.WITHDRAWN and rules.may_change(actor, entry)
    return Desk(
        own=own,
        may_ask=rules.may_ask(actor, entry, at),
        requests=[(r, what_of(r), STATES[r.state]) for r in asked if own or r.state != "kept"],
        signed=signed,
        covered=signed is not None and content_of([entry]).items() <= signed.covers.items(),
        closes=closes,
        left=deadlines.time_left(closes, at) if working else "",
    )
