"""Bring an entry to life, and change what it is called and where it belongs."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from contest_portal.accounts.actor import Actor
from contest_portal.contests.models import Division, Edition, EditionUnit, Field, School, Unit
from contest_portal.contests.reach import screening_unit_of
from contest_portal.core import audit, clock, once
from contest_portal.core.database import db, transaction
from contest_portal.core.errors import Invalid, NotFound, Problem
from contest_portal.core.i18n import lazy
from contest_portal.core.vietnamese import clean_text, fold
from contest_portal.registration import rules
from contest_portal.registration.models import Entry
from contest_portal.registration.people import Person
from contest_portal.registration.queries import find_by_reference
from contest_portal.registration.references import new_reference
from contest_portal.registration.services.changing import (
    allow_change,
    check_version,
    forget_places,
    hold,
    write_change,
)
from contest_portal.registration.services.history import move_entry
from contest_portal.registration.services.people import new_participant
from contest_portal.registration.status import Status

LONGEST_TITLE = 300


@dataclass(frozen=True)
class Details:
    """Hold what is registered of an entry besides its people."""

    title: str
    division_id: int | None = None
    field_id: int | None = None
    unit_id: int | None = None
    summary: str | None = None
    contact_phone: str | None = None
    contact_email: str | None = None
    contact_name: str | None = None
    made_on: date | None = None
    entrant: str = "people"
    texts: dict[str, str] | None = None


def details_of(entry: Entry) -> Details:
    """Return the details as they are stored."""
    return Details(**{field.name: getattr(entry, field.name) for field in fields(Details)})


def start_draft(
    actor: Actor,
    edition: Edition,
    *,
    title: str,
    school: School,
    once_token: str | None = None,
    at: datetime | None = None,
) -> Entry:
    """Begin a school's registration; the same form sent twice begins one.

    Raises NotAllowed for another's school, rules.Closed outside the registration period, Invalid for a bad title.
    """
    unit_id = screening_unit_of(edition.id, school)
    rules.check_create(actor, edition, school.id, at or clock.now(), unit_id=unit_id)
    try:
        with transaction():
            known = once.find_outcome(once_token)
            if known is not None:
                return _of_once(actor, known)
            entry = _new_entry(actor, edition, title, school_id=school.id, unit_id=unit_id)
            _give_birth(actor, entry, Status.DRAFT, day=clock.today(), source="web", people=())
            once.remember(once_token, entry.reference)
        return entry
    except IntegrityError:
        # Two posts of one form at the same moment: the other one was first.
        known = once.find_outcome(once_token)
        if known is None:
            raise
        return _of_once(actor, known)


def create_entry(
    actor: Actor,
    edition: Edition,
    *,
    title: str,
    school: School | None = None,
    unit: Unit | None = None,
    division: Division | None = None,
    field: Field | None = None,
    people: Sequence[Person] = (),
    status: Status = Status.SUBMITTED,
    happened_on: date | None = None,
    source: str = "paper",
    **more: Any,
) -> Entry:
    """Write down an entry that came another way, as of the day it came; more: summary, note and the like.

    Raises NotAllowed, Invalid for a bad title or day.
    """
    unit_id = unit.id if unit else screening_unit_of(edition.id, school) if school else None
    rules.check_log(actor, edition, unit_id, school.id if school else None)
    with transaction():
        entry = _new_entry(
            actor,
            edition,
            title,
            school_id=school.id if school else None,
            unit_id=unit_id,
            division_id=division.id if division else None,
            field_id=field.id if field else None,
            **more,
        )
        _give_birth(actor, entry, status, day=happened_on or clock.today(), source=source, people=people)
    return entry


def change_details(
    actor: Actor,
    entry: Entry,
    details: Details,
    *,
    version: int | None = None,
    reason: str | None = None,
    at: datetime | None = None,
) -> None:
    """Save the details; nothing is written where nothing changed.

    Raises NotAllowed, rules.Closed, Conflict when they were changed meanwhile, Invalid.
    """
    with transaction():
        hold(entry)
        allow_change(actor, entry, at=at, reason=reason)
        check_version(entry, version, "details")
        wanted = {**asdict(details), "title": _checked_title(details.title)}
        before, after = _difference(entry, wanted)
        if not after:
            return
        _check_places(entry.edition_id, after)
        for name, value in after.items():
            setattr(entry, name, value)
        entry.title_folded = fold(entry.title)[:LONGEST_TITLE]
        write_change(actor, entry, "details", before, after, reason=reason)
        forget_places(entry)


def _new_entry(actor: Actor, edition: Edition, title: str, **places: Any) -> Entry:
    title = _checked_title(title)
    return Entry(
        reference=new_reference(edition),
        edition_id=edition.id,
        edition=edition,
        title=title,
        title_folded=fold(title)[:LONGEST_TITLE],
        created_by=actor.user_id,
        **places,
    )


def _give_birth(
    actor: Actor, entry: Entry, status: Status, *, day: date, source: str, people: Sequence[Person]
) -> None:
    move_entry(actor, entry, status, happened_on=day, source=source)
    entry.participants = [new_participant(entry, person, position, day) for position, person in enumerate(people)]
    db.session.flush()
    audit.record(actor, "entry.created", entry.reference, after={"status": status, "people": len(people)})


def _checked_title(title: str) -> str:
    cleaned = clean_text(title)
    if not cleaned:
        raise Invalid(problems=[Problem(lazy("Hãy nhập tên."), field="title")])
    if len(cleaned) > LONGEST_TITLE:
        words = lazy("Chỉ được viết nhiều nhất %(most)s ký tự.", most=LONGEST_TITLE)
        raise Invalid(problems=[Problem(words, field="title")])
    return cleaned


def _difference(entry: Entry, wanted: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    changed = {name: value for name, value in wanted.items() if getattr(entry, name) != value}
    return {name: getattr(entry, name) for name in changed}, changed


def _check_places(edition_id: int, changed: dict[str, Any]) -> None:
    # The form offers only the edition's own; whoever calls otherwise is refused here.
    offered = {
        "division_id": select(Division.id).where(Division.edition_id == edition_id),
        "field_id": select(Field.id).where(Field.edition_id == edition_id),
        "unit_id": select(EditionUnit.unit_id).where(EditionUnit.edition_id == edition_id),
    }
    for name, choices in offered.items():
        if changed.get(name) and changed[name] not in db.session.scalars(choices).all():
            raise Invalid(problems=[Problem(lazy("Lựa chọn này không có trong danh sách. Hãy chọn lại."), field=name)])


def _of_once(actor: Actor, reference: str) -> Entry:
    entry = find_by_reference(reference)
    if entry is None or (entry.created_by != actor.user_id):
        raise NotFound
    return entry
