"""The receipt of an entry that was handed in: found again, and sent by mail."""

from flask import render_template, url_for

from contest_portal.accounts.actor import Actor
from contest_portal.accounts.queries import get_user
from contest_portal.core import mail
from contest_portal.core.i18n import _
from contest_portal.core.web import settings
from contest_portal.registration.models import Entry, EntryEvent
from contest_portal.registration.queries import history_of
from contest_portal.registration.status import Status


def find_submission(entry: Entry) -> EntryEvent | None:
    """Return the event that handed the entry in last, unless it was taken back since."""
    if entry.status in (Status.DRAFT, Status.WITHDRAWN):
        return None
    moved = [event for event in history_of(entry) if event.kind == "moved"]
    handed_in = [event for event in moved if event.status_to == Status.SUBMITTED]
    # An entry that came on paper begins as received.
    return handed_in[-1] if handed_in else moved[0]


def mail_goes_out() -> bool:
    """Tell whether receipts are sent by mail."""
    return mail.configured()


def address_of(actor: Actor, entry: Entry) -> str | None:
    """Return where the receipt goes: the entry's own address, or else that of the person who handed it in."""
    if entry.contact_email:
        return entry.contact_email
    return get_user(actor.user_id).email if actor.user_id is not None else None


def post(actor: Actor, entry: Entry) -> None:
    """Send the receipt, if mail is configured; it names no child."""
    if not mail_goes_out():
        return
    subject = _("Biên nhận đăng ký %(reference)s: %(title)s", reference=entry.reference, title=entry.title)
    # The address in a letter comes from the settings: what a request calls this host is the sender's own word.
    base = (settings().public_url or "").rstrip("/")
    link = base + url_for("registration.entry", reference=entry.reference) if base else None
    mail.send(address_of(actor, entry), subject, render_template("mail/receipt.txt", entry=entry, link=link))
