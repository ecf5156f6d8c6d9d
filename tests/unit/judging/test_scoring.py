"""Bounds, steps and totals of a sheet."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contest_portal.judging.scoring import Line, changes, missing, points_problem, problems_of, total_of

LINES = (
    Line(1, "Tính mới", Decimal(40), Decimal("0.5")),
    Line(2, "Hiệu quả", Decimal(30), Decimal("0.25")),
    Line(3, "Mỹ thuật", Decimal(10), Decimal(1)),
)
hundredths = st.integers(-10_000, 10_000).map(lambda n: Decimal(n) / 100)


@pytest.mark.parametrize("points", ["0", "0.5", "39.5", "40", "40.00"])
def test_points_within_bounds_and_on_the_step_are_taken(points: str) -> None:
    assert points_problem(Decimal(points), Decimal(40), Decimal("0.5")) is None


@pytest.mark.parametrize("points", ["-0.5", "40.5", "1000000", "NaN", "Infinity"])
def test_points_out_of_bounds_are_refused(points: str) -> None:
    assert str(points_problem(Decimal(points), Decimal(40), Decimal("0.5"))) == "Điểm phải từ 0 đến 40."


@pytest.mark.parametrize("points", ["0.25", "0.01", "39.99"])
def test_points_off_the_step_are_refused(points: str) -> None:
    assert str(points_problem(Decimal(points), Decimal(40), Decimal("0.5"))) == "Điểm phải là bội số của 0,5."


@given(hundredths, st.integers(1, 10_000), st.integers(1, 500))
def test_what_is_taken_is_a_whole_number_of_steps_between_the_bounds(points: Decimal, most: int, step: int) -> None:
    """Compare with counting whole hundredths."""
    cents = int(points * 100)
    fits = 0 <= cents <= most and cents % step == 0
    assert (points_problem(points, Decimal(most) / 100, Decimal(step) / 100) is None) == fits


def test_every_wrong_line_is_named_by_its_control() -> None:
    found = problems_of(LINES, {1: Decimal(41), 2: Decimal("0.1"), 3: Decimal(10)})
    assert [(p.field, p.value) for p in found] == [("points_1", "41"), ("points_2", "0.1")]


def test_lines_without_points_are_named() -> None:
    found = missing(LINES, {2: Decimal(0)})
    assert [str(p.message) for p in found] == ["Chưa chấm tiêu chí “Tính mới”.", "Chưa chấm tiêu chí “Mỹ thuật”."]
    assert [p.field for p in found] == ["points_1", "points_3"]


def test_the_total_is_exact_and_ignores_lines_of_other_sheets() -> None:
    assert total_of(LINES, {1: Decimal("0.1"), 2: Decimal("0.2"), 9: Decimal(5)}) == Decimal("0.3")


def test_there_is_no_total_before_the_first_points() -> None:
    assert total_of(LINES, {}) is None
    assert total_of(LINES, {3: Decimal(0)}) == 0


def test_changes_name_new_other_and_cleared_points() -> None:
    before = {1: Decimal(1), 2: Decimal(2), 3: Decimal(3)}
    after = {1: Decimal(1), 2: Decimal("2.5"), 4: Decimal(4)}
    assert changes(before, after) == [(2, Decimal(2), Decimal("2.5")), (3, Decimal(3), None), (4, None, Decimal(4))]


@given(st.dictionaries(st.integers(1, 6), hundredths), st.dictionaries(st.integers(1, 6), hundredths))
def test_changes_lead_from_before_to_after(before: dict[int, Decimal], after: dict[int, Decimal]) -> None:
    """Replay the changes on what was there before."""
    replayed = dict(before)
    for criterion, old, new in changes(before, after):
        assert replayed.get(criterion) == old
        assert old != new
        if new is None:
            del replayed[criterion]
        else:
            replayed[criterion] = new
    assert replayed == after
