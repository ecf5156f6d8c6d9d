"""What units were granted beyond their quotas."""

from collections.abc import Sequence

from sqlalchemy import func, select

from contest_portal.core.database import db
from contest_portal.screening.forwarding.models import QuotaRequest


def granted_in(edition_id: int, unit_id: int | None = None) -> dict[int, int]:
    """Return how many entries more each unit of an edition may forward; of one unit where it is named."""
    query = (
        select(QuotaRequest.unit_id, func.sum(QuotaRequest.granted))
        .where(QuotaRequest.edition_id == edition_id, QuotaRequest.state == "granted")
        .group_by(QuotaRequest.unit_id)
    )
    if unit_id is not None:
        query = query.where(QuotaRequest.unit_id == unit_id)
    return {unit: int(more or 0) for unit, more in db.session.execute(query)}


def requests_of_unit(edition_id: int, unit_id: int) -> Sequence[QuotaRequest]:
    """Return what a unit asked for, the newest first."""
    return db.session.scalars(
        select(QuotaRequest)
        .where(QuotaRequest.edition_id == edition_id, QuotaRequest.unit_id == unit_id)
        .order_by(QuotaRequest.id.desc())
    ).all()
