"""contest-portal template: write the empty workbook of an edition."""

from pathlib import Path

import click

from contest_portal.cli.export import write_out
from contest_portal.cli.tally import known_edition, prepared_portal
from contest_portal.registration.workbooks import template_of


@click.command()
@click.option("--edition", "code", required=True, metavar="CODE", help="Edition, for example robocon-2024.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The .xlsx to write.")
def template(code: str, out: Path) -> None:
    """Write the workbook that schools fill in: lists to choose from, examples, help."""
    with prepared_portal():
        data = template_of(known_edition(code))
    write_out(out, data)
