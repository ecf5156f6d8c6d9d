"""How many of a team were replaced since it was first handed in, and how many may be; pure.

Counted are those who take part, not their coaches. Replaced is a person who left and in whose place another came:
a team that only shrinks or only grows replaces nobody. Writing another person's name over a name counts the same;
mending a misspelt name does not. The rule's share is of the team as it was first handed in, rounded down:
half of three is one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from contest_portal.contests.rulebook import Rulebook
from contest_portal.core.vietnamese import fold

Details = Mapping[str, Any]


@dataclass(frozen=True)
class Member:
    """Be one person who is, or ever was, of the team."""

    id: int
    name: str
    born: date | None = None
    here: bool = True


@dataclass
class Later:
    """Hold what the changes since the handing in say: who came, who left, and who stood under a name at first."""

    came: set[int] = field(default_factory=set)
    left: set[int] = field(default_factory=set)
    first: dict[int, dict[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class Excess:
    """Say how a change goes beyond the rule: so many would be replaced, so many may be, and until when."""

    count: int
    most: int
    percent: int
    until: date | None = None


def read_later(changes: Sequence[Details]) -> Later:
    """Return what the changes of people say, in the order they were written down after the handing in."""
    later = Later()
    for change in changes:
        part, before, after = str(change.get("part", "")), change.get("before") or {}, change.get("after") or {}
        if not part.startswith("person:"):
            continue
        person = int(part.removeprefix("person:"))
        if not before:
            later.came.add(person)
        elif not after:
            later.left.add(person)
        else:
            # The first change of each value says what stood there when the team was handed in.
            later.first[person] = {**before, **later.first.get(person, {})}
    return later


def first_team(team: Sequence[Member], later: Later) -> list[Member]:
    """Return the team as it was first handed in."""
    return [member for member in team if member.id not in later.came and (member.here or member.id in later.left)]


def replaced(team: Sequence[Member], later: Later) -> int:
    """Return how many of the team as first handed in have been replaced."""
    first = first_team(team, later)
    newcomers = [member for member in team if member.here and member.id in later.came]
    who_came = {(fold(member.name), member.born) for member in newcomers}
    # Whoever left and came back was not replaced.
    back = sum(not member.here and (fold(member.name), member.born) in who_came for member in first)
    left, came = sum(not member.here for member in first) - back, len(newcomers) - back
    written_over = sum(member.here and _was_another(member, later.first.get(member.id, {})) for member in first)
    return max(min(left, came), 0) + written_over


def most_replaced(rules: Rulebook, team: Sequence[Member], later: Later) -> int | None:
    """Return how many may be replaced; None where the rules set no bound."""
    if rules.substitution_percent is None:
        return None
    return len(first_team(team, later)) * rules.substitution_percent // 100


def excess_of(rules: Rulebook, team: Sequence[Member], later: Later, before: int, today: date) -> Excess | None:
    """Return what is wrong with a change after which more are replaced than before; None where nothing is."""
    most, after = most_replaced(rules, team, later), replaced(team, later)
    if after <= before:
        return None
    if most is not None and after > most:
        return Excess(after, most, rules.substitution_percent or 0)
    if rules.substitution_until is not None and today > rules.substitution_until:
        return Excess(after, most or 0, rules.substitution_percent or 0, rules.substitution_until)
    return None


def another(name: str, born: date | None, other_name: str, other_born: date | None) -> bool:
    """Tell whether two names stand for different people: mending the name or the date of birth alone is no swap."""
    one, other = fold(name).split(), fold(other_name).split()
    if one == other or (born is not None and born == other_born):
        return False
    return len(set(one) & set(other)) * 2 < max(len(one), len(other))


def _was_another(member: Member, first: Mapping[str, Any]) -> bool:
    if "full_name" not in first:
        return False
    stored = first.get("birth_date", member.born)
    born = date.fromisoformat(stored) if isinstance(stored, str) else stored
    return another(str(first["full_name"]), born, member.name, member.born)
