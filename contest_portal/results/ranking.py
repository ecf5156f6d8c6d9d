"""Means and places, exactly: fractions inside, rounding only where a figure is shown; no database here."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from math import floor
from typing import TypeVar

T = TypeVar("T")
HUNDREDTH = Decimal("0.01")


def mean_of(totals: Iterable[Decimal]) -> Fraction | None:
    """Return the plain mean of judges' totals; None without any."""
    given = [Fraction(total) for total in totals]
    return sum(given, Fraction(0)) / len(given) if given else None


def shown(value: Fraction | None) -> Decimal | None:
    """Return a mean rounded to hundredths, halves up, for people to read."""
    if value is None:
        return None
    return Decimal(floor(value * 100 + Fraction(1, 2))) * HUNDREDTH


def weighted(means: Mapping[int, Fraction], weights: Mapping[int, Decimal]) -> Fraction | None:
    """Return the mean over rounds by their weights; None where a round is missing or nothing weighs."""
    total = sum((Fraction(weight) for weight in weights.values()), Fraction(0))
    if total <= 0 or any(round_id not in means for round_id, weight in weights.items() if weight > 0):
        return None
    return sum((means[i] * Fraction(w) for i, w in weights.items() if w > 0), Fraction(0)) / total


def places(scores: Sequence[Fraction | None]) -> list[int | None]:
    """Return each score's place, highest first: 1, 2, 2, 4; None has none."""
    ordered = sorted((score for score in scores if score is not None), reverse=True)
    first: dict[Fraction, int] = {}
    for place, score in enumerate(ordered, start=1):
        first.setdefault(score, place)
    return [None if score is None else first[score] for score in scores]


def ranked(
    items: Iterable[T], score: Callable[[T], Fraction | None], name: Callable[[T], str]
) -> list[tuple[int | None, T]]:
    """Return items with their places, the best first, equal ones by name, those without a score last."""
    found = list(items)
    numbered = list(zip(places([score(item) for item in found]), found, strict=True))
    return sorted(numbered, key=lambda pair: (pair[0] is None, pair[0] or 0, name(pair[1])))
