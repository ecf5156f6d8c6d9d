"""Set the portal up and serve it: `python3 scripts/run.py [--host H] [--port N] [--no-demo] [--setup-only]`.

The first start makes .venv, the database and a demonstration season; later ones take seconds and touch no data.
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

# Before the imports below: an older Python would stop at one of them with a message that helps nobody.
if sys.version_info < (3, 11):  # noqa: UP036
    sys.exit("error: Python 3.11 or newer is needed, and this is %s." % sys.version.split()[0])  # noqa: UP031

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from contest_portal.cli.addresses import LOOPBACK, problem_with_port
from scripts import _setup

DEFAULT_PORT = 8000


def parse(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """Return what the person asked for."""
    parser = argparse.ArgumentParser(description="Set the portal up and serve it.")
    parser.add_argument("--host", default=LOOPBACK, help="address to listen on (default: this machine only)")
    parser.add_argument("--port", type=_port, default=DEFAULT_PORT, help=f"port to listen on (default: {DEFAULT_PORT})")
    parser.add_argument("--no-demo", action="store_true", help="leave out the demonstration season")
    parser.add_argument("--setup-only", action="store_true", help="set everything up and stop")
    return parser.parse_args(arguments)


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port; give a number from 1 to 65535")
    return int(text)


def main(arguments: Sequence[str] | None = None) -> int:
    """Set up, fill and serve; return the exit code."""
    wanted = parse(arguments)
    if not wanted.setup_only:
        _refuse_taken_port(wanted.host, wanted.port)
    _setup.set_up("requirements.lock")
    _prepare_data(demo=not wanted.no_demo)
    if wanted.setup_only:
        print("Everything is set up. Start the portal with: python3 scripts/run.py")
        return 0
    return _serve(wanted.host, wanted.port)


def _refuse_taken_port(host: str, port: int) -> None:
    # Asked again by the server itself; here it saves a minute of installing before the bad news.
    problem = problem_with_port(host, port)
    if problem:
        raise _setup.SetupFailed(problem)


def _prepare_data(*, demo: bool) -> None:
    with _setup.step("Preparing the database"):
        found = json.loads(_portal("init", "--json"))
    # Only into an empty portal: what people have entered since is never mixed with inventions.
    if demo and found["empty"]:
        with _setup.step("Making a demonstration season"):
            _portal("demo")


def _portal(*arguments: str) -> str:
    try:
        return _setup.run_quietly([*_command(), *arguments])
    except _setup.SetupFailed as error:
        raise _setup.SetupFailed(f"`contest-portal {arguments[0]}` failed.", error.output) from error


def _command() -> list[str]:
    return [str(_setup.program("python")), "-m", "contest_portal.cli"]


def _serve(host: str, port: int) -> int:
    command = [*_command(), "serve", "--host", host, "--port", str(port)]
    environ = _setup.environment()
    sys.stdout.flush()
    if os.name == "posix":
        # The server takes the place of this process: signals and Ctrl-C reach it directly.
        os.chdir(_setup.ROOT)
        os.execve(command[0], command, environ)  # noqa: S606 - no shell is wanted
    return _wait_for(subprocess.Popen(command, cwd=_setup.ROOT, env=environ))


def _wait_for(server: "subprocess.Popen[bytes]") -> int:
    while True:
        try:
            return server.wait()
        except KeyboardInterrupt:
            # Windows tells the server of Ctrl-C as well: it ends by itself, and this process waits for it.
            continue


if __name__ == "__main__":
    sys.exit(_setup.calmly(main))
