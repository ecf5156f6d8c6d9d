"""What the check of a dossier may come to, and from what it may come to what; pure.

These words are about papers. Where an entry stands (handed in, received, forwarded, scored) is its status; how good it
is, judges say.
"""

from enum import StrEnum
from typing import Final

from contest_portal.registration.status import REGISTERED


class CheckState(StrEnum):
    """Name what the organiser's check of a dossier has come to."""

    PENDING = "pending"
    INCOMPLETE = "incomplete"
    ELIGIBLE = "eligible"
    INELIGIBLE = "ineligible"


# What an organiser may decide; "pending" is what an entry goes back to when its school has mended it.
DECISIONS: Final = (CheckState.ELIGIBLE, CheckState.INCOMPLETE, CheckState.INELIGIBLE)
# An entry in one of these has to be mended, or is out: no panel is given it.
HELD_BACK: Final = (CheckState.INCOMPLETE, CheckState.INELIGIBLE)


def is_accepted(status: str, state: str, base: str, *, checked: bool) -> bool:
    """Tell whether an entry is accepted for judging: it stands where panels take it from, and its papers are in order.

    base: the status panels take entries from; checked: the edition has a document check.
    """
    return status == base and (state == CheckState.ELIGIBLE or not checked)


def is_checked(status: str) -> bool:
    """Tell whether an entry of this status is looked through: only what was handed in is."""
    return status in REGISTERED
