"""A coordinator sets up the board; a screener comes in by the code on a slip."""

import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from contest_portal.accounts.actor import SYSTEM, Role
from contest_portal.accounts.models import User
from contest_portal.contests.queries import get_edition, posts_of
from contest_portal.core.database import db
from contest_portal.registration.status import Status
from contest_portal.screening.round.board import end_screener
from contest_portal.screening.round.joining import make_code
from contest_portal.screening.round.models import Screener
from contest_portal.screening.round.queries import screeners_of
from tests.client import CheckingClient, Page
from tests.counting import counted_statements
from tests.factories.people import make_user, unit_of
from tests.factories.screening import YOUTH, make_screener, unit_entry, write_sheet
from tests.web.screening.test_flow import browser_of

BOARD = "/screening/youth-2024/217/round/board"
PASSWORD = "con trâu đi trước cái cày"


@pytest.fixture
def coordinator(portal: Flask) -> CheckingClient:
    """Return the browser of Lạng Giang's coordinator for the youth contest."""
    return browser_of(portal, Role.COORDINATOR, unit="Huyện Lạng Giang", edition=YOUTH)


def seat(portal: Flask, full_name: str = "Vũ Thị Chấm", **more: Any) -> str:
    """Put somebody on the board; return the token."""
    with portal.app_context():
        return make_screener(full_name=full_name, **more).token


def code_for(portal: Flask, token: str) -> str:
    """Return a fresh code for a member of the board."""
    with portal.app_context():
        return make_code(SYSTEM, get_edition(YOUTH), unit_of(YOUTH).id, token)


def screener(portal: Flask, token: str) -> Screener:
    """Return a member of the board as stored."""
    with portal.app_context():
        return db.session.scalars(select(Screener).where(Screener.token == token)).one()


def visitor(portal: Flask) -> CheckingClient:
    """Return a browser nobody is signed in with."""
    browser: Any = portal.test_client()
    return browser


def come_in(browser: CheckingClient, code: str, status: int = 200) -> Page:
    """Type a code."""
    return browser.submit(browser.get_page("/screening/join"), status=status, code=code)


def test_people_are_added_by_name_and_job(portal: Flask, coordinator: CheckingClient) -> None:
    page = coordinator.follow(coordinator.get_page("/screening/youth-2024/217/round"), "Người chấm")
    assert "Chưa có ai trong ban." in page.text
    for name, job, post, marks in (
        ("Nguyễn Văn Đạt", "Giáo viên", "member", True),
        ("Trần Thị Ánh", "Văn thư", "secretary", None),
        ("Giáp Văn Nghĩa", "", "chair", True),
    ):
        form = coordinator.follow(page, "Thêm người")
        page = coordinator.submit(form, full_name=name, job_title=job, post=post, marks=marks)
        assert page.flashes == [f"Đã thêm {name} vào ban sơ khảo."]
    assert [row[:4] for row in page.rows()] == [
        ["Giáp Văn Nghĩa", "–", "Trưởng ban", "Có"],
        ["Trần Thị Ánh", "Văn thư", "Thư ký", "Không"],
        ["Nguyễn Văn Đạt", "Giáo viên", "Ủy viên", "Có"],
    ]
    assert [row[4].split(" Cấp")[0] for row in page.rows()] == ["Chỉ trên giấy", "–", "Chỉ trên giấy"]


def test_the_same_person_twice_and_a_second_chair_are_refused(portal: Flask, coordinator: CheckingClient) -> None:
    seat(portal, "Giáp Văn Nghĩa", post="chair")
    form = coordinator.get_page(f"{BOARD}/new")
    page = coordinator.submit(form, status=422, full_name="giáp văn nghĩa", post="chair")
    assert page.errors == [
        "giáp văn nghĩa đã có trong ban; mỗi người chỉ có một chỗ. Nếu là người khác cùng tên, hãy ghi chức vụ hoặc "
        "nơi công tác để phân biệt.",
        "Ban đã có Trưởng ban là Giáp Văn Nghĩa. Hãy đổi nhiệm vụ của người đó trước.",
    ]
    assert coordinator.submit(form, status=422, full_name=" ").errors == ["Hãy nhập họ và tên."]
    bad = coordinator.submit(form, status=422, fields={"post": None}, full_name="Lê Văn Ba")
    assert bad.errors == ["Hãy chọn một mục."]


def test_two_people_on_one_member_see_both_versions(portal: Flask, coordinator: CheckingClient) -> None:
    token = seat(portal)
    form = coordinator.get_page(f"{BOARD}/{token}")
    coordinator.submit(coordinator.get_page(f"{BOARD}/{token}"), job_title="Giáo viên Trường THCS Kép")
    page = coordinator.submit(form, status=409, job_title="Hiệu phó")
    assert page.errors == ["Người khác vừa sửa thông tin này. Hãy xem bản đang lưu rồi lưu lại."]
    assert "Giáo viên Trường THCS Kép" in page.text
    assert coordinator.submit(page).flashes == ["Đã lưu thông tin của Vũ Thị Chấm."]
    assert screener(portal, token).job_title == "Hiệu phó"


def test_a_slip_shows_the_code_once(portal: Flask, coordinator: CheckingClient) -> None:
    token = seat(portal)
    page = coordinator.submit(coordinator.get_page(BOARD), f"form[action$='{token}/code']")
    slip = page.soup.select_one(".slip")
    assert slip is not None
    code = slip.select_one(".slip-letters")
    assert code is not None and re.fullmatch(r"([2-9A-Z]{5}-){3}[2-9A-Z]{5}", code.get_text())
    assert "Vũ Thị Chấm" in slip.get_text() and "Huyện Lạng Giang" in slip.get_text()
    assert slip.select_one(".slip-picture svg") is not None
    assert page.response.headers["Cache-Control"] == "no-store"
    page = coordinator.follow(page, "Xong")
    assert code.get_text() not in page.text
    assert "Đã cấp mã, dùng đến" in page.rows()[0][4]


def test_a_screener_comes_in_by_the_link_and_makes_an_account(portal: Flask, coordinator: CheckingClient) -> None:
    token = seat(portal)
    page = coordinator.submit(coordinator.get_page(BOARD), f"form[action$='{token}/code']")
    # Between the two halves the address may break over lines.
    link = re.search(r"https?://[^/]+(/screening/join\?code=) ?([2-9A-Z-]+)", page.text)
    assert link is not None
    browser = visitor(portal)
    page = browser.submit(browser.get_page(link.group(1) + link.group(2)))
    assert page.path == "/screening/join/account"
    assert "Vũ Thị Chấm – Huyện Lạng Giang" in page.h1
    assert [box["name"] for box in page.soup.select("main form.form input:not([type=hidden])")] == [
        "full_name",
        "email",
        "username",
        "password",
    ]
    page = browser.submit(page, "form.form", username="cham.kep", password=PASSWORD)
    assert page.flashes == ["Đã lập tài khoản cham.kep. Hãy đăng nhập."]
    with portal.app_context():
        user = db.session.scalars(select(User).where(User.username == "cham.kep")).one()
        (post,) = posts_of(user.id)
        assert (post.role, post.unit_id, user.full_name) == (Role.SCREENER, unit_of(YOUTH).id, "Vũ Thị Chấm")
        user_id = user.id
    assert screener(portal, token).user_id == user_id
    assert coordinator.get_page(BOARD).rows()[0][4] == "cham.kep"
    # The browser's code is spent with it.
    assert browser.get_page("/screening/join/account").path == "/screening/join"


def test_opening_a_link_tells_and_changes_nothing(portal: Flask) -> None:
    token = seat(portal)
    code = code_for(portal, token)
    page = visitor(portal).get_page(f"/screening/join?code={code}")
    assert "Vũ Thị Chấm" not in page.text
    assert screener(portal, token).user_id is None


@pytest.mark.parametrize("what", ["wrong", "used", "ended", "another kind"])
def test_codes_that_are_no_good_are_answered_alike(portal: Flask, what: str) -> None:
    token = seat(portal)
    code = "AAAAA-BBBBB-CCCCC-DDDDD" if what == "wrong" else code_for(portal, token)
    if what == "used":
        first = visitor(portal)
        first.submit(come_in(first, code), "form.form", username="cham.kep", password=PASSWORD)
    elif what == "ended":
        with portal.app_context():
            end_screener(SYSTEM, get_edition(YOUTH), unit_of(YOUTH).id, token)
    elif what == "another kind":
        code = code[:-6]
    page = come_in(visitor(portal), code, 422)
    assert page.errors == [
        "Mã mời không đúng, đã được dùng hoặc đã hết hạn. Hãy kiểm tra lại từng chữ, hoặc xin mã mới."
    ]
    assert (page.h1, page.path) == ("Tôi có mã chấm sơ khảo", "/screening/join")


def test_guesses_are_slowed_down(portal: Flask) -> None:
    code = code_for(portal, seat(portal))
    browser = visitor(portal)
    token = browser.get_page("/screening/join").soup.select_one("main input[name=csrf_token]")
    assert token is not None

    def answer(typed: str) -> int:
        form = {"csrf_token": token["value"], "code": typed}
        return browser.post("/screening/join", data=form).status_code

    wrong = next(number for number in range(200) if answer(f"{number:05}-AAAAA-BBBBB-CCCCC") == 429)
    assert wrong >= 3
    # From there a right code is not looked at any more either.
    assert answer(code) == 429


def test_without_a_code_there_is_no_account_page(portal: Flask) -> None:
    browser = visitor(portal)
    assert browser.get_page("/screening/join/account").path == "/screening/join"
    token = browser.get_page("/screening/join").soup.select_one("main input[name=csrf_token]")
    assert token is not None
    answer = browser.post("/screening/join/account", data={"csrf_token": token["value"], "username": "ai.do"})
    assert answer.status_code == 422
    assert "Mã mời không đúng" in answer.get_data(as_text=True)


def test_a_refused_account_keeps_what_was_typed(portal: Flask) -> None:
    code = code_for(portal, seat(portal))
    browser = visitor(portal)
    page = browser.submit(
        come_in(browser, code), "form.form", status=422, username="cham kép!", password="123", email="x"
    )
    assert len(page.errors) == 1
    values = {box["name"]: box.get("value") for box in page.soup.select("main form.form input[type=text]")}
    assert values["username"] == "cham kép!"
    page = browser.submit(page, "form.form", username="cham.kep", password=PASSWORD, email="")
    assert page.flashes == ["Đã lập tài khoản cham.kep. Hãy đăng nhập."]


def test_somebody_signed_in_takes_the_seat_with_that_account(portal: Flask, coordinator: CheckingClient) -> None:
    token = seat(portal)
    page = come_in(coordinator, code_for(portal, token))
    page = coordinator.submit(page, "Dùng tài khoản này")
    assert page.flashes == ["Tài khoản của bạn nay cũng chấm sơ khảo cho Huyện Lạng Giang."]
    again = seat(portal, "Lê Văn Khác")
    page = coordinator.submit(come_in(coordinator, code_for(portal, again)), "Dùng tài khoản này")
    assert "mỗi người chỉ có một chỗ" in page.flashes[0]
    assert screener(portal, again).user_id is None


def test_whoever_leaves_is_named_with_what_stays(portal: Flask, coordinator: CheckingClient) -> None:
    with portal.app_context():
        user = make_user(username="cham.kep")
        member = make_screener(user=user)
        write_sheet(unit_entry(status=Status.RECEIVED), member, {"novelty": "7"})
        write_sheet(unit_entry(status=Status.RECEIVED), member, {"novelty": "5"}, submitted=False)
        token, user_id = member.token, user.id
    page = coordinator.follow(coordinator.get_page(f"{BOARD}/{token}"), "Cho thôi ban sơ khảo")
    assert "Đã chấm 2 hồ sơ, trong đó 1 phiếu đã nộp." in page.text
    page = coordinator.submit(page, "Cho thôi")
    assert page.flashes == ["Vũ Thị Chấm đã thôi ban sơ khảo."]
    assert "Vũ Thị Chấm, thôi ngày" in page.text
    with portal.app_context():
        assert posts_of(user_id) == ()
    coordinator.get_page(f"{BOARD}/{token}", status=404)


def test_a_foreign_member_is_not_found(portal: Flask) -> None:
    token = seat(portal)
    stranger = browser_of(portal, Role.COORDINATOR, unit="Huyện Yên Thế", edition=YOUTH)
    with portal.app_context():
        own = unit_of(YOUTH, "Huyện Yên Thế").code
    for path in ("", "/end"):
        stranger.get_page(f"{BOARD}/{token}{path}", status=404)
        # Nor under one's own unit, where the address is one's own to open.
        stranger.get_page(f"/screening/youth-2024/{own}/round/board/{token}{path}", status=404)
    assert screener(portal, token).ended_at is None


def test_a_screener_opens_nothing_of_the_unit(portal: Flask) -> None:
    browser = browser_of(portal, Role.SCREENER, unit="Huyện Lạng Giang", edition=YOUTH)
    for path in ("", "/round", "/round/board", "/round/criteria", "/papers"):
        browser.get_page(f"/screening/youth-2024/217{path}", status=403)
    for path in ("/entries/", "/schools", "/screening/"):
        browser.get_page(path, status=403)


def test_the_board_costs_the_same_however_many_sit_on_it(portal: Flask, coordinator: CheckingClient) -> None:
    costs = []
    for members in (1, 3, 30):
        with portal.app_context():
            present = len(screeners_of(get_edition(YOUTH).id, unit_of(YOUTH).id))
            for number in range(present, members):
                make_screener(full_name=f"Người số {number}", user=make_user())
        with counted_statements() as statements:
            assert len(coordinator.get_page(BOARD).rows()) == members
        costs.append(len(statements))
    assert costs[0] == costs[1] == costs[2]
