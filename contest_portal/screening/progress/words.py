"""What the units of an edition are called together, by the kinds there are; pure."""

from collections.abc import Collection
from typing import Any, Final

from contest_portal.core.i18n import lazy

# The first line all of whose kinds hold every kind of the edition.
_WORDS: Final[tuple[tuple[frozenset[str], Any], ...]] = (
    (frozenset({"district"}), lazy("huyện")),
    (frozenset({"district", "town", "city"}), lazy("huyện, thị, thành phố")),
    (frozenset({"commune"}), lazy("xã")),
    (frozenset({"ward"}), lazy("phường")),
    (frozenset({"commune", "ward"}), lazy("xã, phường")),
    (frozenset({"cluster"}), lazy("cụm")),
    (frozenset({"school"}), lazy("trường")),
)
UNITS: Final = lazy("đơn vị")


def units_word(kinds: Collection[str]) -> Any:
    """Return what units of these kinds are called: "huyện, thị, thành phố", "xã, phường", "cụm", else "đơn vị"."""
    present = frozenset(kinds)
    return next((word for known, word in _WORDS if present and present <= known), UNITS)
