"""Forgetting a password, as somebody sees it who did."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from contest_portal.core.database import db
from contest_portal.core.outbox import OutboxLetter
from tests.factories.people import make_user

NEW = "một câu mới để nhớ 2024"


@pytest.fixture
def post(portal: Flask) -> Iterator[Flask]:
    """Let the portal know a mail server and its own address."""
    before = portal.config["SETTINGS"]
    more: dict[str, Any] = {"mail_server": "127.0.0.1", "mail_sender": "a@b.vn", "public_url": "https://thi.example.vn"}
    portal.config["SETTINGS"] = replace(before, **more)
    yield portal
    portal.config["SETTINGS"] = before


def link_of(portal: Flask) -> str:
    """Return the path of the link in the last letter."""
    with portal.app_context():
        sent = db.session.scalars(select(OutboxLetter).order_by(OutboxLetter.id.desc())).first()
        found = re.search(r"https://thi\.example\.vn(/password/\S+)", sent.body if sent else "")
    assert found
    return found[1]


def test_a_forgotten_password_is_replaced_through_a_letter(post: Flask, client: Any) -> None:
    with post.app_context():
        make_user(username="thcs.kep", email="kep@example.vn")
    page = client.follow(client.get_page("/sign-in"), "Quên mật khẩu?")
    page = client.submit(page, "Gửi liên kết", name="thcs.kep")
    assert page.h1 == "Hãy xem hộp thư"
    page = client.get_page(link_of(post))
    assert "thcs.kep" in page.text
    assert client.submit(page, "Đặt mật khẩu", new="12345678", status=422).errors
    page = client.submit(client.get_page(link_of(post)), "Đặt mật khẩu", new=NEW)
    assert "Đã đặt mật khẩu mới. Hãy đăng nhập." in page.flashes
    page = client.submit(page, "Đăng nhập", username="thcs.kep", password=NEW)
    assert page.path == "/"
    client.get_page(link_of(post), 404)


def test_the_answer_is_the_same_for_an_account_and_for_none(post: Flask, client: Any) -> None:
    with post.app_context():
        make_user(username="thcs.kep", email="kep@example.vn")
    answers = [
        client.submit(client.get_page("/password/forgotten"), "Gửi liên kết", name=name).soup.main
        for name in ("thcs.kep", "khong.co")
    ]
    assert answers[0] == answers[1]


def test_without_a_mail_server_nothing_is_promised(client: Any) -> None:
    page = client.get_page("/sign-in")
    assert "Quên mật khẩu?" not in [link.get_text() for link in page.soup.select("main a")]
    assert "Hãy liên hệ quản trị viên" in client.get_page("/password/forgotten").text


def test_a_made_up_link_says_what_to_do(client: Any) -> None:
    page = client.get_page("/password/" + "x" * 43, 404)
    assert "Hãy xin một liên kết mới." in page.text


def test_the_link_never_takes_its_host_from_the_request(post: Flask, client: Any) -> None:
    with post.app_context():
        make_user(username="thcs.kep", email="kep@example.vn")
    page = client.get_page("/password/forgotten")
    client.submit(page, "Gửi liên kết", name="thcs.kep")
    assert link_of(post).startswith("/password/")


def test_too_many_askings_ask_for_patience(post: Flask, client: Any) -> None:
    for _ in range(5):
        client.submit(client.get_page("/password/forgotten"), "Gửi liên kết", name="ai.do")
    page = client.submit(client.get_page("/password/forgotten"), "Gửi liên kết", name="ai.do", status=429)
    assert "Hãy thử lại sau" in page.text
