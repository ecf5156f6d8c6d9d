"""Logging entries that came on paper, on both databases."""

import uuid
from collections.abc import Callable
from datetime import date, datetime

import pytest
from flask import Flask
from sqlalchemy import func, select

from contest_portal.accounts.actor import SYSTEM, Role
from contest_portal.contests.models import School
from contest_portal.contests.queries import get_edition
from contest_portal.core.database import db
from contest_portal.core.errors import Conflict, Invalid, NotAllowed, NotFound
from contest_portal.registration.models import Entry
from contest_portal.registration.people import Person
from contest_portal.registration.queries import get_entry, history_of
from contest_portal.registration.status import Status
from contest_portal.screening.queries import find_reception
from contest_portal.screening.services import PaperEntry, complete_unit, log_paper
from tests.factories.people import actor_for, make_school, make_user, unit_of
from tests.factories.screening import YOUTH, coordinator_of, field_of

PEOPLE = (
    Person(role="author", full_name="Trần  Thị Bích", birth_date=date(2011, 3, 8), class_name="7A1"),
    Person(role="coach", full_name="Lê Văn Hướng", workplace="Trường THCS Tân Mỹ"),
)


def _paper(**more: object) -> PaperEntry:
    values = {
        "title": "Máy lọc nước mưa",
        "received_on": date(2024, 5, 18),
        "new_school": "Trường THCS Tân Mỹ",
        "field": field_of(get_edition(YOUTH)),
        "people": PEOPLE,
        **more,
    }
    return PaperEntry(**values)  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def typed_on(at: Callable[..., datetime]) -> datetime:
    """Type everything in on the 21st of May 2024."""
    return at(2024, 5, 21, 8, 30)


def test_a_paper_entry_is_received_on_its_day_and_recorded_when_typed(app: Flask, typed_on: datetime) -> None:
    edition, unit = get_edition(YOUTH), unit_of(YOUTH)
    actor = coordinator_of(unit)
    logged = log_paper(actor, edition, unit, _paper(note="Nộp trực tiếp"))
    entry = get_entry(actor, logged.reference)
    assert (entry.title, entry.status, entry.status_on) == ("Máy lọc nước mưa", Status.RECEIVED, date(2024, 5, 18))
    assert entry.unit_id == unit.id
    assert [(p.role, p.full_name, p.grade, p.joined_on) for p in entry.participants] == [
        ("author", "Trần Thị Bích", 7, date(2024, 5, 18)),
        ("coach", "Lê Văn Hướng", None, date(2024, 5, 18)),
    ]
    reception = find_reception(entry.id)
    assert reception is not None
    assert (reception.received_on, reception.recorded_at, reception.note) == (
        date(2024, 5, 18),
        typed_on,
        "Nộp trực tiếp",
    )
    (event,) = history_of(entry)
    assert (event.source, event.happened_on, event.recorded_at) == ("paper", date(2024, 5, 18), typed_on)


def test_a_schools_name_is_typed_once_however_it_is_written(app: Flask) -> None:
    edition, unit = get_edition(YOUTH), unit_of(YOUTH)
    first = log_paper(SYSTEM, edition, unit, _paper())
    second = log_paper(SYSTEM, edition, unit, _paper(new_school="TRƯỜNG  thcs Tân mỹ"))
    assert first.school_id == second.school_id
    assert db.session.scalar(select(func.count()).where(School.unit_id == unit.id)) == 1


def test_a_school_of_another_unit_is_refused(app: Flask) -> None:
    edition, unit = get_edition(YOUTH), unit_of(YOUTH)
    foreign = make_school(unit=unit_of(YOUTH, "Huyện Yên Thế"))
    for bad in ({"school": foreign}, {"new_school": "  "}):
        with pytest.raises(Invalid):
            log_paper(SYSTEM, edition, unit, _paper(**bad))
    assert db.session.scalar(select(func.count()).select_from(Entry)) == 0


def test_a_school_of_the_unit_is_taken_as_it_is(app: Flask) -> None:
    unit = unit_of(YOUTH)
    school = make_school("Trường Tiểu học Vôi", unit)
    entry = log_paper(SYSTEM, get_edition(YOUTH), unit, _paper(school=school))
    assert entry.school_id == school.id
    assert db.session.scalar(select(func.count()).select_from(School)) == 1


def test_the_same_form_sent_twice_logs_one_entry(app: Flask) -> None:
    edition, unit, token = get_edition(YOUTH), unit_of(YOUTH), uuid.uuid4().hex
    first = log_paper(SYSTEM, edition, unit, _paper(), once_token=token)
    second = log_paper(SYSTEM, edition, unit, _paper(), once_token=token)
    assert first.reference == second.reference
    assert db.session.scalar(select(func.count()).select_from(Entry)) == 1


def test_paper_is_not_received_tomorrow(app: Flask) -> None:
    with pytest.raises(Invalid):
        log_paper(SYSTEM, get_edition(YOUTH), unit_of(YOUTH), _paper(received_on=date(2024, 5, 22)))
    assert db.session.scalar(select(func.count()).select_from(School)) == 0


def test_a_completed_unit_logs_nothing_more(app: Flask) -> None:
    edition, unit = get_edition(YOUTH), unit_of(YOUTH)
    complete_unit(SYSTEM, edition, unit)
    with pytest.raises(Conflict):
        log_paper(SYSTEM, edition, unit, _paper())


def test_strangers_and_readers_log_nothing(app: Flask) -> None:
    edition, unit = get_edition(YOUTH), unit_of(YOUTH)
    with pytest.raises(NotFound):
        log_paper(coordinator_of(unit_of(YOUTH, "Huyện Yên Thế")), edition, unit, _paper())
    with pytest.raises(NotAllowed):
        log_paper(actor_for(make_user(Role.AUDITOR)), edition, unit, _paper())
    assert db.session.scalar(select(func.count()).select_from(Entry)) == 0
