"""Read slips, and who holds which model."""

import re
from collections.abc import Collection
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import aliased, joinedload, selectinload

from contest_portal.accounts.actor import Actor
from contest_portal.contests.models import EditionUnit
from contest_portal.core.database import db
from contest_portal.core.errors import NotFound
from contest_portal.core.paging import PAGE_SIZE, Cursor, Page, keyset, make_page
from contest_portal.registration.models import Entry
from contest_portal.registration.status import Status
from contest_portal.screening.arrivals.models import Arrival
from contest_portal.screening.custody.holding import Holder, Log, Side, Step, holder_of
from contest_portal.screening.custody.models import Handover, HandoverLine
from contest_portal.screening.models import Reception
from contest_portal.screening.rules import check_sees_unit, may_see_unit

# Who has one of these has been at the unit's desk, also where the desk kept no log.
RECEIVED: Final = (Status.RECEIVED, Status.SCREENED, Status.FORWARDED, Status.NOT_FORWARDED, Status.SCORED)
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{32}")


def holders_of(entry_ids: Collection[int]) -> dict[int, Holder]:
    """Return who holds each entry's model now, in one statement however many they are."""
    if not entry_ids:
        return {}
    columns: Any = (
        Entry.id,
        Entry.status,
        Reception.received_on,
        Reception.condition.label("received_as"),
        Arrival.arrived_on,
        Arrival.condition.label("arrived_as"),
        Handover.giver,
        Handover.taker,
        Handover.happened_on,
        Handover.confirmed_on,
        HandoverLine.condition,
        Handover.number,
    )
    return {
        row.id: _holder(row) for row in db.session.execute(_located(select(*columns)).where(Entry.id.in_(entry_ids)))
    }


def list_held(
    edition_unit: EditionUnit, side: Side, *, cursor: Cursor | None = None, size: int = PAGE_SIZE
) -> Page[Entry]:
    """Return one page of a unit's entries whose model is in the hands of one side and not on the way, by reference."""
    query = (
        _located(select(Entry))
        .where(
            Entry.edition_id == edition_unit.edition_id,
            Entry.unit_id == edition_unit.unit_id,
            Entry.status != Status.DRAFT,
            # What was withdrawn before it came is nobody's matter; what was withdrawn later goes back to its school.
            or_(Entry.status != Status.WITHDRAWN, _held_by() != Side.SCHOOL.value),
            _held_by() == side.value,
        )
        .options(joinedload(Entry.school))
    )
    statement, used = keyset(query, [Entry.reference], cursor, size=size)
    return make_page(db.session.scalars(statement).unique().all(), used, lambda e: (e.reference,), size=size)


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


def find_scanned_slip(actor: Actor, edition_id: int, scanned: str) -> Handover | None:
    """Return the slip of an edition that a scanner read or whose number was typed, where the actor may see it."""
    last = scanned.strip().rstrip("/").rpartition("/")[2].partition("?")[0]
    named = Handover.token == last if _TOKEN.fullmatch(last) else Handover.number == last.upper()
    found = db.session.scalar(select(Handover).where(Handover.edition_id == edition_id, named))
    return found if found is not None and may_see_unit(actor, edition_id, found.unit_id) else None


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


def count_numbered(start: str) -> int:
    """Return how many slips have a number that begins so; two contests may begin theirs alike."""
    return db.session.scalar(select(func.count()).where(Handover.number.startswith(start, autoescape=True))) or 0


def has_later_slip(found: Handover) -> bool:
    """Tell whether a model of this slip went on by another one that was not cancelled."""
    slip = aliased(Handover)
    lines = exists().where(
        HandoverLine.handover_id == slip.id, HandoverLine.entry_id.in_([line.entry_id for line in found.lines])
    )
    return bool(db.session.scalar(select(exists().where(slip.id > found.id, _in_force(slip), lines))))


def newest_line() -> Any:
    """Return the id of an entry's newest line on a slip in force, for a statement that reads entries."""
    line, slip = aliased(HandoverLine), aliased(Handover)
    newest = select(func.max(line.id)).join(slip, slip.id == line.handover_id)
    # Of the unit the entry is with now: a transferred one begins anew there, whatever it was handed to before.
    own = (line.entry_id == Entry.id) & (slip.unit_id == Entry.unit_id)
    return newest.where(own, _in_force(slip)).correlate(Entry).scalar_subquery()


def _in_force(slip: Any) -> ColumnElement[bool]:
    # A cancelled slip was settled without a day on which anything came.
    return or_(slip.confirmed_at.is_(None), slip.confirmed_on.is_not(None))


def _located(query: Select[Any]) -> Select[Any]:
    """Join to entries what is known of their models' way."""
    return (
        query.select_from(Entry)
        .outerjoin(HandoverLine, HandoverLine.id == newest_line())
        .outerjoin(Handover, Handover.id == HandoverLine.handover_id)
        .outerjoin(Reception, Reception.entry_id == Entry.id)
        .outerjoin(Arrival, Arrival.entry_id == Entry.id)
    )


def _held_by() -> ColumnElement[str]:
    """Say in SQL what holding.holder_of() says of one entry: the side, or nothing while on the way."""
    withdrawn = and_(Entry.status == Status.WITHDRAWN, Reception.received_on.is_not(None))
    received = or_(Entry.status.in_(RECEIVED), withdrawn)
    logged = case((Arrival.arrived_on.is_not(None), "province"), (received, "unit"), else_="school")
    logged_on = func.coalesce(Arrival.arrived_on, case((received, Reception.received_on)))
    came = and_(Handover.confirmed_on.is_(None), Handover.taker == logged, logged_on == Handover.happened_on)
    newer = or_(Handover.id.is_(None), came, logged_on > func.coalesce(Handover.confirmed_on, Handover.happened_on))
    return case((newer, logged), (Handover.confirmed_on.is_not(None), Handover.taker))


def _holder(row: Any) -> Holder:
    step = None
    if row.number is not None:
        way = (Side(row.giver), Side(row.taker))
        step = Step(*way, row.happened_on, row.confirmed_on, row.condition, row.number)
    received = row.status in RECEIVED or (row.status == Status.WITHDRAWN and row.received_on is not None)
    condition = row.received_as if row.arrived_on is None else row.arrived_as
    return holder_of(step, Log(received, row.received_on if received else None, row.arrived_on, condition))
