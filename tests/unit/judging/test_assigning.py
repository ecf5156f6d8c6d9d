"""Which sheets an assignment adds, and what their numbers and order tell: nothing."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from contest_portal.judging.assigning import FIRST_NUMBER, draw_numbers, plan

ids = st.sets(st.integers(1, 60), max_size=20)


@given(ids, ids, st.sets(st.tuples(st.integers(1, 60), st.integers(1, 60)), max_size=30), st.integers())
def test_exactly_the_missing_pairs_are_added(
    entries: set[int], judges: set[int], existing: set[tuple[int, int]], seed: int
) -> None:
    sheets = plan(entries, judges, existing, {}, Random(seed))
    added = [(sheet.entry_id, sheet.judge_id) for sheet in sheets]
    assert len(added) == len(set(added))
    assert set(added) == {(e, j) for e in entries for j in judges} - existing


@given(ids, ids, st.integers())
def test_an_entry_has_one_number_for_all_judges_and_no_two_share_one(
    entries: set[int], judges: set[int], seed: int
) -> None:
    numbers: dict[int, set[int]] = {}
    for sheet in plan(entries, judges, set(), {}, Random(seed)):
        numbers.setdefault(sheet.entry_id, set()).add(sheet.number)
    assert all(len(own) == 1 for own in numbers.values())
    assert len(set().union(*numbers.values())) == len(numbers)


def test_entries_keep_the_number_they_had() -> None:
    sheets = plan([1, 2, 3], [9], {(1, 8), (2, 8)}, {1: 555, 2: 777}, Random(1))
    by_entry = {sheet.entry_id: sheet.number for sheet in sheets}
    assert (by_entry[1], by_entry[2]) == (555, 777)
    assert by_entry[3] not in (555, 777)


def test_neither_numbers_nor_the_order_of_sheets_follow_the_entries() -> None:
    """Chance would have to repeat an order of 40 for this to fail."""
    sheets = plan(range(1, 41), [1], set(), {}, Random(2024))
    assert [sheet.entry_id for sheet in sheets] != sorted(sheet.entry_id for sheet in sheets)
    by_entry = [sheet.number for sheet in sorted(sheets)]
    assert by_entry != sorted(by_entry)
    other = plan(range(1, 41), [1], set(), {}, Random(2025))
    assert [sheet.entry_id for sheet in sheets] != [sheet.entry_id for sheet in other]


@given(st.integers(0, 1500), st.sets(st.integers(1, 2000), max_size=40), st.integers())
def test_numbers_are_new_and_wide_apart(count: int, taken: set[int], seed: int) -> None:
    drawn = draw_numbers(count, taken, Random(seed))
    assert len(set(drawn)) == count
    assert not set(drawn) & taken
    assert all(number >= FIRST_NUMBER for number in drawn)


def test_few_entries_have_numbers_of_three_figures() -> None:
    assert all(100 < number < 1000 for number in draw_numbers(80, set(), Random(5)))
