"""Put the rule behind a problem into words: first what the rules say, then what was found, then what would do; pure."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from contest_portal.contests.eligibility import DivisionRule, RuleProblem, window_text
from contest_portal.contests.rulebook import Rulebook
from contest_portal.core.i18n import lazy
from contest_portal.core.vietnamese import format_date

Teller = Callable[[Rulebook, Sequence[DivisionRule], RuleProblem], Any]


def law_of(
    rules: Rulebook, divisions: Sequence[DivisionRule], problem: RuleProblem, division: str | None = None
) -> Any:
    """Return what the rules say about the matter of a problem."""
    tell = _LAWS.get(problem.rule.partition(".")[0], _anything)
    chosen = [found for found in divisions if division is None or found.code == division]
    return tell(rules, chosen, problem)


def _count(rules: Rulebook, _divisions: Sequence[DivisionRule], problem: RuleProblem) -> Any:
    rule = rules.rule_for(problem.rule.partition(".")[2])
    if rule is None:
        return _anything(rules, (), problem)
    return lazy(
        "Mỗi %(entry)s có từ %(least)s đến %(most)s %(word)s.",
        entry=rules.entry_word,
        least=rule.least,
        most=rule.most,
        word=rule.word,
    )


def _window(rules: Rulebook, divisions: Sequence[DivisionRule], _problem: RuleProblem) -> Any:
    lines = [
        window_text(rules.window),
        *(f"{d.name}: {window_text(d.window)}" for d in divisions if window_text(d.window)),
    ]
    wanted = "; ".join(line for line in lines if line)
    if not wanted:
        return lazy("Mỗi %(word)s phải ở đúng độ tuổi, khối lớp theo thể lệ.", word=rules.people.word)
    return lazy("Người dự thi: %(window)s.", window=wanted)


def _asked(what: Any) -> Teller:
    def tell(rules: Rulebook, _divisions: Sequence[DivisionRule], _problem: RuleProblem) -> Any:
        return lazy("Mỗi %(word)s phải có %(what)s.", word=rules.people.word, what=what)

    return tell


def _said(words: Any) -> Teller:
    def tell(_rules: Rulebook, _divisions: Sequence[DivisionRule], _problem: RuleProblem) -> Any:
        return words

    return tell


def _school_quota(rules: Rulebook, _divisions: Sequence[DivisionRule], _problem: RuleProblem) -> Any:
    return lazy("Một trường hoặc đơn vị dự thi nộp nhiều nhất %(most)s hồ sơ.", most=rules.school_quota)


def _unit_quota(rules: Rulebook, _divisions: Sequence[DivisionRule], _problem: RuleProblem) -> Any:
    return lazy("Một huyện, xã hoặc cụm nộp nhiều nhất %(most)s hồ sơ.", most=rules.unit_quota)


def _made_since(rules: Rulebook, _divisions: Sequence[DivisionRule], _problem: RuleProblem) -> Any:
    return lazy("Chỉ nhận những gì được tạo ra từ ngày %(day)s.", day=format_date(rules.made_since))


def _anything(rules: Rulebook, _divisions: Sequence[DivisionRule], _problem: RuleProblem) -> Any:
    return lazy("Hồ sơ %(entry)s phải ghi đủ và đúng theo thể lệ.", entry=rules.entry_word)


_LAWS: Final[dict[str, Teller]] = {
    "count": _count,
    "birth_date": _asked(lazy("ngày sinh")),
    "class_name": _asked(lazy("lớp, bắt đầu bằng khối từ 1 đến 12")),
    "name": _asked(lazy("họ và tên")),
    "grade": _window,
    "birth_window": _window,
    "birth_plausible": _said(lazy("Ngày sinh phải là ngày sinh thật của người ấy.")),
    "coach_age": _said(lazy("Người hướng dẫn thường là người đã trưởng thành.")),
    "class_age": _said(lazy("Lớp và năm sinh thường đi với nhau.")),
    "same_person": _said(lazy("Một người chỉ được ghi một lần trong một hồ sơ.")),
    "role": _said(lazy("Hồ sơ chỉ có những vai trò mà thể lệ nêu.")),
    "division": _said(lazy("Mỗi hồ sơ dự thi ở một bảng của kỳ thi.")),
    "field": _said(lazy("Mỗi hồ sơ thuộc một lĩnh vực của kỳ thi.")),
    "school": _said(lazy("Mỗi hồ sơ phải ghi trường hoặc đơn vị dự thi.")),
    "unit": _said(lazy("Mỗi hồ sơ phải ghi đơn vị sơ khảo.")),
    "school_quota": _school_quota,
    "unit_quota": _unit_quota,
    "made_since": _made_since,
}
