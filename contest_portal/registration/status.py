"""The stations of an entry's life, and the ways between them."""

from enum import StrEnum
from typing import Any, Final

from contest_portal.core import looks


class Status(StrEnum):
    """Name where an entry stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RECEIVED = "received"
    SCREENED = "screened"
    FORWARDED = "forwarded"
    NOT_FORWARDED = "not_forwarded"
    SCORED = "scored"
    WITHDRAWN = "withdrawn"


LABELS: Final[dict[Status, Any]] = {status: looks.LABELS[status] for status in Status}

# None: the entry is born. From there the way leads forward; a step back is written down as such.
WAYS: Final[dict[Status | None, frozenset[Status]]] = {
    None: frozenset({Status.DRAFT, Status.SUBMITTED, Status.RECEIVED}),
    Status.DRAFT: frozenset({Status.SUBMITTED, Status.WITHDRAWN}),
    Status.SUBMITTED: frozenset({Status.DRAFT, Status.RECEIVED, Status.SCORED, Status.WITHDRAWN}),
    # Back to submitted only where another unit takes the entry over and has to receive it anew.
    Status.RECEIVED: frozenset({Status.SUBMITTED, Status.SCREENED, Status.WITHDRAWN}),
    Status.SCREENED: frozenset({Status.RECEIVED, Status.FORWARDED, Status.NOT_FORWARDED, Status.WITHDRAWN}),
    Status.FORWARDED: frozenset({Status.SCREENED, Status.NOT_FORWARDED, Status.SCORED, Status.WITHDRAWN}),
    Status.NOT_FORWARDED: frozenset({Status.SCREENED, Status.FORWARDED, Status.WITHDRAWN}),
    Status.SCORED: frozenset({Status.FORWARDED, Status.SUBMITTED, Status.WITHDRAWN}),
    Status.WITHDRAWN: frozenset({Status.DRAFT}),
}

# Counted as "đăng ký" in every tally.
REGISTERED: Final = frozenset(Status) - {Status.DRAFT, Status.WITHDRAWN}


def allowed(before: Status | None, after: Status) -> bool:
    """Tell whether an entry may go from one status to another."""
    return after in WAYS[before]
