"""Bounds, steps and totals of a score sheet; no database here."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from contest_portal.core.errors import Problem
from contest_portal.core.i18n import lazy
from contest_portal.core.vietnamese import format_decimal


@dataclass(frozen=True)
class Line:
    """Be one criterion of a sheet, with its bounds."""

    id: int
    name: str
    max_points: Decimal
    step: Decimal
    guidance: str | None = None

    @property
    def field(self) -> str:
        """Return the name of its control in a form."""
        return f"points_{self.id}"


def points_problem(points: Decimal, most: Decimal, step: Decimal) -> Any:
    """Say what is wrong with the points for one criterion; None when nothing is."""
    if not points.is_finite() or points < 0 or points > most:
        return lazy("Điểm phải từ 0 đến %(most)s.", most=format_decimal(most))
    if points % step:
        return lazy("Điểm phải là bội số của %(step)s.", step=format_decimal(step))
    return None


def problems_of(lines: Iterable[Line], points: Mapping[int, Decimal]) -> list[Problem]:
    """Name every line whose points are out of bounds or off the step."""
    found = []
    for line in lines:
        given = points.get(line.id)
        sentence = None if given is None else points_problem(given, line.max_points, line.step)
        if sentence is not None:
            found.append(Problem(sentence, field=line.field, value=str(given)))
    return found


def missing(lines: Iterable[Line], points: Mapping[int, Decimal]) -> list[Problem]:
    """Name every line that has no points yet."""
    return [
        Problem(lazy("Chưa chấm tiêu chí “%(name)s”.", name=line.name), field=line.field)
        for line in lines
        if line.id not in points
    ]


def total_of(lines: Iterable[Line], points: Mapping[int, Decimal]) -> Decimal | None:
    """Return the sum over a sheet's lines; None before the first points."""
    given = [points[line.id] for line in lines if line.id in points]
    return sum(given, Decimal(0)) if given else None


def changes(
    before: Mapping[int, Decimal], after: Mapping[int, Decimal]
) -> list[tuple[int, Decimal | None, Decimal | None]]:
    """Return (criterion, before, after) of every score that differs, in the order of the criteria's ids."""
    ids = sorted({*before, *after})
    return [(i, before.get(i), after.get(i)) for i in ids if before.get(i) != after.get(i)]
