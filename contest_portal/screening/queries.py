"""Read what units have received, screened, forwarded and completed."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import func, or_, select

from contest_portal.accounts.actor import Actor
from contest_portal.contests.models import Division, Edition, EditionUnit, Field, School, Unit
from contest_portal.contests.queries import all_editions, get_edition
from contest_portal.contests.reach import schools_screened_by
from contest_portal.contests.services import rulebook_of
from contest_portal.core.database import db
from contest_portal.core.errors import NotFound
from contest_portal.core.i18n import local_name
from contest_portal.core.paging import PAGE_SIZE, Cursor, Page, keyset, make_page
from contest_portal.registration.models import Entry
from contest_portal.registration.queries import get_entry
from contest_portal.registration.status import Status
from contest_portal.screening.declarations import SCREENING, days_declared, holding
from contest_portal.screening.forwarding.quotas import granted_in
from contest_portal.screening.models import Reception, ScreeningResult, UnitEvent
from contest_portal.screening.round.criteria import USUAL_MOST, USUAL_STEP
from contest_portal.screening.round.queries import unit_scale
from contest_portal.screening.rules import may_see_unit, sees_all_units
from contest_portal.screening.states import UNDECIDED, UnitCounts
from contest_portal.screening.transfers.models import UnitTransfer


@dataclass(frozen=True)
class UnitRow:
    """Be one unit's line in an edition."""

    unit: Unit
    counts: UnitCounts


@dataclass(frozen=True)
class Scale:
    """Bound the score a unit may give."""

    most: Decimal = USUAL_MOST
    step: Decimal = USUAL_STEP


class ListedEntry(NamedTuple):
    """Be one line of a unit's list."""

    id: int
    reference: str
    title: str
    status: str
    school: str | None
    division: str | None
    field: str | None
    score: Decimal | None
    prize: str | None


class CompletedUnit(NamedTuple):
    """Name a unit that had completed its screening by a date, and when."""

    unit_id: int
    code: str
    name: str
    completed_on: date


def editions_for(actor: Actor) -> list[Edition]:
    """Return the editions with a unit round in which the actor sees at least one unit, the newest first."""
    sees = [e for e in all_editions() if sees_all_units(actor, e.id) or actor.unit_ids(e.id)]
    return [e for e in sees if has_screening(e)]


def has_screening(edition: Edition) -> bool:
    """Tell whether an edition's entries pass a unit before they are judged."""
    return rulebook_of(edition).screening


def quota_of(edition: Edition, edition_unit: EditionUnit, granted: Mapping[int, int] | None = None) -> int | None:
    """Return how many entries a unit may forward: its own number, else the edition's, and what was granted beyond.

    None for any number; granted: of every unit, where many are asked for at once.
    """
    own = edition_unit.forward_quota
    base = rulebook_of(edition).forward_quota if own is None else own
    if base is None:
        return None
    more = granted_in(edition.id, edition_unit.unit_id) if granted is None else granted
    return base + more.get(edition_unit.unit_id, 0)


def get_unit(actor: Actor, edition: Edition, code: str) -> EditionUnit:
    """Return how a unit the actor may see takes part in an edition; raises NotFound."""
    found = db.session.scalar(
        select(EditionUnit)
        .join(EditionUnit.unit)
        .where(EditionUnit.edition_id == edition.id, Unit.code == code)
        .execution_options(populate_existing=True)
    )
    if found is None or not may_see_unit(actor, edition.id, found.unit_id):
        raise NotFound
    return found


def get_unit_entry(actor: Actor, reference: str) -> Entry:
    """Return an entry of a unit the actor may see in screening; raises NotFound."""
    entry = get_entry(actor, reference)
    if entry.unit_id is None or entry.status == Status.DRAFT or not has_screening(entry.edition):
        raise NotFound
    if not may_see_unit(actor, entry.edition_id, entry.unit_id):
        raise NotFound
    return entry


def edition_of(edition_unit: EditionUnit) -> Edition | None:
    """Return the edition that a unit takes part in."""
    return db.session.get(Edition, edition_unit.edition_id)


def edition_of_id(edition_id: int) -> Edition:
    """Return an edition by its id."""
    return db.session.get_one(Edition, edition_id)


def unit_rows(actor: Actor, edition: Edition) -> list[UnitRow]:
    """Return the units of an edition the actor may see, each with its figures."""
    query = (
        select(EditionUnit)
        .join(EditionUnit.unit)
        .where(EditionUnit.edition_id == edition.id, Unit.kind != "province")
        .order_by(Unit.position, Unit.id)
    )
    if not sees_all_units(actor, edition.id):
        query = query.where(EditionUnit.unit_id.in_(actor.unit_ids(edition.id)))
    found = db.session.scalars(query).all()
    counts = _counts_by_unit(edition, found)
    return [UnitRow(e.unit, counts[e.unit_id]) for e in found]


def unit_counts(edition: Edition, edition_unit: EditionUnit) -> UnitCounts:
    """Return one unit's figures."""
    return _counts_by_unit(edition, [edition_unit])[edition_unit.unit_id]


def _counts_by_unit(edition: Edition, found: Sequence[EditionUnit]) -> dict[int, UnitCounts]:
    ids = [e.unit_id for e in found]
    rows = db.session.execute(
        select(Entry.unit_id, Entry.status, func.count())
        .where(Entry.edition_id == edition.id, Entry.unit_id.in_(ids))
        .group_by(Entry.unit_id, Entry.status)
    )
    by_unit: dict[int, dict[str, int]] = {unit_id: {} for unit_id in ids}
    for unit_id, status, number in rows:
        by_unit[unit_id or 0][status] = number
    said = days_declared(edition.id)
    done, closed, granted = said["completed"], said["received_all"], granted_in(edition.id)
    quotas = {e.unit_id: quota_of(edition, e, granted) for e in found}
    return {
        unit_id: UnitCounts(by_unit[unit_id], done.get(unit_id), quotas[unit_id], closed.get(unit_id))
        for unit_id in ids
    }


def units_completed(edition_id: int, as_of: date | None = None) -> list[CompletedUnit]:
    """Return the units whose latest event up to a date is their completion, in their own order."""
    return completed_by_edition([edition_id], as_of)[edition_id]


def completed_by_edition(edition_ids: Collection[int], as_of: date | None = None) -> dict[int, list[CompletedUnit]]:
    """Return the completed units of each edition in one statement; an edition without any has an empty list."""
    columns: Any = (UnitEvent.edition_id, Unit.id, Unit.code, Unit.name, UnitEvent.happened_on)
    query = (
        holding(SCREENING, edition_ids, as_of)
        .join(Unit, Unit.id == UnitEvent.unit_id)
        .with_only_columns(*columns)
        .order_by(Unit.position, Unit.id)
    )
    found: dict[int, list[CompletedUnit]] = {edition_id: [] for edition_id in edition_ids}
    for edition_id, unit_id, code, name, completed_on in db.session.execute(query):
        found[edition_id].append(CompletedUnit(unit_id, code, name, completed_on))
    return found


def is_complete(entry: Entry) -> bool:
    """Tell whether the entry's unit has completed its screening."""
    return any(row.unit_id == entry.unit_id for row in units_completed(entry.edition_id))


def events_of_unit(edition_id: int, unit_id: int) -> Sequence[UnitEvent]:
    """Return everything a unit declared or took back, in the order they were recorded."""
    return db.session.scalars(
        select(UnitEvent).where(UnitEvent.edition_id == edition_id, UnitEvent.unit_id == unit_id).order_by(UnitEvent.id)
    ).all()


def list_entries(
    edition_unit: EditionUnit, *, status: str | None = None, cursor: Cursor | None = None, size: int = PAGE_SIZE
) -> Page[ListedEntry]:
    """Return one page of a unit's entries, the newest first."""
    statement, used = keyset(_unit_list(edition_unit, status), [Entry.id], cursor, size=size, descending=True)
    rows = [ListedEntry(*row) for row in db.session.execute(statement)]
    return make_page(rows, used, lambda row: (row.id,), size=size)


def _unit_list(edition_unit: EditionUnit, status: str | None) -> Any:
    wanted = [status] if status else [s for s in Status if s not in (Status.DRAFT, Status.WITHDRAWN)]
    return (
        select(
            Entry.id,
            Entry.reference,
            Entry.title,
            Entry.status,
            School.name,
            local_name(Division),
            local_name(Field),
            ScreeningResult.score,
            ScreeningResult.prize,
        )
        .outerjoin(School, School.id == Entry.school_id)
        .outerjoin(Division, Division.id == Entry.division_id)
        .outerjoin(Field, Field.id == Entry.field_id)
        .outerjoin(ScreeningResult, ScreeningResult.entry_id == Entry.id)
        .where(
            Entry.edition_id == edition_unit.edition_id,
            Entry.unit_id == edition_unit.unit_id,
            Entry.status.in_(wanted),
        )
    )


def undecided_references(edition_id: int, unit_id: int, statuses: Collection[Status] = UNDECIDED) -> list[str]:
    """Return the references of a unit's entries that still wait for a decision, or stand at these statuses."""
    return list(
        db.session.scalars(
            select(Entry.reference)
            .where(Entry.edition_id == edition_id, Entry.unit_id == unit_id, Entry.status.in_(statuses))
            .order_by(Entry.reference)
        )
    )


def waiting_transfers(edition_id: int, unit_id: int) -> list[str]:
    """Return the references of the entries that wait to leave a unit for another, or to come to it."""
    sides = or_(UnitTransfer.from_unit_id == unit_id, UnitTransfer.to_unit_id == unit_id)
    query = (
        select(Entry.reference)
        .join(UnitTransfer, UnitTransfer.entry_id == Entry.id)
        .where(UnitTransfer.edition_id == edition_id, UnitTransfer.state == "waiting", sides)
    )
    return list(db.session.scalars(query.order_by(Entry.reference)))


def find_result(entry_id: int) -> ScreeningResult | None:
    """Return what the unit decided of an entry."""
    return db.session.get(ScreeningResult, entry_id, populate_existing=True)


def find_reception(entry_id: int) -> Reception | None:
    """Return when the unit received an entry."""
    return db.session.get(Reception, entry_id, populate_existing=True)


def entries_by_reference(edition_unit: EditionUnit, references: Iterable[str]) -> list[Entry]:
    """Return a unit's entries with these references, as they stand in the database now."""
    return list(
        db.session.scalars(
            select(Entry)
            .where(
                Entry.reference.in_(list(references)),
                Entry.edition_id == edition_unit.edition_id,
                Entry.unit_id == edition_unit.unit_id,
                Entry.status != Status.DRAFT,
            )
            .order_by(Entry.reference)
            .execution_options(populate_existing=True)
        )
    )


def entry_of_reference(edition_id: int, unit_id: int, reference: str) -> Entry:
    """Return a unit's entry by reference; raises NotFound."""
    found = db.session.scalar(
        select(Entry).where(Entry.reference == reference, Entry.edition_id == edition_id, Entry.unit_id == unit_id)
    )
    if found is None:
        raise NotFound
    return found


def scale_of(edition_id: int, unit_id: int | None = None) -> Scale:
    """Return the bounds of a unit's score: what its own criteria add up to, else those of the edition."""
    return Scale(*unit_scale(edition_id, unit_id))


def schools_in_unit(edition_id: int, unit_id: int) -> Sequence[School]:
    """Return the schools a unit screens, by name."""
    return schools_screened_by(edition_id, unit_id)


def screened_edition(code: str) -> Edition:
    """Return an edition that has a unit round; raises NotFound."""
    edition = get_edition(code)
    if not has_screening(edition):
        raise NotFound
    return edition
