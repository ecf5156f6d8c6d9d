"""Settings are read once from the environment; what would be unsafe is refused in one sentence."""

import os
import stat
import threading
from pathlib import Path
from typing import Any

import pytest

from contest_portal.config import ConfigurationError, Settings, load_settings

KEY = "a long random text of more than 32 characters"


def load(folder: Path, **env: str) -> Settings:
    """Return the settings of an instance folder and an environment."""
    return load_settings({"CONTEST_PORTAL_INSTANCE": str(folder), **env})


def test_nothing_set_is_a_portal_of_ones_own(tmp_path: Path) -> None:
    found = load(tmp_path / "new" / "place")
    assert found.instance == (tmp_path / "new" / "place").resolve()
    assert found.database_url == f"sqlite:///{(found.instance / 'portal.sqlite3').as_posix()}"
    assert (found.production, found.https, found.testing) == (False, False, False)
    assert (found.time_zone, found.max_upload) == ("Asia/Ho_Chi_Minh", 10 * 1024 * 1024)
    assert (found.idle_minutes, found.absolute_hours) == (60, 12)
    assert (found.mail_server, found.public_url) == (None, None)
    assert found.uploads == found.instance / "uploads"


def test_the_secret_is_made_once_and_kept(tmp_path: Path) -> None:
    first = load(tmp_path).secret_key
    assert len(first) >= 64
    assert load(tmp_path).secret_key == first
    assert load(tmp_path / "another").secret_key != first


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX's")
def test_the_secret_is_its_owners_whatever_the_umask(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        load(tmp_path)
    finally:
        os.umask(old)
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600


def test_processes_that_start_together_share_one_secret(tmp_path: Path) -> None:
    barrier, keys = threading.Barrier(8), []

    def start() -> None:
        barrier.wait(10)
        keys.append(load(tmp_path).secret_key)

    threads = [threading.Thread(target=start) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(keys) == 8
    assert set(keys) == {(tmp_path / "secret_key").read_text(encoding="ascii")}


def test_a_secret_that_another_process_is_about_to_write_is_waited_for(tmp_path: Path) -> None:
    file = tmp_path / "secret_key"
    file.touch()
    writing = threading.Timer(0.2, file.write_text, (KEY,))
    writing.start()
    assert load(tmp_path).secret_key == KEY
    writing.join()


def test_a_file_without_a_secret_is_no_secret(tmp_path: Path) -> None:
    (tmp_path / "secret_key").write_text("short\n", encoding="ascii")
    with pytest.raises(ConfigurationError, match="holds no secret of 32 characters"):
        load(tmp_path)


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX's")
def test_production_keeps_its_secret_from_others(tmp_path: Path) -> None:
    file = tmp_path / "secret_key"
    file.write_text(KEY, encoding="ascii")
    file.chmod(0o644)
    with pytest.raises(ConfigurationError, match="can be read by others"):
        load(tmp_path, CONTEST_PORTAL_PRODUCTION="1")
    file.chmod(0o600)
    assert load(tmp_path, CONTEST_PORTAL_PRODUCTION="1").secret_key == KEY


def test_a_secret_of_the_environment_is_used_and_never_written(tmp_path: Path) -> None:
    assert load(tmp_path, SECRET_KEY=KEY).secret_key == KEY
    assert list(tmp_path.iterdir()) == []


def test_a_short_secret_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="SECRET_KEY is shorter than 32 characters"):
        load(tmp_path, SECRET_KEY="x" * 31)


def test_production_makes_up_no_secret(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="SECRET_KEY is missing"):
        load(tmp_path, CONTEST_PORTAL_PRODUCTION="1")
    assert not (tmp_path / "secret_key").exists()
    assert load(tmp_path, CONTEST_PORTAL_PRODUCTION="1", SECRET_KEY=KEY).production


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_an_address_of_postgresql_names_its_driver(tmp_path: Path, scheme: str) -> None:
    found = load(tmp_path, DATABASE_URL=f"{scheme}://u:p@host/db")
    assert found.database_url == "postgresql+psycopg://u:p@host/db"


@pytest.mark.parametrize(("text", "on"), [("1", True), ("true", True), (" YES ", True), ("0", False), ("", False)])
def test_flags_are_read_as_people_write_them(tmp_path: Path, text: str, on: bool) -> None:
    assert load(tmp_path, CONTEST_PORTAL_HTTPS=text).https is on


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("CONTEST_PORTAL_MAX_UPLOAD_MB", "0"),
        ("CONTEST_PORTAL_MAX_UPLOAD_MB", "ten"),
        ("CONTEST_PORTAL_IDLE_MINUTES", "-5"),
        ("CONTEST_PORTAL_ABSOLUTE_HOURS", "1.5"),
        ("MAIL_PORT", "smtp"),
    ],
)
def test_a_number_that_is_none_is_named(tmp_path: Path, name: str, text: str) -> None:
    with pytest.raises(ConfigurationError, match=f"{name} must be a whole number of at least 1, not '{text}'"):
        load(tmp_path, **{name: text})


def test_numbers_are_used(tmp_path: Path) -> None:
    found = load(tmp_path, CONTEST_PORTAL_MAX_UPLOAD_MB="25", CONTEST_PORTAL_IDLE_MINUTES=" 15 ", MAIL_PORT="587")
    assert (found.max_upload, found.idle_minutes, found.mail_port) == (25 * 1024 * 1024, 15, 587)


@pytest.mark.parametrize("zone", ["Bac/Giang", "../etc/passwd", ""])
def test_a_zone_that_is_none_is_refused(tmp_path: Path, zone: str) -> None:
    with pytest.raises(ConfigurationError, match="CONTEST_PORTAL_TIME_ZONE: there is no time zone"):
        load(tmp_path, CONTEST_PORTAL_TIME_ZONE=zone)


@pytest.mark.parametrize(
    ("env", "more"),
    [
        ({}, ()),
        ({"CONTEST_PORTAL_HOSTS": "a.example, b.example"}, ("a.example", "b.example")),
        ({"CONTEST_PORTAL_URL": "https://Thi.Example:8443/"}, ("thi.example",)),
    ],
)
def test_hosts_are_this_machines_and_those_named(tmp_path: Path, env: dict[str, Any], more: tuple[str, ...]) -> None:
    assert load(tmp_path, **env).hosts == (*more, "localhost", "127.0.0.1", "[::1]", "::1")


def test_a_folder_that_cannot_be_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="ascii")
    with pytest.raises(ConfigurationError, match="cannot prepare the folder"):
        load(tmp_path / "file" / "below")


@pytest.mark.skipif(os.name != "posix", reason="Windows keeps its own rights")
def test_a_new_instance_is_for_its_owner_only(tmp_path: Path) -> None:
    folder = tmp_path / "instance"
    folder.mkdir(mode=0o755)
    load_settings({"CONTEST_PORTAL_INSTANCE": str(folder)})
    assert folder.stat().st_mode & 0o777 == 0o700
    # What an owner opens later stays open.
    folder.chmod(0o750)
    load_settings({"CONTEST_PORTAL_INSTANCE": str(folder)})
    assert folder.stat().st_mode & 0o777 == 0o750
