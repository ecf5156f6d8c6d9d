"""The long lists of the summary workbook, as plain tuples straight from the database, a thousand at a time."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from contest_portal.contests.models import Division, Edition, Field, School, Unit
from contest_portal.contests.rulebook import Grouping, PersonRole
from contest_portal.contests.services import rulebook_of
from contest_portal.core.database import db
from contest_portal.core.looks import status_label
from contest_portal.registration.models import Entry, EntryEvent, Participant
from contest_portal.registration.status import REGISTERED, Status
from contest_portal.reporting.queries import belonged, standing
from contest_portal.screening.models import ScreeningResult

AT_ONCE = 1000


def entry_rows(edition: Edition, as_of: date) -> Iterator[tuple[Any, ...]]:
    """Yield the registered entries, group by group, each with how many people it has and the day it was registered."""
    stand = standing([edition.id], as_of)
    group = _group_model(edition)
    query = (
        select(
            Entry.reference,
            Entry.title,
            group.name,
            School.name,
            Unit.name,
            _people(stand, as_of, coaches=False),
            _people(stand, as_of, coaches=True),
            stand.c.status,
            _born_on(stand, edition.id, as_of),
        )
        .select_from(stand)
        .join(Entry, Entry.id == stand.c.entry_id)
        .outerjoin(group, group.id == _group_column(edition))
        .outerjoin(School, School.id == Entry.school_id)
        .outerjoin(Unit, Unit.id == stand.c.unit_id)
        .where(stand.c.status.in_(REGISTERED))
        .order_by(group.position, Unit.position, Entry.id)
    )
    labels = {str(status): str(status_label(status)) for status in Status}
    for number, row in enumerate(_stream(query), start=1):
        reference, title, group_name, school, unit, own, coaches, status, day = row
        yield number, reference, title, group_name, school, unit, own, coaches, labels[status], day


def person_rows(edition: Edition, as_of: date) -> Iterator[tuple[Any, ...]]:
    """Yield the people of registered entries by given name, each with the entry, school and unit."""
    stand = standing([edition.id], as_of)
    query = (
        select(
            Participant.full_name,
            Participant.role,
            Participant.birth_date,
            Participant.class_name,
            Entry.title,
            Entry.reference,
            School.name,
            Unit.name,
        )
        .select_from(stand)
        .join(Entry, Entry.id == stand.c.entry_id)
        .join(Participant, Participant.entry_id == Entry.id)
        .outerjoin(School, School.id == Entry.school_id)
        .outerjoin(Unit, Unit.id == stand.c.unit_id)
        .where(stand.c.status.in_(REGISTERED), belonged(as_of))
        .order_by(Participant.name_key, Participant.id)
    )
    words = {str(rule.role): rule.word.vi for rule in rulebook_of(edition).roles}
    for number, row in enumerate(_stream(query), start=1):
        name, role, *rest = row
        yield number, name, words.get(role, role), *rest


def unit_scores(edition: Edition) -> dict[str, Decimal]:
    """Return the score a unit gave each entry, by reference."""
    rows = db.session.execute(
        select(Entry.reference, ScreeningResult.score)
        .join(ScreeningResult, ScreeningResult.entry_id == Entry.id)
        .where(Entry.edition_id == edition.id, ScreeningResult.score.is_not(None))
    )
    return {reference: score for reference, score in rows if score is not None}


def _people(stand: Any, as_of: date, *, coaches: bool) -> Any:
    """Count an entry's coaches, or its other people; looked up entry by entry, as both databases do it fastest."""
    is_coach = Participant.role == PersonRole.COACH
    return (
        select(func.count())
        .where(Participant.entry_id == stand.c.entry_id, belonged(as_of), is_coach if coaches else ~is_coach)
        .correlate(stand)
        .scalar_subquery()
    )


def _born_on(stand: Any, edition_id: int, as_of: date) -> Any:
    """Return the day an entry was first registered."""
    return (
        select(EntryEvent.happened_on)
        .where(
            EntryEvent.edition_id == edition_id,
            EntryEvent.entry_id == stand.c.entry_id,
            EntryEvent.kind == "moved",
            EntryEvent.status_to.in_(REGISTERED),
            EntryEvent.happened_on <= as_of,
        )
        .order_by(EntryEvent.happened_on, EntryEvent.id)
        .limit(1)
        .correlate(stand)
        .scalar_subquery()
    )


def _group_model(edition: Edition) -> Any:
    return Division if rulebook_of(edition).grouping == Grouping.DIVISION else Field


def _group_column(edition: Edition) -> Any:
    return Entry.division_id if rulebook_of(edition).grouping == Grouping.DIVISION else Entry.field_id


def _stream(query: Any) -> Iterator[Any]:
    return iter(db.session.execute(query.execution_options(yield_per=AT_ONCE)))
