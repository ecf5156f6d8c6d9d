"""Means and places."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contest_portal.results.ranking import mean_of, places, ranked, shown, weighted

totals = st.lists(st.integers(0, 10_000).map(lambda n: Decimal(n) / 100), min_size=1, max_size=7)
scores = st.lists(st.one_of(st.none(), st.fractions(0, 100)), max_size=30)


def test_places_are_shared_and_then_left_out() -> None:
    assert places([Fraction(9), Fraction(8), Fraction(8), Fraction(7)]) == [1, 2, 2, 4]


def test_who_has_no_score_has_no_place() -> None:
    assert places([None, Fraction(1), None, Fraction(2)]) == [None, 2, None, 1]


def test_no_scores_no_places() -> None:
    assert places([]) == []


@given(scores)
def test_a_place_is_one_more_than_the_number_of_better_ones(given_scores: list[Fraction | None]) -> None:
    for score, place in zip(given_scores, places(given_scores), strict=True):
        better = sum(other is not None and score is not None and other > score for other in given_scores)
        assert place == (None if score is None else better + 1)


@given(totals, st.randoms(use_true_random=False))
def test_the_order_of_judges_changes_nothing(given_totals: list[Decimal], chance: object) -> None:
    mixed = list(given_totals)
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    assert mean_of(mixed) == mean_of(given_totals)


@given(totals)
def test_a_mean_lies_between_the_lowest_and_the_highest(given_totals: list[Decimal]) -> None:
    mean = mean_of(given_totals)
    assert mean is not None
    assert min(given_totals) <= mean <= max(given_totals)


def test_means_that_look_alike_are_told_apart() -> None:
    """Both show as 66,67; only one of them is two thirds of a hundred."""
    first, second = mean_of([Decimal(100), Decimal(100), Decimal(0)]), Fraction(6667, 100)
    assert first is not None
    assert shown(first) == shown(second) == Decimal("66.67")
    assert places([first, second]) == [2, 1]


def test_equal_means_of_different_totals_share_a_place() -> None:
    thirds = [mean_of(map(Decimal, row)) for row in ((1, 1, 2), (2, 1, 1), (0, 1, 3))]
    assert places(thirds) == [1, 1, 1]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Fraction(1, 3), "0.33"),
        (Fraction(2, 3), "0.67"),
        (Fraction(1, 200), "0.01"),
        (Fraction(7), "7.00"),
        (Fraction(0), "0.00"),
    ],
)
def test_means_are_shown_in_hundredths_with_halves_up(value: Fraction, text: str) -> None:
    assert str(shown(value)) == text


def test_there_is_no_mean_without_totals() -> None:
    assert mean_of([]) is None
    assert shown(None) is None


def test_rounds_weigh_as_told() -> None:
    means = {1: Fraction(60), 2: Fraction(90)}
    assert weighted(means, {1: Decimal(1), 2: Decimal(2)}) == 80
    assert weighted(means, {1: Decimal(1), 2: Decimal(1)}) == 75
    assert weighted(means, {1: Decimal(0), 2: Decimal("0.5")}) == 90


def test_a_missing_round_that_weighs_leaves_no_result() -> None:
    assert weighted({1: Fraction(60)}, {1: Decimal(1), 2: Decimal(1)}) is None
    assert weighted({1: Fraction(60)}, {1: Decimal(1), 2: Decimal(0)}) == 60
    assert weighted({}, {}) is None


@given(st.dictionaries(st.integers(1, 5), st.fractions(0, 100), min_size=1))
def test_equal_weights_are_the_plain_mean(means: dict[int, Fraction]) -> None:
    equal = dict.fromkeys(means, Decimal("2.5"))
    assert weighted(means, equal) == sum(means.values(), Fraction(0)) / len(means)


def test_equal_scores_stand_in_the_order_of_their_names() -> None:
    items = [("b", Fraction(5)), ("z", None), ("a", Fraction(5)), ("c", Fraction(6))]
    found = ranked(items, lambda item: item[1], lambda item: item[0])
    assert [(place, item[0]) for place, item in found] == [(1, "c"), (2, "a"), (2, "b"), (None, "z")]
