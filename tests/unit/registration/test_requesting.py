"""Test asking for a change after the deadline: asked, approved, refused, taken back, kept; on both databases."""

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from contest_portal.accounts.actor import SYSTEM, Actor
from contest_portal.accounts.models_messages import Notice
from contest_portal.core import clock
from contest_portal.core.database import db
from contest_portal.core.errors import Conflict, Invalid, NotAllowed, NotFound
from contest_portal.registration.models import ChangeRequest, Entry, EntryEvent
from contest_portal.registration.people import Person
from contest_portal.registration.queries import get_entry, history_of
from contest_portal.registration.services import (
    add_person,
    ask_change,
    change_details,
    decide_request,
    keep_late,
    submit_entry,
    withdraw_request,
)
from contest_portal.registration.services.entries import details_of
from tests.at_once import at_once
from tests.unit.registration.conftest import PUPIL, Stage

TOKEN = "3f2b8c0e5d6a4f7e9b1c2d3e4f5a6b7c"


@pytest.fixture
def entry(stage: Stage) -> Entry:
    """Hand an entry in and let the deadline pass."""
    made = stage.ready()
    submit_entry(stage.teacher, made, declared=True)
    late = stage.edition.closes_at + timedelta(minutes=5)
    clock.set_clock(lambda: late)
    return made


def titled(entry: Entry, title: str) -> Any:
    """Return the details with another title."""
    return type(details_of(entry))(**{**vars(details_of(entry)), "title": title})


def ask(stage: Stage, entry: Entry, title: str = "Rồng Vàng", **more: Any) -> ChangeRequest:
    return ask_change(stage.teacher, entry, "details", titled(entry, title), "In nhầm tên", **more)


def member(entry: Entry) -> Any:
    return next(person for person in entry.participants if person.role == "member")


def test_a_request_changes_nothing_until_it_is_approved(stage: Stage, entry: Entry, organiser: Actor) -> None:
    request = ask(stage, entry)
    assert (entry.title, request.state, request.before["title"]) == ("Rồng Xanh", "open", "Rồng Xanh")
    decide_request(organiser, entry, request.token, approve=True)
    assert (entry.title, request.state, request.decided_by) == ("Rồng Vàng", "approved", organiser.user_id)
    events = history_of(entry)[-2:]
    assert [event.kind for event in events] == ["asked", "changed"]
    assert events[1].details["before"] == {"title": "Rồng Xanh"}
    assert events[1].details["after"] == {"title": "Rồng Vàng"}
    assert events[1].reason == "Theo yêu cầu của nhà trường: In nhầm tên"


def test_both_sides_are_told_once(stage: Stage, entry: Entry, organiser: Actor) -> None:
    request = ask(stage, entry)
    decide_request(organiser, entry, request.token, approve=True)
    decide_request(organiser, entry, request.token, approve=True)
    rows = db.session.execute(select(Notice.kind, Notice.user_id).where(Notice.kind.like("registration.change%")))
    assert sorted(tuple(row) for row in rows) == sorted(
        [
            ("registration.change_approved", stage.teacher.user_id),
            ("registration.change_asked", organiser.user_id),
            ("registration.change_asked", stage.teacher.user_id),
        ]
    )


def test_a_refusal_needs_a_reason_and_leaves_everything(stage: Stage, entry: Entry, organiser: Actor) -> None:
    request = ask(stage, entry)
    with pytest.raises(Invalid):
        decide_request(organiser, entry, request.token, approve=False)
    decide_request(organiser, entry, request.token, approve=False, answer="Thể lệ không cho")
    assert (entry.title, request.state, request.answer) == ("Rồng Xanh", "refused", "Thể lệ không cho")
    with pytest.raises(Conflict):
        decide_request(organiser, entry, request.token, approve=True)


def test_people_come_change_and_leave_by_request(stage: Stage, entry: Entry) -> None:
    pupil = member(entry)
    changed = Person("member", pupil.full_name, date(2011, 5, 21), "7A2")
    asked = [
        ask_change(stage.teacher, entry, f"person:{pupil.id}", changed, "Khai sinh ghi ngày 21"),
        ask_change(stage.teacher, entry, "new:member", Person("member", "Lê An", date(2011, 1, 2), "7A"), "Thêm"),
    ]
    for request in asked:
        decide_request(SYSTEM, entry, request.token, approve=True)
    people = {p.full_name: p.birth_date for p in get_entry(stage.teacher, entry.reference).participants}
    assert people["Nguyễn Thị Hồng Ánh"] == date(2011, 5, 21)
    assert people["Lê An"] == date(2011, 1, 2)
    newcomer = next(p for p in get_entry(stage.teacher, entry.reference).participants if p.full_name == "Lê An")
    leaving = ask_change(stage.teacher, entry, f"leave:{newcomer.id}", {}, "Chuyển trường")
    decide_request(SYSTEM, entry, leaving.token, approve=True)
    assert "Lê An" not in {p.full_name for p in get_entry(stage.teacher, entry.reference).participants}


def test_a_received_entry_is_withdrawn_by_request(stage: Stage, entry: Entry) -> None:
    request = ask_change(stage.teacher, entry, "withdraw", {}, "Học sinh chuyển trường")
    decide_request(SYSTEM, entry, request.token, approve=True)
    assert entry.status == "withdrawn"


def test_what_was_changed_meanwhile_is_not_overwritten_unseen(stage: Stage, entry: Entry, organiser: Actor) -> None:
    request = ask(stage, entry)
    change_details(organiser, entry, titled(entry, "Rồng Bạc"), reason="Công văn số 5")
    with pytest.raises(Conflict):
        decide_request(organiser, entry, request.token, approve=True)
    assert (entry.title, request.state) == ("Rồng Bạc", "open")
    decide_request(organiser, entry, request.token, approve=True, version=entry.version)
    assert entry.title == "Rồng Vàng"


def test_only_what_was_asked_is_changed(stage: Stage, entry: Entry, organiser: Actor) -> None:
    request = ask(stage, entry)
    wanted = type(details_of(entry))(**{**vars(details_of(entry)), "contact_phone": "0987654321"})
    change_details(organiser, entry, wanted, reason="Gọi điện xác nhận")
    decide_request(organiser, entry, request.token, approve=True, version=entry.version)
    assert (entry.title, entry.contact_phone) == ("Rồng Vàng", "0987654321")


def test_a_request_that_the_rules_refuse_stays_open(stage: Stage, entry: Entry) -> None:
    for number in (1, 2):
        add_person(SYSTEM, entry, Person("member", f"Lê An {number}"), reason="Bổ sung")
    full = ask_change(stage.teacher, entry, "new:member", Person("member", "Người thứ tư"), "Thêm")
    with pytest.raises(Invalid):
        decide_request(SYSTEM, entry, full.token, approve=True)
    db.session.refresh(full)
    assert full.state == "open"
    assert db.session.scalar(select(func.count()).where(EntryEvent.kind == "refused")) == 0


def test_who_may_not_ask(stage: Stage, entry: Entry, stranger: Actor, coordinator: Actor) -> None:
    for actor in (stranger, coordinator):
        with pytest.raises(NotAllowed):
            ask_change(actor, entry, "details", titled(entry, "Của tôi"), "Vì")
    with pytest.raises(NotAllowed):
        decide_request(stage.teacher, entry, ask(stage, entry).token, approve=True)
    with pytest.raises(NotAllowed):
        withdraw_request(stranger, entry, "x")
    with pytest.raises(NotFound):
        decide_request(SYSTEM, entry, "không có", approve=True)


def test_in_time_there_is_nothing_to_ask_for(stage: Stage) -> None:
    entry = stage.ready()
    with pytest.raises(Conflict):
        ask(stage, entry)
    submit_entry(stage.teacher, entry, declared=True)
    with pytest.raises(Conflict):
        ask(stage, entry)


@pytest.mark.parametrize(("title", "reason"), [("Rồng Xanh", "Vì"), ("Rồng Vàng", "  ")])
def test_a_request_says_what_and_why(stage: Stage, entry: Entry, title: str, reason: str) -> None:
    with pytest.raises(Invalid):
        ask_change(stage.teacher, entry, "details", titled(entry, title), reason)
    assert db.session.scalar(select(func.count(ChangeRequest.id))) == 0


def test_taken_back_it_is_no_longer_decided(stage: Stage, entry: Entry) -> None:
    request = ask(stage, entry)
    withdraw_request(stage.teacher, entry, request.token)
    withdraw_request(stage.teacher, entry, request.token)
    with pytest.raises(Conflict):
        decide_request(SYSTEM, entry, request.token, approve=True)


def test_what_came_too_late_is_kept_and_asks_nobody(stage: Stage) -> None:
    entry = stage.draft()
    late = stage.edition.closes_at + timedelta(seconds=1)
    clock.set_clock(lambda: late)
    first = keep_late(stage.teacher, entry, "details", titled(entry, "Rồng Muộn"))
    second = keep_late(stage.teacher, entry, "details", titled(entry, "Rồng Muộn Hơn"))
    assert first is not None
    assert second is not None
    assert (first.id, second.state, second.proposed["title"]) == (second.id, "kept", "Rồng Muộn Hơn")
    assert keep_late(stage.teacher, entry, "details", details_of(entry)) is None
    assert db.session.scalar(select(func.count()).where(Notice.kind == "registration.change_asked")) == 0
    assert entry.title == "Rồng Xanh"


def test_the_same_form_many_times_asks_once(app: Flask, stage: Stage, entry: Entry) -> None:
    teacher, reference = stage.teacher, entry.reference
    wanted = titled(entry, "Rồng Vàng")

    def act(_number: int) -> str:
        return ask_change(teacher, get_entry(teacher, reference), "details", wanted, "Vì", once_token=TOKEN).token

    assert len(set(at_once(app, act, 8))) == 1
    assert db.session.scalar(select(func.count(ChangeRequest.id))) == 1


def test_of_two_who_decide_at_once_one_decides(app: Flask, stage: Stage, entry: Entry) -> None:
    token, reference = ask(stage, entry).token, entry.reference

    def act(number: int) -> str:
        found = get_entry(SYSTEM, reference)
        return decide_request(SYSTEM, found, token, approve=bool(number % 2), answer="Không").state

    results = at_once(app, act, 8)
    assert {r for r in results if isinstance(r, str)} in ({"approved"}, {"refused"})
    assert results.count(Conflict) == 4
    assert PUPIL.full_name
