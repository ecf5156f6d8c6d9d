"""Tell whoever waits how far a long piece of work is, without knowing who that is."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

T = TypeVar("T")

# What is being done, how many are done, and of how many (0 while nobody knows).
Report = Callable[[Any, int, int], None]

EVERY = 200


def quiet(_step: Any, _done: int = 0, _total: int = 0) -> None:
    """Tell nobody."""


def followed(items: Sequence[T], report: Report, step: Any) -> Iterator[T]:
    """Yield the items, reporting now and then how many are done."""
    total = len(items)
    for done, item in enumerate(items):
        if not done % EVERY:
            report(step, done, total)
        yield item
    report(step, total, total)
