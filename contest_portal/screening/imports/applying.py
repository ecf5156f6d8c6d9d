"""Write an import with the unit's findings: entries, receptions, results and decisions, whole or not at all."""

from contextlib import ExitStack
from datetime import date
from typing import Any, Final

from sqlalchemy import insert

from contest_portal.accounts.actor import Actor, Role
from contest_portal.core import clock
from contest_portal.core.database import db, transaction
from contest_portal.core.i18n import lazy
from contest_portal.registration.imports import Action, apply_plan
from contest_portal.registration.imports.applying import SOURCE
from contest_portal.registration.models import Entry
from contest_portal.registration.services import event_values, move_entries, write_events
from contest_portal.registration.status import Status
from contest_portal.screening.forwarding.checks import check_complete
from contest_portal.screening.forwarding.completeness import shortcomings_of
from contest_portal.screening.imports.planning import Finding, ScreenedPlan, brings_in
from contest_portal.screening.models import Reception, ScreeningResult
from contest_portal.screening.reception.parcels import Parcel
from contest_portal.screening.services.entries import add_reception
from contest_portal.screening.services.units import check_receiving, unit_at_work

_STATIONS = (Status.SCREENED, Status.FORWARDED, Status.NOT_FORWARDED)


def apply_screened(actor: Actor, screened: ScreenedPlan, *, file_name: str = "") -> None:
    """Write a plan; raises Conflict where a unit completed its round or its reception meanwhile."""
    plan = screened.plan
    with transaction(), ExitStack() as held:
        if plan.born is not Status.RECEIVED:
            apply_plan(actor, plan, file_name=file_name)
            return
        receiving = _units_receiving(screened)
        for unit_id in sorted(_units_changed(screened)):
            edition_unit = held.enter_context(unit_at_work(actor, plan.edition.id, unit_id))
            if unit_id in receiving:
                check_receiving(plan.edition.id, edition_unit.unit)
        apply_plan(actor, plan, file_name=file_name)
        _receive(actor, screened)
        _write_results(actor, screened)
        _decide(actor, screened)


def _units_changed(screened: ScreenedPlan) -> set[int]:
    changing = [row for row in screened.plan.accepted if row.action is not Action.UNCHANGED]
    named = {row.wanted.unit.id for row in changing if row.wanted.unit is not None}
    return named | {row.entry.unit_id for row in changing if row.entry is not None and row.entry.unit_id is not None}


def _units_receiving(screened: ScreenedPlan) -> set[int]:
    bringing = [row for row in screened.plan.accepted if brings_in(row)]
    named = {row.wanted.unit.id for row in bringing if row.wanted.unit is not None}
    return named | {row.entry.unit_id for row in bringing if row.entry is not None and row.entry.unit_id is not None}


def _receive(actor: Actor, screened: ScreenedPlan) -> None:
    """Log the reception of every entry that this import brought to the unit."""
    new: list[dict[str, Any]] = []
    for row in screened.plan.accepted:
        if row.entry is None:
            continue
        if row.action is Action.CREATE:
            new.append(
                {
                    "entry_id": row.entry.id,
                    "received_on": row.entry.status_on,
                    "recorded_at": clock.now(),
                    "recorded_by": actor.user_id,
                    "note": None,
                }
            )
        elif any(change.part == "status" for change in row.changes):
            add_reception(actor, row.entry, Parcel(row.entry.status_on))
    if new:
        db.session.execute(insert(Reception).execution_options(render_nulls=True), new)


def _write_results(actor: Actor, screened: ScreenedPlan) -> None:
    changed = [finding for finding in screened.findings if finding.result_changed]
    new = [_result_values(actor, finding, screened.plan.effective) for finding in changed if finding.stored is None]
    if new:
        db.session.execute(insert(ScreeningResult).execution_options(render_nulls=True), new)
    events: list[dict[str, Any]] = []
    for finding in changed:
        if finding.stored is not None:
            details = {"screening": _rewrite(actor, finding, finding.stored, screened.plan.effective)}
            events.append(_changed(actor, finding.entry, screened.plan.effective, details))
    db.session.flush()
    write_events(events)


def _result_values(actor: Actor, finding: Finding, day: date) -> dict[str, Any]:
    entry = finding.entry
    return {
        "entry_id": entry.id,
        "score": finding.score,
        "prize": finding.prize,
        "remark": None,
        "decided_on": max(day, entry.status_on),
        "recorded_at": clock.now(),
        "recorded_by": actor.user_id,
        "version": 1,
    }


def _rewrite(actor: Actor, finding: Finding, stored: ScreeningResult, day: date) -> dict[str, Any]:
    """Write a changed score or prize over the stored one; what the list leaves blank stays."""
    stored.score = stored.score if finding.score is None else finding.score
    stored.prize = stored.prize if finding.prize is None else finding.prize
    stored.decided_on = max(day, stored.decided_on)
    stored.recorded_at, stored.recorded_by = clock.now(), actor.user_id
    return {
        "score": None if stored.score is None else str(stored.score),
        "prize": stored.prize,
        "remark": stored.remark,
        "decided_on": stored.decided_on.isoformat(),
    }


def _changed(actor: Actor, entry: Entry, day: date, details: dict[str, Any]) -> dict[str, Any]:
    return event_values(actor, entry, "changed", day=max(day, entry.status_on), source=SOURCE, details=details)


def _decide(actor: Actor, screened: ScreenedPlan) -> None:
    """Lead the entries through the stations, one station for all of them at a time."""
    day = screened.plan.effective
    incomplete = _check_forwarded(actor, screened)
    for station in _STATIONS:
        moving = [finding.entry for finding in screened.findings if station in finding.moves]
        for reason in (None, _ON_THE_LIST):
            chosen = [entry for entry in moving if (entry.id in incomplete) == bool(reason)]
            told = str(reason) if reason and station is Status.FORWARDED else None
            days = [(entry, max(day, entry.status_on)) for entry in chosen]
            move_entries(actor, days, station, source=SOURCE, reason=told)


def _check_forwarded(actor: Actor, screened: ScreenedPlan) -> set[int]:
    """Hold what a list forwards to the same rules as the pages; return what an organiser's list brings incomplete.

    Raises Invalid for a unit's own list that forwards what is incomplete. Which of tied entries go on is what the
    board decided on paper: the list says it, and the ranking goes on pointing at the tie until its reason is written.
    """
    forwarded = [f.entry for f in screened.findings if f.moves and f.moves[-1] is Status.FORWARDED]
    lacking = set(shortcomings_of(forwarded))
    if actor.holds(Role.ORGANISER, edition_id=screened.plan.edition.id):
        return lacking
    check_complete(actor, forwarded, None)
    return set()


_ON_THE_LIST: Final = lazy("Theo danh sách của đơn vị.")
