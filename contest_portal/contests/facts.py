"""What the rules of an edition are told of an entry, and what they find."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from contest_portal.core.errors import Problem
from contest_portal.core.i18n import lazy


class Severity(StrEnum):
    """Say whether a problem stops an entry or only asks for a second look."""

    ERROR = "error"
    WARNING = "warning"
    # An organiser lets it pass.
    ACCEPTED = "accepted"


@dataclass(frozen=True)
class RuleProblem(Problem):
    """Name a rule that is not kept: by whom (index among the people), which, what was found and what would do."""

    rule: str = ""
    fact: Any = ""
    remedy: Any = ""
    person: int | None = None
    severity: Severity = Severity.ERROR
    # Who lets it pass, and why.
    accepted: Any = ""


@dataclass(frozen=True)
class PersonFacts:
    """Hold what the rules ask about a person."""

    role: str
    full_name: str
    birth_date: date | None = None
    grade: int | None = None
    class_name: str | None = None
    # What part of the work is this person's, in per cent.
    share: Decimal | None = None


@dataclass(frozen=True)
class EntryFacts:
    """Hold what the rules ask about an entry; places are codes or names, None where nothing was chosen."""

    people: Sequence[PersonFacts]
    division: str | None = None
    field: str | None = None
    unit: str | None = None
    school: str | None = None
    made_on: date | None = None
    # "people" or "organisation", and who speaks for it.
    entrant: str = "people"
    contact_name: str | None = None
    summary: str | None = None
    # The parts of the written summary by their code; None where only a list is known, which has none.
    texts: Mapping[str, str] | None = None
    # Other entries of the same school in the edition.
    school_entries: int = 0
    # Other entries of the same unit in the edition.
    unit_entries: int = 0


def problem_of(fact: Any, remedy: Any, rule: str, **details: Any) -> RuleProblem:
    """Return a problem whose message says what is wrong and what would do."""
    message = lazy("%(fact)s %(remedy)s", fact=fact, remedy=remedy)
    return RuleProblem(message, rule=rule, fact=fact, remedy=remedy, **details)


def warning_of(fact: Any, remedy: Any, rule: str, **details: Any) -> RuleProblem:
    """Return a problem that is only worth a second look."""
    return problem_of(fact, remedy, rule, severity=Severity.WARNING, **details)
