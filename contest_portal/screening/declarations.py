"""Which declarations of units hold on a day: reception complete, screening complete, each until it is taken back."""

from collections.abc import Collection
from datetime import date
from typing import Any, Final

from sqlalchemy import exists, select, union_all
from sqlalchemy.orm import aliased

from contest_portal.core.database import db
from contest_portal.screening.models import UnitEvent

# What is declared, and what takes it back: only the second pair decides completion.
RECEPTION: Final = ("received_all", "receiving_again")
SCREENING: Final = ("completed", "reopened")


def holding(pair: tuple[str, str], edition_ids: Collection[int], as_of: date | None = None) -> Any:
    """Return the select of the declarations that were not followed by another of their pair up to a date."""
    later = aliased(UnitEvent)
    follows = (later.edition_id == UnitEvent.edition_id) & (later.unit_id == UnitEvent.unit_id)
    follows &= later.kind.in_(pair)
    follows &= (later.happened_on > UnitEvent.happened_on) | (
        (later.happened_on == UnitEvent.happened_on) & (later.id > UnitEvent.id)
    )
    query = select(UnitEvent).where(UnitEvent.edition_id.in_(edition_ids), UnitEvent.kind == pair[0])
    if as_of is not None:
        query = query.where(UnitEvent.happened_on <= as_of)
        follows &= later.happened_on <= as_of
    return query.where(~exists().where(follows))


def receptions_closed(edition_id: int, as_of: date | None = None) -> dict[int, date]:
    """Return the units that had declared their reception complete by a date, and since when."""
    return days_declared(edition_id, as_of)[RECEPTION[0]]


def days_declared(edition_id: int, as_of: date | None = None) -> dict[str, dict[int, date]]:
    """Return since when which units had declared what, by kind; one statement for both kinds."""
    columns: Any = (UnitEvent.kind, UnitEvent.unit_id, UnitEvent.happened_on)
    both = (holding(pair, [edition_id], as_of).with_only_columns(*columns) for pair in (RECEPTION, SCREENING))
    found: dict[str, dict[int, date]] = {RECEPTION[0]: {}, SCREENING[0]: {}}
    for kind, unit_id, happened_on in db.session.execute(union_all(*both)):
        found[kind][unit_id] = happened_on
    return found


def declared(edition_id: int, unit_id: int, pair: tuple[str, str]) -> UnitEvent | None:
    """Return a unit's declaration that holds now; None where there is none, or it was taken back."""
    found: UnitEvent | None = db.session.scalar(holding(pair, [edition_id]).where(UnitEvent.unit_id == unit_id))
    return found
