"""Make a slip by which models go from one hand to another, confirm that they came, or cancel it."""

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from contest_portal.accounts.actor import Actor
from contest_portal.contests.models import Edition, EditionUnit
from contest_portal.core import audit, clock, once
from contest_portal.core.database import db, transaction
from contest_portal.core.errors import Conflict, Invalid, NotFound, Problem
from contest_portal.core.i18n import lazy
from contest_portal.core.vietnamese import format_date
from contest_portal.registration.models import Entry
from contest_portal.registration.services import write_event
from contest_portal.screening.arrivals.queries import sent_by_reference
from contest_portal.screening.arrivals.services import Seen, confirm_arrivals
from contest_portal.screening.conditions import Condition
from contest_portal.screening.custody.holding import SIDES, STEPS, Holder, Side
from contest_portal.screening.custody.models import Handover, HandoverLine
from contest_portal.screening.custody.queries import count_numbered, get_slip_of_token, has_later_slip, holders_of
from contest_portal.screening.queries import entries_by_reference
from contest_portal.screening.rules import check_acts_for_unit, check_organises
from contest_portal.screening.services.units import lock_unit

# The unit writes it while the school's people stand at its desk: it has come when it is written.
AT_THE_DESK: Final = (Side.SCHOOL, Side.UNIT)
LONGEST_CODE: Final = 8


@dataclass(frozen=True)
class Slip:
    """Be what is written on a slip: the way, the persons, the day."""

    giver: Side
    taker: Side
    happened_on: date
    giver_name: str | None = None
    taker_name: str | None = None
    note: str | None = None


def check_slip(
    actor: Actor, edition: Edition, edition_unit: EditionUnit, slip: Slip, models: Mapping[str, Seen]
) -> list[Entry]:
    """Return the entries of a slip that could be written now; raises as make_slip() does."""
    _check_side(actor, edition, edition_unit, slip)
    entries = entries_by_reference(edition_unit, models)
    _check(entries, models, slip)
    return entries


def make_slip(
    actor: Actor,
    edition: Edition,
    edition_unit: EditionUnit,
    slip: Slip,
    models: Mapping[str, Seen],
    *,
    once_token: str | None = None,
) -> Handover:
    """Write a slip for some models; the same form sent twice writes one. It is possible after a unit's completion too.

    Raises NotFound for entries that are not the unit's, Invalid for models that are not in the giver's hands, NotAllowed
    for whoever does not stand on the giver's side.
    """
    _check_side(actor, edition, edition_unit, slip)
    with transaction():
        locked = lock_unit(edition.id, edition_unit.unit_id)
        known = once.find_outcome(once_token)
        if known is not None:
            return get_slip_of_token(known)
        entries = check_slip(actor, edition, locked, slip, models)
        came = slip.happened_on if (slip.giver, slip.taker) == AT_THE_DESK else None
        found = _write(actor, edition, locked, slip, came)
        for entry in entries:
            _write_line(actor, found, entry, models[entry.reference])
        once.remember(once_token, found.token)
        audit.record(actor, "handover.made", found.number, after={"entries": [entry.reference for entry in entries]})
        return found


def confirm_slip(
    actor: Actor, edition: Edition, found: Handover, day: date | None = None, came: Collection[str] | None = None
) -> Handover | None:
    """Confirm that the models of a slip came; what was forwarded has then arrived at the province.

    came: the references of those that did, None for all. The others are written back into the giver's hands by a
    slip of their own, which is returned. Raises NotAllowed for whoever does not stand on the taker's side, NotFound
    for what is not on the slip, Conflict once it was settled.
    """
    _check_taker(actor, found)
    on = day or clock.today()
    with transaction():
        locked = lock_unit(found.edition_id, found.unit_id)
        db.session.refresh(found, with_for_update=True)
        _check_waits(found)
        here, missing = _divide(found, came)
        _check_came(found, on)
        found.confirmed_on, found.confirmed_at, found.confirmed_by = on, clock.now(), actor.user_id
        told = {"confirmed_on": on.isoformat(), "missing": [line.entry.reference for line in missing]}
        audit.record(actor, "handover.confirmed", found.number, after=told)
        for line in here:
            _tell(actor, found, line.entry, "handover_received", on)
        if found.taker == Side.PROVINCE:
            _arrive(actor, edition, here, on)
        return _write_back(actor, edition, locked, found, missing, on) if missing else None


def cancel_slip(actor: Actor, found: Handover, reason: str) -> None:
    """Take back a slip that was written by mistake: it stays to be read, and its models are where they were before.

    Raises Invalid without a reason, Conflict once the models came - or, where a school brought them, went on.
    """
    check_acts_for_unit(actor, found.edition_id, found.unit_id)
    said = reason.strip()
    if not said:
        raise Invalid(problems=[Problem(lazy("Hãy ghi lý do hủy phiếu."), field="reason")])
    with transaction():
        lock_unit(found.edition_id, found.unit_id)
        db.session.refresh(found, with_for_update=True)
        if not may_be_cancelled(found):
            raise Conflict(lazy("Phiếu %(number)s đã xong nên không hủy được nữa.", number=found.number))
        found.confirmed_on, found.confirmed_at, found.confirmed_by = None, clock.now(), actor.user_id
        for line in found.lines:
            _tell(actor, found, line.entry, "handover_cancelled", clock.today(), said)
        audit.record(actor, "handover.cancelled", found.number, after={"reason": said})


def may_be_cancelled(found: Handover) -> bool:
    """Tell whether a slip may be taken back: nobody confirmed it, or the desk wrote it and nothing has gone on since."""
    if found.waits:
        return True
    return (found.giver, found.taker) == AT_THE_DESK and not found.cancelled and not has_later_slip(found)


def _check_waits(found: Handover) -> None:
    if found.cancelled:
        raise Conflict(lazy("Phiếu %(number)s đã bị hủy.", number=found.number))
    if not found.waits:
        raise Conflict(lazy("Phiếu %(number)s đã được xác nhận rồi.", number=found.number))


def _divide(found: Handover, came: Collection[str] | None) -> tuple[list[HandoverLine], list[HandoverLine]]:
    """Return the lines whose models came, and the others."""
    named = {line.entry.reference for line in found.lines}
    if came is not None and not named.issuperset(came):
        raise NotFound
    wanted = named if came is None else set(came)
    if not wanted:
        words = lazy("Hãy chọn ít nhất một mô hình đã nhận. Nếu không nhận được mô hình nào, hãy hủy phiếu.")
        raise Invalid(problems=[Problem(words, field="came")])
    here = [line for line in found.lines if line.entry.reference in wanted]
    return here, [line for line in found.lines if line.entry.reference not in wanted]


def _check_came(found: Handover, day: date) -> None:
    if not found.happened_on <= day <= clock.today():
        words = lazy("Ngày nhận phải từ ngày giao (%(day)s) đến hôm nay.", day=format_date(found.happened_on))
        raise Invalid(problems=[Problem(words, field="confirmed_on")])


def _arrive(actor: Actor, edition: Edition, lines: Sequence[HandoverLine], day: date) -> None:
    seen = {line.entry.reference: Seen(line.condition, line.note) for line in lines}
    # Asked of the database: a unit may have recalled one since the page was opened.
    sent = sent_by_reference(edition, list(seen))
    if sent:
        confirm_arrivals(actor, edition, {entry.reference: seen[entry.reference] for entry in sent}, day)


def _write_back(
    actor: Actor, edition: Edition, edition_unit: EditionUnit, found: Handover, lines: Sequence[HandoverLine], day: date
) -> Handover:
    note = str(lazy("Có trên phiếu %(number)s nhưng không đến nơi.", number=found.number))
    slip = Slip(Side(found.taker), Side(found.giver), day, found.taker_name, found.giver_name, note)
    back = _write(actor, edition, edition_unit, slip, day)
    for line in lines:
        _write_line(actor, back, line.entry, Seen(line.condition, line.note))
    audit.record(actor, "handover.made", back.number, after={"entries": [line.entry.reference for line in lines]})
    return back


def _check_side(actor: Actor, edition: Edition, edition_unit: EditionUnit, slip: Slip) -> None:
    if (slip.giver, slip.taker) not in STEPS:
        raise Invalid(problems=[Problem(lazy("Hãy chọn bên giao và bên nhận."), field="way")])
    if slip.giver is Side.PROVINCE:
        check_organises(actor, edition.id)
    else:
        check_acts_for_unit(actor, edition.id, edition_unit.unit_id)


def _check_taker(actor: Actor, found: Handover) -> None:
    if found.taker == Side.PROVINCE:
        check_organises(actor, found.edition_id)
    else:
        check_acts_for_unit(actor, found.edition_id, found.unit_id)


def _check(entries: Sequence[Entry], models: Mapping[str, Seen], slip: Slip) -> None:
    if len(entries) != len(models):
        raise NotFound
    if not entries:
        raise Invalid(lazy("Hãy chọn ít nhất một hồ sơ."))
    if any(seen.condition not in (None, *Condition) for seen in models.values()):
        raise Invalid(problems=[Problem(lazy("Hãy chọn một tình trạng trong danh sách."), field="condition")])
    holders = holders_of([entry.id for entry in entries])
    _check_held(entries, holders, slip.giver)
    _check_day(entries, holders, slip.happened_on)


def _check_held(entries: Sequence[Entry], holders: Mapping[int, Holder], giver: Side) -> None:
    elsewhere = [e.reference for e in entries if holders[e.id].side is not giver or holders[e.id].on_the_way]
    if elsewhere:
        raise Invalid(
            lazy(
                "Mô hình của %(references)s hiện không ở bên giao (%(side)s).",
                references=", ".join(elsewhere),
                side=SIDES[giver],
            )
        )


def _check_day(entries: Sequence[Entry], holders: Mapping[int, Holder], day: date) -> None:
    if day > clock.today():
        words = lazy("Ngày %(day)s còn ở phía trước: hãy nhập ngày việc đã xảy ra.", day=format_date(day))
        raise Invalid(problems=[Problem(words, field="happened_on")])
    for entry in entries:
        since = holders[entry.id].since
        if since is not None and day < since:
            words = lazy(
                "Mô hình của %(reference)s đến bên giao ngày %(day)s, nên ngày giao không thể sớm hơn.",
                reference=entry.reference,
                day=format_date(since),
            )
            raise Invalid(problems=[Problem(words, field="happened_on")])


def _write(actor: Actor, edition: Edition, edition_unit: EditionUnit, slip: Slip, came: date | None) -> Handover:
    # Numbered while the unit is held: no two slips of a unit have one number.
    start = _start_of_number(edition, edition_unit)
    found = Handover(
        token=secrets.token_urlsafe(24),
        number=f"{start}{count_numbered(start) + 1:04d}",
        edition_id=edition.id,
        unit_id=edition_unit.unit_id,
        unit=edition_unit.unit,
        giver=slip.giver.value,
        taker=slip.taker.value,
        giver_name=slip.giver_name or None,
        taker_name=slip.taker_name or None,
        happened_on=slip.happened_on,
        note=slip.note or None,
        recorded_by=actor.user_id,
        confirmed_on=came,
        confirmed_at=clock.now() if came else None,
        confirmed_by=actor.user_id if came else None,
    )
    db.session.add(found)
    # Flushed: its lines name it by its id.
    db.session.flush()
    return found


def _start_of_number(edition: Edition, edition_unit: EditionUnit) -> str:
    """Return how a unit's numbers begin; a unit whose code is long is named by its id."""
    code = edition_unit.unit.code
    named = code if len(code) <= LONGEST_CODE else f"D{edition_unit.unit_id}"
    return f"{edition.prefix}-{named}-"


def _write_line(actor: Actor, found: Handover, entry: Entry, seen: Seen) -> None:
    line = HandoverLine(handover_id=found.id, entry_id=entry.id, condition=seen.condition, note=seen.note or None)
    db.session.add(line)
    _tell(actor, found, entry, "handover", found.happened_on)


def _tell(actor: Actor, found: Handover, entry: Entry, kind: str, day: date, reason: str | None = None) -> None:
    told = {"number": found.number, "giver": found.giver, "taker": found.taker}
    # An entry's history never goes back: the slip keeps its own day.
    on = max(day, entry.status_on)
    write_event(actor, entry, kind, day=on, source="web", reason=reason, details={"handover": told})
