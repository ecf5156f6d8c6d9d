"""Tell the set-up of editions which points were given: criteria must not be changed below them."""

from collections.abc import Mapping
from decimal import Decimal

from sqlalchemy import func, select

from contest_portal.contests.models import Criterion, Round
from contest_portal.contests.setup.hooks import HOOKS
from contest_portal.core.database import db
from contest_portal.judging.models import Score


def points_given(edition_id: int) -> Mapping[int, tuple[Decimal, Decimal]]:
    """Return the lowest and the highest points given, by the id of their criterion."""
    query = (
        select(Score.criterion_id, func.min(Score.points), func.max(Score.points))
        .join(Criterion, Criterion.id == Score.criterion_id)
        .join(Round, Round.id == Criterion.round_id)
        .where(Round.edition_id == edition_id)
        .group_by(Score.criterion_id)
    )
    return {criterion: (low, high) for criterion, low, high in db.session.execute(query)}


HOOKS.points_given.append(points_given)
