"""The inbox, the log of letters, and the language of letters, as people see them."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from contest_portal.accounts.actor import Role
from contest_portal.accounts.messages import mail_to, notify
from contest_portal.accounts.models import User
from contest_portal.accounts.models_messages import Notice
from contest_portal.core.database import db, transaction
from contest_portal.core.outbox import OutboxLetter
from contest_portal.registration.announcing import ANNOUNCED
from tests.factories.people import make_user


@pytest.fixture
def user_id(portal: Flask, client: Any) -> int:
    """Return a school person who is signed in."""
    with portal.app_context():
        made = make_user(Role.JUDGE, email="an@example.vn").id
    client.sign_in(made)
    return made


def tell(portal: Flask, user_id: int, subject: str = "Đổi địa điểm", link: str | None = None) -> None:
    """Tell a person something."""
    with portal.app_context(), transaction():
        notify(
            [user_id],
            ANNOUNCED.kind,
            {"subject": subject, "body": "Hội trường B.\n\nXin cảm ơn."},
            key=subject,
            link=link,
        )


def test_an_empty_inbox_says_so(client: Any, user_id: int) -> None:
    page = client.get_page("/inbox")
    assert page.h1 == "Thông báo"
    assert "Chưa có thông báo nào" in page.text
    assert page.soup.select_one(".site-inbox .count") is None


def test_news_is_counted_on_every_page_until_it_is_read(portal: Flask, client: Any, user_id: int) -> None:
    for number in range(3):
        tell(portal, user_id, f"Tin {number}")
    page = client.get_page("/account")
    assert page.soup.select_one(".site-inbox .count").text == "3"
    page = client.follow(page, "Thông báo 3 chưa đọc")
    assert [heading.get_text(" ", strip=True) for heading in page.soup.select(".notice-subject")] == [
        "Tin 2 Mới",
        "Tin 1 Mới",
        "Tin 0 Mới",
    ]
    page = client.submit(page, "Đánh dấu tất cả đã đọc")
    assert page.soup.select_one(".site-inbox .count") is None
    assert len(page.soup.select(".notice-unread")) == 0


def test_a_notice_leads_to_what_it_is_about(portal: Flask, client: Any, user_id: int) -> None:
    tell(portal, user_id, link="/account")
    page = client.submit(client.get_page("/inbox"), "Mở trang liên quan")
    assert page.path == "/account"
    assert page.soup.select_one(".site-inbox .count") is None


def test_a_notice_never_leads_out_of_the_portal(portal: Flask, client: Any, user_id: int) -> None:
    tell(portal, user_id, link="/account")
    with portal.app_context(), transaction():
        db.session.execute(update(Notice).values(link="//elsewhere.example/"))
    assert client.submit(client.get_page("/inbox"), "Mở trang liên quan").path == "/inbox"


def test_what_was_typed_is_shown_as_text(portal: Flask, client: Any, user_id: int) -> None:
    tell(portal, user_id, "<script>alert(1)</script>")
    page = client.get_page("/inbox")
    assert "<script>alert(1)</script>" in page.text
    assert page.soup.select("main script") == []


def test_a_long_inbox_has_pages(portal: Flask, client: Any, user_id: int) -> None:
    for number in range(55):
        tell(portal, user_id, f"Tin {number}")
    page = client.get_page("/inbox")
    assert len(page.soup.select(".notice-item")) == 50
    assert page.soup.select_one(".site-inbox .count").text == "55"
    older = client.follow(page, "Trang sau")
    assert len(older.soup.select(".notice-item")) == 5


def test_letters_come_in_the_language_that_was_chosen(portal: Flask, client: Any, user_id: int) -> None:
    page = client.follow(client.get_page("/account"), "Thay đổi Ngôn ngữ của thư")
    page = client.submit(page, "Lưu", language="en")
    assert "Đã lưu ngôn ngữ của thư." in page.flashes
    with portal.app_context():
        assert db.session.get_one(User, user_id).language == "en"


@pytest.fixture
def organiser(portal: Flask, client: Any) -> Iterator[Any]:
    """Sign in somebody who sees the log of letters, where a mail server is known."""
    before = portal.config["SETTINGS"]
    portal.config["SETTINGS"] = replace(before, mail_server="127.0.0.1", mail_sender="a@b.vn")
    with portal.app_context():
        made = make_user(Role.ORGANISER).id
        with transaction():
            for number in range(3):
                mail_to(
                    f"p{number}@example.vn", ANNOUNCED.kind, {"subject": f"Thư {number}", "body": "x"}, key=f"k{number}"
                )
    client.sign_in(made)
    yield client
    portal.config["SETTINGS"] = before


def set_state(portal: Flask, key: str, state: str, error: str | None = None) -> None:
    """Let a letter stand somewhere else."""
    with portal.app_context(), transaction():
        db.session.execute(update(OutboxLetter).where(OutboxLetter.key == key).values(state=state, error=error))


def test_the_log_says_where_each_letter_is(portal: Flask, organiser: Any) -> None:
    set_state(portal, "k0", "failed", "SMTPRecipientsRefused")
    set_state(portal, "k1", "sent")
    page = organiser.get_page("/outbox")
    assert [list(row[1:4]) for row in page.rows()] == [
        ["p2@example.vn", "Thư 2", "Chờ gửi"],
        ["p1@example.vn", "Thư 1", "Đã gửi"],
        ["p0@example.vn", "Thư 0", "Không gửi được SMTPRecipientsRefused"],
    ]
    only = organiser.get_page("/outbox?state=failed")
    assert [row[1] for row in only.rows()] == ["p0@example.vn"]
    assert [row[1] for row in organiser.get_page("/outbox?address=p1@example.vn").rows()] == ["p1@example.vn"]
    assert "Không có thư nào khớp" in organiser.get_page("/outbox?address=nobody").text


def test_a_letter_that_did_not_leave_is_sent_again(portal: Flask, organiser: Any) -> None:
    set_state(portal, "k0", "failed", "TimeoutError")
    page = organiser.submit(organiser.get_page("/outbox?state=failed"), "Gửi lại")
    assert "Thư sẽ được gửi lại trong ít phút." in page.flashes
    with portal.app_context():
        kept = db.session.scalars(select(OutboxLetter).where(OutboxLetter.key == "k0")).one()
        assert (kept.state, kept.error) == ("waiting", None)


def test_an_unsure_letter_asks_for_a_person(portal: Flask, organiser: Any) -> None:
    set_state(portal, "k0", "unsure")
    page = organiser.get_page("/outbox")
    assert "không rõ đã gửi hay chưa" in page.text


def test_without_a_mail_server_the_log_says_so(portal: Flask, organiser: Any) -> None:
    portal.config["SETTINGS"] = replace(portal.config["SETTINGS"], mail_server=None)
    page = organiser.get_page("/outbox")
    assert "Chưa cấu hình máy chủ thư" in page.text
    assert "Gửi lại" not in [button.get_text(strip=True) for button in page.soup.select("main button")]
