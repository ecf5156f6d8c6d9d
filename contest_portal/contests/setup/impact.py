"""Which entries a change of the rules would touch; pure: facts and both rules in, entries out."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from types import SimpleNamespace
from typing import Any

from contest_portal.contests.eligibility import (
    DivisionRule,
    EntryFacts,
    RuleProblem,
    check_entry,
    division_rules,
    errors_in,
)
from contest_portal.contests.rulebook import Rulebook
from contest_portal.contests.setup.content import Content

# What decides about an entry; a change elsewhere touches none.
DECIDING = ("rules", "divisions", "fields")
_SHOWN_REASONS = 5


@dataclass(frozen=True)
class Law:
    """Be everything an entry is held against."""

    rules: Rulebook
    divisions: Sequence[DivisionRule]
    fields: frozenset[str]

    def errors(self, entry: EntryFacts, on: date) -> list[RuleProblem]:
        """Return what keeps an entry from being handed in."""
        known = entry if entry.field in self.fields else replace(entry, field=None)
        return errors_in(check_entry(self.rules, known, self.divisions, on=on))


def law_of(content: Content) -> Law:
    """Return the law of a set-up; raises BadRules."""
    divisions = division_rules(SimpleNamespace(**row) for row in content["divisions"])
    return Law(Rulebook.from_dict(content["rules"]), divisions, frozenset(row["code"] for row in content["fields"]))


def touches(old: Content, new: Content) -> bool:
    """Tell whether a change can touch entries at all."""
    return any(old[part] != new[part] for part in DECIDING)


def compare(entries: Iterable[tuple[str, EntryFacts]], old: Law, new: Law, on: date) -> dict[str, Any]:
    """Return which entries newly break the rules and which newly keep them, with their reasons, and counts by rule."""
    found: dict[str, Any] = {"checked": 0, "rows": [], "broken": 0, "kept": 0}
    reasons: Counter[tuple[str, str]] = Counter()
    for reference, entry in entries:
        found["checked"] += 1
        before, after = ({_key(p): p for p in law.errors(entry, on)} for law in (old, new))
        for way, more, less in (("broken", after, before), ("kept", before, after)):
            changed = [problem for key, problem in more.items() if key not in less]
            if not changed:
                continue
            found[way] += 1
            reasons.update({(way, problem.rule) for problem in changed})
            texts = [str(problem.message) for problem in changed[:_SHOWN_REASONS]]
            found["rows"].append([reference, way, texts, len(changed)])
    found["reasons"] = [[way, rule, count] for (way, rule), count in sorted(reasons.items())]
    return found


def _key(problem: RuleProblem) -> tuple[str, int | None]:
    return problem.rule, problem.person
