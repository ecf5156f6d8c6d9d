"""The pages of declarations, of the map and of the reminders, as people use them."""

import io
from typing import Any

import pytest
from flask import Flask
from openpyxl import load_workbook

from contest_portal.accounts.actor import SYSTEM, Role
from contest_portal.contests.queries import get_edition
from contest_portal.core.database import transaction
from contest_portal.registration.status import Status
from contest_portal.screening.services import complete_unit
from tests.client import CheckingClient
from tests.counting import counted_statements
from tests.factories.people import unit_of
from tests.web.screening.test_flow import browser_of, made

YOUTH = "youth-2024"
HERE = f"/screening/{YOUTH}"
UNIT = f"{HERE}/217"


@pytest.fixture
def coordinator(portal: Flask) -> CheckingClient:
    """Return the browser of Lạng Giang's coordinator."""
    return browser_of(portal, Role.COORDINATOR, unit="Huyện Lạng Giang", edition=YOUTH)


@pytest.fixture
def organiser(portal: Flask) -> CheckingClient:
    """Return the browser of an organiser of the youth contest."""
    return browser_of(portal, Role.ORGANISER, edition=YOUTH)


def overdue(portal: Flask) -> None:
    """Let the units be past their last day."""
    with portal.app_context(), transaction():
        edition = get_edition(YOUTH)
        edition.rules = {**edition.rules, "screening_until": "2024-05-31"}


def test_reception_is_declared_after_what_is_open_and_taken_back(portal: Flask, coordinator: CheckingClient) -> None:
    (waiting,) = made(portal, Status.SUBMITTED)
    page = coordinator.follow(coordinator.get_page(UNIT), "Việc còn lại, khai nhận xong và hoàn thành")
    assert page.rows(0)[0] == ["Hồ sơ nộp qua cổng chưa ghi nhận", "1", waiting]
    page = coordinator.follow(page, "Khai nhận xong hồ sơ")
    assert "Xác nhận đã nhận xong" not in page.text
    coordinator.submit(coordinator.get_page(f"/screening/entries/{waiting}/receive"))
    page = coordinator.submit(coordinator.get_page(f"{UNIT}/received-all"))
    assert page.flashes == ["Huyện Lạng Giang đã khai nhận xong hồ sơ."]
    assert "Đã khai nhận xong hồ sơ" in page.text
    assert "Hồ sơ đã nhận đến ngày đó 1" in page.text
    page = coordinator.follow(coordinator.get_page(f"{UNIT}/open"), "Nhận hồ sơ trở lại")
    assert coordinator.submit(page, status=422).errors == ["Hãy điền mục này."]
    page = coordinator.submit(page, reason="Theo dấu bưu điện")
    assert page.flashes == ["Huyện Lạng Giang lại nhận hồ sơ."]
    assert "nhận hồ sơ trở lại: Theo dấu bưu điện" in page.text


def test_paper_is_refused_after_reception_with_what_was_typed(coordinator: CheckingClient) -> None:
    form = coordinator.get_page(f"{UNIT}/paper")
    coordinator.submit(coordinator.get_page(f"{UNIT}/received-all"))
    assert "Nhập hồ sơ giấy" not in coordinator.get_page(UNIT).text
    filled: dict[str, Any] = {"title": "Máy sấy", "new_school": "Trường THCS Mới", "people-0-full_name": "Lê Văn An"}
    token = form.soup.select_one("[name=csrf_token]")["value"]
    options = form.soup.select("select[name=field] option, input[name=field]")
    field = next((o["value"] for o in options if o.get("value")), "")
    answer = coordinator.post(
        f"{UNIT}/paper", data=filled | {"csrf_token": token, "received_on": "20/05/2024", "field": field}
    )
    assert answer.status_code in (409, 422)
    assert "Máy sấy" in answer.get_data(as_text=True)


def test_completing_shows_what_deserves_a_look_and_gives_a_receipt(portal: Flask, coordinator: CheckingClient) -> None:
    (sent,) = made(portal, Status.FORWARDED)
    page = coordinator.get_page(f"{UNIT}/complete")
    assert ["Hồ sơ đã chuyển nhưng tỉnh chưa xác nhận đã đến", "1", sent] in page.rows(0)
    assert ["Chưa ban hành biên bản chấm", "1", "–"] in page.rows(0)
    assert page.link("Chưa ban hành biên bản chấm") == f"{UNIT}/papers"
    done = coordinator.submit(page)
    assert done.h1.endswith("Giấy báo đã khai")
    assert "Đã khai hoàn thành sơ khảo" in done.text
    assert coordinator.submit(coordinator.get_page(f"{UNIT}/complete"), status=409).errors


@pytest.mark.parametrize("typed", ["31/02/2024", "mai", "01/01/2999", ""])
def test_a_declaration_needs_a_day_that_has_been(coordinator: CheckingClient, typed: str) -> None:
    page = coordinator.submit(coordinator.get_page(f"{UNIT}/received-all"), happened_on=typed, status=422)
    assert len(page.errors) == 1
    assert "chưa khai nhận xong" in coordinator.get_page(f"{UNIT}/declared").text


def test_the_map_says_how_many_are_done_as_of_a_day(portal: Flask, organiser: CheckingClient) -> None:
    made(portal, Status.FORWARDED)
    with portal.app_context():
        complete_unit(SYSTEM, get_edition(YOUTH), unit_of(YOUTH))
    page = organiser.follow(organiser.get_page(f"/screening/?edition={YOUTH}"), "Tiến độ các đơn vị đến một ngày")
    assert "1/10 huyện, thị, thành phố đã hoàn thành." in page.text
    rows = {row[0]: row[1:] for row in page.rows(1)}
    assert len(rows) == 10
    assert rows["Huyện Lạng Giang"][0] == "Đã hoàn thành"
    assert rows["Huyện Lạng Giang"][5:] == ["1", "1", "1"]
    before = organiser.get_page(f"{HERE}/map?as_of=01/05/2024")
    assert "Đến ngày 01/05/2024: 0/10 huyện, thị, thành phố đã hoàn thành." in before.text
    book = load_workbook(io.BytesIO(organiser.get(page.link("Tải về Excel")).data))
    cells = [[cell.value for cell in row] for row in book.active.iter_rows()]  # type: ignore[union-attr]
    assert [row[2] for row in cells if row[1] == "Huyện Lạng Giang"] == ["Đã hoàn thành"]
    assert "1/10 huyện, thị, thành phố đã hoàn thành" in {row[0] for row in cells}


@pytest.mark.parametrize(
    ("typed", "words"),
    [("hôm nay", "không phải là một ngày"), ("31/02/2024", "không phải là một ngày"), ("31/12/2099", "phía trước")],
)
def test_the_map_of_no_day_says_what_is_wrong(organiser: CheckingClient, typed: str, words: str) -> None:
    page = organiser.get_page(f"{HERE}/map?as_of={typed}", status=422)
    assert words in page.text
    assert page.soup.select_one("#as-of")["value"] == typed  # type: ignore[index]
    assert organiser.get(f"{HERE}/map.xlsx?as_of={typed}").status_code == 422


def test_a_coordinator_sees_the_own_unit_alone_on_the_map(portal: Flask, coordinator: CheckingClient) -> None:
    page = coordinator.get_page(f"{HERE}/map")
    assert [row[0] for row in page.rows(1)] == ["Huyện Lạng Giang"]
    assert "Huyện Yên Thế" not in page.text
    book = load_workbook(io.BytesIO(coordinator.get(f"{HERE}/map.xlsx").data))
    names = {str(cell.value) for row in book.active.iter_rows() for cell in row}  # type: ignore[union-attr]
    assert "Huyện Lạng Giang" in names
    assert "Huyện Yên Thế" not in names


@pytest.mark.parametrize("page", ["open", "received-all", "receive-again", "declared", "complete"])
def test_another_units_pages_are_as_if_they_did_not_exist(coordinator: CheckingClient, page: str) -> None:
    coordinator.get_page(f"{HERE}/215/{page}", status=404)
    coordinator.get_page(f"{HERE}/999/{page}", status=404)


def test_coordinators_and_auditors_do_not_remind(portal: Flask, coordinator: CheckingClient) -> None:
    auditor = browser_of(portal, Role.AUDITOR)
    for browser in (coordinator, auditor):
        for page in ("behind", "behind/remind", "behind/reminded"):
            browser.get_page(f"{HERE}/{page}", status=403)
    robot = browser_of(portal, Role.ORGANISER, edition="robocon-2024")
    robot.get_page(f"{HERE}/behind", status=404)
    robot.get_page(f"{HERE}/map", status=404)


def test_an_organiser_reminds_all_that_are_behind_with_one_press(portal: Flask, organiser: CheckingClient) -> None:
    overdue(portal)
    reader = browser_of(portal, Role.COORDINATOR, unit="Huyện Lạng Giang", edition=YOUTH)
    made(portal, Status.SUBMITTED)
    home = organiser.get_page("/")
    page = organiser.follow(home, "đôn đốc các đơn vị chưa hoàn thành sơ khảo")
    rows = {row[0]: row[1:] for row in page.rows(0)}
    assert len(rows) == 10
    assert "quá hạn hoàn thành 31/05/2024" in rows["Huyện Lạng Giang"][0]
    assert rows["Huyện Lạng Giang"][1:3] == ["chưa nhắc", "1 người"]
    assert "Chưa có ai để nhắc" in rows["Huyện Yên Thế"][2]
    ask = organiser.follow(page, "Nhắc tất cả đơn vị chậm (10)")
    assert "Huyện Lạng Giang chưa hoàn thành sơ khảo, hạn 31/05/2024" in ask.text
    assert "Hồ sơ chưa ghi nhận: 1" in ask.text
    done = organiser.submit(ask)
    assert done.flashes == ["Đã nhắc 1 đơn vị."]
    assert "Đã viết cho 1 người ở 1 đơn vị." in done.text
    assert done.rows(0)[0][:2] == ["Huyện Lạng Giang", "1"]
    again = organiser.get_page(f"{HERE}/behind/remind?unit=217")
    refused = organiser.submit(again, status=422)
    assert "trong vòng một ngày" in refused.errors[0]
    assert organiser.submit(refused, again=True).flashes == ["Đã nhắc 1 đơn vị."]
    inbox = reader.get_page("/inbox")
    assert "Huyện Lạng Giang chưa hoàn thành sơ khảo, hạn 31/05/2024" in inbox.text
    reader.get_page(f"{UNIT}/open")


def test_a_unit_that_is_not_behind_is_not_reminded(portal: Flask, organiser: CheckingClient) -> None:
    overdue(portal)
    organiser.get_page(f"{HERE}/behind/remind?unit=999", status=404)
    with portal.app_context():
        complete_unit(SYSTEM, get_edition(YOUTH), unit_of(YOUTH))
    organiser.get_page(f"{HERE}/behind/remind?unit=217", status=404)


def test_an_administrator_who_organises_is_led_to_where_posts_are_given(portal: Flask) -> None:
    overdue(portal)
    both = browser_of(portal, Role.ORGANISER, Role.ADMINISTRATOR)
    page = both.get_page(f"{HERE}/behind")
    assert page.link("Chưa có ai: giao việc cho cán bộ đơn vị") == "/users"


def test_the_map_asks_a_bounded_number_of_statements(organiser: CheckingClient) -> None:
    organiser.get_page(f"{HERE}/map")
    with counted_statements() as sent:
        organiser.get_page(f"{HERE}/map")
    assert len(sent) <= 9
