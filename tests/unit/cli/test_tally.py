"""`contest-portal tally` and `contest-portal export summary`: figures and workbook from the command line."""

import json
import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from openpyxl import load_workbook
from sqlalchemy.exc import OperationalError

from contest_portal.app import create_app
from contest_portal.cli.main import cli
from contest_portal.config import Settings
from contest_portal.core import clock
from tests.factories.registration import make_entry, open_edition

ROBOCON = "robocon-2024"
KEYS = [
    "edition", "as_of", "entries", "by_status", "by_unit", "by_division", "teams", "members", "coaches", "people",
    "forwarded", "units_completed", "units_total", "units",
]  # fmt: skip


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a portal with a team of the 18th of May 2024, and one of the 21st."""
    folder = tmp_path_factory.mktemp("instance")
    result = _run(folder, "init")
    assert result.exit_code == 0, result.output
    url = f"sqlite:///{(folder / 'portal.sqlite3').as_posix()}"
    moment = clock.at_local(date(2024, 5, 25), 9)
    clock.set_clock(lambda: moment)
    with create_app(Settings(instance=folder, database_url=url, secret_key="x" * 40, testing=True)).app_context():
        edition = open_edition(ROBOCON)
        for day in (18, 21):
            people = [{"role": "member"}, {"role": "coach"}]
            make_entry(edition, happened_on=date(2024, 5, day), people=people, division=edition.divisions[0])
    clock.set_clock(None)
    return folder


def _run(instance: Path, *arguments: str) -> Result:
    return CliRunner().invoke(cli, arguments, env={"CONTEST_PORTAL_INSTANCE": str(instance)})


@pytest.mark.parametrize("day", ["2024-05-20", "20/05/2024"])
def test_json_has_the_figures_of_that_day(instance: Path, day: str) -> None:
    result = _run(instance, "tally", "--edition", ROBOCON, "--as-of", day, "--json")
    assert result.exit_code == 0, result.output
    found = json.loads(result.output)
    assert list(found) == KEYS
    assert (found["edition"], found["as_of"]) == (ROBOCON, "2024-05-20")
    assert (found["entries"], found["teams"], found["members"], found["coaches"], found["people"]) == (1, 1, 1, 1, 2)
    assert found["by_status"]["submitted"] == 1
    assert sum(found["by_division"].values()) == sum(found["by_unit"].values()) == 1
    assert "Huyện Lạng Giang" in result.output


def test_json_counts_to_today_without_a_day(instance: Path) -> None:
    found = json.loads(_run(instance, "tally", "--edition", ROBOCON, "--json").output)
    assert (found["as_of"], found["entries"], found["people"]) == (clock.today().isoformat(), 2, 4)


def test_the_table_is_for_people(instance: Path) -> None:
    result = _run(instance, "tally", "--edition", ROBOCON, "--as-of", "2024-05-21")
    lines = [" ".join(line.split()) for line in result.output.splitlines()]
    assert lines[1] == "Tính đến ngày 21/05/2024"
    for line in ("Số đội 2", "Số người tham gia 4", "Tổng số đơn vị 10", "Đã nộp 2", "Huyện Lạng Giang 0"):
        assert line in lines


@pytest.mark.parametrize("command", [["tally"], ["export", "summary", "--out", "never.xlsx"]])
def test_an_unknown_edition_ends_with_one_sentence(instance: Path, command: list[str]) -> None:
    result = _run(instance, *command, "--edition", "robocon-1999")
    assert result.exit_code == 2
    assert result.stdout == ""
    assert len(result.stderr.strip().splitlines()) == 1
    assert "robocon-1999" in result.stderr
    assert ROBOCON in result.stderr
    assert not Path("never.xlsx").exists()


def test_no_day_is_refused(instance: Path) -> None:
    result = _run(instance, "tally", "--edition", ROBOCON, "--as-of", "31/2/2024")
    assert result.exit_code == 2
    assert "31/2/2024" in result.stderr


def test_the_summary_is_written(instance: Path, tmp_path: Path) -> None:
    out = tmp_path / "tổng hợp.xlsx"
    result = _run(instance, "export", "summary", "--edition", ROBOCON, "--as-of", "2024-05-20", "--out", str(out))
    assert result.exit_code == 0, result.output
    book = load_workbook(out)
    assert book["Tổng quan"]["A4"].value == "Số liệu tính đến ngày 20/05/2024"
    assert book["Danh sách đội"].max_row == 8


def test_where_nothing_can_be_written_it_says_so(instance: Path, tmp_path: Path) -> None:
    out = tmp_path / "nowhere" / "x.xlsx"
    result = _run(instance, "export", "summary", "--edition", ROBOCON, "--out", str(out))
    assert result.exit_code == 1
    assert "Cannot write" in result.stderr
    assert "Traceback" not in result.output


COMMANDS = {
    "tally": ["tally", "--edition", ROBOCON],
    "summary": ["export", "summary", "--edition", ROBOCON, "--out"],
    "report": ["report", "emulation", "--from", "2024-01-01", "--to", "2024-06-30", "--as-of", "2024-05-31", "--out"],
}


@pytest.mark.parametrize("name", COMMANDS)
def test_a_database_without_tables_is_named_in_one_sentence(tmp_path: Path, name: str) -> None:
    out = tmp_path / "never"
    result = _run(tmp_path, *COMMANDS[name], *([] if name == "tally" else [str(out)]))
    assert result.exit_code == 1
    assert result.stderr.strip() == "Error: The database is not prepared; run `contest-portal init` first.", (
        result.stderr
    )
    assert result.stdout == ""
    assert not out.exists()


def test_another_trouble_of_the_database_is_not_called_so(instance: Path, tmp_path: Path) -> None:
    source, copy = (sqlite3.connect(folder / "portal.sqlite3") for folder in (instance, tmp_path))
    with closing(source), closing(copy):
        source.backup(copy)
        copy.execute("DROP TABLE unit_events")
    result = _run(tmp_path, "tally", "--edition", ROBOCON)
    assert isinstance(result.exception, OperationalError)
    assert "unit_events" in str(result.exception)
    assert "not prepared" not in result.output


def test_a_report_that_fails_leaves_yesterdays(instance: Path, tmp_path: Path) -> None:
    out = tmp_path / "x.docx"
    out.write_bytes(b"yesterday")
    command = [*COMMANDS["report"], str(out)]
    refused = _run(instance, *(word.replace("2024-06-30", "2023-06-30") for word in command))
    assert refused.exit_code == 1
    assert "Traceback" not in refused.output
    assert out.read_bytes() == b"yesterday"
    assert _run(instance, *command).exit_code == 0
    assert out.read_bytes()[:2] == b"PK"
