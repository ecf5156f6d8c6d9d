"""What a unit does to its entries, on both databases."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import func, select

from contest_portal.accounts.actor import SYSTEM, Role
from contest_portal.contests.queries import get_edition
from contest_portal.core import clock
from contest_portal.core.audit import AuditRecord, first_broken
from contest_portal.core.database import db, transaction
from contest_portal.core.errors import Conflict, Invalid, NotAllowed, NotFound
from contest_portal.registration.queries import history_of
from contest_portal.registration.status import Status
from contest_portal.screening import queries
from contest_portal.screening.models import Reception, ScreeningResult
from contest_portal.screening.services import Decision, Verdict, decide, receive, record_result, take_back
from tests.factories.people import actor_for, make_school, make_user, unit_of
from tests.factories.registration import make_entry
from tests.factories.screening import YOUTH, coordinator_of, organiser, set_quota, unit_entry


def _verdict(score: str | None = "75.5", decision: Decision | None = None, day: date | None = None) -> Verdict:
    return Verdict(day or clock.today(), None if score is None else Decimal(score), "Giải nhì", "Tốt", decision)


def test_a_received_entry_has_the_official_day_and_the_moment_of_typing(
    app: Flask, at: Callable[..., datetime]
) -> None:
    at(2024, 5, 2)
    entry = unit_entry()
    now = at(2024, 5, 21, 15)
    actor = coordinator_of(unit_of(YOUTH))
    receive(actor, entry, date(2024, 5, 18), "Có bản giấy")
    reception = db.session.get(Reception, entry.id, populate_existing=True)
    assert reception is not None
    assert (reception.received_on, reception.recorded_at, reception.note) == (date(2024, 5, 18), now, "Có bản giấy")
    assert reception.recorded_by == actor.user_id
    event = history_of(entry)[-1]
    assert (event.status_from, event.status_to) == ("submitted", "received")
    assert (event.happened_on, event.recorded_at) == (date(2024, 5, 18), now)


def test_an_entry_cannot_be_received_before_it_was_submitted_nor_tomorrow(
    app: Flask, at: Callable[..., datetime]
) -> None:
    at(2024, 5, 10)
    entry = unit_entry()
    for day in (date(2024, 5, 9), date(2024, 5, 11)):
        with pytest.raises(Invalid):
            receive(SYSTEM, entry, day)
    assert entry.status == Status.SUBMITTED
    assert db.session.get(Reception, entry.id) is None


def test_an_entry_is_received_once(app: Flask) -> None:
    entry = unit_entry()
    receive(SYSTEM, entry)
    with pytest.raises(Conflict):
        receive(SYSTEM, entry)


def test_the_first_result_screens_an_entry(app: Flask) -> None:
    entry = unit_entry(status=Status.RECEIVED)
    record_result(SYSTEM, entry, _verdict())
    result = queries.find_result(entry.id)
    assert result is not None
    assert (result.score, result.prize, result.remark) == (Decimal("75.5"), "Giải nhì", "Tốt")
    assert entry.status == Status.SCREENED
    assert [event.status_to for event in history_of(entry)] == ["received", "screened"]


def test_a_result_can_be_mended_until_a_decision_and_the_change_is_kept(app: Flask) -> None:
    entry = unit_entry(status=Status.SCREENED, score="80")
    record_result(SYSTEM, entry, _verdict("81"), version=1)
    event = history_of(entry)[-1]
    assert (event.kind, event.details["screening"]["score"]) == ("changed", "81")
    last = db.session.scalars(select(AuditRecord).order_by(AuditRecord.id.desc())).first()
    assert last is not None
    assert last.action == "screening.result"
    assert (last.before["score"], last.after["score"]) == ("80", "81")
    assert first_broken() is None


def test_a_result_and_its_decision_are_one_act(app: Flask) -> None:
    entry = unit_entry(status=Status.RECEIVED)
    record_result(SYSTEM, entry, _verdict(decision=Decision.FORWARD))
    assert entry.status == Status.FORWARDED
    assert [event.status_to for event in history_of(entry)] == ["received", "screened", "forwarded"]


def test_a_refused_decision_leaves_no_result_behind(app: Flask) -> None:
    unit = unit_of(YOUTH)
    set_quota(unit, 0)
    entry = unit_entry(unit, Status.RECEIVED)
    with pytest.raises(Invalid):
        record_result(SYSTEM, entry, _verdict(decision=Decision.FORWARD))
    assert queries.find_result(entry.id) is None
    assert queries.get_unit_entry(SYSTEM, entry.reference).status == Status.RECEIVED


@pytest.mark.parametrize("score", ["-1", "100.5", "75.3", "1000"])
def test_a_score_out_of_bounds_or_off_the_step_is_refused(app: Flask, score: str) -> None:
    entry = unit_entry(status=Status.RECEIVED)
    with pytest.raises(Invalid) as refused:
        record_result(SYSTEM, entry, _verdict(score))
    assert [problem.field for problem in refused.value.problems] == ["score"]
    assert queries.find_result(entry.id) is None


def test_the_bounds_of_a_score_are_what_the_criteria_add_up_to(app: Flask) -> None:
    assert queries.scale_of(get_edition(YOUTH).id) == queries.Scale(Decimal(100), Decimal("0.5"))
    assert queries.scale_of(get_edition("robocon-2024").id) == queries.Scale(Decimal(100), Decimal("0.5"))


def test_an_older_version_of_a_result_is_refused(app: Flask) -> None:
    entry = unit_entry(status=Status.SCREENED, score="80")
    record_result(SYSTEM, entry, _verdict("85"), version=1)
    with pytest.raises(Conflict):
        record_result(SYSTEM, entry, _verdict("60"), version=1)
    with pytest.raises(Conflict):
        record_result(SYSTEM, entry, _verdict("60"), version=None)
    assert db.session.scalar(select(ScreeningResult.score)) == Decimal(85)


@pytest.mark.parametrize("status", [Status.SUBMITTED, Status.FORWARDED, Status.NOT_FORWARDED])
def test_only_received_and_undecided_entries_are_scored(app: Flask, status: Status) -> None:
    entry = unit_entry(status=status)
    with pytest.raises(Conflict):
        record_result(SYSTEM, entry, _verdict())


def test_several_entries_are_forwarded_together(app: Flask) -> None:
    unit = unit_of(YOUTH)
    entries = [unit_entry(unit, Status.SCREENED) for _ in range(3)]
    actor = coordinator_of(unit)
    decide(actor, set_quota(unit, 3), [entry.reference for entry in entries], Decision.FORWARD)
    assert {entry.status for entry in entries} == {Status.FORWARDED}


def test_the_quota_names_its_figures_and_nothing_is_forwarded_by_halves(app: Flask) -> None:
    unit = unit_of(YOUTH)
    unit_entry(unit, Status.FORWARDED)
    entries = [unit_entry(unit, Status.SCREENED) for _ in range(3)]
    with pytest.raises(Invalid) as refused:
        decide(SYSTEM, set_quota(unit, 2), [entry.reference for entry in entries], Decision.FORWARD)
    expected = "Đơn vị được chuyển nhiều nhất 2 hồ sơ, đã chuyển 1; chuyển thêm 3 thì vượt 2."
    assert str(refused.value) == expected
    counts = queries.unit_counts(get_edition(YOUTH), set_quota(unit, 2))
    assert (counts.forwarded, counts.left, counts.count(Status.SCREENED)) == (1, 1, 3)


def test_a_unit_without_its_own_quota_has_the_editions(app: Flask) -> None:
    unit = unit_of(YOUTH)
    edition = get_edition(YOUTH)
    assert queries.quota_of(edition, set_quota(unit, None)) == edition.rules["forward_quota"] == 20
    assert queries.quota_of(edition, set_quota(unit, 0)) == 0


def test_entries_below_the_pass_mark_are_not_forwarded(app: Flask) -> None:
    edition = get_edition(YOUTH)
    with transaction():
        edition.rules = {**edition.rules, "pass_mark": 60}
    unit = unit_of(YOUTH)
    low, enough = (unit_entry(unit, Status.SCREENED, score=score) for score in ("59.5", "60"))
    with pytest.raises(Invalid) as refused:
        decide(SYSTEM, set_quota(unit, 9), [low.reference, enough.reference], Decision.FORWARD)
    assert str(refused.value) == f"Dưới 60 điểm thì không chuyển lên tỉnh được: {low.reference}."
    decide(SYSTEM, set_quota(unit, 9), [enough.reference], Decision.FORWARD)
    assert enough.status == Status.FORWARDED


def test_an_entry_that_is_kept_back_may_still_be_forwarded(app: Flask) -> None:
    unit = unit_of(YOUTH)
    entry = unit_entry(unit, Status.NOT_FORWARDED)
    decide(SYSTEM, set_quota(unit, 1), [entry.reference], Decision.FORWARD)
    assert entry.status == Status.FORWARDED


def test_an_entry_that_was_not_screened_is_not_decided(app: Flask) -> None:
    unit = unit_of(YOUTH)
    entry = unit_entry(unit, Status.RECEIVED)
    with pytest.raises(Conflict):
        decide(SYSTEM, set_quota(unit, 5), [entry.reference], Decision.FORWARD)


def test_deciding_of_nothing_is_refused(app: Flask) -> None:
    with pytest.raises(Invalid):
        decide(SYSTEM, set_quota(unit_of(YOUTH), 5), [], Decision.KEEP)


def test_another_units_entry_cannot_be_slipped_in(app: Flask) -> None:
    mine, other = unit_of(YOUTH), unit_of(YOUTH, "Huyện Yên Thế")
    own, foreign = unit_entry(mine, Status.SCREENED), unit_entry(other, Status.SCREENED)
    with pytest.raises(NotFound):
        decide(coordinator_of(mine), set_quota(mine, 9), [own.reference, foreign.reference], Decision.FORWARD)
    assert (own.status, foreign.status) == (Status.SCREENED, Status.SCREENED)


def test_a_decision_is_taken_back_with_a_reason_and_frees_the_quota(app: Flask) -> None:
    unit = unit_of(YOUTH)
    first, second = unit_entry(unit, Status.FORWARDED), unit_entry(unit, Status.SCREENED, score="79")
    edition_unit = set_quota(unit, 1)
    take_back(coordinator_of(unit), first, "Tác giả xin sửa thuyết minh")
    assert first.status == Status.SCREENED
    assert history_of(first)[-1].reason == "Tác giả xin sửa thuyết minh"
    decide(SYSTEM, edition_unit, [second.reference], Decision.FORWARD)
    assert second.status == Status.FORWARDED


def test_a_decision_is_not_taken_back_without_a_reason_or_where_there_is_none(app: Flask) -> None:
    with pytest.raises(Invalid):
        take_back(SYSTEM, unit_entry(status=Status.FORWARDED), "  ")
    with pytest.raises(Conflict):
        take_back(SYSTEM, unit_entry(status=Status.SCREENED), "Nhầm")


def test_strangers_find_nothing_and_readers_change_nothing(app: Flask) -> None:
    entry = unit_entry(status=Status.SUBMITTED)
    other_unit = coordinator_of(unit_of(YOUTH, "Huyện Yên Thế"))
    other_edition = coordinator_of(unit_of(YOUTH), get_edition("robocon-2024"))
    judge = actor_for(make_user(Role.JUDGE))
    school = actor_for(make_user(Role.SCHOOL, school=entry.school or make_school()))
    for actor in (other_unit, other_edition, judge, school):
        with pytest.raises(NotFound):
            receive(actor, entry)
    with pytest.raises(NotAllowed):
        receive(actor_for(make_user(Role.AUDITOR)), entry)
    assert db.session.scalar(select(func.count()).select_from(Reception)) == 0
    receive(organiser(get_edition(YOUTH)), entry)
    assert entry.status == Status.RECEIVED


def test_a_coordinator_finds_only_own_entries_that_were_submitted(app: Flask) -> None:
    actor = coordinator_of(unit_of(YOUTH), get_edition(YOUTH))
    own, draft = unit_entry(), unit_entry(status=Status.DRAFT)
    foreign = unit_entry(unit_of(YOUTH, "Huyện Yên Thế"))
    other_edition = make_entry("robocon-2024", school=own.school)
    assert queries.get_unit_entry(actor, own.reference).id == own.id
    for entry in (draft, foreign, other_edition):
        with pytest.raises(NotFound):
            queries.get_unit_entry(actor, entry.reference)


def test_a_correction_may_not_be_dated_before_the_screening(app: Flask, at: Callable[..., datetime]) -> None:
    at(2024, 5, 20)
    entry = unit_entry(status=Status.SCREENED)
    with pytest.raises(Invalid):
        record_result(SYSTEM, entry, _verdict(day=clock.today() - timedelta(days=1)), version=1)
