"""Make a slip by which models go from one hand to another, and confirm that they came."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from contest_portal.accounts.actor import Actor, Role
from contest_portal.contests.models import Edition, EditionUnit
from contest_portal.core import audit, clock, once
from contest_portal.core.database import db, transaction
from contest_portal.core.errors import Conflict, Invalid, NotAllowed, NotFound, Problem
from contest_portal.core.i18n import lazy
from contest_portal.core.vietnamese import format_date
from contest_portal.registration.models import Entry
from contest_portal.registration.services import write_event
from contest_portal.registration.status import Status
from contest_portal.screening.arrivals.services import Seen, confirm_arrivals
from contest_portal.screening.conditions import Condition
from contest_portal.screening.custody.holding import SIDES, STEPS, Side
from contest_portal.screening.custody.models import Handover, HandoverLine
from contest_portal.screening.custody.queries import count_slips, get_slip_of_token, holders_of
from contest_portal.screening.queries import entries_by_reference
from contest_portal.screening.rules import check_acts_for_unit, check_organises
from contest_portal.screening.services.units import lock_unit

# Between a school and its unit the unit writes the slip while both stand at its desk.
AT_THE_DESK: Final = frozenset({Side.SCHOOL, Side.UNIT})


@dataclass(frozen=True)
class Slip:
    """Be what is written on a slip: the way, the persons, the day."""

    giver: Side
    taker: Side
    happened_on: date
    giver_name: str | None = None
    taker_name: str | None = None
    note: str | None = None


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
        entries = entries_by_reference(locked, models)
        _check(entries, models, slip)
        found = _write(actor, edition, locked, slip)
        for entry in entries:
            _write_line(actor, found, entry, models[entry.reference], slip)
        once.remember(once_token, found.token)
        audit.record(actor, "handover.made", found.number, after={"entries": [entry.reference for entry in entries]})
        return found


def confirm_slip(actor: Actor, edition: Edition, found: Handover, day: date | None = None) -> None:
    """Confirm that the models of a slip came; what was forwarded has then arrived at the province.

    Raises NotAllowed for whoever does not stand on the taker's side, Conflict once it was confirmed.
    """
    _check_taker(actor, found)
    on = day or clock.today()
    with transaction():
        db.session.refresh(found, with_for_update=True)
        if found.confirmed_at is not None:
            raise Conflict(lazy("Phiếu %(number)s đã được xác nhận rồi.", number=found.number))
        if not found.happened_on <= on <= clock.today():
            words = lazy("Ngày nhận phải từ ngày giao (%(day)s) đến hôm nay.", day=format_date(found.happened_on))
            raise Invalid(problems=[Problem(words, field="confirmed_on")])
        found.confirmed_on, found.confirmed_at, found.confirmed_by = on, clock.now(), actor.user_id
        audit.record(actor, "handover.confirmed", found.number, after={"confirmed_on": on.isoformat()})
        if found.taker == Side.PROVINCE:
            _arrive(actor, edition, found, on)


def _arrive(actor: Actor, edition: Edition, found: Handover, day: date) -> None:
    seen = {
        line.entry.reference: Seen(line.condition, line.note)
        for line in found.lines
        if line.entry.status in (Status.FORWARDED, Status.SCORED)
    }
    if seen:
        confirm_arrivals(actor, edition, seen, day)


def _check_side(actor: Actor, edition: Edition, edition_unit: EditionUnit, slip: Slip) -> None:
    if (slip.giver, slip.taker) not in STEPS:
        raise Invalid(problems=[Problem(lazy("Hãy chọn bên giao và bên nhận."), field="way")])
    if slip.giver is Side.PROVINCE:
        check_organises(actor, edition.id)
    else:
        check_acts_for_unit(actor, edition.id, edition_unit.unit_id)


def _check_taker(actor: Actor, found: Handover) -> None:
    if found.taker == Side.PROVINCE:
        if not actor.holds(Role.ORGANISER, edition_id=found.edition_id):
            raise NotAllowed
        return
    check_acts_for_unit(actor, found.edition_id, found.unit_id)


def _check(entries: Sequence[Entry], models: Mapping[str, Seen], slip: Slip) -> None:
    if len(entries) != len(models):
        raise NotFound
    if not entries:
        raise Invalid(lazy("Hãy chọn ít nhất một hồ sơ."))
    if slip.happened_on > clock.today():
        words = lazy("Ngày %(day)s còn ở phía trước: hãy nhập ngày việc đã xảy ra.", day=format_date(slip.happened_on))
        raise Invalid(problems=[Problem(words, field="happened_on")])
    if any(seen.condition not in (None, *Condition) for seen in models.values()):
        raise Invalid(problems=[Problem(lazy("Hãy chọn một tình trạng trong danh sách."), field="condition")])
    holders = holders_of(entries)
    elsewhere = [e.reference for e in entries if holders[e.id].side is not slip.giver or holders[e.id].on_the_way]
    if elsewhere:
        raise Invalid(
            lazy(
                "Mô hình của %(references)s hiện không ở bên giao (%(side)s).",
                references=", ".join(elsewhere),
                side=SIDES[slip.giver],
            )
        )


def _write(actor: Actor, edition: Edition, edition_unit: EditionUnit, slip: Slip) -> Handover:
    at_desk = {slip.giver, slip.taker} == AT_THE_DESK
    # Numbered while the unit is held: no two slips of a unit have one number.
    number = count_slips(edition.id, edition_unit.unit_id) + 1
    found = Handover(
        token=secrets.token_urlsafe(24),
        number=_number(edition, edition_unit, number),
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
        confirmed_on=slip.happened_on if at_desk else None,
        confirmed_at=clock.now() if at_desk else None,
        confirmed_by=actor.user_id if at_desk else None,
    )
    db.session.add(found)
    # Flushed: its lines name it by its id.
    db.session.flush()
    return found


def _number(edition: Edition, edition_unit: EditionUnit, number: int) -> str:
    """Return what people quote; a unit whose code is long is named by its id."""
    code = edition_unit.unit.code if len(edition_unit.unit.code) <= 8 else str(edition_unit.unit_id)
    return f"{edition.prefix}-{code}-{number:04d}"


def _write_line(actor: Actor, found: Handover, entry: Entry, seen: Seen, slip: Slip) -> None:
    line = HandoverLine(handover_id=found.id, entry_id=entry.id, condition=seen.condition, note=seen.note or None)
    db.session.add(line)
    told = {"number": found.number, "giver": found.giver, "taker": found.taker, "condition": seen.condition}
    day = max(slip.happened_on, entry.status_on)
    write_event(actor, entry, "handover", day=day, source="web", details={"handover": told})
