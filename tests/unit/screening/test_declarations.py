"""A unit declares that it received everything, takes it back, and completes; what is open is told before."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from flask import Flask
from sqlalchemy import select

from contest_portal.accounts.actor import SYSTEM, Role
from contest_portal.accounts.models_messages import Notice
from contest_portal.contests.models import Edition, EditionUnit, Unit
from contest_portal.contests.queries import get_edition, get_edition_unit
from contest_portal.core.audit import AuditRecord
from contest_portal.core.database import db, transaction
from contest_portal.core.errors import Conflict, Invalid, NotAllowed, NotFound
from contest_portal.registration.models import Entry
from contest_portal.registration.status import Status
from contest_portal.screening import queries
from contest_portal.screening.arrivals.models import Arrival
from contest_portal.screening.custody.models import Handover, HandoverLine
from contest_portal.screening.declarations import RECEPTION, declared
from contest_portal.screening.imports import import_workbook
from contest_portal.screening.minutes.models import UnitMinutes
from contest_portal.screening.models import Reception
from contest_portal.screening.progress.open_matters import Matter, open_matters
from contest_portal.screening.services import (
    PaperEntry,
    close_reception,
    complete_unit,
    log_paper,
    receive,
    receive_again,
    record_result,
    reopen_unit,
)
from contest_portal.screening.services.entries import Verdict
from contest_portal.screening.states import UnitState
from contest_portal.screening.transfers.models import UnitTransfer
from tests.factories.people import actor_for, make_user, unit_of
from tests.factories.screening import (
    YOUTH,
    coordinator_of,
    field_of,
    make_screener,
    organiser,
    set_quota,
    set_round,
    unit_entry,
)
from tests.factories.workbooks import work, works

DAY = date(2024, 5, 20)


@pytest.fixture
def youth(app: Flask, at: Callable[..., datetime]) -> Edition:
    """Return the youth contest at the end of May."""
    at(2024, 5, 30)
    return get_edition(YOUTH)


@pytest.fixture
def unit(youth: Edition) -> Unit:
    """Return the unit that declares."""
    return unit_of(youth)


def edition_unit(unit: Unit) -> EditionUnit:
    """Return how the unit takes part."""
    return get_edition_unit(get_edition(YOUTH).id, unit.id)


def matters(unit: Unit) -> dict[str, Matter]:
    """Return what is open, by kind."""
    return {matter.kind: matter for matter in open_matters(get_edition(YOUTH), edition_unit(unit))}


def paper(**more: object) -> PaperEntry:
    """Return a work that came on paper."""
    field = field_of(get_edition(YOUTH))
    return PaperEntry(title="Máy sấy", received_on=DAY, new_school="Trường THCS Tân Mỹ", field=field, **more)  # type: ignore[arg-type]


def asked_transfer(entry: Entry, other: Unit, **fields: object) -> None:
    """Store a request that another unit takes an entry."""
    values = {
        "state": "waiting",
        "reason": "Nộp nhầm",
        "asked_on": DAY,
        "token": f"t{entry.id}".ljust(32, "A"),
    } | fields
    with transaction():
        db.session.add(
            UnitTransfer(
                edition_id=entry.edition_id,
                entry_id=entry.id,
                from_unit_id=entry.unit_id,
                to_unit_id=other.id,
                **values,
            )
        )


def test_nothing_new_comes_in_after_reception_was_declared_complete(youth: Edition, unit: Unit) -> None:
    going_on = unit_entry(unit, Status.RECEIVED, day=DAY)
    actor = coordinator_of(unit, youth)
    close_reception(actor, youth, unit, date(2024, 5, 25))
    late = unit_entry(unit, Status.SUBMITTED)
    for act in (lambda: receive(actor, late), lambda: log_paper(actor, youth, unit, paper())):
        with pytest.raises(Conflict, match="đã khai nhận xong hồ sơ ngày 25/05/2024"):
            act()
    outcome = import_workbook(actor, youth, works(work(1)), effective=date(2024, 5, 26))
    assert (outcome.created, outcome.rejected) == (0, 1)
    assert "đã khai nhận xong hồ sơ ngày 25/05/2024" in outcome.problems[0]["message"]
    record_result(actor, going_on, Verdict(date(2024, 5, 26)))
    assert (late.status, going_on.status) == (Status.SUBMITTED, Status.SCREENED)


def test_a_list_that_only_scores_what_is_there_comes_in_after_reception(youth: Edition, unit: Unit) -> None:
    import_workbook(SYSTEM, youth, works(work(1, c7="")), effective=DAY)
    close_reception(SYSTEM, youth, unit, DAY)
    outcome = import_workbook(SYSTEM, youth, works(work(1, c7=88.5)), effective=date(2024, 5, 26))
    assert (outcome.updated, outcome.rejected) == (1, 0)


def test_the_unit_itself_takes_reception_back_with_a_reason(youth: Edition, unit: Unit) -> None:
    actor = coordinator_of(unit, youth)
    with pytest.raises(Conflict):
        receive_again(actor, youth, unit, "Còn hồ sơ")
    close_reception(actor, youth, unit, DAY)
    with pytest.raises(Conflict):
        close_reception(actor, youth, unit, DAY)
    with pytest.raises(Invalid):
        receive_again(actor, youth, unit, "  ")
    receive_again(actor, youth, unit, "Một hồ sơ theo dấu bưu điện")
    log_paper(actor, youth, unit, paper())
    assert [event.kind for event in queries.events_of_unit(youth.id, unit.id)] == ["received_all", "receiving_again"]
    last = db.session.scalars(select(AuditRecord).where(AuditRecord.action.startswith("unit."))).all()[-1]
    assert (last.action, last.after["reason"]) == ("unit.receiving_again", "Một hồ sơ theo dấu bưu điện")


def test_reception_is_not_taken_back_once_the_unit_is_complete(youth: Edition, unit: Unit) -> None:
    unit_entry(unit, Status.FORWARDED, day=DAY)
    close_reception(SYSTEM, youth, unit, date(2024, 5, 25))
    complete_unit(SYSTEM, youth, unit, date(2024, 5, 26))
    with pytest.raises(Conflict, match="đã hoàn thành sơ khảo"):
        receive_again(SYSTEM, youth, unit, "Còn hồ sơ")
    reopen_unit(SYSTEM, youth, unit, "Bổ sung", date(2024, 5, 27))
    counts = queries.unit_counts(youth, edition_unit(unit))
    assert (counts.state, counts.completed_on, counts.closed_on) == (UnitState.SCREENING, None, date(2024, 5, 25))
    receive_again(SYSTEM, youth, unit, "Bổ sung", date(2024, 5, 28))
    assert declared(youth.id, unit.id, RECEPTION) is None


def test_only_completion_and_reopening_decide_completion(youth: Edition, unit: Unit) -> None:
    complete_unit(SYSTEM, youth, unit, date(2024, 5, 10))
    reopen_unit(SYSTEM, youth, unit, "Bổ sung", date(2024, 5, 12))
    close_reception(SYSTEM, youth, unit, date(2024, 5, 14))
    receive_again(SYSTEM, youth, unit, "Còn hồ sơ", date(2024, 5, 15))
    close_reception(SYSTEM, youth, unit, date(2024, 5, 16))
    complete_unit(SYSTEM, youth, unit, date(2024, 5, 18))
    days = (9, 10, 12, 14, 16, 18)
    done = [bool(queries.units_completed(youth.id, date(2024, 5, day))) for day in days]
    assert done == [False, True, False, False, False, True]


def test_declaring_names_what_stands_against_it(youth: Edition, unit: Unit) -> None:
    waiting, there = unit_entry(unit, Status.SUBMITTED), unit_entry(unit, Status.FORWARDED, day=DAY)
    with pytest.raises(Invalid) as refused:
        close_reception(SYSTEM, youth, unit)
    assert f"Còn 1 hồ sơ nộp qua cổng chưa ghi nhận: {waiting.reference}." in str(refused.value)
    receive(SYSTEM, waiting)
    asked_transfer(there, unit_of(youth, "Huyện Yên Thế"))
    for act in (close_reception, complete_unit):
        with pytest.raises(Invalid):
            act(SYSTEM, youth, unit)
    with pytest.raises(Invalid, match=there.reference):
        complete_unit(SYSTEM, youth, unit_of(youth, "Huyện Yên Thế"))


@pytest.mark.parametrize("day", [date(2024, 5, 31), date(2024, 5, 9)])
def test_a_declaration_lies_neither_ahead_nor_before_the_last_one(youth: Edition, unit: Unit, day: date) -> None:
    close_reception(SYSTEM, youth, unit, date(2024, 5, 10))
    with pytest.raises(Invalid):
        receive_again(SYSTEM, youth, unit, "Còn hồ sơ", day)


def test_a_stranger_declares_nothing_and_an_auditor_neither(youth: Edition, unit: Unit) -> None:
    stranger = coordinator_of(unit_of(youth, "Huyện Yên Thế"), youth)
    auditor = actor_for(make_user(Role.AUDITOR))
    for actor, error in ((stranger, NotFound), (auditor, NotAllowed)):
        with pytest.raises(error):
            close_reception(actor, youth, unit)
        with pytest.raises(error):
            receive_again(actor, youth, unit, "Còn hồ sơ")
    assert queries.events_of_unit(youth.id, unit.id) == []


def test_reopening_tells_the_units_people_why_once(youth: Edition, unit: Unit) -> None:
    people = [make_user(Role.COORDINATOR, unit=unit, edition=youth) for _ in range(2)]
    make_user(Role.COORDINATOR, unit=unit_of(youth, "Huyện Yên Thế"), edition=youth)
    complete_unit(SYSTEM, youth, unit, DAY)
    reopen_unit(organiser(youth), youth, unit, "Bổ sung một hồ sơ")
    notices = db.session.scalars(select(Notice).where(Notice.kind == "screening.unit_reopened")).all()
    assert {notice.user_id for notice in notices} == {person.id for person in people}
    assert notices[0].values["reason"] == "Bổ sung một hồ sơ"
    assert notices[0].link == f"/screening/youth-2024/{unit.code}"


def test_what_is_open_of_the_entries(youth: Edition, unit: Unit) -> None:
    assert matters(unit) == {}
    made = {
        status: unit_entry(unit, status, day=DAY) for status in (Status.SUBMITTED, Status.RECEIVED, Status.SCREENED)
    }
    unit_entry(unit_of(youth, "Huyện Yên Thế"), Status.SUBMITTED)
    found = matters(unit)
    for kind, status in (("not_received", "submitted"), ("not_screened", "received"), ("not_decided", "screened")):
        matter = found[kind]
        assert (matter.blocking, matter.count, matter.values) == (True, 1, {"status": status})
        assert matter.references == (made[Status(status)].reference,)
    asked_transfer(made[Status.RECEIVED], unit_of(youth, "Huyện Yên Thế"))
    assert matters(unit)["transfers"].references == (made[Status.RECEIVED].reference,)


def test_many_open_entries_are_counted_and_only_the_first_named(youth: Edition, unit: Unit) -> None:
    references = sorted(unit_entry(unit, Status.SUBMITTED).reference for _ in range(7))
    matter = matters(unit)["not_received"]
    assert (matter.count, matter.references, matter.more) == (7, tuple(references[:5]), 2)


def test_late_and_incomplete_parcels_are_pointed_out(youth: Edition, unit: Unit) -> None:
    with transaction():
        form = {"kind": "description", "need": "required", "most": 1, "link": False, "megabytes": 1}
        youth.rules = {**youth.rules, "receive_until": "2024-05-15", "documents": [form]}
    late, poor, fine = (unit_entry(unit, Status.RECEIVED, day=DAY) for _ in range(3))
    with transaction():
        for entry, day, contents in ((late, 16, None), (poor, 15, []), (fine, 15, None)):
            db.session.add(Reception(entry_id=entry.id, received_on=date(2024, 5, day), contents=contents))
    found = matters(unit)
    assert (found["late"].references, found["late"].blocking) == ((late.reference,), False)
    assert found["incomplete"].references == (poor.reference,)


def test_missing_sheets_and_undecided_ties_are_pointed_out(youth: Edition, unit: Unit) -> None:
    entry = unit_entry(unit, Status.RECEIVED, day=DAY)
    make_screener(unit)
    assert "sheets" not in matters(unit)
    set_round(unit)
    assert matters(unit)["sheets"].references == (entry.reference,)


def test_a_tie_across_the_quota_is_pointed_out(youth: Edition, unit: Unit) -> None:
    pair = sorted(unit_entry(unit, Status.SCREENED, score="80").reference for _ in range(2))
    set_quota(unit, 1)
    tie = matters(unit)["ties"]
    assert (tie.count, tie.references, tie.blocking) == (1, tuple(pair), False)


def test_models_on_the_way_and_lent_are_pointed_out(youth: Edition, unit: Unit) -> None:
    on_the_way, lent, at_home = (unit_entry(unit, Status.RECEIVED, day=DAY) for _ in range(3))
    confirmed = datetime(2024, 5, 21, tzinfo=UTC)
    with transaction():
        for number, (entry, giver, taker, moment) in enumerate(
            (
                (on_the_way, "unit", "province", None),
                (lent, "school", "unit", confirmed),
                (lent, "unit", "school", confirmed),
                (at_home, "school", "unit", confirmed),
            )
        ):
            slip = Handover(
                token=f"{number}".ljust(32, "A"),
                number=f"BG-{number}",
                edition_id=youth.id,
                unit_id=unit.id,
                giver=giver,
                taker=taker,
                happened_on=DAY,
                confirmed_at=moment,
                confirmed_on=DAY if moment else None,
            )
            slip.lines = [HandoverLine(entry_id=entry.id)]
            db.session.add(slip)
            db.session.flush()
    assert matters(unit)["lent"].references == tuple(sorted([on_the_way.reference, lent.reference]))


def test_unused_quota_minutes_and_arrivals_are_pointed_out(youth: Edition, unit: Unit) -> None:
    kept, sent = unit_entry(unit, Status.NOT_FORWARDED, day=DAY), unit_entry(unit, Status.FORWARDED, day=DAY)
    set_quota(unit, 3)
    found = matters(unit)
    assert (found["quota"].count, found["quota"].references) == (1, (kept.reference,))
    assert (found["minutes"].count, "unsigned" in found) == (1, False)
    assert found["not_arrived"].references == (sent.reference,)
    with transaction():
        db.session.add(Arrival(entry_id=sent.id, arrived_on=DAY))
        minutes = UnitMinutes(token="A" * 32, edition_id=youth.id, unit_id=unit.id, held_on=DAY)
        minutes.issued_at = datetime(2024, 5, 21, tzinfo=UTC)
        db.session.add(minutes)
    found = matters(unit)
    assert {"minutes", "not_arrived"}.isdisjoint(found)
    assert (found["unsigned"].count, found["unsigned"].endpoint) == (1, "screening.papers")
