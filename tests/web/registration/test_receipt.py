"""Test the receipt on the page and in the post."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from contest_portal.accounts.actor import Role
from contest_portal.core import outbox
from contest_portal.core.database import transaction
from contest_portal.registration.queries import find_by_reference
from tests.post_office import PostOffice, open_post_office
from tests.web.registration.conftest import Browser, World


@pytest.fixture
def office(world: World) -> Iterator[PostOffice]:
    settings = world.portal.config["SETTINGS"]
    with open_post_office() as found:
        world.portal.config["SETTINGS"] = replace(
            settings,
            mail_server="127.0.0.1",
            mail_port=found.port,
            mail_sender="cong@example.vn",
            public_url="https://cuocthi.example.vn",
        )
        yield found
        world.portal.config["SETTINGS"] = settings


def post(world: World) -> None:
    """Let the letters leave that wait."""
    with world.portal.app_context():
        outbox.deliver_due()


def hand_in(world: World, email: str | None = None) -> str:
    """Hand the entry in and let the post leave; return the receipt's words."""
    with world.portal.app_context(), transaction():
        entry = find_by_reference(world.reference)
        assert entry is not None
        entry.contact_email = email
    page = world.school.submit(world.school.get_page(f"{world.home}/check"), "Nộp hồ sơ", declared=True)
    post(world)
    return page.text


def test_the_receipt_says_what_was_handed_in(submitted: World) -> None:
    page = submitted.school.get_page(f"{submitted.home}/receipt")
    assert page.h1 == "Đã nhận đăng ký"
    for words in (
        submitted.reference,
        "Rồng Xanh",
        "Trường THCS Tân Dĩnh",
        "Nguyễn Thị Hồng Ánh",
        "Trần Văn Bình",
        "lớp 7A2",
    ):
        assert words in page.text
    assert "Biên nhận cũng được gửi" not in page.text


def test_a_draft_has_no_receipt(world: World) -> None:
    world.school.get_page(f"{world.home}/receipt", 404)


def test_the_receipt_is_posted_and_names_no_child(world: World, office: PostOffice) -> None:
    text = hand_in(world, "truong@example.edu.vn")
    assert "Biên nhận cũng được gửi tới truong@example.edu.vn." in text
    assert office.envelopes == [["truong@example.edu.vn"]]
    letter = office.letters[0]
    assert letter["Subject"] == f"Biên nhận đăng ký {world.reference}: Rồng Xanh"
    content = letter.get_content()
    assert f"https://cuocthi.example.vn{world.home}" in content
    assert "Trường THCS Tân Dĩnh" in content
    assert "Ánh" not in content


def test_without_an_address_nothing_is_posted(world: World, office: PostOffice) -> None:
    assert "Biên nhận cũng được gửi" not in hand_in(world)
    assert office.letters == []


def test_a_lost_mail_server_does_not_stop_the_handing_in(world: World, office: PostOffice) -> None:
    office.shutdown()
    office.server_close()
    assert "Đã nhận đăng ký" in hand_in(world, "truong@example.edu.vn")
    assert world.stored("status") == "submitted"
    with world.portal.app_context():
        assert outbox.counts() == {"waiting": 1}


def test_a_receipt_sent_twice_is_posted_once(world: World, office: PostOffice) -> None:
    with world.portal.app_context(), transaction():
        entry = find_by_reference(world.reference)
        assert entry is not None
        entry.contact_email = "truong@example.edu.vn"
    check = world.school.get_page(f"{world.home}/check")
    for _ in range(2):
        world.school.submit(check, "Nộp hồ sơ", declared=True)
    post(world)
    assert len(office.letters) == 1


def test_staff_read_the_receipt_too(submitted: World, browser_of: Browser) -> None:
    assert submitted.reference in browser_of(Role.ORGANISER).get_page(f"{submitted.home}/receipt").text
