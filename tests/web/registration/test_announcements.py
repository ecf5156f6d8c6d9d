"""An organiser's announcement, from writing to what the receivers read."""

from typing import Any

import pytest
from sqlalchemy import select

from contest_portal.accounts.actor import Role
from contest_portal.accounts.models_messages import Notice
from contest_portal.contests.queries import get_edition
from contest_portal.core.database import db
from tests.web.registration.conftest import Browser, World

TYPED = {"edition": "robocon-2024", "audience": "schools", "subject": "Đổi địa điểm", "body": "Hội trường B."}


@pytest.fixture
def organiser(world: World, browser_of: Browser) -> Any:
    """Return an organiser's browser."""
    return browser_of(Role.ORGANISER)


def told(world: World) -> list[str]:
    """Return the subjects of everything that was told."""
    with world.portal.app_context():
        return [notice.values["subject"] for notice in db.session.scalars(select(Notice))]


def test_an_announcement_is_checked_then_sent_then_read(world: World, organiser: Any) -> None:
    page = organiser.follow(organiser.get_page("/entries/announcements"), "Soạn thông báo")
    check = organiser.submit(page, "Xem lại trước khi gửi", **TYPED)
    assert check.h1 == "Xem lại thông báo"
    assert "sẽ đến 1 người" in check.text
    assert told(world) == []
    sent = organiser.submit(check, "Gửi cho 1 người")
    assert "Đã gửi thông báo cho 1 người." in sent.flashes
    assert sent.rows()[0][2:4] == ["Mọi trường có tài khoản", "1"]
    inbox = world.school.get_page("/inbox")
    assert "Đổi địa điểm" in inbox.text
    assert "Hội trường B." in inbox.text


def test_pressing_send_twice_tells_once(world: World, organiser: Any) -> None:
    check = organiser.submit(organiser.get_page("/entries/announcements/new"), "Xem lại trước khi gửi", **TYPED)
    for _ in range(2):
        organiser.submit(check, "Gửi cho 1 người")
    assert told(world) == ["Đổi địa điểm"]


def test_going_back_keeps_what_was_written(organiser: Any) -> None:
    check = organiser.submit(organiser.get_page("/entries/announcements/new"), "Xem lại trước khi gửi", **TYPED)
    back = organiser.submit(check, "Sửa lại")
    assert back.h1 == "Soạn thông báo"
    assert back.soup.select_one("[name=subject]")["value"] == "Đổi địa điểm"
    assert back.soup.select_one("[name=body]").text.strip() == "Hội trường B."


def test_missing_words_come_back_with_a_sentence(world: World, organiser: Any) -> None:
    page = organiser.submit(
        organiser.get_page("/entries/announcements/new"),
        "Xem lại trước khi gửi",
        status=422,
        **TYPED | {"subject": "", "body": ""},
    )
    assert "Hãy ghi tiêu đề." in page.text
    assert "Hãy ghi nội dung." in page.text
    assert told(world) == []


def test_a_group_of_nobody_cannot_be_sent_to(organiser: Any) -> None:
    check = organiser.submit(
        organiser.get_page("/entries/announcements/new"), "Xem lại trước khi gửi", **TYPED | {"audience": "judges"}
    )
    assert "chưa có ai có tài khoản" in check.text
    assert not check.soup.select("button[value=send]")


def test_another_editions_organiser_cannot_announce_here(world: World, browser_of: Browser) -> None:
    with world.portal.app_context():
        youth = get_edition("youth-2024")
    other = browser_of(Role.ORGANISER, edition=youth)
    page = other.get_page("/entries/announcements/new")
    assert [option["value"] for option in page.soup.select("[name=edition] option")] == ["", "youth-2024"]
    token = page.soup.select_one("[name=csrf_token]")["value"]
    for step in ("check", "send"):
        answer = other.post("/entries/announcements/new", data={**TYPED, "csrf_token": token, "step": step})
        assert answer.status_code == 422
    assert told(world) == []


@pytest.mark.parametrize("role", [Role.JUDGE, Role.AUDITOR])
def test_others_do_not_announce(browser_of: Browser, role: Role) -> None:
    browser_of(role).get_page("/entries/announcements/new", 403)
