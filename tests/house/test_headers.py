"""Every answer carries the headers that keep pages from being framed, sniffed, stored or extended."""

import pytest
from flask import Flask

from contest_portal.accounts.actor import Role
from tests.house.visiting import address_of, browser_of
from tests.house.world import build_world


def test_every_page_is_guarded(portal: Flask) -> None:
    world = build_world(portal)
    client = browser_of(portal, world, Role.ORGANISER)
    for rule in portal.url_map.iter_rules():
        if "GET" not in (rule.methods or ()):
            continue
        headers = client.get(address_of(portal, rule, world.own(rule))).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy, rule
        assert "frame-ancestors 'none'" in policy, rule
        assert "unsafe" not in policy, rule
        assert headers["X-Content-Type-Options"] == "nosniff", rule
        assert headers["Referrer-Policy"] == "same-origin", rule
        assert "Permissions-Policy" in headers, rule
        if rule.endpoint != "static":
            assert "no-store" in headers["Cache-Control"], rule


def test_public_pages_may_be_kept_and_set_no_cookie(portal: Flask) -> None:
    client = portal.test_client()
    for address in ("/contests", "/contests/robocon-2024"):
        answer = client.get(address)
        assert answer.headers["Cache-Control"].startswith("public")
        assert "Set-Cookie" not in answer.headers
        assert "Cookie" in answer.headers["Vary"]


def test_static_files_may_be_kept_for_a_year(portal: Flask) -> None:
    with portal.test_request_context():
        address = portal.jinja_env.globals["static_url"]("css/base.css")  # type: ignore[operator]
    assert "?v=" in address
    answer = portal.test_client().get(address)
    assert answer.status_code == 200
    assert "max-age=31536000" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "127.0.0.1.nip.io"])
def test_foreign_hosts_are_refused(portal: Flask, host: str) -> None:
    client = portal.test_client()
    answer = client.get("/contests", headers={"Host": host})
    assert answer.status_code == 400
    assert host not in answer.get_data(as_text=True)


def test_https_asks_browsers_to_stay_on_it(portal: Flask) -> None:
    client = portal.test_client()
    assert "Strict-Transport-Security" not in client.get("/health").headers
