"""The page on which a school hands in all its complete drafts."""

import pytest
from flask import Flask

from contest_portal.accounts.actor import Role
from contest_portal.contests.models import School
from contest_portal.contests.queries import get_edition
from contest_portal.core.database import db
from contest_portal.registration.status import Status
from tests.client import CheckingClient
from tests.factories.people import make_school, make_user, unit_of
from tests.factories.registration import make_entry, open_edition
from tests.unit.registration.test_together import CODE, draft

ADDRESS = f"/entries/together/{CODE}"


@pytest.fixture
def school(portal: Flask, client: CheckingClient) -> int:
    """Sign a school's teacher in; return the school."""
    with portal.app_context():
        open_edition(CODE)
        made = make_school("Trường THCS Tân Dĩnh", unit_of(CODE))
        client.sign_in(make_user(Role.SCHOOL, school=made, password="").id)
        number = made.id
        db.session.remove()
    return number


def drafts(portal: Flask, school: int, *titles: str, people: int = 3) -> None:
    """Make drafts of the school."""
    with portal.app_context():
        for title in titles:
            draft(get_edition(CODE), db.session.get_one(School, school), title, people)
        db.session.remove()


def test_everything_complete_is_handed_in_with_one_declaration(
    portal: Flask, client: CheckingClient, school: int
) -> None:
    drafts(portal, school, "Rồng Xanh", "Sao Mai")
    drafts(portal, school, "Còn Thiếu", people=0)
    page = client.get_page(ADDRESS)
    assert "Chưa nộp được (1)" in page.text
    assert "Đủ điều kiện nộp (2)" in page.text
    refused = client.submit(page, "Nộp các hồ sơ đã đánh dấu", status=422)
    assert refused.errors == ["Hãy đánh dấu lời cam đoan trước khi nộp."]
    receipt = client.submit(refused, "Nộp các hồ sơ đã đánh dấu", declared=True)
    assert "Đã nộp 2 hồ sơ" in receipt.h1
    assert [row[0] for row in receipt.rows()] == ["Rồng Xanh", "Sao Mai"]
    assert all(row[1].startswith("RB24-") for row in receipt.rows())
    left = client.get_page(ADDRESS)
    assert "Còn Thiếu" in left.text
    assert not left.soup.select("main form")


def test_what_is_unticked_stays_a_draft(portal: Flask, client: CheckingClient, school: int) -> None:
    drafts(portal, school, "Rồng Xanh", "Sao Mai")
    page = client.get_page(ADDRESS)
    one = str(page.soup.select("[name=references]")[0]["value"])
    receipt = client.submit(page, "Nộp các hồ sơ đã đánh dấu", declared=True, references=[one])
    assert [row[1] for row in receipt.rows()] == [one]
    none = client.get_page(ADDRESS)
    refused = client.submit(none, "Nộp các hồ sơ đã đánh dấu", declared=True, references=[], status=422)
    assert "Hãy đánh dấu ít nhất một hồ sơ." in refused.errors


def test_sent_twice_leads_to_the_one_receipt(portal: Flask, client: CheckingClient, school: int) -> None:
    drafts(portal, school, "Rồng Xanh")
    page = client.get_page(ADDRESS)
    first = client.submit(page, "Nộp các hồ sơ đã đánh dấu", declared=True)
    second = client.submit(page, "Nộp các hồ sơ đã đánh dấu", declared=True)
    assert first.path == second.path


def test_without_drafts_the_page_says_what_to_do(client: CheckingClient, school: int) -> None:
    page = client.get_page(ADDRESS)
    assert "Nhà trường không có bản nháp nào" in page.text
    assert page.link("Nhập danh sách từ bảng tính") == f"/screening/import/{CODE}"


def test_a_strangers_draft_cannot_be_slipped_in(portal: Flask, client: CheckingClient, school: int) -> None:
    drafts(portal, school, "Rồng Xanh")
    with portal.app_context():
        other = make_entry(CODE, school=make_school(unit=unit_of(CODE)), status=Status.DRAFT).reference
        db.session.remove()
    page = client.get_page(ADDRESS)
    answer = client.post(
        ADDRESS,
        data={
            "csrf_token": str(page.soup.select_one("[name=csrf_token]")["value"]),  # type: ignore[index]
            "once": str(page.soup.select_one("[name=once]")["value"]),  # type: ignore[index]
            "references": [other],
            "declared": "y",
        },
    )
    assert answer.status_code == 422
