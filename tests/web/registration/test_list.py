"""Test the page of the list: what it shows, keeps in its address and survives."""

from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from sqlalchemy import event

from contest_portal.accounts.actor import Role
from contest_portal.contests.models import Membership
from contest_portal.contests.queries import get_edition
from contest_portal.core.database import db, transaction
from contest_portal.registration.status import Status
from tests.client import CheckingClient
from tests.factories.people import make_school, make_user, unit_of
from tests.factories.registration import make_entry, open_edition

ODD = ["%", "_", "\\", "'", '"', "<b>", "\ufffe", "\u202e", "😀", "RB24-%", "RB24-' OR 1=1", "(", "a" * 3000, "e\u0301"]


def organiser(portal: Flask) -> CheckingClient:
    """Return the browser of an organiser."""
    with portal.app_context():
        user_id = make_user(Role.ORGANISER).id
    browser: Any = portal.test_client()
    browser.sign_in(user_id)
    return browser


def add(portal: Flask, count: int) -> None:
    """Add entries of one school."""
    with portal.app_context():
        edition = get_edition("robocon-2024")
        school = make_school(unit=unit_of(edition))
        for _ in range(count):
            make_entry(edition, school=school, division=edition.divisions[0], people=[])


def queries_of(portal: Flask, browser: CheckingClient, address: str) -> int:
    """Count the statements a page sends to the database."""
    seen: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    with portal.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        browser.get_page(address)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len(seen)


def test_the_list_shows_each_entry_with_its_place_and_status(portal: Flask) -> None:
    with portal.app_context():
        edition = get_edition("robocon-2024")
        unit = unit_of(edition)
        school = make_school("Trường THCS Tân Dĩnh", unit)
        entry = make_entry(
            edition, title="Rồng Xanh", school=school, division=edition.divisions[1], status=Status.DRAFT
        )
        reference, division, day = entry.reference, edition.divisions[1].name, entry.status_on
    page = organiser(portal).get_page("/entries/")
    shown = f"{day:%d/%m/%Y}"
    assert page.rows() == [
        ["Rồng Xanh", reference, division, "Trường THCS Tân Dĩnh", "Lạng Giang", "Bản nháp", "–", shown]
    ]
    assert page.link("Rồng Xanh") == f"/entries/{reference}"


def test_the_filters_stay_in_the_address_from_page_to_page(portal: Flask) -> None:
    add(portal, 53)
    browser = organiser(portal)
    page = browser.submit(browser.get_page("/entries/?edition=robocon-2024"), "Lọc", division="A", unit="217")
    assert "edition=robocon-2024" in page.path
    assert (len(page.rows()), "53 hồ sơ" in page.text) == (50, True)
    second = browser.follow(page, "Trang sau")
    assert len(second.rows()) == 3
    for kept in ("edition=robocon-2024", "division=A", "unit=217", "cursor="):
        assert kept in second.path
    back = browser.follow(second, "Trang trước")
    assert back.rows() == page.rows()
    chosen = [option["value"] for option in back.soup.select("option[selected]") if option["value"]]
    assert chosen == ["robocon-2024", "217", "A"]


@pytest.mark.parametrize("q", ODD)
def test_odd_searches_are_answered_on_both_databases(both: Flask, q: str) -> None:
    browser = organiser(both)
    page = browser.get_page(f"/entries/?edition=robocon-2024&q={quote(q)}")
    assert page.h1 == "Hồ sơ dự thi"


@pytest.mark.parametrize("query", ["q=%00", "edition=%00", "cursor=%00"])
def test_nul_is_no_address_of_ours(both: Flask, query: str) -> None:
    organiser(both).get_page(f"/entries/?{query}", 404)


@pytest.mark.parametrize(
    "cursor", ["x", "WzAsMV0", "W10", "WzAsImEiXQ", "WzEsOTIyMzM3MjAzNjg1NDc3NTgwN10", "ü", "%FF%FE"]
)
def test_an_odd_cursor_shows_a_page(both: Flask, cursor: str) -> None:
    assert organiser(both).get_page(f"/entries/?cursor={cursor}").h1 == "Hồ sơ dự thi"


def test_the_page_costs_the_same_number_of_queries_at_1_3_and_300_rows(portal: Flask) -> None:
    browser = organiser(portal)
    counts = []
    for more in (1, 2, 297):
        add(portal, more)
        counts.append(queries_of(portal, browser, "/entries/?edition=robocon-2024"))
    assert counts == [counts[0]] * 3
    assert counts[0] <= 9


def test_who_registers_for_no_school_is_told_whom_to_ask(portal: Flask) -> None:
    browser = organiser(portal)
    assert "Đăng ký hồ sơ mới" not in browser.get_page("/entries/").text
    assert "chưa gắn với trường" in browser.get_page("/entries/new").text


def test_several_schools_and_contests_are_chosen_from(portal: Flask) -> None:
    with portal.app_context():
        for code in ("robocon-2024", "youth-2024"):
            open_edition(code)
        schools = [make_school(name, unit_of("robocon-2024")) for name in ("Trường THCS Một", "Trường THCS Hai")]
        user = make_user(Role.SCHOOL, Role.SCHOOL, school=schools[0])
        with transaction():
            db.session.add(Membership(user_id=user.id, role=Role.SCHOOL, school_id=schools[1].id))
        chosen = str(schools[1].id)
    browser: Any = portal.test_client()
    browser.sign_in(user)
    form = browser.get_page("/entries/new?edition=youth-2024")
    page = browser.submit(form, status=422, title="Máy lọc nước")
    assert page.errors == ["Hãy chọn trường hoặc đơn vị."]
    tasks = browser.submit(page, title="Máy lọc nước", school=chosen)
    assert "Trường THCS Hai" in browser.get_page(f"{tasks.path}/check").text
    assert tasks.path.startswith("/entries/")
