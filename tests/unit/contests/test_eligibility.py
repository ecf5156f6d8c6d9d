"""What the rules ask of an entry, and how it is said when they are not kept."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contest_portal.contests.eligibility import (
    DivisionRule,
    EntryFacts,
    PersonFacts,
    RuleProblem,
    Severity,
    check_entry,
    check_people,
    division_for,
    division_rules,
    errors_in,
    parse_grade,
    window_text,
)
from contest_portal.contests.presets import EditionPreset, load_preset
from contest_portal.contests.rulebook import Need, Rulebook, Window, Words
from contest_portal.core.errors import Problem
from contest_portal.core.i18n import language

DAY = date(2024, 5, 20)


def edition(code: str) -> EditionPreset:
    (found,) = load_preset(code).editions
    return found


def divisions_of(code: str) -> list[DivisionRule]:
    """Return a contest's divisions the way they come back from the database."""
    rows = [
        SimpleNamespace(code=d.code, name=d.name, name_en=d.name_en, window=d.window.to_dict())
        for d in edition(code).divisions
    ]
    return division_rules(rows)


ROBOCON, YOUTH, TECHNICAL, LOGO = (edition(code).rules for code in ("robocon", "youth", "technical", "logo"))
BY_GRADE, BY_AGE = divisions_of("robocon"), divisions_of("logo")
COACH = PersonFacts("coach", "Tống Minh Trâm", date(1985, 4, 2))


def pupil(
    name: str = "Lê Thảo Hiền", class_name: str | None = "8A5", born: date | None = date(2010, 3, 2)
) -> PersonFacts:
    return PersonFacts("member", name, born, parse_grade(class_name), class_name)


def author(name: str = "La Ngọc Quỳnh", born: date | None = date(2011, 10, 7)) -> PersonFacts:
    return PersonFacts("author", name, born)


def team(*members: PersonFacts, division: str | None = "B") -> EntryFacts:
    return EntryFacts((*(members or (pupil(),)), COACH), division=division, school="THCS Mai Trung")


def work(*authors: PersonFacts) -> EntryFacts:
    return EntryFacts(authors or (author(),), field="green", unit="223", school="THCS Mai Trung")


def logo(*authors: PersonFacts, division: str | None = "young") -> EntryFacts:
    return EntryFacts(authors, division=division)


def check(rules: Rulebook, entry: EntryFacts, divisions: Sequence[DivisionRule] = BY_GRADE) -> list[RuleProblem]:
    return check_entry(rules, entry, divisions, on=DAY)


def only(problems: list[RuleProblem]) -> RuleProblem:
    assert [problem.rule for problem in problems] == [problem.rule for problem in problems][:1]
    (problem,) = problems
    return problem


def test_a_team_as_the_rules_ask_has_no_problem() -> None:
    assert check(ROBOCON, team(pupil(), pupil("Ngô Thu Quỳnh", "7A2", date(2011, 11, 9)))) == []


def test_a_problem_is_one_that_a_form_can_show() -> None:
    problem = only(check(ROBOCON, replace(team(), school=None)))
    assert isinstance(problem, Problem)
    assert (problem.field, problem.rule, problem.severity) == ("school", "school", Severity.ERROR)
    assert str(problem.message) == "Chưa có trường hoặc đơn vị dự thi. Chọn trường hoặc đơn vị."


def test_too_many_members() -> None:
    names = ("Lê Thảo Hiền", "Ngô Văn Nghĩa", "Chu Bảo Trâm", "Vi Gia Huy", "Hồ Minh An")
    problem = only(check(ROBOCON, team(*(pupil(name) for name in names))))
    assert (problem.rule, problem.value, problem.field, problem.person) == ("count.member", "5", "people", None)
    assert str(problem.message) == "Hồ sơ đội có 5 thành viên; thể lệ cho từ 1 đến 3. Bớt 2 thành viên."
    assert str(problem.remedy) == "Bớt 2 thành viên."


def test_too_few_coaches() -> None:
    problem = only(check(ROBOCON, EntryFacts((pupil(),), division="B", school="THCS Mai Trung")))
    assert (problem.rule, problem.value, problem.field) == ("count.coach", "0", "coaches")
    assert str(problem.message) == (
        "Hồ sơ đội có 0 người hướng dẫn; thể lệ cho từ 1 đến 2. Thêm ít nhất 1 người hướng dẫn."
    )


def test_a_role_that_the_contest_does_not_have() -> None:
    entry = EntryFacts((PersonFacts("author", "Vũ Thảo Nga"), COACH), field="health")
    problem = only(check(TECHNICAL, entry))
    assert (problem.rule, problem.value, problem.person) == ("role", "coach", 1)
    assert str(problem.message) == (
        "Tống Minh Trâm mang vai trò mà cuộc thi này không có. Chọn vai trò khác hoặc bớt người này."
    )


def test_a_class_outside_the_division() -> None:
    problem = only(check(ROBOCON, team(pupil(), pupil("Ngô Văn Nghĩa", "5C2", date(2013, 3, 4)))))
    assert (problem.rule, problem.value, problem.field, problem.person) == ("grade", "5C2", "class_name", 1)
    assert str(problem.message) == (
        "Ngô Văn Nghĩa học lớp 5; Bảng B (THCS, lớp 6–9) dành cho lớp 6 đến lớp 9. "
        "Chọn bảng khác, sửa lớp hoặc thay người."
    )


def test_a_class_that_cannot_be_read() -> None:
    problem = only(check(ROBOCON, team(pupil(class_name="Lá 2"))))
    assert (problem.rule, problem.value, problem.person) == ("class_name", "Lá 2", 0)
    assert str(problem.message) == (
        "Không đọc được khối lớp của Lê Thảo Hiền từ “Lá 2”. Ghi lớp bắt đầu bằng khối từ 1 đến 12, ví dụ 8A5."
    )


def test_a_class_that_is_missing() -> None:
    problem = only(check(ROBOCON, team(pupil(class_name=None))))
    assert str(problem.message) == "Lê Thảo Hiền chưa có lớp. Ghi lớp, ví dụ 8A5."


def test_a_class_that_is_not_asked_for_may_be_anything() -> None:
    assert check(YOUTH, work(replace(author(), class_name="Lá 2"))) == []


def test_the_class_decides_not_the_date_of_birth() -> None:
    assert check(ROBOCON, team(pupil(born=None))) == []
    assert check(ROBOCON, team(pupil("Đỗ Công Nghĩa", "6A4", date(2009, 1, 10)))) == []


def test_a_class_far_from_the_age_only_asks_for_a_second_look() -> None:
    problem = only(check(ROBOCON, team(pupil(class_name="6A1", born=date(2008, 1, 10)))))
    assert (problem.rule, problem.severity, problem.person) == ("class_age", Severity.WARNING, 0)
    assert str(problem.message) == (
        "Lê Thảo Hiền học lớp 6 mà sinh ngày 10/01/2008; thường là năm 2012. Xem lại lớp và ngày sinh."
    )
    assert errors_in([problem]) == []


@pytest.mark.parametrize("born", [date(2024, 5, 21), date(2022, 1, 1), date(1900, 1, 1)])
def test_a_date_of_birth_that_cannot_be(born: date) -> None:
    problem = only(check(ROBOCON, team(pupil(born=born))))
    assert (problem.rule, problem.severity, problem.field) == ("birth_plausible", Severity.ERROR, "birth_date")
    assert str(problem.message) == (f"Lê Thảo Hiền có ngày sinh không thể đúng: {born:%d/%m/%Y}. Xem lại ngày sinh.")


def test_a_coach_under_age_asks_for_a_second_look() -> None:
    young = replace(COACH, birth_date=date(2008, 1, 1))
    problem = only(check(ROBOCON, replace(team(), people=(pupil(), young))))
    assert (problem.rule, problem.severity, problem.person) == ("coach_age", Severity.WARNING, 1)
    assert str(problem.message) == "Tống Minh Trâm hướng dẫn khi mới 16 tuổi. Xem lại ngày sinh."


@pytest.mark.parametrize("born", [date(2005, 7, 31), date(2005, 8, 1), date(2018, 7, 31)])
def test_authors_on_the_edge_of_the_window_may_take_part(born: date) -> None:
    assert check(YOUTH, work(author(born=born))) == []


@pytest.mark.parametrize("born", [date(2005, 7, 30), date(2018, 8, 1)])
def test_authors_a_day_outside_the_window_may_not(born: date) -> None:
    problem = only(check(YOUTH, work(author(), author("Võ Đức Sơn", born))))
    assert (problem.rule, problem.value, problem.person) == ("birth_window", f"{born:%d/%m/%Y}", 1)
    assert str(problem.message) == (
        f"Võ Đức Sơn sinh ngày {born:%d/%m/%Y}; Cuộc thi dành cho người sinh từ 31/07/2005 đến 31/07/2018. "
        "Sửa ngày sinh nếu ghi nhầm, hoặc thay người."
    )


def test_coaches_are_outside_every_window() -> None:
    entry = work(author())
    assert check(YOUTH, replace(entry, people=(*entry.people, COACH))) == []


def test_a_date_of_birth_that_decides_must_be_there() -> None:
    problem = only(check(YOUTH, work(author(born=None))))
    assert str(problem.message) == "La Ngọc Quỳnh chưa có ngày sinh. Ghi ngày sinh, ví dụ 20/05/2012."


def test_technical_needs_no_date_of_birth_and_takes_any_age() -> None:
    people = (PersonFacts("author", "Vũ Thảo Nga"), PersonFacts("author", "Bùi Văn Phúc", date(1940, 1, 1)))
    assert check(TECHNICAL, EntryFacts(people, field="health")) == []


def test_a_division_by_age() -> None:
    problem = only(check(LOGO, logo(author(born=date(2006, 12, 31))), BY_AGE))
    assert str(problem.message) == (
        "La Ngọc Quỳnh sinh ngày 31/12/2006; Bảng học sinh (dưới 18 tuổi) dành cho người "
        "từ 6 đến 17 tuổi tính đến 31/12/2024. Sửa ngày sinh nếu ghi nhầm, hoặc thay người."
    )
    assert check(LOGO, logo(author(born=date(2006, 12, 31)), division="open"), BY_AGE) == []


def test_a_person_without_a_name() -> None:
    problem = only(check(YOUTH, work(author(), author("  "))))
    assert (problem.rule, problem.field, problem.person) == ("name", "full_name", 1)
    assert str(problem.message) == "Người thứ 2 chưa có họ và tên. Hãy ghi họ và tên."


def test_one_person_twice_in_one_role() -> None:
    problem = only(check(YOUTH, work(author(), author("LA NGỌC QUỲNH"))))
    assert (problem.rule, problem.severity, problem.person) == ("same_person", Severity.ERROR, 1)
    assert str(problem.message) == (
        "LA NGỌC QUỲNH có hai lần: người thứ 1 và thứ 2. Bớt một lần, hoặc ghi rõ nếu là hai người trùng tên."
    )


def test_two_of_a_name_may_be_two() -> None:
    assert check(YOUTH, work(author(), author(born=date(2012, 1, 1)))) == []
    unsure = [PersonFacts("author", "Vũ Thảo Nga"), PersonFacts("author", "Vũ Thảo Nga")]
    problem = only(check(TECHNICAL, EntryFacts(unsure, field="health")))
    assert (problem.rule, problem.severity) == ("same_person", Severity.WARNING)


def test_a_division_is_proposed_where_only_one_fits() -> None:
    problem = only(check(ROBOCON, team(division=None)))
    assert (problem.rule, problem.value, problem.field) == ("division", None, "division")
    assert str(problem.message) == "Chưa chọn bảng thi. Hãy chọn: Bảng B (THCS, lớp 6–9)."


def test_all_divisions_are_named_where_none_fits_everybody() -> None:
    entry = team(pupil(), pupil("Ngô Văn Nghĩa", "5C2", date(2013, 3, 4)), division="D")
    problem = only(check(ROBOCON, entry))
    assert str(problem.message) == (
        "Không có bảng “D” trong cuộc thi này. Hãy chọn: Bảng A (Tiểu học, lớp 3–5); "
        "Bảng B (THCS, lớp 6–9); Bảng C (THPT, lớp 10–12)."
    )


def test_an_optional_division_may_be_left_open_but_not_invented() -> None:
    rules = replace(ROBOCON, needs=replace(ROBOCON.needs, division=Need.OPTIONAL))
    assert check(rules, team(division=None)) == []
    assert only(check(rules, team(division="D"))).rule == "division"


def test_field_and_unit_are_asked_for_where_the_rules_need_them() -> None:
    problems = check(YOUTH, replace(work(), field=None, unit=None))
    assert [str(problem.message) for problem in problems] == [
        "Chưa chọn lĩnh vực. Chọn một lĩnh vực dự thi.",
        "Chưa có đơn vị sơ khảo. Chọn huyện, thị xã, thành phố, xã hoặc phường.",
    ]


def test_a_school_may_have_its_number_and_no_more() -> None:
    entry = logo(author())
    assert check(LOGO, replace(entry, school_entries=9), BY_AGE) == []
    problem = only(check(LOGO, replace(entry, school_entries=10), BY_AGE))
    assert str(problem.message) == (
        "Đơn vị đã có 10 hồ sơ khác; thể lệ cho nhiều nhất 10. Rút bớt một hồ sơ trước khi nộp hồ sơ này."
    )


def test_a_solution_is_of_the_years_that_count() -> None:
    entry = EntryFacts((PersonFacts("author", "Vũ Thảo Nga"),), field="health", made_on=date(2019, 1, 1))
    assert check(TECHNICAL, entry) == []
    problem = only(check(TECHNICAL, replace(entry, made_on=date(2018, 12, 31))))
    assert (problem.rule, problem.value) == ("made_since", "31/12/2018")
    assert str(problem.message) == (
        "Tạo ra ngày 31/12/2018; thể lệ nhận từ ngày 01/01/2019. Sửa ngày nếu ghi nhầm, hoặc dự thi bằng bài khác."
    )


def test_errors_come_before_warnings() -> None:
    entry = replace(team(pupil(class_name="6A1", born=date(2008, 1, 10))), school=None)
    assert [problem.severity for problem in check(ROBOCON, entry)] == [Severity.ERROR, Severity.WARNING]


def test_people_are_checked_without_an_entry() -> None:
    problems = check_people(YOUTH, [author(), author("Võ Đức Sơn", date(2001, 1, 1))], on=DAY)
    assert [(problem.person, problem.rule) for problem in problems] == [(1, "birth_window")]


@pytest.mark.parametrize(
    ("window", "said"),
    [
        (Window(), ""),
        (Window(grade_min=3, grade_max=5), "lớp 3 đến lớp 5"),
        (Window(grade_min=10), "từ lớp 10"),
        (Window(grade_max=5), "đến lớp 5"),
        (Window(grade_min=9, grade_max=9), "lớp 9"),
        (Window(born_from=date(2005, 7, 31)), "sinh từ 31/07/2005"),
        (Window(born_to=date(2018, 7, 31)), "sinh đến hết 31/07/2018"),
        (Window(age_min=18, age_on=date(2024, 12, 31)), "từ 18 tuổi tính đến 31/12/2024"),
        (Window(age_max=22, age_on=date(2025, 12, 31)), "đến 22 tuổi tính đến 31/12/2025"),
        (
            Window(grade_min=1, grade_max=2, born_from=date(2005, 1, 2), born_to=date(2006, 1, 2)),
            "lớp 1 đến lớp 2, sinh từ 02/01/2005 đến 02/01/2006",
        ),
    ],
)
def test_a_window_is_said_in_words(window: Window, said: str) -> None:
    assert window_text(window) == said


def test_the_only_division_that_fits_everybody_is_found() -> None:
    def found(*grades: int) -> str | None:
        people = [PersonFacts("member", f"Người {grade}", grade=grade) for grade in grades]
        division = division_for(BY_GRADE, [*people, COACH])
        return division.code if division else None

    assert (found(3, 5), found(6, 9, 7), found(12)) == ("A", "B", "C")
    assert (found(5, 6), found(2), found()) == (None, None, None)


def test_no_division_is_found_while_something_is_unknown_or_two_fit() -> None:
    unknown = PersonFacts("member", "Vi Gia Huy")
    assert division_for(BY_GRADE, [pupil(), unknown]) is None
    twice = [*BY_GRADE, DivisionRule("B2", Words("Bảng B2", "Division B2"), Window(grade_min=8))]
    assert division_for(twice, [pupil()]) is None
    assert division_for(BY_AGE, [author(born=date(2006, 12, 31))]) == BY_AGE[1]


def test_words_of_the_rules_follow_the_reader() -> None:
    problem = only(check(ROBOCON, EntryFacts((pupil(),), division="B", school="THCS Mai Trung")))
    with language("en"):
        assert "instructor" in str(problem.message)
    assert "người hướng dẫn" in str(problem.message)


people = st.builds(
    PersonFacts,
    role=st.sampled_from(["member", "author", "coach"]),
    full_name=st.text(max_size=20),
    birth_date=st.one_of(st.none(), st.dates(date(1900, 1, 1), date(2030, 1, 1))),
    grade=st.one_of(st.none(), st.integers(1, 12)),
    class_name=st.one_of(st.none(), st.text(max_size=8)),
)
codes = st.one_of(st.none(), st.sampled_from(["A", "B", "C", "D"]))
entries = st.builds(EntryFacts, people=st.lists(people, max_size=6), division=codes, field=codes, school=codes)


@given(st.sampled_from([ROBOCON, YOUTH, TECHNICAL, LOGO]), entries)
def test_every_entry_gets_an_answer_in_words(rules: Rulebook, entry: EntryFacts) -> None:
    problems = check(rules, entry)
    assert all(str(problem.message).strip() and problem.rule and problem.field for problem in problems)
    assert all(problem.person is None or 0 <= problem.person < len(entry.people) for problem in problems)


@given(st.lists(st.integers(1, 12), min_size=1, max_size=3))
def test_a_proposed_division_is_one_that_accepts_the_team(grades: list[int]) -> None:
    members = [PersonFacts("member", f"Người {n}", grade=grade) for n, grade in enumerate(grades)]
    proposed = division_for(BY_GRADE, members)
    accepted = [d.code for d in BY_GRADE if check(ROBOCON, team(*members, division=d.code)) == []]
    assert accepted == ([proposed.code] if proposed else [])
