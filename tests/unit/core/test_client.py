"""The checking client opens, follows, fills and sends as a person would, and fails on a bad page."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from flask import Flask, redirect, render_template_string, request

from contest_portal.accounts.models import User
from contest_portal.accounts.queries import find_live_sign_in
from contest_portal.accounts.sessions import TOKEN, hash_token
from contest_portal.core import clock
from contest_portal.core.database import db, transaction
from tests.client import CheckingClient

PAGE = """<!doctype html><html lang="vi"><head><title>Hồ sơ</title></head><body>
<div class="flashes"><div class="notice">Đã lưu.</div></div><main><h1>{{ title }}</h1>
<div class="error-summary"><ul><li><a href="#name">Hãy viết tên.</a></li></ul></div>
<p>{{ said }}</p><a href="/list?unit=213">Danh sách<span class="unseen"> đội</span></a>
<form method="post"><input type="hidden" name="csrf_token" value="t"><label for="name">Tên</label>
<input id="name" name="name" value="An"><label for="doc">Tệp</label><input type="file" id="doc" name="doc">
<button type="submit" name="act" value="save">Lưu</button></form>
<form action="/list" id="filter"><label for="unit">Đơn vị</label><input id="unit" name="unit"><button>Lọc</button></form>
<table><caption>Đội</caption><tr><th scope="col">Tên</th></tr><tbody><tr><td>Sao  Khuê</td></tr></tbody></table>
</main></body></html>"""


@pytest.fixture
def bare_client() -> Any:
    app = Flask(__name__)
    app.test_client_class = CheckingClient

    @app.route("/entry", methods=["GET", "POST"])
    def entry() -> Any:
        if request.method == "POST" and request.form["name"] == "":
            return render_template_string(PAGE, title="Chưa lưu", said=""), 422
        if request.method == "POST":
            document = request.files.get("doc")
            kept = (document.filename, document.read().decode()) if document else "no-file"
            return redirect(f"/done?{request.form['name']}-{request.form['act']}-{kept}")
        return render_template_string(PAGE, title="Hồ sơ", said="")

    app.add_url_rule(
        "/done", "done", lambda: render_template_string(PAGE, title="Đã nộp", said=request.query_string.decode())
    )
    app.add_url_rule(
        "/list", "list", lambda: render_template_string(PAGE, title="Danh sách", said=request.query_string.decode())
    )
    app.add_url_rule("/bad", "bad", lambda: "<html><body><p>None</p></body></html>")
    app.add_url_rule("/to-bad", "to_bad", lambda: redirect("/bad"))
    app.add_url_rule("/file", "file", lambda: ("id;name", 200, {"Content-Type": "text/csv"}))
    return app.test_client()


def test_a_page_shows_its_parts(bare_client: CheckingClient) -> None:
    page = bare_client.get_page("/entry")
    assert (page.h1, page.status, page.path) == ("Hồ sơ", 200, "/entry")
    assert page.errors == ["Hãy viết tên."]
    assert page.flashes == ["Đã lưu."]
    assert page.rows() == [["Sao Khuê"]]
    assert "Sao Khuê" in page.text


def test_a_link_is_followed_by_its_visible_words(bare_client: CheckingClient) -> None:
    page = bare_client.follow(bare_client.get_page("/entry"), "Danh sách")
    assert (page.h1, page.path) == ("Danh sách", "/list?unit=213")
    with pytest.raises(AssertionError, match="no link"):
        page.link("Kết quả")


def test_a_form_is_sent_and_its_redirect_followed(bare_client: CheckingClient) -> None:
    page = bare_client.submit(bare_client.get_page("/entry"), "Lưu")
    assert page.path == "/done?An-save-no-file"


def test_typed_values_and_files_are_sent(bare_client: CheckingClient) -> None:
    document = (BytesIO(b"abc"), "a.pdf")
    page = bare_client.submit(bare_client.get_page("/entry"), name="B", fields={"doc": document})
    assert page.path == "/done?B-save-('a.pdf',%20'abc')"


def test_a_refused_form_stays_and_its_status_is_asked_for(bare_client: CheckingClient) -> None:
    start = bare_client.get_page("/entry")
    assert bare_client.submit(start, name="", status=422).h1 == "Chưa lưu"
    with pytest.raises(AssertionError, match="422 instead of 200"):
        bare_client.submit(start, name="")


def test_a_filter_goes_by_get(bare_client: CheckingClient) -> None:
    page = bare_client.submit(bare_client.get_page("/entry"), "#filter", unit="215")
    assert page.path == "/list?unit=215"


@pytest.mark.parametrize("path", ["/bad", "/to-bad"])
def test_a_bad_page_fails_however_it_is_reached(bare_client: CheckingClient, path: str) -> None:
    with pytest.raises(AssertionError, match=r"/bad: one_heading: 0 h1.*no_leaks"):
        bare_client.get(path, follow_redirects=True)


def test_what_is_no_page_is_not_checked(bare_client: CheckingClient) -> None:
    assert bare_client.get("/file").data == b"id;name"
    assert bare_client.get("/to-bad").status_code == 302


def test_signing_in_leaves_a_live_sign_in(portal: Flask) -> None:
    user = User(username="an", username_folded="an", full_name="Nguyễn An", name_folded="nguyen an", name_key="an")
    with portal.app_context(), transaction():
        db.session.add(user)
    client = portal.test_client()
    client.sign_in(user)  # type: ignore[attr-defined]
    with client.session_transaction() as session:
        token = session[TOKEN]
    before = clock.now() - timedelta(minutes=1)
    with portal.app_context():
        found = find_live_sign_in(hash_token(token), seen_after=before, begun_after=before)
        assert found is not None
        assert found.username == "an"
