"""Where a unit stands in an edition, worked out from what it has done; no database here."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from contest_portal.core.i18n import lazy
from contest_portal.registration.status import Status


class UnitState(StrEnum):
    """Name how far a unit has come."""

    NOT_STARTED = "not_started"
    RECEIVING = "receiving"
    SCREENING = "screening"
    COMPLETE = "complete"


LABELS: Final[dict[UnitState, Any]] = {
    UnitState.NOT_STARTED: lazy("Chưa bắt đầu"),
    UnitState.RECEIVING: lazy("Đang nhận hồ sơ"),
    UnitState.SCREENING: lazy("Đang sơ khảo"),
    UnitState.COMPLETE: lazy("Đã hoàn thành"),
}

COLOURS: Final[dict[UnitState, str]] = {
    UnitState.NOT_STARTED: "grey",
    UnitState.RECEIVING: "blue",
    UnitState.SCREENING: "amber",
    UnitState.COMPLETE: "green",
}

# What a unit still has to decide before it can say that it is done.
UNDECIDED: Final = (Status.SUBMITTED, Status.RECEIVED, Status.SCREENED)
# What counts against the quota: an entry scored by the panel was forwarded before.
FORWARDED: Final = (Status.FORWARDED, Status.SCORED)
_SCREENED: Final = (Status.SCREENED, Status.NOT_FORWARDED, *FORWARDED)


@dataclass(frozen=True)
class UnitCounts:
    """Count a unit's entries by status, and say what follows from the figures."""

    by_status: Mapping[str, int]
    completed_on: date | None = None
    quota: int | None = None
    # Since when the unit has declared that it received everything.
    closed_on: date | None = None

    def count(self, *statuses: Status) -> int:
        """Return how many entries stand at one of these statuses."""
        return sum(self.by_status.get(status, 0) for status in statuses)

    @property
    def total(self) -> int:
        """Return how many entries the unit has, without drafts and withdrawn ones."""
        return self.count(*UNDECIDED, Status.NOT_FORWARDED, *FORWARDED)

    @property
    def waiting(self) -> int:
        """Return how many entries came through the portal and are not received yet."""
        return self.count(Status.SUBMITTED)

    @property
    def undecided(self) -> int:
        """Return how many entries have no decision yet."""
        return self.count(*UNDECIDED)

    @property
    def forwarded(self) -> int:
        """Return how many entries the unit has forwarded."""
        return self.count(*FORWARDED)

    @property
    def left(self) -> int | None:
        """Return how many more entries may be forwarded; None without a quota."""
        return None if self.quota is None else max(0, self.quota - self.forwarded)

    @property
    def state(self) -> UnitState:
        """Return how far the unit has come."""
        return unit_state(self)


def unit_state(counts: UnitCounts) -> UnitState:
    """Return how far a unit has come; screening begins with the first entry screened, or when reception is complete."""
    if counts.completed_on is not None:
        return UnitState.COMPLETE
    if counts.closed_on is not None or counts.count(*_SCREENED):
        return UnitState.SCREENING
    if counts.count(Status.RECEIVED):
        return UnitState.RECEIVING
    return UnitState.NOT_STARTED


def next_thing(counts: UnitCounts) -> str:
    """Name the one thing to do next: receive, screen, decide, log, complete or nothing."""
    if counts.completed_on is not None:
        return "nothing"
    for status, thing in ((Status.SUBMITTED, "receive"), (Status.RECEIVED, "screen"), (Status.SCREENED, "decide")):
        if counts.count(status):
            return thing
    return "complete" if counts.total or counts.closed_on is not None else "log"


def score_problem(score: Decimal, most: Decimal, step: Decimal) -> Any:
    """Say what is wrong with a unit's score; None when nothing is."""
    if score < 0 or score > most:
        return lazy("Điểm phải từ 0 đến %(most)s.", most=_comma(most))
    if score % step:
        return lazy("Điểm phải là bội số của %(step)s.", step=_comma(step))
    return None


def _comma(value: Decimal) -> str:
    text = f"{value:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text).replace(".", ",")
