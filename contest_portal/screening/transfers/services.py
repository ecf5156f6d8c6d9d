"""Ask that another unit takes an entry, answer, take the request back; the organiser may move an entry at once."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import delete, select

from contest_portal.accounts.actor import Actor
from contest_portal.contests.models import Unit
from contest_portal.core import audit, clock, once
from contest_portal.core.database import db, transaction
from contest_portal.core.errors import Conflict, Invalid, NotFound, Problem
from contest_portal.core.i18n import lazy
from contest_portal.registration.models import Entry
from contest_portal.registration.services import move_entry, write_event
from contest_portal.registration.services.changing import hold
from contest_portal.registration.status import LABELS, Status
from contest_portal.screening.models import Reception, UnitEvent
from contest_portal.screening.queries import find_reception, find_result
from contest_portal.screening.round.models import ScreeningMark, ScreeningSheet
from contest_portal.screening.rules import check_acts_for_unit, check_organises
from contest_portal.screening.services.units import unit_held
from contest_portal.screening.transfers import letters
from contest_portal.screening.transfers.models import UnitTransfer
from contest_portal.screening.transfers.queries import other_units, waiting_of

MOVABLE = (Status.SUBMITTED, Status.RECEIVED)


def ask_transfer(
    actor: Actor, entry: Entry, to: Unit, reason: str, *, once_token: str | None = None, at_once: bool = False
) -> UnitTransfer:
    """Ask that another unit takes an entry; at_once, the organiser moves it without asking.

    The same form sent twice asks once. Raises Invalid without a reason or for a unit that takes no part, Conflict
    while another request waits, once the entry was screened, or where a unit takes nothing in any more.
    """
    from_id = entry.unit_id
    _check_asker(actor, entry, at_once=at_once)
    reason = _said(reason, "reason", lazy("Hãy ghi lý do chuyển hồ sơ."))
    with _both_held(entry.edition_id, from_id, to.id):
        known = once.find_outcome(once_token)
        if known is not None:
            return _of_token(known)
        _check_movable(entry, from_id, to)
        transfer = _new(actor, entry, to, reason)
        once.remember(once_token, transfer.token)
        after = {"from": transfer.from_unit.code, "to": to.code, "reason": reason}
        audit.record(actor, "transfer.asked", entry.reference, after=after)
        if at_once:
            _accept(actor, transfer, None)
        else:
            letters.tell_asked(transfer)
        return transfer


def accept_transfer(actor: Actor, token: str, answer: str | None = None) -> UnitTransfer:
    """Take an entry over from another unit; raises Conflict once it was answered or cannot go any more."""
    with _held_request(token) as transfer:
        check_acts_for_unit(actor, transfer.edition_id, transfer.to_unit_id)
        with _both_held(transfer.edition_id, transfer.from_unit_id, transfer.to_unit_id):
            _check_waiting(transfer)
            _check_movable(transfer.entry, transfer.from_unit_id, transfer.to_unit, but=transfer.id)
            _accept(actor, transfer, (answer or "").strip() or None)
        return transfer


def refuse_transfer(actor: Actor, token: str, answer: str) -> UnitTransfer:
    """Leave an entry where it is and say why; raises Conflict once it was answered."""
    with _held_request(token) as transfer:
        check_acts_for_unit(actor, transfer.edition_id, transfer.to_unit_id)
        answer = _said(answer, "answer", lazy("Hãy ghi lý do không nhận."))
        _settle(actor, transfer, "refused", answer)
        letters.tell_refused(transfer)
        return transfer


def take_back_transfer(actor: Actor, token: str) -> UnitTransfer:
    """Let the asker take a request back while it waits; asked twice, it was taken back once."""
    with _held_request(token) as transfer:
        check_acts_for_unit(actor, transfer.edition_id, transfer.from_unit_id)
        if transfer.state != "taken_back":
            _settle(actor, transfer, "taken_back", None)
            letters.tell_taken_back(transfer)
        return transfer


def _check_asker(actor: Actor, entry: Entry, *, at_once: bool) -> None:
    if entry.unit_id is None:
        raise NotFound
    check_acts_for_unit(actor, entry.edition_id, entry.unit_id)
    if at_once:
        check_organises(actor, entry.edition_id)


def _said(text: str, field: str, words: Any) -> str:
    if not text.strip():
        raise Invalid(problems=[Problem(words, field=field)])
    return text.strip()


@contextmanager
def _both_held(edition_id: int, one: int | None, other: int) -> Iterator[None]:
    """Hold two units, always the one with the lower id first: two requests that cross cannot wait in a circle."""
    if one is None or one == other:
        raise Invalid(problems=[Problem(lazy("Hãy chọn một đơn vị khác."), field="to")])
    first, second = sorted((one, other))
    with unit_held(edition_id, first), unit_held(edition_id, second):
        yield


@contextmanager
def _held_request(token: str) -> Iterator[UnitTransfer]:
    with transaction():
        yield _of_token(token)


def _of_token(token: str) -> UnitTransfer:
    query = select(UnitTransfer).where(UnitTransfer.token == token).execution_options(populate_existing=True)
    found = db.session.scalar(query)
    if found is None:
        raise NotFound
    return found


def _check_waiting(transfer: UnitTransfer) -> None:
    """Read the request again and keep it; raises Conflict once somebody has answered it."""
    db.session.refresh(transfer, ["state", "version"], with_for_update=True)
    if transfer.state != "waiting":
        raise Conflict(lazy("Đề nghị này đã được trả lời hoặc đã rút lại."))


def _check_movable(entry: Entry, from_id: int | None, to: Unit, *, but: int | None = None) -> None:
    hold(entry)
    if entry.unit_id != from_id:
        raise Conflict(lazy("Hồ sơ %(reference)s đã chuyển sang đơn vị khác.", reference=entry.reference))
    if entry.status not in MOVABLE:
        raise Conflict(_stays(entry))
    if find_result(entry.id) is not None or _has_submitted_sheet(entry.id):
        words = lazy("Hồ sơ %(reference)s đã có điểm sơ khảo nên không chuyển được.", reference=entry.reference)
        raise Conflict(words)
    waiting = waiting_of(entry.id)
    if waiting is not None and waiting.id != but:
        words = lazy("Hồ sơ %(reference)s đang có một đề nghị chờ trả lời.", reference=entry.reference)
        raise Conflict(words)
    if to.id not in {unit.id for unit in other_units(entry.edition_id, from_id or 0)}:
        raise Invalid(problems=[Problem(lazy("Đơn vị này không tham gia cuộc thi."), field="to")])
    for unit_id in (from_id, to.id):
        _check_receives(entry.edition_id, unit_id or 0)


def _stays(entry: Entry) -> Any:
    return lazy(
        "Hồ sơ %(reference)s đang ở trạng thái “%(status)s” nên không chuyển sang đơn vị khác được.",
        reference=entry.reference,
        status=LABELS[Status(entry.status)],
    )


def _check_receives(edition_id: int, unit_id: int) -> None:
    """Raise Conflict for a unit that has said that it received everything; a complete one is refused by its lock."""
    latest = db.session.scalar(
        select(UnitEvent.kind)
        .where(
            UnitEvent.edition_id == edition_id,
            UnitEvent.unit_id == unit_id,
            UnitEvent.kind.in_(("received_all", "receiving_again")),
        )
        .order_by(UnitEvent.id.desc())
        .limit(1)
    )
    if latest == "received_all":
        name = db.session.get_one(Unit, unit_id).name
        raise Conflict(lazy("%(unit)s đã khóa nhận hồ sơ; hãy mở nhận lại trước khi chuyển.", unit=name))


def _has_submitted_sheet(entry_id: int) -> bool:
    sheet = ScreeningSheet.submitted_at.is_not(None) & (ScreeningSheet.entry_id == entry_id)
    return db.session.scalar(select(ScreeningSheet.id).where(sheet).limit(1)) is not None


def _new(actor: Actor, entry: Entry, to: Unit, reason: str) -> UnitTransfer:
    transfer = UnitTransfer(
        token=secrets.token_urlsafe(24),
        edition_id=entry.edition_id,
        entry_id=entry.id,
        from_unit_id=entry.unit_id,
        to_unit_id=to.id,
        reason=reason,
        state="waiting",
        asked_on=clock.today(),
        asked_by=actor.user_id,
    )
    db.session.add(transfer)
    # Flushed: letters are keyed by its id.
    db.session.flush()
    return transfer


def _accept(actor: Actor, transfer: UnitTransfer, answer: str | None) -> None:
    entry = transfer.entry
    day = clock.today()
    _settle(actor, transfer, "accepted", answer, checked=True)
    if entry.status == Status.RECEIVED:
        taken = {"reception": _take_reception(entry)}
        move_entry(actor, entry, Status.SUBMITTED, happened_on=day, reason=transfer.reason, details=taken)
    _drop_drafts(actor, entry)
    details = {"from": transfer.from_unit.name, "to": transfer.to_unit.name, "answer": answer}
    write_event(actor, entry, "transferred", day=day, source="web", reason=transfer.reason, details=details)
    entry.unit_id = transfer.to_unit_id
    db.session.flush()
    db.session.expire(entry, ["unit"])
    letters.tell_accepted(transfer)


def _settle(actor: Actor, transfer: UnitTransfer, state: str, answer: str | None, *, checked: bool = False) -> None:
    if not checked:
        _check_waiting(transfer)
    transfer.state, transfer.answer = state, answer
    transfer.decided_on, transfer.decided_at, transfer.decided_by = clock.today(), clock.now(), actor.user_id
    after = {"from": transfer.from_unit.code, "to": transfer.to_unit.code, "answer": answer}
    audit.record(actor, f"transfer.{state}", transfer.entry.reference, after=after)
    db.session.flush()


def _take_reception(entry: Entry) -> dict[str, Any] | None:
    """Take the first unit's line out of its log and return it, to be kept in the history."""
    reception = find_reception(entry.id)
    if reception is None:
        return None
    names = [c.name for c in Reception.__table__.columns if c.name not in ("entry_id", "version")]
    stored = {name: getattr(reception, name) for name in names}
    db.session.delete(reception)
    db.session.flush()
    return {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in stored.items()}


def _drop_drafts(actor: Actor, entry: Entry) -> None:
    """Take away sheets the first unit's screeners have only begun; what was on them stays in the log."""
    sheets = db.session.scalars(select(ScreeningSheet).where(ScreeningSheet.entry_id == entry.id)).all()
    if not sheets:
        return
    before = {str(s.screener_id): {m.criterion_code: str(m.points) for m in s.marks} for s in sheets}
    audit.record(actor, "transfer.drafts", entry.reference, before=before)
    ids = [sheet.id for sheet in sheets]
    db.session.execute(delete(ScreeningMark).where(ScreeningMark.sheet_id.in_(ids)))
    db.session.execute(delete(ScreeningSheet).where(ScreeningSheet.id.in_(ids)))
