"""contest-portal export: write what the portal knows into files."""

import io
from datetime import date
from pathlib import Path

import click

from contest_portal.accounts.actor import SYSTEM
from contest_portal.cli.options import DAY, unit_named
from contest_portal.cli.tally import known_edition, prepared_portal
from contest_portal.registration.filters import Filters
from contest_portal.registration.workbooks import export_of
from contest_portal.reporting.workbook import write_summary


@click.group()
def export() -> None:
    """Write an edition's workbooks."""


@export.command()
@click.option("--edition", "code", required=True, metavar="CODE", help="Edition, for example robocon-2024.")
@click.option("--unit", "unit_name", metavar="NAME_OR_CODE", help="Only the entries of this unit.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The .xlsx to write.")
def entries(code: str, unit_name: str | None, out: Path) -> None:
    """Write an edition's entries in the shape that is read again without a change."""
    with prepared_portal():
        edition = known_edition(code)
        unit = unit_named(edition, unit_name).code if unit_name else ""
        data = export_of(SYSTEM, edition, Filters(edition=edition.code, unit=unit))
    write_out(out, data)


@export.command()
@click.option("--edition", "code", required=True, metavar="CODE", help="Edition, for example robocon-2024.")
@click.option("--as-of", type=DAY, metavar="YYYY-MM-DD", help="Day the figures are counted to; today if not given.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The .xlsx to write.")
def summary(code: str, as_of: date | None, out: Path) -> None:
    """Write an edition's summary workbook: figures, lists, scores and ranks."""
    with prepared_portal():
        edition = known_edition(code)
        book = io.BytesIO()
        write_summary(edition, as_of, book)
    write_out(out, book.getvalue())


def write_out(out: Path, data: bytes) -> None:
    """Write a whole workbook in place of the one of yesterday."""
    try:
        out.write_bytes(data)
    except OSError as error:
        raise click.ClickException(f"Cannot write {out}: {error.strerror or error}.") from error
    click.echo(f"Written: {out}")
