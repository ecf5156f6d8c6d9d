"""Test the closing second with extensions, a clock set back, and who is told, on both databases."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from contest_portal.accounts.actor import SYSTEM, Actor, Role
from contest_portal.accounts.models_messages import Notice
from contest_portal.contests.models import DeadlineEvent
from contest_portal.contests.queries import get_edition
from contest_portal.core import clock
from contest_portal.core.database import db, transaction
from contest_portal.core.errors import Invalid, NotAllowed
from contest_portal.registration.queries import get_entry
from contest_portal.registration.rules import Closed, check_open
from contest_portal.registration.services import (
    Details,
    Scope,
    change_details,
    extend,
    note_passed,
    submit_entry,
    take_back,
)
from tests.at_once import at_once
from tests.factories.people import actor_for, make_school, make_user, unit_of
from tests.unit.registration.conftest import Stage

MANY = 8
LATER = timedelta(days=3)


def closes(stage: Stage) -> Any:
    return stage.edition.closes_at


def test_more_time_for_a_school_is_for_that_school_only(stage: Stage, stranger: Actor) -> None:
    edition, school = stage.edition, stage.school
    late = closes(stage) + timedelta(hours=1)
    other = next(iter(stranger.school_ids))
    with pytest.raises(Closed):
        check_open(edition, late, school.unit_id, school.id)
    assert extend(SYSTEM, edition, Scope(school=school), closes(stage) + LATER, "Mất điện")
    check_open(edition, late, school.unit_id, school.id)
    with pytest.raises(Closed):
        check_open(edition, late, school.unit_id, other)
    with pytest.raises(Closed):
        check_open(edition, closes(stage) + LATER, school.unit_id, school.id)


def test_more_time_for_a_unit_reaches_its_schools_and_the_coordinator(stage: Stage, coordinator: Actor) -> None:
    unit = unit_of(stage.edition)
    extend(SYSTEM, stage.edition, Scope(unit=unit), closes(stage) + LATER, "Lũ")
    entry, late = stage.ready(), closes(stage) + timedelta(hours=2)
    clock.set_clock(lambda: late)
    submit_entry(stage.teacher, entry, declared=True)
    told = set(db.session.scalars(select(Notice.user_id).where(Notice.kind == "registration.extended")))
    assert told == {stage.teacher.user_id, coordinator.user_id}


def test_more_time_for_all_is_told_to_every_school_and_taken_back(stage: Stage, stranger: Actor) -> None:
    edition = stage.edition
    extend(SYSTEM, edition, Scope(), closes(stage) + LATER, "Nghỉ lễ")
    assert edition.closes_for() == closes(stage) + LATER
    told = set(db.session.scalars(select(Notice.user_id).where(Notice.kind == "registration.extended")))
    assert told == {stage.teacher.user_id, stranger.user_id}
    take_back(SYSTEM, edition, Scope(), "Nhầm")
    take_back(SYSTEM, edition, Scope(), "Nhầm")
    assert edition.closes_for() == closes(stage)
    assert db.session.scalar(select(func.count(DeadlineEvent.id))) == 2


def test_the_same_form_twice_at_once_extends_once(app: Flask, stage: Stage) -> None:
    moment, token = closes(stage) + LATER, "3f2b8c0e5d6a4f7e9b1c2d3e4f5a6b7c"

    def act(_number: int) -> bool:
        return extend(SYSTEM, get_edition("robocon-2024"), Scope(), moment, "Lũ", once_token=token)

    assert sorted(at_once(app, act, MANY)) == [False] * (MANY - 1) + [True]
    assert db.session.scalar(select(func.count(DeadlineEvent.id))) == 1


@pytest.mark.parametrize("who", ["teacher", "coordinator", "other organiser"])
def test_only_the_editions_organisers_give_more_time(stage: Stage, coordinator: Actor, who: str) -> None:
    actors = {
        "teacher": lambda: stage.teacher,
        "coordinator": lambda: coordinator,
        "other organiser": lambda: actor_for(make_user(Role.ORGANISER, edition=get_edition("youth-2024"))),
    }
    with pytest.raises(NotAllowed):
        extend(actors[who](), stage.edition, Scope(), closes(stage) + LATER, "Xin")
    assert db.session.scalar(select(func.count(DeadlineEvent.id))) == 0


def test_what_is_no_extension_is_refused_with_a_sentence(stage: Stage) -> None:
    edition = stage.edition
    foreign = unit_of("youth-2024", "Huyện Yên Thế")
    for scope, moment, reason, field in (
        (Scope(), closes(stage), "Lũ", "day"),
        (Scope(), clock.now() - timedelta(hours=1), "Lũ", "day"),
        (Scope(), closes(stage) + LATER, "  ", "reason"),
    ):
        with pytest.raises(Invalid) as refused:
            extend(SYSTEM, edition, scope, moment, reason)
        assert refused.value.problems[0].field == field
    assert foreign is not None
    extend(SYSTEM, edition, Scope(), closes(stage) + LATER, "Lũ")
    with pytest.raises(Invalid):
        extend(SYSTEM, edition, Scope(school=stage.school), closes(stage) + timedelta(days=1), "Ngắn hơn hạn chung")


def test_what_was_said_of_a_deadline_stays(stage: Stage) -> None:
    extend(SYSTEM, stage.edition, Scope(), closes(stage) + LATER, "Lũ")
    event = db.session.scalars(select(DeadlineEvent)).one()
    with pytest.raises(DBAPIError), transaction():
        event.closes_at = closes(stage)


def test_a_clock_set_back_does_not_open_what_has_closed(stage: Stage) -> None:
    entry, end = stage.ready(), closes(stage)
    clock.set_clock(lambda: end + timedelta(seconds=1))
    with pytest.raises(Closed):
        submit_entry(stage.teacher, entry, declared=True)
    note_passed(stage.edition, end)
    note_passed(stage.edition, end)
    clock.set_clock(lambda: end - timedelta(hours=1))
    with pytest.raises(Closed):
        submit_entry(stage.teacher, entry, declared=True)
    with pytest.raises(Closed):
        change_details(stage.teacher, entry, Details("Muộn", unit_id=entry.unit_id))
    assert db.session.scalar(select(func.count(DeadlineEvent.id))) == 1
    # More time opens it again, on purpose.
    extend(SYSTEM, stage.edition, Scope(school=stage.school), end + LATER, "Máy chủ sai giờ")
    submit_entry(stage.teacher, entry, declared=True)


def test_nothing_is_remembered_before_the_time(stage: Stage) -> None:
    note_passed(stage.edition, closes(stage))
    assert db.session.scalar(select(func.count(DeadlineEvent.id))) == 0


def test_who_arrived_in_time_is_in_time_though_others_have_seen_it_close(stage: Stage) -> None:
    entry, end = stage.ready(), closes(stage)
    clock.set_clock(lambda: end + timedelta(seconds=5))
    note_passed(stage.edition, end)
    submit_entry(stage.teacher, entry, declared=True, at=end - timedelta(milliseconds=1))
    assert entry.status == "submitted"


def test_many_at_the_extended_second_are_each_decided_by_their_arrival(app: Flask, stage: Stage) -> None:
    teacher = stage.teacher
    references = [stage.ready(f"Đội {number}").reference for number in range(MANY)]
    end = closes(stage) + LATER
    extend(SYSTEM, stage.edition, Scope(school=stage.school), end, "Mất điện")
    clock.set_clock(lambda: end + timedelta(seconds=1))

    def act(number: int) -> bool:
        arrived = end if number % 2 else end - timedelta(microseconds=1)
        return submit_entry(teacher, get_entry(teacher, references[number]), declared=True, at=arrived)

    results = at_once(app, act, MANY)
    assert results == [True, Closed] * (MANY // 2)


def test_a_school_without_entries_has_the_time_of_its_unit(stage: Stage) -> None:
    unit = unit_of(stage.edition)
    extend(SYSTEM, stage.edition, Scope(unit=unit), closes(stage) + LATER, "Lũ")
    far = make_school("Trường ở xa", unit_of(stage.edition, "Huyện Yên Thế"))
    assert stage.edition.closes_for(stage.school.unit_id, stage.school.id) == closes(stage) + LATER
    assert stage.edition.closes_for(far.unit_id, far.id) == closes(stage)
