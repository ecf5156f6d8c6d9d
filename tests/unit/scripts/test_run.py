"""The start command: what it understands, and how it refuses."""

import socket
import subprocess
import sys

import pytest

from scripts import _setup, run


def test_without_arguments_it_serves_this_machine_with_the_demonstration() -> None:
    wanted = run.parse([])
    assert vars(wanted) == {"host": "127.0.0.1", "port": 8000, "no_demo": False, "setup_only": False}


def test_every_argument_is_understood() -> None:
    wanted = run.parse(["--host", "::1", "--port", "8080", "--no-demo", "--setup-only"])
    assert vars(wanted) == {"host": "::1", "port": 8080, "no_demo": True, "setup_only": True}


@pytest.mark.parametrize("port", ["0", "65536", "-1", "http", "8o80", "٣٤"])
def test_what_is_no_port_is_refused_in_one_sentence(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ending:
        run.parse([f"--port={port}"])
    assert ending.value.code == 2
    assert "is not a port; give a number from 1 to 65535" in capsys.readouterr().err


def test_taken_port_is_told_before_anything_is_set_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(_setup, "set_up", lambda lock: pytest.fail("something was set up"))
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(_setup.SetupFailed) as failure:
            run.main(["--port", str(port)])
    assert str(failure.value) == f"Port {port} on 127.0.0.1 is in use by another program; choose another with --port."


@pytest.mark.parametrize("script", ["run.py", "test.py"])
def test_scripts_need_nothing_installed(script: str) -> None:
    # -S: without site-packages only the standard library is there.
    code = f"import runpy; runpy.run_path({str(_setup.ROOT / 'scripts' / script)!r}, run_name='looked at')"
    done = subprocess.run([sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
