"""Hold a stored entry against its edition's rules."""

from collections.abc import Sequence
from dataclasses import replace

from contest_portal.contests.eligibility import (
    EntryFacts,
    PersonFacts,
    RuleProblem,
    Severity,
    check_entry,
    division_rules,
    errors_in,
)
from contest_portal.contests.rulebook import Rulebook
from contest_portal.contests.services import rulebook_of
from contest_portal.core import clock
from contest_portal.core.errors import Problem
from contest_portal.core.filters import show_time
from contest_portal.core.i18n import lazy
from contest_portal.registration.consent.queries import missing_consents
from contest_portal.registration.documents.queries import missing_documents
from contest_portal.registration.models import Entry, Participant, RuleOverride
from contest_portal.registration.queries import count_school_entries, count_unit_entries, people_of


def check_stored(
    entry: Entry, people: Sequence[Participant] | None = None, *, others: tuple[int, int] | None = None
) -> list[RuleProblem]:
    """Return everything that is not as the rules ask, and what is only worth a second look; errors first.

    others: how many more entries its school and its unit have, where many entries are held against the rules at once.
    """
    rules = rulebook_of(entry.edition)
    known = people_of(entry.id) if people is None else people
    divisions = division_rules(entry.edition.divisions)
    problems = check_entry(rules, facts_of(entry, known, rules, others), divisions, on=clock.today())
    # Hardly any entry has a problem that was let pass: they are looked up only where something is wrong.
    return _let_pass(problems, known, entry.overrides) if errors_in(problems) else problems


def person_key(problem: RuleProblem, people: Sequence[Participant]) -> int | None:
    """Return the id of the person a problem is about."""
    return people[problem.person].id if problem.person is not None and problem.person < len(people) else None


def _let_pass(
    problems: Sequence[RuleProblem], people: Sequence[Participant], overrides: Sequence[RuleOverride]
) -> list[RuleProblem]:
    """Mark the errors that an organiser lets pass, with who does and why; they go to the end of the list."""
    latest = {(row.rule, row.participant_id, row.value): row for row in overrides}
    checked = [_judged(problem, latest.get(_key(problem, people))) for problem in problems]
    return sorted(checked, key=lambda problem: problem.severity is Severity.ACCEPTED)


def _key(problem: RuleProblem, people: Sequence[Participant]) -> tuple[str, int | None, str | None]:
    return problem.rule, person_key(problem, people), (problem.value or "")[:300] or None


def _judged(problem: RuleProblem, word: RuleOverride | None) -> RuleProblem:
    if word is None or not word.allowed or problem.severity is not Severity.ERROR:
        return problem
    said = lazy(
        "%(who)s cho phép lúc %(time)s. Lý do: %(reason)s",
        who=word.actor_name,
        time=show_time(word.at),
        reason=word.reason,
    )
    return replace(problem, severity=Severity.ACCEPTED, accepted=said)


def problems_of(entry: Entry) -> list[Problem]:
    """Return what keeps the entry from being handed in, as the database has it now: rules, documents, consent."""
    book = rulebook_of(entry.edition)
    return [*errors_in(check_stored(entry)), *missing_documents(entry, book), *missing_consents(entry, book)]


def facts_of(
    entry: Entry, people: Sequence[Participant], rules: Rulebook, others: tuple[int, int] | None = None
) -> EntryFacts:
    """Return what the rules ask about a stored entry; others: how many more its school and its unit have."""
    of_school, of_unit = others or (None, None)
    if of_school is None:
        of_school = count_school_entries(entry) if rules.school_quota is not None else 0
    if of_unit is None:
        of_unit = count_unit_entries(entry) if rules.unit_quota is not None else 0
    return EntryFacts(
        people=[PersonFacts(p.role, p.full_name, p.birth_date, p.grade, p.class_name, p.share) for p in people],
        division=entry.division.code if entry.division else None,
        field=entry.field.code if entry.field else None,
        unit=entry.unit.code if entry.unit else None,
        school=entry.school.name if entry.school else None,
        made_on=entry.made_on,
        entrant=entry.entrant,
        contact_name=entry.contact_name,
        summary=entry.summary,
        texts=entry.texts or {},
        school_entries=of_school,
        unit_entries=of_unit,
    )
