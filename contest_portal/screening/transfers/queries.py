"""Read requests that an entry go to another unit: of the other side's entry no more than it needs to answer."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import aliased

from contest_portal.accounts.actor import Actor
from contest_portal.contests.models import Edition, EditionUnit, Field, School, Unit
from contest_portal.core.database import db
from contest_portal.core.errors import NotFound
from contest_portal.core.i18n import local_name
from contest_portal.core.paging import PAGE_SIZE, Cursor, Page, keyset, make_page
from contest_portal.registration.models import Entry
from contest_portal.screening.rules import may_see_unit
from contest_portal.screening.transfers.models import UnitTransfer

_FROM, _TO = aliased(Unit), aliased(Unit)
DIRECTIONS: Final = {"in": UnitTransfer.to_unit_id, "out": UnitTransfer.from_unit_id}


class Asked(NamedTuple):
    """Be what both sides are shown of a request: no people, no documents, no address or telephone."""

    id: int
    token: str
    state: str
    reference: str
    title: str
    field: str | None
    school: str | None
    edition_id: int
    edition_code: str
    from_unit_id: int
    from_unit: str
    from_code: str
    to_unit_id: int
    to_unit: str
    to_code: str
    reason: str
    answer: str | None
    asked_on: date
    decided_at: datetime | None

    @property
    def waiting(self) -> bool:
        """Tell whether the other side has not answered yet."""
        return self.state == "waiting"


def find_asked(actor: Actor, token: str) -> Asked:
    """Return a request that one of the actor's units made or was made; raises NotFound."""
    row = db.session.execute(_asked().where(UnitTransfer.token == token)).one_or_none()
    if row is None:
        raise NotFound
    found = Asked(*row)
    if not any(may_see_unit(actor, found.edition_id, unit) for unit in (found.from_unit_id, found.to_unit_id)):
        raise NotFound
    return found


def list_asked(
    edition_unit: EditionUnit, direction: str, *, cursor: Cursor | None = None, size: int = PAGE_SIZE
) -> Page[Asked]:
    """Return one page of what a unit was asked ("in") or has asked ("out"), the newest first."""
    query = _asked().where(
        UnitTransfer.edition_id == edition_unit.edition_id, DIRECTIONS[direction] == edition_unit.unit_id
    )
    statement, used = keyset(query, [UnitTransfer.id], cursor, size=size, descending=True)
    rows = [Asked(*row) for row in db.session.execute(statement)]
    return make_page(rows, used, lambda row: (row.id,), size=size)


def count_waiting(edition_unit: EditionUnit) -> int:
    """Return how many requests wait for this unit's answer."""
    counted = select(func.count()).where(
        UnitTransfer.edition_id == edition_unit.edition_id,
        UnitTransfer.to_unit_id == edition_unit.unit_id,
        UnitTransfer.state == "waiting",
    )
    return db.session.scalar(counted) or 0


def waiting_of(entry_id: int) -> UnitTransfer | None:
    """Return the request about an entry that waits for an answer, if there is one."""
    return db.session.scalar(
        select(UnitTransfer).where(UnitTransfer.entry_id == entry_id, UnitTransfer.state == "waiting")
    )


def other_units(edition_id: int, unit_id: int) -> Sequence[Unit]:
    """Return the units an entry may go to; whoever chooses is shown their names and nothing else."""
    return db.session.scalars(
        select(Unit)
        .join(EditionUnit, EditionUnit.unit_id == Unit.id)
        .where(EditionUnit.edition_id == edition_id, Unit.kind != "province", Unit.id != unit_id)
        .order_by(Unit.position, Unit.id)
    ).all()


def unit_on(as_of: date) -> ColumnElement[Any]:
    """Return the unit each Entry of a statement was in on a day: where the first later transfer took it from."""
    left = (
        select(UnitTransfer.from_unit_id)
        .where(
            UnitTransfer.entry_id == Entry.id,
            UnitTransfer.state == "accepted",
            UnitTransfer.decided_on > as_of,
        )
        .order_by(UnitTransfer.decided_on, UnitTransfer.id)
        .limit(1)
        .correlate(Entry)
        .scalar_subquery()
    )
    return func.coalesce(left, Entry.unit_id)


def _asked() -> Select[Any]:
    return (
        select(
            UnitTransfer.id,
            UnitTransfer.token,
            UnitTransfer.state,
            Entry.reference,
            Entry.title,
            local_name(Field),
            School.name,
            UnitTransfer.edition_id,
            Edition.code,
            UnitTransfer.from_unit_id,
            _FROM.name,
            _FROM.code,
            UnitTransfer.to_unit_id,
            _TO.name,
            _TO.code,
            UnitTransfer.reason,
            UnitTransfer.answer,
            UnitTransfer.asked_on,
            UnitTransfer.decided_at,
        )
        .join(Entry, Entry.id == UnitTransfer.entry_id)
        .join(Edition, Edition.id == UnitTransfer.edition_id)
        .join(_FROM, _FROM.id == UnitTransfer.from_unit_id)
        .join(_TO, _TO.id == UnitTransfer.to_unit_id)
        .outerjoin(School, School.id == Entry.school_id)
        .outerjoin(Field, Field.id == Entry.field_id)
    )
