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
    """Be the newest slip of an entry."""

    giver: Side
    taker: Side
    happened_on: date
    confirmed_on: date | None
    condition: str | None
    number: str


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


def holder_of(step: Step | None, received_on: date | None, arrived_on: date | None) -> Holder:
    """Return who holds a model: what happened last decides, by the day; on one day a slip says more than a log.

    Without a slip it is with the school until the unit received it, and with the unit until the province did.
    """
    logged = _logged(received_on, arrived_on)
    if step is None or (logged.since is not None and logged.since > (step.confirmed_on or step.happened_on)):
        return logged
    if step.confirmed_on is None:
        return Holder(step.giver, step.happened_on, step.taker, step.condition, step.number)
    return Holder(step.taker, step.confirmed_on, None, step.condition, step.number)


def _logged(received_on: date | None, arrived_on: date | None) -> Holder:
    if arrived_on is not None:
        return Holder(Side.PROVINCE, arrived_on)
    return Holder(Side.UNIT, received_on) if received_on is not None else Holder(Side.SCHOOL)
