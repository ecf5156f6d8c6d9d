"""Test what is said to be left to do, and how a history reads."""

from dataclasses import replace
from datetime import date

import pytest

from contest_portal.accounts.actor import Actor
from contest_portal.contests.queries import get_edition
from contest_portal.contests.rulebook import Need
from contest_portal.contests.services import rulebook_of
from contest_portal.contests.wording import describe_needs, describe_people
from contest_portal.core.i18n import language
from contest_portal.registration.describing import describe_details, describe_history, describe_person, group_people
from contest_portal.registration.eligibility import check_stored
from contest_portal.registration.models import Entry
from contest_portal.registration.people import Person
from contest_portal.registration.queries import get_entry, history_of, people_of
from contest_portal.registration.rules import may_change, may_revive, may_withdraw, needs_reason
from contest_portal.registration.services import (
    Details,
    add_person,
    change_details,
    change_person,
    move_entry,
    remove_person,
    submit_entry,
    withdraw_entry,
)
from contest_portal.registration.status import Status
from contest_portal.registration.tasks import asks, notes_by_person, part_of, tasks_for
from tests.unit.registration.conftest import COACH, PUPIL, Stage


def progress(stage: Stage, entry: Entry) -> list[tuple[str, str, int]]:
    """Return each task with how far it is."""
    found = get_entry(stage.teacher, entry.reference)
    problems = check_stored(found)
    tasks = tasks_for(rulebook_of(found.edition), found, people_of(found.id), problems)
    return [(task.part, task.progress, task.count) for task in tasks]


def test_tasks_follow_what_is_registered(stage: Stage) -> None:
    entry = stage.draft()
    assert progress(stage, entry) == [
        ("details", "todo", 0),
        ("member", "todo", 0),
        ("coach", "todo", 0),
        ("submit", "blocked", 0),
    ]
    change_details(stage.teacher, entry, Details("Rồng Xanh", unit_id=entry.unit_id, contact_phone="0912345678"))
    add_person(stage.teacher, entry, replace(PUPIL, class_name=None))
    add_person(stage.teacher, entry, COACH)
    assert progress(stage, entry) == [
        ("details", "doing", 0),
        ("member", "doing", 1),
        ("coach", "done", 1),
        ("submit", "blocked", 0),
    ]


def test_a_full_entry_may_be_handed_in(stage: Stage) -> None:
    assert [state for _, state, _ in progress(stage, stage.ready())] == ["done", "done", "done", "todo"]


def test_a_problem_leads_to_the_task_that_mends_it(stage: Stage) -> None:
    entry = stage.draft()
    add_person(stage.teacher, entry, replace(PUPIL, class_name="7A", birth_date=date(1999, 5, 20)))
    people = people_of(entry.id)
    problems = check_stored(get_entry(stage.teacher, entry.reference))
    found = {(problem.rule, part_of(problem, people)) for problem in problems}
    assert found == {("division", "details"), ("count.coach", "coach"), ("class_age", "member")}
    notes = notes_by_person(problems, people)
    assert [problem.rule for problem in notes[people[0].id]] == ["class_age"]


@pytest.mark.parametrize(
    ("edition", "role", "asked"),
    [
        ("robocon-2024", "member", {"birth_date": Need.OPTIONAL, "class_name": Need.REQUIRED, "phone": Need.ABSENT}),
        ("robocon-2024", "coach", {"birth_date": Need.ABSENT, "class_name": Need.ABSENT, "phone": Need.OPTIONAL}),
        ("youth-2024", "author", {"birth_date": Need.REQUIRED, "workplace": Need.ABSENT, "email": Need.ABSENT}),
        ("technical-2024", "author", {"class_name": Need.ABSENT, "workplace": Need.OPTIONAL, "phone": Need.OPTIONAL}),
    ],
)
def test_a_person_is_asked_for_what_the_contest_needs_and_no_more(
    stage: Stage, edition: str, role: str, asked: dict[str, Need]
) -> None:
    rules = rulebook_of(get_edition(edition))
    assert {what: asks(rules, role, what) for what in asked} == asked


def test_the_history_reads_as_it_happened(stage: Stage) -> None:
    entry = stage.ready()
    pupil = people_of(entry.id)[0]
    change_person(stage.teacher, entry, pupil.id, replace(PUPIL, class_name="8A2"))
    remove_person(stage.teacher, entry, pupil.id)
    withdraw_entry(stage.teacher, entry, reason="Chuyển trường")
    lines = describe_history(entry, history_of(entry))
    assert [(line.what, line.changes, line.reason) for line in lines] == [
        ("Đã rút", [], "Chuyển trường"),
        ("Bớt Nguyễn Thị Hồng Ánh", [], None),
        ("Sửa Nguyễn Thị Hồng Ánh", ["Lớp: “7A2” → “8A2”"], None),
        ("Thêm Trần Văn Bình", [], None),
        ("Thêm Nguyễn Thị Hồng Ánh", [], None),
        (
            "Sửa thông tin",
            ["Bảng thi: “–” → “Bảng B (THCS, lớp 6–9)”", "Điện thoại liên hệ: “–” → “0912345678”"],
            None,
        ),
        ("Bản nháp", [], None),
    ]
    assert {(line.who, line.source) for line in lines} == {(stage.teacher.username, "trên cổng")}


def test_a_history_of_unknown_shape_is_still_read(stage: Stage) -> None:
    entry = stage.draft()
    for event in (history := history_of(entry)):
        event.details = ["không", "phải", "bảng"]
        event.kind = "changed"
        event.source = "lạ"
    assert [(line.what, line.changes, line.source) for line in describe_history(entry, history)] == [
        ("Sửa thông tin", [], "lạ")
    ]


def test_details_and_people_are_described(stage: Stage) -> None:
    entry = get_entry(stage.teacher, stage.ready().reference)
    rules = rulebook_of(entry.edition)
    details = {str(detail.label): detail.value for detail in describe_details(entry, rules)}
    assert details["Tên đội"] == "Rồng Xanh"
    assert details["Bảng thi"] == "Bảng B (THCS, lớp 6–9)"
    assert "Lĩnh vực" not in details
    assert [str(detail.label) for detail in describe_details(entry, rules) if not detail.own] == [
        "Trường hoặc đơn vị dự thi",
        "Đơn vị",
    ]
    groups = [(str(rule.word), lines) for rule, lines in group_people(entry, rules)]
    assert groups == [
        ("thành viên", [["Nguyễn Thị Hồng Ánh", "sinh ngày 20/05/2011, lớp 7A2"]]),
        ("người hướng dẫn", [["Trần Văn Bình", ""]]),
    ]
    described = [(str(label), value) for label, value in describe_person(entry.participants[0])]
    assert described == [("Họ và tên", "Nguyễn Thị Hồng Ánh"), ("Ngày sinh", "20/05/2011"), ("Lớp", "7A2")]


def test_the_rules_of_an_edition_are_put_into_sentences(stage: Stage) -> None:
    rules = rulebook_of(get_edition("youth-2024"))
    assert describe_people(rules) == ["Từ 1 đến 5 tác giả", "Nhiều nhất 2 người hướng dẫn"]
    assert "Ngày sinh của từng tác giả" in describe_needs(rules)
    one = replace(rules, people=replace(rules.people, least=2, most=2))
    assert describe_people(one)[0] == "Đúng 2 tác giả"
    with language("en"):
        assert "author" in describe_people(rules)[0]


def test_what_is_offered_depends_on_who_when_and_where_the_entry_stands(
    stage: Stage, organiser: Actor, coordinator: Actor, stranger: Actor
) -> None:
    entry = stage.ready()

    def offers(actor: Actor) -> tuple[bool, bool, bool]:
        return may_change(actor, entry), may_withdraw(actor, entry), may_revive(actor, entry)

    assert [offers(a) for a in (stage.teacher, organiser, coordinator, stranger)] == [
        (True, True, False),
        (True, True, False),
        (False, False, False),
        (False, False, False),
    ]
    assert needs_reason(organiser, entry) is False
    submit_entry(stage.teacher, entry, declared=True)
    move_entry(organiser, entry, Status.RECEIVED)
    assert (offers(stage.teacher), offers(organiser)) == ((False, False, False), (True, True, False))
    assert (needs_reason(organiser, entry), needs_reason(stage.teacher, entry)) == (True, False)
    withdraw_entry(organiser, entry, reason="Theo đơn")
    assert (offers(stage.teacher), offers(organiser)) == ((False, False, True), (False, False, True))


def test_the_grade_is_what_the_class_begins_with() -> None:
    classes = ["8A3", "Lớp 10", "12", "KTX", None, "15B"]
    assert [Person("member", "A", class_name=name).grade for name in classes] == [8, 10, 12, None, None, None]
