"""Bring one workbook into an edition, from its bytes to its rows."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from contest_portal.accounts.actor import Actor
from contest_portal.contests.models import Edition, Unit
from contest_portal.core.collecting import collected_later
from contest_portal.core.database import transaction
from contest_portal.core.progress import Report, quiet
from contest_portal.registration.imports import Action
from contest_portal.registration.imports.applying import lock_edition
from contest_portal.registration.tables import ParsedTable, RowProblem, read_tables
from contest_portal.screening.imports.applying import apply_screened
from contest_portal.screening.imports.examining import READING, WRITING, Choices, read_chosen
from contest_portal.screening.imports.planning import ScreenedPlan, plan_screened


@dataclass
class Outcome:
    """Be what came of one workbook."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    people: int = 0
    written: bool = False
    problems: list[dict[str, Any]] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        """Return the outcome ready for JSON."""
        return asdict(self)


def import_workbook(
    actor: Actor,
    edition: Edition,
    source: Path | bytes,
    *,
    unit: Unit | None = None,
    effective: date | None = None,
    partial: bool = False,
    dry_run: bool = False,
    file_name: str = "",
    choices: Choices | None = None,
    report: Report = quiet,
) -> Outcome:
    """Import a workbook as one act; with a rejected row nothing is written unless `partial`.

    Raises Unusable, NotAllowed, Invalid for a day still ahead.
    """
    tables = tables_of(source, choices or Choices(), report)
    options: dict[str, Any] = {"unit": unit, "effective": effective, "report": report}
    if dry_run:
        return _outcome(plan_screened(actor, edition, tables, **options), written=False)
    return write_tables(actor, edition, tables, partial=partial, file_name=file_name, **options)


def tables_of(source: Path | bytes, choices: Choices, report: Report = quiet) -> list[ParsedTable]:
    """Return the tables of a workbook as it is read after the person's choices; raises Unusable."""
    report(READING, 0, 0)
    return read_tables(read_chosen(source, choices), report=report)


def write_tables(
    actor: Actor,
    edition: Edition,
    tables: Sequence[ParsedTable],
    *,
    partial: bool = False,
    file_name: str = "",
    report: Report = quiet,
    **options: Any,
) -> Outcome:
    """Write what the tables say as one act; with a rejected row nothing, unless `partial`."""
    with collected_later(), transaction():
        lock_edition(edition)
        screened = plan_screened(actor, edition, tables, report=report, **options)
        wanted = partial or not screened.plan.count(Action.REJECTED)
        changes = screened.plan.count(Action.CREATE) + screened.plan.count(Action.UPDATE)
        if wanted and changes:
            report(WRITING, 0, 0)
            apply_screened(actor, screened, file_name=file_name)
    outcome = _outcome(screened, written=wanted)
    if not wanted:
        # Nothing was done: saying otherwise would be taken for a report of what is stored.
        outcome.created = outcome.updated = 0
    return outcome


def _outcome(screened: ScreenedPlan, *, written: bool) -> Outcome:
    plan = screened.plan
    return Outcome(
        plan.count(Action.CREATE),
        plan.count(Action.UPDATE),
        plan.count(Action.UNCHANGED),
        plan.count(Action.REJECTED),
        plan.people,
        written,
        [problem_values(problem) for problem in plan.problems],
    )


def problem_values(problem: RowProblem) -> dict[str, Any]:
    """Return a problem ready for JSON, in the reader's language."""
    return {
        "row": problem.row,
        "column": problem.column,
        "value": problem.value,
        "message": str(problem.message),
        "severity": "error" if problem.fatal else "warning",
    }
