"""Test decisions on papers: who may take them, what they leave behind, what the school is told."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from contest_portal.accounts.actor import SYSTEM, Actor, Role
from contest_portal.accounts.models_messages import Notice
from contest_portal.contests.models import School
from contest_portal.contests.queries import get_edition
from contest_portal.core import clock
from contest_portal.core.audit import AuditRecord
from contest_portal.core.database import db, transaction
from contest_portal.core.errors import Conflict, Invalid, NotAllowed
from contest_portal.registration.checking.queries import count_states, count_waiting, last_check, states_on
from contest_portal.registration.checking.services import Remark, Verdict, decide, resubmit
from contest_portal.registration.checking.states import CheckState, is_accepted
from contest_portal.registration.models import Entry, EntryEvent
from contest_portal.registration.people import Person
from contest_portal.registration.services import add_person, move_entry, withdraw_entry
from contest_portal.registration.status import Status
from tests.factories.people import actor_for, make_school, make_user, unit_of
from tests.factories.registration import make_entry, open_edition

pytestmark = pytest.mark.usefixtures("app")

ACCEPT = Verdict(CheckState.ELIGIBLE)


def returned(days: int = 7, *remarks: Remark, reason: str = "Bổ sung ngày sinh") -> Verdict:
    """Return the verdict of a return that lasts so many days."""
    return Verdict(CheckState.INCOMPLETE, reason, remarks, clock.now() + timedelta(days=days))


def refused(reason: str = "Sai độ tuổi") -> Verdict:
    """Return a refusal."""
    return Verdict(CheckState.INELIGIBLE, reason)


@pytest.fixture
def school() -> School:
    """Return a school of an edition that takes registrations."""
    return make_school(unit=unit_of(open_edition("robocon-2024")))


@pytest.fixture
def teacher(school: School) -> Actor:
    """Return somebody who acts for the school."""
    return actor_for(make_user(Role.SCHOOL, school=school))


@pytest.fixture
def organiser() -> Actor:
    """Return an organiser of every edition."""
    return actor_for(make_user(Role.ORGANISER, full_name="Lê Thị Duyệt"))


@pytest.fixture
def entry(school: School) -> Entry:
    """Return an entry that was handed in and keeps the rules."""
    return good_entry(school)


def good_entry(school: School, title: str | None = None) -> Entry:
    """Make an entry without a fault."""
    edition = get_edition("robocon-2024")
    division = next(division for division in edition.divisions if division.code == "B")
    people = [
        {"full_name": "Nguyễn Thị Hồng Ánh", "birth_date": date(2011, 5, 20), "class_name": "7A2", "grade": 7},
        {"full_name": "Trần Văn Bình", "role": "coach"},
    ]
    made = make_entry(edition, school=school, division=division, people=people, title=title)
    with transaction():
        made.contact_phone = "0912345678"
    return made


def state_of(entry: Entry) -> str:
    """Return the state of an entry as the database has it."""
    return db.session.scalars(select(Entry.check_state).where(Entry.id == entry.id)).one()


def events_of(entry: Entry) -> list[tuple[str | None, str | None]]:
    """Return the decisions on an entry, from what to what."""
    found = select(EntryEvent).where(EntryEvent.entry_id == entry.id, EntryEvent.kind == "checked")
    return [(event.status_from, event.status_to) for event in db.session.scalars(found.order_by(EntryEvent.id))]


def told(actor: Actor) -> list[str]:
    """Return the kinds of notices somebody was sent."""
    return list(db.session.scalars(select(Notice.kind).where(Notice.user_id == actor.user_id).order_by(Notice.id)))


def test_an_acceptance_is_an_event_and_no_status(entry: Entry, organiser: Actor, teacher: Actor) -> None:
    decide(organiser, entry, ACCEPT, version=entry.version)
    assert (state_of(entry), entry.status) == ("eligible", "submitted")
    assert events_of(entry) == [("pending", "eligible")]
    assert told(teacher) == ["registration.check_accepted"]
    record = db.session.scalars(select(AuditRecord).where(AuditRecord.action == "entry.checked")).one()
    assert (record.subject, record.before, record.after) == (
        entry.reference,
        {"state": "pending"},
        {"state": "eligible", "remarks": 0},
    )


def test_a_return_marks_what_to_mend_and_until_when(entry: Entry, organiser: Actor, teacher: Actor) -> None:
    person = entry.participants[0]
    remark = Remark(f"person:{person.id}", "Thiếu lớp")
    verdict = returned(7, remark, Remark("details", "Viết đủ tên đội", "title"))
    decide(organiser, entry, verdict, version=entry.version)
    event = last_check(entry.id)
    assert event is not None
    assert (event.status_to, event.reason) == ("incomplete", "Bổ sung ngày sinh")
    assert event.details["remarks"] == [
        {"part": f"person:{person.id}", "field": "", "text": "Thiếu lớp"},
        {"part": "details", "field": "title", "text": "Viết đủ tên đội"},
    ]
    assert entry.mend_until == verdict.mend_until
    notice = db.session.scalars(select(Notice).where(Notice.user_id == teacher.user_id)).one()
    assert (notice.kind, notice.values["count"]) == ("registration.check_returned", "2")
    # A letter names no child.
    assert "Ánh" not in str(notice.values)


def test_a_refusal_needs_its_reason(entry: Entry, organiser: Actor, teacher: Actor) -> None:
    with pytest.raises(Invalid) as caught:
        decide(organiser, entry, refused("  "))
    assert caught.value.problems[0].field == "reason"
    decide(organiser, entry, refused())
    assert (state_of(entry), told(teacher)) == ("ineligible", ["registration.check_refused"])


@pytest.mark.parametrize(
    ("verdict", "field"),
    [
        (lambda: returned(7, reason=""), "reason"),
        (lambda: returned(7, Remark("details", " ", "title")), "remarks"),
        (lambda: returned(0), "mend_until"),
        (lambda: returned(-1), "mend_until"),
        (lambda: returned(61), "mend_until"),
        (lambda: Verdict(CheckState.INCOMPLETE, "Thiếu"), "mend_until"),
        (lambda: Verdict(CheckState.PENDING), "state"),
    ],
)
def test_a_decision_that_leaves_something_open_is_refused(
    entry: Entry, organiser: Actor, verdict: Callable[[], Verdict], field: str
) -> None:
    with pytest.raises(Invalid) as caught:
        decide(organiser, entry, verdict())
    assert [problem.field for problem in caught.value.problems] == [field]
    assert (state_of(entry), events_of(entry)) == ("pending", [])


def test_what_breaks_the_rules_is_accepted_only_with_a_reason(organiser: Actor, school: School) -> None:
    entry = make_entry("robocon-2024", school=school, people=[])
    with pytest.raises(Invalid) as caught:
        decide(organiser, entry, ACCEPT)
    assert "chưa đúng thể lệ" in str(caught.value)
    decide(organiser, entry, Verdict(CheckState.ELIGIBLE, "Đội đã nộp bản giấy đủ người"))
    assert state_of(entry) == "eligible"


def test_a_decision_is_put_right_with_a_reason(entry: Entry, organiser: Actor) -> None:
    decide(organiser, entry, refused())
    with pytest.raises(Invalid):
        decide(organiser, entry, ACCEPT)
    decide(organiser, entry, Verdict(CheckState.ELIGIBLE, "Nhầm với hồ sơ khác"))
    assert events_of(entry) == [("pending", "ineligible"), ("ineligible", "eligible")]


@pytest.mark.parametrize("status", [Status.DRAFT, Status.WITHDRAWN])
def test_only_what_was_handed_in_is_checked(school: School, organiser: Actor, status: Status) -> None:
    entry = make_entry("robocon-2024", school=school, status=Status.DRAFT)
    if status is Status.WITHDRAWN:
        move_entry(SYSTEM, entry, Status.WITHDRAWN)
    with pytest.raises(Conflict):
        decide(organiser, entry, refused())


def test_an_edition_without_a_check_has_none(entry: Entry, organiser: Actor) -> None:
    with transaction():
        entry.edition.rules = {**entry.edition.rules, "document_check": False}
    with pytest.raises(Conflict):
        decide(organiser, entry, ACCEPT)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ORGANISER])
def test_only_organisers_decide(entry: Entry, school: School, role: Role) -> None:
    actor = actor_for(make_user(role, school=school, unit=unit_of("robocon-2024")))
    with pytest.raises(NotAllowed):
        decide(actor, entry, ACCEPT)


def test_an_organiser_of_another_edition_does_not_decide(entry: Entry) -> None:
    other = actor_for(make_user(Role.ORGANISER, edition=get_edition("youth-2024")))
    with pytest.raises(NotAllowed):
        decide(other, entry, ACCEPT)


def test_the_second_of_two_organisers_is_told_who_did_what(entry: Entry, organiser: Actor) -> None:
    seen = entry.version
    colleague = actor_for(make_user(Role.ORGANISER, username="dong.nghiep"))
    decide(colleague, entry, refused(), version=seen)
    with pytest.raises(Conflict) as caught:
        decide(organiser, entry, Verdict(CheckState.ELIGIBLE, "Đủ"), version=seen)
    assert "dong.nghiep" in str(caught.value)
    assert "Hồ sơ không đủ điều kiện" in str(caught.value)
    assert state_of(entry) == "ineligible"


def test_a_form_sent_twice_decides_once(entry: Entry, organiser: Actor, teacher: Actor) -> None:
    token, seen = "a" * 32, entry.version
    for _turn in range(2):
        decide(organiser, entry, ACCEPT, version=seen, once_token=token)
    assert (len(events_of(entry)), len(told(teacher))) == (1, 1)


def test_a_mended_entry_goes_back_into_the_queue(entry: Entry, organiser: Actor, teacher: Actor) -> None:
    decide(organiser, entry, returned())
    resubmit(teacher, entry, once_token="b" * 32)
    resubmit(teacher, entry, once_token="b" * 32)
    assert (state_of(entry), entry.mend_until) == ("pending", None)
    assert events_of(entry) == [("pending", "incomplete"), ("incomplete", "pending")]
    with pytest.raises(Conflict):
        resubmit(teacher, entry)


def test_a_mended_entry_has_to_keep_the_rules(organiser: Actor, teacher: Actor, school: School) -> None:
    entry = make_entry("robocon-2024", school=school, people=[])
    decide(organiser, entry, returned())
    with pytest.raises(Invalid) as caught:
        resubmit(teacher, entry)
    assert caught.value.problems
    assert state_of(entry) == "incomplete"


def test_another_school_hands_nothing_back(entry: Entry, organiser: Actor) -> None:
    decide(organiser, entry, returned())
    with pytest.raises(NotAllowed):
        resubmit(actor_for(make_user(Role.SCHOOL, school=make_school())), entry)


def test_what_the_school_changes_after_the_check_is_checked_again(
    entry: Entry, organiser: Actor, teacher: Actor
) -> None:
    decide(organiser, entry, ACCEPT)
    add_person(teacher, entry, Person("member", "Đỗ Văn Mới", date(2011, 2, 1), "7A1"))
    assert state_of(entry) == "pending"
    assert events_of(entry)[-1] == ("eligible", "pending")


def test_what_an_organiser_changes_stays_checked(entry: Entry, organiser: Actor) -> None:
    decide(organiser, entry, ACCEPT)
    person = Person("member", "Đỗ Văn Mới", date(2011, 2, 1), "7A1")
    add_person(organiser, entry, person, reason="Thay người ốm")
    assert state_of(entry) == "eligible"


def test_counts_leave_out_what_was_not_handed_in(
    entry: Entry, organiser: Actor, school: School, teacher: Actor
) -> None:
    edition = entry.edition
    make_entry(edition, school=school, status=Status.DRAFT)
    gone = good_entry(school)
    decide(organiser, good_entry(school), ACCEPT)
    withdraw_entry(teacher, gone, reason="Đổi ý")
    assert count_states(edition.id) == {"pending": 1, "incomplete": 0, "eligible": 1, "ineligible": 0}
    assert count_waiting([edition.id]) == {edition.id: 1}
    assert count_waiting([]) == {}


def test_the_states_of_a_day_are_told_from_the_events(
    at: Callable[..., datetime], organiser: Actor, school: School
) -> None:
    at(2024, 5, 10)
    first, second = good_entry(school), good_entry(school)
    at(2024, 5, 12)
    decide(organiser, first, refused())
    at(2024, 5, 14)
    decide(organiser, first, Verdict(CheckState.ELIGIBLE, "Nhầm"))
    decide(organiser, second, refused())
    edition = first.edition_id
    nothing = {"pending": 0, "incomplete": 0, "eligible": 0, "ineligible": 0}
    assert states_on(edition, date(2024, 5, 9)) == nothing
    assert states_on(edition, date(2024, 5, 11)) == nothing | {"pending": 2}
    assert states_on(edition, date(2024, 5, 13)) == nothing | {"pending": 1, "ineligible": 1}
    assert states_on(edition, date(2024, 5, 14)) == nothing | {"eligible": 1, "ineligible": 1}


@pytest.mark.parametrize(
    ("status", "state", "checked", "expected"),
    [
        ("forwarded", "eligible", True, True),
        ("forwarded", "pending", True, False),
        ("forwarded", "pending", False, True),
        ("received", "eligible", True, False),
    ],
)
def test_accepted_is_more_than_eligible(status: str, state: str, checked: Any, expected: bool) -> None:
    assert is_accepted(status, state, "forwarded", checked=checked) is expected
