"""The log is only added to, and whoever changes it behind the portal's back leaves a trace; on both databases."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from contest_portal.accounts.actor import SYSTEM, Actor
from contest_portal.core import audit
from contest_portal.core.audit import FIRST_SEAL, AuditRecord, first_broken, seal_of
from contest_portal.core.database import db, transaction

WHO = Actor(7, "Lê Minh Quân", "quan.tri", (), "203.0.113.9")


def write(*subjects: str) -> list[int]:
    """Write one act for each subject and return the records' ids."""
    for subject in subjects:
        with transaction():
            audit.record(WHO, "thing.done", subject, before={"tên": "Cũ"}, after=["mới", 7, None])
    return list(db.session.scalars(select(AuditRecord.id).order_by(AuditRecord.id)))[-len(subjects) :]


def behind_its_back(statement: str, **values: Any) -> None:
    """Change the log as somebody with the database's password could."""
    # Whoever checks afterwards reads what is there now, not what this session knows.
    db.session.rollback()
    with db.engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("ALTER TABLE audit_records DISABLE TRIGGER USER"))
        else:
            for verb in ("update", "delete"):
                connection.execute(text(f"DROP TRIGGER IF EXISTS audit_records_no_{verb}"))
        connection.execute(text(statement), values)


def test_a_record_says_who_what_when_and_from_where(app: Flask, at: Callable[..., datetime]) -> None:
    moment = at(2024, 5, 20, 17)
    write("đội 1")
    row = db.session.scalars(select(AuditRecord).order_by(AuditRecord.id.desc()).limit(1)).one()
    assert (row.at, row.actor_id, row.actor_name, row.address) == (moment, 7, "quan.tri", "203.0.113.9")
    assert (row.action, row.subject, row.before, row.after) == (
        "thing.done",
        "đội 1",
        {"tên": "Cũ"},
        ["mới", 7, None],
    )


def test_each_record_is_sealed_to_the_one_before(app: Flask) -> None:
    write("a", "b", "c")
    rows = db.session.scalars(select(AuditRecord).order_by(AuditRecord.id)).all()
    previous = FIRST_SEAL
    for row in rows:
        assert row.seal == seal_of(previous, row)
        previous = row.seal
    assert len({row.seal for row in rows}) == len(rows) >= 3
    assert first_broken() is None


def test_acts_of_one_transaction_are_sealed_in_their_order(app: Flask) -> None:
    with transaction():
        for subject in "abc":
            audit.record(SYSTEM, "thing.done", subject)
    last = db.session.scalars(select(AuditRecord.subject).order_by(AuditRecord.id.desc()).limit(3)).all()
    assert last == ["c", "b", "a"]
    assert first_broken() is None


def test_what_is_undone_leaves_neither_record_nor_gap_in_the_chain(app: Flask) -> None:
    write("a")
    with pytest.raises(ZeroDivisionError), transaction():
        audit.record(SYSTEM, "thing.done", "never")
        _ = 1 / 0
    write("b")
    assert "never" not in db.session.scalars(select(AuditRecord.subject)).all()
    assert first_broken() is None


@pytest.mark.parametrize("statement", ["UPDATE audit_records SET subject = 'x'", "DELETE FROM audit_records"])
def test_the_database_itself_refuses_to_change_the_log(app: Flask, statement: str) -> None:
    write("a")
    with pytest.raises(DatabaseError, match="audit_records only grows"), db.engine.begin() as connection:
        connection.execute(text(statement))


@pytest.mark.parametrize(
    "column", ["actor_name = 'ai.do'", "actor_id = NULL", "address = '192.0.2.1'", "action = 'x'", "before = NULL"]
)
def test_a_record_that_was_changed_is_named(app: Flask, column: str) -> None:
    _first, second, _third = write("a", "b", "c")
    behind_its_back(f"UPDATE audit_records SET {column} WHERE id = :id", id=second)
    assert first_broken() == second


def test_a_time_that_was_changed_is_noticed(app: Flask) -> None:
    first, _second = write("a", "b")
    behind_its_back("UPDATE audit_records SET at = :at WHERE id = :id", at="2001-01-01 00:00:00.000000", id=first)
    assert first_broken() == first


def test_a_record_that_was_removed_is_noticed_at_the_one_behind_it(app: Flask) -> None:
    _first, second, third = write("a", "b", "c")
    behind_its_back("DELETE FROM audit_records WHERE id = :id", id=second)
    assert first_broken() == third


def test_a_record_that_was_put_in_is_named(app: Flask) -> None:
    (last,) = write("a")
    with transaction():
        db.session.add(
            AuditRecord(
                id=last + 1, at=datetime(2024, 1, 1, tzinfo=UTC), actor_name="x", action="x", subject="x", seal="0" * 64
            )
        )
    assert first_broken() == last + 1


def test_many_at_once_make_one_chain(app: Flask) -> None:
    before = len(db.session.scalars(select(AuditRecord.id)).all())
    db.session.commit()
    failed: list[BaseException] = []

    def work(number: int) -> None:
        try:
            with app.app_context():
                for turn in range(5):
                    with transaction():
                        audit.record(SYSTEM, "thing.done", f"{number}.{turn}")
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failed == []
    assert len(db.session.scalars(select(AuditRecord.id)).all()) == before + 30
    assert first_broken() is None


def test_long_names_are_cut_to_what_is_kept(app: Flask) -> None:
    with transaction():
        audit.record(Actor(1, "x", "u" * 200), "thing.done", "s" * 200)
    row = db.session.scalars(select(AuditRecord).order_by(AuditRecord.id.desc()).limit(1)).one()
    assert (len(row.actor_name), len(row.subject)) == (150, 120)
    assert first_broken() is None
