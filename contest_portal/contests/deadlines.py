"""Until when an edition takes registrations from a school; pure: events of the deadline in, a moment out.

An extension is given to everybody, to one unit or to one school. The newest word for each of these counts, and of
the words that reach a school the most generous one: a narrower extension never takes away what everybody has, and
nothing closes earlier than the edition says.
"""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class DeadlineKind(StrEnum):
    """Say what an event of a deadline is: more time was given, or it was seen to be over."""

    EXTENDED = "extended"
    PASSED = "passed"


class DeadlineWord(Protocol):
    """Be what is read of an event: whom it is for, and the new time; None takes an extension back."""

    @property
    def kind(self) -> str:
        """Return what the event is."""

    @property
    def unit_id(self) -> int | None:
        """Return the unit it is for, if it is for one."""

    @property
    def school_id(self) -> int | None:
        """Return the school it is for, if it is for one."""

    @property
    def closes_at(self) -> datetime | None:
        """Return the new time."""


def closing_time(
    base: datetime, events: Iterable[DeadlineWord], unit_id: int | None = None, school_id: int | None = None
) -> datetime:
    """Return when the registration closes for a school of a unit; without them, for everybody."""
    newest = newest_words(events)
    reached = [(None, None), (unit_id, None), (None, school_id)]
    given = [newest.get(scope) for scope in reached]
    return max([base, *(moment for moment in given if moment is not None)])


def newest_words(events: Iterable[DeadlineWord]) -> dict[tuple[int | None, int | None], datetime | None]:
    """Return the time last said for everybody, for each unit and for each school, the events being in their order."""
    return {(e.unit_id, e.school_id): e.closes_at for e in events if e.kind == DeadlineKind.EXTENDED}


def seen_over(events: Iterable[DeadlineWord], closes: datetime) -> bool:
    """Tell whether somebody has already been there at this closing time or after it, whatever the clock says now."""
    return any(e.kind == DeadlineKind.PASSED and e.closes_at is not None and e.closes_at >= closes for e in events)
