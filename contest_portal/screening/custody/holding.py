"""Who holds a model: worked out from the slips, the reception and the arrival; no database here."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final

from contest_portal.core.i18n import lazy


class Side(StrEnum):
    """Name who may hold a model."""

    SCHOOL = "school"
    UNIT = "unit"
    PROVINCE = "province"


SIDES: Final[dict[Side, Any]] = {
    Side.SCHOOL: lazy("Nhà trường"),
    Side.UNIT: lazy("Đơn vị"),
    Side.PROVINCE: lazy("Ban Tổ chức cấp tỉnh"),
}
# A slip leads one step along the way, there or back.
STEPS: Final = frozenset(
    {
        (Side.SCHOOL, Side.UNIT),
        (Side.UNIT, Side.SCHOOL),
        (Side.UNIT, Side.PROVINCE),
        (Side.PROVINCE, Side.UNIT),
    }
)


@dataclass(frozen=True)
class Step:
    """Be the newest slip of an entry that was not cancelled."""

    giver: Side
    taker: Side
    happened_on: date
    confirmed_on: date | None
    condition: str | None
    number: str


@dataclass(frozen=True)
class Log:
    """Say what is known of a model without slips: that its unit received it, that the province did."""

    received: bool
    received_on: date | None = None
    arrived_on: date | None = None
    condition: str | None = None


@dataclass(frozen=True)
class Holder:
    """Say who holds a model, since when; on the way while nobody has confirmed that it came."""

    side: Side
    since: date | None = None
    towards: Side | None = None
    condition: str | None = None
    number: str | None = None

    @property
    def on_the_way(self) -> bool:
        """Tell whether the model has left one side and nobody has confirmed that it reached the other."""
        return self.towards is not None


def holder_of(step: Step | None, log: Log) -> Holder:
    """Return who holds a model: what happened last decides, by the day; on one day a slip says more than a log.

    Without a slip it is with the school until the unit received it, and with the unit until the province did.
    """
    logged = _logged(log)
    if step is None or _is_newer(logged, step):
        return logged
    if step.confirmed_on is None:
        return Holder(step.giver, step.happened_on, step.taker, step.condition, step.number)
    return Holder(step.taker, step.confirmed_on, None, step.condition, step.number)


def _logged(log: Log) -> Holder:
    if log.arrived_on is not None:
        return Holder(Side.PROVINCE, log.arrived_on, None, log.condition)
    if log.received:
        return Holder(Side.UNIT, log.received_on, None, log.condition)
    return Holder(Side.SCHOOL)


def _is_newer(logged: Holder, step: Step) -> bool:
    """Tell whether the log knows more than the slip: also that what is on the way since that day has come."""
    if logged.since is None:
        return False
    came = step.confirmed_on is None and step.taker is logged.side and logged.since == step.happened_on
    return came or logged.since > (step.confirmed_on or step.happened_on)
