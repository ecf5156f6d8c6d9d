"""What `run.py` and `test.py` share: the virtual environment and what is installed in it. Standard library only."""

import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
OLDEST_PYTHON = (3, 11)
LAST_LINES = 15
INTERRUPTED = 130


class SetupFailed(Exception):
    """Say in one sentence what stopped the set-up; `output` holds the last lines of the program that failed."""

    def __init__(self, sentence: str, output: str = "") -> None:
        super().__init__(sentence)
        self.output = output


def problem_with_python(version: Sequence[int]) -> str | None:
    """Return why this Python cannot run the portal, or None where it can."""
    if tuple(version[:2]) >= OLDEST_PYTHON:
        return None
    have, need = ".".join(map(str, version[:3])), ".".join(map(str, OLDEST_PYTHON))
    return f"Python {need} or newer is needed, and this is {have}: start the command with a newer one."


def program(name: str, venv: Path = VENV, system: str = os.name) -> Path:
    """Return where a program of the virtual environment is."""
    return venv / "Scripts" / f"{name}.exe" if system == "nt" else venv / "bin" / name


def fingerprint(files: Iterable[Path], place: Path) -> str:
    """Return a text that changes when one of the files does, or when the folder has moved."""
    digest = hashlib.sha256(str(place).encode())
    for file in files:
        digest.update(b"\0" + file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def is_current(stamp: Path, wanted: str) -> bool:
    """Tell whether the stamp was left by an installation of exactly this."""
    try:
        return stamp.read_text(encoding="ascii").strip() == wanted
    except OSError:
        return False


def set_up(lock: str) -> None:
    """Make the virtual environment hold what the lock names and the portal itself; quick when it does already."""
    requirements = ROOT / lock
    wanted = fingerprint([requirements, ROOT / "setup.cfg", ROOT / "pyproject.toml"], ROOT)
    stamp = VENV / f"{Path(lock).stem}.stamp"
    if is_current(stamp, wanted) and _works():
        return
    if not _works():
        with step("Making the virtual environment in .venv"):
            _make_venv()
    with step(f"Installing {lock} (the first time this takes a minute)"):
        _pip("--require-hashes", "--only-binary", ":all:", "--requirement", str(requirements))
    with step("Installing the portal itself"):
        _pip("--no-deps", "--no-build-isolation", "--editable", str(ROOT))
    stamp.write_text(wanted, encoding="ascii")


def _works() -> bool:
    # A Python that was removed or upgraded leaves a virtual environment behind that starts no more.
    python = program("python")
    if not python.exists():
        return False
    try:
        return subprocess.run([python, "-c", "import pip"], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def _make_venv() -> None:
    try:
        run_quietly([sys.executable, "-m", "venv", "--clear", str(VENV)])
    except BaseException as error:
        # Half of one would look like a whole one to the next start.
        shutil.rmtree(VENV, ignore_errors=True)
        if not isinstance(error, SetupFailed):
            raise
        hint = "On Debian and Ubuntu, install the package python3-venv first."
        raise SetupFailed(f"The virtual environment in .venv could not be made. {hint}", error.output) from error


def _pip(*arguments: str) -> None:
    try:
        run_quietly([str(program("python")), "-m", "pip", "install", "--no-input", *arguments])
    except SetupFailed as error:
        sentence = "The requirements could not be installed; without a connection or a filled pip cache they cannot be."
        raise SetupFailed(sentence, error.output) from error


def run_quietly(command: Sequence[str], environ: Mapping[str, str] | None = None) -> str:
    """Run a program and return what it printed; raises SetupFailed with its last lines."""
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=environment(environ),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    if done.returncode:
        name = Path(command[0]).stem
        raise SetupFailed(f"{name} ended with code {done.returncode}.", last_lines(done.stdout))
    return done.stdout


def environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the environment for programs of the virtual environment."""
    # A foreign PYTHONHOME or pip target would install beside the virtual environment, or run without it.
    without = {"PYTHONHOME", "PIP_TARGET", "PIP_PREFIX", "PIP_USER", "PIP_REQUIRE_VIRTUALENV", "__PYVENV_LAUNCHER__"}
    kept = {name: value for name, value in os.environ.items() if name.upper() not in without}
    return {**kept, "PYTHONUTF8": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1", **(more or {})}


def last_lines(output: str, count: int = LAST_LINES) -> str:
    """Return the end of a program's output, without empty lines."""
    return "\n".join([line for line in output.splitlines() if line.strip()][-count:])


@contextmanager
def step(title: str) -> Iterator[None]:
    """Print what is being done, and how long it took."""
    print(f"{title} ... ", end="", flush=True)
    began = time.monotonic()
    try:
        yield
    except BaseException:
        print("failed", flush=True)
        raise
    print(f"{time.monotonic() - began:.0f} s", flush=True)


def calmly(work: Callable[[], int]) -> int:
    """Do the work and return the exit code; a failure or Ctrl-C ends with a sentence, not a traceback."""
    try:
        return work()
    except SetupFailed as error:
        if error.output:
            print(error.output, file=sys.stderr)
        print(f"error: {error}", file=sys.stderr, flush=True)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. The same command goes on from here.", file=sys.stderr, flush=True)
        return INTERRUPTED
