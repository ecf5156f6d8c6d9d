"""Check everything: `python3 scripts/test.py [pytest arguments]`.

Style, types, the direction of imports, then every test on SQLite and on PostgreSQL, with a browser where there is one.
"""

import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

# Before the imports below: an older Python would stop at one of them with a message that helps nobody.
if sys.version_info < (3, 11):  # noqa: UP036
    sys.exit("error: Python 3.11 or newer is needed, and this is %s." % sys.version.split()[0])  # noqa: UP031

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from scripts import _setup


@dataclass(frozen=True)
class Check:
    """Be one program that may object."""

    name: str
    command: tuple[str, ...]


@dataclass(frozen=True)
class Outcome:
    """Say how a check ended."""

    name: str
    code: int
    seconds: float

    def __str__(self) -> str:
        """Return the check's line in the summary."""
        return f"{'ok' if self.code == 0 else 'FAILED':6} {self.name} ({self.seconds:.1f} s)"


STATIC = (
    Check("ruff check", ("ruff", "check", "--quiet", ".")),
    Check("ruff format", ("ruff", "format", "--check", "--quiet", ".")),
    Check("mypy", ("mypy", "--no-error-summary")),
    Check("import-linter", ("lint-imports", "--no-logo")),
)


def pytest_check(arguments: Sequence[str]) -> Check:
    """Return the tests, one worker for each core unless the arguments say otherwise."""
    return Check("pytest", ("pytest", "-q", "--numprocesses", "logical", "--dist", "worksteal", *arguments))


def main(arguments: Sequence[str]) -> int:
    """Set up, run every check even after one has failed, and sum up."""
    _setup.set_up("requirements-test.lock")
    outcomes = [_run_quietly(check) for check in STATIC]
    outcomes.append(_run_aloud(pytest_check(arguments)))
    print("\n" + "\n".join(map(str, outcomes)), flush=True)
    return exit_code(outcomes)


def exit_code(outcomes: Sequence[Outcome]) -> int:
    """Return 0 where every check was content, else the code of the first that was not."""
    return next((outcome.code for outcome in outcomes if outcome.code), 0)


def _run_quietly(check: Check) -> Outcome:
    began = time.monotonic()
    done = subprocess.run(
        _located(check.command), cwd=_setup.ROOT, env=_setup.environment(), capture_output=True, text=True, check=False
    )
    outcome = Outcome(check.name, done.returncode, time.monotonic() - began)
    print(outcome, flush=True)
    if outcome.code:
        print(done.stdout + done.stderr, flush=True)
    return outcome


def _run_aloud(check: Check) -> Outcome:
    began = time.monotonic()
    code = subprocess.run(_located(check.command), cwd=_setup.ROOT, env=_setup.environment(), check=False).returncode
    return Outcome(check.name, code, time.monotonic() - began)


def _located(command: Sequence[str]) -> list[str]:
    return [str(_setup.program(command[0])), *command[1:]]


if __name__ == "__main__":
    sys.exit(_setup.calmly(lambda: main(sys.argv[1:])))
