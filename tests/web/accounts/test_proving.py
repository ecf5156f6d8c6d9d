"""Who one is: proven again before power changes hands, counted fairly, and cheap to know on every page."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from contest_portal.accounts import throttle
from contest_portal.accounts.actor import Actor, Post, Role
from contest_portal.accounts.models import SignIn, User
from contest_portal.accounts.permissions import EVERYWHERE, PERMISSIONS, may
from contest_portal.accounts.services import set_active
from contest_portal.app import create_app
from contest_portal.contests.models import Membership
from contest_portal.contests.queries import get_edition
from contest_portal.core.database import db
from tests.counting import counted_statements
from tests.factories import actor_for, make_user
from tests.factories.people import PASSWORD
from tests.page_rules import parse

WRONG = "Tên đăng nhập hoặc mật khẩu chưa đúng."


@pytest.fixture
def administrator(portal: Flask, client: Any, at: Callable[..., Any]) -> User:
    """Return an administrator who signed in at nine."""
    at(2024, 5, 20, 9)
    with portal.app_context():
        user = make_user(Role.ADMINISTRATOR, username="quan.tri", full_name="Lê Minh Quân")
    client.sign_in(user)
    return user


@pytest.fixture
def judge(portal: Flask) -> User:
    """Return a judge's account."""
    with portal.app_context():
        return make_user(Role.JUDGE, username="giam.khao", full_name="Đặng Quốc Việt")


def sign_in(client: Any, username: str, password: str = PASSWORD, **more: Any) -> Any:
    """Sign in as a person does."""
    return client.submit(client.get_page("/sign-in"), "Đăng nhập", username=username, password=password, **more)


def roles_of(portal: Flask, user: User) -> list[str]:
    """Return the posts an account holds now."""
    with portal.app_context():
        query = select(Membership.role).where(Membership.user_id == user.id, Membership.ended_at.is_(None))
        return list(db.session.scalars(query))


def test_within_half_an_hour_nobody_is_asked_again(
    portal: Flask, client: Any, administrator: User, judge: User, at: Callable[..., Any]
) -> None:
    at(2024, 5, 20, 9, 30)
    page = client.get_page(f"/users/{judge.id}/posts")
    assert page.path == f"/users/{judge.id}/posts"
    client.submit(page, "Giao vai trò", role="auditor")
    assert roles_of(portal, judge) == ["judge", "auditor"]


def test_a_browser_left_open_gives_no_power_away(
    portal: Flask, client: Any, administrator: User, judge: User, at: Callable[..., Any]
) -> None:
    user_page = client.get_page(f"/users/{judge.id}")
    posts_page = client.get_page(f"/users/{judge.id}/posts")
    at(2024, 5, 20, 9, 31)
    for page, button in ((user_page, "Cấp mật khẩu mới"), (user_page, "Khóa tài khoản"), (posts_page, "Giao vai trò")):
        typed = {"role": "administrator"} if button == "Giao vai trò" else {}
        asked = client.submit(page, button, fields=typed)
        assert asked.h1.startswith("Lê Minh Quân")
        assert asked.flashes == ["Hãy nhập lại mật khẩu trước khi làm việc này."]
    assert roles_of(portal, judge) == ["judge"]
    with portal.app_context():
        assert db.session.get_one(User, judge.id).active
        assert db.session.get_one(User, judge.id).version == judge.version
    # Looking, and changing a telephone number, goes on as before.
    client.submit(client.get_page(f"/users/{judge.id}"), "Lưu", phone="0912345678")


def test_who_proves_to_be_there_goes_on(
    portal: Flask, client: Any, administrator: User, judge: User, at: Callable[..., Any]
) -> None:
    at(2024, 5, 20, 9, 31)
    page = client.get_page(f"/users/{judge.id}/posts")
    assert page.path == f"/account/confirm?next=/users/{judge.id}/posts"
    page = client.submit(page, "Xác nhận", password="sai rồi", status=422)
    assert page.errors == ["Mật khẩu hiện tại chưa đúng."]
    page = client.submit(page, "Xác nhận", password=PASSWORD)
    assert page.path == f"/users/{judge.id}/posts"
    client.submit(page, "form[action$='/end']")
    assert roles_of(portal, judge) == []


def test_proving_renews_the_session(portal: Flask, client: Any, administrator: User, at: Callable[..., Any]) -> None:
    with client.session_transaction() as session:
        before = session["sign_in"]
    at(2024, 5, 20, 9, 31)
    client.submit(client.get_page("/account/confirm"), "Xác nhận", password=PASSWORD)
    with client.session_transaction() as session:
        assert session["sign_in"] != before
        session["sign_in"] = before
    assert client.get("/account").status_code == 302


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_proving_leads_only_to_our_own_pages(client: Any, administrator: User, target: str) -> None:
    page = client.get_page("/account/confirm", query_string={"next": target})
    assert client.submit(page, "Xác nhận", password=PASSWORD).path == "/"


def test_a_button_pressed_too_late_leads_back_to_its_page(
    client: Any, administrator: User, judge: User, at: Callable[..., Any]
) -> None:
    page = client.get_page(f"/users/{judge.id}")
    token = page.soup.select_one("main [name=csrf_token]")["value"]
    at(2024, 5, 20, 9, 31)
    for referer, expected in (
        (f"http://localhost/users/{judge.id}", f"/account/confirm?next=/users/{judge.id}"),
        ("https://evil.example/users/1", "/account/confirm"),
    ):
        answer = client.post(f"/users/{judge.id}/close", data={"csrf_token": token}, headers={"Referer": referer})
        assert answer.headers["Location"] == expected


@pytest.mark.parametrize(
    ("address", "button"), [("/account/password", "Đổi mật khẩu"), ("/account/confirm", "Xác nhận")]
)
def test_guessing_the_own_password_of_a_browser_left_open_slows_down(
    client: Any, administrator: User, address: str, button: str
) -> None:
    typed = {"current": "sai", "new": "ngõ nhỏ phố tôi 7"} if "password" in address else {"password": "sai"}
    page = client.get_page(address)
    for _ in range(throttle.FREE_FOR_ACCOUNT):
        page = client.submit(page, button, fields=typed, status=422)
    page = client.submit(page, button, fields=typed, status=429)
    assert page.response.headers["Retry-After"] == "3"
    assert page.errors == ["Sai quá nhiều lần. Hãy thử lại sau 3 giây."]


def test_a_new_password_is_another_one(client: Any, judge: User) -> None:
    client.sign_in(judge)
    page = client.get_page("/account/password")
    page = client.submit(page, "Đổi mật khẩu", current=PASSWORD, new=PASSWORD, status=422)
    assert page.errors == ["Mật khẩu mới phải khác mật khẩu hiện tại."]


def test_a_closed_account_reads_like_a_wrong_password(portal: Flask, client: Any, judge: User) -> None:
    with portal.app_context():
        set_active(actor_for(make_user(Role.ADMINISTRATOR)), db.session.get_one(User, judge.id), active=False)
    assert sign_in(client, "giam.khao", status=422).errors == [WRONG]


def test_a_stranger_slows_down_strangers_and_not_the_owners_browser(portal: Flask, client: Any, judge: User) -> None:
    sign_in(client, "giam.khao")
    client.submit(client.get_page("/account"), "Đăng xuất")
    stranger = portal.test_client()
    for status in [422] * throttle.FREE_FOR_ACCOUNT + [429] * 3:
        sign_in(stranger, "giam.khao", "sai rồi", status=status)
    sign_in(stranger, "giam.khao", status=429)
    assert sign_in(client, "giam.khao").path == "/"


def test_a_forged_forwarded_address_is_of_no_use(portal: Flask, judge: User) -> None:
    client: Any = portal.test_client()
    page = client.get_page("/sign-in")
    values = {field["name"]: field.get("value", "") for field in page.soup.select("main form input[name]")}
    seen = []
    for number in range(throttle.FREE_FOR_ADDRESS + 2):
        forged = f"198.51.100.{number}"
        headers = {"X-Forwarded-For": forged, "X-Real-IP": forged, "Forwarded": f"for={forged}"}
        sent = {**values, "username": f"ai.do.{number}", "password": "sai rồi"}
        seen.append(client.post("/sign-in", data=sent, headers=headers).status_code)
    assert seen == [422] * throttle.FREE_FOR_ADDRESS + [429] * 2
    with portal.app_context():
        assert db.session.scalars(select(SignIn)).all() == []


def test_the_known_browser_is_told_to_the_sign_in_page_only(portal: Flask, client: Any, judge: User) -> None:
    page = client.get_page("/sign-in")
    values = {field["name"]: field.get("value", "") for field in page.soup.select("main form input[name]")}
    answer = client.post("/sign-in", data={**values, "username": "giam.khao", "password": PASSWORD})
    (device,) = [cookie for cookie in answer.headers.getlist("Set-Cookie") if cookie.startswith("device=")]
    assert "Path=/sign-in" in device
    assert "Max-Age=15552000" in device


def test_under_https_cookies_travel_only_under_https(portal: Flask, judge: User) -> None:
    secure = create_app(replace(portal.config["SETTINGS"], https=True))
    client: Any = secure.test_client()
    answer = client.get("/sign-in", base_url="https://localhost")
    (box,) = parse(answer.get_data(as_text=True)).select("main [name=csrf_token]")
    sent = {"csrf_token": box["value"], "username": "giam.khao", "password": PASSWORD}
    answer = client.post("/sign-in", base_url="https://localhost", data=sent, headers={"Referer": "https://localhost/"})
    assert answer.status_code == 302
    cookies = answer.headers.getlist("Set-Cookie")
    assert sorted(cookie.partition("=")[0] for cookie in cookies) == ["device", "session"]
    assert all("; Secure" in cookie for cookie in cookies)


def test_a_conflict_shows_both_and_the_second_save_is_a_decision(
    portal: Flask, client: Any, administrator: User, judge: User
) -> None:
    first, second = client.get_page(f"/users/{judge.id}"), client.get_page(f"/users/{judge.id}")
    client.submit(first, "Lưu", full_name="Tên Mới", email="moi@example.vn")
    page = client.submit(second, "Lưu", full_name="Tên Khác", status=409)
    assert "Bản đang lưu: Tên Mới; moi@example.vn; –." in page.text
    assert page.soup.select_one("[name=full_name]")["value"] == "Tên Khác"
    client.submit(page, "Lưu")
    with portal.app_context():
        assert db.session.get_one(User, judge.id).full_name == "Tên Khác"


def test_a_first_password_may_be_typed(portal: Flask, client: Any, administrator: User) -> None:
    typed = {"full_name": "Lê An", "username": "le.an", "email": "", "phone": ""}
    page = client.submit(client.get_page("/users/new"), "Tạo tài khoản", **typed, password="12345678", status=422)
    assert "rất dễ đoán" in page.errors[0]
    assert "12345678" not in page.response.get_data(as_text=True)
    client.submit(page, "Tạo tài khoản", password="ngõ nhỏ phố tôi 7")
    assert sign_in(portal.test_client(), "le.an", "ngõ nhỏ phố tôi 7").path == "/"


def test_who_is_signed_in_and_has_news_costs_three_questions(portal: Flask, client: Any, judge: User) -> None:
    client.sign_in(judge)
    with counted_statements() as sent:
        assert client.get("/account/password").status_code == 200
    assert len(sent) == 3
    assert "sign_ins" in sent[0]
    assert "memberships" in sent[1]


def test_what_belongs_to_no_edition_is_opened_by_posts_for_all_of_them_only() -> None:
    assert set(PERMISSIONS) > EVERYWHERE
    for permission in PERMISSIONS:
        for role in Role:
            bound, free = (Actor(1, "x", "x", (Post(role, edition_id),)) for edition_id in (5, None))
            assert may(bound, permission) == (may(free, permission) and permission not in EVERYWHERE)


def test_the_log_is_closed_to_whoever_audits_one_edition(portal: Flask, client: Any) -> None:
    with portal.app_context():
        user = make_user(Role.AUDITOR, edition=get_edition("youth-2024"))
    client.sign_in(user)
    assert client.get("/audit").status_code == 403
    assert "Nhật ký" not in client.get_page("/").text


def test_the_log_is_filtered_by_act_and_turned_by_pages(portal: Flask, client: Any, administrator: User) -> None:
    with portal.app_context():
        for _ in range(60):
            make_user(password="")
    page = client.get_page("/audit?action=user.created")
    assert {row[2] for row in page.rows()} == {"Tạo tài khoản"}
    assert len(page.rows()) == 50
    older = client.get_page(page.soup.select_one("a[rel=next]")["href"])
    assert {row[2] for row in older.rows()} == {"Tạo tài khoản"}
    assert len(older.rows()) == 61 - 50
    assert not {tuple(row) for row in older.rows()} & {tuple(row) for row in page.rows()}


def test_the_own_password_is_two_clicks_away_from_every_page(client: Any, judge: User) -> None:
    client.sign_in(judge)
    page = client.follow(client.get_page("/"), "Đặng Quốc Việt")
    assert page.path == "/account"
    assert client.follow(page, "Đổi mật khẩu").path == "/account/password"


def test_long_acts_are_opened_on_demand_and_nothing_of_them_is_lost(client: Any, administrator: User) -> None:
    page = client.get_page("/audit?action=presets.installed")
    (cell,) = (row for row in page.soup.select("tbody tr td:nth-of-type(5)"))
    summary, body = cell.select_one("summary").get_text(), cell.select_one(".details-body").get_text()
    assert len(summary) == 61
    assert body.startswith(summary[:-1])
    assert "robocon-2024" in body
