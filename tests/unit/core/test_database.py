"""One transaction for one act, moments in UTC, exact points; on both databases."""

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, inspect, select, text
from sqlalchemy.exc import IntegrityError

from contest_portal.accounts.models import SignInFailure, User
from contest_portal.contests.models import Contest, Criterion
from contest_portal.core.database import Base, append_only_statements, db, transaction, violates, writes_refused
from contest_portal.core.errors import Conflict, Expired
from tests.counting import counted_statements
from tests.factories import make_user


@pytest.fixture(autouse=True)
def open_again() -> Iterator[None]:
    """Let no test leave writing refused."""
    yield
    writes_refused.set(False)


def fail_at(moment: datetime | None = None, account: str = "a") -> None:
    """Add a row of the plainest table."""
    db.session.add(SignInFailure(account=account, address="", **({"at": moment} if moment else {})))


def rows() -> int:
    """Count the rows as another connection sees them."""
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(SignInFailure)) or 0


def test_an_act_is_on_disk_when_it_is_over(app: Flask) -> None:
    with transaction():
        fail_at()
    with db.engine.connect() as other:
        assert other.scalar(text("SELECT count(*) FROM sign_in_failures")) == 1


def test_an_act_that_fails_is_none_at_all(app: Flask) -> None:
    with pytest.raises(ZeroDivisionError), transaction():
        fail_at()
        db.session.flush()
        _ = 1 / 0
    assert rows() == 0


def test_only_the_outermost_commits(app: Flask) -> None:
    with pytest.raises(ZeroDivisionError), transaction():
        with transaction():
            fail_at()
        _ = 1 / 0
    assert rows() == 0
    with transaction():
        with transaction():
            fail_at()
        with transaction():
            fail_at()
    assert rows() == 2


def test_an_inner_act_that_fails_and_is_caught_outside_undoes_everything(app: Flask) -> None:
    with pytest.raises(IntegrityError), transaction():
        fail_at()
        with transaction():
            db.session.add(Contest(code="robocon", name="x", name_en="x"))
            db.session.flush()
    assert rows() == 0


def test_nothing_is_written_after_a_bad_form(app: Flask) -> None:
    writes_refused.set(True)
    with pytest.raises(Expired), transaction():
        fail_at()
    writes_refused.set(False)
    assert rows() == 0


def test_a_row_that_somebody_else_changed_is_a_conflict(app: Flask) -> None:
    user = make_user()
    with db.engine.begin() as other:
        other.execute(
            text("UPDATE users SET full_name = 'Khác', version = version + 1 WHERE id = :id"), {"id": user.id}
        )
    with pytest.raises(Conflict), transaction():
        user.full_name = "Của tôi"
    db.session.expire_all()
    assert db.session.get_one(User, user.id).full_name == "Khác"


@pytest.mark.parametrize("zone", [UTC, timezone(timedelta(hours=7)), timezone(-timedelta(hours=9, minutes=30))])
def test_moments_come_back_in_utc_to_the_microsecond(app: Flask, zone: timezone) -> None:
    moment = datetime(2024, 5, 20, 17, 0, 0, 123456, tzinfo=zone)
    with transaction():
        fail_at(moment)
    db.session.expire_all()
    found = db.session.scalars(select(SignInFailure.at)).one()
    assert found == moment
    assert found.utcoffset() == timedelta(0)
    assert db.session.scalars(select(SignInFailure).where(SignInFailure.at == moment)).one()


def test_a_moment_without_a_zone_is_refused(app: Flask) -> None:
    with pytest.raises(Exception, match="a moment without a time zone"), transaction():
        fail_at(datetime(2024, 5, 20))
    assert rows() == 0


@pytest.mark.parametrize("points", ["0.25", "7.5", "10", "99.99"])
def test_points_are_exact(app: Flask, points: str) -> None:
    criterion = db.session.scalars(select(Criterion).limit(1)).one()
    with transaction():
        criterion.max_points = Decimal(points)
    db.session.expire_all()
    assert db.session.get_one(Criterion, criterion.id).max_points == Decimal(points)


def test_every_constraint_has_a_name(app: Flask) -> None:
    unnamed = [
        (table.name, constraint)
        for table in Base.metadata.tables.values()
        for constraint in table.constraints
        if not constraint.name
    ]
    assert unnamed == []
    names = [index.name or "" for table in Base.metadata.tables.values() for index in table.indexes]
    assert len(names) == len(set(names))
    # PostgreSQL cuts longer names, and two could become one.
    assert [name for name in names if len(name) > 63] == []


def test_every_foreign_key_is_kept(app: Flask) -> None:
    with pytest.raises(IntegrityError) as caught, transaction():
        db.session.execute(text("INSERT INTO edition_units (edition_id, unit_id) VALUES (999999, 999999)"))
    assert not violates(caught.value, "uq_users_username")


def test_which_constraint_was_broken_can_be_asked(app: Flask) -> None:
    with pytest.raises(IntegrityError) as caught, transaction():
        db.session.add(Contest(code="robocon", name="x", name_en="x"))
    error = caught.value
    assert violates(error, "uq_contests_code") or violates(error, "contests.code")
    assert not violates(error, "contests.name")


def test_sqlite_is_careful(portal: Flask) -> None:
    with portal.app_context(), db.engine.connect() as connection:
        found = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 15000}


def test_a_writer_on_sqlite_asks_for_the_lock_first(portal: Flask) -> None:
    with portal.app_context():
        path = db.engine.url.database
        with transaction():
            other = sqlite3.connect(str(path), timeout=0, isolation_level=None)
            with pytest.raises(sqlite3.OperationalError, match="locked"):
                other.execute("BEGIN IMMEDIATE")
        other.execute("BEGIN IMMEDIATE")
        other.close()


def test_every_table_that_only_grows_refuses_to_shrink(app: Flask) -> None:
    guarded = {
        "announcements",
        "audit_records",
        "consent_wordings",
        "consents",
        "deadline_events",
        "duplicate_decisions",
        "edition_versions",
        "entry_events",
        "hand_ins",
        "rule_overrides",
        "school_places",
        "score_events",
        "signed_lists",
        "handover_lines",
        "tie_decisions",
        "unit_changes",
        "unit_events",
        "unit_reminders",
    }
    present = set(inspect(db.engine).get_table_names())
    assert guarded <= present
    for table in guarded:
        for dialect in ("sqlite", "postgresql"):
            assert len(append_only_statements(table, dialect)) == 2
    if db.engine.dialect.name == "sqlite":
        triggers = set(db.session.scalars(text("SELECT tbl_name FROM sqlite_master WHERE type = 'trigger'")))
    else:
        triggers = set(db.session.scalars(text("SELECT event_object_table FROM information_schema.triggers")))
    assert triggers == guarded


def test_a_page_renders_what_a_service_returned_without_reading_it_again(app: Flask) -> None:
    user: Any = make_user(full_name="Lê An")
    with counted_statements() as sent:
        assert user.full_name == "Lê An"
    assert sent == []
