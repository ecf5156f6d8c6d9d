"""Which sheets an assignment adds, and the numbers and order that tell nothing; no database here."""

from collections.abc import Collection, Iterable, Mapping
from random import Random
from typing import NamedTuple

FIRST_NUMBER = 101
SMALLEST_RANGE = 900


class NewSheet(NamedTuple):
    """Be one sheet to make."""

    entry_id: int
    judge_id: int
    number: int


def plan(
    entries: Iterable[int],
    judges: Iterable[int],
    existing: Collection[tuple[int, int]],
    numbers: Mapping[int, int],
    chance: Random,
) -> list[NewSheet]:
    """Return the sheets that are still missing, in an order drawn by lot.

    `existing` holds (entry, judge) pairs, `numbers` the numbers that entries already have on this panel: an
    entry has one number for all its judges, so that a panel can talk about it.
    """
    wanted = sorted(set(entries))
    known = dict(numbers)
    fresh = [entry for entry in wanted if entry not in known]
    known.update(zip(fresh, draw_numbers(len(fresh), set(known.values()), chance), strict=True))
    sheets = [
        NewSheet(entry, judge, known[entry])
        for entry in wanted
        for judge in sorted(set(judges))
        if (entry, judge) not in existing
    ]
    chance.shuffle(sheets)
    return sheets


def draw_numbers(count: int, taken: Collection[int], chance: Random) -> list[int]:
    """Draw numbers that are not taken, from a range wide enough that they tell neither order nor amount."""
    width = max(SMALLEST_RANGE - 1, 10 * (count + len(taken)))
    free = [n for n in range(FIRST_NUMBER, FIRST_NUMBER + width) if n not in taken]
    return chance.sample(free, count)
