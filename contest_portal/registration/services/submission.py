"""Hand an entry in, take it back, and begin again."""

from datetime import datetime

from contest_portal.accounts.actor import Actor
from contest_portal.core import audit, clock, once
from contest_portal.core.database import transaction
from contest_portal.core.errors import Conflict, Invalid, Problem
from contest_portal.core.i18n import lazy
from contest_portal.registration import rules
from contest_portal.registration.eligibility import problems_of
from contest_portal.registration.models import Entry
from contest_portal.registration.services.changing import allow_change, hold
from contest_portal.registration.services.history import move_entry
from contest_portal.registration.services.rechecking import begin_again
from contest_portal.registration.status import Status

# Kept with the event: which words were agreed to.
DECLARATION = "information-correct-and-consent-of-parents"


def submit_entry(
    actor: Actor,
    entry: Entry,
    *,
    declared: bool,
    once_token: str | None = None,
    reason: str | None = None,
    at: datetime | None = None,
) -> bool:
    """Hand the entry in; False when the same form had handed it in before.

    Raises NotAllowed, rules.Closed, Conflict, Invalid with everything that is not as the rules ask.
    """
    moment = at or clock.now()
    with transaction():
        hold(entry)
        if once.find_outcome(once_token) == entry.reference:
            return False
        allow_change(actor, entry, at=moment, reason=reason)
        if entry.status != Status.DRAFT:
            raise Conflict(lazy("Hồ sơ này đã nộp rồi."))
        if not declared:
            raise Invalid(problems=[Problem(lazy("Hãy đánh dấu lời cam đoan trước khi nộp."), field="declared")])
        problems = problems_of(entry)
        if problems:
            raise Invalid(problems=problems)
        day = clock.local(moment).date()
        # Which of the edition's versions held when it was handed in; 0: the rules it began with.
        details = {"declaration": DECLARATION, "edition_version": entry.edition.revision}
        move_entry(actor, entry, Status.SUBMITTED, happened_on=day, reason=reason, details=details)
        begin_again(actor, entry)
        audit.record(actor, "entry.submitted", entry.reference)
        once.remember(once_token, entry.reference)
    return True


def withdraw_entry(actor: Actor, entry: Entry, *, reason: str) -> None:
    """Take the entry back; asked twice, it was taken back once.

    Raises NotAllowed, Conflict, Invalid without a reason.
    """
    with transaction():
        hold(entry)
        if entry.status == Status.WITHDRAWN:
            return
        rules.check_withdraw(actor, entry)
        if not reason.strip():
            raise Invalid(problems=[Problem(lazy("Hãy ghi lý do rút hồ sơ."), field="reason")])
        before = entry.status
        move_entry(actor, entry, Status.WITHDRAWN, reason=reason.strip())
        audit.record(actor, "entry.withdrawn", entry.reference, before=before, after=Status.WITHDRAWN)


def revive_entry(actor: Actor, entry: Entry, *, at: datetime | None = None) -> None:
    """Make a withdrawn entry a draft again; asked twice, it is one draft.

    Raises NotAllowed, rules.Closed, Conflict.
    """
    with transaction():
        hold(entry)
        if entry.status == Status.DRAFT:
            return
        rules.check_revive(actor, entry, at or clock.now())
        move_entry(actor, entry, Status.DRAFT)
        audit.record(actor, "entry.revived", entry.reference, before=Status.WITHDRAWN, after=Status.DRAFT)
