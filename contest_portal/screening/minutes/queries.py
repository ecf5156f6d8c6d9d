"""Read a unit's minutes and signed scans."""

from collections.abc import Sequence
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from contest_portal.accounts.actor import Actor
from contest_portal.core.database import db
from contest_portal.core.errors import NotFound
from contest_portal.screening.minutes.models import SignedPaper, UnitMinutes
from contest_portal.screening.rules import check_sees_unit

Tokened = TypeVar("Tokened", UnitMinutes, SignedPaper)


def minutes_of(edition_id: int, unit_id: int) -> Sequence[UnitMinutes]:
    """Return a unit's minutes, the newest first."""
    return db.session.scalars(
        select(UnitMinutes)
        .where(UnitMinutes.edition_id == edition_id, UnitMinutes.unit_id == unit_id)
        .order_by(UnitMinutes.id.desc())
    ).all()


def latest_minutes(edition_id: int, unit_id: int, *, issued: bool = False) -> UnitMinutes | None:
    """Return the newest minutes of a unit, if it has any."""
    query = select(UnitMinutes).where(UnitMinutes.edition_id == edition_id, UnitMinutes.unit_id == unit_id)
    if issued:
        query = query.where(UnitMinutes.issued_at.is_not(None))
    return db.session.scalar(query.order_by(UnitMinutes.id.desc()).limit(1))


def signed_of(edition_id: int, unit_id: int) -> Sequence[SignedPaper]:
    """Return the scans a unit keeps, the newest first."""
    return db.session.scalars(
        select(SignedPaper)
        .where(SignedPaper.edition_id == edition_id, SignedPaper.unit_id == unit_id, SignedPaper.removed_at.is_(None))
        .options(joinedload(SignedPaper.file), joinedload(SignedPaper.minutes))
        .order_by(SignedPaper.id.desc())
    ).all()


def get_minutes(actor: Actor, token: str) -> UnitMinutes:
    """Return minutes the actor may see; raises NotFound."""
    return _seen(actor, get_minutes_of_token(token))


def get_signed(actor: Actor, token: str) -> SignedPaper:
    """Return a scan the actor may see; raises NotFound, also for one that was taken out."""
    paper = _seen(actor, with_token(SignedPaper, token))
    if paper.removed_at is not None:
        raise NotFound
    return paper


def get_minutes_of_token(token: str) -> UnitMinutes:
    """Return minutes by their token; raises NotFound."""
    return with_token(UnitMinutes, token)


def with_token(model: type[Tokened], token: str) -> Tokened:
    """Return a row by its token, as it stands in the database now; raises NotFound."""
    columns: Any = model
    found = db.session.scalar(select(model).where(columns.token == token).execution_options(populate_existing=True))
    if found is None:
        raise NotFound
    return found


def _seen(actor: Actor, row: Tokened) -> Tokened:
    check_sees_unit(actor, row.edition_id, row.unit_id)
    return row
