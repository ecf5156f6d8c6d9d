"""What a school is told of the check of its papers; no child is named in a letter."""

from typing import Final

from contest_portal.accounts.messages import letter, mail_to, notify
from contest_portal.contests.queries_memberships import users_of_school
from contest_portal.core.filters import show_time
from contest_portal.core.i18n import lazy
from contest_portal.registration.checking.states import CheckState
from contest_portal.registration.models import Entry, EntryEvent

ACCEPTED = letter(
    "registration.check_accepted",
    subject=lazy("Hồ sơ %(reference)s đủ điều kiện"),
    body=lazy(
        "Ban Tổ chức đã duyệt hồ sơ %(reference)s (%(title)s): hồ sơ đủ điều kiện. "
        "Duyệt hồ sơ không phải là duyệt kết quả."
    ),
)
RETURNED = letter(
    "registration.check_returned",
    subject=lazy("Hồ sơ %(reference)s cần bổ sung trước %(until)s"),
    body=lazy(
        "Ban Tổ chức trả lại hồ sơ %(reference)s (%(title)s) để bổ sung %(count)s mục.\n\n"
        "%(reason)s\n\n"
        "Hạn bổ sung: %(until)s. Hãy mở hồ sơ trên cổng, xem từng mục được đánh dấu, sửa rồi bấm “Gửi lại hồ sơ”."
    ),
)
REFUSED = letter(
    "registration.check_refused",
    subject=lazy("Hồ sơ %(reference)s không đủ điều kiện"),
    body=lazy(
        "Ban Tổ chức đã xét hồ sơ %(reference)s (%(title)s): hồ sơ không đủ điều kiện.\n\n"
        "Lý do: %(reason)s\n\n"
        "Nếu có ý kiến khác, hãy liên hệ Ban Tổ chức."
    ),
)
_LETTERS: Final = {
    CheckState.ELIGIBLE: ACCEPTED,
    CheckState.INCOMPLETE: RETURNED,
    CheckState.INELIGIBLE: REFUSED,
}


def tell_school(entry: Entry, event: EntryEvent, state: CheckState) -> None:
    """Tell those who act for the entry's school, or else its contact address, what was decided."""
    template = _LETTERS[state]
    values = {
        "reference": entry.reference,
        "title": entry.title,
        "reason": event.reason or "",
        "count": str(len(event.details["remarks"])),
        "until": show_time(entry.mend_until),
    }
    key, link = f"checked:{event.id}", f"/entries/{entry.reference}"
    people = users_of_school(entry.school_id) if entry.school_id else ()
    if people:
        notify(people, template.kind, values, key=key, link=link)
    elif entry.contact_email:
        mail_to(entry.contact_email, template.kind, values, key=key, link=link)
