"""contest-portal reindex: write anew what entries are found and sorted by."""

import sys

import click

from contest_portal.app import create_app
from contest_portal.registration import indexing


@click.command()
def reindex() -> None:
    """Write the words that entries are found by, and the keys they are sorted by, anew for every entry.

    Needed only when rows were changed outside the portal; the portal itself keeps them in step.
    """
    with create_app().app_context():
        done = 0
        for done in indexing.reindex():
            if sys.stdout.isatty():
                click.echo(f"\r{done} entries", nl=False)
        click.echo(f"\rIndexed {done} entries." if done else "There are no entries yet.")
