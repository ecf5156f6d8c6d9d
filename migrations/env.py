"""Run the migrations on the database of the running portal."""

from typing import Any

from alembic import context
from flask import current_app

from contest_portal.core.database import Base, Points, UTCDateTime, db

config = context.config


def render_type(kind: str, item: Any, _context: Any) -> str | bool:
    """Write our own types into a migration as what the database sees, so that old migrations never change."""
    if kind == "type" and isinstance(item, UTCDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, Points):
        return "sa.Integer()"
    return False


def run_offline() -> None:
    """Print the SQL instead of running it."""
    context.configure(
        url=current_app.config["SQLALCHEMY_DATABASE_URI"], target_metadata=Base.metadata, literal_binds=True
    )
    with context.begin_transaction():
        context.run_migrations()


def _switch_references(connection: Any, state: str) -> None:
    # Outside any transaction: inside one SQLite ignores it.
    connection.commit()
    connection.connection.driver_connection.execute(f"PRAGMA foreign_keys={state}")


def run_online() -> None:
    """Change the database, whole or not at all."""
    with db.engine.connect() as connection:
        # SQLite changes a table by copying it; while the old one goes, what refers to it would be in its way.
        copying = connection.dialect.name == "sqlite"
        if copying:
            _switch_references(connection, "OFF")
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=connection.dialect.name == "sqlite",
            compare_type=True,
            render_item=render_type,
        )
        with context.begin_transaction():
            context.run_migrations()
            if copying and connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
                raise RuntimeError("a migration left rows that refer to nothing")
        connection.commit()
        if copying:
            _switch_references(connection, "ON")


if context.is_offline_mode():
    run_offline()
else:
    run_online()
