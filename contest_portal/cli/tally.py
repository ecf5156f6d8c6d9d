"""contest-portal tally: print an edition's figures as of a day."""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date

import click
from sqlalchemy import inspect
from sqlalchemy.exc import DBAPIError

from contest_portal.app import create_app
from contest_portal.cli.options import DAY
from contest_portal.contests.models import Edition
from contest_portal.contests.queries import all_editions, find_edition
from contest_portal.core.database import db
from contest_portal.core.looks import status_label
from contest_portal.core.vietnamese import format_date, format_number
from contest_portal.reporting.tallies import TALLIES, EditionFigures, figures_of

NUMBERS = ("entries", "teams", "members", "coaches", "people", "forwarded", "units_completed", "units_total")


class UnknownEdition(click.ClickException):
    """End the command with one sentence, and the code of a wrong argument."""

    exit_code = 2


@contextmanager
def prepared_portal() -> Iterator[None]:
    """Open the portal for reading; ends the command with a sentence where its database has no tables yet."""
    with create_app().app_context():
        try:
            yield
        except DBAPIError as error:
            db.session.rollback()
            # A database that is busy or away is another trouble, and is told as such.
            if inspect(db.engine).has_table(Edition.__tablename__):
                raise
            raise click.ClickException("The database is not prepared; run `contest-portal init` first.") from error


def known_edition(code: str) -> Edition:
    """Return an edition; ends the command where there is none of this code."""
    edition = find_edition(code)
    if edition is None:
        known = ", ".join(sorted(found.code for found in all_editions()))
        raise UnknownEdition(f"There is no edition {code!r}; known are {known}.")
    return edition


@click.command()
@click.option("--edition", "code", required=True, metavar="CODE", help="Edition, for example robocon-2024.")
@click.option("--as-of", type=DAY, metavar="YYYY-MM-DD", help="Day the figures are counted to; today if not given.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
def tally(code: str, as_of: date | None, *, as_json: bool) -> None:
    """Print an edition's figures as of a day."""
    with prepared_portal():
        edition = known_edition(code)
        figures = figures_of(edition, as_of)
        title = edition.title
    if as_json:
        click.echo(json.dumps(figures.as_json(), ensure_ascii=False, indent=1))
        return
    click.echo(f"{title}\nTính đến ngày {format_date(figures.as_of)}")
    _echo_table("", [(str(TALLIES[name].label), getattr(figures, name)) for name in NUMBERS])
    _echo_groups(figures)


def _echo_groups(figures: EditionFigures) -> None:
    statuses = [(str(status_label(code)), number) for code, number in figures.by_status.items() if number]
    _echo_table(TALLIES["by_status"].label, statuses)
    for name in ("by_division", "by_field", "by_unit"):
        _echo_table(TALLIES[name].label, (getattr(figures, name) or {}).items())


def _echo_table(heading: object, rows: Iterable[tuple[str, int]]) -> None:
    found = list(rows)
    if not found:
        return
    click.echo(f"\n{heading}" if str(heading) else "")
    width = max(len(label) for label, _number in found)
    for label, number in found:
        click.echo(f"  {label:<{width}}  {format_number(number):>7}")
