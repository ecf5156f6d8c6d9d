"""The pages of one's own account, as a browser sees them."""

from typing import Any

import pytest
from flask import Flask

from contest_portal.accounts.actor import Role
from contest_portal.accounts.models import User
from contest_portal.core.database import db
from tests.factories import make_user
from tests.factories.people import PASSWORD

NEW = "một câu khác hẳn, dài hơn"


@pytest.fixture
def judge(portal: Flask) -> User:
    """Return a judge's account."""
    with portal.app_context():
        return make_user(Role.JUDGE, username="giam.khao")


def _sign_in(client: Any, username: str = "giam.khao", password: str = PASSWORD, **more: Any) -> Any:
    page = client.get_page("/sign-in")
    return client.submit(page, "Đăng nhập", username=username, password=password, **more)


def test_a_person_signs_in_and_out(client: Any, judge: User) -> None:
    page = _sign_in(client)
    assert page.path == "/"
    assert judge.full_name in page.text
    page = client.submit(page, "Đăng xuất")
    assert page.path == "/sign-in"
    assert "Bạn đã đăng xuất." in page.flashes
    assert client.get("/account").status_code == 302


def test_sign_in_leads_on_to_where_one_wanted_to_go(client: Any, judge: User) -> None:
    page = client.get_page("/judging/")
    assert page.path.startswith("/sign-in?next=")
    page = client.submit(page, "Đăng nhập", username="giam.khao", password=PASSWORD)
    assert page.path == "/judging/"


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/a\nb", "\x01/x"]
)
def test_sign_in_leads_only_to_our_own_pages(client: Any, judge: User, target: str) -> None:
    page = client.get_page("/sign-in", query_string={"next": target})
    values = {field["name"]: field.get("value", "") for field in page.soup.select("main form input[name]")}
    answer = client.post(
        "/sign-in", query_string={"next": target}, data={**values, "username": "giam.khao", "password": PASSWORD}
    )
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/"


def test_wrong_name_and_wrong_password_read_the_same(client: Any, judge: User) -> None:
    wrong = _sign_in(client, password="sai rồi", status=422)
    unknown = _sign_in(client, username="khong.co", password="sai rồi", status=422)
    assert wrong.errors == unknown.errors == ["Tên đăng nhập hoặc mật khẩu chưa đúng."]
    assert "sai rồi" not in wrong.text


def test_too_many_tries_are_told_how_long_to_wait(client: Any, judge: User) -> None:
    for _ in range(5):
        _sign_in(client, password="sai rồi", status=422)
    page = _sign_in(client, password="sai rồi", status=429)
    assert int(page.response.headers["Retry-After"]) >= 1
    assert "Hãy thử lại sau" in page.errors[0]


def test_cookies_are_closed_to_scripts_and_other_sites(client: Any, judge: User) -> None:
    page = client.get_page("/sign-in")
    values = {field["name"]: field.get("value", "") for field in page.soup.select("main form input[name]")}
    answer = client.post("/sign-in", data={**values, "username": "giam.khao", "password": PASSWORD})
    cookies = answer.headers.getlist("Set-Cookie")
    assert len(cookies) == 2
    for cookie in cookies:
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie


def test_the_session_before_signing_in_is_not_the_one_after(client: Any, judge: User) -> None:
    client.get_page("/sign-in")
    with client.session_transaction() as session:
        session["planted"] = "by somebody else"
    _sign_in(client)
    with client.session_transaction() as session:
        assert "planted" not in session


def test_a_stale_form_comes_back_with_what_was_typed(client: Any, judge: User) -> None:
    page = client.get_page("/sign-in")
    page = client.submit(
        page, "Đăng nhập", username="giam.khao", password=PASSWORD, fields={"csrf_token": "x"}, status=400
    )
    assert page.soup.select_one("[name=username]")["value"] == "giam.khao"
    assert client.get("/account").status_code == 302


def test_sign_out_needs_a_form_of_ours(client: Any, judge: User) -> None:
    client.sign_in(judge)
    assert client.get("/sign-out").status_code == 405
    assert client.post("/sign-out").status_code in (400, 403)
    assert client.get("/account").status_code == 200


def test_who_is_signed_in_already_is_led_home(client: Any, judge: User) -> None:
    client.sign_in(judge)
    assert client.get("/sign-in").headers["Location"] == "/"


def test_a_password_is_changed_and_other_browsers_are_signed_out(portal: Flask, client: Any, judge: User) -> None:
    other = portal.test_client()
    other.sign_in(judge)
    client.sign_in(judge)
    page = client.get_page("/account/password")
    page = client.submit(page, "Đổi mật khẩu", current=PASSWORD, new="12345678", status=422)
    assert "rất dễ đoán" in page.errors[0]
    page = client.submit(page, "Đổi mật khẩu", current="sai", new=NEW, status=422)
    assert page.errors == ["Mật khẩu hiện tại chưa đúng."]
    page = client.submit(page, "Đổi mật khẩu", current=PASSWORD, new=NEW)
    assert page.path == "/account"
    assert other.get("/account").status_code == 302
    _sign_in(portal.test_client(), password=NEW)


def test_idle_browsers_are_signed_out(client: Any, judge: User, at: Any) -> None:
    at(2024, 5, 20, 9)
    client.sign_in(judge)
    at(2024, 5, 20, 9, 59)
    assert client.get("/account").status_code == 200
    at(2024, 5, 20, 10, 58)
    assert client.get("/account").status_code == 200
    at(2024, 5, 20, 12)
    assert client.get("/account").status_code == 302


def test_nobody_stays_signed_in_for_ever(client: Any, judge: User, at: Any) -> None:
    for half_hours in range(25):
        at(2024, 5, 20, 6 + half_hours // 2, 30 * (half_hours % 2))
        if half_hours == 0:
            client.sign_in(judge)
        expected = 200 if half_hours < 24 else 302
        assert client.get("/account").status_code == expected, half_hours


def test_own_account_names_its_roles(client: Any, judge: User) -> None:
    client.sign_in(judge)
    assert "Giám khảo" in client.get_page("/account").text


def test_a_demonstration_account_is_warned(portal: Flask, client: Any, judge: User) -> None:
    with portal.app_context():
        db.session.get_one(User, judge.id).demonstration = True
        db.session.commit()
    client.sign_in(judge)
    assert "mật khẩu minh họa" in client.get_page("/account").text
