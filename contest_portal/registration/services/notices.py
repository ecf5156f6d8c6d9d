"""What both sides are told of a request to change an entry; no child is named in a letter."""

from collections.abc import Iterable
from typing import Final

from contest_portal.accounts.messages import letter, notify
from contest_portal.contests.queries_memberships import organisers_of, users_of_school
from contest_portal.core.i18n import lazy
from contest_portal.registration.models import ChangeRequest, Entry

ASKED = letter(
    "registration.change_asked",
    subject=lazy("Yêu cầu thay đổi hồ sơ %(reference)s"),
    body=lazy("%(who)s xin thay đổi hồ sơ %(reference)s (%(title)s).\n\nLý do: %(reason)s"),
)
APPROVED = letter(
    "registration.change_approved",
    subject=lazy("Đã đồng ý thay đổi hồ sơ %(reference)s"),
    body=lazy(
        "Ban Tổ chức đồng ý với yêu cầu thay đổi hồ sơ %(reference)s (%(title)s) và đã sửa như đề nghị.%(reason)s"
    ),
)
REFUSED = letter(
    "registration.change_refused",
    subject=lazy("Không đồng ý thay đổi hồ sơ %(reference)s"),
    body=lazy(
        "Ban Tổ chức không đồng ý với yêu cầu thay đổi hồ sơ %(reference)s (%(title)s). Hồ sơ vẫn như cũ.\n\n"
        "Lý do: %(reason)s"
    ),
)
MENDED = letter(
    "registration.mended",
    subject=lazy("Hồ sơ %(reference)s đã bổ sung xong"),
    body=lazy("Nhà trường đã sửa hồ sơ %(reference)s (%(title)s) theo yêu cầu và gửi lại để duyệt."),
)
_ANSWERS: Final = {"approved": APPROVED, "refused": REFUSED}


def tell_of_request(entry: Entry, request: ChangeRequest) -> None:
    """Tell the organisers what is asked, and the school's own people that it was."""
    values = _values(entry) | {"reason": request.reason, "who": request.asked_name}
    people = {*organisers_of(entry.edition_id), *_school(entry)}
    notify(people, ASKED.kind, values, key=f"change:{request.id}", link=address_of(entry, request))


def tell_of_answer(entry: Entry, request: ChangeRequest) -> None:
    """Tell the school and whoever asked what came of the request."""
    template = _ANSWERS[request.state]
    said = request.answer or ""
    reason = f"\n\n{said}" if said and request.state == "approved" else said
    people = {*_school(entry), *([request.asked_by] if request.asked_by else [])}
    key = f"change-answer:{request.id}"
    notify(people, template.kind, _values(entry) | {"reason": reason}, key=key, link=address_of(entry, request))


def tell_of_mending(entry: Entry, event_id: int) -> None:
    """Tell the organisers that a returned entry has been mended."""
    organisers = organisers_of(entry.edition_id)
    notify(organisers, MENDED.kind, _values(entry), key=f"mended:{event_id}", link=f"/entries/{entry.reference}")


def address_of(entry: Entry, request: ChangeRequest) -> str:
    """Return the address of a request's page."""
    return f"/entries/{entry.reference}/requests/{request.token}"


def _school(entry: Entry) -> Iterable[int]:
    return users_of_school(entry.school_id) if entry.school_id else ()


def _values(entry: Entry) -> dict[str, str]:
    return {"reference": entry.reference, "title": entry.title}
