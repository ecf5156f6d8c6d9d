"""Add, change and take out the people of an entry; nobody is ever deleted."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import select

from contest_portal.accounts.actor import Actor
from contest_portal.contests.rulebook import ParticipantRule
from contest_portal.contests.services import rulebook_of
from contest_portal.core import clock, once
from contest_portal.core.database import db, transaction
from contest_portal.core.errors import Conflict, Invalid, NotFound, Problem
from contest_portal.core.i18n import lazy
from contest_portal.core.vietnamese import clean_text, fold, name_key
from contest_portal.registration.models import Entry, Participant
from contest_portal.registration.people import Person
from contest_portal.registration.proposals import plain
from contest_portal.registration.services.changing import allow_change, check_version, hold, write_change
from contest_portal.registration.services.substituting import Swap, check_swap

LONGEST_NAME: Final = 150
REGISTERED_FIELDS: Final = tuple(field.name for field in fields(Person) if field.name != "role")


def new_participant(entry: Entry, person: Person, position: int, joined_on: date) -> Participant:
    """Return a person as a row of an entry."""
    row = Participant(entry_id=entry.id, role=person.role, position=position, joined_on=joined_on)
    fill_participant(row, person)
    return row


def add_person(
    actor: Actor,
    entry: Entry,
    person: Person,
    *,
    once_token: str | None = None,
    reason: str | None = None,
    at: datetime | None = None,
) -> None:
    """Add a person; the same form sent twice adds one.

    Raises NotAllowed, rules.Closed, Conflict, Invalid for one too many or one who is there already.
    """
    with transaction():
        hold(entry)
        if once.find_outcome(once_token) == entry.reference:
            return
        allow_change(actor, entry, at=at, reason=reason)
        everybody = _everybody(entry)
        _check_room(_rule(entry, person.role), everybody)
        _check_person(person, everybody)
        check_swap(actor, entry, Swap(person.role, None, clean_text(person.full_name), person.birth_date))
        position = max((other.position for other in everybody), default=0) + 1
        row = new_participant(entry, person, position, clock.today())
        db.session.add(row)
        db.session.flush()
        write_change(actor, entry, f"person:{row.id}", {}, {"role": person.role, **registered(row)}, reason=reason)
        once.remember(once_token, entry.reference)


def change_person(
    actor: Actor,
    entry: Entry,
    person_id: int,
    person: Person,
    *,
    version: int | None = None,
    reason: str | None = None,
    at: datetime | None = None,
) -> None:
    """Save what is registered of a person; the role stays.

    Raises NotFound, NotAllowed, rules.Closed, Conflict when it was changed meanwhile, Invalid.
    """
    with transaction():
        hold(entry)
        allow_change(actor, entry, at=at, reason=reason)
        row = _current(entry, person_id)
        check_version(entry, version, f"person:{row.id}")
        _check_person(person, _everybody(entry), besides=row.id)
        check_swap(actor, entry, Swap(row.role, row.id, clean_text(person.full_name), person.birth_date))
        before = registered(row)
        fill_participant(row, person)
        after = registered(row)
        changed = [name for name in after if after[name] != before[name]]
        if changed:
            kept = {"role": row.role, "full_name": row.full_name}
            write_change(
                actor,
                entry,
                f"person:{row.id}",
                kept | {name: before[name] for name in changed},
                kept | {name: after[name] for name in changed},
                reason=reason,
            )


def remove_person(
    actor: Actor, entry: Entry, person_id: int, *, reason: str | None = None, at: datetime | None = None
) -> None:
    """Let a person leave as of today; asked twice, the person has left once.

    Raises NotFound, NotAllowed, rules.Closed, Conflict, Invalid.
    """
    with transaction():
        hold(entry)
        allow_change(actor, entry, at=at, reason=reason)
        row = db.session.get(Participant, person_id, populate_existing=True)
        if row is None or row.entry_id != entry.id:
            raise NotFound
        if row.left_on is not None:
            return
        check_swap(actor, entry, Swap(row.role, row.id))
        row.left_on, row.left_at = clock.today(), clock.now()
        write_change(
            actor, entry, f"person:{row.id}", {"role": row.role, "full_name": row.full_name}, {}, reason=reason
        )


def _current(entry: Entry, person_id: int) -> Participant:
    row = db.session.get(Participant, person_id, populate_existing=True)
    if row is None or row.entry_id != entry.id:
        raise NotFound
    if row.left_on is not None:
        raise Conflict(lazy("Người này vừa được người khác bớt khỏi hồ sơ."))
    return row


def fill_participant(row: Participant, person: Person) -> None:
    """Store what is registered of a person; the role stays."""
    for name in REGISTERED_FIELDS:
        setattr(row, name, getattr(person, name))
    row.full_name = clean_text(person.full_name)
    row.name_folded = fold(row.full_name)[:LONGEST_NAME]
    row.name_key = name_key(row.full_name)
    row.grade = person.grade


def registered(row: Participant) -> dict[str, Any]:
    """Return what is registered of a person, ready for JSON."""
    values = {name: getattr(row, name) for name in REGISTERED_FIELDS}
    return {name: plain(value) for name, value in values.items()}


def _everybody(entry: Entry) -> Sequence[Participant]:
    """Return everybody who is or ever was in the entry."""
    statement = select(Participant).where(Participant.entry_id == entry.id)
    # As the database has them now that the entry is held, not as the page had read them.
    return db.session.scalars(statement.execution_options(populate_existing=True)).all()


def _check_person(person: Person, everybody: Sequence[Participant], besides: int | None = None) -> None:
    name = clean_text(person.full_name)
    if not name or len(name) > LONGEST_NAME:
        words = lazy("Hãy nhập họ và tên, nhiều nhất %(most)s ký tự.", most=LONGEST_NAME)
        raise Invalid(problems=[Problem(words, field="full_name")])
    wanted = (person.role, name, person.birth_date)
    others = (other for other in everybody if other.left_on is None and other.id != besides)
    if any((other.role, other.full_name, other.birth_date) == wanted for other in others):
        raise Invalid(problems=[Problem(lazy("%(name)s đã có trong hồ sơ.", name=name), field="full_name")])


def _check_room(rule: ParticipantRule, everybody: Sequence[Participant]) -> None:
    count = sum(other.role == rule.role and other.left_on is None for other in everybody)
    if count >= rule.most:
        word = str(rule.word).lower()
        raise Invalid(lazy("Đã đủ %(most)s %(word)s, không thêm được nữa.", most=rule.most, word=word))


def _rule(entry: Entry, role: str) -> ParticipantRule:
    rule = rulebook_of(entry.edition).rule_for(role)
    if rule is None:
        raise NotFound
    return rule
