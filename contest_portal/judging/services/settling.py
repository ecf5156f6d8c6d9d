"""An entry is scored once every sheet of one of its rounds is handed in; this module keeps its status true."""

from sqlalchemy import select

from contest_portal.accounts.actor import Actor
from contest_portal.contests.models import Edition
from contest_portal.core.database import db
from contest_portal.judging.queries import base_status, sheets_by_round
from contest_portal.registration.models import Entry
from contest_portal.registration.services import move_entry
from contest_portal.registration.status import Status


def hold_entry(entry_id: int) -> Entry:
    """Read an entry again and keep others from changing it: two last sheets handed in at once see each other."""
    return db.session.scalars(
        select(Entry)
        .where(Entry.id == entry_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one()


def settle(actor: Actor, entry: Entry, edition: Edition, reason: str | None = None) -> None:
    """Move an entry to scored, or back, as its sheets say; called inside a transaction that holds it."""
    rounds = sheets_by_round(entry.id)
    complete = any(all(status == "submitted" for status in statuses) for statuses in rounds.values())
    base = base_status(edition)
    if complete and entry.status == base:
        move_entry(actor, entry, Status.SCORED, reason=reason)
    elif not complete and entry.status == Status.SCORED:
        move_entry(actor, entry, base, reason=reason)
