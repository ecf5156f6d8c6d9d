"""The menu leads somewhere for everybody who sees it."""

from flask import Flask, url_for

from contest_portal.accounts.guards import PUBLIC
from contest_portal.dashboard.menu import ITEMS


def test_menu_names_real_pages_with_the_same_permission(portal: Flask) -> None:
    with portal.test_request_context():
        for item in ITEMS:
            assert url_for(item.endpoint).startswith("/")
            declared = portal.view_functions[item.endpoint].permission  # type: ignore[attr-defined]
            assert declared == (item.permission or PUBLIC)
