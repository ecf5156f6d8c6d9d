"""Lines 3 and 9 of what people must be able to trust.

3: forms accept only their own fields. 9: a token on every change, also on signing in and out; no change by GET;
an expired form comes back with everything that was typed.
"""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from contest_portal.accounts.actor import Role
from contest_portal.contests.models import Membership, School
from contest_portal.contests.queries import get_edition
from contest_portal.core.audit import AuditRecord
from contest_portal.core.database import db
from contest_portal.judging.models import ScoreSheet
from contest_portal.registration.models import Entry, Participant
from contest_portal.registration.queries import find_by_reference
from tests.client import CheckingClient, Page
from tests.factories.people import make_user
from tests.house.visiting import (
    allowed,
    browser_of,
    call,
    changed,
    nothing_changes,
    permission_of,
    snapshot,
    token_of,
    visits,
)
from tests.house.world import ROBOCON, SIGNED_IN, YOUTH, World, build_world
from tests.page_rules import attribute

ROLES = [None, *SIGNED_IN]
# 409: what was asked for is over, or never was open to this account.
LOOKS = {"consent.exported", "consent.scan_seen", "document.viewed", "entries.exported", "sensitive.viewed"}
TURNED_AWAY = {400, 403, 404, 405, 409}
BAD_TOKENS = {
    "missing": None,
    "empty": "",
    "made up": "IjEyMzQi.Z0aaaa.bbbbbbbbbbbbbbbbbbbbbbbbbbb",
    "not ASCII": "mã-thông-báo-✓",
}


@pytest.mark.parametrize("role", ROLES, ids=str)
def test_line_9_no_change_without_a_good_token(portal: Flask, role: str | None) -> None:
    world = build_world(portal)
    client = browser_of(portal, world, role)
    before, wrong = snapshot(portal), []
    for visit in visits(portal, "POST", "PUT", "PATCH", "DELETE"):
        if role and visit.rule.endpoint == "accounts.sign_in":
            continue  # Who is signed in already is led on, whatever the form says.
        # Whoever is not signed in is led to the sign-in page before any token is looked at.
        expected = TURNED_AWAY if role or allowed(portal, visit, role) else {302}
        for name, token in BAD_TOKENS.items():
            sent = {} if token is None else {"csrf_token": token}
            status = call(client, portal, visit, world.own(visit.rule, role), **sent).status_code
            if status not in expected:
                wrong.append(f"{visit} with a token that is {name}: {status}")
    assert wrong == []
    assert changed(before, snapshot(portal)) == []


def test_line_9_the_token_of_another_browser_is_no_token(portal: Flask) -> None:
    world = build_world(portal)
    stolen = token_of(browser_of(portal, world, Role.SCHOOL))
    client = browser_of(portal, world, Role.ORGANISER)
    with nothing_changes(portal):
        for visit in visits(portal, "POST"):
            if visit.rule.endpoint != "accounts.sign_in":
                status = call(client, portal, visit, world.own(visit.rule), csrf_token=stolen).status_code
                assert status in TURNED_AWAY, visit


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "null"},
    ],
    ids=str,
)
def test_line_9_another_sites_form_is_refused_at_once(portal: Flask, headers: dict[str, str]) -> None:
    world = build_world(portal)
    client = browser_of(portal, world, Role.ORGANISER)
    with nothing_changes(portal):
        for address in ("/sign-out", "/entries/new", f"/screening/{YOUTH}/{world.things['unit']}/complete"):
            assert client.post(address, headers=headers, data={"reason": "x"}).status_code == 400


@pytest.mark.parametrize("role", ROLES, ids=str)
def test_line_9_looking_changes_nothing(portal: Flask, role: str | None) -> None:
    world = build_world(portal)
    client = browser_of(portal, world, role)
    with portal.app_context():
        last = db.session.scalar(select(func.max(AuditRecord.id))) or 0
    with nothing_changes(portal, but={"audit_records"}):
        for visit in visits(portal, "GET"):
            call(client, portal, visit, world.own(visit.rule, role))
    # The log says who looked at what concerns a child or took a list away, and nothing else.
    with portal.app_context():
        written = set(db.session.scalars(select(AuditRecord.action).where(AuditRecord.id > last)))
    assert written <= LOOKS


def test_line_9_nobody_is_signed_out_by_a_link(portal: Flask) -> None:
    world = build_world(portal)
    client = browser_of(portal, world, Role.JUDGE, looking=True)
    assert client.get("/sign-out").status_code == 405
    assert client.post("/sign-out").status_code == 400
    assert client.get("/account").status_code == 200
    assert client.post("/sign-out", data={"csrf_token": token_of(client)}).status_code == 302
    assert client.get("/account").status_code == 302


def typed_in(page: Page) -> dict[str, str]:
    """Return what the controls of a page hold."""
    held = {}
    for box in page.soup.select("main input, main textarea, main select"):
        name, kind = attribute(box, "name"), attribute(box, "type")
        if box.name == "textarea":
            held[name] = box.get_text().strip()
        elif box.name == "select":
            held[name] = next((attribute(o, "value") for o in box.select("option[selected]")), "")
        elif kind not in ("checkbox", "radio") or box.has_attr("checked"):
            held[name] = attribute(box, "value")
    return held


EXPIRED = "Biểu mẫu đã hết hạn. Nội dung bạn nhập vẫn còn: hãy kiểm tra và gửi lại."


def test_line_9_an_expired_registration_comes_back_whole(portal: Flask) -> None:
    world = build_world(portal)
    client = browser_of(portal, world, Role.SCHOOL, looking=True)
    form = client.get_page(f"/entries/{world.things['entry']}/details")
    other = form.soup.select("input[name=field]")[3]
    typed = {
        "title": "Tên mới  “kỳ lạ” <b>",
        "text_idea": "Dòng một\r\nDòng hai & ba",
        "contact_phone": "0912 345 678",
        "contact_email": "co.giao@example.vn",
        "field": attribute(other, "value"),
    }
    with nothing_changes(portal):
        page = client.submit(form, status=400, csrf_token="cũ", **typed)
    assert page.flashes == [EXPIRED]
    held = typed_in(page)
    assert {name: held[name] for name in typed} == typed | {
        "title": "Tên mới “kỳ lạ” <b>",
        "text_idea": "Dòng một\nDòng hai & ba",
    }
    after = client.submit(page)
    assert after.status == 200
    with portal.app_context():
        entry = find_by_reference(world.things["entry"])
        assert entry is not None
        assert (entry.title, entry.contact_email) == ("Tên mới “kỳ lạ” <b>", "co.giao@example.vn")


def test_line_9_an_expired_sign_in_comes_back_with_the_name(portal: Flask, client: CheckingClient) -> None:
    with portal.app_context():
        make_user(Role.JUDGE, username="giam.khao", password="mật khẩu dài lắm")
    form = client.get_page("/sign-in?next=/judging/")
    with nothing_changes(portal):
        page = client.submit(form, status=400, username="giam.khao", password="mật khẩu dài lắm", csrf_token="cũ")
    assert page.flashes == [EXPIRED]
    assert typed_in(page)["username"] == "giam.khao"
    # A password is the one thing no page sends back.
    assert "mật khẩu dài lắm" not in page.response.get_data(as_text=True)
    inside = client.submit(page, password="mật khẩu dài lắm")
    assert inside.path == "/judging/"


def test_line_9_an_expired_sheet_comes_back_with_its_points(portal: Flask) -> None:
    world = build_world(portal)
    client = browser_of(portal, world, Role.JUDGE, looking=True)
    address = f"/judging/{world.things['sheet']}"
    form = client.get_page(address)
    boxes = [attribute(box, "name") for box in form.soup.select("main input[data-points]")]
    points = {name: f"{number},5" for number, name in enumerate(boxes, 1)}
    assert len(points) >= 3
    for button in ("Lưu nháp", "Nộp phiếu"):
        with nothing_changes(portal):
            page = client.submit(form, button, status=400, csrf_token="cũ", remark="Rất sáng tạo", fields=points)
        held = typed_in(page)
        assert {name: held[name] for name in points} == points
        assert held["remark"] == "Rất sáng tạo"


# Line 3: what a form has no field for.
FORGED: dict[str, Any] = {
    "role": "administrator",
    "status": "scored",
    "unit_id": "1",
    "edition_id": "1",
    "edition": ROBOCON,
    "school_id": "2",
    "division_id": "1",
    "score": "100",
    "total": "100",
    "reference": "RB24-AAAAAA",
    "id": "1",
    "user_id": "1",
    "judge_id": "1",
    "created_by": "1",
    "happened_on": "2001-01-01",
    "active": "y",
    "password_hash": "x",
}


def forge(client: CheckingClient, page: Page, form: str | None = None, **typed: Any) -> Page:
    """Send a form with what it asks for, and with every field it has not."""
    have = {attribute(box, "name") for box in page.soup.select("input, select, textarea")}
    target = page.soup.select_one("main form[method=post]")
    assert target is not None
    for name, value in FORGED.items():
        if name not in have:
            target.append(page.soup.new_tag("input", attrs={"type": "hidden", "name": name, "value": value}))
    return client.submit(page, form, **typed)


def columns_of(entry: Entry) -> dict[str, Any]:
    """Return what a forged field would have changed."""
    names = ("reference", "status", "status_on", "unit_id", "edition_id", "school_id", "division_id", "created_by")
    return {name: getattr(entry, name) for name in names}


def stored(portal: Flask, world: World) -> dict[str, Any]:
    """Return the columns of the world's own entry as the database has them."""
    with portal.app_context():
        entry = find_by_reference(world.things["entry"])
        assert entry is not None
        return columns_of(entry)


def test_line_3_an_entry_takes_only_what_its_form_asks(portal: Flask) -> None:
    world = build_world(portal)
    client = browser_of(portal, world, Role.SCHOOL, looking=True)
    before = stored(portal, world)
    home = f"/entries/{world.things['entry']}"
    forge(client, client.get_page(f"{home}/details"), title="Tên mới", contact_phone="0912345678")
    forge(client, client.get_page(f"{home}/people/author/new"), full_name="Lê An", birth_date="1/2/2011")
    assert stored(portal, world) == before
    with portal.app_context():
        added = db.session.scalars(select(Participant).where(Participant.full_name == "Lê An")).one()
        own = find_by_reference(world.things["entry"])
        assert own is not None
        assert (added.role, added.entry_id, own.title) == ("author", own.id, "Tên mới")
        assert (
            db.session.scalars(select(Membership).where(Membership.user_id == world.users[Role.SCHOOL])).one().role
            == "school"
        )


def test_line_3_a_new_entry_is_a_draft_of_the_own_school(portal: Flask) -> None:
    world = build_world(portal)
    client = browser_of(portal, world, Role.SCHOOL, looking=True)
    forge(client, client.get_page(f"/entries/new?edition={ROBOCON}"), title="Rồng Xanh")
    with portal.app_context():
        mine = find_by_reference(world.things["entry"])
        made = db.session.scalars(select(Entry).where(Entry.title == "Rồng Xanh")).one()
        foreign = db.session.scalars(select(School.id).where(School.name == "Trường THCS Xương Lâm")).one()
        assert mine is not None
        assert (made.status, made.school_id, made.created_by) == ("draft", mine.school_id, world.users[Role.SCHOOL])
        assert made.edition_id == get_edition(ROBOCON).id
    sent = {"edition": ROBOCON, "school": str(foreign), "title": "Của người khác", "once": "0" * 32}
    client.post("/entries/new", data=sent | {"csrf_token": token_of(client)})
    with portal.app_context():
        schools = set(db.session.scalars(select(Entry.school_id).where(Entry.created_by == world.users[Role.SCHOOL])))
        assert schools == {mine.school_id}


def test_line_3_a_sheet_takes_points_for_its_own_lines_only(portal: Flask) -> None:
    world = build_world(portal)
    client = browser_of(portal, world, Role.JUDGE, looking=True)
    page = client.get_page(f"/judging/{world.things['sheet']}")
    forge(client, page, "Lưu nháp", remark="Tốt")
    with portal.app_context():
        sheet = db.session.scalars(select(ScoreSheet).where(ScoreSheet.token == world.things["sheet"])).one()
        assert (sheet.status, sheet.judge_id, sheet.total or 0) == ("draft", world.users[Role.JUDGE], 0)
        assert sheet.scores == []


def test_line_3_an_account_makes_itself_no_administrator(portal: Flask) -> None:
    world = build_world(portal)
    for role in (Role.SCHOOL, Role.ORGANISER, Role.AUDITOR):
        client = browser_of(portal, world, role)
        token = token_of(client)
        with nothing_changes(portal):
            for visit in visits(portal, "POST"):
                if permission_of(portal, visit) in {"users.manage", "memberships.manage"}:
                    assert (
                        call(client, portal, visit, world.own(visit.rule), csrf_token=token, **FORGED).status_code
                        == 403
                    )
