"""`contest-portal init`: a database of the newest shape, with the contests in it."""

import json
from dataclasses import asdict, dataclass

import click
from alembic.migration import MigrationContext
from flask_migrate import upgrade
from sqlalchemy import exists, select

from contest_portal.accounts.models import User
from contest_portal.app import create_app
from contest_portal.contests.services import install_presets, key_schools
from contest_portal.core.database import db
from contest_portal.registration.indexing import index_missing
from contest_portal.registration.models import Entry


@dataclass(frozen=True)
class Prepared:
    """Say what `init` found and did."""

    created: bool
    migrated: bool
    empty: bool


def prepare_database() -> Prepared:
    """Migrate the database to its newest shape and load the presets that it lacks."""
    before = _revision()
    upgrade()
    install_presets()
    # Entries of a version that had no index of words, or that came in past it, are found from now on.
    index_missing()
    key_schools()
    return Prepared(created=before is None, migrated=_revision() != before, empty=is_empty())


def is_empty() -> bool:
    """Tell whether nobody has an account and nothing is entered: only then may a demonstration move in."""
    inhabited = select(exists().select_from(User) | exists().select_from(Entry))
    return not db.session.scalar(inhabited)


def _revision() -> str | None:
    with db.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print what was found and done as JSON.")
def init(*, as_json: bool) -> None:
    """Create or migrate the database and load the presets.

    Running it again changes nothing that is there already.
    """
    app = create_app()
    with app.app_context():
        done = prepare_database()
    if as_json:
        click.echo(json.dumps(asdict(done)))
    elif done.created:
        click.echo("The database is created.")
    else:
        click.echo("The database is migrated." if done.migrated else "The database is up to date.")
