"""The command itself: it lists quickly, loads late, and fails in sentences."""

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from contest_portal.cli.main import COMMANDS, cli


def test_help_lists_every_command_in_order() -> None:
    shown = CliRunner().invoke(cli, ["--help"]).output
    listed = [line.split()[0] for line in shown.partition("Commands:")[2].splitlines() if line.strip()]
    assert listed == list(COMMANDS)


def test_help_loads_neither_the_portal_nor_heavy_libraries() -> None:
    code = (
        "import sys; from click.testing import CliRunner; from contest_portal.cli.main import cli;"
        "assert CliRunner().invoke(cli, ['--help']).exit_code == 0;"
        "print(sorted({'flask', 'sqlalchemy', 'granian', 'docx', 'xlsxwriter'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(name: str) -> None:
    result = CliRunner().invoke(cli, [name, "--help"])
    assert result.exit_code == 0, result.exception
    assert result.output.startswith("Usage: ")


def test_unknown_command_is_named() -> None:
    result = CliRunner().invoke(cli, ["brew"])
    assert result.exit_code == 2
    assert "No such command 'brew'." in result.output


def test_wrong_setting_is_one_sentence() -> None:
    environ = {"CONTEST_PORTAL_TIME_ZONE": "Bac/Giang"}
    result = CliRunner().invoke(cli, ["init"], env=environ)
    assert result.exit_code == 1
    assert result.output == "Error: CONTEST_PORTAL_TIME_ZONE: there is no time zone 'Bac/Giang'.\n"


def test_short_secret_is_refused(tmp_path: Path) -> None:
    environ = {"CONTEST_PORTAL_INSTANCE": str(tmp_path), "SECRET_KEY": "guess me"}
    result = CliRunner().invoke(cli, ["serve"], env=environ)
    assert result.exit_code == 1
    assert result.output == "Error: SECRET_KEY is shorter than 32 characters; use a long random text.\n"
