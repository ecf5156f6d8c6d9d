"""Tell the set-up of editions what units have marked by its criteria: they must not be changed below that."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import and_, func, or_, select

from contest_portal.contests.models import Criterion, Round
from contest_portal.contests.setup.hooks import HOOKS
from contest_portal.core.database import db
from contest_portal.registration.models import Entry
from contest_portal.screening.models import ScreeningResult
from contest_portal.screening.round.criteria import AGREED
from contest_portal.screening.round.models import ScreeningMark, ScreeningSheet, UnitRound

Bounds = Mapping[int, tuple[Decimal, Decimal]]


def points_in_units(edition_id: int) -> Bounds:
    """Return the lowest and the highest points units gave, by the id of the edition's criterion.

    A score that a unit agreed on says nothing of single criteria: it may have taken all the points of each.
    """
    by_sheets = _by_the_editions(
        select(Criterion.id, func.min(ScreeningMark.points), func.max(ScreeningMark.points))
        .join(Round, Round.id == Criterion.round_id)
        .join(ScreeningMark, ScreeningMark.criterion_code == Criterion.code)
        .join(ScreeningSheet, ScreeningSheet.id == ScreeningMark.sheet_id)
        .join(Entry, and_(Entry.id == ScreeningSheet.entry_id, Entry.edition_id == Round.edition_id)),
        edition_id,
    ).group_by(Criterion.id)
    given = {criterion: (low, high) for criterion, low, high in db.session.execute(by_sheets)}
    return {**given, **_by_agreement(edition_id)}


def _by_agreement(edition_id: int) -> dict[int, tuple[Decimal, Decimal]]:
    agreed = _by_the_editions(
        select(Entry.id)
        .join(ScreeningResult, ScreeningResult.entry_id == Entry.id)
        .join(Round, Round.edition_id == Entry.edition_id)
        .where(ScreeningResult.score.is_not(None), or_(UnitRound.marking.is_(None), UnitRound.marking == AGREED)),
        edition_id,
    )
    if db.session.scalar(agreed.limit(1)) is None:
        return {}
    whole = select(Criterion.id, Criterion.max_points).join(Round, Round.id == Criterion.round_id)
    rows = db.session.execute(whole.where(Round.edition_id == edition_id, Round.kind == "screening"))
    return {criterion: (Decimal(0), most) for criterion, most in rows}


def _by_the_editions(query: Any, edition_id: int) -> Any:
    """Leave out the units that mark by criteria of their own."""
    of_unit = and_(UnitRound.edition_id == Entry.edition_id, UnitRound.unit_id == Entry.unit_id)
    return query.outerjoin(UnitRound, of_unit).where(
        Round.edition_id == edition_id,
        Round.kind == "screening",
        or_(UnitRound.own_criteria.is_(None), UnitRound.own_criteria.is_(False)),
    )


HOOKS.points_given.append(points_in_units)
