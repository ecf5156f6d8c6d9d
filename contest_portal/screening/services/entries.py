"""What a unit does to one entry, or to several at once: receive, score, forward, take back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import func, select

from contest_portal.accounts.actor import Actor
from contest_portal.contests.models import Edition, EditionUnit
from contest_portal.contests.services import rulebook_of
from contest_portal.core import audit, clock
from contest_portal.core.database import db
from contest_portal.core.errors import Conflict, Invalid, NotFound, Problem
from contest_portal.core.i18n import lazy
from contest_portal.core.vietnamese import format_decimal
from contest_portal.registration.models import Entry
from contest_portal.registration.services import check_date, move_entry, write_event
from contest_portal.registration.status import LABELS, Status
from contest_portal.screening.arrivals.services import check_recallable, forget_arrival
from contest_portal.screening.forwarding.checks import check_complete
from contest_portal.screening.models import Reception, ScreeningResult
from contest_portal.screening.queries import Scale, entries_by_reference, find_result, quota_of, scale_of
from contest_portal.screening.reception.parcels import Parcel, parcel_problems
from contest_portal.screening.round.checks import check_by_sheets, check_forwarding
from contest_portal.screening.round.prizes import settle_prize
from contest_portal.screening.round.queries import pass_mark_for
from contest_portal.screening.services.units import check_receiving, unit_at_work
from contest_portal.screening.states import FORWARDED, score_problem


class Decision(StrEnum):
    """Name what a unit may decide of an entry."""

    FORWARD = "forward"
    KEEP = "keep"


STATUS_OF = {Decision.FORWARD: Status.FORWARDED, Decision.KEEP: Status.NOT_FORWARDED}


@dataclass(frozen=True)
class Verdict:
    """Be what a unit found of one entry; the decision may come later."""

    decided_on: date
    score: Decimal | None = None
    prize: str | None = None
    remark: str | None = None
    decision: Decision | None = None


def receive(actor: Actor, entry: Entry, received_on: date | None = None, note: str | None = None) -> Reception:
    """Log that the unit holds an entry that came through the portal."""
    return receive_parcel(actor, entry, Parcel(received_on or clock.today(), note=note or None))


def receive_parcel(actor: Actor, entry: Entry, parcel: Parcel) -> Reception:
    """Log that the unit holds an entry that came through the portal, with all that was seen of the parcel.

    Raises Invalid for what does not fit together, or a late parcel without a word why it was taken in.
    """
    with unit_at_work(actor, entry.edition_id, entry.unit_id) as edition_unit:
        check_receiving(entry.edition_id, edition_unit.unit)
        check_parcel(entry.edition, parcel)
        move_entry(
            actor, entry, Status.RECEIVED, happened_on=parcel.received_on, details={"reception": parcel.to_dict()}
        )
        return add_reception(actor, entry, parcel)


def check_parcel(edition: Edition, parcel: Parcel) -> None:
    """Raise Invalid for what does not fit together in what was written of a parcel."""
    problems = parcel_problems(parcel, rulebook_of(edition))
    if problems:
        raise Invalid(problems=problems)


def add_reception(actor: Actor, entry: Entry, parcel: Parcel) -> Reception:
    """Write the log's line, over an earlier one of an entry that was withdrawn and came again."""
    reception = db.session.get(Reception, entry.id) or Reception(entry_id=entry.id)
    write_parcel(reception, parcel)
    reception.recorded_at = clock.now()
    reception.recorded_by = actor.user_id
    db.session.add(reception)
    return reception


def write_parcel(reception: Reception, parcel: Parcel) -> None:
    """Write what was seen of a parcel onto the log's line."""
    reception.received_on, reception.postmark_on = parcel.received_on, parcel.postmark_on
    reception.brought_by, reception.received_by = parcel.brought_by or None, parcel.received_by or None
    reception.contents = None if parcel.contents is None else list(parcel.contents)
    reception.condition, reception.condition_note = parcel.condition or None, parcel.condition_note or None
    reception.note = parcel.note or None


def record_result(
    actor: Actor, entry: Entry, verdict: Verdict, *, version: int | None = None, source: str = "web"
) -> ScreeningResult:
    """Write a unit's score, prize and remark, and its decision where there is one.

    Raises Conflict when somebody else changed the result since `version` (None: since there was none).
    """
    with unit_at_work(actor, entry.edition_id, entry.unit_id) as edition_unit:
        if entry.status not in (Status.RECEIVED, Status.SCREENED):
            raise Conflict(_cannot_score(entry))
        result = _write_result(actor, entry, verdict, version)
        if entry.status == Status.RECEIVED:
            told = {"screening": _plain(result)}
            move_entry(actor, entry, Status.SCREENED, happened_on=verdict.decided_on, source=source, details=told)
        else:
            check_date(entry, verdict.decided_on)
            details = {"screening": _plain(result)}
            write_event(actor, entry, "changed", day=verdict.decided_on, source=source, details=details)
        if verdict.decision is not None:
            _decide(actor, edition_unit, [entry], verdict.decision, verdict.decided_on, source)
        return result


def decide(
    actor: Actor,
    edition_unit: EditionUnit,
    references: Sequence[str],
    decision: Decision,
    happened_on: date | None = None,
    reason: str | None = None,
) -> list[Entry]:
    """Forward several screened entries, or keep them back: all of them or none.

    reason: why an organiser forwards what is not complete. Raises Invalid for what is incomplete, below the pass
    mark, beyond the quota or in an undecided tie.
    """
    with unit_at_work(actor, edition_unit.edition_id, edition_unit.unit_id) as locked:
        entries = entries_by_reference(locked, references)
        if len(entries) != len(set(references)):
            raise NotFound
        if not entries:
            raise Invalid(lazy("Hãy chọn ít nhất một hồ sơ."))
        told = (reason or "").strip() or None
        _decide(actor, locked, entries, decision, happened_on or clock.today(), "web", told)
        return entries


def take_back(actor: Actor, entry: Entry, reason: str, happened_on: date | None = None) -> None:
    """Undo the decision to forward an entry or not; the score stays."""
    if not reason.strip():
        raise Invalid(problems=[Problem(lazy("Hãy ghi lý do rút lại quyết định."), field="reason")])
    with unit_at_work(actor, entry.edition_id, entry.unit_id):
        if entry.status not in (Status.FORWARDED, Status.NOT_FORWARDED):
            raise Conflict(lazy("Hồ sơ %(reference)s chưa có quyết định để rút lại.", reference=entry.reference))
        before = entry.status
        check_recallable(actor, [entry])
        forget_arrival(actor, entry, reason.strip())
        move_entry(actor, entry, Status.SCREENED, happened_on=happened_on, reason=reason.strip())
        audit.record(actor, "screening.take_back", entry.reference, before=before, after={"reason": reason.strip()})


def _write_result(actor: Actor, entry: Entry, verdict: Verdict, version: int | None) -> ScreeningResult:
    _check_score(verdict.score, scale_of(entry.edition_id, entry.unit_id))
    found = find_result(entry.id)
    # A result somebody else wrote first, or changed since, is shown before it is written over.
    if found is not None and found.version != version:
        raise Conflict
    check_by_sheets(entry, verdict.score, found.score if found else None)
    before = _plain(found) if found else None
    result = found or ScreeningResult(entry_id=entry.id)
    prize = settle_prize(entry.edition_id, entry.unit_id or 0, entry.reference, verdict.prize)
    result.score, result.prize, result.remark = verdict.score, prize, verdict.remark or None
    result.decided_on = verdict.decided_on
    result.recorded_at, result.recorded_by = clock.now(), actor.user_id
    db.session.add(result)
    audit.record(actor, "screening.result", entry.reference, before=before, after=_plain(result))
    return result


def _check_score(score: Decimal | None, scale: Scale) -> None:
    problem = None if score is None else score_problem(score, scale.most, scale.step)
    if problem is not None:
        raise Invalid(problems=[Problem(problem, field="score", value=str(score))])


def _decide(
    actor: Actor,
    edition_unit: EditionUnit,
    entries: Sequence[Entry],
    decision: Decision,
    day: date,
    source: str,
    reason: str | None = None,
) -> None:
    status = STATUS_OF[decision]
    if status is Status.FORWARDED:
        # Flushed: what was received or scored a moment ago in this very transaction counts.
        db.session.flush()
        check_complete(actor, entries, reason)
        edition = db.session.get_one(Edition, edition_unit.edition_id)
        _check_pass_mark(edition, edition_unit.unit_id, entries)
        _check_quota(edition, edition_unit, sum(entry.status not in FORWARDED for entry in entries))
        check_forwarding(edition, edition_unit, [entry.reference for entry in entries])
    else:
        recalled = [entry for entry in entries if entry.status == Status.FORWARDED]
        check_recallable(actor, recalled)
        for entry in recalled:
            forget_arrival(actor, entry, str(lazy("Đơn vị quyết định không chuyển.")))
    for entry in entries:
        before = entry.status
        move_entry(actor, entry, status, happened_on=day, source=source, reason=reason)
        audit.record(actor, f"screening.{decision}", entry.reference, before=before, after=str(status))


def _check_pass_mark(edition: Edition, unit_id: int, entries: Sequence[Entry]) -> None:
    mark = pass_mark_for(edition, unit_id)
    if mark is None:
        return
    below = select(ScreeningResult.entry_id).where(
        ScreeningResult.entry_id.in_([entry.id for entry in entries]), ScreeningResult.score < mark
    )
    # Flushed: the result may have been written a moment ago in this very transaction.
    db.session.flush()
    found = set(db.session.scalars(below))
    if found:
        names = ", ".join(entry.reference for entry in entries if entry.id in found)
        least = format_decimal(mark)
        raise Invalid(
            lazy("Dưới %(mark)s điểm thì không chuyển lên tỉnh được: %(references)s.", mark=least, references=names)
        )


def _check_quota(edition: Edition, edition_unit: EditionUnit, more: int) -> None:
    quota = quota_of(edition, edition_unit)
    if quota is None:
        return
    # Counted inside the transaction that holds the unit: two coordinators cannot both take the last place.
    forwarded = _count_forwarded(edition_unit)
    if forwarded + more > quota:
        raise Invalid(
            lazy(
                "Đơn vị được chuyển nhiều nhất %(quota)s hồ sơ, đã chuyển %(forwarded)s; chuyển thêm %(more)s thì vượt %(over)s.",
                quota=quota,
                forwarded=forwarded,
                more=more,
                over=forwarded + more - quota,
            )
        )


def _count_forwarded(edition_unit: EditionUnit) -> int:
    counted = select(func.count()).where(
        Entry.edition_id == edition_unit.edition_id,
        Entry.unit_id == edition_unit.unit_id,
        Entry.status.in_(FORWARDED),
    )
    return db.session.scalar(counted) or 0


def _cannot_score(entry: Entry) -> Any:
    return lazy(
        "Hồ sơ %(reference)s đang ở trạng thái “%(status)s” nên không ghi kết quả sơ khảo được.",
        reference=entry.reference,
        status=LABELS[Status(entry.status)],
    )


def _plain(result: ScreeningResult) -> dict[str, str | None]:
    return {
        "score": None if result.score is None else str(result.score),
        "prize": result.prize,
        "remark": result.remark,
        "decided_on": result.decided_on.isoformat(),
    }
