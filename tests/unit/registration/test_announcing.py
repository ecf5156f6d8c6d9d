"""Announcements reach whom they are for, reminders go out once."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from contest_portal.accounts.actor import Role
from contest_portal.accounts.messages import body_of, subject_of
from contest_portal.accounts.models import User
from contest_portal.accounts.models_messages import Notice
from contest_portal.contests.models import Edition, School
from contest_portal.contests.queries import get_edition
from contest_portal.core import clock
from contest_portal.core.database import db, transaction
from contest_portal.core.errors import Invalid, NotAllowed
from contest_portal.registration.announcing import (
    AUDIENCE_WORDS,
    REMIND_BEFORE,
    Audience,
    Words,
    announce,
    receivers_of,
    remind,
)
from contest_portal.registration.models_announcements import Announcement
from contest_portal.registration.status import Status
from tests.factories.people import actor_for, make_school, make_user, unit_of
from tests.factories.registration import make_entry, open_edition

CODE = "robocon-2024"
HELLO = Words("Đổi địa điểm", "Vòng loại chuyển sang hội trường B.")


class Place:
    """Hold three schools with an account each: one handed in, one has a draft, one has nothing."""

    def __init__(self) -> None:
        self.edition: Edition = open_edition(CODE)
        self.unit, self.far = unit_of(CODE), unit_of(CODE, "Huyện Yên Thế")
        self.entered = self._school("Trường THCS Một", Status.SUBMITTED)
        self.drafting = self._school("Trường THCS Hai", Status.DRAFT)
        self.absent = self._school("Trường THCS Ba", None)
        self.coordinator = make_user(Role.COORDINATOR, unit=self.unit, edition=self.edition)
        self.judge = make_user(Role.JUDGE, edition=self.edition)
        make_user(Role.JUDGE, edition=get_edition("youth-2024"))
        self.organiser = make_user(Role.ORGANISER, edition=self.edition)

    def _school(self, name: str, status: Status | None) -> User:
        school: School = make_school(name, self.far if status is None else self.unit)
        if status is not None:
            make_entry(self.edition, school=school, status=status)
        return make_user(Role.SCHOOL, school=school)

    def reached(self, audience: Audience, unit: Any = None) -> set[int]:
        """Return whom an announcement would reach."""
        return set(receivers_of(self.edition, audience, unit))


@pytest.fixture
def place(app: Flask) -> Place:
    """Return a small edition."""
    return Place()


@pytest.fixture(autouse=True)
def usual_time() -> Iterator[None]:
    """Give the clock back."""
    yield
    clock.set_clock(None)


def notices() -> list[tuple[int, str]]:
    """Return who was told what."""
    db.session.rollback()
    return [(notice.user_id, subject_of(notice)) for notice in db.session.scalars(select(Notice).order_by(Notice.id))]


def test_each_group_is_who_it_says(place: Place) -> None:
    entered, drafting, absent = (user.id for user in (place.entered, place.drafting, place.absent))
    assert place.reached(Audience.SCHOOLS) == {entered, drafting, absent}
    assert place.reached(Audience.ENTERED) == {entered}
    assert place.reached(Audience.DRAFTS) == {drafting}
    assert place.reached(Audience.ABSENT) == {drafting, absent}
    assert place.reached(Audience.COORDINATORS) == {place.coordinator.id}
    assert place.reached(Audience.JUDGES) == {place.judge.id}


def test_one_unit_is_only_that_unit(place: Place) -> None:
    assert place.reached(Audience.SCHOOLS, place.far) == {place.absent.id}
    assert place.reached(Audience.COORDINATORS, place.far) == set()


def test_an_announcement_reaches_everybody_of_the_group_as_it_was_written(place: Place) -> None:
    actor = actor_for(place.organiser)
    assert announce(actor, place.edition, Audience.SCHOOLS, HELLO) == 3
    assert {user for user, _subject in notices()} == place.reached(Audience.SCHOOLS)
    assert {(subject_of(n), body_of(n)) for n in db.session.scalars(select(Notice))} == {(HELLO.subject, HELLO.body)}
    sent = db.session.scalars(select(Announcement)).one()
    assert (sent.audience, sent.receivers, sent.sender_name) == ("schools", 3, place.organiser.full_name)


def test_the_same_form_twice_announces_once(place: Place) -> None:
    actor = actor_for(place.organiser)
    for _ in range(2):
        assert announce(actor, place.edition, Audience.SCHOOLS, HELLO, once_token="t" * 22) == 3
    assert len(notices()) == 3


@pytest.mark.parametrize("who", ["coordinator", "judge", "entered"])
def test_only_who_organises_the_edition_announces(place: Place, who: str) -> None:
    with pytest.raises(NotAllowed):
        announce(actor_for(getattr(place, who)), place.edition, Audience.SCHOOLS, HELLO)
    with pytest.raises(NotAllowed):
        announce(actor_for(place.organiser), get_edition("youth-2024"), Audience.SCHOOLS, HELLO)
    assert notices() == []


@pytest.mark.parametrize(
    ("words", "fields"),
    [
        (Words(" ", " "), ["subject", "body"]),
        (Words("a" * 151, "b"), ["subject"]),
        (Words("a", "b" * 5001), ["body"]),
    ],
)
def test_empty_and_endless_words_are_refused(place: Place, words: Words, fields: list[str]) -> None:
    with pytest.raises(Invalid) as refused:
        announce(actor_for(place.organiser), place.edition, Audience.SCHOOLS, words)
    assert [problem.field for problem in refused.value.problems] == fields


def test_a_group_of_nobody_is_refused(place: Place) -> None:
    with pytest.raises(Invalid, match="chưa có ai"):
        announce(actor_for(place.organiser), place.edition, Audience.COORDINATORS, HELLO, unit=place.far)


def test_an_announcement_stays_as_it_was_sent(place: Place) -> None:
    announce(actor_for(place.organiser), place.edition, Audience.SCHOOLS, HELLO)
    with pytest.raises(DatabaseError, match="only grows"), transaction():
        db.session.execute(text("UPDATE announcements SET subject = 'x'"))


def test_schools_with_drafts_are_reminded_once_at_each_mark(place: Place) -> None:
    closes = place.edition.closes_at
    for days in (10, 7, 6, 3, 2, 1):
        remind(closes - timedelta(days=days))
        remind(closes - timedelta(days=days))
    remind(closes - timedelta(hours=2))
    told = notices()
    assert [user for user, _subject in told] == [place.drafting.id] * len(REMIND_BEFORE)
    assert told[0][1].endswith(": còn 1 hồ sơ chưa nộp")


def test_a_later_deadline_is_another_one_to_remind_of(place: Place) -> None:
    assert remind(place.edition.closes_at - timedelta(hours=3)) == 1
    before = place.edition.closes_at
    with transaction():
        place.edition.closes_at = before + timedelta(days=2)
    assert remind(before - timedelta(hours=2)) == 1
    assert remind(before + timedelta(days=1, hours=1)) == 1
    assert len({key for (key,) in db.session.execute(select(Notice.key))}) == 3


def test_nobody_is_reminded_after_the_deadline(place: Place) -> None:
    assert remind(place.edition.closes_at) == 0
    assert remind(place.edition.closes_at + timedelta(days=1)) == 0


def test_a_returned_entry_is_remembered_two_days_before(place: Place) -> None:
    now = clock.now()
    entry = make_entry(
        place.edition, school=db.session.scalars(select(School).where(School.name == "Trường THCS Một")).one()
    )
    with transaction():
        entry.check_state, entry.mend_until = "incomplete", now + timedelta(days=3)
    assert remind(now) == 0
    assert remind(now + timedelta(days=1, minutes=1)) == 1
    assert remind(now + timedelta(days=2)) == 0
    assert notices()[-1] == (place.entered.id, subject_of_mend(entry.reference, entry.mend_until))


def subject_of_mend(reference: str, until: datetime | None) -> str:
    """Return how a reminder to mend is headed."""
    assert until is not None
    return f"Hồ sơ {reference} cần bổ sung trước {clock.local(until).strftime('%H:%M %d/%m/%Y')}"


@given(st.text(max_size=200), st.text(max_size=200))
def test_whatever_is_typed_is_shown_as_typed(subject: str, body: str) -> None:
    notice = Notice(kind="announcement", values={"subject": subject, "body": body})
    assert (subject_of(notice), body_of(notice)) == (subject, body)


def test_every_group_has_a_name() -> None:
    assert set(AUDIENCE_WORDS) == set(Audience)
