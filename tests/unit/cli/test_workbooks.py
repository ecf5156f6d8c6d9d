"""`contest-portal template` and `contest-portal export entries`: the workbooks of the portal from the command line."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import select

from contest_portal.app import create_app
from contest_portal.cli.main import cli
from contest_portal.config import Settings
from contest_portal.core import clock
from contest_portal.core.audit import AuditRecord
from contest_portal.core.database import db
from contest_portal.core.errors import Unusable
from contest_portal.core.spreadsheets import read_workbook
from contest_portal.registration.tables import read_tables
from tests.factories.people import make_school, unit_of
from tests.factories.registration import make_entry, open_edition

ROBOCON = "robocon-2024"
COMMANDS = {"template": ["template"], "entries": ["export", "entries"]}


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a portal with a team in each of two units."""
    folder = tmp_path_factory.mktemp("instance")
    assert _run(folder, "init").exit_code == 0
    moment = clock.at_local(date(2024, 5, 10), 9)
    clock.set_clock(lambda: moment)
    with _portal(folder).app_context():
        edition = open_edition(ROBOCON)
        for unit, title in (("Huyện Lạng Giang", "Rồng Xanh"), ("Huyện Yên Thế", "Tia Chớp")):
            make_entry(
                edition, school=make_school(unit=unit_of(edition, unit)), title=title, people=[{"role": "member"}]
            )
    clock.set_clock(None)
    return folder


def _portal(folder: Path) -> Flask:
    url = f"sqlite:///{(folder / 'portal.sqlite3').as_posix()}"
    return create_app(Settings(instance=folder, database_url=url, secret_key="x" * 40, testing=True))


def _run(instance: Path, *arguments: str) -> Result:
    return CliRunner().invoke(cli, arguments, env={"CONTEST_PORTAL_INSTANCE": str(instance)})


def _titles(out: Path) -> list[str]:
    return [row.title for table in read_tables(read_workbook(out)) for row in table.rows]


def test_the_template_is_a_list_without_rows(instance: Path, tmp_path: Path) -> None:
    out = tmp_path / "mẫu.xlsx"
    result = _run(instance, "template", "--edition", ROBOCON, "--out", str(out))
    assert (result.exit_code, result.stdout) == (0, f"Written: {out}\n"), result.output
    assert [sheet.name for sheet in read_workbook(out).sheets] == ["Danh sách", "Hướng dẫn", "Danh mục"]
    with pytest.raises(Unusable, match="không có dòng nào"):
        _titles(out)


def test_all_entries_are_written_and_the_log_says_who_took_them(instance: Path, tmp_path: Path) -> None:
    out = tmp_path / "hồ sơ.xlsx"
    assert _run(instance, "export", "entries", "--edition", ROBOCON, "--out", str(out)).exit_code == 0
    assert _titles(out) == ["Rồng Xanh", "Tia Chớp"]
    with _portal(instance).app_context():
        logged = db.session.scalars(select(AuditRecord).where(AuditRecord.action == "entries.exported")).all()
        assert logged[-1].after == {"entries": 2}


@pytest.mark.parametrize("unit", ["Huyện Yên Thế", "huyen yen the", "Yên Thế"])
def test_the_entries_of_one_unit_are_written(instance: Path, tmp_path: Path, unit: str) -> None:
    out = tmp_path / "x.xlsx"
    result = _run(instance, "export", "entries", "--edition", ROBOCON, "--unit", unit, "--out", str(out))
    assert (result.exit_code, _titles(out)) == (0, ["Tia Chớp"]), result.output


def test_what_was_written_is_read_again_without_a_change(instance: Path, tmp_path: Path) -> None:
    out = tmp_path / "x.xlsx"
    assert _run(instance, "export", "entries", "--edition", ROBOCON, "--out", str(out)).exit_code == 0
    result = _run(instance, "import", str(out), "--edition", ROBOCON, "--json")
    assert result.exit_code == 0, result.output
    assert '"unchanged": 2' in result.output


@pytest.mark.parametrize("name", COMMANDS)
def test_an_unknown_edition_ends_with_one_sentence_and_no_file(instance: Path, tmp_path: Path, name: str) -> None:
    out = tmp_path / "never.xlsx"
    result = _run(instance, *COMMANDS[name], "--edition", "robocon-1999", "--out", str(out))
    assert (result.exit_code, result.stdout, out.exists()) == (2, "", False)
    assert len(result.stderr.strip().splitlines()) == 1
    assert "robocon-1999" in result.stderr and ROBOCON in result.stderr


def test_an_unknown_unit_names_those_there_are(instance: Path, tmp_path: Path) -> None:
    out = tmp_path / "never.xlsx"
    result = _run(instance, "export", "entries", "--edition", ROBOCON, "--unit", "Huyện Xa", "--out", str(out))
    assert (result.exit_code, out.exists()) == (2, False)
    assert "Huyện Xa" in result.stderr and "Huyện Yên Thế" in result.stderr


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("place", [lambda folder: folder / "nowhere" / "x.xlsx", lambda folder: folder])
def test_where_nothing_can_be_written_it_says_so(
    instance: Path, tmp_path: Path, name: str, place: Callable[[Path], Path]
) -> None:
    result = _run(instance, *COMMANDS[name], "--edition", ROBOCON, "--out", str(place(tmp_path)))
    assert result.exit_code in (1, 2)
    assert str(tmp_path) in result.stderr
    assert "Traceback" not in result.output


@pytest.mark.parametrize("name", COMMANDS)
def test_a_database_without_tables_is_named_in_one_sentence(tmp_path: Path, name: str) -> None:
    out = tmp_path / "never.xlsx"
    result = _run(tmp_path, *COMMANDS[name], "--edition", ROBOCON, "--out", str(out))
    assert (result.exit_code, result.stdout, out.exists()) == (1, "", False)
    assert result.stderr.strip() == "Error: The database is not prepared; run `contest-portal init` first."
