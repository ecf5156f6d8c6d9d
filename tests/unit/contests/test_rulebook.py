"""The rules of an edition: what they admit, how they are stored, and what is refused."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contest_portal.contests.reading import BadRules, Table
from contest_portal.contests.rulebook import (
    EntryKind,
    Grouping,
    Need,
    Needs,
    ParticipantRule,
    PersonRole,
    Rulebook,
    Window,
    Words,
    age_on,
)
from contest_portal.core.i18n import language

FLAT: dict[str, Any] = {
    "entry_kind": "team",
    "entry_word": "đội",
    "entry_word_en": "team",
    "person_role": "member",
    "person_word": "thành viên",
    "person_word_en": "member",
    "coach_word": "người hướng dẫn",
    "coach_word_en": "instructor",
    "min_people": 1,
    "max_people": 3,
    "min_coaches": 1,
    "max_coaches": 2,
    "counted_roles": ["member", "coach"],
    "grouping": "division",
    "division": "required",
    "school_year": 2023,
}

days = st.dates(date(1950, 1, 1), date(2030, 12, 31))
whole = st.one_of(st.none(), st.integers(1, 30))
words = st.builds(Words, st.text("abcđêô ", min_size=1).filter(str.strip), st.text("xyz", min_size=1))
numbers = st.tuples(st.integers(0, 9), st.integers(0, 9)).map(sorted)


def refusal(**changes: Any) -> str:
    values = {key: value for key, value in (FLAT | changes).items() if value is not None}
    with pytest.raises(BadRules) as caught:
        Rulebook.from_dict(values)
    return str(caught.value)


def test_flat_rules_become_typed_ones() -> None:
    rules = Rulebook.from_dict(FLAT)
    assert rules == Rulebook(
        entry_kind=EntryKind.TEAM,
        entry_word=Words("đội", "team"),
        people=ParticipantRule(PersonRole.MEMBER, Words("thành viên", "member"), 1, 3),
        coaches=ParticipantRule(PersonRole.COACH, Words("người hướng dẫn", "instructor"), 1, 2),
        counted_roles=(PersonRole.MEMBER, PersonRole.COACH),
        grouping=Grouping.DIVISION,
        needs=Needs(division=Need.REQUIRED),
        window=Window(),
        school_year=2023,
    )
    assert rules.person_role == "member"


def test_a_role_has_a_rule_only_where_the_edition_has_the_role() -> None:
    rules = Rulebook.from_dict(FLAT)
    assert [rule.role for rule in rules.roles] == ["member", "coach"]
    assert rules.rule_for("coach") is rules.coaches
    assert rules.rule_for("author") is None
    alone = replace(rules, coaches=replace(rules.coaches, least=0, most=0))
    assert [rule.role for rule in alone.roles] == ["member"]
    assert alone.rule_for("coach") is None


def test_words_are_the_readers() -> None:
    word = Words("đội", "team")
    assert str(word) == "đội"
    with language("en"):
        assert str(word) == "team"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"max_people": None}, "rules.max_people: còn thiếu; cần một số nguyên từ 0 trở lên."),
        ({"min_people": 4}, "rules.min_people: không được lớn hơn max_people."),
        ({"min_people": 0, "max_people": 0}, "rules.max_people: cần một số nguyên từ 1 trở lên."),
        ({"min_coaches": 3}, "rules.min_coaches: không được lớn hơn max_coaches."),
        ({"person_role": "coach"}, "rules.person_role: cần một trong: member, author."),
        ({"counted_roles": ["author"]}, "rules.counted_roles: cuộc thi không có vai trò author."),
        ({"counted_roles": ["judge"]}, "rules.counted_roles: cần một trong: member, author, coach."),
        ({"counted_roles": None}, "rules.counted_roles: cần một trong: member, author, coach."),
        ({"division": "optional"}, "rules.division: phải là required vì bài dự thi được xếp theo mục này."),
        ({"screening": True}, "rules.unit: phải là required vì có vòng sơ khảo ở đơn vị."),
        ({"school": "yes"}, "rules.school: cần một trong: required, optional, absent."),
        ({"max_memebrs": 3}, "rules.max_memebrs: không có mục nào tên như vậy."),
        ({"born_oldest": 19}, "rules.born_youngest: còn thiếu; cần một số nguyên từ 0 trở lên."),
        (
            {"born_oldest": 19, "born_youngest": 6, "born_day": "07-31"},
            "rules.born_oldest: chỉ dùng được khi biết năm tổ chức.",
        ),
        ({"age_min": 6}, "rules.age_on: còn thiếu: tuổi phải tính đến một ngày."),
        ({"grade_min": 5, "grade_max": 3}, "rules.grade_min: không được lớn hơn grade_max."),
    ],
)
def test_rules_that_do_not_hold_together_are_refused(changes: dict[str, Any], said: str) -> None:
    assert refusal(**changes) == said


def test_both_ends_of_a_window_count() -> None:
    window = Window(grade_min=3, grade_max=5, born_from=date(2005, 7, 31), born_to=date(2018, 7, 31))
    assert [grade for grade in range(1, 13) if window.admits_grade(grade)] == [3, 4, 5]
    assert window.admits_birth(date(2005, 7, 31)) and window.admits_birth(date(2018, 7, 31))
    assert not window.admits_birth(date(2005, 7, 30)) and not window.admits_birth(date(2018, 8, 1))


def test_an_empty_window_admits_everybody() -> None:
    window = Window()
    assert window.admits_grade(12) and window.admits_birth(date(1940, 1, 1))
    assert not window.by_grade and not window.by_birth
    assert window.to_dict() == {}


def test_ages_are_full_years_on_the_day() -> None:
    window = Window(age_min=9, age_max=11, age_on=date(2025, 12, 31))
    assert window.admits_birth(date(2016, 12, 31)) and not window.admits_birth(date(2017, 1, 1))
    assert window.admits_birth(date(2014, 1, 1)) and not window.admits_birth(date(2013, 12, 31))


def test_a_leap_day_birthday_counts_from_the_first_of_march() -> None:
    born = date(2008, 2, 29)
    assert age_on(born, date(2024, 2, 28)) == 15
    assert age_on(born, date(2024, 2, 29)) == 16
    assert (age_on(born, date(2023, 2, 28)), age_on(born, date(2023, 3, 1))) == (14, 15)


@pytest.mark.parametrize(("year", "first", "last"), [(2020, 2001, 2014), (2024, 2005, 2018)])
def test_a_window_in_years_moves_with_the_edition(year: int, first: int, last: int) -> None:
    table = Table({"born_day": "07-31", "born_oldest": 19, "born_youngest": 6}, "rules")
    assert Window.read(table, year) == Window(born_from=date(first, 7, 31), born_to=date(last, 7, 31))


@pytest.mark.parametrize("day", ["31-07", "02-30", "31/7", "nghỉ hè"])
def test_the_day_of_a_moving_window_is_month_and_day(day: str) -> None:
    table = Table({"age_min": 6, "age_on": day}, "rules")
    with pytest.raises(BadRules, match=r"^rules\.age_on: cần ngày và tháng dạng 07-31\.$"):
        Window.read(table, 2024)


@st.composite
def windows(draw: st.DrawFn) -> Window:
    """Make a window whose ends are in order."""
    low, high = sorted((draw(st.integers(1, 12)), draw(st.integers(1, 12))))
    born = sorted((draw(days), draw(days)))
    ages = sorted((draw(st.integers(0, 99)), draw(st.integers(0, 99))))
    return Window(
        grade_min=draw(st.sampled_from([None, low])),
        grade_max=draw(st.sampled_from([None, high])),
        born_from=draw(st.sampled_from([None, born[0]])),
        born_to=draw(st.sampled_from([None, born[1]])),
        age_min=draw(st.sampled_from([None, ages[0]])),
        age_max=draw(st.sampled_from([None, ages[1]])),
        age_on=draw(days),
    )


@st.composite
def rulebooks(draw: st.DrawFn) -> Rulebook:
    """Make rules that hold together."""
    role = draw(st.sampled_from([PersonRole.MEMBER, PersonRole.AUTHOR]))
    (least, most), (few, many) = draw(numbers), draw(numbers)
    grouping = draw(st.sampled_from(Grouping))
    needs = replace(draw(st.builds(Needs, unit=st.just(Need.REQUIRED))), **{grouping.value: Need.REQUIRED})
    return Rulebook(
        entry_kind=draw(st.sampled_from(EntryKind)),
        entry_word=draw(words),
        people=ParticipantRule(role, draw(words), least, max(most, 1)),
        coaches=ParticipantRule(PersonRole.COACH, draw(words), few, many),
        counted_roles=draw(st.sampled_from([(role,), (role, PersonRole.COACH)])) if many else (role,),
        grouping=grouping,
        needs=needs,
        window=draw(windows()),
        school_year=draw(st.integers(1990, 2040)),
        screening=draw(st.booleans()),
        forward_quota=draw(st.one_of(st.none(), st.integers(0, 50))),
        pass_mark=draw(st.one_of(st.none(), st.integers(0, 100))),
        school_quota=draw(whole),
        organisation_may_enter=draw(st.booleans()),
        made_since=draw(st.one_of(st.none(), days)),
    )


@given(rulebooks())
def test_stored_rules_read_back_the_same(rules: Rulebook) -> None:
    stored = rules.to_dict()
    assert Rulebook.from_dict(stored) == rules
    assert all(type(value) in (str, int, bool, list) for value in stored.values())


@given(windows(), days)
def test_a_window_admits_exactly_what_its_bounds_say(window: Window, born: date) -> None:
    age = age_on(born, window.age_on or date.min)
    inside = (
        (window.born_from is None or born >= window.born_from)
        and (window.born_to is None or born <= window.born_to)
        and (window.age_min is None or age >= window.age_min)
        and (window.age_max is None or age <= window.age_max)
    )
    assert window.admits_birth(born) is inside


@given(days, st.integers(0, 40_000))
def test_age_grows_by_one_on_the_birthday_only(born: date, passed: int) -> None:
    day = born + timedelta(days=passed)
    grown = age_on(born, day + timedelta(days=1)) - age_on(born, day)
    tomorrow = day + timedelta(days=1)
    leap = (born.month, born.day) == (2, 29) and (tomorrow.month, tomorrow.day) == (3, 1)
    birthday = (tomorrow.month, tomorrow.day) == (born.month, born.day)
    if leap:
        birthday = (tomorrow - timedelta(days=1)).day == 28
    assert grown == (1 if birthday else 0)
