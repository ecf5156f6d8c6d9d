"""The test command: what it runs, and how its outcomes add up."""

from scripts import test as command
from scripts.test import Outcome


def test_arguments_reach_pytest_last_so_that_they_win() -> None:
    check = command.pytest_check(["-k", "robocon", "-n", "0"])
    assert check.command[0] == "pytest"
    assert check.command[-4:] == ("-k", "robocon", "-n", "0")
    assert "--numprocesses" in check.command[:-4]


def test_every_static_check_is_run() -> None:
    programs = [check.command[0] for check in command.STATIC]
    assert programs == ["ruff", "ruff", "mypy", "lint-imports"]


def test_all_content_is_zero() -> None:
    assert command.exit_code([Outcome("ruff check", 0, 0.1), Outcome("pytest", 0, 3.0)]) == 0


def test_one_objection_is_enough_whatever_follows() -> None:
    assert command.exit_code([Outcome("mypy", 2, 0.1), Outcome("pytest", 0, 3.0)]) == 2


def test_tests_that_found_nothing_are_no_success() -> None:
    assert command.exit_code([Outcome("mypy", 0, 0.1), Outcome("pytest", 5, 3.0)]) == 5


def test_summary_never_speaks_as_pytest_does() -> None:
    lines = [str(Outcome("pytest", 0, 3.0)), str(Outcome("mypy", 1, 10.26))]
    assert lines == ["ok     pytest (3.0 s)", "FAILED mypy (10.3 s)"]
    assert not any("passed" in line for line in lines)
