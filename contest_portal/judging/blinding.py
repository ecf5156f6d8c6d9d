"""Hide in a title what would tell a judge whose it is; no database here."""

import re
from collections.abc import Iterable

from contest_portal.core.vietnamese import fold

HIDDEN = "…"
_WORD = re.compile(r"\w+")
# Words that stand in thousands of names; alone they tell nothing.
_COMMON = frozenset(
    [
        "truong",
        "tieu",
        "hoc",
        "trung",
        "co",
        "so",
        "pho",
        "thong",
        "th",
        "thcs",
        "thpt",
        "ptdtnt",
        "dtnt",
        "mam",
        "non",
        "lien",
        "cap",
        "so",
        "xa",
        "phuong",
        "thi",
        "tran",
        "huyen",
        "quan",
        "thanh",
        "tinh",
        "tp",
        "tx",
        "tt",
        "trung",
        "tam",
        "giao",
        "duc",
        "va",
        "cua",
        "nhom",
        "doi",
        "lop",
        "thay",
        "em",
    ]
)


def blind_title(title: str, names: Iterable[str | None]) -> str:
    """Return a title without the words it shares with a school's, a unit's or a person's name.

    Two or more words in a row are hidden, and a single word where it is all that tells a name from others.
    """
    words = list(_WORD.finditer(title))
    folded = [fold(word.group()) for word in words]
    hidden: set[int] = set()
    for name in names:
        hidden |= _shared(folded, [fold(word) for word in _WORD.findall(name or "")])
    return _cut(title, words, hidden)


def _shared(title: list[str], name: list[str]) -> set[int]:
    telling = [word for word in name if word not in _COMMON]
    found: set[int] = set()
    for start in range(len(title)):
        length = _longest_run(title, start, name)
        run = title[start : start + length]
        alone = length == 1 and len(telling) == 1
        if (length > 1 or alone) and not _COMMON.issuperset(run):
            found.update(range(start, start + length))
    return found


def _longest_run(title: list[str], start: int, name: list[str]) -> int:
    best = 0
    for at in range(len(name)):
        length = 0
        while start + length < len(title) and at + length < len(name) and title[start + length] == name[at + length]:
            length += 1
        best = max(best, length)
    return best


def _cut(title: str, words: list[re.Match[str]], hidden: set[int]) -> str:
    parts: list[str] = []
    end = 0
    for index, word in enumerate(words):
        if index not in hidden:
            continue
        if index - 1 not in hidden:
            parts += [title[end : word.start()], HIDDEN]
        end = word.end()
    return "".join(parts) + title[end:]
