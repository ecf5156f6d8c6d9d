"""Where units stood on a day, worked out from what had happened by then; pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final, NamedTuple

from contest_portal.registration.status import Status
from contest_portal.screening.states import FORWARDED, UnitCounts, UnitState

# What an entry has passed once it stands there, whoever led it so far.
RECEIVED: Final = (Status.RECEIVED, Status.SCREENED, Status.NOT_FORWARDED, *FORWARDED)
SCREENED: Final = (Status.SCREENED, Status.NOT_FORWARDED, *FORWARDED)


class Alike(NamedTuple):
    """Say how many entries of a unit stood at one status, and when the first and the last of them came so far."""

    unit_id: int
    status: str
    number: int
    first_received: date | None
    first_screened: date | None
    last_moved: date | None


@dataclass(frozen=True)
class UnitStanding:
    """Be how one unit stood on a day."""

    counts: UnitCounts
    received_on: date | None = None
    screened_on: date | None = None
    # The last day on which the unit did anything.
    moved_on: date | None = None

    @property
    def state(self) -> UnitState:
        """Return how far the unit had come."""
        return self.counts.state

    @property
    def received(self) -> int:
        """Return how many entries the unit had received."""
        return self.counts.count(*RECEIVED)

    @property
    def screened(self) -> int:
        """Return how many of them it had screened."""
        return self.counts.count(*SCREENED)

    @property
    def closed_on(self) -> date | None:
        """Return since when nothing more was received: what the unit declared, else its completion."""
        return self.counts.closed_on or self.counts.completed_on


@dataclass
class _Sum:
    by_status: dict[str, int] = field(default_factory=dict)
    received: list[date] = field(default_factory=list)
    screened: list[date] = field(default_factory=list)
    moved: list[date] = field(default_factory=list)


def stand(
    unit_ids: Iterable[int], alike: Sequence[Alike], completed: Mapping[int, date], closed: Mapping[int, date]
) -> dict[int, UnitStanding]:
    """Return how units stood: what their entries had come to, and what they had declared."""
    sums = _sums(alike)
    return {
        unit_id: _standing(sums.get(unit_id) or _Sum(), completed.get(unit_id), closed.get(unit_id))
        for unit_id in unit_ids
    }


def _sums(alike: Sequence[Alike]) -> dict[int, _Sum]:
    found: dict[int, _Sum] = {}
    for row in alike:
        total = found.setdefault(row.unit_id, _Sum())
        total.by_status[row.status] = row.number
        for days, day in (
            (total.received, row.first_received),
            (total.screened, row.first_screened),
            (total.moved, row.last_moved),
        ):
            if day is not None:
                days.append(day)
    return found


def _standing(total: _Sum, completed_on: date | None, closed_on: date | None) -> UnitStanding:
    acts = [*total.moved, *(day for day in (completed_on, closed_on) if day is not None)]
    return UnitStanding(
        UnitCounts(total.by_status, completed_on, closed_on=closed_on),
        # An entry may have gone back to "submitted" or been withdrawn: the unit had begun all the same.
        received_on=min(total.received, default=None),
        screened_on=min(total.screened, default=None),
        moved_on=max(acts, default=None),
    )
