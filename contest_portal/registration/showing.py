"""Show a problem in three parts: what the rules say, what the entry says, and what would satisfy the rules."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from contest_portal.contests.eligibility import RuleProblem, division_rules
from contest_portal.contests.ruling import law_of
from contest_portal.contests.services import rulebook_of
from contest_portal.registration.eligibility import person_key
from contest_portal.registration.models import Entry, Participant
from contest_portal.registration.tasks import part_of


@dataclass(frozen=True)
class Shown:
    """Be a problem as it is shown: the rule, the value found, the remedy, and where it is mended."""

    problem: RuleProblem
    law: Any
    part: str
    person_id: int | None

    @property
    def parts(self) -> tuple[Any, Any, Any]:
        """Return the rule, what was found, and what would do."""
        return self.law, self.problem.fact or self.problem.message, self.problem.remedy


def shown_problems(
    entry: Entry, problems: Sequence[RuleProblem], people: Sequence[Participant] | None = None
) -> list[Shown]:
    """Return the problems of an entry in the order they were found."""
    known = entry.participants if people is None else people
    return [_shown(entry, problem, known) for problem in problems]


def shown_problem(entry: Entry, problem: RuleProblem) -> Shown:
    """Return one problem of an entry."""
    return _shown(entry, problem, entry.participants)


def _shown(entry: Entry, problem: RuleProblem, people: Sequence[Participant]) -> Shown:
    division = entry.division.code if entry.division else None
    law = law_of(rulebook_of(entry.edition), division_rules(entry.edition.divisions), problem, division)
    return Shown(problem, law, part_of(problem, people), person_key(problem, people))
