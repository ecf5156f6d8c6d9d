"""The page of the emulation report: sentences, figures that lead to their rows, and the document."""

import io
from datetime import date
from typing import Any

import pytest
from docx import Document
from flask import Flask

from contest_portal.accounts.actor import Role
from tests.factories import make_entry, make_school, make_user, unit_of

ADDRESS = "/reports/emulation?begins=01/01/2024&ends=30/06/2024&as_of=31/05/2024"
TEAM: list[dict[str, Any]] = [{"role": "member"}, {"role": "member"}, {"role": "coach"}]


@pytest.fixture
def organiser(portal: Flask, client: Any) -> None:
    """Sign an organiser in, with two teams registered in May 2024."""
    with portal.app_context():
        school = make_school(unit=unit_of("robocon-2024"))
        for day in (date(2024, 5, 18), date(2024, 5, 27)):
            make_entry(school=school, happened_on=day, people=TEAM)
        user = make_user(Role.ORGANISER)
    client.sign_in(user)


def test_sentences_and_figures_are_those_of_the_day(client: Any, organiser: None) -> None:
    page = client.get_page(ADDRESS)
    assert "Tính đến ngày 31/5/2024 đã có 2 đội đăng ký dự thi với 6 thành viên, người hướng dẫn" in page.text
    assert "đã có 1 đội" in client.get_page(ADDRESS.replace("as_of=31", "as_of=20")).text


def test_every_figure_leads_to_as_many_rows(client: Any, organiser: None) -> None:
    page = client.get_page(ADDRESS)
    links = page.soup.select("table td a")
    assert len(links) == 4
    for link in links:
        rows = client.get_page(link["href"])
        assert len(rows.rows()) == int(link.find(string=True, recursive=False))


def test_the_document_is_what_the_page_shows(client: Any, organiser: None) -> None:
    page = client.get_page(ADDRESS)
    answer = client.get(page.link("Tải báo cáo (.docx)"))
    assert answer.headers["Cache-Control"] == "no-store"
    disposition = answer.headers["Content-Disposition"]
    assert disposition.startswith("attachment")
    assert "bao-cao-thi-dua_01-01-2024_30-06-2024.docx" in disposition
    text = [paragraph.text for paragraph in Document(io.BytesIO(answer.data)).paragraphs]
    (sentence,) = [p for p in text if "Robocon" in p]
    assert sentence in page.text


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("begins=31/02/2024&ends=30/06/2024&as_of=31/05/2024", "Không có ngày này."),
        ("begins=01/07/2024&ends=30/06/2024&as_of=31/05/2024", "Ngày kết thúc phải sau ngày bắt đầu."),
        ("begins=01/01/2024&ends=30/06/2024&as_of=31/12/2099", "còn ở phía trước"),
    ],
)
def test_days_that_cannot_be_are_named(client: Any, organiser: None, query: str, sentence: str) -> None:
    for address in ("/reports/emulation", "/reports/emulation.docx"):
        page = client.get_page(f"{address}?{query}", 422)
        assert any(sentence in error for error in page.errors), page.errors


def test_without_a_period_the_present_half_year_is_shown(client: Any, organiser: None, portal: Flask, at: Any) -> None:
    at(2024, 5, 20)
    with portal.app_context():
        watcher = make_user(Role.AUDITOR)
    client.sign_in(watcher)
    page = client.get_page("/reports/emulation")
    given = {name: page.soup.select_one(f"[name={name}]")["value"] for name in ("begins", "ends", "as_of")}
    assert given == {"begins": "01/01/2024", "ends": "30/06/2024", "as_of": "20/05/2024"}


@pytest.mark.parametrize("role", [Role.SCHOOL, Role.COORDINATOR, Role.JUDGE, Role.ADMINISTRATOR])
def test_others_read_no_report(portal: Flask, client: Any, role: Role) -> None:
    with portal.app_context():
        unit = unit_of("robocon-2024")
        user = make_user(role, school=make_school(unit=unit), unit=unit)
    client.sign_in(user)
    assert client.get("/reports/emulation").status_code == 403
    assert client.get("/reports/emulation.docx").status_code == 403
