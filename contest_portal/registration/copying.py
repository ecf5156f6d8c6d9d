"""Bring a team of an earlier or of the same edition into a new draft; pure: people in, people out."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from typing import Final

from contest_portal.contests.eligibility import parse_grade
from contest_portal.contests.rulebook import Rulebook
from contest_portal.registration.models import Participant
from contest_portal.registration.people import Person

HIGHEST_GRADE: Final = 12
# What belongs to the work of that time and is asked anew.
NOT_COPIED: Final = frozenset({"role", "share"})


@dataclass(frozen=True)
class Copied:
    """Be a person of the new draft, and what was done to the class."""

    person: Person
    raised: bool = False
    emptied: bool = False


def copy_people(people: Iterable[Participant], old: Rulebook, new: Rulebook, roles: Sequence[str]) -> list[Copied]:
    """Return the people of these roles as they would be now; nobody more than the new rules have room for."""
    years = new.school_year - old.school_year
    copied: list[Copied] = []
    for stored in people:
        role = str(new.person_role) if stored.role == old.person_role else stored.role
        rule = new.rule_for(role)
        room = rule.most - sum(c.person.role == role for c in copied) if rule else 0
        if stored.role in roles and room > 0:
            copied.append(_copy(stored, role, years))
    return copied


def raised_class(class_name: str | None, years: int) -> str | None:
    """Return the class some school years later: "8A5" after one is "9A5"; None where nobody can tell, or school is over."""
    grade = parse_grade(class_name)
    if class_name is None or grade is None or not 1 <= grade + years <= HIGHEST_GRADE:
        return None
    return re.sub(r"0?\d+", str(grade + years), class_name, count=1)


def _copy(stored: Participant, role: str, years: int) -> Copied:
    kept = {f.name: getattr(stored, f.name) for f in fields(Person) if f.name not in NOT_COPIED}
    person = Person(role=role, **kept)
    if years == 0 or not stored.class_name:
        return Copied(person)
    later = raised_class(stored.class_name, years)
    return Copied(replace(person, class_name=later), raised=later is not None, emptied=later is None)
