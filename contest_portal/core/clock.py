"""Tell the time once for everybody, so that tests can choose it."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

_source: Callable[[], datetime] | None = None
_zone = ZoneInfo("Asia/Ho_Chi_Minh")


def now() -> datetime:
    """Return this moment in UTC."""
    return _source() if _source else datetime.now(UTC)


def today() -> date:
    """Return today's date where the portal works."""
    return local(now()).date()


def local(moment: datetime) -> datetime:
    """Return a moment in the portal's time zone."""
    return moment.astimezone(_zone)


def at_local(day: date, hour: int = 0, minute: int = 0, second: int = 0) -> datetime:
    """Return the UTC moment of a wall-clock time in the portal's time zone."""
    return datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=_zone).astimezone(UTC)


def set_zone(zone: ZoneInfo) -> None:
    """Use another time zone from now on."""
    global _zone
    _zone = zone


def set_clock(source: Callable[[], datetime] | None) -> None:
    """Let tests and the demonstration season choose the time; None returns to the real clock."""
    global _source
    _source = source
