"""Account names: what is accepted, and when two of them look alike."""

import re
from typing import Any, Final

from contest_portal.core.i18n import lazy
from contest_portal.core.vietnamese import clean_text, fold

LEAST: Final = 3
MOST: Final = 60
_ACCEPTED: Final = re.compile(r"[a-z0-9][a-z0-9._@-]*")
# What a reader takes for each other: digit and letter, one wide letter and two narrow ones.
_LOOKS: Final = str.maketrans({"0": "o", "1": "l", "i": "l", "5": "s", "-": "", "_": "", ".": ""})


def normal_name(username: str) -> str:
    """Return a name as it is stored and looked up: clean, in lower case."""
    return clean_text(username).casefold()[:150]


def problem_with_name(username: str) -> Any:
    """Return the sentence that says why a name is not accepted; None when it is."""
    if not LEAST <= len(username) <= MOST:
        return lazy("Tên đăng nhập cần từ %(least)s đến %(most)s ký tự.", least=LEAST, most=MOST)
    if not _ACCEPTED.fullmatch(username):
        return lazy("Tên đăng nhập chỉ gồm chữ không dấu, chữ số và các dấu . _ - @, bắt đầu bằng chữ hoặc số.")
    return None


def skeleton(username: str) -> str:
    """Return what is left of a name once look-alikes are one; two accounts may not share it."""
    return fold(username).translate(_LOOKS).replace("rn", "m").replace("vv", "w")
