"""The pages of figures: who sees them, what they show, where each figure leads, what can be taken away."""

import io
from datetime import date
from typing import Any

import pytest
from flask import Flask
from openpyxl import load_workbook

from contest_portal.accounts.actor import SYSTEM, Role
from contest_portal.contests.queries import get_edition
from contest_portal.core.database import db
from contest_portal.registration.services import move_entry
from contest_portal.registration.status import Status
from contest_portal.screening.services import complete_unit
from tests.client import CheckingClient
from tests.counting import counted_statements
from tests.factories.people import make_school, make_user, unit_of
from tests.factories.registration import make_entry, open_edition
from tests.factories.screening import YOUTH, unit_entry

ROBOCON = "robocon-2024"
TEAM = [{"role": "member"}, {"role": "coach"}]


def browser_of(portal: Flask, role: Role, edition: str | None = None) -> CheckingClient:
    """Return the browser of somebody with this post."""
    with portal.app_context():
        place = get_edition(edition) if edition else None
        user_id = make_user(role, edition=place, unit=unit_of(YOUTH), school=make_school()).id
    browser: Any = portal.test_client()
    browser.sign_in(user_id)
    return browser


@pytest.fixture
def season(portal: Flask, at: Any) -> None:
    """Let two teams and three works come in May 2024."""
    at(2024, 5, 20)
    with portal.app_context():
        robocon, youth = open_edition(ROBOCON), open_edition(YOUTH)
        school = make_school("Trường THCS Bố Hạ", unit=unit_of(robocon, "Huyện Yên Thế"))
        first: dict[str, Any] = {"division": robocon.divisions[1], "school": school, "people": TEAM}
        make_entry(robocon, title="=1+1", happened_on=date(2024, 5, 10), **first)
        withdrawn = make_entry(robocon, title="Sao Mai", happened_on=date(2024, 5, 12), **first)
        move_entry(SYSTEM, withdrawn, Status.WITHDRAWN, happened_on=date(2024, 5, 18), reason="Rút")
        for number in range(3):
            status = Status.FORWARDED if number else Status.RECEIVED
            unit_entry(status=status, day=date(2024, 5, 15), title=f"Mô hình {number}")
        complete_unit(SYSTEM, youth, unit_of(youth, "Huyện Yên Thế"), date(2024, 5, 16))
        db.session.remove()


@pytest.fixture
def organiser(portal: Flask, season: None) -> CheckingClient:
    """Return the browser of somebody who organises every contest."""
    return browser_of(portal, Role.ORGANISER)


def _stats(page: Any) -> dict[str, str]:
    figures = page.soup.select(".stat")
    return {f.select_one(".stat-label").get_text(): f.select_one(".stat-figure").get_text() for f in figures}


def test_figures_as_of_a_day_and_as_of_today(organiser: CheckingClient) -> None:
    page = organiser.get_page(f"/reports?edition={ROBOCON}&as_of=15/05/2024")
    assert _stats(page) == {
        "Số đội": "2",
        "Số người tham gia": "4",
        "Thành viên, tác giả": "2",
        "Người hướng dẫn": "2",
    }
    assert _stats(organiser.get_page(f"/reports?edition={ROBOCON}"))["Số đội"] == "1"
    assert "Tính đến ngày 20/05/2024" in organiser.get_page(f"/reports?edition={ROBOCON}").text


def test_figures_of_a_contest_with_a_unit_round(organiser: CheckingClient) -> None:
    page = organiser.get_page(f"/reports?edition={YOUTH}")
    assert _stats(page)["Đã chuyển lên cấp tỉnh"] == "2"
    assert _stats(page)["Đơn vị đã hoàn thành"] == "1"
    assert "trên tổng số 10" in page.text
    assert next(row for row in page.rows(-1) if row[0] == "Huyện Yên Thế")[-1] == "16/05/2024"


@pytest.mark.parametrize("code", [ROBOCON, YOUTH])
def test_every_link_of_a_figure_leads_to_as_many_rows(organiser: CheckingClient, code: str) -> None:
    page = organiser.get_page(f"/reports?edition={code}&as_of=17/05/2024")
    links = [(a.get_text(), str(a["href"])) for a in page.soup.select("main a[href*='/rows']")]
    assert len(links) > 10
    found = 0
    for text, href in links:
        listed = organiser.get_page(href)
        number = int(listed.soup.select(".lead")[0].get_text().split()[0])
        assert len(listed.rows() if number else []) == number, href
        if text[:1].isdigit():
            assert int(text.split()[0]) == number, href
        found += number > 0
    assert found >= 8


def test_rows_lead_on_to_the_entry(organiser: CheckingClient) -> None:
    page = organiser.get_page(f"/reports/{ROBOCON}/rows?tally=teams&as_of=15/05/2024")
    assert [row[0] for row in page.rows()] == ["=1+1", "Sao Mai"]
    assert "2 hồ sơ, tính đến ngày 15/05/2024." in page.text
    assert organiser.follow(page, "Sao Mai").status == 200
    people = organiser.get_page(f"/reports/{ROBOCON}/rows?tally=coaches&as_of=15/05/2024")
    assert [row[1] for row in people.rows()] == ["Người hướng dẫn"] * 2


@pytest.mark.parametrize("day", ["31/02/2024", "hôm nay", "21/05/2024", "0000-00-00", "99999999999"])
def test_a_day_that_is_none_or_still_ahead_gets_a_sentence(organiser: CheckingClient, day: str) -> None:
    page = organiser.get_page(f"/reports?edition={ROBOCON}&as_of={day}", status=422)
    assert "ngày" in " ".join(page.errors).lower()
    assert organiser.get_page(f"/reports/{ROBOCON}/rows?as_of={day}", status=422).h1
    assert organiser.get(f"/reports/{ROBOCON}/summary.xlsx?as_of={day}").status_code == 422


@pytest.mark.parametrize(
    "address",
    [
        "/reports?edition=robocon-1999",
        "/reports/robocon-1999/rows",
        "/reports/robocon-1999/summary.xlsx",
        f"/reports/{ROBOCON}/rows?tally=winners",
        f"/reports/{ROBOCON}/rows?tally=by_status&group=eaten",
        f"/reports/{ROBOCON}/rows?tally=by_unit&group=999",
        f"/reports/{ROBOCON}/rows?tally=by_field&group=A",
    ],
)
def test_what_there_is_not_is_not_found(organiser: CheckingClient, address: str) -> None:
    assert organiser.get_page(address, status=404).h1


@pytest.mark.parametrize("cursor", ["x", "W10", "WzAsIngiXQ", "a" * 2000])
def test_a_cursor_somebody_typed_shows_the_first_page(organiser: CheckingClient, cursor: str) -> None:
    page = organiser.get_page(f"/reports/{ROBOCON}/rows?tally=teams&as_of=15/05/2024&cursor={cursor}")
    assert len(page.rows()) == 2


def test_the_workbook_comes_as_a_file_that_nobody_keeps(organiser: CheckingClient) -> None:
    response = organiser.get(f"/reports/{ROBOCON}/summary.xlsx?as_of=15/05/2024")
    assert response.status_code == 200
    assert response.headers["Content-Disposition"] == "attachment; filename=tong-hop_robocon-2024_2024-05-15.xlsx"
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.mimetype == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    sheet = load_workbook(io.BytesIO(response.data))["Danh sách đội"]
    titles = [row[2].value for row in sheet.iter_rows() if row[2].value in ("=1+1", "Sao Mai")]
    assert titles == ["=1+1", "Sao Mai"]


def test_the_page_leads_to_the_workbook_of_the_same_day(organiser: CheckingClient) -> None:
    page = organiser.get_page(f"/reports?edition={ROBOCON}&as_of=15/05/2024")
    href = page.link("Tải bảng tổng hợp (.xlsx)")
    assert href == f"/reports/{ROBOCON}/summary.xlsx?as_of=15/05/2024"


@pytest.mark.parametrize("role", [Role.SCHOOL, Role.COORDINATOR, Role.JUDGE, Role.ADMINISTRATOR])
def test_others_are_refused(portal: Flask, season: None, role: Role) -> None:
    browser = browser_of(portal, role)
    for address in ("/reports", f"/reports/{ROBOCON}/rows", f"/reports/{ROBOCON}/summary.xlsx"):
        assert browser.get(address).status_code == 403, address


@pytest.mark.parametrize("role", [Role.ORGANISER, Role.AUDITOR])
def test_who_organises_one_contest_sees_no_other(portal: Flask, season: None, role: Role) -> None:
    browser = browser_of(portal, role, YOUTH)
    own = browser.get_page("/reports")
    assert "Mô hình" not in own.text
    assert [option["value"] for option in own.soup.select("select[name=edition] option")] == [YOUTH]
    assert browser.get_page(f"/reports/{YOUTH}/rows").status == 200
    for address in (f"/reports?edition={ROBOCON}", f"/reports/{ROBOCON}/rows", f"/reports/{ROBOCON}/summary.xlsx"):
        assert browser.get(address).status_code == 404, address


def test_the_workbook_names_nothing_of_another_contest(portal: Flask, season: None) -> None:
    response = browser_of(portal, Role.ORGANISER, YOUTH).get(f"/reports/{YOUTH}/summary.xlsx?as_of=15/05/2024")
    book = load_workbook(io.BytesIO(response.data))
    words = {str(value) for sheet in book for row in sheet.iter_rows(values_only=True) for value in row}
    assert {"Mô hình 0", "Mô hình 1", "Mô hình 2"} <= words
    assert words.isdisjoint({"Sao Mai", "=1+1", "Trường THCS Bố Hạ"})


def test_pages_ask_as_much_of_the_database_for_many_entries_as_for_one(
    portal: Flask, organiser: CheckingClient
) -> None:
    address = f"/reports?edition={ROBOCON}"
    sent: dict[str, list[int]] = {}
    for more in (0, 60):
        with portal.app_context():
            for _ in range(more):
                make_entry(ROBOCON, people=TEAM)
            db.session.remove()
        for place in (address, f"/reports/{ROBOCON}/rows?tally=people"):
            organiser.get(place)
            with counted_statements() as statements:
                assert organiser.get(place).status_code == 200
            sent.setdefault(place, []).append(len(statements))
    assert all(few == many for few, many in sent.values()), sent
    page = organiser.get_page(f"/reports/{ROBOCON}/rows?tally=people")
    assert len(page.rows()) == 50
    assert len(organiser.follow(page, "Trang sau").rows()) == 50
