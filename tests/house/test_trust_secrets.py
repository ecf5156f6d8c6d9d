"""Line 21 of what people must be able to trust: secrets, and what a page says when something goes wrong."""

import logging
import os
import re
import stat
from pathlib import Path

import pytest
from flask import Flask

from contest_portal.accounts.guards import public
from contest_portal.config import ConfigurationError, load_settings
from contest_portal.core.database import db
from tests.client import CheckingClient

ROOT = Path(__file__).resolve().parents[2]


def test_line_21_production_does_not_start_without_a_secret(tmp_path: Path) -> None:
    env = {"CONTEST_PORTAL_INSTANCE": str(tmp_path), "CONTEST_PORTAL_PRODUCTION": "1"}
    with pytest.raises(ConfigurationError, match="SECRET_KEY is missing"):
        load_settings(env)
    assert not (tmp_path / "secret_key").exists()
    assert load_settings(env | {"SECRET_KEY": "k" * 40}).secret_key == "k" * 40


@pytest.mark.parametrize("short", ["x", "changeme", "k" * 31])
def test_line_21_a_short_secret_is_refused(tmp_path: Path, short: str) -> None:
    with pytest.raises(ConfigurationError, match="shorter than 32"):
        load_settings({"CONTEST_PORTAL_INSTANCE": str(tmp_path), "SECRET_KEY": short})


def test_line_21_the_first_start_makes_a_secret_only_its_owner_reads(tmp_path: Path) -> None:
    env = {"CONTEST_PORTAL_INSTANCE": str(tmp_path)}
    first = load_settings(env).secret_key
    assert len(first) >= 43
    assert load_settings(env).secret_key == first
    assert (tmp_path / "secret_key").read_text(encoding="ascii") == first
    if os.name == "posix":
        assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600
    assert load_settings({"CONTEST_PORTAL_INSTANCE": str(tmp_path / "other")}).secret_key != first


@pytest.fixture
def broken(portal: Flask) -> Flask:
    """Return the portal while one of its pages fails, deep inside, with a secret at hand."""

    @public
    def fails() -> str:
        secret = portal.config["SECRET_KEY"]
        raise RuntimeError(f"the database password is hunter2, the key {secret}")

    whole = portal.view_functions["pages.health"]
    portal.view_functions["pages.health"] = fails
    yield portal  # type: ignore[misc]
    portal.view_functions["pages.health"] = whole


def test_line_21_an_error_page_tells_a_reference_and_no_trace(broken: Flask, caplog: pytest.LogCaptureFixture) -> None:
    client: CheckingClient = broken.test_client()  # type: ignore[assignment]
    with caplog.at_level(logging.ERROR):
        page = client.get_page("/health", 500)
    text = page.response.get_data(as_text=True)
    for leak in ("hunter2", "Traceback", "RuntimeError", ".py", "x" * 40):
        assert leak not in text
    reference = re.search(r"\b[0-9A-F]{8}\b", page.text)
    assert reference is not None
    # The same reference leads to the whole story in the log.
    assert any(reference[0] in record.getMessage() and record.exc_info for record in caplog.records)


def test_line_21_a_lost_database_is_told_plainly_and_comes_back(portal: Flask, client: CheckingClient) -> None:
    with portal.app_context():
        path = Path(str(db.engine.url.database))
        db.engine.dispose()
    aside = path.with_suffix(".aside")
    path.rename(aside)
    path.mkdir()
    try:
        page = client.get_page("/contests", 503)
    finally:
        path.rmdir()
        aside.rename(path)
    assert "Chưa có gì bị mất" in page.text
    assert "sqlite" not in page.text.lower()
    assert client.get_page("/contests").status == 200


def test_line_21_debugging_is_never_on_by_accident(portal: Flask) -> None:
    assert portal.debug is False
    assert portal.config.get("EXPLAIN_TEMPLATE_LOADING") in (None, False)
    package = ROOT / "contest_portal"
    assert [
        p.name for p in package.rglob("*.py") if re.search(r"debug\s*=\s*True", p.read_text(encoding="utf-8"))
    ] == []


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-test.lock"])
def test_line_21_every_dependency_is_locked_with_its_hashes(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    packages = re.split(r"\n(?=[A-Za-z0-9])", "\n" + re.sub(r"(?m)^\s*#.*\n", "", text))
    wanted = [p.strip() for p in packages if "==" in p]
    assert len(wanted) > 20
    assert [p.splitlines()[0] for p in wanted if "--hash=sha256:" not in p] == []
