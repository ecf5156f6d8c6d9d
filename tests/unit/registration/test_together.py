"""Several drafts handed in as one act: all or none, once, by those whose they are, in time."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from contest_portal.accounts.actor import Actor, Role
from contest_portal.contests.models import Edition, School
from contest_portal.core import clock
from contest_portal.core.database import db
from contest_portal.core.errors import Conflict, Invalid, NotAllowed, NotFound
from contest_portal.registration import rules
from contest_portal.registration.models import Entry, EntryEvent
from contest_portal.registration.services import move_entry
from contest_portal.registration.status import Status
from contest_portal.registration.together import (
    HandIn,
    drafts_of,
    entries_of,
    get_hand_in,
    hand_in_of,
    submit_together,
)
from tests.at_once import at_once
from tests.factories.people import actor_for, make_school, make_user, unit_of
from tests.factories.registration import make_entry, open_edition

CODE = "robocon-2024"
PEOPLE = [
    {"full_name": "Lê Văn An", "class_name": "7A", "grade": 7},
    {"full_name": "Vũ Thị Bình", "class_name": "8B", "grade": 8},
    {"full_name": "Hà Văn Cường", "role": "coach"},
]
ONCE = "0" * 32


@pytest.fixture
def edition(app: Flask) -> Edition:
    """Open the robot contest."""
    return open_edition(CODE)


@pytest.fixture
def school(edition: Edition) -> School:
    """Make the school whose drafts these are."""
    return make_school("Trường THCS Tân Dĩnh", unit_of(CODE))


@pytest.fixture
def actor(school: School) -> Actor:
    """Sign the school's teacher in."""
    return actor_for(make_user(Role.SCHOOL, school=school))


def draft(edition: Edition, school: School, title: str, people: int = 3) -> Entry:
    """Make a draft with so many of the people."""
    division = next(division for division in edition.divisions if division.code == "B")
    chosen = [dict(person) for person in PEOPLE[:people]]
    return make_entry(edition, school=school, title=title, status=Status.DRAFT, division=division, people=chosen)


def statuses() -> dict[str, str]:
    """Return the status of each entry by its name."""
    db.session.rollback()
    return {entry.title: entry.status for entry in db.session.scalars(select(Entry))}


def test_complete_and_incomplete_drafts_are_told_apart(edition: Edition, school: School, actor: Actor) -> None:
    draft(edition, school, "Rồng Xanh")
    draft(edition, school, "Sao Mai", people=0)
    draft(edition, make_school(unit=unit_of(CODE)), "Của trường khác")
    drafts, count = drafts_of(actor, edition)
    assert count == 2
    assert [(found.entry.title, found.complete) for found in drafts] == [("Rồng Xanh", True), ("Sao Mai", False)]
    assert drafts[1].problems


def test_all_are_handed_in_as_one_act(edition: Edition, school: School, actor: Actor) -> None:
    entries = [draft(edition, school, title) for title in ("Một", "Hai", "Ba")]
    hand_in, new = submit_together(actor, edition, entries, declared=True, once_token=ONCE)
    assert new
    assert statuses() == dict.fromkeys(("Một", "Hai", "Ba"), Status.SUBMITTED)
    assert [entry.title for entry in entries_of(actor, get_hand_in(actor, hand_in.token))] == ["Một", "Hai", "Ba"]
    declared = db.session.scalars(select(EntryEvent.details).where(EntryEvent.status_to == Status.SUBMITTED))
    assert all(details["declaration"] for details in declared)


def test_one_that_is_not_complete_keeps_all_back_and_is_named(edition: Edition, school: School, actor: Actor) -> None:
    entries = [draft(edition, school, "Đủ"), draft(edition, school, "Thiếu người", people=0)]
    with pytest.raises(Invalid) as caught:
        submit_together(actor, edition, entries, declared=True)
    assert all(str(problem.message).startswith("Thiếu người: ") for problem in caught.value.problems)
    assert set(statuses().values()) == {Status.DRAFT}
    assert db.session.scalar(select(func.count(HandIn.id))) == 0


def test_nothing_chosen_and_nothing_declared_are_refused(edition: Edition, school: School, actor: Actor) -> None:
    with pytest.raises(Invalid):
        submit_together(actor, edition, [], declared=True)
    with pytest.raises(Invalid):
        submit_together(actor, edition, [draft(edition, school, "Một")], declared=False)
    assert statuses() == {"Một": Status.DRAFT}


def test_the_form_sent_twice_hands_in_once(edition: Edition, school: School, actor: Actor) -> None:
    entries = [draft(edition, school, "Một")]
    first, _new = submit_together(actor, edition, entries, declared=True, once_token=ONCE)
    second, again = submit_together(actor, edition, entries, declared=True, once_token=ONCE)
    assert (second.token, again) == (first.token, False)
    known = hand_in_of(actor, ONCE)
    assert known is not None
    assert known.token == first.token


def test_of_two_colleagues_at_the_same_moment_one_hands_in(
    app: Flask, edition: Edition, school: School, actor: Actor
) -> None:
    draft(edition, school, "Một")

    def act(_number: int) -> str:
        found = db.session.scalars(select(Entry)).all()
        edition = found[0].edition
        return submit_together(actor, edition, found, declared=True)[0].token

    results = at_once(app, act, many=4)
    assert len([result for result in results if isinstance(result, str)]) == 1
    assert [result for result in results if not isinstance(result, str)] == [Conflict] * 3
    assert db.session.scalar(select(func.count(HandIn.id))) == 1


def test_a_strangers_draft_is_refused(edition: Edition, school: School, actor: Actor) -> None:
    other = draft(edition, make_school(unit=unit_of(CODE)), "Của trường khác")
    with pytest.raises(NotAllowed):
        submit_together(actor, edition, [draft(edition, school, "Một"), other], declared=True)
    assert set(statuses().values()) == {Status.DRAFT}


def test_after_the_closing_second_nothing_is_handed_in(edition: Edition, school: School, actor: Actor) -> None:
    entries = [draft(edition, school, "Một")]
    for moment, error in ((edition.closes_at, rules.Closed), (edition.closes_at - timedelta(seconds=1), None)):
        if error is None:
            submit_together(actor, edition, entries, declared=True, at=min(moment, clock.now()))
        else:
            with pytest.raises(error, match="Một: "):
                submit_together(actor, edition, entries, declared=True, at=moment)
    assert statuses() == {"Một": Status.SUBMITTED}


def test_a_receipt_is_for_whoever_handed_in(edition: Edition, school: School, actor: Actor) -> None:
    hand_in, _new = submit_together(actor, edition, [draft(edition, school, "Một")], declared=True, once_token=ONCE)
    colleague = actor_for(make_user(Role.SCHOOL, school=school))
    with pytest.raises(NotFound):
        get_hand_in(colleague, hand_in.token)
    with pytest.raises(NotFound):
        hand_in_of(colleague, ONCE)


def test_what_a_colleague_handed_in_meanwhile_is_named(edition: Edition, school: School, actor: Actor) -> None:
    entries = [draft(edition, school, "Một"), draft(edition, school, "Hai")]
    move_entry(actor, entries[1], Status.SUBMITTED)
    with pytest.raises(Conflict, match="Hai: Hồ sơ này đã nộp rồi."):
        submit_together(actor, edition, entries, declared=True)
    assert statuses()["Một"] == Status.DRAFT
