"""A unit says that it is done, and an organiser opens it again."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from sqlalchemy import select

from contest_portal.accounts.actor import Actor
from contest_portal.contests.models import Edition, EditionUnit, Unit
from contest_portal.core import audit, clock
from contest_portal.core.database import db, transaction
from contest_portal.core.errors import Conflict, Invalid, NotFound, Problem
from contest_portal.core.i18n import lazy
from contest_portal.core.vietnamese import format_date
from contest_portal.screening.models import UnitEvent
from contest_portal.screening.queries import events_of_unit, undecided_references
from contest_portal.screening.rules import check_acts_for_unit, check_organises

# As many references as a sentence can carry.
NAMED = 10


@contextmanager
def unit_at_work(actor: Actor, edition_id: int, unit_id: int | None) -> Iterator[EditionUnit]:
    """Open a transaction in which nobody else forwards for this unit or completes it.

    Raises NotFound, NotAllowed, and Conflict once the unit is complete.
    """
    if unit_id is None:
        raise NotFound
    check_acts_for_unit(actor, edition_id, unit_id)
    with unit_held(edition_id, unit_id) as edition_unit:
        yield edition_unit


@contextmanager
def unit_held(edition_id: int, unit_id: int) -> Iterator[EditionUnit]:
    """Do as unit_at_work() does for somebody whose right the caller has checked: a screener acts for no unit."""
    with transaction():
        edition_unit = _lock(edition_id, unit_id)
        done = _last_event(edition_id, unit_id)
        if done is not None and done.kind == "completed":
            raise Conflict(
                lazy(
                    "%(unit)s đã hoàn thành sơ khảo ngày %(day)s nên không thay đổi được nữa. Ban Tổ chức có thể mở lại.",
                    unit=edition_unit.unit.name,
                    day=format_date(done.happened_on),
                )
            )
        yield edition_unit


def complete_unit(actor: Actor, edition: Edition, unit: Unit, happened_on: date | None = None) -> UnitEvent:
    """Say that a unit has received and screened everything; refused while an entry waits for a decision."""
    day = happened_on or clock.today()
    with unit_at_work(actor, edition.id, unit.id):
        _check_day(edition, unit, day)
        waiting = undecided_references(edition.id, unit.id)
        if waiting:
            raise Invalid(_waiting_sentence(waiting))
        return _add_event(actor, edition, unit, "completed", day)


def reopen_unit(actor: Actor, edition: Edition, unit: Unit, reason: str, happened_on: date | None = None) -> UnitEvent:
    """Let a completed unit change its entries again; only an organiser may, and says why."""
    check_organises(actor, edition.id)
    day = happened_on or clock.today()
    if not reason.strip():
        raise Invalid(problems=[Problem(lazy("Hãy ghi lý do mở lại."), field="reason")])
    with transaction():
        _lock(edition.id, unit.id)
        last = _last_event(edition.id, unit.id)
        if last is None or last.kind != "completed":
            raise Conflict(lazy("%(unit)s chưa hoàn thành sơ khảo nên không cần mở lại.", unit=unit.name))
        _check_day(edition, unit, day)
        return _add_event(actor, edition, unit, "reopened", day, reason.strip())


def _lock(edition_id: int, unit_id: int) -> EditionUnit:
    # SQLite has one writer at a time; PostgreSQL's writers for one unit queue on its row.
    found = db.session.scalar(
        select(EditionUnit)
        .where(EditionUnit.edition_id == edition_id, EditionUnit.unit_id == unit_id)
        .with_for_update(of=EditionUnit)
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound
    return found


def _last_event(edition_id: int, unit_id: int) -> UnitEvent | None:
    return next(reversed(events_of_unit(edition_id, unit_id)), None)


def _check_day(edition: Edition, unit: Unit, day: date) -> None:
    if day > clock.today():
        message = lazy("Ngày %(day)s còn ở phía trước: hãy nhập ngày việc đã xảy ra.", day=format_date(day))
        raise Invalid(problems=[Problem(message, field="happened_on")])
    last = _last_event(edition.id, unit.id)
    if last is not None and day < last.happened_on:
        message = lazy(
            "Ngày này sớm hơn lần hoàn thành hoặc mở lại trước (%(day)s).", day=format_date(last.happened_on)
        )
        raise Invalid(problems=[Problem(message, field="happened_on")])


def _waiting_sentence(references: list[str]) -> object:
    named = ", ".join(references[:NAMED]) + (", …" if len(references) > NAMED else "")
    return lazy(
        "Còn %(number)s hồ sơ chưa có quyết định: %(references)s. Hãy quyết định xong rồi hoàn thành.",
        number=len(references),
        references=named,
    )


def _add_event(
    actor: Actor, edition: Edition, unit: Unit, kind: str, day: date, reason: str | None = None
) -> UnitEvent:
    event = UnitEvent(
        edition_id=edition.id,
        unit_id=unit.id,
        kind=kind,
        happened_on=day,
        recorded_at=clock.now(),
        actor_id=actor.user_id,
        reason=reason,
    )
    db.session.add(event)
    after = {"happened_on": day.isoformat(), "reason": reason}
    audit.record(actor, f"unit.{kind}", f"{edition.code}/{unit.code}", after=after)
    return event
