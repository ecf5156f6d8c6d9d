"""`contest-portal user` and `verify`: accounts and the log from the command line."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import select, text

from contest_portal.accounts.models import User
from contest_portal.accounts.passwords import matches
from contest_portal.accounts.queries import find_user
from contest_portal.accounts.signing import sign_in
from contest_portal.cli.main import cli
from contest_portal.contests.models import Edition, Membership, School, Unit
from contest_portal.core.audit import AuditRecord
from contest_portal.core.database import db
from contest_portal.core.i18n import set_language

PASSWORD = "ngõ nhỏ phố tôi 7"


@pytest.fixture
def run(portal: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Run the command on the portal's own database."""
    settings = portal.config["SETTINGS"]
    monkeypatch.setenv("DATABASE_URL", settings.database_url)
    monkeypatch.setenv("CONTEST_PORTAL_INSTANCE", str(settings.instance))

    def call(*arguments: str, typed: str | None = None) -> Result:
        return CliRunner().invoke(cli, arguments, input=typed)

    yield call
    set_language("vi")


def create(run: Any, username: str, *more: str, typed: str = f"{PASSWORD}\n") -> Result:
    """Create an account, its password from standard input."""
    result: Result = run("user", "create", username, "--name", "Lê Thị Bích", *more, "--password-stdin", typed=typed)
    return result


def posts(username: str) -> list[tuple[Any, ...]]:
    """Return the posts of an account: role, edition, unit, school."""
    found = find_user(username)
    assert found is not None
    query = (
        select(Membership.role, Edition.code, Unit.name, School.name)
        .outerjoin(Edition, Edition.id == Membership.edition_id)
        .outerjoin(Unit, Unit.id == Membership.unit_id)
        .outerjoin(School, School.id == Membership.school_id)
        .where(Membership.user_id == found.id)
        .order_by(Membership.id)
    )
    return [tuple(row) for row in db.session.execute(query)]


def count_users(portal: Flask) -> int:
    """Count the accounts."""
    with portal.app_context():
        return len(db.session.scalars(select(User.id)).all())


def test_an_account_with_posts_is_made(portal: Flask, run: Any) -> None:
    more = ("--role", "organiser", "--role", "auditor", "--edition", "youth-2024", "--email", "bich@example.vn")
    result = create(run, "To.Chuc", *more)
    assert (result.exit_code, result.output) == (0, "Created to.chuc.\n")
    with portal.app_context():
        found = find_user("to.chuc")
        assert found is not None
        assert (found.full_name, found.email, found.active) == ("Lê Thị Bích", "bich@example.vn", True)
        assert matches(found.password_hash, PASSWORD)
        assert posts("to.chuc") == [("organiser", "youth-2024", None, None), ("auditor", "youth-2024", None, None)]


def test_a_coordinator_gets_the_editions_own_unit(portal: Flask, run: Any) -> None:
    more = ("--role", "coordinator", "--unit", "Lạng Giang", "--edition", "youth-2024")
    assert create(run, "lang.giang", *more).exit_code == 0
    with portal.app_context():
        assert posts("lang.giang") == [("coordinator", "youth-2024", "Huyện Lạng Giang", None)]


def test_a_school_that_is_new_is_founded_in_its_unit(portal: Flask, run: Any) -> None:
    more = ("--role", "school", "--school", "Trường THCS Kép", "--unit", "217")
    assert create(run, "thcs.kep", *more).exit_code == 0
    with portal.app_context():
        assert posts("thcs.kep") == [("school", None, None, "Trường THCS Kép")]
        school = db.session.scalars(select(School).where(School.name == "Trường THCS Kép")).one()
        assert school.unit is not None
        assert school.unit.code == "217"


@pytest.mark.parametrize(
    ("more", "code", "sentence"),
    [
        (("--role", "king"), 2, "'king' is not one of"),
        (("--role", "judge", "--edition", "youth-1999"), 2, "There is no edition 'youth-1999'. Known:"),
        (("--role", "coordinator", "--unit", "Huyện Không Có"), 2, "There is no unit 'Huyện Không Có'."),
        (("--role", "coordinator"), 1, "Hãy chọn đơn vị."),
        (("--role", "school"), 1, "Hãy chọn trường."),
        (("--role", "school", "--school", "Trường mới"), 1, "Hãy ghi cả đơn vị."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_made(
    portal: Flask, run: Any, more: tuple[str, ...], code: int, sentence: str
) -> None:
    result = create(run, "thcs.kep", *more)
    assert (result.exit_code, sentence in result.output) == (code, True), result.output
    assert count_users(portal) == 0


@pytest.mark.parametrize("typed", ["", "\n", "short\n", "12345678\n", "thcs.kep1\n"])
def test_a_password_that_is_easy_or_missing_is_refused(portal: Flask, run: Any, typed: str) -> None:
    result = create(run, "thcs.kep", typed=typed)
    assert result.exit_code == 1
    assert "Mật khẩu" in result.output
    assert count_users(portal) == 0


def test_a_name_that_looks_taken_is_refused(portal: Flask, run: Any) -> None:
    assert create(run, "to.chuc").exit_code == 0
    result = create(run, "t0-chuc")
    assert (result.exit_code, "trông giống" in result.output) == (1, True)
    assert count_users(portal) == 1


def test_the_password_is_asked_for_twice_and_shown_never(portal: Flask, run: Any) -> None:
    asked = ("user", "create", "thcs.kep", "--name", "Lê An")
    result = run(*asked, typed=f"{PASSWORD}\nsomething else\n{PASSWORD}\n{PASSWORD}\n")
    assert result.exit_code == 0, result.output
    assert "do not match" in result.output
    assert PASSWORD not in result.output


@pytest.mark.parametrize(
    "arguments", [("user", "create", "a.b.c", "--name", "x", PASSWORD), ("user", "password", "a", PASSWORD)]
)
def test_no_command_takes_a_password_as_an_argument(run: Any, arguments: tuple[str, ...]) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert "unexpected extra argument" in result.output


def test_a_password_is_set_and_ends_what_was_signed_in(portal: Flask, run: Any) -> None:
    create(run, "thcs.kep")
    with portal.app_context():
        signed = sign_in("thcs.kep", PASSWORD, address=None, device=None)
    client = portal.test_client()
    with client.session_transaction() as session:
        session["sign_in"] = signed.token
    assert client.get("/account").status_code == 200
    result = run("user", "password", "THCS.Kep", "--password-stdin", typed="mái ngói đỏ sau mưa\r\n")
    assert (result.exit_code, result.output) == (0, "The password of thcs.kep was changed.\n")
    assert client.get("/account").status_code == 302
    with portal.app_context():
        assert sign_in("thcs.kep", "mái ngói đỏ sau mưa", address=None, device=None).user.username == "thcs.kep"


def test_the_password_of_nobody_is_not_set(run: Any) -> None:
    result = run("user", "password", "nobody.here", "--password-stdin", typed=f"{PASSWORD}\n")
    assert (result.exit_code, "There is no account 'nobody.here'." in result.output) == (1, True)


def test_the_log_knows_the_system_did_it(portal: Flask, run: Any) -> None:
    create(run, "thcs.kep", "--role", "judge")
    with portal.app_context():
        rows = db.session.execute(
            select(AuditRecord.actor_name, AuditRecord.action, AuditRecord.subject)
            .where(AuditRecord.subject == "thcs.kep")
            .order_by(AuditRecord.id)
        )
        assert [tuple(row) for row in rows] == [
            ("system", "user.created", "thcs.kep"),
            ("system", "post.given", "thcs.kep"),
        ]


def test_a_whole_log_is_said_to_be_whole(portal: Flask, run: Any) -> None:
    create(run, "thcs.kep")
    with portal.app_context():
        records = len(db.session.scalars(select(AuditRecord.id)).all())
    assert run("verify").output == f"The log is whole: {records} records.\n"
    result = run("verify", "--json")
    assert (result.exit_code, json.loads(result.output)) == (
        0,
        {"records": records, "whole": True, "first_broken": None},
    )


def test_the_first_record_that_is_not_whole_is_named(portal: Flask, run: Any) -> None:
    create(run, "thcs.kep")
    create(run, "thcs.voi")
    with portal.app_context():
        target = db.session.scalars(select(AuditRecord.id).where(AuditRecord.subject == "thcs.kep")).one()
        db.session.rollback()
        with db.engine.begin() as connection:
            connection.execute(text("DROP TRIGGER audit_records_no_update"))
            connection.execute(text("UPDATE audit_records SET subject = 'x' WHERE id = :id"), {"id": target})
    result = run("verify")
    assert result.exit_code == 1
    assert f"Record {target} of the log was changed, removed or inserted outside the portal." in result.output
    found = run("verify", "--json")
    assert (found.exit_code, json.loads(found.output)["first_broken"]) == (1, target)


def test_secrets_stay_out_of_the_instance_folder(portal: Flask, run: Any) -> None:
    create(run, "thcs.kep")
    folder: Path = portal.config["SETTINGS"].instance
    for file in folder.rglob("*"):
        assert not file.is_file() or PASSWORD.encode() not in file.read_bytes()
