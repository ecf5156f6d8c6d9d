"""What both scripts share: which Python, which folder, and whether anything must be installed again."""

import sys
from pathlib import Path

import pytest

from scripts import _setup


@pytest.mark.parametrize("version", [(3, 11), (3, 11, 7), (3, 13, 0, "final", 0), (4, 0)])
def test_newer_pythons_will_do(version: tuple[int, ...]) -> None:
    assert _setup.problem_with_python(version) is None


def test_older_python_is_named_in_one_sentence() -> None:
    assert _setup.problem_with_python((3, 10, 13, "final", 0)) == (
        "Python 3.11 or newer is needed, and this is 3.10.13: start the command with a newer one."
    )


def test_programs_are_where_each_system_puts_them() -> None:
    venv = Path("portal") / ".venv"
    assert _setup.program("python", venv, "posix") == venv / "bin" / "python"
    assert _setup.program("python", venv, "nt") == venv / "Scripts" / "python.exe"
    assert _setup.program("pytest", venv, "nt") == venv / "Scripts" / "pytest.exe"


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    file = tmp_path / "requirements.lock"
    file.write_bytes(b"click==8.5.1\n")
    return file


def test_fingerprint_stays_while_nothing_changes(lock: Path, tmp_path: Path) -> None:
    assert _setup.fingerprint([lock], tmp_path) == _setup.fingerprint([lock], tmp_path)


def test_fingerprint_changes_with_a_file_a_name_and_a_place(lock: Path, tmp_path: Path) -> None:
    before = _setup.fingerprint([lock], tmp_path)
    renamed = lock.with_name("other.lock")
    renamed.write_bytes(lock.read_bytes())
    others = [_setup.fingerprint([renamed], tmp_path), _setup.fingerprint([lock], tmp_path / "moved")]
    lock.write_bytes(b"click==8.5.2\n")
    others.append(_setup.fingerprint([lock], tmp_path))
    assert len({before, *others}) == 4


def test_stamp_is_current_only_with_the_very_fingerprint(tmp_path: Path) -> None:
    stamp = tmp_path / "requirements.stamp"
    assert not _setup.is_current(stamp, "abc")
    stamp.write_text("abc\n", encoding="ascii")
    assert _setup.is_current(stamp, "abc")
    assert not _setup.is_current(stamp, "abcd")


def test_last_lines_leave_out_the_empty_ones() -> None:
    output = "".join(f"line {number}\n\n" for number in range(40))
    assert _setup.last_lines(output, 3) == "line 37\nline 38\nline 39"
    assert _setup.last_lines("") == ""


def test_quiet_program_returns_what_it_printed() -> None:
    assert _setup.run_quietly([sys.executable, "-c", "print('Bắc Ninh')"]) == "Bắc Ninh\n"


def test_failing_program_shows_its_end() -> None:
    script = "import sys; print('out'); print('err', file=sys.stderr); sys.exit(3)"
    with pytest.raises(_setup.SetupFailed) as failure:
        _setup.run_quietly([sys.executable, "-u", "-c", script])
    assert str(failure.value).endswith("ended with code 3.")
    assert failure.value.output == "out\nerr"


def test_environment_keeps_settings_and_drops_foreign_targets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONTEST_PORTAL_INSTANCE", "elsewhere")
    monkeypatch.setenv("PIP_TARGET", "elsewhere")
    monkeypatch.setenv("PYTHONHOME", "elsewhere")
    environ = _setup.environment({"EXTRA": "1"})
    assert environ["CONTEST_PORTAL_INSTANCE"] == "elsewhere"
    assert environ["EXTRA"] == "1"
    assert environ["PYTHONUTF8"] == "1"
    assert not {"PIP_TARGET", "PYTHONHOME"} & set(environ)


def test_step_says_what_and_how_long(capsys: pytest.CaptureFixture[str]) -> None:
    with _setup.step("Preparing"):
        pass
    assert capsys.readouterr().out == "Preparing ... 0 s\n"


def test_failed_step_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(_setup.SetupFailed), _setup.step("Preparing"):
        raise _setup.SetupFailed("No.")
    assert capsys.readouterr().out == "Preparing ... failed\n"


def test_failure_shows_the_end_then_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    def work() -> int:
        raise _setup.SetupFailed("It stopped.", "last line")

    assert _setup.calmly(work) == 1
    assert capsys.readouterr().err == "last line\nerror: It stopped.\n"


def test_interrupt_ends_without_a_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    def work() -> int:
        raise KeyboardInterrupt

    assert _setup.calmly(work) == 130
    assert capsys.readouterr().err == "\nStopped. The same command goes on from here.\n"


def test_work_that_ends_well_keeps_its_code() -> None:
    assert _setup.calmly(lambda: 5) == 5
