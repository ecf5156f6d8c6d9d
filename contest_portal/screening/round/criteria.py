"""What a sheet asks for, and what its points add up to; pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from math import gcd
from typing import Any, Final

from contest_portal.core.errors import Problem
from contest_portal.core.i18n import current_language, lazy
from contest_portal.core.vietnamese import fold, format_decimal

# For a round whose rules list no criteria.
USUAL_MOST: Final = Decimal(100)
USUAL_STEP: Final = Decimal("0.5")
USUAL_CODE: Final = "whole"
# How a unit comes to a score: one that all agree on, or the mean of the screeners' own sheets.
AGREED, SHEETS = "agreed", "sheets"
MEAN_STEP: Final = Decimal("0.01")
# Whoever leads the board is named first.
POSTS: Final = ("chair", "secretary", "member")
# More would not fit a sheet of paper.
MOST_CRITERIA: Final = 30
MOST_POINTS: Final = Decimal(1000)
MOST_WEIGHT: Final = Decimal(100)
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
    # Only the edition's criteria are named in both languages.
    name_en: str | None = field(default=None, compare=False)

    @property
    def shown(self) -> str:
        """Return the name in the reader's language."""
        return self.name_en if self.name_en and current_language() == "en" else self.name

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


def criterion_problems(line: CriterionLine, others: Sequence[CriterionLine] = ()) -> list[Problem]:
    """Say what is wrong with a criterion beside the others of its sheet."""
    problems = list(_bound_problems(line))
    if not problems:
        problems += _step_problems(line)
    if fold(line.name) in {fold(other.name) for other in others if other.code != line.code}:
        problems.append(Problem(lazy("Đã có tiêu chí tên này. Hãy đặt tên khác để phân biệt."), field="name"))
    return problems


def _bound_problems(line: CriterionLine) -> Iterator[Problem]:
    bounds = (("max_points", line.max_points, MOST_POINTS), ("step", line.step, MOST_POINTS))
    for name, value, most in (*bounds, ("weight", line.weight, MOST_WEIGHT)):
        if not 0 < value <= most:
            words = lazy("Hãy nhập một số lớn hơn 0 và không quá %(most)s.", most=format_decimal(most))
            yield Problem(words, field=name, value=str(value))
        elif value % MEAN_STEP:
            words = lazy("Hãy nhập nhiều nhất hai chữ số sau dấu phẩy.")
            yield Problem(words, field=name, value=str(value))


def _step_problems(line: CriterionLine) -> Iterator[Problem]:
    if line.max_points % line.step:
        words = lazy("Điểm tối đa %(most)s phải chia hết cho bước điểm.", most=format_decimal(line.max_points))
        yield Problem(words, field="step", value=str(line.step))
    # Totals are kept by hundredths: what a weight makes finer would be rounded away.
    elif line.step * line.weight % MEAN_STEP:
        words = lazy("Bước điểm nhân hệ số phải viết được với hai chữ số sau dấu phẩy. Hãy chọn hệ số khác.")
        yield Problem(words, field="weight", value=str(line.weight))
