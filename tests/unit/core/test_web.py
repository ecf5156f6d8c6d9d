"""What every page needs of the request: ways back of our own, tokens, headers, addresses of files."""

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from contest_portal.app import create_app
from contest_portal.core.database import writes_refused
from contest_portal.core.errors import Expired
from contest_portal.core.web import CONTENT_SECURITY_POLICY, check_csrf, local_path, page_reference


@pytest.mark.parametrize("target", ["/", "/entries/?q=r%C3%B4+b%E1%BB%91t&cursor=abc", "/a//b", "/a:b", "/?next=//x"])
def test_paths_of_our_own_are_kept(target: str) -> None:
    assert local_path(target) == target


@pytest.mark.parametrize(
    "target",
    [
        *(None, "", "entries", "?q=1", "#top", "javascript:alert(1)", "data:text/html,x", "mailto:a@b.c"),
        *("https://evil.example", "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example"),
        *("/\t/evil.example", "/\n/evil.example", "\x00/", " /entries", "/a\\..\\b", "/\r\nSet-Cookie: a=b"),
    ],
)
def test_whatever_could_lead_elsewhere_is_dropped(target: str | None) -> None:
    assert local_path(target) is None


@given(st.text(alphabet="/\\:.@%#?ab\t\n ", max_size=20))
def test_no_kept_path_names_a_host(target: str) -> None:
    kept = local_path(target)
    assert kept is None or (kept.startswith("/") and kept[1:2] not in ("/", "\\"))


@pytest.fixture
def settled(portal: Flask) -> Any:
    """Leave no refusal behind."""
    yield portal
    writes_refused.set(False)


def checked(app: Flask, **request: Any) -> bool:
    """Check a request's token and tell whether it may write."""
    with app.test_request_context("/account/password", **{"method": "POST", **request}):
        check_csrf()
        return not writes_refused.get()


def test_looking_needs_no_token(settled: Flask) -> None:
    assert checked(settled, method="GET")
    assert checked(settled, method="HEAD")


@pytest.mark.parametrize("token", [None, "", "x", "mã-✓", "a" * 10_000])
def test_a_form_of_ours_with_a_bad_token_comes_back_and_writes_nothing(settled: Flask, token: str | None) -> None:
    assert not checked(settled, data={} if token is None else {"csrf_token": token})
    assert not checked(settled, data={"csrf_token": token or ""}, headers={"Origin": "http://localhost"})


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "http://localhost:9"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_form_of_another_site_is_refused_at_once(settled: Flask, headers: dict[str, str]) -> None:
    with pytest.raises(Expired):
        checked(settled, headers=headers)


def test_a_script_that_posts_json_is_told_at_once(settled: Flask) -> None:
    with pytest.raises(Expired):
        checked(settled, json={"x": 1})


def test_the_policy_allows_our_own_files_only() -> None:
    parts = dict(part.split(" ", 1) for part in CONTENT_SECURITY_POLICY.split("; "))
    assert parts.pop("default-src") == parts.pop("frame-ancestors") == parts.pop("base-uri") == "'none'"
    assert parts.pop("img-src") == "'self' data:"
    assert set(parts.values()) == {"'self'"}
    assert {"script-src", "style-src", "form-action", "connect-src"} <= set(parts)


def test_https_is_asked_for_where_it_is_spoken(portal: Flask) -> None:
    settings = replace(portal.config["SETTINGS"], https=True)
    secure = create_app(settings)
    answer = secure.test_client().get("/sign-in", base_url="https://localhost")
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    assert "Secure" in answer.headers["Set-Cookie"]
    assert "Strict-Transport-Security" not in portal.test_client().get("/sign-in").headers


def test_a_file_has_another_address_once_it_changed(portal: Flask) -> None:
    with portal.test_request_context():
        static_url: Any = portal.jinja_env.globals["static_url"]
        address = static_url("css/base.css")
    path, _, version = address.partition("?v=")
    assert path == "/static/css/base.css"
    assert len(version) == 10
    int(version, 16)


def test_references_are_short_and_never_the_same() -> None:
    found = {page_reference() for _ in range(100)}
    assert len(found) == 100
    assert {len(reference) for reference in found} == {8}
