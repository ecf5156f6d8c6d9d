"""The receipt of an entry that was handed in: found again, and sent by mail."""

from contest_portal.accounts.actor import Actor
from contest_portal.accounts.messages import letter, mail_to
from contest_portal.accounts.queries import get_user
from contest_portal.core import mail
from contest_portal.core.database import transaction
from contest_portal.core.filters import show_name, show_time
from contest_portal.core.i18n import lazy
from contest_portal.registration.models import Entry, EntryEvent
from contest_portal.registration.queries import history_of
from contest_portal.registration.status import Status

RECEIPT = letter(
    "registration.receipt",
    subject=lazy("Biên nhận đăng ký %(reference)s: %(title)s"),
    body=lazy(
        "Cổng cuộc thi đã nhận đăng ký sau đây.\n\n"
        "Mã hồ sơ: %(reference)s\n"
        "Tên: %(title)s\n"
        "Cuộc thi: %(edition)s\n"
        "Trường hoặc đơn vị dự thi: %(school)s\n\n"
        "Thông tin sửa được đến %(time)s. Hãy giữ mã hồ sơ để tra cứu."
    ),
)


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
    """Put the receipt into the outbox, if mail is configured; it names no child, and each hand-in has one."""
    address, event = address_of(actor, entry), find_submission(entry)
    if not mail_goes_out() or not address or event is None:
        return
    values = {
        "reference": entry.reference,
        "title": entry.title,
        "edition": show_name(entry.edition),
        "school": entry.school.name if entry.school else "–",
        "time": show_time(entry.edition.closes_for(entry.unit_id, entry.school_id)),
    }
    with transaction():
        mail_to(address, RECEIPT.kind, values, key=f"receipt:{event.id}", link=f"/entries/{entry.reference}")
