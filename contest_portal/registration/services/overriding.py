"""Let a problem pass although a rule says otherwise, or no longer; an organiser's word, with a reason, for good."""

from contest_portal.accounts.actor import Actor
from contest_portal.contests.eligibility import RuleProblem, Severity
from contest_portal.core import audit, clock
from contest_portal.core.database import db, transaction
from contest_portal.core.errors import Invalid, NotAllowed, NotFound, Problem
from contest_portal.core.i18n import lazy
from contest_portal.registration import rules
from contest_portal.registration.eligibility import check_stored, person_key
from contest_portal.registration.models import Entry, RuleOverride
from contest_portal.registration.queries import people_of
from contest_portal.registration.services.changing import hold
from contest_portal.registration.services.history import write_event

LONGEST_REASON = 500


def override(actor: Actor, entry: Entry, rule: str, person_id: int | None, reason: str, *, allow: bool = True) -> None:
    """Let one problem of an entry pass, or take that back; asked twice, it was done once.

    Raises NotAllowed, NotFound for a problem the entry does not have, Invalid without a reason.
    """
    with transaction():
        hold(entry)
        if not rules.runs(actor, entry.edition_id):
            raise NotAllowed
        if not reason.strip():
            raise Invalid(problems=[Problem(lazy("Hãy ghi lý do."), field="reason")])
        db.session.expire(entry, ["overrides"])
        problem = find_problem(entry, rule, person_id)
        if (problem.severity is Severity.ACCEPTED) == allow:
            return
        _write(actor, entry, problem, person_id, reason.strip()[:LONGEST_REASON], allow=allow)
    db.session.expire(entry, ["overrides"])


def find_problem(entry: Entry, rule: str, person_id: int | None) -> RuleProblem:
    """Return the problem that stops an entry, or did until it was let pass; raises NotFound."""
    people = people_of(entry.id)
    for problem in check_stored(entry, people):
        if problem.rule == rule and person_key(problem, people) == person_id and problem.severity != Severity.WARNING:
            return problem
    raise NotFound


def _write(
    actor: Actor, entry: Entry, problem: RuleProblem, person_id: int | None, reason: str, *, allow: bool
) -> None:
    row = RuleOverride(
        entry_id=entry.id,
        rule=problem.rule,
        participant_id=person_id,
        value=(problem.value or "")[:300] or None,
        allowed=allow,
        reason=reason,
        actor_id=actor.user_id,
        actor_name=actor.name,
    )
    db.session.add(row)
    kind = "overridden" if allow else "override_ended"
    details = {"rule": problem.rule, "person": person_id, "fact": str(problem.fact)}
    write_event(actor, entry, kind, day=clock.today(), source="web", reason=reason, details=details)
    audit.record(actor, f"rule.{kind}", entry.reference, after={"rule": problem.rule})
