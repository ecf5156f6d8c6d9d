"""contest-portal verify: say whether the log is whole, or name the first record that is not."""

import json

import click
from sqlalchemy import func, select

from contest_portal.app import create_app
from contest_portal.core.audit import AuditRecord, first_broken
from contest_portal.core.database import db


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the finding as JSON.")
@click.pass_context
def verify(ctx: click.Context, *, as_json: bool) -> None:
    """Check that the log was only added to; exit with 1 and the first broken record otherwise."""
    with create_app().app_context():
        records = db.session.scalar(select(func.count()).select_from(AuditRecord)) or 0
        broken = first_broken()
    if as_json:
        click.echo(json.dumps({"records": records, "whole": broken is None, "first_broken": broken}))
    elif broken is None:
        click.echo(f"The log is whole: {records} records.")
    else:
        click.echo(f"Record {broken} of the log was changed, removed or inserted outside the portal.", err=True)
    ctx.exit(0 if broken is None else 1)
