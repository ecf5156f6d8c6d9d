"""`contest-portal serve`: a real server, its bounds, and what it refuses."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from contest_portal.accounts.actor import SYSTEM
from contest_portal.accounts.services import create_user
from contest_portal.app import create_app
from contest_portal.cli.main import cli
from contest_portal.cli.serve import default_workers, noted_accounts, welcome
from contest_portal.config import load_settings

FORM = b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"


@dataclass
class Running:
    """Be a portal that is being served."""

    process: "subprocess.Popen[bytes]"
    port: int
    seconds: float

    def get(self, path: str) -> int:
        """Return the status of a page."""
        connection = http.client.HTTPConnection("localhost", self.port, timeout=10)
        connection.request("GET", path)
        return connection.getresponse().status

    def send(self, data: bytes) -> socket.socket:
        """Begin a request."""
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=10)
        connection.sendall(data)
        return connection


def _status(connection: socket.socket) -> bytes:
    return connection.recv(200).split(b"\r\n", 1)[0]


def _prepared(instance: Path) -> dict[str, str]:
    environ = {"CONTEST_PORTAL_INSTANCE": str(instance)}
    assert CliRunner().invoke(cli, ["init"], env=environ).exit_code == 0
    return environ


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as other:
        return int(other.getsockname()[1])


def _start(environ: dict[str, str]) -> Running:
    port, began = _free_port(), time.monotonic()
    command = [sys.executable, "-m", "contest_portal.cli", "serve", "--port", str(port), "--workers", "1"]
    process = subprocess.Popen(command, env=os.environ | environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    running = Running(process, port, 0)
    while process.poll() is None and time.monotonic() - began < 30:
        try:
            running.get("/")
        except OSError:
            time.sleep(0.02)
        else:
            running.seconds = time.monotonic() - began
            return running
    process.kill()
    pytest.fail(f"the server did not start: {process.communicate()[0].decode()}")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Serve an empty portal for the tests of this file."""
    running = _start(_prepared(tmp_path_factory.mktemp("served")))
    yield running
    running.process.terminate()
    running.process.communicate(timeout=20)


def test_pages_are_served(served: Running) -> None:
    assert served.get("/") == 200
    assert served.get("/sign-in") == 200
    assert served.get("/nowhere") == 404


def test_slow_visitors_stop_nobody_else(served: Running) -> None:
    slow = [served.send(FORM + b"Content-Length: 5000\r\n\r\nusername=") for _ in range(100)]
    try:
        began = time.monotonic()
        assert served.get("/sign-in") == 200
        assert time.monotonic() - began < 3
    finally:
        for connection in slow:
            connection.close()


def test_form_that_breaks_off_is_no_form(served: Running) -> None:
    connection = served.send(FORM + b"Content-Length: 5000\r\n\r\nusername=a&password=b")
    connection.shutdown(socket.SHUT_WR)
    assert _status(connection) == b"HTTP/1.1 400 Bad Request"


def test_form_of_unannounced_length_is_refused(served: Running) -> None:
    assert _status(served.send(FORM + b"Transfer-Encoding: chunked\r\n\r\n")) == b"HTTP/1.1 411 Length Required"


def test_too_much_is_answered_by_the_portal(served: Running) -> None:
    size = 11 * 1024 * 1024
    connection = served.send(FORM + f"Content-Length: {size}\r\n\r\n".encode() + b"a" * size)
    assert _status(connection) == b"HTTP/1.1 413 Payload Too Large"


def test_second_server_on_the_port_is_refused(served: Running, tmp_path: Path) -> None:
    environ = _prepared(tmp_path)
    result = CliRunner().invoke(cli, ["serve", "--port", str(served.port)], env=environ)
    assert result.exit_code == 1
    expected = f"Port {served.port} on 127.0.0.1 is in use by another program; choose another with --port."
    assert result.output == f"Error: {expected}\n"


@pytest.mark.skipif(os.name != "posix", reason="a signal is sent as POSIX does")
def test_interrupt_ends_it_calmly(tmp_path: Path) -> None:
    running = _start(_prepared(tmp_path))
    running.process.send_signal(signal.SIGINT)
    output = running.process.communicate(timeout=20)[0].decode()
    assert running.process.returncode == 0
    assert output == f"The contest portal is at http://127.0.0.1:{running.port} (Ctrl-C ends it).\n"


def test_unprepared_database_is_told(tmp_path: Path) -> None:
    result = CliRunner().invoke(cli, ["serve"], env={"CONTEST_PORTAL_INSTANCE": str(tmp_path)})
    assert result.exit_code == 1
    assert result.output == "Error: The database is not prepared; run `contest-portal init` first.\n"


def test_published_passwords_are_never_served_to_others(tmp_path: Path) -> None:
    environ = _prepared(tmp_path)
    with create_app(load_settings(environ)).app_context():
        create_user(SYSTEM, username="truong.kep", full_name="An", password="song-thuong-2024", demonstration=True)
    result = CliRunner().invoke(cli, ["serve", "--host", "0.0.0.0", "--port", str(_free_port())], env=environ)
    assert result.exit_code == 1
    assert result.output.startswith("Error: The demonstration accounts still have their published passwords")


ACCOUNTS = [
    {"role": "school", "username": "truong.kep", "password": "p", "task": "đăng ký"},
    {"role": "organiser", "username": "to.chuc", "password": "p", "task": "tổ chức"},
]


def test_only_passwords_that_still_hold_are_shown(tmp_path: Path) -> None:
    assert noted_accounts(tmp_path, {"truong.kep"}) == []
    (tmp_path / "demo-accounts.json").write_text(json.dumps(ACCOUNTS), encoding="utf-8")
    assert noted_accounts(tmp_path, {"truong.kep"}) == ACCOUNTS[:1]
    assert noted_accounts(tmp_path, set()) == []


def test_welcome_names_the_place_and_the_accounts_in_columns() -> None:
    assert welcome("http://127.0.0.1:8000", ACCOUNTS).splitlines() == [
        "The contest portal is at http://127.0.0.1:8000 (Ctrl-C ends it).",
        "Demonstration accounts, for this machine only:",
        "  school     truong.kep  p  đăng ký",
        "  organiser  to.chuc     p  tổ chức",
    ]


@pytest.mark.parametrize(
    ("cores", "platform", "workers"),
    [(1, "linux", 1), (2, "darwin", 2), (32, "linux", 4), (None, "linux", 1), (8, "win32", 1)],
)
def test_one_process_for_each_core_up_to_four(cores: int | None, platform: str, workers: int) -> None:
    assert default_workers(cores, platform) == workers
