"""contest-portal complete-unit: say that a unit has received and screened everything."""

from datetime import date

import click

from contest_portal.accounts.actor import SYSTEM
from contest_portal.app import create_app
from contest_portal.cli.options import DAY, edition_named, unit_named
from contest_portal.screening.services import complete_unit as complete


@click.command("complete-unit")
@click.option("--edition", "code", required=True, metavar="CODE", help="Edition, for example youth-2024.")
@click.option("--unit", "unit_name", required=True, metavar="NAME_OR_CODE", help="Unit that is done.")
@click.option("--effective", required=True, type=DAY, metavar="YYYY-MM-DD", help="Day it was done.")
def complete_unit(code: str, unit_name: str, effective: date) -> None:
    """Record that a unit has completed its reception and screening; refused while an entry waits for a decision."""
    app = create_app()
    with app.app_context():
        edition = edition_named(code)
        unit = unit_named(edition, unit_name)
        complete(SYSTEM, edition, unit, effective)
        click.echo(f"{unit.name}: completed on {effective.isoformat()}.")
