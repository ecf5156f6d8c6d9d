"""Decide on an entry's papers, put a decision right, and take a mended entry back into the queue."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm.attributes import flag_modified

from contest_portal.accounts.actor import Actor
from contest_portal.contests.services import rulebook_of
from contest_portal.core import audit, clock, once
from contest_portal.core.database import db, transaction
from contest_portal.core.errors import Conflict, Invalid, NotAllowed, Problem
from contest_portal.core.filters import show_time
from contest_portal.core.i18n import lazy
from contest_portal.core.looks import status_label
from contest_portal.registration import rules
from contest_portal.registration.checking.letters import tell_school
from contest_portal.registration.checking.states import DECISIONS, CheckState, is_checked
from contest_portal.registration.eligibility import problems_of
from contest_portal.registration.models import Entry, EntryEvent
from contest_portal.registration.services.changing import hold
from contest_portal.registration.services.history import write_event
from contest_portal.registration.services.notices import tell_of_mending

LONGEST_MENDING: Final = timedelta(days=60)


@dataclass(frozen=True)
class Remark:
    """Mark one thing to mend: a field of the details, a person or a document, and what is the matter with it."""

    # "details", "person:<id>", "document:<kind>" or "consent".
    part: str
    text: str
    field: str = ""

    def to_dict(self) -> dict[str, str]:
        """Return the remark as it is stored."""
        return {"part": self.part, "field": self.field, "text": self.text}


@dataclass(frozen=True)
class Verdict:
    """Be what somebody decides about an entry's papers."""

    state: CheckState
    reason: str = ""
    remarks: tuple[Remark, ...] = ()
    mend_until: datetime | None = None


def decide(
    actor: Actor, entry: Entry, verdict: Verdict, *, version: int | None = None, once_token: str | None = None
) -> None:
    """Write down what the check of an entry's papers came to, and tell its school; the status stays what it was.

    Raises NotAllowed, Conflict when the entry is not checked here or was changed since it was seen, Invalid.
    """
    with transaction():
        hold(entry)
        if once.find_outcome(once_token) == entry.reference:
            return
        check_may(actor, entry)
        check_seen(entry, version)
        check_verdict(entry, verdict)
        before = CheckState(entry.check_state)
        event = write_verdict(actor, entry, verdict)
        after = {"state": verdict.state, "remarks": len(verdict.remarks)}
        audit.record(actor, "entry.checked", entry.reference, before={"state": before}, after=after)
        tell_school(entry, event, verdict.state)
        once.remember(once_token, entry.reference)


def resubmit(actor: Actor, entry: Entry, *, once_token: str | None = None, at: datetime | None = None) -> None:
    """Hand a mended entry back to those who check it; asked twice, it was handed back once.

    Raises NotAllowed, rules.Closed, Conflict, Invalid with everything that is still not as the rules ask.
    """
    moment = at or clock.now()
    with transaction():
        hold(entry)
        if once.find_outcome(once_token) == entry.reference:
            return
        if not rules.runs(actor, entry.edition_id) and not rules.is_own(actor, entry):
            raise NotAllowed
        if entry.check_state != CheckState.INCOMPLETE:
            raise Conflict(lazy("Hồ sơ này không ở tình trạng chờ bổ sung."))
        rules.check_change(actor, entry, moment)
        problems = problems_of(entry)
        if problems:
            raise Invalid(problems=problems)
        event = write_verdict(actor, entry, Verdict(CheckState.PENDING))
        audit.record(actor, "entry.mended", entry.reference)
        tell_of_mending(entry, event.id)
        once.remember(once_token, entry.reference)


def check_may(actor: Actor, entry: Entry) -> None:
    """Raise unless the actor checks the papers of this entry, which was handed in."""
    if not rules.runs(actor, entry.edition_id):
        raise NotAllowed
    if not rulebook_of(entry.edition).document_check:
        raise Conflict(lazy("Thể lệ của kỳ thi này không có bước duyệt hồ sơ."))
    if not is_checked(entry.status):
        raise Conflict(
            lazy(
                "Hồ sơ %(reference)s đang ở trạng thái “%(status)s”: chỉ duyệt hồ sơ đã nộp.",
                reference=entry.reference,
                status=status_label(entry.status),
            )
        )


def check_seen(entry: Entry, version: int | None) -> None:
    """Raise Conflict, saying who did what, when the entry was changed after the version somebody saw."""
    if version is None or version == entry.version:
        return
    last = db.session.scalar(
        select(EntryEvent).where(EntryEvent.entry_id == entry.id).order_by(EntryEvent.id.desc()).limit(1)
    )
    if last is None:
        raise Conflict
    raise Conflict(
        lazy(
            "Trong lúc bạn xem, %(who)s đã thay đổi hồ sơ này lúc %(time)s: %(what)s. Hãy xem lại rồi quyết định.",
            who=last.actor_name,
            time=show_time(last.recorded_at),
            what=status_label(last.status_to) if last.status_to else lazy("sửa thông tin"),
        )
    )


def check_verdict(entry: Entry, verdict: Verdict) -> None:
    """Raise Invalid for a decision that does not say what has to be said with it."""
    if verdict.state not in DECISIONS:
        raise Invalid(problems=[Problem(lazy("Hãy chọn một quyết định."), field="state")])
    if verdict.state == CheckState.INCOMPLETE:
        check_return(verdict)
    elif not verdict.reason.strip() and (needed := _why_reason(entry, verdict.state)):
        raise Invalid(problems=[Problem(needed, field="reason")])


def needs_reason(entry: Entry) -> Any:
    """Return why an acceptance of this entry has to be explained; None where it need not be."""
    return _why_reason(entry, CheckState.ELIGIBLE)


def _why_reason(entry: Entry, state: CheckState) -> Any:
    if state == CheckState.INELIGIBLE:
        return lazy("Hãy chọn hoặc ghi lý do hồ sơ không đủ điều kiện.")
    if entry.check_state != CheckState.PENDING:
        return lazy("Hồ sơ này đã có quyết định; hãy ghi lý do sửa quyết định.")
    if problems_of(entry):
        return lazy("Hồ sơ còn mục chưa đúng thể lệ; nếu vẫn duyệt, hãy ghi lý do.")
    return None


def check_return(verdict: Verdict) -> None:
    """Raise Invalid unless a return says what is to be mended, and until when."""
    problems = []
    if not verdict.remarks and not verdict.reason.strip():
        problems.append(
            Problem(lazy("Hãy đánh dấu ít nhất một mục cần bổ sung hoặc ghi yêu cầu chung."), field="reason")
        )
    if any(not remark.text.strip() for remark in verdict.remarks):
        problems.append(Problem(lazy("Hãy ghi rõ cần bổ sung gì cho từng mục đã đánh dấu."), field="remarks"))
    now = clock.now()
    if verdict.mend_until is None or not now < verdict.mend_until <= now + LONGEST_MENDING:
        days = LONGEST_MENDING.days
        problems.append(
            Problem(lazy("Hãy cho hạn bổ sung sau lúc này và trong vòng %(days)s ngày.", days=days), field="mend_until")
        )
    if problems:
        raise Invalid(problems=problems)


def write_verdict(actor: Actor, entry: Entry, verdict: Verdict, *, source: str = "web") -> EntryEvent:
    """Store a decision and its event, inside the caller's transaction."""
    before = entry.check_state
    entry.check_state, entry.mend_until = verdict.state, verdict.mend_until
    # A second return with the same deadline changes no column, and still is a newer version.
    flag_modified(entry, "check_state")
    db.session.flush()
    details = {
        "version": entry.version,
        "remarks": [remark.to_dict() for remark in verdict.remarks],
        "mend_until": verdict.mend_until.isoformat() if verdict.mend_until else None,
    }
    event = write_event(
        actor,
        entry,
        "checked",
        day=clock.today(),
        source=source,
        status_from=before,
        status_to=verdict.state,
        reason=verdict.reason.strip() or None,
        details=details,
    )
    # Flushed: the letter to the school is told apart by the event's id.
    db.session.flush()
    return event
