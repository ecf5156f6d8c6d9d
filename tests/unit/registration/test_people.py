"""Test how people come to an entry and leave it."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from contest_portal.accounts.actor import Actor
from contest_portal.core import clock
from contest_portal.core.database import db
from contest_portal.core.errors import Conflict, Invalid, NotAllowed, NotFound
from contest_portal.registration.models import Entry, Participant
from contest_portal.registration.people import Person
from contest_portal.registration.queries import history_of, people_of
from contest_portal.registration.rules import Closed
from contest_portal.registration.services import add_person, change_person, remove_person
from tests.unit.registration.conftest import COACH, PUPIL, Stage

TOKEN = "3f2b8c0e5d6a4f7e9b1c2d3e4f5a6b7c"


def names_of(entry: Entry) -> list[str]:
    """Return who is in an entry now."""
    return [person.full_name for person in people_of(entry.id)]


def test_a_person_is_stored_as_found_sorted_and_counted(stage: Stage) -> None:
    entry = stage.draft()
    add_person(stage.teacher, entry, replace(PUPIL, full_name="  Đặng  Thị Quý "))
    person = people_of(entry.id)[0]
    assert (person.full_name, person.name_folded, person.grade) == ("Đặng Thị Quý", "dang thi quy", 7)
    assert (person.joined_on, person.left_on, person.position) == (clock.today(), None, 1)
    event = history_of(entry)[-1]
    assert event.details["part"] == f"person:{person.id}"
    assert event.details["after"]["birth_date"] == "2011-05-20"


def test_the_same_form_adds_one_person(stage: Stage) -> None:
    entry = stage.draft()
    for _ in range(2):
        add_person(stage.teacher, entry, PUPIL, once_token=TOKEN)
    assert names_of(entry) == ["Nguyễn Thị Hồng Ánh"]


def test_the_same_person_is_not_added_twice(stage: Stage) -> None:
    entry = stage.draft()
    add_person(stage.teacher, entry, PUPIL)
    with pytest.raises(Invalid) as refusal:
        add_person(stage.teacher, entry, PUPIL)
    assert str(refusal.value.problems[0].message) == "Nguyễn Thị Hồng Ánh đã có trong hồ sơ."
    add_person(stage.teacher, entry, replace(PUPIL, birth_date=date(2012, 1, 1)))
    assert names_of(entry) == ["Nguyễn Thị Hồng Ánh"] * 2


def test_there_is_room_for_as_many_as_the_rules_say(stage: Stage) -> None:
    entry = stage.draft()
    for number in range(3):
        add_person(stage.teacher, entry, Person("member", f"Lê An {number}"))
    with pytest.raises(Invalid) as refusal:
        add_person(stage.teacher, entry, Person("member", "Lê An 4"))
    assert str(refusal.value) == "Đã đủ 3 thành viên, không thêm được nữa."
    remove_person(stage.teacher, entry, people_of(entry.id)[0].id)
    add_person(stage.teacher, entry, Person("member", "Lê An 4"))
    assert names_of(entry) == ["Lê An 1", "Lê An 2", "Lê An 4"]


def test_a_role_the_contest_has_not_is_refused(stage: Stage) -> None:
    with pytest.raises(NotFound):
        add_person(stage.teacher, stage.draft(), Person("author", "Lê An"))


@pytest.mark.parametrize("name", ["", "  ", "a" * 151])
def test_a_name_is_needed_and_bounded(stage: Stage, name: str) -> None:
    with pytest.raises(Invalid) as refusal:
        add_person(stage.teacher, stage.draft(), Person("member", name))
    assert refusal.value.problems[0].field == "full_name"


def test_a_change_keeps_what_was_there(stage: Stage) -> None:
    entry = stage.draft()
    add_person(stage.teacher, entry, PUPIL)
    person = people_of(entry.id)[0]
    change_person(stage.teacher, entry, person.id, replace(PUPIL, class_name="8A2"), version=entry.version)
    stored = people_of(entry.id)[0]
    assert (stored.class_name, stored.grade, stored.role) == ("8A2", 8, "member")
    details = history_of(entry)[-1].details
    assert details["before"] == {"role": "member", "full_name": PUPIL.full_name, "class_name": "7A2"}
    assert details["after"] == {"role": "member", "full_name": PUPIL.full_name, "class_name": "8A2"}


def test_the_second_of_two_on_one_person_is_told(stage: Stage) -> None:
    entry = stage.draft()
    for person in (PUPIL, COACH):
        add_person(stage.teacher, entry, person)
    pupil, coach = people_of(entry.id)
    seen = entry.version
    change_person(stage.teacher, entry, pupil.id, replace(PUPIL, class_name="8A2"), version=seen)
    with pytest.raises(Conflict):
        change_person(stage.teacher, entry, pupil.id, replace(PUPIL, class_name="9A2"), version=seen)
    change_person(stage.teacher, entry, coach.id, replace(COACH, workplace="Tân Dĩnh"), version=seen)
    assert [(p.class_name, p.workplace) for p in people_of(entry.id)] == [("8A2", None), (None, "Tân Dĩnh")]


def test_who_has_left_is_not_changed_but_leaving_twice_is_leaving_once(stage: Stage) -> None:
    entry = stage.draft()
    add_person(stage.teacher, entry, PUPIL)
    person_id = people_of(entry.id)[0].id
    for _ in range(2):
        remove_person(stage.teacher, entry, person_id)
    with pytest.raises(Conflict):
        change_person(stage.teacher, entry, person_id, PUPIL)
    assert names_of(entry) == []
    row = db.session.scalars(select(Participant)).one()
    assert (row.full_name, row.left_on) == (PUPIL.full_name, clock.today())
    assert [e.kind for e in history_of(entry)] == ["moved", "changed", "changed"]


def test_a_person_of_another_entry_is_not_found(stage: Stage) -> None:
    entry, other = stage.draft("Một"), stage.draft("Hai")
    add_person(stage.teacher, other, PUPIL)
    person_id = people_of(other.id)[0].id
    with pytest.raises(NotFound):
        remove_person(stage.teacher, entry, person_id)
    with pytest.raises(NotFound):
        change_person(stage.teacher, entry, person_id, PUPIL)
    assert names_of(other) == [PUPIL.full_name]


def test_strangers_and_coordinators_touch_nobody(stage: Stage, stranger: Actor, coordinator: Actor) -> None:
    entry = stage.draft()
    add_person(stage.teacher, entry, PUPIL)
    person_id = people_of(entry.id)[0].id
    for actor in (stranger, coordinator):
        with pytest.raises(NotAllowed):
            add_person(actor, entry, COACH)
        with pytest.raises(NotAllowed):
            remove_person(actor, entry, person_id)
    assert names_of(entry) == [PUPIL.full_name]


def test_nobody_joins_or_leaves_from_the_closing_second_on(stage: Stage) -> None:
    entry = stage.draft()
    add_person(stage.teacher, entry, PUPIL)
    person_id = people_of(entry.id)[0].id
    late = stage.edition.closes_at
    with pytest.raises(Closed):
        add_person(stage.teacher, entry, COACH, at=late)
    with pytest.raises(Closed):
        remove_person(stage.teacher, entry, person_id, at=late)
    assert names_of(entry) == [PUPIL.full_name]
