"""What a contest's own form asks: shares that come to the whole, the organisation, the summary, the day."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contest_portal.contests.asked import check_forms, share_sum, summary_length
from contest_portal.contests.asking import SectionRule, Words
from contest_portal.contests.facts import EntryFacts, PersonFacts
from contest_portal.contests.presets import load_presets
from contest_portal.contests.rulebook import Need, Needs, Rulebook


def book(**changes: Any) -> Rulebook:
    """Return the rules of the technical contest, changed."""
    editions = (edition for preset in load_presets() for edition in preset.editions)
    rules = next(edition.rules for edition in editions if edition.rules.organisation_may_enter)
    return replace(rules, **changes)


def needs(**changes: Need) -> Needs:
    """Return what the technical contest asks, changed."""
    return replace(book().needs, **changes)


def entry(*shares: str | None, **facts: Any) -> EntryFacts:
    """Return an entry whose authors have these shares."""
    people = [PersonFacts("author", f"Tác giả {i}", share=Decimal(s) if s else None) for i, s in enumerate(shares)]
    return EntryFacts(people=people, **facts)


def rules_of(rules: Rulebook, facts: EntryFacts) -> list[str]:
    """Return which rules are not kept."""
    return [problem.rule for problem in check_forms(rules, facts)]


@pytest.mark.parametrize(
    ("shares", "found"),
    [
        ((None, None), []),
        (("50", "50"), []),
        (("33.33", "33.33", "33.34"), []),
        (("33.33", "33.33", "33.33"), ["share_sum"]),
        (("60", "50"), ["share_sum"]),
        (("100", None), ["share"]),
    ],
)
def test_shares_come_to_the_whole_once_they_are_given(shares: tuple[str | None, ...], found: list[str]) -> None:
    assert rules_of(book(), entry(*shares)) == found


def test_a_wrong_sum_is_said_with_what_would_do() -> None:
    problem = next(check_forms(book(), entry("33.5", "50")))
    assert "83,5 %" in str(problem.message)
    assert str(problem.message).endswith("Sửa tỷ lệ của từng người cho tổng bằng 100.")


def test_shares_that_are_needed_are_asked_of_each_author_and_of_no_coach() -> None:
    rules = book(needs=needs(share=Need.REQUIRED))
    facts = replace(entry(None), people=[PersonFacts("author", "A"), PersonFacts("coach", "B")])
    assert [(p.rule, p.person) for p in check_forms(rules, facts)] == [("share", 0)]


def test_shares_are_not_looked_at_where_they_are_not_asked() -> None:
    assert rules_of(book(needs=needs(share=Need.ABSENT)), entry("10")) == []


@given(st.lists(st.integers(1, 9_999), min_size=1, max_size=9).filter(lambda parts: sum(parts) < 10_000))
def test_any_shares_and_the_rest_come_to_exactly_the_whole(parts: list[int]) -> None:
    """Hundredths of a per cent never lose a bit, which binary fractions would."""
    shares = [Decimal(part) / 100 for part in [*parts, 10_000 - sum(parts)]]
    assert share_sum(shares) == 100
    assert rules_of(book(), entry(*(str(share) for share in shares))) == []
    wrong = [*shares[:-1], shares[-1] + Decimal("0.01")]
    assert rules_of(book(), entry(*(str(share) for share in wrong))) == ["share_sum"]


def test_an_organisation_has_a_name_and_somebody_who_speaks_for_it() -> None:
    assert rules_of(book(), entry(entrant="organisation")) == ["entrant_school", "entrant_contact"]
    named = entry(entrant="organisation", school="Công ty A", contact_name="Lê An")
    assert rules_of(book(), named) == []
    assert rules_of(book(organisation_may_enter=False), named) == ["entrant"]


def test_the_day_it_was_made_is_held_against_the_rules() -> None:
    rules = book(made_since=date(2019, 1, 1), needs=needs(made_on=Need.REQUIRED))
    assert rules_of(rules, entry(made_on=date(2018, 12, 31), texts={})) == ["made_since"]
    assert rules_of(rules, entry(made_on=date(2019, 1, 1), texts={})) == []
    assert rules_of(rules, entry(texts={})) == ["made_on"]
    assert rules_of(rules, entry()) == [], "a list does not say it"


PARTS = (SectionRule("idea", Words("Ý tưởng", "Idea"), Need.REQUIRED, 10), SectionRule("use", Words("Dùng", "Use")))


def test_parts_of_the_summary_are_asked_and_bounded() -> None:
    rules = book(sections=PARTS, summary_most=20)
    assert rules_of(rules, entry(texts={})) == ["section"]
    assert rules_of(rules, entry(texts={"idea": "a" * 10})) == []
    assert rules_of(rules, entry(texts={"idea": "a" * 11})) == ["section_length"]
    assert rules_of(rules, entry(texts={"idea": "a" * 10, "use": "b" * 11})) == ["summary_length"]


def test_too_long_a_summary_is_told_how_much_too_long() -> None:
    rules = book(sections=(), summary_most=6000)
    problem = next(check_forms(rules, entry(summary="x" * 6420, texts={})))
    words = "Tóm tắt dài 6.420 ký tự; hai trang A4 chứa được 6.000 ký tự. Hãy bớt 420 ký tự."
    assert str(problem.message) == words


def test_a_needed_summary_may_be_written_in_its_parts() -> None:
    rules = book(sections=PARTS[1:], needs=needs(summary=Need.REQUIRED))
    assert rules_of(rules, entry(texts={})) == ["summary"]
    assert rules_of(rules, entry(texts={"use": "b"})) == []


@given(st.text(), st.dictionaries(st.sampled_from("abc"), st.text()))
def test_the_length_of_a_summary_is_that_of_all_it_says(summary: str, texts: dict[str, str]) -> None:
    assert summary_length(summary, texts) == len(summary + "".join(texts.values()))
