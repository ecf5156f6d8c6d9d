"""Everything that goes wrong gets a clear sentence and the right status, and nothing is lost or doubled."""

import io
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from contest_portal.accounts.actor import Role
from contest_portal.accounts.models import SignIn
from contest_portal.core.database import db
from contest_portal.registration.models import Entry
from contest_portal.registration.queries import find_by_reference
from tests.client import CheckingClient
from tests.factories.people import PASSWORD, make_user
from tests.house.crowd import at_once, sender
from tests.house.visiting import browser_of, nothing_changes, snapshot
from tests.house.world import LIST, ROBOCON, YOUTH, World, build_world

DETAILS = {"contact_phone": "0912345678"}


@pytest.fixture
def world(portal: Flask) -> World:
    return build_world(portal)


def looking(portal: Flask, world: World, role: Role = Role.SCHOOL) -> CheckingClient:
    """Return a browser that checks every page it is shown."""
    return browser_of(portal, world, role, looking=True)


def test_unusable_file(portal: Flask, world: World) -> None:
    client = looking(portal, world, Role.COORDINATOR)
    form = client.get_page(f"/screening/import/{YOUTH}")
    for data in (b"PK\x03\x04 broken", LIST[:200], b"%PDF-1.7"):
        with nothing_changes(portal):
            page = client.submit(form, file=(io.BytesIO(data), "Danh sách.xlsx"), status=422)
        assert len(page.errors) == 1
        assert "tệp" in page.errors[0].lower()


def test_wrong_password(portal: Flask, client: CheckingClient) -> None:
    with portal.app_context():
        make_user(Role.JUDGE, username="co.giao")
    form = client.get_page("/sign-in")
    answers = [
        client.submit(form, username=name, password=password, status=422)
        for name, password in (("co.giao", "không phải mật khẩu"), ("khong.co.ai", PASSWORD))
    ]
    assert [page.errors for page in answers] == [["Tên đăng nhập hoặc mật khẩu chưa đúng."]] * 2
    assert answers[0].soup.select_one("[name=username]")["value"] == "co.giao"  # type: ignore[index]
    with portal.app_context():
        assert db.session.scalar(select(func.count()).select_from(SignIn)) == 0


def test_foreign_id_in_the_address(portal: Flask, world: World) -> None:
    client = looking(portal, world)
    foreign = world.strangers[Role.SCHOOL]["entry"][0]
    with nothing_changes(portal):
        pages = [client.get_page(f"/entries/{reference}", 404) for reference in (foreign, "TN24-000000")]
    assert [page.h1 for page in pages] == ["Lỗi 404 Không tìm thấy trang"] * 2
    assert pages[0].text == pages[1].text


def test_expired_form(portal: Flask, world: World) -> None:
    client = looking(portal, world)
    form = client.get_page(f"/entries/new?edition={ROBOCON}")
    with nothing_changes(portal):
        page = client.submit(form, title="Rồng Xanh", csrf_token="hết hạn", status=400)
    assert page.flashes == ["Biểu mẫu đã hết hạn. Nội dung bạn nhập vẫn còn: hãy kiểm tra và gửi lại."]
    assert page.soup.select_one("[name=title]")["value"] == "Rồng Xanh"  # type: ignore[index]
    assert client.submit(page).h1.endswith("Rồng Xanh")


def test_double_click_on_submit(both: Flask) -> None:
    world = build_world(both)
    client = looking(both, world)
    form = client.get_page(f"/entries/new?edition={ROBOCON}")
    before = snapshot(both)["entries"][0]
    answers = at_once([sender(both, client, form, None, title="Rồng Xanh") for _ in range(2)])
    assert [a.status_code for a in answers] == [302, 302]
    assert answers[0].location == answers[1].location
    assert snapshot(both)["entries"][0] == before + 1


def test_two_people_editing_the_same_entry(both: Flask) -> None:
    world = build_world(both)
    address = f"/entries/{world.things['entry']}/details"
    school, organiser = looking(both, world), looking(both, world, Role.ORGANISER)
    mine, theirs = school.get_page(address), organiser.get_page(address)
    organiser.submit(theirs, title="Tên của Ban Tổ chức", **DETAILS)
    page = school.submit(mine, title="Tên của nhà trường", status=409, **DETAILS)
    assert "Hồ sơ vừa được người khác thay đổi." in page.errors[0]
    assert "Tên của Ban Tổ chức" in page.text
    assert page.soup.select_one("[name=title]")["value"] == "Tên của nhà trường"  # type: ignore[index]
    assert title_of(both, world) == "Tên của Ban Tổ chức"
    # Having seen both, the second decides.
    school.submit(page)
    assert title_of(both, world) == "Tên của nhà trường"


def title_of(app: Flask, world: World) -> str:
    """Return the title of the world's own entry as the database has it."""
    with app.app_context():
        entry = find_by_reference(world.things["entry"])
        assert entry is not None
        return entry.title


def test_upload_over_the_limit(portal: Flask, world: World) -> None:
    client = looking(portal, world, Role.ORGANISER)
    form = client.get_page(f"/screening/import/{YOUTH}")
    heavy = b"\0" * (portal.config["MAX_CONTENT_LENGTH"] + 1)
    with nothing_changes(portal):
        page = client.submit(form, file=(io.BytesIO(heavy), "Danh sách.xlsx"), status=413)
    assert "vượt quá 10 MB" in page.text


IMPOSSIBLE = "Không có ngày này. Hãy viết ngày/tháng/năm, ví dụ 20/05/2024."


@pytest.mark.parametrize("day", ["31/2/2012", "31-02-2012", "2012-02-31", "30/2/2012", "29/2/2011", "00/01/2012"])
def test_date_of_31_2(portal: Flask, world: World, day: str) -> None:
    client = looking(portal, world)
    form = client.get_page(f"/entries/{world.things['entry']}/people/author/new")
    with nothing_changes(portal):
        page = client.submit(form, full_name="Lê An", birth_date=day, status=422)
    assert page.errors == [IMPOSSIBLE]
    held: Any = {box["name"]: box.get("value") for box in page.soup.select("main input.input")}
    assert (held["birth_date"], held["full_name"]) == (day, "Lê An")


def test_date_of_31_2_in_a_filter_and_in_an_address(portal: Flask, world: World) -> None:
    client = looking(portal, world, Role.ORGANISER)
    home = client.get_page("/?as_of=31/02/2024")
    assert "“31/02/2024” không phải là một ngày. Hãy viết như 20/05/2024." in home.text
    for address in ("/reports?as_of=31/02/2024", "/reports/emulation?as_of=31/02/2024"):
        assert client.get_page(address, 422).errors == [IMPOSSIBLE]


def test_text_no_database_can_keep(both: Flask) -> None:
    world = build_world(both)
    client = looking(both, world)
    form = client.get_page(f"/entries/new?edition={ROBOCON}")
    page = client.submit(form, title="Rồng\x00 Xanh \ufffe🐉\ud7ff")
    assert page.status == 200
    with both.app_context():
        titles = db.session.scalars(select(Entry.title).where(Entry.title.contains("Xanh"))).all()
    assert len(titles) == 1
    assert "\x00" not in titles[0]
