"""Remember what a person's headings mean, for one edition; forget it when asked."""

from collections.abc import Mapping, Sequence

from sqlalchemy import delete, select

from contest_portal.accounts.actor import Actor
from contest_portal.contests.models import Edition
from contest_portal.core import clock
from contest_portal.core.database import db, transaction
from contest_portal.screening.models_imports import ColumnMapping

MOST: int = 500


def recall(actor: Actor, edition: Edition) -> dict[str, str]:
    """Return what the actor has said of headings in this edition: heading → meaning."""
    return {row.heading: row.meaning for row in _rows(actor, edition)}


def remember(actor: Actor, edition: Edition, chosen: Mapping[str, str]) -> None:
    """Keep what the actor says of headings now; what was said before of the same ones is replaced."""
    with transaction():
        known = {row.heading: row for row in _rows(actor, edition)}
        for heading, meaning in list(chosen.items())[:MOST]:
            row = known.get(heading)
            if row is None:
                row = ColumnMapping(user_id=actor.user_id, edition_id=edition.id, heading=heading)
                db.session.add(row)
            row.meaning, row.used_at = meaning, clock.now()


def forget(actor: Actor, edition: Edition) -> None:
    """Forget everything the actor has said of headings in this edition."""
    own = (ColumnMapping.user_id == actor.user_id, ColumnMapping.edition_id == edition.id)
    with transaction():
        db.session.execute(delete(ColumnMapping).where(*own).execution_options(synchronize_session="fetch"))


def _rows(actor: Actor, edition: Edition) -> Sequence[ColumnMapping]:
    wanted = select(ColumnMapping).where(
        ColumnMapping.user_id == (actor.user_id or 0), ColumnMapping.edition_id == edition.id
    )
    return db.session.scalars(wanted.order_by(ColumnMapping.used_at.desc(), ColumnMapping.id).limit(MOST)).all()
