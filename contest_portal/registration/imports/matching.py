"""Find the stored entry that a row speaks of; pure, each stored entry at most once."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Identity:
    """Hold what an entry is known by; texts are folded, names are of those who take part."""

    title: str
    school: str = ""
    unit_id: int | None = None
    names: frozenset[str] = frozenset()
    reference: str = ""


Key = Callable[[Identity], Hashable | None]


def match(rows: Sequence[Identity], stored: Sequence[Identity]) -> list[int | None]:
    """Return for each row the index of its stored entry, the surest kinship first."""
    matcher = _Matcher(rows, stored)
    matcher.pair(lambda one: one.reference or None)
    matcher.pair(lambda one: (one.title, one.school, one.names))
    matcher.pair(lambda one: (one.title, one.school), common=1)
    matcher.pair(lambda one: (one.title, one.unit_id), common=1)
    matcher.pair(lambda one: (one.school, one.names) if one.school and one.names else None)
    # A team whose people all changed is still itself, as long as no other bears its name.
    matcher.pair(lambda one: (one.title, one.school) if one.title else None, alone=True)
    return matcher.found


class _Matcher:
    """Pair rows with stored entries, pass by pass."""

    def __init__(self, rows: Sequence[Identity], stored: Sequence[Identity]) -> None:
        self.rows, self.stored = rows, stored
        self.found: list[int | None] = [None] * len(rows)
        self.taken: set[int] = set()

    def pair(self, key: Key, *, common: int = 0, alone: bool = False) -> None:
        """Pair what has one key: with so many names in common, or only where nothing else has the key."""
        index = self._index(key)
        waiting = [number for number, found in enumerate(self.found) if found is None]
        wanted: dict[Hashable, int] = defaultdict(int)
        for number in waiting:
            wanted[key(self.rows[number])] += 1
        for number in waiting:
            this = key(self.rows[number])
            able = [place for place in index.get(this, ()) if place not in self.taken] if this is not None else []
            if alone and (len(able) != 1 or wanted[this] != 1):
                continue
            best = max(able, key=lambda place: (self._common(number, place), -place), default=None)
            if best is not None and self._common(number, best) >= common:
                self.found[number] = best
                self.taken.add(best)

    def _index(self, key: Key) -> dict[Hashable, list[int]]:
        index: dict[Hashable, list[int]] = defaultdict(list)
        for place, one in enumerate(self.stored):
            if place not in self.taken:
                index[key(one)].append(place)
        return index

    def _common(self, number: int, place: int) -> int:
        return len(self.rows[number].names & self.stored[place].names)
