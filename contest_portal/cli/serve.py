"""`contest-portal serve`: the portal on granian, with nothing published that the world may use."""

import json
import os
import sys
from collections.abc import Container, Sequence
from pathlib import Path
from typing import Any

import click
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server import Server
from sqlalchemy import select
from sqlalchemy.exc import OperationalError, ProgrammingError

from contest_portal.accounts.models import User
from contest_portal.app import create_app
from contest_portal.cli.addresses import LOOPBACK, is_loopback, problem_with_port, refusal_to_expose, url_of
from contest_portal.config import LOOPBACK as LOOPBACK_NAMES
from contest_portal.config import Settings, load_settings
from contest_portal.core.database import db

if sys.platform != "win32":
    import resource

Account = dict[str, str]

ACCOUNTS_FILE = "demo-accounts.json"
MOST_WORKERS = 4
# Waiting visitors cost nothing here, so no worker stops accepting for a crowd, or for somebody's slow connections.
CONNECTIONS = 8192
OPEN_FILES = 2 * CONNECTIONS
HEADERS_WITHIN_MS = 15_000
NAMELESS = "Others get no answer yet: say under which names they come, in CONTEST_PORTAL_HOSTS or CONTEST_PORTAL_URL."
LOGGING = {
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "stream": "ext://sys.stderr"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"_granian": {"level": "WARNING", "propagate": True}},
}


@click.command()
@click.option("--host", default=LOOPBACK, show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True, help="Port to listen on.")
@click.option("--workers", type=click.IntRange(1, 64), help="Processes; one for each core, 4 at most, unless given.")
def serve(*, host: str, port: int, workers: int | None) -> None:
    """Serve the portal until Ctrl-C.

    A portal whose demonstration accounts still have their published passwords is served to this machine only.
    """
    settings = load_settings()
    published = published_names(settings)
    for problem in (refusal_to_expose(host, known_passwords=bool(published)), problem_with_port(host, port)):
        if problem:
            raise click.ClickException(problem)
    server = make_server(host, port, workers or default_workers(os.cpu_count(), sys.platform))
    if not is_loopback(host) and settings.hosts == LOOPBACK_NAMES:
        click.echo(NAMELESS, err=True)
    raise_open_files()
    server.on_startup(lambda: click.echo(welcome(url_of(host, port), noted_accounts(settings.instance, published))))
    server.serve()


def default_workers(cores: int | None, platform: str) -> int:
    """Return how many processes serve well: Python computes on one core at a time; on Windows granian has one."""
    return 1 if platform == "win32" else min(MOST_WORKERS, cores or 1)


def make_server(host: str, port: int, workers: int) -> Any:
    """Return the server, not yet started."""
    return Server(
        "contest_portal.cli.gateway:create_gateway",
        factory=True,
        interface=Interfaces.RSGI,
        address=host.strip("[]"),
        port=port,
        workers=workers,
        websockets=False,
        backlog=CONNECTIONS,
        backpressure=CONNECTIONS,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=HEADERS_WITHIN_MS),
        respawn_failed_workers=True,
        workers_kill_timeout=10,
        log_level=LogLevels.warning,
        log_dictconfig=LOGGING,
    )


def raise_open_files() -> None:
    """Let the workers hold as many connections as the system grants; each is an open file, and Windows has no limit."""
    if sys.platform != "win32":
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))


def published_names(settings: Settings) -> frozenset[str]:
    """Return who still has a demonstration's password; raises ClickException without a prepared database."""
    app = create_app(settings)
    with app.app_context():
        try:
            return frozenset(db.session.scalars(select(User.username).where(User.demonstration, User.active)))
        except (OperationalError, ProgrammingError) as error:
            raise click.ClickException("The database is not prepared; run `contest-portal init` first.") from error
        finally:
            # The workers must inherit no connection: a database handle survives no fork.
            db.session.remove()
            db.engine.dispose()


def noted_accounts(instance: Path, published: Container[str]) -> list[Account]:
    """Return the accounts that `contest-portal demo` noted down and whose passwords are still those."""
    file = instance / ACCOUNTS_FILE
    if not file.exists():
        return []
    noted: list[Account] = json.loads(file.read_text(encoding="utf-8"))
    return [account for account in noted if account["username"] in published]


def welcome(url: str, accounts: Sequence[Account]) -> str:
    """Return what to read first: where the portal is and who may try it."""
    lines = [f"The contest portal is at {url} (Ctrl-C ends it)."]
    if accounts:
        columns = [[account[key] for account in accounts] for key in ("role", "username", "password", "task")]
        widths = [max(map(len, column)) for column in columns]
        lines.append("Demonstration accounts, for this machine only:")
        for row in zip(*columns, strict=True):
            cells = [text.ljust(width) for text, width in zip(row, widths, strict=True)]
            lines.append("  " + "  ".join(cells).rstrip())
    return "\n".join(lines)
