"""What a sheet asks for, and what its points add up to; pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import gcd
from typing import Any, Final

from contest_portal.core.i18n import lazy
from contest_portal.core.vietnamese import format_decimal

# For a round whose rules list no criteria.
USUAL_MOST: Final = Decimal(100)
USUAL_STEP: Final = Decimal("0.5")
USUAL_CODE: Final = "whole"
# How a unit comes to a score: one that all agree on, or the mean of the screeners' own sheets.
AGREED, SHEETS = "agreed", "sheets"
MEAN_STEP: Final = Decimal("0.01")
# Whoever leads the board is named first.
POSTS: Final = ("chair", "secretary", "member")
# Steps and weights have hundredths, so their products have ten-thousandths.
_PARTS: Final = 10_000


@dataclass(frozen=True)
class CriterionLine:
    """Be one line of a sheet: a score is the sum of points times weight."""

    code: str
    name: str
    guidance: str | None = None
    max_points: Decimal = USUAL_MOST
    step: Decimal = USUAL_STEP
    weight: Decimal = Decimal(1)

    @property
    def most(self) -> Decimal:
        """Return what the line adds to a total at most."""
        return self.max_points * self.weight


def most_of(criteria: Sequence[CriterionLine]) -> Decimal:
    """Return the highest total a sheet can have."""
    return sum((line.most for line in criteria), Decimal(0))


def step_of(criteria: Sequence[CriterionLine]) -> Decimal:
    """Return the step every total is a multiple of: of lines by 0.75 and by 0.5 it is 0.25."""
    steps = [line.step * line.weight for line in criteria]
    if not steps:
        return USUAL_STEP
    return Decimal(gcd(*(int(step * _PARTS) for step in steps))) / _PARTS


def total_of(criteria: Sequence[CriterionLine], points: Mapping[str, Decimal]) -> Decimal | None:
    """Return a sheet's total; None until every criterion has its points."""
    if not criteria or any(line.code not in points for line in criteria):
        return None
    return sum((points[line.code] * line.weight for line in criteria), Decimal(0))


def mark_problem(line: CriterionLine, points: Decimal) -> Any:
    """Say what is wrong with the points for one criterion; None when nothing is."""
    most, step = format_decimal(line.max_points), format_decimal(line.step)
    if points < 0 or points > line.max_points:
        return lazy("Điểm phải từ 0 đến %(most)s.", most=most)
    if points % line.step:
        return lazy("Điểm phải là bội số của %(step)s.", step=step)
    return None
