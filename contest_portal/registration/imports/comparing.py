"""Compare what a row says with what is stored; what a row leaves blank is left as it is."""

from collections.abc import Callable, Sequence
from dataclasses import fields
from typing import Any, Final

from contest_portal.core.vietnamese import clean_text, fold
from contest_portal.registration.imports.model import Change, PeoplePlan, PlanRow, Wanted
from contest_portal.registration.models import Entry, Participant
from contest_portal.registration.people import Person
from contest_portal.registration.tables.cells import class_only

_COMPARED: Final = tuple(field.name for field in fields(Person) if field.name != "role")


# Columns that stand in the entry as the row says them.
_PLAIN: Final = ("made_on", "entrant", "contact_name")


def compare(row: PlanRow, entry: Entry) -> None:
    """Fill in what the row changes of its stored entry."""
    row.details = _details(row.wanted, entry)
    row.people = compare_people(entry.participants, row.wanted.people)
    row.changes = [
        Change("details", name, before, after) for name, (before, after) in _shown_details(row, entry).items()
    ]
    row.changes += _people_changes(row.people)


def _details(wanted: Wanted, entry: Entry) -> dict[str, Any]:
    """Return the columns to set; a new school has no id yet and is set when it has."""
    said: dict[str, Any] = {
        "title": wanted.title,
        "unit_id": wanted.unit.id if wanted.unit else None,
        "division_id": wanted.division.id if wanted.division else None,
        "field_id": wanted.field.id if wanted.field else None,
        "note": wanted.note,
        **{name: getattr(wanted, name) for name in _PLAIN},
    }
    changed = {
        name: value for name, value in said.items() if value is not None and _differs(getattr(entry, name), value)
    }
    if wanted.school is not None and _other_school(wanted, entry):
        changed["school_id"] = wanted.school.found.id if wanted.school.found else None
    return changed


def _other_school(wanted: Wanted, entry: Entry) -> bool:
    if wanted.school is None:
        return False
    if wanted.school.found is not None:
        return wanted.school.found.id != entry.school_id
    # A row that names no unit speaks of the school of that name, wherever it is.
    return entry.school is None or entry.school.name_folded != wanted.school.folded


def _shown_details(row: PlanRow, entry: Entry) -> dict[str, tuple[Any, Any]]:
    wanted = row.wanted
    shown: dict[str, tuple[Any, Any]] = {
        "title": (entry.title, wanted.title),
        "unit_id": (entry.unit.name if entry.unit else None, wanted.unit.name if wanted.unit else None),
        "division_id": (
            entry.division.name if entry.division else None,
            wanted.division.name if wanted.division else None,
        ),
        "field_id": (entry.field.name if entry.field else None, wanted.field.name if wanted.field else None),
        "note": (entry.note, wanted.note),
        "school_id": (entry.school.name if entry.school else None, wanted.school.name if wanted.school else None),
    }
    shown |= {name: (getattr(entry, name), getattr(wanted, name)) for name in _PLAIN}
    return {name: shown[name] for name in row.details}


def compare_people(stored: Sequence[Participant], wanted: Sequence[Person]) -> PeoplePlan:
    """Pair people by name, then those whose name was mended by date of birth; the rest join and leave."""
    plan = PeoplePlan()
    waiting, free = list(wanted), list(stored)
    for sure in (_same_name_and_birth, _same_name, _same_birth):
        waiting = _pair(plan, waiting, free, sure)
    plan.joined, plan.left = waiting, free
    return plan


def _pair(
    plan: PeoplePlan, waiting: list[Person], free: list[Participant], same: Callable[[Person, Participant], bool]
) -> list[Person]:
    alone: list[Person] = []
    for person in waiting:
        found = next((row for row in free if row.role == person.role and same(person, row)), None)
        if found is None:
            alone.append(person)
        else:
            free.remove(found)
            plan.kept.append((found, person, _changed(found, person)))
    return alone


def _same_name(person: Person, row: Participant) -> bool:
    return fold(person.full_name) == row.name_folded


def _same_name_and_birth(person: Person, row: Participant) -> bool:
    return _same_name(person, row) and person.birth_date == row.birth_date


def _same_birth(person: Person, row: Participant) -> bool:
    return person.birth_date is not None and person.birth_date == row.birth_date


def _changed(row: Participant, person: Person) -> dict[str, Any]:
    values = {name: getattr(person, name) for name in _COMPARED}
    return {name: value for name, value in values.items() if value is not None and _differs(getattr(row, name), value)}


def _differs(stored: Any, said: Any) -> bool:
    """Tell whether a cell says something else; a cell holds one line, and a class without the word before it."""
    if isinstance(stored, str) and isinstance(said, str):
        return clean_text(stored) != clean_text(said) and class_only(stored) != said
    return bool(stored != said)


def _people_changes(people: PeoplePlan) -> list[Change]:
    changes = [
        Change("person", name, getattr(row, name), value)
        for row, _person, changed in people.kept
        for name, value in changed.items()
    ]
    changes += [Change("person", "joined", None, person.full_name) for person in people.joined]
    changes += [Change("person", "left", row.full_name, None) for row in people.left]
    return changes
