"""What is still to do before an entry can be handed in; pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from contest_portal.contests.eligibility import RuleProblem, Severity
from contest_portal.contests.rulebook import Need, PersonRole, Rulebook
from contest_portal.registration.models import Entry, Participant

DETAILS: Final = "details"
SUBMIT: Final = "submit"


class Progress(StrEnum):
    """Say how far a task is."""

    TODO = "todo"
    DOING = "doing"
    DONE = "done"
    BLOCKED = "blocked"


@dataclass(frozen=True)
class Task:
    """Be one task: its part (details, a role, or the handing in) and how far it is."""

    part: str
    progress: Progress
    count: int = 0
    optional: bool = False


def tasks_for(
    rules: Rulebook, entry: Entry, people: Sequence[Participant], problems: Sequence[RuleProblem]
) -> list[Task]:
    """Return the tasks of an entry in the order they are done."""
    errors = [problem for problem in problems if problem.severity is Severity.ERROR]
    parts = {part_of(problem, people) for problem in errors}
    tasks = [Task(DETAILS, _details(rules, entry, wrong=DETAILS in parts))]
    for rule in rules.roles:
        count = sum(person.role == rule.role for person in people)
        progress = Progress.DONE if rule.role not in parts else Progress.DOING if count else Progress.TODO
        tasks.append(Task(rule.role, progress, count, optional=rule.least == 0))
    return [*tasks, Task(SUBMIT, Progress.BLOCKED if errors else Progress.TODO)]


def part_of(problem: RuleProblem, people: Sequence[Participant]) -> str:
    """Return which task mends a problem."""
    if problem.person is not None and problem.person < len(people):
        return people[problem.person].role
    if problem.rule == "share_sum":
        return next((person.role for person in people if person.role != PersonRole.COACH), DETAILS)
    if problem.rule.startswith("count."):
        return problem.rule.removeprefix("count.")
    return DETAILS


def person_of(problem: RuleProblem, people: Sequence[Participant]) -> Participant | None:
    """Return the person a problem is about."""
    return people[problem.person] if problem.person is not None and problem.person < len(people) else None


def notes_by_person(problems: Iterable[RuleProblem], people: Sequence[Participant]) -> dict[int, list[RuleProblem]]:
    """Return what the rules say of each person, by the person's id."""
    notes: dict[int, list[RuleProblem]] = {}
    for problem in problems:
        person = person_of(problem, people)
        if person is not None:
            notes.setdefault(person.id, []).append(problem)
    return notes


def _details(rules: Rulebook, entry: Entry, *, wrong: bool) -> Progress:
    if not wrong:
        return Progress.DONE
    begun = entry.summary or entry.texts or entry.contact_phone or entry.division_id or entry.field_id
    return Progress.DOING if begun else Progress.TODO


def asks(rules: Rulebook, role: str, what: str) -> Need:
    """Tell whether a person of a role is asked for something, by the name of its column."""
    taking_part = role == rules.person_role
    grown_ups = not taking_part or rules.needs.class_name is Need.ABSENT
    match what:
        case "birth_date":
            return _asked(rules.needs.birth_date, rules.window.by_birth) if taking_part else Need.ABSENT
        case "class_name":
            return _asked(rules.needs.class_name, rules.window.by_grade) if taking_part else Need.ABSENT
        case "share" | "gender":
            return getattr(rules.needs, what) if taking_part else Need.ABSENT
        case "job_title" | "education" | "address":
            return Need(getattr(rules.needs, what))
        case _:
            # Children's own telephone numbers and addresses are not collected.
            return Need.OPTIONAL if grown_ups else Need.ABSENT


def _asked(need: Need, decides: bool) -> Need:
    return Need.REQUIRED if decides else need


def asks_summary(rules: Rulebook, stored: str | None) -> bool:
    """Tell whether the summary is asked for as one text: an edition with parts asks for those, but what is stored stays."""
    if rules.needs.summary is Need.ABSENT:
        return bool(stored)
    return not rules.sections or bool(stored)
