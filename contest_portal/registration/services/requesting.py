"""Ask for a change that a school may no longer make itself; approve it, refuse it, or take the request back."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select

from contest_portal.accounts.actor import Actor
from contest_portal.core import audit, clock, once
from contest_portal.core.database import db, transaction
from contest_portal.core.errors import Conflict, Invalid, NotAllowed, NotFound, Problem
from contest_portal.core.i18n import lazy
from contest_portal.registration import rules
from contest_portal.registration.models import ChangeRequest, Entry, Participant
from contest_portal.registration.people import Person
from contest_portal.registration.proposals import differing, from_plain, to_plain
from contest_portal.registration.services.changing import check_version, hold
from contest_portal.registration.services.entries import Details, change_details, details_of
from contest_portal.registration.services.history import write_event
from contest_portal.registration.services.notices import tell_of_answer, tell_of_request
from contest_portal.registration.services.people import add_person, change_person, registered, remove_person
from contest_portal.registration.services.submission import withdraw_entry
from contest_portal.registration.services.substituting import Swap, check_swap
from contest_portal.registration.status import Status

LONGEST_REASON: Final = 500
# Requests of one entry that may wait at the same time: nobody needs more, and nobody can flood the queue.
MOST_OPEN: Final = 20


def ask_change(
    actor: Actor,
    entry: Entry,
    part: str,
    proposed: Any,
    reason: str,
    *,
    version: int | None = None,
    once_token: str | None = None,
    at: datetime | None = None,
) -> ChangeRequest:
    """Ask the organisers for a change; the same form sent twice asks once.

    Raises NotAllowed, Conflict where the school may still change it itself or somebody changed it, Invalid.
    """
    with transaction():
        hold(entry)
        known = once.find_outcome(once_token)
        if known is not None:
            return find_own(entry, known)
        _check_ask(actor, entry, at or clock.now())
        check_version(entry, version, _touched(part))
        before, wanted = before_of(entry, part), to_plain(proposed)
        _check_wanted(actor, entry, part, before, wanted, reason)
        request = _store(actor, entry, part, before, wanted, "open", reason.strip()[:LONGEST_REASON])
        write_event(
            actor, entry, "asked", day=clock.today(), source="web", reason=request.reason, details=_told(request)
        )
        audit.record(actor, "change.asked", entry.reference, after={"part": part, "request": request.token})
        tell_of_request(entry, request)
        once.remember(once_token, request.token)
    return request


def keep_late(actor: Actor, entry: Entry, part: str, proposed: Any) -> ChangeRequest | None:
    """Keep what was typed too late as a note that changes nothing; None where it says nothing new.

    Only the newest note of a person about a part is kept open; a note is no request: nobody is asked anything.
    """
    before, wanted = before_of(entry, part), to_plain(proposed)
    if not rules.is_own(actor, entry) or not differing(before, wanted):
        return None
    with transaction():
        last = db.session.scalar(
            select(ChangeRequest)
            .where(ChangeRequest.entry_id == entry.id, ChangeRequest.part == part, ChangeRequest.state == "kept")
            .order_by(ChangeRequest.id.desc())
            .limit(1)
        )
        if last is not None and last.asked_by == actor.user_id:
            last.proposed, last.before, last.asked_at, last.entry_version = wanted, before, clock.now(), entry.version
            return last
        return _store(actor, entry, part, before, wanted, "kept", "")


def decide_request(
    actor: Actor, entry: Entry, token: str, *, approve: bool, answer: str = "", version: int | None = None
) -> ChangeRequest:
    """Approve a request, which makes its change, or refuse it with a reason; told to the school.

    version: the entry's, as the organiser saw it beside the request. Decided twice the same way, it was decided once.
    Raises NotAllowed, NotFound, Conflict when the entry or the request was changed meanwhile, Invalid.
    """
    with transaction():
        hold(entry)
        if not rules.runs(actor, entry.edition_id):
            raise NotAllowed
        request = _held(entry, token)
        state = "approved" if approve else "refused"
        if request.state == state:
            return request
        if request.state != "open":
            raise Conflict(lazy("Yêu cầu này không còn chờ quyết định."))
        if not approve and not answer.strip():
            raise Invalid(problems=[Problem(lazy("Hãy ghi lý do không đồng ý."), field="answer")])
        if approve:
            seen = request.entry_version if version is None else version
            check_version(entry, seen, _touched(request.part))
            _apply(actor, entry, request)
        _close(actor, request, state, answer)
        if not approve:
            write_event(
                actor, entry, "refused", day=clock.today(), source="web", reason=answer.strip(), details=_told(request)
            )
        audit.record(actor, f"change.{state}", entry.reference, after={"part": request.part, "request": token})
        tell_of_answer(entry, request)
    return request


def withdraw_request(actor: Actor, entry: Entry, token: str) -> None:
    """Take a request back that waits, or a note that was kept; asked twice, it was taken back once.

    Raises NotAllowed, NotFound, Conflict for one that was decided.
    """
    with transaction():
        hold(entry)
        if not rules.is_own(actor, entry):
            raise NotAllowed
        request = _held(entry, token)
        if request.state == "withdrawn":
            return
        if request.state not in ("open", "kept"):
            raise Conflict(lazy("Yêu cầu này đã có quyết định nên không rút được nữa."))
        _close(actor, request, "withdrawn", "")
        audit.record(actor, "change.withdrawn", entry.reference, after={"part": request.part, "request": token})


def find_own(entry: Entry, token: str) -> ChangeRequest:
    """Return a request of this entry; raises NotFound."""
    found = db.session.scalar(
        select(ChangeRequest).where(ChangeRequest.token == token, ChangeRequest.entry_id == entry.id)
    )
    if found is None:
        raise NotFound
    return found


def before_of(entry: Entry, part: str) -> dict[str, Any]:
    """Return what is stored now of the part that a request is about; raises NotFound for nobody of this entry."""
    kind, _colon, key = part.partition(":")
    if kind == "details":
        return to_plain(details_of(entry))
    if kind in ("person", "leave"):
        row = db.session.get(Participant, int(key))
        if row is None or row.entry_id != entry.id:
            raise NotFound
        return to_plain({"role": row.role, **registered(row)})
    return {}


def _touched(part: str) -> str:
    """Return the part of the entry whose changes stand in a request's way."""
    return part.replace("leave:", "person:")


def _check_ask(actor: Actor, entry: Entry, at: datetime) -> None:
    if not rules.is_own(actor, entry):
        raise NotAllowed
    if not rules.may_ask(actor, entry, at):
        raise Conflict(lazy("Nhà trường còn tự sửa được hồ sơ này, hoặc hồ sơ chưa nộp, nên không cần gửi yêu cầu."))
    waiting = select(ChangeRequest.id).where(ChangeRequest.entry_id == entry.id, ChangeRequest.state == "open")
    if len(db.session.scalars(waiting.limit(MOST_OPEN)).all()) >= MOST_OPEN:
        raise Conflict(lazy("Hồ sơ này đã có quá nhiều yêu cầu đang chờ; hãy đợi Ban Tổ chức trả lời."))


def _check_wanted(
    actor: Actor, entry: Entry, part: str, before: Mapping[str, Any], wanted: Mapping[str, Any], reason: str
) -> None:
    if not reason.strip():
        raise Invalid(problems=[Problem(lazy("Hãy ghi lý do xin thay đổi."), field="reason")])
    kind = part.partition(":")[0]
    if kind in ("details", "person") and not differing(before, wanted):
        raise Invalid(lazy("Bạn chưa sửa mục nào."))
    swap = _swap_of(part, before, wanted)
    if swap is not None:
        check_swap(actor, entry, swap)


def _swap_of(part: str, before: Mapping[str, Any], wanted: Mapping[str, Any]) -> Swap | None:
    kind, _colon, key = part.partition(":")
    if kind == "leave":
        return Swap(str(before["role"]), int(key))
    if kind not in ("person", "new"):
        return None
    person = from_plain(Person, wanted)
    return Swap(person.role, int(key) if kind == "person" else None, person.full_name, person.birth_date)


def _store(
    actor: Actor,
    entry: Entry,
    part: str,
    before: Mapping[str, Any],
    wanted: Mapping[str, Any],
    state: str,
    reason: str,
) -> ChangeRequest:
    request = ChangeRequest(
        token=secrets.token_urlsafe(32),
        entry_id=entry.id,
        edition_id=entry.edition_id,
        part=part,
        before=dict(before),
        proposed=dict(wanted),
        reason=reason,
        state=state,
        entry_version=entry.version,
        asked_by=actor.user_id,
        asked_name=actor.name,
        asked_at=clock.now(),
    )
    db.session.add(request)
    # Flushed: notices are told apart by the request's id.
    db.session.flush()
    return request


def _held(entry: Entry, token: str) -> ChangeRequest:
    request = find_own(entry, token)
    db.session.refresh(request, with_for_update=True)
    return request


def _close(actor: Actor, request: ChangeRequest, state: str, answer: str) -> None:
    request.state, request.answer = state, answer.strip()[:LONGEST_REASON] or None
    request.decided_by, request.decided_name, request.decided_at = actor.user_id, actor.name, clock.now()
    db.session.flush()


def _told(request: ChangeRequest) -> dict[str, Any]:
    return {"request": request.token, "part": request.part, "before": request.before, "after": request.proposed}


def _apply(actor: Actor, entry: Entry, request: ChangeRequest) -> None:
    """Make the change through the services that everybody uses, with the school's reason."""
    kind, _colon, key = request.part.partition(":")
    reason = str(lazy("Theo yêu cầu của nhà trường: %(reason)s", reason=request.reason))
    wanted = request.proposed
    if kind == "details":
        change_details(actor, entry, _merged(entry, request), reason=reason)
    elif kind == "person":
        change_person(actor, entry, int(key), from_plain(Person, _kept(entry, request)), reason=reason)
    elif kind == "new":
        add_person(actor, entry, from_plain(Person, wanted), reason=reason)
    elif kind == "leave":
        remove_person(actor, entry, int(key), reason=reason)
    elif entry.status != Status.WITHDRAWN:
        withdraw_entry(actor, entry, reason=reason)


def _merged(entry: Entry, request: ChangeRequest) -> Details:
    return from_plain(Details, _kept(entry, request))


def _kept(entry: Entry, request: ChangeRequest) -> dict[str, Any]:
    """Return what the part will be: what was asked to change as asked, everything else as it is now."""
    now, wanted = before_of(entry, request.part), request.proposed
    return {**now, **{name: wanted[name] for name in differing(request.before, wanted)}}
