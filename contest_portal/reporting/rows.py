"""The rows behind each figure: what a tally counts, found by the same definition, page by page."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import Row, Select, false, func, select

from contest_portal.contests.models import Division, Edition, EditionUnit, Field, School, Unit
from contest_portal.contests.rulebook import Rulebook
from contest_portal.contests.services import rulebook_of
from contest_portal.core.database import db
from contest_portal.core.errors import NotFound
from contest_portal.core.i18n import current_language
from contest_portal.core.looks import status_label
from contest_portal.core.paging import PAGE_SIZE, Cursor, Page, keyset, make_page
from contest_portal.registration.models import Entry, Participant
from contest_portal.registration.status import Status
from contest_portal.reporting.queries import belonged, standing, was_forwarded
from contest_portal.reporting.tallies import (
    ELSEWHERE,
    TALLIES,
    UNGROUPED,
    WITHOUT_GROUP,
    Counts,
    Tally,
    applies,
    counted_roles,
)
from contest_portal.screening.queries import units_completed

GROUPS: Final[Mapping[str, Any]] = {"unit": Unit, "division": Division, "field": Field}


@dataclass(frozen=True)
class Wanted:
    """Name the figure whose rows are asked for; a figure by unit is the plain one of that unit."""

    edition: Edition
    tally: Tally
    as_of: date
    # The code of a unit, division, field or status; "" for what is in none, None for all.
    group: str | None = None

    @property
    def by(self) -> str:
        """Return what the group is one of."""
        return self.tally.by or "unit"


def wanted(edition: Edition, name: str, as_of: date, group: str | None = None) -> Wanted:
    """Return the figure of this name; raises NotFound for a name or group there is none of."""
    if name not in TALLIES:
        raise NotFound
    found = Wanted(edition, TALLIES[name], as_of, group)
    if found.by == "status" and group is not None and group not in list(Status):
        raise NotFound
    return found


def rows_of(edition: Edition, name: str, as_of: date, group: str | None = None) -> Select[Any]:
    """Return the query of the rows a figure counts: entries, people or units, one row for each one counted."""
    return _BUILDERS[TALLIES[name].counts](wanted(edition, name, as_of, group))


def page_of(asked: Wanted, cursor: Cursor | None, *, size: int = PAGE_SIZE) -> Page[Row[Any]]:
    """Return one page of the rows behind a figure."""
    columns = _ORDERS[asked.tally.counts]
    names = [column.key for column in columns]
    statement, used = keyset(rows_of_wanted(asked), columns, cursor, size=size)
    rows = db.session.execute(statement).all()
    return make_page(rows, used, lambda row: tuple(getattr(row, name) for name in names), size=size)


def count_of(asked: Wanted) -> int:
    """Return how many rows there are: the figure itself."""
    counted = rows_of_wanted(asked).order_by(None).subquery()
    return db.session.scalar(select(func.count()).select_from(counted)) or 0


def group_name(asked: Wanted) -> str:
    """Return what readers call the group that is asked for; raises NotFound where the edition has none of it."""
    if asked.group is None:
        return ""
    if asked.by == "status":
        return str(status_label(asked.group))
    if asked.group == WITHOUT_GROUP:
        return str(ELSEWHERE if asked.by == "unit" else UNGROUPED)
    model = GROUPS[asked.by]
    name = model.name if asked.by == "unit" or current_language() != "en" else model.name_en
    query = select(name).where(model.code == asked.group, model.id.in_(_ids_of(asked)))
    found = db.session.scalar(query)
    if found is None:
        raise NotFound
    return str(found)


def rows_of_wanted(asked: Wanted) -> Select[Any]:
    """Return the query of the rows of a figure already named."""
    return _BUILDERS[asked.tally.counts](asked)


def _entries(asked: Wanted) -> Any:
    stand = standing([asked.edition.id], asked.as_of)
    query: Any = (
        select(
            Entry.id,
            Entry.reference,
            Entry.title,
            stand.c.status.label("status"),
            School.name.label("school"),
            Unit.name.label("unit"),
        )
        .select_from(stand)
        .join(Entry, Entry.id == stand.c.entry_id)
        .outerjoin(School, School.id == Entry.school_id)
        .outerjoin(Unit, Unit.id == stand.c.unit_id)
    )
    return _narrowed(query, stand, asked)


def _people(asked: Wanted) -> Any:
    stand = standing([asked.edition.id], asked.as_of)
    query: Any = (
        select(
            Participant.id,
            Participant.name_key,
            Participant.full_name,
            Participant.role,
            Entry.reference,
            Entry.title,
            School.name.label("school"),
        )
        .select_from(stand)
        .join(Entry, Entry.id == stand.c.entry_id)
        .join(Participant, Participant.entry_id == Entry.id)
        .outerjoin(School, School.id == Entry.school_id)
        .where(belonged(asked.as_of), Participant.role.in_(counted_roles(asked.tally, _rules(asked))))
    )
    return _narrowed(query, stand, asked)


def _units(asked: Wanted) -> Any:
    query: Any = (
        select(Unit.id, Unit.position, Unit.code, Unit.name)
        .join(EditionUnit, EditionUnit.unit_id == Unit.id)
        .where(EditionUnit.edition_id == asked.edition.id, Unit.kind != "province")
    )
    if asked.group is not None:
        query = query.where(Unit.code == asked.group)
    if not asked.tally.completed:
        return query
    # A dozen units or a hundred: their list is one statement, and the rule which are done is written once.
    done = [row.unit_id for row in units_completed(asked.edition.id, asked.as_of)]
    return query.where(Unit.id.in_(done))


def _narrowed(query: Any, stand: Any, asked: Wanted) -> Any:
    tally = asked.tally
    query = query.where(stand.c.status.in_(tally.statuses))
    if not applies(tally, _rules(asked)):
        query = query.where(false())
    if tally.forwarded:
        query = query.where(was_forwarded(stand, asked.as_of))
    return query if asked.group is None else query.where(_in_group(stand, asked, asked.group))


def _in_group(stand: Any, asked: Wanted, group: str) -> Any:
    if asked.by == "status":
        return stand.c.status == group
    column, own = stand.c[f"{asked.by}_id"], _ids_of(asked)
    if group == WITHOUT_GROUP:
        return column.is_(None) | column.not_in(own)
    return column.in_(own.where(GROUPS[asked.by].code == group))


def _ids_of(asked: Wanted) -> Any:
    """Return the query of the ids of the edition's units, divisions or fields."""
    if asked.by == "unit":
        taking_part = select(EditionUnit.unit_id).join(Unit, Unit.id == EditionUnit.unit_id)
        return taking_part.where(EditionUnit.edition_id == asked.edition.id, Unit.kind != "province")
    model = GROUPS[asked.by]
    return select(model.id).where(model.edition_id == asked.edition.id)


def _rules(asked: Wanted) -> Rulebook:
    return rulebook_of(asked.edition)


_BUILDERS: Final[Mapping[Counts, Callable[[Wanted], Select[Any]]]] = {
    Counts.ENTRIES: _entries,
    Counts.PEOPLE: _people,
    Counts.UNITS: _units,
}
_ORDERS: Final[Mapping[Counts, list[Any]]] = {
    Counts.ENTRIES: [Entry.id],
    Counts.PEOPLE: [Participant.name_key, Participant.id],
    Counts.UNITS: [Unit.position, Unit.id],
}
