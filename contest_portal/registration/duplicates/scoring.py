"""Tell how alike two people or two titles are, and which of thousands are worth comparing; pure.

Comparing everything with everything would cost the square of the entries. People are compared within one folded name;
titles only with those that share one of their rarest words or their beginning.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import Any, Final

from rapidfuzz import fuzz

from contest_portal.core.i18n import lazy
from contest_portal.core.progress import Report, followed, quiet

SAME, LIKELY = 100, 80
# Below this two titles are only titles about the same thing.
ALIKE: Final = 88
# A beginning or a word that so many share says nothing; those titles are found by their other words.
LARGEST_BLOCK: Final = 200
TITLES: Final = lazy("Đang so tên hồ sơ")
PEOPLE: Final = lazy("Đang so người dự thi")
_RAREST: Final = 3
_BEGINNING: Final = 6


@dataclass(frozen=True)
class Somebody:
    """Be a person of an entry: folded name, date of birth, school; own: of what is searched, not only compared with."""

    id: int
    entry_id: int
    name: str
    born: date | None = None
    school_id: int | None = None
    edition_id: int = 0
    own: bool = True


@dataclass(frozen=True)
class Titled:
    """Be an entry with its folded title; own: of what is searched, not only compared with."""

    id: int
    title: str
    edition_id: int = 0
    own: bool = True


@dataclass(frozen=True)
class Pair:
    """Be two that may be one, the older first, and how sure that is."""

    first: Any
    second: Any
    score: int


def person_score(one: Somebody, other: Somebody) -> int:
    """Return how sure it is that two are one: the same name and day, or the same name and school with a day missing."""
    if one.entry_id == other.entry_id or not one.name or one.name != other.name:
        return 0
    if one.born and other.born:
        return SAME if one.born == other.born else 0
    return LIKELY if one.school_id is not None and one.school_id == other.school_id else 0


def title_score(one: str, other: str) -> int:
    """Return how alike two folded titles are, whatever the order of their words: 100 for equal ones, 0 below ALIKE."""
    if one == other:
        return SAME if one else 0
    return int(max(fuzz.ratio(one, other, score_cutoff=ALIKE), fuzz.token_sort_ratio(one, other, score_cutoff=ALIKE)))


def same_people(people: Iterable[Somebody], report: Report = quiet) -> list[Pair]:
    """Return the pairs among these people that may be one person, as far as one of the two is searched."""
    blocks = list(_blocks(people, lambda person: [person.name]))
    return list(_compared(followed(blocks, report, PEOPLE), person_score, LIKELY))


def alike_titles(titles: Sequence[Titled], report: Report = quiet) -> list[Pair]:
    """Return the pairs among these entries whose titles may mean one work, as far as one of the two is searched."""
    spread = Counter(word for titled in titles for word in set(titled.title.split()))
    blocks = list(_blocks(titles, lambda titled: block_keys(titled.title, spread)))
    return list(_compared(followed(blocks, report, TITLES), lambda a, b: title_score(a.title, b.title), ALIKE))


def block_keys(title: str, spread: Counter[str]) -> list[str]:
    """Return under which keys a title is compared: itself, its beginning, and its rarest words."""
    words = sorted(set(title.split()), key=lambda word: (spread[word], word))[:_RAREST]
    start = title.replace(" ", "")[:_BEGINNING]
    return ["=" + title, "^" + start, *words] if title else []


def _blocks(things: Iterable[Any], keys: Callable[[Any], Iterable[str]]) -> Iterator[list[Any]]:
    blocks: dict[str, list[Any]] = defaultdict(list)
    for thing in things:
        for key in keys(thing):
            blocks[key].append(thing)
    for key, block in blocks.items():
        if 1 < len(block) <= LARGEST_BLOCK:
            yield block
        elif len(block) > LARGEST_BLOCK and key.startswith("="):
            # Hundreds of equal titles are each shown beside the next, not beside all.
            # By their age, in whatever order they were read: searched again, the same pairs are found.
            block.sort(key=lambda thing: thing.id)
            yield from ([one, other] for one, other in zip(block, block[1:], strict=False))


def _compared(blocks: Iterable[list[Any]], score: Callable[[Any, Any], int], least: int) -> Iterator[Pair]:
    seen: set[tuple[int, int]] = set()
    for block in blocks:
        for one, other in combinations(sorted(block, key=lambda thing: thing.id), 2):
            key = (one.id, other.id)
            if one.id == other.id or key in seen or not (one.own or other.own):
                continue
            seen.add(key)
            points = score(one, other)
            if points >= least:
                yield Pair(one, other, points)
