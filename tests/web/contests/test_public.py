"""Test the pages that everybody may read."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from contest_portal.accounts.actor import Role
from contest_portal.core.database import db
from tests.client import CheckingClient
from tests.factories.people import make_school, make_user
from tests.factories.registration import open_edition


def test_editions_stand_under_what_they_are(client: CheckingClient, at: Callable[..., datetime]) -> None:
    at(2024, 5, 20)
    page = client.get_page("/contests")
    sections = {
        section.h2.get_text(): [a.get_text() for a in section.select("h3 a")]
        for section in page.soup.select("main section")
        if section.h2
    }
    assert [name for name, titles in sections.items() if any("Robocon" in title for title in titles)] == [
        "Đang nhận đăng ký"
    ]
    assert "Sắp mở" in sections
    at(2025, 12, 31)
    titles = client.get_page("/contests").soup.select("main section h2")
    assert [title.get_text() for title in titles] == ["Đã hết hạn đăng ký"]


def test_the_page_of_an_edition_says_what_a_school_needs_to_know(
    client: CheckingClient, at: Callable[..., datetime]
) -> None:
    at(2024, 5, 20)
    page = client.get_page("/contests/robocon-2024")
    assert "Khám phá du lịch Bắc Giang" in page.h1
    for sentence in (
        "Nhận đăng ký đến 17:00 15/06/2024.",
        "Từ 1 đến 3 thành viên",
        "Từ 1 đến 2 người hướng dẫn",
        "Bảng B (THCS, lớp 6–9): lớp 6 đến lớp 9",
        "Lớp của từng thành viên",
        "08:00 14/08/2024 đến 17:00 14/08/2024",
    ):
        assert sentence in page.text
    assert page.rows() == [
        ["Giải nhất", "1", "mỗi bảng"],
        ["Giải nhì", "2", "mỗi bảng"],
        ["Giải ba", "3", "mỗi bảng"],
        ["Giải khuyến khích", "4", "mỗi bảng"],
    ]


@pytest.mark.parametrize("code", ["robocon-2024", "youth-2024", "technical-2024", "logo-2024"])
def test_every_edition_has_its_page_in_both_languages(client: CheckingClient, code: str) -> None:
    assert client.get_page(f"/contests/{code}").h1
    client.set_cookie("language", "en")
    assert client.get_page(f"/contests/{code}").soup.html["lang"] == "en"  # type: ignore[index]


def test_the_big_button_is_there_while_the_registration_is_open(
    client: CheckingClient, at: Callable[..., datetime]
) -> None:
    for moment, offered in (((2024, 2, 1), False), ((2024, 5, 20), True), ((2024, 6, 15, 17), False)):
        at(*moment)
        page = client.get_page("/contests/robocon-2024")
        assert bool(page.soup.select(".button-start")) is offered
    at(2024, 6, 15, 16, 59, 59)
    assert client.get_page("/contests/robocon-2024").link("Đăng ký") == "/entries/new?edition=robocon-2024"


def test_an_edition_that_is_not_there_is_not_found(client: CheckingClient) -> None:
    client.get_page("/contests/robocon-1999", 404)
    client.get_page("/contests/ÁÁ%20'", 404)


@pytest.mark.parametrize("address", ["/contests", "/contests/robocon-2024"])
def test_a_visitors_page_may_be_kept_for_a_minute_and_a_persons_may_not(portal: Flask, address: str) -> None:
    visitor: Any = portal.test_client()
    response = visitor.get(address)
    assert response.headers["Cache-Control"] == "public, max-age=60"
    assert "Cookie" in response.vary
    assert "Set-Cookie" not in response.headers
    with portal.app_context():
        user = make_user(Role.SCHOOL, school=make_school())
    visitor.sign_in(user)
    assert visitor.get(address).headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(("address", "most"), [("/contests", 1), ("/contests/robocon-2024", 2)])
def test_a_visitors_page_costs_few_queries(portal: Flask, address: str, most: int) -> None:
    with portal.app_context():
        open_edition()
        engine = db.engine
    seen: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        portal.test_client().get(address)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert len([statement for statement in seen if statement != "BEGIN"]) == most, seen
