"""contest-portal report: write the emulation report with its figures."""

import io
import json
from datetime import date
from pathlib import Path

import click

from contest_portal.cli.options import DAY
from contest_portal.cli.tally import prepared_portal
from contest_portal.reporting.emulation import Period, as_json, compose
from contest_portal.reporting.emulation_document import write_document


@click.group()
def report() -> None:
    """Write the Union's periodic reports."""


@report.command()
@click.option("--from", "begins", type=DAY, required=True, help="First day of the period.")
@click.option("--to", "ends", type=DAY, required=True, help="Last day of the period.")
@click.option("--as-of", type=DAY, required=True, help="Day the figures are counted to.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The .docx to write.")
@click.option("--json", "as_json_too", is_flag=True, help="Print the figures and sentences as JSON.")
def emulation(*, begins: date, ends: date, as_of: date, out: Path, as_json_too: bool) -> None:
    """Write the emulation report of a period as .docx."""
    with prepared_portal():
        composed = compose(Period(begins, ends, as_of))
        document = io.BytesIO()
        write_document(composed, document)
    # Only a whole document replaces the one of yesterday.
    try:
        out.write_bytes(document.getvalue())
    except OSError as error:
        raise click.ClickException(f"Cannot write {out}: {error.strerror or error}.") from error
    if as_json_too:
        click.echo(json.dumps({**as_json(composed), "out": str(out)}, ensure_ascii=False, indent=1))
        return
    for paragraph in composed.paragraphs:
        click.echo(paragraph)
    click.echo(f"Written: {out}")
