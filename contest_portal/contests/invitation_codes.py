"""One-time codes: made so that a person can type them from paper, kept only as a hash; pure."""

import hashlib
import secrets
from typing import Final

# No letter or digit that is taken for another: no I, L, O, U, 0, 1.
ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
GROUP: Final = 5
# log2(30) = 4.9 bits a letter: 98 bits on paper, where tries are slowed down; 147 bits in a link.
PRINTED_GROUPS: Final = 4
LINKED_GROUPS: Final = 6
_SHAPES: Final = frozenset({PRINTED_GROUPS * GROUP, LINKED_GROUPS * GROUP})
# What is read wrongly from paper, put right: the letters left out of the alphabet have one look-alike each.
_MENDED: Final = str.maketrans({"U": "V"})


def new_code(groups: int) -> str:
    """Return a fresh code in groups such as K7MPX-2QWER."""
    letters = [secrets.choice(ALPHABET) for _ in range(groups * GROUP)]
    return "-".join("".join(letters[start : start + GROUP]) for start in range(0, len(letters), GROUP))


def normal_code(typed: str) -> str:
    """Return a typed code without spaces, dashes and small letters."""
    return "".join(c for c in typed.upper() if c.isalnum()).translate(_MENDED)[:100]


def may_be_code(typed: str) -> bool:
    """Tell whether a text has the shape of a code."""
    code = normal_code(typed)
    return len(code) in _SHAPES and set(code) <= set(ALPHABET)


def hash_code(typed: str) -> str:
    """Return what the database keeps of a code, the same however it was typed."""
    return hashlib.sha256(normal_code(typed).encode("utf-8", "replace")).hexdigest()
