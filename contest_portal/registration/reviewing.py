"""Hold many entries against the rules in a handful of statements."""

from collections.abc import Iterable, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from contest_portal.contests.eligibility import RuleProblem, errors_in
from contest_portal.contests.models import Edition, School
from contest_portal.core.database import db
from contest_portal.registration.eligibility import check_stored
from contest_portal.registration.models import Entry
from contest_portal.registration.status import REGISTERED


def entries_with_all(entry_ids: Sequence[int]) -> list[Entry]:
    """Return these entries with what the rules look at, as the database has them, in the order of the ids."""
    rows = db.session.scalars(
        select(Entry)
        .where(Entry.id.in_(entry_ids))
        .options(
            joinedload(Entry.edition, innerjoin=True).lazyload(Edition.contest),
            joinedload(Entry.division),
            joinedload(Entry.field),
            joinedload(Entry.unit),
            joinedload(Entry.school).lazyload(School.unit),
            selectinload(Entry.participants),
        )
        .execution_options(populate_existing=True)
    )
    found = {entry.id: entry for entry in rows}
    return [found[entry_id] for entry_id in entry_ids if entry_id in found]


def problems_in(entries: Sequence[Entry]) -> dict[int, list[RuleProblem]]:
    """Return what is wrong with each of these entries of one edition, by the entry's id; [] where nothing is."""
    if not entries:
        return {}
    edition_id = entries[0].edition_id
    schools = _count(Entry.school_id, edition_id, {entry.school_id for entry in entries})
    units = _count(Entry.unit_id, edition_id, {entry.unit_id for entry in entries})
    return {
        entry.id: errors_in(check_stored(entry, entry.participants, others=_others(entry, schools, units)))
        for entry in entries
    }


def flawed(entry_ids: Sequence[int]) -> set[int]:
    """Return which of these entries have problems; they may belong to several editions."""
    found: set[int] = set()
    editions: dict[int, list[Entry]] = {}
    for entry in entries_with_all(entry_ids):
        editions.setdefault(entry.edition_id, []).append(entry)
    for entries in editions.values():
        found |= {entry_id for entry_id, problems in problems_in(entries).items() if problems}
    return found


def _count(column: object, edition_id: int, ids: Iterable[int | None]) -> dict[int, int]:
    """Count the entries that each school or unit has handed in."""
    rows = db.session.execute(
        select(column, func.count())  # type: ignore[call-overload]
        .where(Entry.edition_id == edition_id, Entry.status.in_(REGISTERED), column.in_([i for i in ids if i]))  # type: ignore[attr-defined]
        .group_by(column)
    )
    return {row[0]: row[1] for row in rows}


def _others(entry: Entry, schools: dict[int, int], units: dict[int, int]) -> tuple[int, int]:
    """Return how many entries there are of the school and of the unit besides this one."""
    itself = int(entry.status in REGISTERED)
    return (
        schools.get(entry.school_id, itself) - itself if entry.school_id else 0,
        units.get(entry.unit_id, itself) - itself if entry.unit_id else 0,
    )
