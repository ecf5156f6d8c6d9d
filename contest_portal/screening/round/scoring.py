"""From sheets to a score: the mean of their totals, and how far they lie apart; pure.

The mean is worked out exactly and then rounded to hundredths, a half upwards, as schools round marks.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal, localcontext

from contest_portal.core.errors import Problem
from contest_portal.core.i18n import lazy
from contest_portal.screening.round.criteria import MEAN_STEP, CriterionLine, mark_problem


def mean_of(totals: Sequence[Decimal]) -> Decimal | None:
    """Return the score that sheets with these totals give; None without any."""
    if not totals:
        return None
    with localcontext() as context:
        # Totals have hundredths and a board at most fifty members: no digit that decides a rounding is lost.
        context.prec = 40
        return (sum(totals, Decimal(0)) / len(totals)).quantize(MEAN_STEP, rounding=ROUND_HALF_UP)


def spread_of(totals: Iterable[Decimal]) -> Decimal | None:
    """Return how far the highest total lies above the lowest; None for fewer than two."""
    found = list(totals)
    return max(found) - min(found) if len(found) > 1 else None


def field_of(code: str) -> str:
    """Return the name of a criterion's control in a form."""
    return f"points_{code}"


def sheet_problems(
    criteria: Sequence[CriterionLine], points: Mapping[str, Decimal], *, whole: bool = False
) -> list[Problem]:
    """Name every line whose points are out of bounds or off the step; of a whole sheet also those still empty."""
    found = [problem for line in criteria for problem in _line_problems(line, points, whole=whole)]
    if points.keys() - {line.code for line in criteria}:
        found.append(Problem(lazy("Có tiêu chí không thuộc phiếu này.")))
    return found


def _line_problems(line: CriterionLine, points: Mapping[str, Decimal], *, whole: bool) -> list[Problem]:
    given = points.get(line.code)
    if given is None:
        empty = Problem(lazy("Chưa chấm tiêu chí “%(name)s”.", name=line.shown), field=field_of(line.code))
        return [empty] if whole else []
    sentence = mark_problem(line, given)
    return [] if sentence is None else [Problem(sentence, field=field_of(line.code), value=str(given))]
