"""Read slips, and who holds which model."""

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from contest_portal.accounts.actor import Actor
from contest_portal.contests.models import EditionUnit
from contest_portal.core.database import db
from contest_portal.core.errors import NotFound
from contest_portal.core.paging import Cursor, Page, keyset, make_page
from contest_portal.registration.models import Entry
from contest_portal.registration.status import Status
from contest_portal.screening.arrivals.models import Arrival
from contest_portal.screening.custody.holding import Holder, Side, Step, holder_of
from contest_portal.screening.custody.models import Handover, HandoverLine
from contest_portal.screening.models import Reception
from contest_portal.screening.rules import check_sees_unit


def holders_of(entries: Collection[Entry]) -> dict[int, Holder]:
    """Return who holds each entry's model now, in three statements however many they are."""
    ids = [entry.id for entry in entries]
    steps = _newest_steps(ids)
    received = dict(_days(select(Reception.entry_id, Reception.received_on).where(Reception.entry_id.in_(ids))))
    arrived = dict(_days(select(Arrival.entry_id, Arrival.arrived_on).where(Arrival.entry_id.in_(ids))))
    return {
        entry.id: holder_of(
            steps.get(entry.id),
            None if entry.status == Status.SUBMITTED else received.get(entry.id),
            arrived.get(entry.id),
        )
        for entry in entries
    }


def entries_held(edition_unit: EditionUnit, side: Side, limit: int = 500) -> list[Entry]:
    """Return a unit's entries whose model is in the hands of one side and not on the way, by reference."""
    entries = db.session.scalars(
        select(Entry)
        .where(
            Entry.edition_id == edition_unit.edition_id,
            Entry.unit_id == edition_unit.unit_id,
            Entry.status.not_in((Status.DRAFT, Status.WITHDRAWN)),
        )
        .order_by(Entry.reference)
        .limit(limit)
    ).all()
    holders = holders_of(entries)
    return [e for e in entries if holders[e.id].side is side and not holders[e.id].on_the_way]


def list_slips(
    edition_id: int, *, unit_id: int | None = None, waiting: bool = False, cursor: Cursor | None = None
) -> Page[Handover]:
    """Return one page of slips, the newest first: of one unit, or only those on the way."""
    query = (
        select(Handover)
        .where(Handover.edition_id == edition_id)
        .options(joinedload(Handover.unit), selectinload(Handover.lines))
    )
    if unit_id is not None:
        query = query.where(Handover.unit_id == unit_id)
    if waiting:
        query = query.where(Handover.confirmed_at.is_(None))
    statement, used = keyset(query, [Handover.id], cursor, descending=True)
    return make_page(db.session.scalars(statement).unique().all(), used, lambda slip: (slip.id,))


def get_slip(actor: Actor, token: str) -> Handover:
    """Return a slip of a unit the actor may see, with its entries; raises NotFound."""
    found = get_slip_of_token(token)
    check_sees_unit(actor, found.edition_id, found.unit_id)
    return found


def get_slip_of_token(token: str) -> Handover:
    """Return a slip by its token; raises NotFound."""
    found = db.session.scalar(
        select(Handover)
        .where(Handover.token == token)
        .options(selectinload(Handover.lines).joinedload(HandoverLine.entry).joinedload(Entry.school))
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound
    return found


def count_slips(edition_id: int, unit_id: int) -> int:
    """Return how many slips a unit has in an edition."""
    mine = (Handover.edition_id == edition_id) & (Handover.unit_id == unit_id)
    return db.session.scalar(select(func.count()).select_from(Handover).where(mine)) or 0


def _newest_steps(ids: Collection[int]) -> dict[int, Step]:
    newest = select(func.max(HandoverLine.id)).where(HandoverLine.entry_id.in_(ids)).group_by(HandoverLine.entry_id)
    rows: Any = db.session.execute(
        select(
            HandoverLine.entry_id,
            Handover.giver,
            Handover.taker,
            Handover.happened_on,
            Handover.confirmed_on,
            HandoverLine.condition,
            Handover.number,
        )
        .join(Handover, Handover.id == HandoverLine.handover_id)
        .where(HandoverLine.id.in_(newest))
    )
    return {entry_id: Step(Side(giver), Side(taker), *rest) for entry_id, giver, taker, *rest in rows}


def _days(statement: Any) -> list[tuple[int, date]]:
    return [(row[0], row[1]) for row in db.session.execute(statement)]
