"""contest-portal demo: fill an empty portal with a made-up season."""

import json
import os
from pathlib import Path

import click

from contest_portal.accounts.queries import has_demonstration_accounts
from contest_portal.app import create_app
from contest_portal.cli.demonstration.build import STEPS, build_demonstration
from contest_portal.cli.demonstration.cast import PARTS, PASSWORD
from contest_portal.config import load_settings
from contest_portal.registration.queries import any_entry

ACCOUNTS_FILE = "demo-accounts.json"


@click.command()
@click.option("--quiet", is_flag=True, help="Show no progress bar.")
def demo(*, quiet: bool) -> None:
    """Fill an empty portal with a demonstration season and one account for each role."""
    settings = load_settings()
    app = create_app(settings)
    with app.app_context():
        if any_entry():
            raise click.ClickException(
                "There are entries already. The demonstration season only goes into an empty portal."
            )
        with click.progressbar(length=STEPS, label="Demonstration season", hidden=quiet) as bar:
            build_demonstration(bar.update)
        write_accounts(settings.instance)
        show_accounts()


def write_accounts(instance: Path) -> None:
    """Keep the accounts in a file that only its owner reads, for the next start to show again."""
    accounts = [{"role": p.role.value, "username": p.username, "password": PASSWORD, "task": p.task} for p in PARTS]
    file = instance / ACCOUNTS_FILE
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as out:
        json.dump(accounts, out, ensure_ascii=False, indent=1)


def show_accounts() -> None:
    """Print one account for each role, as long as their password is still the known one."""
    if not has_demonstration_accounts():
        return
    click.echo(f"\nDemonstration accounts (password: {PASSWORD})")
    for part in PARTS:
        click.echo(f"  {part.role.value:14}{part.username:12}{part.task}")
