"""Tell when two schools' names probably mean the same school; pure."""

import re
from collections.abc import Iterable
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Final

from contest_portal.contests.levels import plain_words

_LONG: Final = (
    (re.compile(r"\btrung hoc co so\b"), "thcs"),
    (re.compile(r"\btrung hoc pho thong\b"), "thpt"),
    (re.compile(r"\btieu hoc\b"), "th"),
    (re.compile(r"\bmam non\b"), "mn"),
    (re.compile(r"\bpho thong dan toc\b"), "ptdt"),
    (re.compile(r"\b(?:truong|va|so)\b"), " "),
)
_NUMBERS: Final = re.compile(r"\d+|\b[ivx]+\b")
NEAR: Final = 0.86


@lru_cache(maxsize=16_384)
def near_key(name: str) -> str:
    """Return what is left of a school's name once long and short ways of writing it are one."""
    words = plain_words(name)
    for pattern, short in _LONG:
        words = pattern.sub(short, words)
    return " ".join(words.split())


def is_near(one: str, other: str) -> bool:
    """Tell whether two names are one way of writing apart, or a slip of the pen; "số 1" and "số 2" are not."""
    first, second = near_key(one), near_key(other)
    if first == second:
        return True
    if _NUMBERS.findall(first) != _NUMBERS.findall(second) or first.split()[:1] != second.split()[:1]:
        return False
    matcher = SequenceMatcher(None, first, second, autojunk=False)
    return matcher.real_quick_ratio() >= NEAR and matcher.quick_ratio() >= NEAR and matcher.ratio() >= NEAR


def nearest(name: str, others: Iterable[str], most: int = 8) -> list[str]:
    """Return the names that are most like one, the likest first; also those that hold every word of it."""
    key = near_key(name)
    words = set(key.split())

    def likeness(other: str) -> float:
        own = near_key(other)
        return 1.0 if words and words <= set(own.split()) else SequenceMatcher(None, key, own, autojunk=False).ratio()

    scored = sorted(((likeness(other), other) for other in others), reverse=True)
    return [other for score, other in scored[:most] if score >= 0.5]
