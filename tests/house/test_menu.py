"""The menu leads somewhere for everybody who sees it, and lights where one is."""

import pytest
from flask import Flask, url_for

from contest_portal.accounts.actor import Actor, Post, Role
from contest_portal.accounts.guards import PUBLIC
from contest_portal.dashboard.menu import ELSEWHERE, FEWEST_MORE, ITEMS, menu_for

ORGANISER = Actor(1, "Trần Thu Hiền", "to.chuc", (Post(Role.ORGANISER),), None)
SCHOOL = Actor(2, "Lê An", "truong", (Post(Role.SCHOOL, school_id=1),), None)


def test_menu_names_real_pages_with_the_same_permission(portal: Flask) -> None:
    with portal.test_request_context():
        for item in ITEMS:
            assert url_for(item.endpoint).startswith("/")
            declared = portal.view_functions[item.endpoint].permission  # type: ignore[attr-defined]
            assert declared == (item.permission or PUBLIC)


def test_what_is_lit_elsewhere_is_a_real_page(portal: Flask) -> None:
    shown = {item.endpoint for item in ITEMS}
    for endpoint, lit in ELSEWHERE.items():
        assert endpoint in portal.view_functions
        assert lit is None or lit in shown


def test_seldom_pages_stand_behind_one_word(portal: Flask) -> None:
    with portal.test_request_context():
        menu = menu_for(ORGANISER)
        assert [item.endpoint for item in menu.main][:3] == ["pages.home", "contests.index", "registration.index"]
        assert len(menu.more) >= FEWEST_MORE
        assert all(item.more for item in menu.more)
        assert menu_for(SCHOOL).more == []


@pytest.mark.parametrize(
    ("path", "lit"),
    [
        ("/", "pages.home"),
        ("/entries/", "registration.index"),
        ("/entries/new", "registration.index"),
        ("/entries/announcements/new", "registration.announcements"),
        ("/outbox", "accounts.outbox_log"),
        ("/inbox", None),
        ("/account", None),
        ("/users/5/posts", "accounts.users"),
    ],
)
def test_a_page_lights_the_item_it_lies_under(portal: Flask, path: str, lit: str | None) -> None:
    with portal.test_request_context(path) as context:
        assert menu_for(ORGANISER, context.request.endpoint, path).lit == lit
