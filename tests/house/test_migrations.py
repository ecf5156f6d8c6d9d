"""The migrations build exactly what the models say, and can be taken back."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect, select, text
from sqlalchemy.exc import DatabaseError

from contest_portal.accounts.actor import SYSTEM, Actor, Post, Role
from contest_portal.app import create_app
from contest_portal.cli.init import prepare_database
from contest_portal.config import Settings
from contest_portal.contests.models import School
from contest_portal.core import audit
from contest_portal.core.database import Base, db, transaction
from contest_portal.core.vietnamese import sort_key
from contest_portal.registration.listing import Filters, choices_for, list_entries
from contest_portal.registration.models import Entry, Participant


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


def _season_of_the_first_version() -> None:
    """Write a school with an entry as the first version of the portal stored them."""
    moment = "2024-05-20 08:00:00+00:00"
    for statement in (
        "INSERT INTO contests (id, code, name, name_en, position) VALUES (1001, 'old', 'Cuộc thi', 'Contest', 0)",
        "INSERT INTO editions (id, code, contest_id, number, year, title, title_en, prefix, unit_set, opens_at, closes_at,"
        f" rules, version) VALUES (1001, 'old-2024', 1001, 1, 2024, 'Cuộc thi', 'Contest', 'CU24', 'x', '{moment}', '{moment}', '{{}}', 1)",
        "INSERT INTO schools (id, name, name_folded, kind) VALUES (1001, 'Trường Đồi Ngô', 'truong doi ngo', 'school')",
        "INSERT INTO entries (id, reference, edition_id, title, title_folded, school_id, status, status_on, created_at, version)"
        f" VALUES (1001, 'CU24-AAAAAA', 1001, 'Đội Gió', 'doi gio', 1001, 'submitted', '2024-05-20', '{moment}', 1)",
        "INSERT INTO participants (id, entry_id, role, position, full_name, name_folded, name_key, joined_on, joined_at)"
        f" VALUES (1001, 1001, 'member', 0, 'Lê Ánh', 'le anh', 'x', '2024-05-20', '{moment}')",
    ):
        db.session.execute(text(statement))
    db.session.commit()


def test_what_an_earlier_version_stored_is_found_by_the_present_one(empty: Flask) -> None:
    upgrade(revision="0001")
    _season_of_the_first_version()
    prepare_database()
    entry = db.session.scalars(select(Entry).where(Entry.reference == "CU24-AAAAAA")).one()
    assert (entry.check_state, entry.entrant, entry.title_key, entry.edition.published) == (
        "pending",
        "people",
        sort_key("Đội Gió"),
        True,
    )
    school = db.session.get_one(School, 1001)
    assert (school.name_key, school.found_by) == (sort_key("Trường Đồi Ngô"), "truong doi ngo")
    assert db.session.get_one(Participant, 1001).edition_id == 1001
    organiser = Actor(None, "Ban Tổ chức", "x", (Post(Role.ORGANISER),), None)
    filters = Filters.read({"q": "anh doi ngo"})
    found = list_entries(organiser, filters, choices_for(filters, organiser), None)
    assert [row.reference for row in found.items] == ["CU24-AAAAAA"]
