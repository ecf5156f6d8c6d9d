"""The entries that an edition publishes: every accepted one, and of its people only those who agree to be named."""

from collections.abc import Sequence
from functools import cache
from typing import Any, Final

from sqlalchemy import Row, Select, bindparam, func, or_, select

from contest_portal.contests.models import Division, Edition, Field, School, Unit
from contest_portal.contests.queries import get_published_edition
from contest_portal.contests.services import rulebook_of
from contest_portal.core.database import db
from contest_portal.core.errors import NotFound
from contest_portal.core.i18n import current_language
from contest_portal.core.paging import PAGE_SIZE, Cursor, Page, keyset, make_page
from contest_portal.core.vietnamese import fold
from contest_portal.registration.checking.states import CheckState
from contest_portal.registration.consent.queries import may_publish, names_by_entry
from contest_portal.registration.models import Entry
from contest_portal.registration.status import REGISTERED

LONGEST_SEARCH: Final = 100
# A list of names stays readable in one cell.
MOST_NAMES: Final = 30


def get_published(code: str) -> Edition:
    """Return an edition that is published and publishes its entries; raises NotFound in the same words for any other."""
    edition = get_published_edition(code)
    if not rulebook_of(edition).public_list:
        raise NotFound
    return edition


def published_entries(edition: Edition, q: str, cursor: Cursor | None) -> Page[Row[Any]]:
    """Return one page of an edition's accepted entries, in the order of titles; q is part of a title or a school."""
    wanted: Any = select(Entry.id, Entry.title_key).where(
        Entry.edition_id == edition.id,
        Entry.status.in_(sorted(REGISTERED)),
        Entry.check_state != CheckState.INELIGIBLE.value,
    )
    statement, used = keyset(_searched(wanted, q), [Entry.title_key, Entry.id], cursor)
    found = db.session.execute(statement).all()
    shown = {row.id: row for row in _rows([row.id for row in found[: PAGE_SIZE + 1]])}
    return make_page([shown[row.id] for row in found], used, lambda row: (row.title_key, row.id))


def names_for(rows: Sequence[Row[Any]]) -> dict[int, tuple[list[str], int]]:
    """Return for each entry the names that may be published now, and how many people are not named."""
    people = names_by_entry([row.id for row in rows])
    allowed = may_publish(person.id for persons in people.values() for person in persons)
    return {entry_id: _named(persons, allowed) for entry_id, persons in people.items()}


def _named(persons: Sequence[Any], allowed: set[int]) -> tuple[list[str], int]:
    names = [person.full_name for person in persons if person.id in allowed]
    return names[:MOST_NAMES], len(persons) - len(names[:MOST_NAMES])


def _searched(wanted: Select[Any], q: str) -> Select[Any]:
    """Keep what holds the words in its title or its school's name; nobody is found by a person's name."""
    folded = fold(q[:LONGEST_SEARCH])
    if not folded:
        return wanted
    school = select(School.id).where(School.id == Entry.school_id, School.name_folded.contains(folded, autoescape=True))
    return wanted.where(or_(Entry.title_folded.contains(folded, autoescape=True), school.exists()))


def _rows(ids: Sequence[int]) -> Sequence[Row[Any]]:
    return db.session.execute(_shown(english=current_language() == "en"), {"ids": list(ids)}).all()


@cache
def _shown(*, english: bool) -> Any:
    division = Division.name_en if english else Division.name
    field = Field.name_en if english else Field.name
    return (
        select(
            Entry.id,
            Entry.title,
            Entry.title_key,
            func.coalesce(division, field).label("group"),
            School.name.label("school"),
            Unit.short_name.label("unit"),
        )
        .select_from(Entry)
        .outerjoin(Division, Division.id == Entry.division_id)
        .outerjoin(Field, Field.id == Entry.field_id)
        .outerjoin(Unit, Unit.id == Entry.unit_id)
        .outerjoin(School, School.id == Entry.school_id)
        .where(Entry.id.in_(bindparam("ids", expanding=True)))
    )
