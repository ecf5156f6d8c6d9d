"""`contest-portal init`: it makes what is missing, once, and touches nothing that is there."""

import json
import os
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from contest_portal.accounts.actor import SYSTEM
from contest_portal.accounts.services import create_user
from contest_portal.app import create_app
from contest_portal.cli.main import cli
from contest_portal.config import Settings
from contest_portal.contests.models import Edition
from contest_portal.core.audit import first_broken
from contest_portal.core.database import db


def _init(instance: Path, *arguments: str) -> str:
    result = CliRunner().invoke(cli, ["init", *arguments], env={"CONTEST_PORTAL_INSTANCE": str(instance)})
    assert result.exit_code == 0, result.output
    return result.output


def _app(instance: Path) -> Settings:
    url = f"sqlite:///{(instance / 'portal.sqlite3').as_posix()}"
    return Settings(instance=instance, database_url=url, secret_key="x" * 40, testing=True)


def test_first_time_makes_the_database_and_the_contests(tmp_path: Path) -> None:
    assert json.loads(_init(tmp_path, "--json")) == {"created": True, "migrated": True, "empty": True}
    with create_app(_app(tmp_path)).app_context():
        codes = set(db.session.scalars(select(Edition.code)))
        assert {"robocon-2024", "youth-2024", "technical-2024"} <= codes
        assert first_broken() is None


def test_second_time_touches_nothing(tmp_path: Path) -> None:
    assert _init(tmp_path) == "The database is created.\n"
    before = (tmp_path / "portal.sqlite3").read_bytes()
    assert _init(tmp_path) == "The database is up to date.\n"
    assert (tmp_path / "portal.sqlite3").read_bytes() == before


def test_portal_with_an_account_is_not_empty(tmp_path: Path) -> None:
    _init(tmp_path)
    with create_app(_app(tmp_path)).app_context():
        create_user(SYSTEM, username="truong.kep", full_name="An", password="song-thuong-2024")
    assert json.loads(_init(tmp_path, "--json")) == {"created": False, "migrated": False, "empty": False}


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX's")
def test_secret_key_is_for_its_owner_only(tmp_path: Path) -> None:
    _init(tmp_path)
    key = tmp_path / "secret_key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert len(key.read_text(encoding="ascii")) >= 43
