"""The list of people: by given name, the Vietnamese way, within the entries somebody may see."""

from typing import Any

from sqlalchemy import ColumnElement, func, literal, select

from contest_portal.accounts.actor import Actor
from contest_portal.contests.models import School
from contest_portal.core.database import db
from contest_portal.core.paging import Cursor, Page, keyset, make_page
from contest_portal.registration.filters import Filters
from contest_portal.registration.listing import Choices, placed, searched
from contest_portal.registration.models import Entry, Participant
from contest_portal.registration.queries import ALL_SEEING, scope_of
from contest_portal.registration.terms import read_query


def list_people(actor: Actor, filters: Filters, choices: Choices, cursor: Cursor | None) -> Page[Any]:
    """Return one page of the people of an edition's entries; telephone numbers and birthdays are not in it."""
    if choices.edition is None:
        return Page([])
    search = searched(filters.q, actor, choices)
    few = search.rare or bool(filters.school) or not actor.holds(*ALL_SEEING, edition_id=choices.edition.id)
    wanted = placed(_people(actor), filters, choices).where(
        *([] if few else [Participant.edition_id == choices.edition.id]),
        *search.conditions,
        *_named(filters.q, {edition.prefix for edition in choices.editions}),
    )
    statement, used = keyset(wanted, [_key(few=few), Participant.id], cursor)
    return make_page(db.session.execute(statement).all(), used, lambda row: (row.name_key, row.id))


def _people(actor: Actor) -> Any:
    wanted = (
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
        .where(Participant.left_on.is_(None))
    )
    scope = scope_of(actor)
    return wanted if scope is None else wanted.where(scope)


def _named(q: str, prefixes: set[str]) -> list[ColumnElement[bool]]:
    """Ask that the person's own name has every word that is part of any: an entry is found by all of its people."""
    wanted = read_query(q, prefixes)
    if wanted.number:
        return []
    name = literal(" ").concat(Participant.name_folded)
    return [name.contains(f" {word}", autoescape=True) for word in wanted.words]


def _key(*, few: bool) -> Any:
    """Return the column to sort by.

    Of many the edition's index tells the order; few are found through their entries and sorted then, so the index is
    kept out of it.
    """
    return func.coalesce(Participant.name_key, "", type_=Participant.name_key.type) if few else Participant.name_key
