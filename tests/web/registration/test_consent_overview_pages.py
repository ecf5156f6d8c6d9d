"""Test the pages of consent for an organiser and the public, and the pages of what is sensitive."""

from typing import Any

from flask import Flask
from sqlalchemy import select

from contest_portal.accounts.actor import Role
from contest_portal.contests.queries import get_edition
from contest_portal.core.audit import AuditRecord
from contest_portal.core.database import db, transaction
from contest_portal.core.spreadsheets import read_workbook
from contest_portal.registration.consent.models import SensitiveDetail
from contest_portal.registration.status import Status
from tests.counting import counted_statements
from tests.factories.consent import answer_all
from tests.factories.people import make_school
from tests.factories.registration import make_entry
from tests.web.registration.conftest import Browser, World
from tests.web.registration.test_consent_pages import CHILD, entry_of, make_link, parent_of, set_rules

# What is sensitive


def test_the_ethnic_group_is_asked_apart_and_shown_to_few(world: World, browser_of: Browser) -> None:
    address = make_link(world)
    parent = parent_of(world)
    assert "dân tộc" not in parent.get_page(address).text
    parent.get_page(f"{address}/ethnic-group", status=404)
    world.school.get_page(f"{world.home}/sensitive", status=404)
    set_rules(world, ethnic_group="optional")
    page = parent.follow(parent.get_page(address), "Khai hoặc xóa thành phần dân tộc")
    assert len(page.soup.select("select[name=group] option")) == 56
    typed = {"giver": "Trần Thị Mẹ", "relation": "mother", "representative_ethnic_group": "yes"}
    parent.submit(page, fields=typed, status=422)
    parent.submit(page, fields=typed | {"group": "Tày"})
    told = world.school.get_page(f"{world.home}/sensitive")
    assert told.rows()[0][:2] == [CHILD, "Tày"]
    organiser = browser_of(Role.ORGANISER)
    hidden = [organiser.get_page("/entries/consents/robocon-2024"), world.school.get_page(world.home)]
    hidden += [world.school.get_page(f"{world.home}/consent"), organiser.get_page(f"/entries/?q={CHILD}")]
    assert not any("Tày" in one.text for one in hidden)
    assert "0 hồ sơ" in organiser.get_page("/entries/?q=Tày").text
    book = organiser.get("/entries/consents/robocon-2024/list.xlsx").data
    assert "Tày" not in repr(cells(book))
    with world.portal.app_context():
        looks = db.session.scalars(select(AuditRecord).where(AuditRecord.action == "sensitive.viewed")).all()
        assert len(looks) == 1
    page = parent.get_page(f"{address}/withdraw")
    parent.submit(page, "Rút lại mọi đồng ý", giver="Trần Thị Mẹ", relation="mother")
    with world.portal.app_context():
        assert db.session.scalars(select(SensitiveDetail)).all() == []


def test_a_school_records_the_ethnic_group_from_paper(world: World) -> None:
    set_rules(world, ethnic_group="optional")
    page = world.school.follow(world.school.get_page(f"{world.home}/sensitive"), "Ghi từ phiếu giấy")
    fields = {"representative_ethnic_group": "yes", "group": "Nùng", "signed_on": "01/05/2024"}
    done = world.school.submit(page, fields=fields | {"giver": "Trần Thị Mẹ", "relation": "mother"})
    assert done.rows()[0][:2] == [CHILD, "Nùng"]


# An organiser


def cells(data: bytes) -> list[list[Any]]:
    """Return what is in a workbook."""
    book = read_workbook(data)
    return [
        [cell.value if hasattr(cell, "value") else cell for cell in row] for sheet in book.sheets for row in sheet.rows
    ]


def test_an_organiser_sees_how_consent_stands(world: World, browser_of: Browser) -> None:
    with world.portal.app_context():
        answer_all(entry_of(world))
        make_entry("robocon-2024", people=[{"full_name": "Lê Văn Im", "class_name": "7A"}])
    organiser = browser_of(Role.ORGANISER)
    assert organiser.get_page("/entries/consents").h1 == "Đồng ý của phụ huynh"
    page = organiser.get_page("/entries/consents/robocon-2024")
    assert page.rows(0) == [
        ["Tham gia cuộc thi", "1", "0", "1"],
        ["Công bố tên và kết quả", "1", "0", "1"],
        ["Chụp ảnh, quay phim và đăng", "1", "0", "1"],
    ]
    assert [row[0] for row in page.rows(1)] == [CHILD, "Lê Văn Im"]
    missing = organiser.get_page("/entries/consents/robocon-2024?purpose=take_part&state=unanswered")
    assert [row[0] for row in missing.rows(1)] == ["Lê Văn Im"]
    unpictured = organiser.get_page("/entries/consents/robocon-2024/no-pictures")
    assert [row[0] for row in unpictured.rows()] == ["Lê Văn Im"]
    book = organiser.get("/entries/consents/robocon-2024/list.xlsx?purpose=take_part&state=agreed").data
    text = repr(cells(book))
    assert CHILD in text and "Lê Văn Im" not in text


def test_an_organiser_writes_new_words(world: World, browser_of: Browser) -> None:
    organiser = browser_of(Role.ORGANISER)
    page = organiser.get_page("/entries/consents/robocon-2024/words/publish")
    stale = organiser.get_page("/entries/consents/robocon-2024/words/publish")
    done = organiser.submit(page, text="Tên em được đăng.", text_en="The name is shown.")
    assert "E1" in done.text and "C1" in done.text
    organiser.submit(stale, text="Khác.", text_en="Other.", status=409)
    organiser.submit(stale, text="", text_en="Other.", status=422)
    assert "Tên em được đăng." in parent_of(world).get_page(make_link(world)).text
    organiser.get_page("/entries/consents/robocon-2024/words/ethnic_group", status=404)
    browser_of(Role.AUDITOR).get_page("/entries/consents/robocon-2024/words/publish", status=403)


# The public


def test_the_public_list_is_there_only_where_the_edition_publishes_it(world: World) -> None:
    anybody = parent_of(world)
    set_rules(world, public_list=False)
    anybody.get_page("/contests/robocon-2024/entries", status=404)
    anybody.get_page("/contests/nothing/entries", status=404)


def test_the_public_list_shows_accepted_entries_and_finds_by_title_or_school_only(world: World) -> None:
    set_rules(world, public_list=True)
    with world.portal.app_context():
        school = make_school("Trường THCS Xương Giang")
        make_entry("robocon-2024", title="Đội Bạc", school=school, people=[{"full_name": "Hoàng Văn Ẩn"}])
        refused = make_entry("robocon-2024", title="Đội Loại", school=school)
        make_entry("robocon-2024", title="Đội Nháp", school=school, status=Status.DRAFT)
        with transaction():
            refused.check_state = "ineligible"
    anybody = parent_of(world)
    page = anybody.get_page("/contests/robocon-2024/entries")
    assert [row[0] for row in page.rows()] == ["Đội Bạc"]
    assert page.rows()[0][-1] == "Không công bố tên"
    for q, count in (("bac", 1), ("xuong giang", 1), ("hoàng văn", 0), ("%", 0), ("x" * 5000, 0)):
        found = anybody.get_page("/contests/robocon-2024/entries", query_string={"q": q})
        assert len(found.soup.select("tbody tr")) == count, q


def test_the_public_list_asks_as_much_for_many_as_for_few(portal: Flask) -> None:
    with portal.app_context(), transaction():
        edition = get_edition("robocon-2024")
        edition.rules = {**edition.rules, "public_list": True}
    counts = []
    for number in (1, 40):
        with portal.app_context():
            for _ in range(number):
                make_entry("robocon-2024", people=[{}, {}])
        client: Any = portal.test_client()
        client.get("/contests/robocon-2024/entries")
        with counted_statements() as statements:
            client.get_page("/contests/robocon-2024/entries")
        counts.append(len(statements))
    assert counts[0] == counts[1]
