"""Entries and editions for tests."""

import itertools
from datetime import date, timedelta
from typing import Any

from contest_portal.accounts.actor import SYSTEM, Actor
from contest_portal.contests.models import Division, Edition, Field, School
from contest_portal.contests.queries import get_edition
from contest_portal.core import clock
from contest_portal.core.database import db, transaction
from contest_portal.core.vietnamese import fold, name_key
from contest_portal.registration.models import Entry, Participant
from contest_portal.registration.services import move_entry, new_reference
from contest_portal.registration.status import Status

_numbers = itertools.count(1)


def open_edition(code: str = "robocon-2024", days: int = 30) -> Edition:
    """Return an edition whose registration is open now."""
    edition = get_edition(code)
    with transaction():
        edition.opens_at = clock.now() - timedelta(days=days)
        edition.closes_at = clock.now() + timedelta(days=days)
    return edition


def make_entry(
    edition: Edition | str = "robocon-2024",
    *,
    school: School | None = None,
    title: str | None = None,
    status: Status = Status.SUBMITTED,
    division: Division | None = None,
    field: Field | None = None,
    happened_on: date | None = None,
    actor: Actor = SYSTEM,
    people: list[dict[str, Any]] | None = None,
    unit_id: int | None = None,
) -> Entry:
    """Make an entry with its people, moved to its first status through the one door."""
    found = get_edition(edition) if isinstance(edition, str) else edition
    title = title or f"Đội Thử {next(_numbers)}"
    entry = Entry(
        reference=new_reference(found),
        edition_id=found.id,
        edition=found,
        title=title,
        title_folded=fold(title),
        school_id=school.id if school else None,
        unit_id=unit_id or (school.unit_id if school else None),
        division_id=division.id if division else None,
        field_id=field.id if field else None,
    )
    with transaction():
        event = move_entry(actor, entry, status, happened_on=happened_on)
        for number, person in enumerate(people if people is not None else [{}]):
            make_participant(entry, position=number, joined_on=event.happened_on, **person)
    return entry


def make_participant(entry: Entry, **fields: Any) -> Participant:
    """Add a person to an entry, without an event."""
    number = next(_numbers)
    full_name = fields.pop("full_name", f"Trần Văn Thử {number}")
    person = Participant(
        entry_id=entry.id,
        role=fields.pop("role", "member"),
        full_name=full_name,
        name_folded=fold(full_name),
        name_key=name_key(full_name),
        joined_on=fields.pop("joined_on", entry.status_on),
        **fields,
    )
    with transaction():
        db.session.add(person)
    return person
