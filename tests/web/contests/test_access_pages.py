"""Pages for those who have no account yet, and for those who answer them; and the pages of units."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from contest_portal.accounts.actor import Role
from contest_portal.contests.models_schools import AccessRequest
from contest_portal.contests.queries_schools import get_unit
from contest_portal.core.database import db
from tests.client import CheckingClient, Page
from tests.factories import make_school, make_user

NEW = "bac-ninh-2025"
PERSON = {"full_name": "Trần Thị Xin", "position": "Phó Hiệu trưởng", "phone": "0912 345 678", "email": ""}


@pytest.fixture
def unit_id(portal: Flask) -> int:
    """Return a commune of today that has one school."""
    with portal.app_context():
        unit = get_unit(NEW, "07399")
        make_school("Trường THCS Kép", unit)
        return unit.id


def staff(portal: Flask, role: Role, unit_id: int | None = None) -> Any:
    """Return the browser of somebody who answers."""
    browser = portal.test_client()
    with portal.app_context():
        unit = get_unit(NEW, "07399") if unit_id else None
        browser.sign_in(make_user(role, unit=unit, password=""))
    return browser


def ask(client: CheckingClient, unit_id: int, name: str, **typed: Any) -> Page:
    """Fill in both pages."""
    page = client.get_page(f"/access/request?unit={unit_id}&name={name}")
    return client.submit(page, "Gửi yêu cầu", **{**PERSON, **typed})


def requests(portal: Flask) -> list[AccessRequest]:
    """Return what was kept."""
    with portal.app_context():
        return list(db.session.scalars(select(AccessRequest).order_by(AccessRequest.id)))


def test_a_school_asks_is_approved_and_comes_in(portal: Flask, client: CheckingClient, unit_id: int) -> None:
    start = client.follow(client.get_page("/sign-in"), "Trường tôi chưa có tài khoản")
    assert start.h1 == "Trường tôi chưa có tài khoản"
    page = client.get_page(f"/access/request?unit={unit_id}&name=thcs kep")
    assert "Trường THCS Kép" in page.text
    missing = client.submit(page, "Gửi yêu cầu", **{**PERSON, "phone": "12"}, status=422)
    assert len(missing.errors) == 2
    assert missing.soup.select_one("[name=full_name]")["value"] == "Trần Thị Xin"  # type: ignore[index]
    (radio,) = [box["value"] for box in page.soup.select("[name=school]") if box["value"] != "new"]
    done = client.submit(page, "Gửi yêu cầu", **PERSON, school=radio)
    (kept,) = requests(portal)
    assert kept.reference in done.text

    coordinator = staff(portal, Role.COORDINATOR, unit_id)
    queue = coordinator.get_page("/schools/requests")
    assert [row[0] for row in queue.rows(0)] == ["Trường THCS Kép"]
    seen = coordinator.follow(queue, "Trường THCS Kép")
    assert "Duyệt" not in seen.text
    coordinator.submit(seen, "Xác nhận đúng người, đúng trường")

    organiser = staff(portal, Role.ORGANISER)
    page = organiser.follow(organiser.get_page("/schools/requests"), "Trường THCS Kép")
    assert "Đơn vị đã xác nhận" in page.text
    shown = organiser.submit(page, "Duyệt và gửi mã mời")
    code = shown.soup.select_one(".panel .reference, .panel strong, .panel-reference").get_text(strip=True)
    assert "Trường THCS Kép" in client.submit(client.get_page(f"/join?code={code}"), "Tiếp tục").h1
    assert "đã được trả lời" in organiser.submit(page, "Duyệt và gửi mã mời", status=409).text


def test_an_unknown_school_is_founded_when_it_is_approved(portal: Flask, client: CheckingClient, unit_id: int) -> None:
    ask(client, unit_id, "Trường PTDTNT Xa Xôi", email="xin@example.vn")
    organiser = staff(portal, Role.ORGANISER)
    page = organiser.follow(organiser.get_page("/schools/requests"), "Trường PTDTNT Xa Xôi")
    back = organiser.submit(page, "Duyệt và gửi mã mời", school="new")
    assert back.flashes == ["Đã gửi thư mời đến xin@example.vn."]
    assert "Trường PTDTNT Xa Xôi" in organiser.get_page("/schools").text


def test_a_request_is_refused_with_a_reason(portal: Flask, client: CheckingClient, unit_id: int) -> None:
    ask(client, unit_id, "Trường PTDTNT Xa Xôi")
    organiser = staff(portal, Role.ORGANISER)
    (kept,) = requests(portal)
    page = organiser.get_page(f"/schools/requests/{kept.reference}/refuse")
    assert organiser.submit(page, "Từ chối", status=422).errors == ["Hãy ghi lý do để người xin biết phải làm gì."]
    organiser.submit(page, "Từ chối", reason="Không có trường này.")
    assert "Không có trường này." in organiser.get_page(f"/schools/requests/{kept.reference}").text


def test_a_request_sent_twice_is_one_and_too_many_are_asked_to_wait(
    portal: Flask, client: CheckingClient, unit_id: int
) -> None:
    form = client.get_page(f"/access/request?unit={unit_id}&name=PTDTNT")
    for _ in range(2):
        client.submit(form, "Gửi yêu cầu", **PERSON, school="new")
    assert len(requests(portal)) == 1
    for number in range(9):
        ask(client, unit_id, f"Zzz {number}")
    page = client.get_page(f"/access/request?unit={unit_id}&name=Zzz 99")
    refused = client.submit(page, "Gửi yêu cầu", **PERSON, status=429)
    assert "thử lại sau một giờ" in refused.errors[0]
    assert refused.soup.select_one("[name=full_name]")["value"] == "Trần Thị Xin"  # type: ignore[index]
    assert len(requests(portal)) == 10


def test_the_first_page_asks_again_for_what_is_missing(client: CheckingClient, unit_id: int) -> None:
    assert "Hãy chọn đơn vị" in client.get_page("/access?unit=&name=").text
    assert client.get_page(f"/access?unit={unit_id}&name=").soup.select_one("option[selected]")["value"] == str(unit_id)  # type: ignore[index]
    assert client.get("/access/request?unit=999999&name=x").status_code == 302
    assert client.get("/access/done").status_code == 302


def test_a_unit_is_added_closed_and_its_schools_moved(portal: Flask, unit_id: int) -> None:
    organiser = staff(portal, Role.ORGANISER)
    page = organiser.follow(organiser.get_page("/units"), "Tỉnh Bắc Ninh, 99 xã, phường (từ 01/7/2025)")
    page = organiser.follow(page, "Thêm đơn vị")
    wrong = organiser.submit(
        page, "Thêm đơn vị", name="Xã Phố Kép", code="07399", valid_from="01/01/2026", reason="NQ 1", status=422
    )
    assert wrong.errors == ["Mã này đã có trong danh mục."]
    page = organiser.submit(wrong, "Thêm đơn vị", code="07400")
    assert page.rows(0)[0][1:5] == ["Thêm đơn vị", "01/01/2026", "–", "NQ 1"]
    page = organiser.follow(organiser.get_page(f"/units/{NEW}/07399"), "Ghi ngày cuối")
    page = organiser.submit(page, "Lưu", day="31/12/2025", reason="NQ 2")
    assert "còn 1 trường" in page.text
    with portal.app_context():
        target = str(get_unit(NEW, "07400").id)
    move = organiser.follow(page, "Chuyển các trường sang đơn vị khác")
    page = organiser.submit(move, "Chuyển", unit=target, day="01/01/2026", reason="NQ 2")
    assert "còn 1 trường" not in page.text
    assert [row[1] for row in organiser.get_page("/schools").rows(0)] == ["Xã Phố Kép"]
    assert organiser.get_page(f"/units/{NEW}/00000", 404).status == 404
