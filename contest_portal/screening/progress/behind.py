"""Which units are behind, and why, in words; pure."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from contest_portal.core.i18n import lazy
from contest_portal.core.vietnamese import format_date
from contest_portal.screening.progress.standing import UnitStanding
from contest_portal.screening.states import UnitState

# How long a parcel may wait, or a unit at work do nothing, before somebody should ask.
PATIENCE: Final = timedelta(days=7)


@dataclass(frozen=True)
class Due:
    """Be the days that an edition sets its units; `begin` is when the first parcels should be there."""

    begin: date
    finish: date | None = None


def reasons_for(standing: UnitStanding, waiting_since: date | None, due: Due, today: date) -> list[Any]:
    """Say why a unit is behind on a day; nothing for one that is complete or well on its way."""
    if standing.state is UnitState.COMPLETE:
        return []
    found = (_late(due, today), _not_begun(standing, due, today), _waiting(standing, waiting_since, today))
    return [reason for reason in (*found, _idle(standing, today)) if reason is not None]


def _late(due: Due, today: date) -> Any:
    if due.finish is None or today <= due.finish:
        return None
    days = (today - due.finish).days
    return lazy("quá hạn hoàn thành %(due)s đã %(days)s ngày", due=format_date(due.finish), days=days)


def _not_begun(standing: UnitStanding, due: Due, today: date) -> Any:
    if standing.state is not UnitState.NOT_STARTED or today <= due.begin:
        return None
    return lazy("chưa ghi nhận hồ sơ nào, dù hạn nhận đã qua ngày %(day)s", day=format_date(due.begin))


def _waiting(standing: UnitStanding, since: date | None, today: date) -> Any:
    if since is None or since + PATIENCE > today:
        return None
    return lazy(
        "%(number)s hồ sơ nộp qua cổng chờ ghi nhận, lâu nhất từ ngày %(day)s",
        number=standing.counts.waiting,
        day=format_date(since),
    )


def _idle(standing: UnitStanding, today: date) -> Any:
    if standing.moved_on is None or standing.moved_on + PATIENCE > today:
        return None
    return lazy(
        "%(days)s ngày không có việc gì mới, lần cuối ngày %(day)s",
        days=(today - standing.moved_on).days,
        day=format_date(standing.moved_on),
    )
