"""A coordinator asks for more, an organiser answers with one form; what is incomplete is shown before one tries."""

import pytest
from flask import Flask

from contest_portal.accounts.actor import Role
from contest_portal.registration.status import Status
from tests.client import CheckingClient
from tests.factories.people import unit_of
from tests.factories.screening import YOUTH, set_quota
from tests.web.screening.test_flow import browser_of, made, status_of

UNIT = "/screening/youth-2024/217"


@pytest.fixture
def coordinator(portal: Flask) -> CheckingClient:
    """Return the browser of a coordinator whose unit may forward one entry."""
    with portal.app_context():
        set_quota(unit_of(YOUTH, "Huyện Lạng Giang"), 1)
    return browser_of(portal, Role.COORDINATOR, unit="Huyện Lạng Giang", edition=YOUTH)


@pytest.fixture
def organiser(portal: Flask) -> CheckingClient:
    """Return the browser of an organiser."""
    return browser_of(portal, Role.ORGANISER)


def test_from_the_request_to_the_answer(coordinator: CheckingClient, organiser: CheckingClient) -> None:
    page = coordinator.follow(coordinator.get_page(UNIT), "Hạn mức chuyển lên tỉnh")
    form = coordinator.follow(page, "Xin chuyển thêm")
    page = coordinator.submit(form, "Gửi đề nghị", asked="3", reason="Nhiều bài hay")
    assert page.flashes == ["Đã gửi đề nghị tới Ban Tổ chức."]
    assert page.rows(0)[0][3:5] == ["Chờ trả lời", "Nhiều bài hay"]
    queue = organiser.follow(organiser.get_page("/screening/?edition=youth-2024"), "Đề nghị tăng hạn mức")
    answer = organiser.follow(queue, "Huyện Lạng Giang")
    assert answer.soup.select_one("#granted")["value"] == "3"
    page = organiser.submit(answer, "Trả lời đơn vị", granted="2", answer="Được hai")
    assert page.flashes == ["Đã trả lời đề nghị của Huyện Lạng Giang."]
    page = coordinator.get_page(f"{UNIT}/quota")
    assert "Hạn mức 3 hồ sơ, trong đó Ban Tổ chức cho thêm 2." in page.text


def test_bad_input_is_said_and_kept(coordinator: CheckingClient, organiser: CheckingClient) -> None:
    form = coordinator.get_page(f"{UNIT}/quota/ask")
    page = coordinator.submit(form, "Gửi đề nghị", asked="không", reason="Vì sao", status=422)
    assert page.errors
    assert page.soup.select_one("#reason").text.strip() == "Vì sao"
    coordinator.submit(form, "Gửi đề nghị", asked="2", reason="Vì sao")
    link = coordinator.get_page(f"{UNIT}/quota").soup.select_one("table a")["href"]
    page = organiser.submit(organiser.get_page(link), "Trả lời đơn vị", granted="0", answer="", status=422)
    assert page.errors == ["Hãy ghi lý do."]


def test_a_request_is_taken_back(coordinator: CheckingClient) -> None:
    coordinator.submit(coordinator.get_page(f"{UNIT}/quota/ask"), "Gửi đề nghị", asked="2", reason="Thử")
    link = coordinator.get_page(f"{UNIT}/quota").soup.select_one("table a")["href"]
    page = coordinator.submit(coordinator.get_page(link), "Rút lại đề nghị")
    assert page.flashes == ["Đã rút lại đề nghị."]


def test_another_unit_and_an_auditor_change_nothing(portal: Flask, coordinator: CheckingClient) -> None:
    coordinator.submit(coordinator.get_page(f"{UNIT}/quota/ask"), "Gửi đề nghị", asked="2", reason="Thử")
    link = coordinator.get_page(f"{UNIT}/quota").soup.select_one("table a")["href"]
    stranger = browser_of(portal, Role.COORDINATOR, unit="Huyện Yên Thế", edition=YOUTH)
    assert [stranger.get(address).status_code for address in (link, f"{UNIT}/quota")] == [404, 404]
    assert stranger.get("/screening/youth-2024/quota").status_code == 403
    auditor = browser_of(portal, Role.AUDITOR)
    assert "Trả lời đơn vị" not in auditor.get_page(link).text
    assert auditor.get(f"{UNIT}/quota/ask").status_code == 403


def test_what_is_missing_is_shown_before_one_tries(portal: Flask, coordinator: CheckingClient) -> None:
    (reference,) = made(portal, Status.SCREENED, people=[{"role": "author", "full_name": "Lê An", "birth_date": None}])
    shown = coordinator.get_page(f"/screening/entries/{reference}")
    assert "Hồ sơ chưa đủ để chuyển lên tỉnh:" in shown.text
    page = coordinator.get_page(f"{UNIT}/decide?references={reference}&decision=forward")
    assert "Lê An chưa có ngày sinh." in page.text
    page = coordinator.submit(page, "Chuyển lên tỉnh", status=422)
    assert reference in " ".join(page.errors)
    assert status_of(portal, reference) == "screened"


def test_an_organiser_forwards_with_a_reason(portal: Flask, organiser: CheckingClient) -> None:
    (reference,) = made(portal, Status.SCREENED, people=[{"role": "author", "birth_date": None}])
    page = organiser.get_page(f"{UNIT}/decide?references={reference}&decision=forward")
    page = organiser.submit(page, "Chuyển lên tỉnh", status=422)
    assert "Muốn chuyển khi chưa đủ, hãy ghi lý do." in page.errors
    organiser.submit(page, "Chuyển lên tỉnh", reason="Bổ sung sau")
    assert status_of(portal, reference) == "forwarded"
