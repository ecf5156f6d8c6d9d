"""What level of teaching a school is of: the word for it, and the ways lists write it; pure."""

from typing import Any, Final

from contest_portal.core.i18n import lazy
from contest_portal.core.vietnamese import fold

LEVELS: Final[dict[str, Any]] = {
    "preschool": lazy("Mầm non"),
    "primary": lazy("Tiểu học"),
    "lower": lazy("THCS"),
    "upper": lazy("THPT"),
    "primary_lower": lazy("Tiểu học và THCS"),
    "lower_upper": lazy("THCS và THPT"),
    "all": lazy("Tiểu học, THCS và THPT"),
    "vocational": lazy("GDNN-GDTX"),
    "higher": lazy("Cao đẳng, đại học"),
    "other": lazy("Khác"),
}
# Whole cells, folded and without signs; what is longer stands for what it begins with in a school's name.
_SPELLED: Final = {
    "preschool": ("mam non", "mn", "mau giao"),
    "primary": ("tieu hoc", "th", "cap 1", "cap i", "1"),
    "lower": ("thcs", "trung hoc co so", "cap 2", "cap ii", "2"),
    "upper": ("thpt", "trung hoc pho thong", "cap 3", "cap iii", "3"),
    "primary_lower": ("tieu hoc va thcs", "th thcs", "th va thcs", "tieu hoc thcs", "tieu hoc va trung hoc co so", "cap 1 2", "1 2"),
    "lower_upper": ("thcs va thpt", "thcs thpt", "trung hoc co so va trung hoc pho thong", "cap 2 3", "2 3"),
    "all": ("tieu hoc thcs va thpt", "th thcs thpt", "th thcs va thpt", "tieu hoc thcs thpt", "pho thong lien cap", "lien cap", "cap 1 2 3", "1 2 3"),
    "vocational": ("gdnn gdtx", "gdtx", "trung tam gdnn gdtx", "trung tam gdtx", "giao duc thuong xuyen", "trung tam giao duc nghe nghiep giao duc thuong xuyen"),
    "higher": ("cao dang dai hoc", "cao dang", "dai hoc", "cd", "dh"),
    "other": ("khac",),
}  # fmt: skip
_BY_WORDS: Final = {words: level for level, ways in _SPELLED.items() for words in ways}
_IN_NAMES: Final = sorted((words for words in _BY_WORDS if len(words) > 1 and words != "khac"), key=len, reverse=True)


def read_level(text: str) -> str | None:
    """Return the level a cell names, however it is written; None for words nobody knows."""
    return _BY_WORDS.get(plain_words(text))


def level_of_name(name: str) -> str | None:
    """Return the level that a school's own name says."""
    words = plain_words(name).removeprefix("truong ")
    return next((_BY_WORDS[known] for known in _IN_NAMES if words == known or words.startswith(known + " ")), None)


def plain_words(text: str) -> str:
    """Return folded words without any sign between them."""
    return " ".join("".join(c if c.isalnum() else " " for c in fold(text)).split())
