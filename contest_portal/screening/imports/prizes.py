"""Hold the prizes of a list to those its units have set."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from contest_portal.screening.round.marked import prizes_given
from contest_portal.screening.round.prizes import prize_named, too_many, unknown_prize
from contest_portal.screening.round.queries import prizes_for


class Given(NamedTuple):
    """Be one prize that a list gives: where it stands in the list, to whom, and which."""

    place: int
    unit_id: int
    name: str
    # The entry's reference; its title where the list brings it in.
    called: str


class PrizeBook:
    """Know the prizes of each unit in a list; each unit's are looked up once."""

    def __init__(self, edition_id: int) -> None:
        self.edition_id = edition_id
        self._known: dict[int | None, dict[str, int]] = {None: {}}

    def of(self, unit_id: int | None) -> dict[str, int]:
        """Return a unit's prizes and how many there are; none where it has set none, or for no unit."""
        if unit_id is not None and unit_id not in self._known:
            self._known[unit_id] = dict(prizes_for(self.edition_id, unit_id))
        return self._known[unit_id]

    def settle(self, unit_id: int | None, typed: str) -> tuple[str, Any]:
        """Return a prize as the unit names it, and what is wrong with it."""
        prizes = self.of(unit_id)
        if not prizes:
            return typed, None
        name = prize_named(prizes, typed)
        return (typed, unknown_prize(prizes)) if name is None else (name, None)

    def over(self, given: Sequence[Given]) -> Iterator[tuple[int, Any]]:
        """Yield the places of a list that give more of a prize than there are, each with the sentence for it."""
        for unit_id in {one.unit_id for one in given}:
            prizes, mine = self.of(unit_id), [one for one in given if one.unit_id == unit_id]
            if not prizes:
                continue
            named = {one.called for one in mine}
            stored = prizes_given(self.edition_id, unit_id)
            # What the list says of an entry replaces what is stored of it.
            holders = {name: [r for r in stored.get(name, []) if r not in named] for name in prizes}
            for one in mine:
                if len(holders[one.name]) >= prizes[one.name]:
                    yield one.place, too_many(one.name, prizes[one.name], holders[one.name])
                else:
                    holders[one.name].append(one.called)
