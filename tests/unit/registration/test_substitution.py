"""Test how many of a team were replaced, and how many may be; and the rule in the services, on both databases."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contest_portal.accounts.actor import SYSTEM, Actor
from contest_portal.contests.services import rulebook_of
from contest_portal.core import clock
from contest_portal.core.database import transaction
from contest_portal.core.errors import Invalid
from contest_portal.registration.models import Entry
from contest_portal.registration.people import Person
from contest_portal.registration.services import add_person, change_person, remove_person, submit_entry
from contest_portal.registration.substitution import Member, another, most_replaced, read_later, replaced
from tests.unit.registration.conftest import Stage

DAY = date(2011, 5, 20)


def came(person: int) -> dict[str, Any]:
    return {"part": f"person:{person}", "before": {}, "after": {"role": "member"}}


def left(person: int) -> dict[str, Any]:
    return {"part": f"person:{person}", "before": {"full_name": "X"}, "after": {}}


def team(here: int, gone: int = 0) -> list[Member]:
    return [Member(n, f"Người {n}", DAY, here=n < here) for n in range(here + gone)]


def test_one_who_leaves_and_one_who_comes_is_one_replaced() -> None:
    people = [*team(2), Member(8, "Cũ", DAY, here=False), Member(9, "Mới", DAY)]
    assert replaced(people, read_later([left(8), came(9)])) == 1


def test_growing_and_shrinking_replace_nobody() -> None:
    assert replaced([*team(3), Member(9, "Mới", DAY)], read_later([came(9)])) == 0
    assert replaced([*team(2), Member(8, "Cũ", DAY, here=False)], read_later([left(8)])) == 0


def test_who_leaves_and_comes_back_was_not_replaced() -> None:
    people = [*team(2), Member(8, "Lê An", DAY, here=False), Member(9, "Lê An", DAY)]
    assert replaced(people, read_later([left(8), came(9)])) == 0


def test_writing_another_name_over_a_name_counts_and_mending_it_does_not() -> None:
    change = {
        "part": "person:0",
        "before": {"full_name": "Lê Văn An", "birth_date": "2011-05-20"},
        "after": {"role": 1},
    }
    over = [Member(0, "Trần Thị Bích", date(2012, 1, 1)), *team(3)[1:]]
    mended = [Member(0, "Lê Văn Ân", DAY), *team(3)[1:]]
    assert replaced(over, read_later([change])) == 1
    assert replaced(mended, read_later([change])) == 0


@pytest.mark.parametrize(
    ("name", "born", "expected"),
    [
        ("Lê Văn An", date(2012, 1, 1), False),
        ("Lê Văn Ân", date(2012, 1, 1), False),
        ("Trần Thị Bích", DAY, False),
        ("Trần Thị Bích", date(2012, 1, 1), True),
        ("Trần Thị Bích", None, True),
    ],
)
def test_another_person_has_another_name_and_another_birth(name: str, born: date | None, expected: bool) -> None:
    assert another("Lê Văn An", DAY, name, born) is expected


def test_the_share_is_rounded_down(stage: Stage) -> None:
    book = replace(rulebook_of(stage.edition), substitution_percent=50)
    assert [most_replaced(book, team(n), read_later([])) for n in (1, 2, 3, 4, 5)] == [0, 1, 1, 2, 2]
    assert most_replaced(replace(book, substitution_percent=None), team(3), read_later([])) is None


@given(st.integers(0, 6), st.integers(0, 6), st.integers(0, 6))
def test_no_more_are_replaced_than_left_or_came(stayed: int, went: int, arrived: int) -> None:
    people = [
        *(Member(n, f"Ở {n}", DAY) for n in range(stayed)),
        *(Member(100 + n, f"Đi {n}", DAY, here=False) for n in range(went)),
        *(Member(200 + n, f"Đến {n}", DAY) for n in range(arrived)),
    ]
    later = read_later([*(left(100 + n) for n in range(went)), *(came(200 + n) for n in range(arrived))])
    assert replaced(people, later) == min(went, arrived)


def handed_in(stage: Stage, percent: int | None = 50, until: date | None = None) -> Entry:
    """Hand in a team of three under a rule of substitution."""
    with transaction():
        rules = {**stage.edition.rules}
        for key, value in (("substitution_percent", percent), ("substitution_until", until and until.isoformat())):
            rules.pop(key, None)
            if value is not None:
                rules[key] = value
        stage.edition.rules = rules
    entry = stage.ready()
    for number in (1, 2):
        add_person(stage.teacher, entry, Person("member", f"Lê An {number}", date(2011, 1, number), "7A"))
    submit_entry(stage.teacher, entry, declared=True)
    return entry


def members(entry: Entry) -> list[int]:
    return [person.id for person in entry.participants if person.role == "member"]


def new(number: int) -> Person:
    return Person("member", f"Phạm Minh Quân {number}", date(2011, 8, number), "7B")


def test_a_school_replaces_one_of_three_and_not_two(stage: Stage) -> None:
    entry = handed_in(stage)
    first, second, _third = members(entry)
    remove_person(stage.teacher, entry, first)
    add_person(stage.teacher, entry, new(1))
    remove_person(stage.teacher, entry, second)
    with pytest.raises(Invalid) as refused:
        add_person(stage.teacher, entry, new(2))
    words = str(refused.value.problems[0].message)
    assert "nhiều nhất 50% thành viên" in words
    assert "tức 1 người" in words
    assert "đã thay 2 người" in words
    # An organiser may, with the reason that an organiser needs after the deadline.
    add_person(SYSTEM, entry, new(2), reason="Công văn số 5")


def test_another_name_over_a_name_is_counted_by_the_service(stage: Stage) -> None:
    entry = handed_in(stage, percent=20)
    with pytest.raises(Invalid):
        change_person(stage.teacher, entry, members(entry)[0], new(3))
    change_person(stage.teacher, entry, members(entry)[0], Person("member", "Nguyễn Thị Hồng Anh", DAY, "7A2"))


def test_after_the_day_of_the_rule_nobody_is_replaced(stage: Stage) -> None:
    entry = handed_in(stage, percent=None, until=clock.today() - timedelta(days=1))
    remove_person(stage.teacher, entry, members(entry)[0])
    with pytest.raises(Invalid, match="chỉ cho thay"):
        add_person(stage.teacher, entry, new(1))


def test_a_draft_and_coaches_are_free(stage: Stage, organiser: Actor) -> None:
    entry = handed_in(stage, percent=0)
    coach = next(person.id for person in entry.participants if person.role == "coach")
    remove_person(stage.teacher, entry, coach)
    add_person(stage.teacher, entry, Person("coach", "Vũ Thị Lan"))
    draft = stage.draft("Nháp")
    for number in (1, 2, 3):
        add_person(stage.teacher, draft, new(number))
    remove_person(stage.teacher, draft, members(draft)[0])
    add_person(stage.teacher, draft, new(4))
    assert organiser is not None
