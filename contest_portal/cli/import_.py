"""contest-portal import: read the lists of schools and units into an edition."""

import json
import sys
from datetime import date
from pathlib import Path
from typing import Any

import click

from contest_portal.accounts.actor import SYSTEM
from contest_portal.app import create_app
from contest_portal.cli.options import DAY, MAPPING, edition_named, unit_named
from contest_portal.contests.models import Edition, Unit
from contest_portal.core.errors import Unusable
from contest_portal.screening.imports import Choices, import_workbook

REJECTED, UNUSABLE = 1, 2


@click.command("import")
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--edition", "code", required=True, metavar="CODE", help="Edition, for example robocon-2024.")
@click.option("--unit", "unit_name", metavar="NAME_OR_CODE", help="Unit of rows that name none.")
@click.option("--effective", type=DAY, metavar="YYYY-MM-DD", help="Day the entries came; today unless told otherwise.")
@click.option(
    "--mapping",
    "mapping",
    type=MAPPING,
    multiple=True,
    metavar="HEADING=MEANING",
    help="What an unknown column means, for example 'Nơi học=school'; nothing after = leaves it out. May be repeated.",
)
@click.option("--keep-letters", is_flag=True, help="Leave text as it is that looks like TCVN3 or VNI.")
@click.option("--dry-run", is_flag=True, help="Say what would be done and write nothing.")
@click.option("--partial", is_flag=True, help="Write the good rows of a file even when others are rejected.")
@click.option("--json", "as_json", is_flag=True, help="Print the outcome as JSON, one object a file.")
def import_(
    files: tuple[Path, ...],
    code: str,
    unit_name: str | None,
    effective: date | None,
    *,
    mapping: tuple[tuple[str, str], ...],
    keep_letters: bool,
    dry_run: bool,
    partial: bool,
    as_json: bool,
) -> None:
    """Read workbooks into an edition; the same workbook again changes nothing, a corrected one updates.

    Ends with 0 when nothing is rejected, 1 when rows are (nothing of that file is written then,
    unless --partial), 2 when a file is unusable.
    """
    app = create_app()
    with app.app_context():
        edition = edition_named(code)
        unit = unit_named(edition, unit_name) if unit_name else None
        choices = Choices("no" if keep_letters else "yes", dict(mapping))
        options = {"effective": effective, "dry_run": dry_run, "partial": partial, "choices": choices}
        outcomes = [_import_one(path, edition, unit, options) for path in files]
    if as_json:
        click.echo(json.dumps(outcomes, ensure_ascii=False, indent=1))
    else:
        for outcome in outcomes:
            _show(outcome, dry_run=dry_run)
    sys.exit(max(map(_exit_code, outcomes)))


def _import_one(path: Path, edition: Edition, unit: Unit | None, options: dict[str, Any]) -> dict[str, Any]:
    try:
        outcome = import_workbook(SYSTEM, edition, path, unit=unit, file_name=path.name, **options)
    except Unusable as error:
        return {
            "file": str(path), "created": 0, "updated": 0, "unchanged": 0, "rejected": 0, "people": 0,
            "written": False, "problems": [], "error": str(error),
        }  # fmt: skip
    return {"file": str(path), **outcome.to_dict()}


def _exit_code(outcome: dict[str, Any]) -> int:
    if "error" in outcome:
        return UNUSABLE
    return REJECTED if outcome["rejected"] else 0


def _show(outcome: dict[str, Any], *, dry_run: bool) -> None:
    if "error" in outcome:
        click.echo(f"{outcome['file']}: {outcome['error']}", err=True)
        return
    words = ", ".join(f"{outcome[key]} {key}" for key in ("created", "updated", "unchanged", "rejected"))
    note = "" if outcome["written"] or dry_run else " (nothing of this file was written)"
    click.echo(f"{outcome['file']}: {words}; {outcome['people']} people{note}")
    for problem in outcome["problems"]:
        place = f"{problem['column']}{problem['row']}" if problem["column"] else f"row {problem['row']}"
        click.echo(f"  {problem['severity']} {place} “{problem['value']}”: {problem['message']}", err=True)
