"""Hand in several entries as one act, whole or not at all."""

import secrets
from collections.abc import Sequence
from datetime import datetime

from contest_portal.accounts.actor import Actor
from contest_portal.contests.models import Edition
from contest_portal.core import clock, once
from contest_portal.core.database import db, transaction
from contest_portal.core.errors import Conflict, Invalid, Problem
from contest_portal.core.i18n import lazy
from contest_portal.registration.models import Entry
from contest_portal.registration.services import submit_entry
from contest_portal.registration.together.models import HandIn
from contest_portal.registration.together.queries import hand_in_of


def submit_together(
    actor: Actor,
    edition: Edition,
    entries: Sequence[Entry],
    *,
    declared: bool,
    once_token: str | None = None,
    at: datetime | None = None,
) -> tuple[HandIn, bool]:
    """Hand in these entries; the same form sent twice hands in once. Tell whether it was done just now.

    Raises NotAllowed, rules.Closed, Conflict, Invalid; then none of them was handed in.
    """
    moment = at or clock.now()
    with transaction():
        known = hand_in_of(actor, once_token)
        if known is not None:
            return known, False
        if not entries:
            raise Invalid(problems=[Problem(lazy("Hãy đánh dấu ít nhất một hồ sơ."), field="references")])
        if not declared:
            raise Invalid(problems=[Problem(lazy("Hãy đánh dấu lời cam đoan trước khi nộp."), field="declared")])
        for entry in sorted(entries, key=lambda entry: entry.id):
            _submit(actor, entry, moment)
        hand_in = HandIn(
            token=secrets.token_urlsafe(32),
            edition_id=edition.id,
            user_id=actor.user_id,
            references=[entry.reference for entry in entries],
            handed_in_at=moment,
        )
        db.session.add(hand_in)
        once.remember(once_token, hand_in.token)
    return hand_in, True


def _submit(actor: Actor, entry: Entry, moment: datetime) -> None:
    """Hand one in; what stands against it is said with its name."""
    try:
        submit_entry(actor, entry, declared=True, at=moment)
    except Invalid as error:
        sentences = [_named(entry, problem.message) for problem in error.problems]
        raise Invalid(problems=[Problem(words) for words in sentences]) from error
    except Conflict as error:
        # Of the same kind: a deadline that passed stays one.
        raise type(error)(_named(entry, error.message)) from error


def _named(entry: Entry, message: object) -> object:
    return lazy("%(title)s: %(message)s", title=entry.title, message=str(message))
