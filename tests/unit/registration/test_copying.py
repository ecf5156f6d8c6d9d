"""Test copying a team: classes raised by the years between, nothing of the old edition carried along."""

from dataclasses import replace
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import func, select

from contest_portal.accounts.actor import Actor
from contest_portal.contests.queries import get_edition
from contest_portal.contests.services import rulebook_of
from contest_portal.core.database import db, transaction
from contest_portal.core.errors import NotAllowed
from contest_portal.registration.copying import copy_people, raised_class
from contest_portal.registration.models import Entry, EntryEvent, Participant
from contest_portal.registration.queries import people_of
from contest_portal.registration.rules import Closed
from contest_portal.registration.services import copy_entry, submit_entry
from tests.at_once import at_once
from tests.factories.registration import open_edition
from tests.unit.registration.conftest import Stage


@pytest.mark.parametrize(
    ("before", "years", "after"),
    [
        ("8A5", 1, "9A5"),
        ("Lớp 8/2", 1, "Lớp 9/2"),
        ("09B", 1, "10B"),
        ("8", 2, "10"),
        ("12A1", 1, None),
        ("11A", 2, None),
        ("Chồi 2", 1, None),
        (None, 1, None),
        ("8A5", 0, "8A5"),
        ("1A", -1, None),
    ],
)
def test_a_class_is_raised_by_the_years(before: str | None, years: int, after: str | None) -> None:
    assert raised_class(before, years) == after


def later(stage: Stage, years: int) -> None:
    """Move the youth edition's school year so many years behind the robot contest's."""
    youth = get_edition("youth-2024")
    with transaction():
        youth.rules = {**youth.rules, "school_year": rulebook_of(stage.edition).school_year + years}


def test_a_team_comes_over_with_its_classes_raised_and_its_roles_renamed(stage: Stage) -> None:
    source = stage.ready()
    submit_entry(stage.teacher, source, declared=True)
    open_edition("youth-2024")
    later(stage, 1)
    copy = copy_entry(stage.teacher, source, get_edition("youth-2024"), title="Rồng Xanh 2", roles=["member", "coach"])
    people = [(p.role, p.full_name, p.class_name, p.birth_date) for p in people_of(copy.id)]
    assert people[0] == ("author", "Nguyễn Thị Hồng Ánh", "8A2", date(2011, 5, 20))
    assert (copy.status, copy.title, copy.contact_phone) == ("draft", "Rồng Xanh 2", "0912345678")
    assert (copy.summary, copy.check_state) == (None, "pending")
    event = db.session.scalars(
        select(EntryEvent).where(EntryEvent.entry_id == copy.id, EntryEvent.kind == "copied")
    ).one()
    assert event.details == {"from": source.reference, "people": len(people), "raised": 1, "emptied": 0}
    assert source.status == "submitted"


def test_who_is_past_the_last_class_has_it_emptied(stage: Stage) -> None:
    source = stage.ready()
    open_edition("youth-2024")
    later(stage, 6)
    copy = copy_entry(stage.teacher, source, get_edition("youth-2024"), title="Sau này", roles=["member"])
    assert [p.class_name for p in people_of(copy.id)] == [None]


def test_within_one_edition_nothing_is_raised_and_the_division_stays(stage: Stage) -> None:
    source = stage.ready()
    copy = copy_entry(stage.teacher, source, stage.edition, title="Đội thứ hai", roles=["coach"])
    assert [(p.role, p.full_name) for p in people_of(copy.id)] == [("coach", "Trần Văn Bình")]
    assert copy.division_id == source.division_id


def test_nobody_more_than_the_new_rules_have_room_for(stage: Stage) -> None:
    book = rulebook_of(stage.edition)
    people = [Participant(role="member", full_name=f"Lê An {n}", class_name="7A") for n in range(9)]
    narrow = replace(book, people=replace(book.people, most=2))
    assert len(copy_people(people, book, narrow, ["member"])) == 2
    assert copy_people(people, book, narrow, []) == []


def test_only_ones_own_and_only_in_time(stage: Stage, stranger: Actor, organiser: Actor) -> None:
    source = stage.ready()
    for actor in (stranger, organiser):
        with pytest.raises(NotAllowed):
            copy_entry(actor, source, stage.edition, title="Của tôi", roles=["member"])
    with pytest.raises(Closed):
        copy_entry(stage.teacher, source, stage.edition, title="Muộn", roles=[], at=stage.edition.closes_at)
    assert db.session.scalar(select(func.count(Entry.id))) == 1


def test_the_same_form_many_times_copies_once(app: Flask, stage: Stage) -> None:
    teacher, source_id = stage.teacher, stage.ready().id
    token = "3f2b8c0e5d6a4f7e9b1c2d3e4f5a6b7c"

    def act(_number: int) -> str:
        source, edition = db.session.get_one(Entry, source_id), get_edition("robocon-2024")
        return copy_entry(teacher, source, edition, title="Một", roles=["member"], once_token=token).reference

    assert len(set(at_once(app, act, 6))) == 1
    assert db.session.scalar(select(func.count(Entry.id))) == 2
    assert db.session.scalar(select(func.count(Participant.id))) == 3
