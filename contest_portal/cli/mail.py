"""contest-portal mail: send what waits and remind schools, once; `serve` does the same by itself."""

import click

from contest_portal.app import create_app
from contest_portal.cli.worker import send_reminders
from contest_portal.core import mail as letters
from contest_portal.core import outbox


@click.command()
@click.option("--most", default=1000, show_default=True, type=click.IntRange(1), help="Letters to send at most.")
def mail(most: int) -> None:
    """Remind schools of near deadlines, send the letters that wait, and say how many letters are where."""
    app = create_app()
    with app.app_context():
        click.echo(f"{send_reminders()} people reminded.")
        if letters.configured():
            click.echo(f"{_deliver(most)} letters tried.")
        else:
            click.echo("No mail server is configured (MAIL_SERVER, MAIL_SENDER): no letter leaves.")
        for state, count in sorted(outbox.counts().items()):
            click.echo(f"{state}: {count}")


def _deliver(most: int) -> int:
    """Send in portions, showing how far it has come."""
    tried = 0
    with click.progressbar(length=min(most, outbox.count_due()), label="Letters") as bar:
        while tried < most and (portion := outbox.deliver_due(most=min(outbox.BATCH, most - tried))):
            tried += portion
            bar.update(portion)
    return tried
