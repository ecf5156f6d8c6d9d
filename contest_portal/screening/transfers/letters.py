"""What both units and the school are told of a transfer; no child is named in a letter."""

from collections.abc import Iterable

from contest_portal.accounts.messages import letter, notify
from contest_portal.contests.queries_memberships import organisers_of, users_of_school, users_of_unit
from contest_portal.core.i18n import lazy
from contest_portal.screening.transfers.models import UnitTransfer

ASKED = letter(
    "screening.transfer_asked",
    subject=lazy("%(from_unit)s đề nghị %(to_unit)s nhận hồ sơ %(reference)s"),
    body=lazy(
        "%(from_unit)s đề nghị %(to_unit)s nhận sơ khảo hồ sơ %(reference)s (%(title)s).\n\nLý do: %(reason)s\n\n"
        "Hồ sơ chỉ chuyển khi %(to_unit)s đồng ý."
    ),
)
ACCEPTED = letter(
    "screening.transfer_accepted",
    subject=lazy("Hồ sơ %(reference)s chuyển sang %(to_unit)s"),
    body=lazy(
        "Từ nay %(to_unit)s sơ khảo hồ sơ %(reference)s (%(title)s), thay %(from_unit)s. Mã hồ sơ và mọi thông tin "
        "đã khai giữ nguyên.\n\nLý do: %(reason)s"
    ),
)
REFUSED = letter(
    "screening.transfer_refused",
    subject=lazy("%(to_unit)s không nhận hồ sơ %(reference)s"),
    body=lazy(
        "%(to_unit)s không nhận hồ sơ %(reference)s (%(title)s). Hồ sơ vẫn ở %(from_unit)s.\n\nTrả lời: %(answer)s"
    ),
)
TAKEN_BACK = letter(
    "screening.transfer_taken_back",
    subject=lazy("%(from_unit)s rút lại đề nghị về hồ sơ %(reference)s"),
    body=lazy("%(from_unit)s đã rút lại đề nghị %(to_unit)s nhận hồ sơ %(reference)s. Không cần trả lời nữa."),
)


def address_of(token: str) -> str:
    """Return the address of a request's page."""
    return f"/screening/transfers/{token}"


def tell_asked(transfer: UnitTransfer) -> None:
    """Tell the other side that it is asked; the organiser where nobody coordinates there."""
    people = users_of_unit(transfer.edition_id, transfer.to_unit_id) or organisers_of(transfer.edition_id)
    _tell(people, ASKED.kind, transfer)


def tell_accepted(transfer: UnitTransfer) -> None:
    """Tell both units, and the school, which unit has the entry now."""
    _tell(_both_sides(transfer), ACCEPTED.kind, transfer)
    school_id, reference = transfer.entry.school_id, transfer.entry.reference
    if school_id is not None:
        _tell(users_of_school(school_id), ACCEPTED.kind, transfer, link=f"/entries/{reference}")


def tell_refused(transfer: UnitTransfer) -> None:
    """Tell the unit that asked."""
    _tell(users_of_unit(transfer.edition_id, transfer.from_unit_id), REFUSED.kind, transfer)


def tell_taken_back(transfer: UnitTransfer) -> None:
    """Tell the unit that was asked."""
    _tell(users_of_unit(transfer.edition_id, transfer.to_unit_id), TAKEN_BACK.kind, transfer)


def _both_sides(transfer: UnitTransfer) -> set[int]:
    return {
        u for unit in (transfer.from_unit_id, transfer.to_unit_id) for u in users_of_unit(transfer.edition_id, unit)
    }


def _tell(people: Iterable[int], kind: str, transfer: UnitTransfer, *, link: str | None = None) -> None:
    values = {
        "reference": transfer.entry.reference,
        "title": transfer.entry.title,
        "from_unit": transfer.from_unit.name,
        "to_unit": transfer.to_unit.name,
        "reason": transfer.reason,
        "answer": transfer.answer or "",
    }
    key = f"{kind}:{transfer.id}"
    notify(people, kind, values, key=key, link=link or address_of(transfer.token))
