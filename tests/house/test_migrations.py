"""The migrations build exactly what the models say, and can be taken back."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect, text
from sqlalchemy.exc import DatabaseError

from contest_portal.accounts.actor import SYSTEM
from contest_portal.app import create_app
from contest_portal.config import Settings
from contest_portal.core import audit
from contest_portal.core.database import Base, db, transaction


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """Return a portal on an empty database of each kind."""
    if request.param == "sqlite":
        url = f"sqlite:///{(tmp_path / 'empty.sqlite3').as_posix()}"
    else:
        url = request.getfixturevalue("empty_postgresql_url")
    app = create_app(Settings(instance=tmp_path, database_url=url, secret_key="x" * 40, testing=True))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def _tables() -> set[str]:
    return set(inspect(db.engine).get_table_names()) - {"alembic_version"}


def test_upgrade_builds_what_the_models_say(empty: Flask) -> None:
    upgrade()
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
    assert _tables() == set(Base.metadata.tables)


def test_downgrade_takes_everything_back(empty: Flask) -> None:
    upgrade()
    downgrade(revision="base")
    assert _tables() == set()


@pytest.mark.parametrize("statement", ["UPDATE audit_records SET action = 'other'", "DELETE FROM audit_records"])
def test_migrated_log_only_grows(empty: Flask, statement: str) -> None:
    upgrade()
    with transaction():
        audit.record(SYSTEM, "tested", "house")
    with pytest.raises(DatabaseError, match="only grows"), transaction():
        db.session.execute(text(statement))
    assert audit.first_broken() is None
