"""Put a unit's entries in order: places, ties, the line of the quota, the prizes they would have; pure.

Places follow standard competition ranking: 1, 2, 2, 4. Entries of the same score are tied until the unit has put
exactly these entries, at exactly this score, in an order of its own.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import groupby
from typing import Final

UNIT, GROUP = "unit", "group"
# Why a decision no longer holds.
MOVED, GONE, JOINED = "moved", "gone", "joined"
_NO_PRIZE: Final = ""


@dataclass(frozen=True)
class Candidate:
    """Be one entry with a score; kept: the unit has decided not to forward it."""

    reference: str
    score: Decimal
    group: str = ""
    kept: bool = False


@dataclass(frozen=True)
class Decided:
    """Be an order that a unit gave to entries of one score, the first first."""

    score: Decimal
    ordered: tuple[str, ...]


@dataclass(frozen=True)
class Tie:
    """Be two or more entries of one score, at one place, in their decided order if there is one."""

    place: int
    score: Decimal
    references: tuple[str, ...]
    group: str = ""
    decided: bool = False
    crosses_quota: bool = False
    crosses_prize: bool = False

    @property
    def matters(self) -> bool:
        """Tell whether somebody has to decide it: it stands across the quota line or across a prize."""
        return not self.decided and (self.crosses_quota or self.crosses_prize)


@dataclass(frozen=True)
class Void:
    """Be a decision that no longer holds, and why."""

    decision: Decided
    why: str


@dataclass(frozen=True)
class Ranking:
    """Be the order of a unit's entries and what follows from it."""

    order: tuple[str, ...]
    places: Mapping[str, int]
    ties: tuple[Tie, ...] = ()
    void: tuple[Void, ...] = ()
    # Surely within the quota: of an undecided tie that stands across its line nobody is.
    above: frozenset[str] = frozenset()
    prizes: Mapping[str, str] = field(default_factory=dict)

    def tie_of(self, reference: str) -> Tie | None:
        """Return the tie an entry is in."""
        return next((tie for tie in self.ties if reference in tie.references), None)


def rank(
    rows: Sequence[Candidate],
    decisions: Sequence[Decided] = (),
    within: str = UNIT,
    *,
    quota: int | None = None,
    pass_mark: Decimal | None = None,
    prizes: Sequence[tuple[str, int]] = (),
) -> Ranking:
    """Rank entries over the whole unit or within their groups.

    Of decisions about the same entries the last one holds. The quota line and the prizes belong to the unit, so they
    are drawn only where it is ranked as a whole: scores of different groups are not compared.
    """
    held = {frozenset(decision.ordered): decision for decision in decisions}
    ties = list(_ties(rows, held, within))
    by_reference = {row.reference: row for row in rows}
    order = tuple(reference for tie in ties for reference in tie.references)
    places = {reference: place for tie in ties for reference, place in _places(tie)}
    whole = within == UNIT
    above, crossing = _line(ties, by_reference, quota, pass_mark) if whole else (frozenset(), frozenset())
    dealt = _deal(order, prizes) if whole else {}
    found = [_judge(tie, crossing, dealt) for tie in ties]
    unsure = {name for tie in found if tie.crosses_prize and not tie.decided for name in tie.references}
    return Ranking(
        order,
        places,
        tuple(tie for tie in found if len(tie.references) > 1),
        tuple(_void(decisions, by_reference, {frozenset(tie.references) for tie in ties if tie.decided})),
        above,
        {reference: prize for reference, prize in dealt.items() if reference not in unsure},
    )


def split_ties(ranking: Ranking, forwarded: Collection[str], quota: int | None) -> list[Tie]:
    """Return the undecided ties of which these forwarded entries leave somebody out for want of room."""
    if quota is None:
        return []
    return [tie for tie in ranking.ties if not tie.decided and _splits(tie, forwarded, quota)]


def _splits(tie: Tie, forwarded: Collection[str], quota: int) -> bool:
    left_out = [reference for reference in tie.references if reference not in forwarded]
    inside = len(tie.references) - len(left_out)
    return bool(inside and left_out) and len(forwarded) + len(left_out) > quota


def _ties(rows: Sequence[Candidate], held: Mapping[frozenset[str], Decided], within: str) -> Iterator[Tie]:
    """Yield the entries of each score from the best down, a single entry too, group after group."""
    for group in sorted({_group(row, within) for row in rows}):
        in_group = [row for row in rows if _group(row, within) == group]
        in_group.sort(key=lambda row: (-row.score, row.reference))
        place = 1
        for score, same in groupby(in_group, key=lambda row: row.score):
            tie = Tie(place, score, tuple(row.reference for row in same), group)
            decision = held.get(frozenset(tie.references))
            if decision is not None and decision.score == score and len(tie.references) > 1:
                tie = replace(tie, references=decision.ordered, decided=True)
            yield tie
            place += len(tie.references)


def _group(row: Candidate, within: str) -> str:
    return row.group if within == GROUP else ""


def _places(tie: Tie) -> Iterator[tuple[str, int]]:
    for further, reference in enumerate(tie.references):
        yield reference, tie.place + (further if tie.decided else 0)


def _line(
    ties: Sequence[Tie], rows: Mapping[str, Candidate], quota: int | None, pass_mark: Decimal | None
) -> tuple[frozenset[str], frozenset[str]]:
    """Return the entries above the line, and the tied ones of whom only some have room.

    Whoever is kept back leaves the room to the next; the line ends before a tie that is not decided.
    """
    above: list[str] = []
    crossing: list[str] = []
    for tie in ties:
        room = len(rows) if quota is None else quota - len(above)
        if room <= 0 or (pass_mark is not None and tie.score < pass_mark):
            break
        if len(tie.references) > room:
            crossing += tie.references
            if not tie.decided:
                break
        above += [reference for reference in tie.references if not rows[reference].kept][:room]
    return frozenset(above), frozenset(crossing)


def _deal(order: Sequence[str], prizes: Sequence[tuple[str, int]]) -> dict[str, str]:
    names = [name for name, quantity in prizes for _prize in range(quantity)]
    return dict(zip(order, names, strict=False))


def _judge(tie: Tie, crossing: Collection[str], dealt: Mapping[str, str]) -> Tie:
    """Say of a tie whether the quota line or a prize divides it."""
    prizes = {dealt.get(reference, _NO_PRIZE) for reference in tie.references}
    return replace(tie, crosses_quota=tie.references[0] in crossing, crosses_prize=len(prizes) > 1)


def _void(
    decisions: Sequence[Decided], rows: Mapping[str, Candidate], holding: Collection[frozenset[str]]
) -> Iterator[Void]:
    """Yield the decisions that no longer match, unless a newer one about one of their entries took their place."""
    seen: set[str] = set()
    for decision in reversed(decisions):
        entries = frozenset(decision.ordered)
        if entries.isdisjoint(seen) and entries not in holding:
            yield Void(decision, _why(decision, rows))
        seen |= entries


def _why(decision: Decided, rows: Mapping[str, Candidate]) -> str:
    found = [rows[reference] for reference in decision.ordered if reference in rows]
    if len(found) < len(decision.ordered):
        return GONE
    return MOVED if any(row.score != decision.score for row in found) else JOINED
