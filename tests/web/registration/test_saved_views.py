"""Test the pages for finding: saved views, people by name, and what a search without a result says."""

from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from sqlalchemy import select

from contest_portal.accounts.actor import Role
from contest_portal.core.database import db
from contest_portal.registration.models_finding import SavedView
from contest_portal.registration.saved_views import MOST
from tests.client import CheckingClient, Page
from tests.counting import counted_statements
from tests.factories.people import make_school, make_user, unit_of
from tests.factories.registration import make_entry
from tests.web.registration.conftest import Browser

LIST = "/entries/?edition=robocon-2024"
ODD = ["%", "_", "\\", "'", "<b>", "\ufffe", "\u202e", "😀", "RB24-%", "a" * 3000, "e\u0301", "@", "+84", "-", "0" * 90]


@pytest.fixture
def organiser(browser_of: Browser) -> CheckingClient:
    """Return the browser of an organiser."""
    return browser_of(Role.ORGANISER)


def save(browser: CheckingClient, name: str, query: str = "edition=robocon-2024&division=B", **more: Any) -> Page:
    """Save the filters of a list under a name."""
    page = browser.follow(browser.get_page(f"/entries/?{query}"), "Lưu bộ lọc này")
    return browser.submit(page, "Lưu bộ lọc", name=name, **more)


def tabs(page: Page) -> list[str]:
    """Return the words of the page's tabs."""
    return [link.get_text(strip=True) for link in page.soup.select(".tabs a")]


def test_filters_are_kept_under_a_name(organiser: CheckingClient) -> None:
    page = save(organiser, "Bảng B")
    assert page.path == "/entries/?edition=robocon-2024&division=B"
    assert tabs(page) == ["Tất cả", "Bảng B", "Theo người"]
    assert page.soup.select_one(".tabs a[aria-current]").get_text() == "Bảng B"  # type: ignore[union-attr]
    other = organiser.get_page("/entries/?edition=youth-2024")
    assert organiser.follow(other, "Bảng B").path == page.path


def test_a_view_of_the_same_name_is_replaced(organiser: CheckingClient, portal: Flask) -> None:
    save(organiser, "Của tôi")
    save(organiser, "Của tôi", "edition=youth-2024&status=draft&cursor=abc&role=admin")
    with portal.app_context():
        assert [view.query for view in db.session.scalars(select(SavedView))] == ["edition=youth-2024&status=draft"]


def test_the_list_opens_with_the_chosen_view(organiser: CheckingClient) -> None:
    save(organiser, "Bảng B", opening=True)
    save(organiser, "Nháp", "status=draft", opening=True)
    assert organiser.get_page("/entries/").path == "/entries/?status=draft"
    everything = organiser.follow(organiser.get_page("/entries/"), "Tất cả")
    assert everything.path == "/entries/?edition="
    page = organiser.get_page("/entries/views")
    assert [row[0] for row in page.rows()] == ["Bảng B", "Nháp"]
    organiser.submit(page, "Thôi dùng Nháp")
    assert organiser.get_page("/entries/").path == "/entries/"


def test_a_view_is_deleted(organiser: CheckingClient) -> None:
    save(organiser, "Bảng B")
    page = organiser.submit(organiser.get_page("/entries/views"), "Xóa Bảng B")
    assert page.flashes == ["Đã xóa bộ lọc."]
    assert tabs(organiser.get_page("/entries/")) == ["Tất cả", "Theo người"]


@pytest.mark.parametrize("name", ["", "   ", "x" * 61])
def test_a_name_is_asked_for(organiser: CheckingClient, name: str) -> None:
    page = organiser.follow(organiser.get_page(LIST), "Lưu bộ lọc này")
    page = organiser.submit(page, "Lưu bộ lọc", status=422, name=name)
    assert len(page.errors) == 1


def test_without_filters_there_is_nothing_to_keep(organiser: CheckingClient) -> None:
    page = organiser.submit(organiser.get_page("/entries/views/new?sort=wrong"), "Lưu bộ lọc", status=422, name="Rỗng")
    assert page.errors == ["Chưa có điều kiện lọc nào để lưu. Hãy lọc danh sách trước."]


def test_so_many_views_and_no_more(organiser: CheckingClient) -> None:
    for number in range(MOST):
        save(organiser, f"Bộ {number}")
    page = organiser.follow(organiser.get_page(LIST), "Lưu bộ lọc này")
    page = organiser.submit(page, "Lưu bộ lọc", status=422, name="Một bộ nữa")
    assert page.errors == ["Bạn đã lưu 20 bộ lọc. Hãy xóa bớt rồi lưu tiếp."]
    save(organiser, "Bộ 3", "status=draft")


def test_views_are_ones_own(organiser: CheckingClient, browser_of: Browser, portal: Flask) -> None:
    save(organiser, "Bảng B")
    other = browser_of(Role.ORGANISER)
    page = other.get_page(LIST)
    assert tabs(page) == ["Tất cả", "Theo người"]
    with portal.app_context():
        view_id = db.session.scalars(select(SavedView.id)).one()
    token = page.soup.select_one("input[name=csrf_token]")["value"]  # type: ignore[index]
    for act in ("delete", "opening"):
        answer = other.post(f"/entries/views/{view_id}/{act}", data={"csrf_token": token, "opening": "1"})
        assert answer.status_code == 404
    assert tabs(organiser.get_page(LIST)) == ["Tất cả", "Bảng B", "Theo người"]


def test_people_by_given_name(organiser: CheckingClient, portal: Flask) -> None:
    with portal.app_context():
        school = make_school("Trường THCS Tân Dĩnh", unit_of("robocon-2024"))
        people = [{"full_name": "Trần Văn Đạt", "class_name": "8A"}, {"full_name": "Lê Ánh", "phone": "0912345678"}]
        entry = make_entry("robocon-2024", title="Rồng Xanh", school=school, people=people)
        reference = entry.reference
    page = organiser.follow(organiser.get_page(LIST), "Theo người")
    assert page.rows() == [
        ["Lê Ánh", "Thành viên", "–", "Rồng Xanh", reference, "Trường THCS Tân Dĩnh", "Đã nộp"],
        ["Trần Văn Đạt", "Thành viên", "8A", "Rồng Xanh", reference, "Trường THCS Tân Dĩnh", "Đã nộp"],
    ]
    assert "0912345678" not in page.text
    assert "Hãy chọn một cuộc thi" in organiser.get_page("/entries/people").text


@pytest.mark.parametrize("q", ODD)
def test_odd_searches_are_answered_on_both_databases(both: Flask, q: str) -> None:
    with both.app_context():
        user_id = make_user(Role.ORGANISER).id
    browser: Any = both.test_client()
    browser.sign_in(user_id)
    for path in ("/entries/people", "/entries/"):
        assert browser.get_page(f"{path}?edition=robocon-2024&q={quote(q)}").status == 200
    assert browser.get_page("/entries/checking/robocon-2024?check=all&q=" + quote(q)).status == 200


def test_a_search_without_a_result_gives_advice(organiser: CheckingClient) -> None:
    page = organiser.get_page(f"{LIST}&q=khong+co+dau")
    assert "Không có hồ sơ nào khớp" in page.text
    assert page.link("Tìm trong mọi cuộc thi") == "/entries/?edition=&q=khong+co+dau"


def test_a_day_that_is_none_is_said(organiser: CheckingClient) -> None:
    page = organiser.get_page(f"{LIST}&since=31/02/2024")
    assert "“Từ ngày” không đọc được: 31/02/2024. Hãy viết như 20/05/2024." in page.text


def test_the_list_of_people_costs_the_same_at_1_3_and_300_rows(portal: Flask, organiser: CheckingClient) -> None:
    counts = []
    for more in (1, 2, 297):
        with portal.app_context():
            make_entry("robocon-2024", people=[{} for _ in range(more)])
        with counted_statements() as sent:
            organiser.get_page("/entries/people?edition=robocon-2024&q=t")
        counts.append(len(sent))
    assert counts == [counts[0]] * 3
