"""One definition of each figure: page, rows, home, workbook, command line and report all say the same number."""

import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from docx import Document
from flask import Flask
from openpyxl import load_workbook

from contest_portal.accounts.actor import SYSTEM, Role
from contest_portal.cli.main import cli
from contest_portal.contests.queries import get_edition
from contest_portal.core.database import transaction
from contest_portal.registration.services import move_entry
from contest_portal.registration.status import Status
from contest_portal.reporting.tallies import TALLIES
from contest_portal.screening.services import complete_unit
from tests.factories import make_entry, make_school, make_user, unit_of
from tests.factories.screening import unit_entry

ROBOCON, YOUTH, TECHNICAL = "robocon-2024", "youth-2024", "technical-2024"
EARLY, LATE = date(2024, 5, 20), date(2024, 5, 31)
NAMES = ("entries", "teams", "members", "coaches", "people", "forwarded", "units_completed", "units_total")
# In the order of NAMES.
EXPECTED = {
    (ROBOCON, EARLY): (3, 3, 6, 3, 9, 0, 0, 10),
    (ROBOCON, LATE): (4, 4, 7, 4, 11, 0, 0, 10),
    (YOUTH, EARLY): (1, 0, 1, 0, 1, 0, 0, 10),
    (YOUTH, LATE): (3, 0, 3, 0, 3, 2, 1, 10),
    (TECHNICAL, EARLY): (1, 0, 2, 0, 2, 0, 0, 10),
    (TECHNICAL, LATE): (1, 0, 2, 0, 2, 0, 0, 10),
}
TEAM: list[dict[str, Any]] = [{"role": "member"}, {"role": "member"}, {"role": "coach"}]


def _figures(code: str, day: date) -> dict[str, int]:
    return dict(zip(NAMES, EXPECTED[code, day], strict=True))


@pytest.fixture
def season(both: Flask, at: Any, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """Let a season pass: in time and late, one withdrawn, one person gone, all of it typed in afterwards."""
    at(2024, 6, 5)
    with both.app_context():
        school = make_school(unit=unit_of(ROBOCON))
        made = [
            make_entry(ROBOCON, school=school, happened_on=date(2024, 5, day), people=TEAM)
            for day in (18, 19, 20, 25, 27)
        ]
        make_entry(ROBOCON, school=school, status=Status.DRAFT, happened_on=date(2024, 5, 18), people=TEAM)
        with transaction():
            move_entry(SYSTEM, made[1], Status.WITHDRAWN, happened_on=date(2024, 5, 28), reason="Rút")
            made[0].participants[0].left_on = date(2024, 5, 25)
        unit_entry(status=Status.RECEIVED, day=date(2024, 5, 15))
        for _ in range(2):
            unit_entry(status=Status.FORWARDED, day=date(2024, 5, 29))
        complete_unit(SYSTEM, get_edition(YOUTH), unit_of(YOUTH, "Huyện Yên Thế"), date(2024, 5, 30))
        make_entry(TECHNICAL, happened_on=date(2024, 4, 2), people=[{"role": "author"}, {"role": "author"}])
    monkeypatch.setattr("contest_portal.cli.tally.create_app", lambda: both)
    return both


@pytest.fixture
def organiser(season: Flask) -> Any:
    """Return the browser of somebody who organises every contest."""
    with season.app_context():
        user_id = make_user(Role.ORGANISER).id
    browser: Any = season.test_client()
    browser.sign_in(user_id)
    return browser


def _run(*arguments: str) -> Any:
    done = CliRunner().invoke(cli, arguments)
    assert done.exit_code == 0, done.output
    return json.loads(done.output)


@pytest.mark.parametrize(("code", "day"), EXPECTED)
def test_the_command_line(season: Flask, code: str, day: date) -> None:
    found = _run("tally", "--edition", code, "--as-of", day.isoformat(), "--json")
    assert {name: found[name] for name in NAMES} == _figures(code, day)
    assert sum(found["by_unit"].values()) == found["entries"]
    assert sum(unit["forwarded"] for unit in found["units"]) == found["forwarded"]


def test_the_pages_and_the_rows_behind_them(organiser: Any) -> None:
    for code, day in EXPECTED:
        expected = _figures(code, day)
        page = organiser.get_page(f"/reports?edition={code}&as_of={day.isoformat()}")
        labels = {str(TALLIES[name].label): value for name, value in expected.items()}
        shown = {
            stat.select_one(".stat-label").get_text(): int(stat.select_one(".stat-figure").get_text())
            for stat in page.soup.select(".stat")
        }
        assert len(shown) >= 4
        assert shown == {label: labels[label] for label in shown}
        for name, value in expected.items():
            listed = organiser.get_page(f"/reports/{code}/rows?tally={name}&as_of={day.isoformat()}")
            assert int(listed.soup.select(".lead")[0].get_text().split()[0]) == value, (code, day, name)
            assert len(listed.rows() if value else []) == value, (code, day, name)


@pytest.mark.parametrize("day", [EARLY, LATE])
def test_the_home(season: Flask, organiser: Any, day: date) -> None:
    page = organiser.get_page(f"/?as_of={day.isoformat()}")
    with season.app_context():
        titles = {get_edition(code).title: code for code in (ROBOCON, YOUTH, TECHNICAL)}
    shown = {
        titles[section.h2.get_text(strip=True)]: [s.get_text() for s in section.select(".stat-figure")]
        for section in page.soup.select("section")
        if section.h2 and section.h2.get_text(strip=True) in titles
    }
    expected = {}
    for code in titles.values():
        figures = _figures(code, day)
        expected[code] = [str(figures["entries"]), str(figures["people"])]
        if code == YOUTH:
            expected[code] += [f"{figures['units_completed']}/{figures['units_total']}", str(figures["forwarded"])]
    assert shown == expected


def test_the_workbook_taken_from_the_page(organiser: Any) -> None:
    for code, day in EXPECTED:
        answer = organiser.get(f"/reports/{code}/summary.xlsx?as_of={day.isoformat()}")
        book = load_workbook(io.BytesIO(answer.data), data_only=True)
        overview = {str(row[0]): row[1] for row in book["Tổng quan"].iter_rows(values_only=True)}
        labels = {str(TALLIES[name].label): value for name, value in _figures(code, day).items()}
        shown = {label: value for label, value in overview.items() if label in labels}
        assert len(shown) >= 5
        assert shown == {label: labels[label] for label in shown}


@pytest.mark.parametrize("day", [EARLY, LATE])
def test_the_report_and_its_annex(season: Flask, tmp_path: Path, day: date) -> None:
    out = tmp_path / "báo cáo.docx"
    period = ("--from", "2024-01-01", "--to", "2024-06-30", "--as-of", day.isoformat())
    found = _run("report", "emulation", *period, "--out", str(out), "--json")["figures"]
    assert {figure["edition"] for figure in found} == {ROBOCON, YOUTH, TECHNICAL}
    for figure in found:
        assert figure["as_of"] == day.isoformat()
        assert figure["value"] == _figures(figure["edition"], day)[figure["name"]], figure
    rows = Document(str(out)).tables[-1].rows[1:]
    written = [(row.cells[1].text, row.cells[2].text, int(row.cells[3].text)) for row in rows]
    assert written == [(figure["title"], figure["label"], figure["value"]) for figure in found]
