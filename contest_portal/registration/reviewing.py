"""Hold many entries against the rules in a handful of statements."""

from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from contest_portal.contests.asking import ConsentRule
from contest_portal.contests.eligibility import errors_in
from contest_portal.contests.models import Edition, School
from contest_portal.contests.rulebook import Need, PersonRole, Rulebook
from contest_portal.contests.services import rulebook_of
from contest_portal.core.database import db
from contest_portal.core.errors import Problem
from contest_portal.registration.consent.queries import is_lacking, missing_of, standings_of
from contest_portal.registration.documents.models import Document
from contest_portal.registration.documents.queries import missing_of as missing_of_documents
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
            selectinload(Entry.overrides),
        )
        .execution_options(populate_existing=True)
    )
    found = {entry.id: entry for entry in rows}
    return [found[entry_id] for entry_id in entry_ids if entry_id in found]


def problems_in(entries: Sequence[Entry]) -> dict[int, list[Problem]]:
    """Return what is wrong with each of these entries of one edition, by the entry's id; [] where nothing is."""
    if not entries:
        return {}
    edition_id, book = entries[0].edition_id, rulebook_of(entries[0].edition)
    # Counted only where the edition says how many there may be.
    schools = _count(
        Entry.school_id, edition_id, {e.school_id for e in entries} if book.school_quota is not None else ()
    )
    units = _count(Entry.unit_id, edition_id, {e.unit_id for e in entries} if book.unit_quota is not None else ())
    found: dict[int, list[Problem]] = {
        entry.id: [*errors_in(check_stored(entry, entry.participants, others=_others(entry, schools, units)))]
        for entry in entries
    }
    for entry_id, missing in consents_in(entries, book):
        found[entry_id].append(missing)
    for entry_id, missing in documents_in(entries, book):
        found[entry_id].append(missing)
    return found


def documents_in(entries: Sequence[Entry], book: Rulebook) -> Iterator[tuple[int, Problem]]:
    """Yield the missing documents of entries of one edition, each with its entry's id."""
    needed = [rule for rule in book.documents if rule.need is Need.REQUIRED]
    if not needed:
        return
    stored: dict[int, list[Document]] = {}
    wanted = select(Document).where(
        Document.entry_id.in_([entry.id for entry in entries]),
        Document.removed_at.is_(None),
        Document.kind.in_([rule.kind.value for rule in needed]),
    )
    for document in db.session.scalars(wanted):
        stored.setdefault(document.entry_id, []).append(document)
    for entry in entries:
        for rule in needed:
            for problem in missing_of_documents(rule, stored.get(entry.id, []), entry.participants, book):
                yield entry.id, problem


def consents_in(entries: Sequence[Entry], book: Rulebook) -> Iterator[tuple[int, Problem]]:
    """Yield the missing consents of entries of one edition, each with its entry's id."""
    if book.consent is not ConsentRule.RECORDED:
        return
    people = [person for entry in entries for person in entry.participants if person.role != PersonRole.COACH]
    for standing in standings_of(people, book):
        if is_lacking(standing):
            yield standing.person.entry_id, missing_of(standing)


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
    known = [each for each in ids if each]
    if not known:
        return {}
    rows = db.session.execute(
        select(column, func.count())  # type: ignore[call-overload]
        .where(Entry.edition_id == edition_id, Entry.status.in_(REGISTERED), column.in_(known))  # type: ignore[attr-defined]
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
