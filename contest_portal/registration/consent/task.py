"""How far an entry is with consent, as its page shows it; pure."""

from collections.abc import Sequence
from typing import NamedTuple

from contest_portal.core.i18n import _
from contest_portal.registration.consent.purposes import EVERYBODYS, Ages, Purpose, State
from contest_portal.registration.consent.queries import Standing


class Task(NamedTuple):
    """Be the line of the entry's page: its status, its tag where that says more, and what is still open."""

    status: str
    tag: str
    hint: str


def task_of(standings: Sequence[Standing], *, recorded: bool) -> Task:
    """Return how far consent is; it is needed for handing in only where the edition records it in the portal."""
    minors = [standing for standing in standings if standing.ages is not Ages.ADULT]
    lacking = sum(standing.state(Purpose.TAKE_PART) is not State.AGREED for standing in minors)
    if recorded and lacking:
        begun = any(standing.seen for standing in standings)
        hint = _("%(count)s em chưa có đồng ý cho dự thi.", count=lacking)
        return Task("doing" if begun else "todo", "", hint)
    silent = sum(any(s.state(purpose) is State.UNANSWERED for purpose in EVERYBODYS) for s in standings)
    if silent:
        hint = _("%(count)s người chưa trả lời đủ; chưa trả lời thì không công bố tên và ảnh.", count=silent)
        return Task("blocked", _("Không bắt buộc"), hint)
    return Task("done", "", _("Mọi người đã trả lời."))
