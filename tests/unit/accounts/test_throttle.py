"""The wait after wrong passwords grows, ends, and never exceeds its window."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from contest_portal.accounts.throttle import FIRST_WAIT, WINDOW, wait_after

NOW = datetime(2024, 5, 20, 9, tzinfo=UTC)


def _failures(count: int, ago: timedelta = timedelta(0)) -> list[datetime]:
    return [NOW - ago] * count


def test_the_first_few_wait_for_nothing() -> None:
    assert wait_after(_failures(4), NOW, free=5, most=12) == timedelta(0)


def test_then_each_waits_twice_as_long() -> None:
    waits = [wait_after(_failures(n), NOW, free=5, most=12) for n in range(5, 9)]
    assert waits == [FIRST_WAIT * 2**step for step in range(4)]


def test_from_the_most_on_nothing_is_tried_until_the_window_has_passed() -> None:
    assert wait_after(_failures(12), NOW, free=5, most=12) == WINDOW
    assert wait_after(_failures(12, WINDOW - timedelta(minutes=1)), NOW, free=5, most=12) == timedelta(minutes=1)


def test_old_failures_are_forgotten() -> None:
    assert wait_after(_failures(100, WINDOW), NOW, free=5, most=12) == timedelta(0)


@given(st.lists(st.integers(0, 7200), max_size=40))
def test_a_wait_is_never_negative_nor_longer_than_the_window(ages: list[int]) -> None:
    wait = wait_after([NOW - timedelta(seconds=age) for age in ages], NOW, free=5, most=12)
    assert timedelta(0) <= wait <= WINDOW


@given(st.lists(st.integers(0, 1700), max_size=30), st.integers(0, 1700))
def test_one_more_failure_never_shortens_the_wait(ages: list[int], more: int) -> None:
    moments = [NOW - timedelta(seconds=age) for age in ages]
    newest = [*moments, NOW - timedelta(seconds=min([more, *ages]))]
    assert wait_after(newest, NOW, free=5, most=12) >= wait_after(moments, NOW, free=5, most=12)
