"""Until when a school may hand in and change by itself, and how that is told."""

from datetime import datetime, timedelta
from typing import Any, Final

from contest_portal.contests.deadlines import seen_over
from contest_portal.contests.models import Edition
from contest_portal.core import clock
from contest_portal.core.i18n import _
from contest_portal.registration.models import Entry

# From here on the time left is said in hours and minutes, and a page that is open counts it down.
NEAR: Final = timedelta(hours=24)
# A form that arrived in the last second may be looked at after one that came too late has been refused already.
IN_FLIGHT: Final = timedelta(seconds=2)
_DAY, _HOUR, _MINUTE = 86_400, 3_600, 60


def closes_at(edition: Edition, unit_id: int | None = None, school_id: int | None = None) -> datetime:
    """Return when the registration closes for a school of a unit, extensions included."""
    return edition.closes_for(unit_id, school_id)


def closes_for(entry: Entry) -> datetime:
    """Return when the registration closes for an entry's school."""
    return entry.edition.closes_for(entry.unit_id, entry.school_id)


def was_over(edition: Edition, closes: datetime) -> bool:
    """Tell whether a deadline that the clock shows ahead has passed before: then the clock was set back.

    The clock is read after the database: whoever saw the deadline pass had read it before writing that down.
    """
    return seen_over(edition.deadline_events, closes) and clock.now() < closes - IN_FLIGHT


def left_of(entry: Entry, at: datetime) -> tuple[datetime, bool]:
    """Return until when the entry's school may work on it, and whether that is the time for mending."""
    if entry.check_state == "incomplete" and entry.mend_until is not None and at < entry.mend_until:
        return max(entry.mend_until, closes_for(entry)), True
    return closes_for(entry), False


def time_left(closes: datetime, at: datetime) -> str:
    """Say how much time is left, the two largest parts of it; empty when it is over."""
    seconds = int((closes - at).total_seconds())
    if seconds <= 0:
        return ""
    if seconds < _MINUTE:
        return _("dưới 1 phút")
    parts = [
        (seconds // _DAY, _part_day),
        (seconds % _DAY // _HOUR, _part_hour),
        (seconds % _HOUR // _MINUTE, _part_min),
    ]
    said = [say(count) for count, say in parts if count]
    return " ".join(said[:2])


def _part_day(count: int) -> Any:
    return _("%(count)s ngày", count=count)


def _part_hour(count: int) -> Any:
    return _("%(count)s giờ", count=count)


def _part_min(count: int) -> Any:
    return _("%(count)s phút", count=count)
