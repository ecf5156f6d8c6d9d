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
from contest_portal.registration.status import Status
from contest_portal.screening.declarations import RECEPTION, SCREENING, declared
from contest_portal.screening.letters import tell_reopened
from contest_portal.screening.models import UnitEvent
from contest_portal.screening.queries import events_of_unit, undecided_references, waiting_transfers
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
        edition_unit = lock_unit(edition_id, unit_id)
        done = declared(edition_id, unit_id, SCREENING)
        if done is not None:
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
        _check_transfers(edition.id, unit.id)
        return _add_event(actor, edition, unit, "completed", day)


def close_reception(actor: Actor, edition: Edition, unit: Unit, happened_on: date | None = None) -> UnitEvent:
    """Say that a unit has received everything; refused while an entry or a request of another unit waits."""
    day = happened_on or clock.today()
    with unit_at_work(actor, edition.id, unit.id):
        check_receiving(edition.id, unit)
        _check_day(edition, unit, day)
        waiting = undecided_references(edition.id, unit.id, (Status.SUBMITTED,))
        if waiting:
            raise Invalid(_unreceived_sentence(waiting))
        _check_transfers(edition.id, unit.id)
        return _add_event(actor, edition, unit, "received_all", day)


def receive_again(
    actor: Actor, edition: Edition, unit: Unit, reason: str, happened_on: date | None = None
) -> UnitEvent:
    """Let a unit take back that it received everything, with its reason, as long as it is not complete."""
    day = happened_on or clock.today()
    if not reason.strip():
        raise Invalid(problems=[Problem(lazy("Hãy ghi lý do nhận hồ sơ trở lại."), field="reason")])
    with unit_at_work(actor, edition.id, unit.id):
        if declared(edition.id, unit.id, RECEPTION) is None:
            raise Conflict(lazy("%(unit)s chưa khai nhận xong hồ sơ nên không cần nhận trở lại.", unit=unit.name))
        _check_day(edition, unit, day)
        return _add_event(actor, edition, unit, "receiving_again", day, reason.strip())


def check_receiving(edition_id: int, unit: Unit) -> None:
    """Raise Conflict once a unit has declared that it received everything; called while the unit is held."""
    closed = declared(edition_id, unit.id, RECEPTION)
    if closed is not None:
        raise Conflict(
            lazy(
                "%(unit)s đã khai nhận xong hồ sơ ngày %(day)s nên không nhận thêm. Đơn vị có thể khai nhận trở lại, kèm lý do.",
                unit=unit.name,
                day=format_date(closed.happened_on),
            )
        )


def reopen_unit(actor: Actor, edition: Edition, unit: Unit, reason: str, happened_on: date | None = None) -> UnitEvent:
    """Let a completed unit change its entries again; only an organiser may, and says why."""
    check_organises(actor, edition.id)
    day = happened_on or clock.today()
    if not reason.strip():
        raise Invalid(problems=[Problem(lazy("Hãy ghi lý do mở lại."), field="reason")])
    with transaction():
        lock_unit(edition.id, unit.id)
        if declared(edition.id, unit.id, SCREENING) is None:
            raise Conflict(lazy("%(unit)s chưa hoàn thành sơ khảo nên không cần mở lại.", unit=unit.name))
        _check_day(edition, unit, day)
        event = _add_event(actor, edition, unit, "reopened", day, reason.strip())
        tell_reopened(edition, unit, event)
        return event


def lock_unit(edition_id: int, unit_id: int) -> EditionUnit:
    """Return a unit's row, held until the transaction ends; raises NotFound."""
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
        message = lazy("Ngày này sớm hơn lần khai báo trước của đơn vị (%(day)s).", day=format_date(last.happened_on))
        raise Invalid(problems=[Problem(message, field="happened_on")])


def _check_transfers(edition_id: int, unit_id: int) -> None:
    waiting = waiting_transfers(edition_id, unit_id)
    if waiting:
        raise Invalid(
            lazy(
                "Còn %(number)s yêu cầu chuyển hồ sơ giữa các đơn vị chưa được trả lời: %(references)s.",
                number=len(waiting),
                references=_named(waiting),
            )
        )


def _named(references: list[str]) -> str:
    return ", ".join(references[:NAMED]) + (", …" if len(references) > NAMED else "")


def _unreceived_sentence(references: list[str]) -> object:
    return lazy(
        "Còn %(number)s hồ sơ nộp qua cổng chưa ghi nhận: %(references)s. Hãy ghi nhận xong rồi khai nhận đủ.",
        number=len(references),
        references=_named(references),
    )


def _waiting_sentence(references: list[str]) -> object:
    return lazy(
        "Còn %(number)s hồ sơ chưa có quyết định: %(references)s. Hãy quyết định xong rồi hoàn thành.",
        number=len(references),
        references=_named(references),
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
