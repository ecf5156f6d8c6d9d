"""Read requests for more than the quota."""

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from contest_portal.accounts.actor import Actor
from contest_portal.contests.models import Edition
from contest_portal.core.database import db
from contest_portal.core.errors import NotFound
from contest_portal.core.paging import Cursor, Page, keyset, make_page
from contest_portal.screening.forwarding.models import QuotaRequest
from contest_portal.screening.rules import check_sees_unit


def list_requests(edition: Edition, *, waiting: bool = True, cursor: Cursor | None = None) -> Page[QuotaRequest]:
    """Return one page of an edition's requests: those that wait, the oldest first, or all, the newest first."""
    query = select(QuotaRequest).where(QuotaRequest.edition_id == edition.id).options(joinedload(QuotaRequest.unit))
    if waiting:
        query = query.where(QuotaRequest.state == "waiting")
    statement, used = keyset(query, [QuotaRequest.id], cursor, descending=not waiting)
    return make_page(db.session.scalars(statement).all(), used, lambda request: (request.id,))


def get_request(actor: Actor, token: str) -> QuotaRequest:
    """Return a request of a unit the actor may see; raises NotFound."""
    found = db.session.scalar(
        select(QuotaRequest).where(QuotaRequest.token == token).execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound
    check_sees_unit(actor, found.edition_id, found.unit_id)
    return found


def find_waiting(edition_id: int, unit_id: int) -> QuotaRequest | None:
    """Return the request of a unit that nobody has answered yet."""
    return db.session.scalar(
        select(QuotaRequest).where(
            QuotaRequest.edition_id == edition_id, QuotaRequest.unit_id == unit_id, QuotaRequest.state == "waiting"
        )
    )


def count_waiting(edition_id: int) -> int:
    """Return how many requests of an edition wait for an answer."""
    waiting = (QuotaRequest.edition_id == edition_id) & (QuotaRequest.state == "waiting")
    return db.session.scalar(select(func.count()).select_from(QuotaRequest).where(waiting)) or 0
