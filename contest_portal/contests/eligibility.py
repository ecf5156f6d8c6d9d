"""Hold an entry against the rules of its edition; pure: facts in, problems out."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Final, Protocol

from contest_portal.contests.asked import check_forms
from contest_portal.contests.facts import (
    EntryFacts,
    PersonFacts,
    RuleProblem,
    Severity,
    problem_of,
    warning_of,
)
from contest_portal.contests.rulebook import Need, ParticipantRule, PersonRole, Rulebook, Window, Words, age_on
from contest_portal.core.i18n import lazy
from contest_portal.core.vietnamese import fold, format_date, nfc

_GRADE: Final = re.compile(
    r"(?:l[oơớ]p|kh[oố]i)?\s*[:.]?\s*0?(1[0-2]|[1-9])(?!\d)(?!\s*[/.-]\s*\d+\s*[/.-])", re.IGNORECASE
)
# A child is six in the year the first grade begins; more than this many years off is worth a second look.
_FIRST_GRADE_AGE: Final = 6
_YEARS_OFF: Final = 3
_YOUNGEST, _OLDEST, _YOUNGEST_COACH = 3, 110, 18


@dataclass(frozen=True)
class DivisionRule:
    """Be a division as the rules see it."""

    code: str
    name: Words
    window: Window


class StoredDivision(Protocol):
    """Be anything that carries a division: the row, most often."""

    code: Any
    name: Any
    name_en: Any
    window: Any


def division_rules(divisions: Iterable[StoredDivision]) -> list[DivisionRule]:
    """Return stored divisions as the rules see them; raises BadRules."""
    return [DivisionRule(d.code, Words(d.name, d.name_en), _window(json.dumps(d.window or {}))) for d in divisions]


# A school's desk holds each of its entries against the same few windows.
@lru_cache(maxsize=1024)
def _window(stored: str) -> Window:
    return Window.from_dict(json.loads(stored))


def parse_grade(class_name: str | None) -> int | None:
    """Return 8 for "8A5", "Lớp 8/2" or "8"; None where no grade from 1 to 12 stands first, as in a date."""
    found = _GRADE.match(nfc(class_name or "").strip())
    return int(found[1]) if found else None


def division_for(divisions: Iterable[DivisionRule], people: Sequence[PersonFacts]) -> DivisionRule | None:
    """Return the only division that is open to everyone who takes part; None when none or several are."""
    taking_part = [person for person in people if person.role != PersonRole.COACH]
    fitting = [d for d in divisions if taking_part and all(_surely_admitted(d.window, p) for p in taking_part)]
    return fitting[0] if len(fitting) == 1 else None


def check_entry(
    rules: Rulebook, entry: EntryFacts, divisions: Sequence[DivisionRule] = (), *, on: date
) -> list[RuleProblem]:
    """Return every rule the entry does not keep on a day, errors first; an empty list means it may be handed in."""
    division = next((found for found in divisions if found.code == entry.division), None)
    problems = [
        *_check_counts(rules, entry.people),
        *check_people(rules, entry.people, division, on=on),
        *_check_same_person(entry.people),
        *_check_division(rules, entry, divisions),
        *_check_places(rules, entry),
        *_check_limits(rules, entry),
        *check_forms(rules, entry),
    ]
    return sorted(problems, key=lambda problem: problem.severity is Severity.WARNING)


def check_people(
    rules: Rulebook, people: Sequence[PersonFacts], division: DivisionRule | None = None, *, on: date
) -> list[RuleProblem]:
    """Return what is not as the rules ask about each person, in the order of the people."""
    found: list[RuleProblem] = []
    for index, person in enumerate(people):
        if not person.full_name.strip():
            fact = lazy("Người thứ %(number)s chưa có họ và tên.", number=index + 1)
            found.append(problem_of(fact, lazy("Hãy ghi họ và tên."), "name", field="full_name", person=index))
        found += _check_plausible(rules, person, index, on)
        if person.role == rules.person_role:
            found += _check_part_taker(rules, person, index, division)
    return found


def errors_in(problems: Iterable[RuleProblem]) -> list[RuleProblem]:
    """Return the problems that stop an entry."""
    return [problem for problem in problems if problem.severity is Severity.ERROR]


def window_text(window: Window) -> str:
    """Say in the reader's language whom a window admits; empty when it admits everybody."""
    parts = (
        _range_text(window.grade_min, window.grade_max, _GRADE_WORDS),
        _range_text(_day(window.born_from), _day(window.born_to), _BORN_WORDS),
        _range_text(window.age_min, window.age_max, _AGE_WORDS, day=_day(window.age_on)),
    )
    return ", ".join(part for part in parts if part)


# For both ends, the lower only, the upper only, and both the same.
_GRADE_WORDS: Final = (
    lazy("lớp %(least)s đến lớp %(most)s"),
    lazy("từ lớp %(least)s"),
    lazy("đến lớp %(most)s"),
    lazy("lớp %(most)s"),
)
_BORN_WORDS: Final = (
    lazy("sinh từ %(least)s đến %(most)s"),
    lazy("sinh từ %(least)s"),
    lazy("sinh đến hết %(most)s"),
    lazy("sinh ngày %(most)s"),
)
_AGE_WORDS: Final = (
    lazy("từ %(least)s đến %(most)s tuổi tính đến %(day)s"),
    lazy("từ %(least)s tuổi tính đến %(day)s"),
    lazy("đến %(most)s tuổi tính đến %(day)s"),
    lazy("%(most)s tuổi tính đến %(day)s"),
)


def _range_text(least: Any, most: Any, wordings: tuple[Any, Any, Any, Any], **values: Any) -> str:
    if least is None and most is None:
        return ""
    both, only_least, only_most, same = wordings
    if least is None or most is None:
        wording = only_most if least is None else only_least
    else:
        wording = same if least == most else both
    return str(wording) % {"least": least, "most": most, **values}


def _day(day: date | None) -> str | None:
    return format_date(day) if day else None


def _surely_admitted(window: Window, person: PersonFacts) -> bool:
    """Tell whether what is known of a person suffices and is inside the window."""
    if window.by_grade and (person.grade is None or not window.admits_grade(person.grade)):
        return False
    return not window.by_birth or (person.birth_date is not None and window.admits_birth(person.birth_date))


def _check_counts(rules: Rulebook, people: Sequence[PersonFacts]) -> Iterator[RuleProblem]:
    for rule in rules.roles:
        count = sum(person.role == rule.role for person in people)
        if not rule.least <= count <= rule.most:
            yield _wrong_count(rules, rule, count)
    known = {rule.role for rule in rules.roles}
    for index, person in enumerate(people):
        if person.role not in known:
            fact = lazy("%(name)s mang vai trò mà cuộc thi này không có.", name=person.full_name)
            remedy = lazy("Chọn vai trò khác hoặc bớt người này.")
            yield problem_of(fact, remedy, "role", value=person.role, field="role", person=index)


def _wrong_count(rules: Rulebook, rule: ParticipantRule, count: int) -> RuleProblem:
    fact = lazy(
        "Hồ sơ %(entry)s có %(count)s %(word)s; thể lệ cho từ %(least)s đến %(most)s.",
        entry=rules.entry_word,
        count=count,
        word=rule.word,
        least=rule.least,
        most=rule.most,
    )
    if count < rule.least:
        remedy = lazy("Thêm ít nhất %(number)s %(word)s.", number=rule.least - count, word=rule.word)
    else:
        remedy = lazy("Bớt %(number)s %(word)s.", number=count - rule.most, word=rule.word)
    field = "coaches" if rule.role is PersonRole.COACH else "people"
    return problem_of(fact, remedy, f"count.{rule.role}", value=str(count), field=field)


_CONTEST: Final = lazy("Cuộc thi")


def _check_part_taker(
    rules: Rulebook, person: PersonFacts, index: int, division: DivisionRule | None
) -> Iterator[RuleProblem]:
    windows: list[tuple[Any, Window]] = [(_CONTEST, rules.window)]
    if division is not None:
        windows.append((division.name, division.window))
    yield from _check_known(rules, person, index, [window for _, window in windows])
    for whose, window in windows:
        yield from _check_window(person, index, whose, window)


def _check_known(rules: Rulebook, person: PersonFacts, index: int, windows: Sequence[Window]) -> Iterator[RuleProblem]:
    """Ask for what is missing, and for a class that can be read where grades decide."""
    by_grade, by_birth = any(w.by_grade for w in windows), any(w.by_birth for w in windows)
    name = person.full_name
    if person.birth_date is None and (by_birth or rules.needs.birth_date is Need.REQUIRED):
        fact, remedy = lazy("%(name)s chưa có ngày sinh.", name=name), lazy("Ghi ngày sinh, ví dụ 20/05/2012.")
        yield problem_of(fact, remedy, "birth_date", field="birth_date", person=index)
    if person.grade is not None:
        return
    if by_grade and person.class_name:
        fact = lazy("Không đọc được khối lớp của %(name)s từ “%(value)s”.", name=name, value=person.class_name)
        remedy = lazy("Ghi lớp bắt đầu bằng khối từ 1 đến 12, ví dụ 8A5.")
        yield problem_of(fact, remedy, "class_name", value=person.class_name, field="class_name", person=index)
    elif not person.class_name and (by_grade or rules.needs.class_name is Need.REQUIRED):
        fact, remedy = lazy("%(name)s chưa có lớp.", name=name), lazy("Ghi lớp, ví dụ 8A5.")
        yield problem_of(fact, remedy, "class_name", field="class_name", person=index)


def _check_window(person: PersonFacts, index: int, whose: Any, window: Window) -> Iterator[RuleProblem]:
    if person.grade is not None and not window.admits_grade(person.grade):
        fact = lazy(
            "%(name)s học lớp %(value)s; %(whose)s dành cho %(wanted)s.",
            name=person.full_name,
            value=person.grade,
            whose=whose,
            wanted=window_text(window),
        )
        remedy = lazy("Chọn bảng khác, sửa lớp hoặc thay người.")
        value = person.class_name or str(person.grade)
        yield problem_of(fact, remedy, "grade", value=value, field="class_name", person=index)
    if person.birth_date is not None and not window.admits_birth(person.birth_date):
        born = format_date(person.birth_date)
        fact = lazy(
            "%(name)s sinh ngày %(value)s; %(whose)s dành cho người %(wanted)s.",
            name=person.full_name,
            value=born,
            whose=whose,
            wanted=window_text(window),
        )
        remedy = lazy("Sửa ngày sinh nếu ghi nhầm, hoặc thay người.")
        yield problem_of(fact, remedy, "birth_window", value=born, field="birth_date", person=index)


def _check_plausible(rules: Rulebook, person: PersonFacts, index: int, on: date) -> Iterator[RuleProblem]:
    """Refuse dates of birth that cannot be, and point at those that are only unlikely."""
    if person.birth_date is None:
        return
    born, age = format_date(person.birth_date), age_on(person.birth_date, on)
    coach = person.role == PersonRole.COACH
    if not _YOUNGEST <= age <= _OLDEST:
        fact = lazy("%(name)s có ngày sinh không thể đúng: %(value)s.", name=person.full_name, value=born)
        yield problem_of(fact, _CHECK_BIRTH, "birth_plausible", value=born, field="birth_date", person=index)
    elif coach and age < _YOUNGEST_COACH:
        fact = lazy("%(name)s hướng dẫn khi mới %(age)s tuổi.", name=person.full_name, age=age)
        yield warning_of(fact, _CHECK_BIRTH, "coach_age", value=born, field="birth_date", person=index)
    elif not coach and person.grade is not None:
        usual = rules.school_year - _FIRST_GRADE_AGE + 1 - person.grade
        if abs(person.birth_date.year - usual) > _YEARS_OFF:
            fact = lazy(
                "%(name)s học lớp %(grade)s mà sinh ngày %(value)s; thường là năm %(usual)s.",
                name=person.full_name,
                grade=person.grade,
                value=born,
                usual=usual,
            )
            remedy = lazy("Xem lại lớp và ngày sinh.")
            yield warning_of(fact, remedy, "class_age", value=born, field="birth_date", person=index)


_CHECK_BIRTH: Final = lazy("Xem lại ngày sinh.")


def _check_same_person(people: Sequence[PersonFacts]) -> Iterator[RuleProblem]:
    seen: dict[tuple[str, date | None], int] = {}
    for index, person in enumerate(people):
        key = (fold(person.full_name), person.birth_date)
        first = seen.setdefault(key, index)
        if first == index or not key[0]:
            continue
        fact = lazy(
            "%(name)s có hai lần: người thứ %(first)s và thứ %(second)s.",
            name=person.full_name,
            first=first + 1,
            second=index + 1,
        )
        remedy = lazy("Bớt một lần, hoặc ghi rõ nếu là hai người trùng tên.")
        # Two people may share a name: without dates of birth, or as pupil and teacher, nobody can tell.
        sure = person.birth_date is not None and people[first].role == person.role
        report = problem_of if sure else warning_of
        yield report(fact, remedy, "same_person", value=person.full_name, field="full_name", person=index)


def _check_division(rules: Rulebook, entry: EntryFacts, divisions: Sequence[DivisionRule]) -> Iterator[RuleProblem]:
    if rules.needs.division is Need.ABSENT or any(found.code == entry.division for found in divisions):
        return
    if entry.division is None and rules.needs.division is Need.OPTIONAL:
        return
    if entry.division is None:
        fact = lazy("Chưa chọn bảng thi.")
    else:
        fact = lazy("Không có bảng “%(value)s” trong cuộc thi này.", value=entry.division)
    fitting = division_for(divisions, entry.people)
    names = fitting.name if fitting else "; ".join(str(found.name) for found in divisions)
    yield problem_of(
        fact, lazy("Hãy chọn: %(names)s.", names=names), "division", value=entry.division, field="division"
    )


_PLACES: Final = (
    ("field", lazy("Chưa chọn lĩnh vực."), lazy("Chọn một lĩnh vực dự thi.")),
    ("school", lazy("Chưa có trường hoặc đơn vị dự thi."), lazy("Chọn trường hoặc đơn vị.")),
    ("unit", lazy("Chưa có đơn vị sơ khảo."), lazy("Chọn huyện, thị xã, thành phố, xã hoặc phường.")),
)


def _check_places(rules: Rulebook, entry: EntryFacts) -> Iterator[RuleProblem]:
    for name, fact, remedy in _PLACES:
        if getattr(entry, name) is None and getattr(rules.needs, name) is Need.REQUIRED:
            yield problem_of(fact, remedy, name, field=name)


def _check_limits(rules: Rulebook, entry: EntryFacts) -> Iterator[RuleProblem]:
    if rules.school_quota is not None and entry.school_entries >= rules.school_quota:
        fact = lazy(
            "Đơn vị đã có %(count)s hồ sơ khác; thể lệ cho nhiều nhất %(most)s.",
            count=entry.school_entries,
            most=rules.school_quota,
        )
        remedy = lazy("Rút bớt một hồ sơ trước khi nộp hồ sơ này.")
        yield problem_of(fact, remedy, "school_quota", value=str(entry.school_entries), field="school")
    if rules.unit_quota is not None and entry.unit_entries >= rules.unit_quota:
        fact = lazy(
            "Cả huyện, xã hoặc cụm đã có %(count)s hồ sơ khác; thể lệ cho nhiều nhất %(most)s.",
            count=entry.unit_entries,
            most=rules.unit_quota,
        )
        remedy = lazy("Hỏi cán bộ phụ trách của đơn vị xem hồ sơ nào được dự thi.")
        yield problem_of(fact, remedy, "unit_quota", value=str(entry.unit_entries), field="unit")
