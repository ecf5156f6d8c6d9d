"""What later stages tell the set-up: their facts of entries, and points already given.

The contests know of no entry and no score sheet; whoever does fills these in when it is imported.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from contest_portal.contests.eligibility import EntryFacts
from contest_portal.contests.models import Edition

Facts = Iterable[tuple[str, EntryFacts]]


@dataclass
class Hooks:
    """Hold what later stages answer; without them there are no entries and no points."""

    count_entries: Callable[[int], int] = lambda _edition_id: 0
    entries_by_unit: Callable[[int], Mapping[int, int]] = lambda _edition_id: {}
    stored_facts: Callable[[Edition], Facts] = lambda _edition: ()
    # The lowest and the highest points given, by criterion; each stage tells of its own.
    points_given: list[Callable[[int], Mapping[int, tuple[Decimal, Decimal]]]] = field(default_factory=list)


HOOKS = Hooks()
