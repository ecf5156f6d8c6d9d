"""The database: names of constraints, types, the one transaction, and tables that only grow."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DDL, DateTime, Engine, Integer, MetaData, Table, TypeDecorator, event
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.orm.exc import StaleDataError

from contest_portal.core.errors import Conflict, Expired

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

_depth: ContextVar[int] = ContextVar("transaction_depth", default=0)
writes_refused: ContextVar[bool] = ContextVar("writes_refused", default=False)


class Base(DeclarativeBase):
    """Share one set of names between all tables."""

    metadata = MetaData(naming_convention=NAMING)


# expire_on_commit off: a page renders what the service returned without reading it again.
db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False, "autoflush": False})


class UTCDateTime(TypeDecorator[datetime]):
    """Store a moment; accept and return only aware datetimes in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        """Turn a moment into UTC, without an offset where the database keeps none."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        """Return the stored moment in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Points(TypeDecorator[Decimal]):
    """Store points exactly, as whole hundredths; SQLite has no decimal numbers."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: Decimal | int | None, dialect: Any) -> int | None:
        """Turn points into hundredths."""
        return None if value is None else int((Decimal(value) * 100).to_integral_value())

    def process_result_value(self, value: int | None, dialect: Any) -> Decimal | None:
        """Turn hundredths into points."""
        return None if value is None else Decimal(int(value)) / 100


@contextmanager
def transaction() -> Iterator[None]:
    """Make everything inside one act: whole or not at all; only the outermost commits.

    Raises Conflict when somebody else changed the same row, Expired after a bad form token.
    """
    if writes_refused.get():
        raise Expired
    depth = _depth.get()
    token = _depth.set(depth + 1)
    try:
        if depth == 0:
            _begin_writing()
        yield
        if depth == 0:
            db.session.commit()
    except StaleDataError as error:
        db.session.rollback()
        raise Conflict from error
    except BaseException:
        if depth == 0:
            db.session.rollback()
        raise
    finally:
        _depth.reset(token)


def _begin_writing() -> None:
    # SQLite: a read transaction that turns into a writing one may fail at once instead of waiting,
    # so the reading one ends here and the lock is asked for first.
    db.session.commit()
    db.session.connection(execution_options={"sqlite_begin": "BEGIN IMMEDIATE"})


def violates(error: IntegrityError, constraint: str) -> bool:
    """Tell whether this named constraint (or, on SQLite, these columns 'table.a, table.b') was broken."""
    return constraint in str(error.orig)


@event.listens_for(Engine, "connect")
def _prepare_connection(connection: Any, _record: Any) -> None:
    if not isinstance(connection, sqlite3.Connection):
        return
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "busy_timeout=15000",
        "cache_size=-16000",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


@event.listens_for(Engine, "begin")
def _begin(connection: Any) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(connection.get_execution_options().get("sqlite_begin", "BEGIN"))


def append_only_statements(table: str, dialect: str) -> list[str]:
    """Return the SQL that makes a table refuse every change and removal of a row."""
    if dialect == "sqlite":
        return [
            f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} only grows'); END"
            for verb in ("update", "delete")
        ]
    return [
        f"CREATE OR REPLACE FUNCTION {table}_only_grows() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{table} only grows'; END $$",
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {table}_only_grows()",
    ]


def append_only(table: Table) -> None:
    """Guard a table that may only grow, wherever it is created."""
    for dialect in ("sqlite", "postgresql"):
        for statement in append_only_statements(table.name, dialect):
            event.listen(table, "after_create", DDL(statement.replace("%", "%%")).execute_if(dialect=dialect))
