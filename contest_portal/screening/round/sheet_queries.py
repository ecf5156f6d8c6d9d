"""Read sheets: a screener the own ones, a coordinator who has handed in what."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from contest_portal.accounts.actor import Actor
from contest_portal.contests.models import Division, Edition, EditionUnit, Field
from contest_portal.core.database import db
from contest_portal.core.errors import NotFound
from contest_portal.core.i18n import lazy, local_name
from contest_portal.core.paging import PAGE_SIZE, Cursor, Page, keyset, make_page
from contest_portal.registration.models import Entry
from contest_portal.registration.status import Status
from contest_portal.screening.round.models import Screener, ScreeningSheet, UnitRound

OPEN = (Status.RECEIVED, Status.SCREENED)
STATE_WORDS: Final[dict[str, Any]] = {
    "todo": lazy("Chưa chấm"),
    "doing": lazy("Đang chấm"),
    "done": lazy("Đã nộp"),
}


class MyEntry(NamedTuple):
    """Be one line of a screener's list."""

    id: int
    reference: str
    title: str
    status: str
    group: str | None
    total: Decimal | None
    saved_at: Any
    submitted_at: Any

    @property
    def state(self) -> str:
        """Return how far the own sheet has come, as a word of the looks."""
        if self.submitted_at is not None:
            return "done"
        return "todo" if self.saved_at is None else "doing"


@dataclass(frozen=True)
class Seat:
    """Be one place a person marks at: the board, and how many sheets are handed in of how many."""

    screener: Screener
    edition: Edition
    done: int
    all: int


@dataclass(frozen=True)
class GridRow:
    """Be one entry of the grid, with its sheets by screener."""

    id: int
    reference: str
    title: str
    status: str
    sheets: dict[int, ScreeningSheet] = field(default_factory=dict)


def find_sheet(entry_id: int, screener_id: int) -> ScreeningSheet | None:
    """Return what a screener has given an entry so far."""
    return db.session.scalar(
        select(ScreeningSheet)
        .where(ScreeningSheet.entry_id == entry_id, ScreeningSheet.screener_id == screener_id)
        .options(selectinload(ScreeningSheet.marks))
        .execution_options(populate_existing=True)
    )


def points_of(sheet: ScreeningSheet | None) -> dict[str, Decimal]:
    """Return the points on a sheet by criterion."""
    return {} if sheet is None else {mark.criterion_code: mark.points for mark in sheet.marks}


def seats_of(actor: Actor) -> list[Seat]:
    """Return where the actor marks by sheets now, each with the own progress, in one statement for all."""
    rows = db.session.execute(
        select(Screener, Edition, func.count(ScreeningSheet.submitted_at), func.count(Entry.id))
        .join(Edition, Edition.id == Screener.edition_id)
        .join(UnitRound, and_(UnitRound.edition_id == Screener.edition_id, UnitRound.unit_id == Screener.unit_id))
        .outerjoin(Entry, and_(Entry.edition_id == Screener.edition_id, Entry.unit_id == Screener.unit_id, _counted()))
        .outerjoin(ScreeningSheet, and_(ScreeningSheet.entry_id == Entry.id, ScreeningSheet.screener_id == Screener.id))
        .where(*_own_seat(actor), UnitRound.marking == "sheets", or_(Entry.id.is_(None), _to_mark()))
        .options(joinedload(Screener.unit, innerjoin=True))
        .group_by(Screener.id, Edition.id)
        .order_by(Edition.id.desc(), Screener.id)
    )
    return [Seat(*row) for row in rows.unique()]


def my_entries(seat: Screener, *, cursor: Cursor | None = None, size: int = PAGE_SIZE) -> Page[MyEntry]:
    """Return one page of what a screener has to mark and has marked, by reference."""
    statement, used = keyset(_mine(seat), [Entry.reference], cursor, size=size)
    rows = [MyEntry(*row) for row in db.session.execute(statement)]
    return make_page(rows, used, lambda row: (row.reference,), size=size)


def my_entry(actor: Actor, reference: str) -> tuple[Entry, Screener]:
    """Return an entry that the actor marks, with the actor's seat; raises NotFound for every other."""
    row = db.session.execute(
        select(Entry, Screener)
        .join(Screener, and_(Screener.edition_id == Entry.edition_id, Screener.unit_id == Entry.unit_id))
        .join(UnitRound, and_(UnitRound.edition_id == Entry.edition_id, UnitRound.unit_id == Entry.unit_id))
        .outerjoin(ScreeningSheet, and_(ScreeningSheet.entry_id == Entry.id, ScreeningSheet.screener_id == Screener.id))
        .where(Entry.reference == reference, *_own_seat(actor), UnitRound.marking == "sheets", _counted(), _to_mark())
        .execution_options(populate_existing=True)
    ).first()
    if row is None:
        raise NotFound
    entry, seat = row
    return entry, seat


def neighbours(seat: Screener, reference: str) -> tuple[str | None, str | None]:
    """Return the references before and after one in a screener's list."""
    mine = _mine(seat).subquery()
    before = select(func.max(mine.c.reference)).where(mine.c.reference < reference)
    after = select(func.min(mine.c.reference)).where(mine.c.reference > reference)
    return db.session.scalar(before), db.session.scalar(after)


def next_unmarked(seat: Screener, after: str) -> str | None:
    """Return the next entry whose sheet this screener still owes, from the first again at the end."""
    return db.session.scalar(
        _mine(seat)
        .with_only_columns(Entry.reference)
        .where(ScreeningSheet.submitted_at.is_(None), Entry.status.in_(OPEN), Entry.reference != after)
        .order_by(case((Entry.reference > after, 0), else_=1), Entry.reference)
        .limit(1)
    )


def grid(edition_unit: EditionUnit, *, cursor: Cursor | None = None, size: int = PAGE_SIZE) -> Page[GridRow]:
    """Return one page of a unit's entries with all their sheets, by reference."""
    columns: Any = (Entry.id, Entry.reference, Entry.title, Entry.status)
    query = select(*columns).where(
        Entry.edition_id == edition_unit.edition_id, Entry.unit_id == edition_unit.unit_id, _counted()
    )
    statement, used = keyset(query, [Entry.reference], cursor, size=size)
    rows = [GridRow(*row) for row in db.session.execute(statement)]
    page = make_page(rows, used, lambda row: (row.reference,), size=size)
    _fill_in(page.items)
    return page


def sheets_on(entry_ids: Collection[int], screener_id: int) -> dict[int, ScreeningSheet]:
    """Return one screener's sheets of these entries, by entry."""
    found = db.session.scalars(
        select(ScreeningSheet)
        .where(ScreeningSheet.entry_id.in_(entry_ids), ScreeningSheet.screener_id == screener_id)
        .options(selectinload(ScreeningSheet.marks))
        .execution_options(populate_existing=True)
    )
    return {sheet.entry_id: sheet for sheet in found}


def entries_to_mark(edition_unit: EditionUnit) -> Sequence[Entry]:
    """Return what a unit's screeners mark now, by reference."""
    return db.session.scalars(
        select(Entry)
        .where(*_open_in(edition_unit))
        .options(joinedload(Entry.field), joinedload(Entry.division), joinedload(Entry.school))
        .order_by(Entry.reference)
    ).all()


def entries_to_type(edition_unit: EditionUnit, *, cursor: Cursor | None = None, size: int = PAGE_SIZE) -> Page[Entry]:
    """Return one page of what a unit's screeners mark now, by reference."""
    query = select(Entry).where(*_open_in(edition_unit))
    statement, used = keyset(query, [Entry.reference], cursor, size=size)
    return make_page(list(db.session.scalars(statement)), used, lambda entry: (entry.reference,), size=size)


def entry_neighbours(edition_unit: EditionUnit, reference: str) -> tuple[str | None, str | None]:
    """Return the references before and after one among what a unit's screeners mark now."""
    here = _open_in(edition_unit)
    before = select(func.max(Entry.reference)).where(*here, Entry.reference < reference)
    after = select(func.min(Entry.reference)).where(*here, Entry.reference > reference)
    return db.session.scalar(before), db.session.scalar(after)


def progress_by_screener(edition_unit: EditionUnit) -> dict[int, int]:
    """Count the sheets each screener of a unit has handed in."""
    rows = db.session.execute(
        select(ScreeningSheet.screener_id, func.count())
        .join(Entry, Entry.id == ScreeningSheet.entry_id)
        .where(
            Entry.edition_id == edition_unit.edition_id,
            Entry.unit_id == edition_unit.unit_id,
            _counted(),
            ScreeningSheet.submitted_at.is_not(None),
        )
        .group_by(ScreeningSheet.screener_id)
    )
    return {row[0]: row[1] for row in rows}


def count_marked(edition_unit: EditionUnit) -> int:
    """Count the entries of a unit that are there to be marked, or were."""
    query = select(func.count()).where(
        Entry.edition_id == edition_unit.edition_id, Entry.unit_id == edition_unit.unit_id, _counted()
    )
    return db.session.scalar(query) or 0


def sheets_of_entry(entry: Entry) -> Sequence[ScreeningSheet]:
    """Return every sheet of an entry, by screener."""
    return db.session.scalars(
        select(ScreeningSheet)
        .where(ScreeningSheet.entry_id == entry.id)
        .options(joinedload(ScreeningSheet.screener), selectinload(ScreeningSheet.marks))
        .order_by(ScreeningSheet.screener_id)
    ).all()


def _mine(seat: Screener) -> Select[Any]:
    sheet = ScreeningSheet
    return (
        select(
            Entry.id,
            Entry.reference,
            Entry.title,
            Entry.status,
            func.coalesce(local_name(Division), local_name(Field)),
            sheet.total,
            sheet.saved_at,
            sheet.submitted_at,
        )
        .outerjoin(sheet, and_(sheet.entry_id == Entry.id, sheet.screener_id == seat.id))
        .outerjoin(Division, Division.id == Entry.division_id)
        .outerjoin(Field, Field.id == Entry.field_id)
        .where(Entry.edition_id == seat.edition_id, Entry.unit_id == seat.unit_id, _counted(), _to_mark())
    )


def _open_in(edition_unit: EditionUnit) -> tuple[ColumnElement[bool], ...]:
    return (
        Entry.edition_id == edition_unit.edition_id,
        Entry.unit_id == edition_unit.unit_id,
        Entry.status.in_(OPEN),
    )


def _own_seat(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    return (Screener.user_id == actor.user_id, Screener.ended_at.is_(None), Screener.marks.is_(True))


def _counted() -> ColumnElement[bool]:
    """Return the condition of an entry that is there to be marked, or was."""
    return Entry.status.in_((*OPEN, Status.FORWARDED, Status.NOT_FORWARDED, Status.SCORED))


def _to_mark() -> ColumnElement[bool]:
    """Return the condition of an entry that a screener marks now, or handed in a sheet of."""
    return or_(Entry.status.in_(OPEN), ScreeningSheet.submitted_at.is_not(None))


def _fill_in(rows: Sequence[GridRow]) -> None:
    by_entry = {row.id: row for row in rows}
    sheets = db.session.scalars(select(ScreeningSheet).where(ScreeningSheet.entry_id.in_(by_entry)))
    for sheet in sheets:
        by_entry[sheet.entry_id].sheets[sheet.screener_id] = sheet
