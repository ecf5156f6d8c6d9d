"""The list of people: by given name, the Vietnamese way, within the entries somebody may see."""

from typing import Any

from sqlalchemy import ColumnElement, func, literal, select

from contest_portal.accounts.actor import Actor
from contest_portal.contests.models import School
from contest_portal.core.database import db
from contest_portal.core.paging import Cursor, Page, keyset, make_page
from contest_portal.registration.filters import Filters
from contest_portal.registration.listing import Choices, filtered
from contest_portal.registration.models import Entry, Participant
from contest_portal.registration.queries import ALL_SEEING, visible_entries
from contest_portal.registration.terms import read_query, words_of


def list_people(actor: Actor, filters: Filters, choices: Choices, cursor: Cursor | None) -> Page[Any]:
    """Return one page of the people of an edition's entries; telephone numbers and birthdays are not in it."""
    if choices.edition is None:
        return Page([])
    columns = [_key(actor, choices.edition.id), Participant.id]
    statement, used = keyset(_people(actor, filters, choices, choices.edition.id), columns, cursor)
    rows = db.session.execute(statement).all()
    return make_page(rows, used, lambda row: (row.name_key, row.id))


def _people(actor: Actor, filters: Filters, choices: Choices, edition_id: int) -> Any:
    entries = filtered(visible_entries(actor).with_only_columns(Entry.id), actor, filters, choices)
    return (
        select(
            Participant.id,
            Participant.name_key,
            Participant.full_name,
            Participant.role,
            Participant.class_name,
            Entry.reference,
            Entry.title,
            Entry.status,
            School.name.label("school"),
        )
        .join(Entry, Entry.id == Participant.entry_id)
        .outerjoin(School, School.id == Entry.school_id)
        .where(
            Participant.edition_id == edition_id,
            Participant.left_on.is_(None),
            Entry.id.in_(entries),
            *_named(filters.q, {edition.prefix for edition in choices.editions}),
        )
    )


def _named(q: str, prefixes: set[str]) -> list[ColumnElement[bool]]:
    """Ask that the person's own name has every word; an entry is found by any of its people."""
    wanted = read_query(q, prefixes)
    if not wanted.words or wanted.number:
        return []
    name = literal(" ").concat(Participant.name_folded)
    return [name.contains(f" {word}", autoescape=True) for word in words_of(" ".join(wanted.words))]


def _key(actor: Actor, edition_id: int) -> Any:
    """Return the column to sort by: for those who see everything the index, for others their own few entries first."""
    if actor.holds(*ALL_SEEING, edition_id=edition_id):
        return Participant.name_key
    return func.coalesce(Participant.name_key, "", type_=Participant.name_key.type)
