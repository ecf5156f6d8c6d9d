"""Begin a draft as a copy of an entry of one's own."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from contest_portal.accounts.actor import Actor
from contest_portal.contests.eligibility import PersonFacts, division_for, division_rules
from contest_portal.contests.models import Edition
from contest_portal.contests.services import rulebook_of
from contest_portal.core import clock, once
from contest_portal.core.database import db, transaction
from contest_portal.core.errors import NotAllowed, NotFound
from contest_portal.registration import rules
from contest_portal.registration.copying import Copied, copy_people
from contest_portal.registration.models import Entry
from contest_portal.registration.queries import find_by_reference, people_of
from contest_portal.registration.services.changing import forget_places
from contest_portal.registration.services.entries import start_draft
from contest_portal.registration.services.history import write_event
from contest_portal.registration.services.people import new_participant


def copy_entry(
    actor: Actor,
    source: Entry,
    edition: Edition,
    *,
    title: str,
    roles: Sequence[str],
    once_token: str | None = None,
    at: datetime | None = None,
) -> Entry:
    """Begin a draft with the people of an entry; its documents, consents and numbers stay behind.

    Raises NotAllowed for another's entry, rules.Closed, Invalid for a bad title.
    """
    if not rules.is_own(actor, source) or source.school is None:
        raise NotAllowed
    with transaction():
        known = once.find_outcome(once_token)
        if known is not None:
            return _of_once(actor, known)
        entry = start_draft(actor, edition, title=title, school=source.school, once_token=once_token, at=at)
        copied = copy_people(people_of(source.id), rulebook_of(source.edition), rulebook_of(edition), roles)
        _fill(entry, source, copied)
        _write_copied(actor, entry, source, copied)
    return entry


def _of_once(actor: Actor, reference: str) -> Entry:
    entry = find_by_reference(reference)
    if entry is None or entry.created_by != actor.user_id:
        raise NotFound
    return entry


def _fill(entry: Entry, source: Entry, copied: Sequence[Copied]) -> None:
    entry.contact_phone, entry.contact_email = source.contact_phone, source.contact_email
    entry.contact_name = source.contact_name
    entry.division_id, entry.field_id = _places(entry.edition, source, copied)
    day = clock.today()
    db.session.add_all(new_participant(entry, each.person, number, day) for number, each in enumerate(copied))
    db.session.flush()
    forget_places(entry)


def _places(edition: Edition, source: Entry, copied: Sequence[Copied]) -> tuple[int | None, int | None]:
    """Suggest the division that fits the people as they are now, and the field of the same code."""
    facts = [
        PersonFacts(p.role, p.full_name, p.birth_date, p.grade, p.class_name) for p in (each.person for each in copied)
    ]
    fitting = division_for(division_rules(edition.divisions), facts)
    same = source.division.code if source.division and edition.id == source.edition_id else None
    wanted = {"division": fitting.code if fitting else same, "field": source.field.code if source.field else None}
    divisions = {part.code: part.id for part in edition.divisions}
    fields = {part.code: part.id for part in edition.fields}
    return divisions.get(wanted["division"] or ""), fields.get(wanted["field"] or "")


def _write_copied(actor: Actor, entry: Entry, source: Entry, copied: Sequence[Copied]) -> None:
    details: dict[str, Any] = {
        "from": source.reference,
        "people": len(copied),
        "raised": sum(each.raised for each in copied),
        "emptied": sum(each.emptied for each in copied),
    }
    write_event(actor, entry, "copied", day=clock.today(), source="web", details=details)
