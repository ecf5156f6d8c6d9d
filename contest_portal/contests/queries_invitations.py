"""Read invitations and requests for access."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select

from contest_portal.accounts.actor import Actor
from contest_portal.contests.models import School
from contest_portal.contests.models_schools import AccessRequest, Invitation
from contest_portal.contests.queries_schools import seen_units, visible_schools
from contest_portal.core.database import db
from contest_portal.core.errors import NotFound
from contest_portal.core.paging import PAGE_SIZE, Cursor, Page, keyset, make_page


def find_open_invitation(code_hash: str, *, hold: bool = False) -> Invitation | None:
    """Return the invitation with this code while it may be used: neither used, revoked nor expired."""
    query = select(Invitation).where(Invitation.code_hash == code_hash).execution_options(populate_existing=True)
    found = db.session.scalar(query.with_for_update(of=Invitation) if hold else query)
    return found if found is not None and found.state == "invited" else None


def invitations_of(school_id: int, limit: int = 20) -> Sequence[Invitation]:
    """Return a school's newest invitations."""
    query = select(Invitation).where(Invitation.school_id == school_id).order_by(Invitation.id.desc())
    return db.session.scalars(query.limit(limit)).all()


def get_invitation(school_id: int, invitation_id: int) -> Invitation:
    """Return one invitation of a school; raises NotFound."""
    found = db.session.get(Invitation, invitation_id)
    if found is None or found.school_id != school_id:
        raise NotFound
    return found


def requests_from(network: str, since: datetime) -> int:
    """Return how many requests for access came from an address since a moment."""
    query = select(func.count()).where(AccessRequest.network == network, AccessRequest.created_at > since)
    return db.session.scalar(query) or 0


def list_requests(actor: Actor, state: str, cursor: Cursor | None, size: int = PAGE_SIZE) -> Page[AccessRequest]:
    """Return one page of the requests an actor may see, the newest first."""
    query = _visible(actor).where(AccessRequest.state == state)
    statement, used = keyset(query, [AccessRequest.id], cursor, size=size, descending=True)
    return make_page(db.session.scalars(statement).all(), used, lambda row: (row.id,), size=size)


def count_waiting() -> int:
    """Return how many requests wait for an answer."""
    return db.session.scalar(select(func.count()).where(AccessRequest.state == "waiting")) or 0


def get_request(actor: Actor, reference: str) -> AccessRequest:
    """Return a request the actor may see; raises NotFound."""
    found = db.session.scalar(_visible(actor).where(AccessRequest.reference == reference))
    if found is None:
        raise NotFound
    return found


def _visible(actor: Actor) -> Select[Any]:
    # A request names a unit, not always a school.
    scope = seen_units(actor, AccessRequest.unit_id)
    return select(AccessRequest) if scope is None else select(AccessRequest).where(scope)


def schools_at(unit_id: int) -> Sequence[School]:
    """Return the schools of a unit that are not closed; names only are shown of them to the public."""
    query = select(School).where(School.unit_id == unit_id, School.closed_on.is_(None))
    return db.session.scalars(query.order_by(School.name_key, School.id)).all()


def chosen_schools(actor: Actor, school_ids: Sequence[int]) -> Sequence[School]:
    """Return those of the chosen schools that the actor may see and that are not closed."""
    query = visible_schools(actor).where(School.id.in_(school_ids), School.closed_on.is_(None))
    return db.session.scalars(query.order_by(School.name_key, School.id)).all()
