"""The province confirms that a forwarded entry is there; until then its unit may recall it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from contest_portal.accounts.actor import Actor, Role
from contest_portal.contests.models import Edition
from contest_portal.core import audit, clock
from contest_portal.core.database import db, transaction
from contest_portal.core.errors import Conflict, Invalid, NotFound, Problem
from contest_portal.core.i18n import lazy
from contest_portal.core.vietnamese import format_date
from contest_portal.registration.models import Entry
from contest_portal.registration.services import write_event
from contest_portal.registration.status import Status
from contest_portal.screening.arrivals.models import Arrival
from contest_portal.screening.arrivals.queries import arrived_among, find_arrival, sent_by_reference
from contest_portal.screening.conditions import Condition
from contest_portal.screening.rules import check_organises


@dataclass(frozen=True)
class Seen:
    """Be in what state one model came."""

    condition: str | None = None
    note: str | None = None


def confirm_arrivals(
    actor: Actor, edition: Edition, seen: dict[str, Seen], arrived_on: date | None = None
) -> list[Entry]:
    """Write down that forwarded entries are at the province: all of them or none; what is there already stays.

    Raises NotAllowed for whoever does not organise the edition, NotFound for what was not forwarded, Invalid for a
    day before an entry was sent or ahead.
    """
    check_organises(actor, edition.id)
    day = arrived_on or clock.today()
    with transaction():
        entries = sent_by_reference(edition, list(seen))
        if len(entries) != len(seen):
            raise NotFound
        if not entries:
            raise Invalid(lazy("Hãy chọn ít nhất một hồ sơ."))
        there = arrived_among([entry.id for entry in entries])
        new = [entry for entry in entries if entry.id not in there]
        _check_day(new, day)
        for entry in new:
            _write(actor, entry, day, seen[entry.reference])
        return new


def undo_arrival(actor: Actor, entry: Entry, reason: str) -> None:
    """Take an arrival back that was written by mistake; raises Conflict where there is none."""
    check_organises(actor, entry.edition_id)
    if not reason.strip():
        raise Invalid(problems=[Problem(lazy("Hãy ghi lý do."), field="reason")])
    with transaction():
        forget_arrival(actor, entry, reason.strip(), strict=True)


def forget_arrival(actor: Actor, entry: Entry, reason: str, *, strict: bool = False) -> None:
    """Take an entry's arrival away and write why, inside the caller's transaction."""
    arrival = find_arrival(entry.id)
    if arrival is None:
        if strict:
            raise Conflict(lazy("Hồ sơ %(reference)s chưa được xác nhận đã đến.", reference=entry.reference))
        return
    before = {"arrived_on": arrival.arrived_on.isoformat(), "condition": arrival.condition, "note": arrival.note}
    db.session.delete(arrival)
    day = max(entry.status_on, arrival.arrived_on)
    write_event(actor, entry, "arrival_undone", day=day, source="web", reason=reason, details={"before": before})
    audit.record(actor, "arrival.undone", entry.reference, before=before, after={"reason": reason})


def check_recallable(actor: Actor, entries: Sequence[Entry]) -> None:
    """Raise Conflict where the province holds one of these entries and the actor does not organise the edition."""
    if not entries or actor_organises(actor, entries[0].edition_id):
        return
    there = arrived_among([entry.id for entry in entries])
    named = ", ".join(entry.reference for entry in entries if entry.id in there)
    if named:
        raise Conflict(
            lazy(
                "Ban Tổ chức cấp tỉnh đã nhận %(references)s nên đơn vị không rút lại được; hãy liên hệ Ban Tổ chức.",
                references=named,
            )
        )


def actor_organises(actor: Actor, edition_id: int) -> bool:
    """Tell whether the actor organises the edition."""
    return actor.holds(Role.ORGANISER, edition_id=edition_id)


def _write(actor: Actor, entry: Entry, day: date, seen: Seen) -> None:
    if seen.condition is not None and seen.condition not in list(Condition):
        raise Invalid(problems=[Problem(lazy("Hãy chọn một tình trạng trong danh sách."), field="condition")])
    arrival = Arrival(
        entry_id=entry.id,
        arrived_on=day,
        condition=seen.condition,
        note=seen.note or None,
        recorded_at=clock.now(),
        recorded_by=actor.user_id,
    )
    db.session.add(arrival)
    told = {"condition": seen.condition, "note": seen.note or None}
    write_event(actor, entry, "arrived", day=day, source="web", details={"arrival": told})
    audit.record(actor, "arrival.confirmed", entry.reference, after={"arrived_on": day.isoformat(), **told})


def _check_day(entries: Sequence[Entry], day: date) -> None:
    if day > clock.today():
        words = lazy("Ngày %(day)s còn ở phía trước: hãy nhập ngày việc đã xảy ra.", day=format_date(day))
        raise Invalid(problems=[Problem(words, field="arrived_on")])
    # A score given since does not tell when the unit sent the entry.
    early = [entry for entry in entries if entry.status == Status.FORWARDED and day < entry.status_on]
    if early:
        words = lazy(
            "Ngày %(day)s sớm hơn ngày đơn vị chuyển hồ sơ %(reference)s (%(sent)s).",
            day=format_date(day),
            reference=early[0].reference,
            sent=format_date(early[0].status_on),
        )
        raise Invalid(problems=[Problem(words, field="arrived_on")])
