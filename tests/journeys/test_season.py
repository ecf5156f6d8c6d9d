"""One season in a real browser: a school, a unit, an organiser and a judge, each on the screen they have."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from contest_portal.accounts.actor import Role
from contest_portal.core.database import db
from contest_portal.judging.models import ScoreSheet
from contest_portal.registration.models import Entry
from tests.factories.people import PASSWORD, make_school, make_user, unit_of
from tests.factories.registration import open_edition
from tests.house.visiting import address_of, allowed, visits
from tests.house.world import NOBODY, SIGNED_IN, YOUTH, YOUTH_AUDITOR, YOUTH_ORGANISER, build_world
from tests.journeys.conftest import Journey

ROBOCON = "robocon-2024"
PEOPLE = {"co.giao": Role.SCHOOL, "can.bo": Role.COORDINATOR, "to.chuc": Role.ORGANISER, "giam.khao": Role.JUDGE}
NAMES = {
    Role.SCHOOL: "Lê Thị Thu Hà",
    Role.COORDINATOR: "Nguyễn Văn Thành",
    Role.ORGANISER: "Hoàng Minh Đức",
    Role.JUDGE: "Vũ Thị Lan",
}
# Answers for programs, and the switch that leads back to the page one came from.
NO_PAGES = {"pages.language", "pages.health", "pages.ready"}
NOT_FOUND = "Failed to load resource: the server responded with a status of 404 (NOT FOUND)"


@dataclass
class Season:
    """Hold the portal and the browsers of those who walk through it."""

    app: Flask
    journey: Any

    def somebody(self, username: str) -> Journey:
        """Sign one of the people in, in a browser of their own."""
        walk: Journey = self.journey(username.replace(".", "-"))
        walk.sign_in(username, PASSWORD)
        return walk

    def entry(self, title: str) -> Entry:
        """Return an entry as the database has it."""
        with self.app.app_context():
            return db.session.scalars(select(Entry).where(Entry.title == title)).one()


@pytest.fixture
def season(live: tuple[Flask, str], journey: Any) -> Season:
    """Open two contests and give four people an account each."""
    app, _address = live
    with app.app_context():
        for code in (YOUTH, ROBOCON):
            open_edition(code)
        unit = unit_of(YOUTH)
        school = make_school("Trường THCS Tân Dĩnh", unit)
        for username, role in PEOPLE.items():
            make_user(role, username=username, school=school, unit=unit, full_name=NAMES[role])
    return Season(app, journey)


def look(walk: Journey, title: str) -> None:
    """Keep a picture of the page; fail where a phone would have to scroll sideways."""
    walk.picture(title)
    assert walk.sideways() == 0, title


def press(walk: Journey, words: str) -> None:
    """Press the page's one button or link of these words."""
    main = walk.page.locator("main")
    button = main.get_by_role("button", name=words, exact=True)
    (button if button.count() else main.get_by_role("link", name=words, exact=True)).first.click()
    walk.page.wait_for_load_state()


def type_in(walk: Journey, **typed: str) -> None:
    """Fill in controls by name."""
    for name, value in typed.items():
        walk.page.fill(f"main [name='{name.replace('__', '-')}']", value)


def heading(walk: Journey) -> str:
    """Return the page's heading."""
    return str(walk.page.inner_text("h1"))


def test_a_season_from_the_school_to_the_report(season: Season, tmp_path: Path) -> None:
    register_a_team(season)
    screen_a_paper_entry(season)
    make_a_panel(season)
    score_on_a_tablet(season)
    read_the_figures(season, tmp_path)


def register_a_team(season: Season) -> None:
    """Walk a school from the start page to its receipt."""
    walk: Journey = season.journey("school")
    walk.open("/")
    look(walk, "01-start")
    walk.open(f"/contests/{ROBOCON}")
    look(walk, "02-contest")
    walk.open("/sign-in")
    look(walk, "03-sign-in")
    walk.sign_in("co.giao", PASSWORD)
    look(walk, "04-home")
    walk.open(f"/entries/new?edition={ROBOCON}")
    look(walk, "05-new")
    type_in(walk, title="Rồng Xanh Tân Dĩnh")
    press(walk, walk.page.inner_text("main form button[type=submit]"))
    look(walk, "06-tasks-empty")
    home = walk.page.url
    press(walk, "Thông tin đội")
    walk.page.get_by_label("Bảng B").check()
    type_in(walk, contact_phone="0912 345 678", contact_name="Nguyễn Thị Hoa")
    look(walk, "07-details")
    walk.page.click("main form button[type=submit]")
    for role, name, more in (
        ("member", "Nguyễn Thị Hồng Ánh", {"birth_date": "20/5/2011", "class_name": "7A2"}),
        ("member", "Trần Quốc Bảo Long", {"birth_date": "2/9/2010", "class_name": "8A1"}),
        ("coach", "Phạm Văn Hướng", {}),
    ):
        walk.page.goto(f"{home}/people/{role}/new")
        type_in(walk, full_name=name, **more)
        look(walk, f"08-{role}")
        walk.page.click("main form button[type=submit]")
        walk.page.wait_for_load_state()
        look(walk, f"09-{role}-list")
    walk.page.goto(home)
    look(walk, "10-tasks-done")
    walk.page.goto(f"{home}/check")
    look(walk, "11-check")
    walk.page.click("main form button[type=submit]")
    assert "Hãy đánh dấu lời cam đoan" in walk.page.inner_text(".error-summary")
    look(walk, "12-check-error")
    walk.page.check("[name=declared]")
    walk.page.click("main form button[type=submit]")
    walk.page.wait_for_url("**/receipt")
    look(walk, "13-receipt")
    walk.open("/entries/")
    look(walk, "14-list")
    assert season.entry("Rồng Xanh Tân Dĩnh").status == "submitted"
    # Refusing an unticked declaration is a 422 of the main document, which the console notes.
    assert [c for c in walk.complaints if "422" not in c] == []
    walk.complaints.clear()


def screen_a_paper_entry(season: Season) -> None:
    """Walk a coordinator from a paper entry to its forwarding."""
    walk = season.somebody("can.bo")
    look(walk, "01-home")
    walk.open(f"/screening/{YOUTH}/217")
    look(walk, "02-unit-empty")
    press(walk, "Nhập hồ sơ giấy")
    type_in(
        walk,
        title="Máy gieo hạt mini chạy pin",
        people__0__full_name="Trần Thị Bích Ngọc",
        people__0__birth_date="8/3/2011",
    )
    walk.page.select_option("[name=school]", label="Trường THCS Tân Dĩnh")
    choose_first(walk, "group")
    look(walk, "03-paper")
    walk.page.click("main form button[type=submit]")
    walk.page.wait_for_load_state()
    look(walk, "04-entry")
    press(walk, "Ghi kết quả sơ khảo")
    type_in(walk, score="82,5", remark="Chắc chắn, dễ làm.")
    look(walk, "05-result")
    walk.page.click("main form button[type=submit]")
    walk.open(f"/screening/{YOUTH}/217")
    walk.page.check("main [name=references]")
    look(walk, "06-unit")
    walk.page.click("main button[value=forward]")
    walk.page.wait_for_load_state()
    look(walk, "07-decide")
    walk.page.click("main form button[type=submit]")
    walk.page.wait_for_load_state()
    look(walk, "08-forwarded")
    press(walk, "Hoàn thành sơ khảo")
    look(walk, "09-complete")
    walk.page.click("main form button[type=submit]")
    walk.page.wait_for_load_state()
    assert "Huyện Lạng Giang đã hoàn thành sơ khảo." in walk.page.inner_text(".flashes")
    assert season.entry("Máy gieo hạt mini chạy pin").status == "forwarded"
    walk.open(f"/screening/import/{YOUTH}")
    look(walk, "10-import")


def choose_first(walk: Journey, name: str) -> None:
    """Choose the first real choice of a list or of radio buttons."""
    if walk.page.locator(f"main select[name={name}]").count():
        walk.page.select_option(f"main select[name={name}]", index=1)
    else:
        walk.page.locator(f"main input[name={name}]").first.check()


def make_a_panel(season: Season) -> None:
    """Walk an organiser from an empty page to assigned sheets."""
    walk = season.somebody("to.chuc")
    look(walk, "01-home")
    walk.open(f"/judging/panels/new/{YOUTH}")
    type_in(walk, name="Hội đồng chấm cấp tỉnh")
    walk.page.check("main [name=judges]")
    look(walk, "02-new-panel")
    walk.page.click("main form button[type=submit]")
    walk.page.wait_for_load_state()
    panel = walk.page.url
    look(walk, "03-panel-empty")
    walk.page.goto(f"{panel}/assign")
    look(walk, "04-assign")
    walk.page.click("main form button[type=submit]")
    walk.page.wait_for_load_state()
    assert "Đã phân công thêm 1 phiếu chấm." in walk.page.inner_text(".flashes")
    look(walk, "05-panel")
    walk.open("/judging/panels")
    look(walk, "06-panels")


def score_on_a_tablet(season: Season) -> None:
    """Walk a judge through a sheet, on a tablet and on a phone."""
    walk = season.somebody("giam.khao")
    look(walk, "01-home")
    walk.open("/judging/")
    look(walk, "02-sheets")
    with season.app.app_context():
        token = db.session.scalars(select(ScoreSheet.token)).one()
    walk.open(f"/judging/{token}")
    walk.page.set_viewport_size({"width": 768, "height": 1024})
    boxes = walk.page.locator("main input[data-points]")
    for number, points in enumerate(("34,5", "12", "26", "13,5")):
        boxes.nth(number).fill(points)
    look(walk, "03-sheet")
    walk.page.set_viewport_size({"width": 390, "height": 844})
    type_in(walk, remark="Ý tưởng mới, làm được ngay.")
    walk.page.on("dialog", lambda dialog: dialog.accept())
    press(walk, "Nộp phiếu")
    walk.page.wait_for_url("**/judging/")
    look(walk, "04-done")
    assert season.entry("Máy gieo hạt mini chạy pin").status == "scored"


def read_the_figures(season: Season, folder: Path) -> None:
    """Walk an organiser through ranking, summary and report."""
    walk = season.somebody("to.chuc")
    walk.name = "to-chuc-figures"
    look(walk, "01-home")
    walk.open(f"/results/?edition={YOUTH}")
    assert "Máy gieo hạt mini chạy pin" in walk.page.inner_text("main")
    look(walk, "02-ranking")
    walk.open("/reports")
    look(walk, "03-reports")
    walk.open("/reports/emulation")
    look(walk, "04-emulation")
    for name, address in {
        "summary.xlsx": f"/reports/{YOUTH}/summary.xlsx",
        "report.docx": "/reports/emulation.docx",
    }.items():
        kept = download(walk, address, folder / name)
        assert kept.read_bytes()[:2] == b"PK"
        assert kept.stat().st_size > 5_000


def download(walk: Journey, address: str, target: Path) -> Path:
    """Keep the file behind an address, as a browser does."""
    walk.open("/")
    with walk.page.expect_download() as waiting:
        walk.page.evaluate("address => { window.location = address }", address)
    waiting.value.save_as(target)
    return target


def test_the_english_switch_stays_chosen(season: Season) -> None:
    walk: Journey = season.journey("english")
    walk.open("/contests")
    assert walk.page.get_attribute("html", "lang") == "vi"
    walk.page.get_by_role("link", name="English").first.click()
    walk.page.wait_for_load_state()
    assert walk.page.url.endswith("/contests")
    for address in ("/contests", "/sign-in", f"/contests/{ROBOCON}"):
        walk.open(address)
        assert walk.page.get_attribute("html", "lang") == "en"
        look(walk, address.strip("/").replace("/", "-"))


@pytest.mark.parametrize("username", ["", "co.giao"])
def test_a_wrong_address_is_answered_in_the_same_dress(season: Season, username: str) -> None:
    walk = season.somebody(username) if username else season.journey("visitor")
    walk.open("/entries/RB24-KHONGCO" if username else "/khong-co-trang-nay")
    assert heading(walk).endswith("Không tìm thấy trang")
    assert walk.page.locator("header").count() > 0
    look(walk, "404")
    assert [c.rpartition(" ")[0] for c in walk.complaints] == [NOT_FOUND]
    walk.complaints.clear()


def _is_page(response: Any) -> bool:
    """Tell a page from a file to download."""
    shown = response.status_code == 200 and response.mimetype == "text/html"
    return shown and "attachment" not in response.headers.get("Content-Disposition", "")


# Whoever organises or audits one edition, or holds no post, is shown no page that the others are not.
SHOWN_TO = [role for role in SIGNED_IN if role not in (NOBODY, YOUTH_ORGANISER, YOUTH_AUDITOR)]


@pytest.mark.parametrize("role", SHOWN_TO, ids=str)
def test_no_page_scrolls_sideways_on_a_phone(live: tuple[Flask, str], journey: Any, role: str) -> None:
    app, _address = live
    world = build_world(app)
    client: Any = app.test_client()
    client.sign_in(world.users[role])
    walk: Journey = journey(f"every-{role.replace(' ', '-')}")
    cookie = client.get_cookie("session")
    walk.page.context.add_cookies([{"name": "session", "value": cookie.value, "url": walk.address}])
    walk.page.set_viewport_size({"width": 390, "height": 844})
    wide = []
    for visit in visits(app, "GET"):
        address = address_of(app, visit.rule, world.own(visit.rule, role))
        if not allowed(app, visit, role) or visit.rule.endpoint in NO_PAGES or "." in address.rpartition("/")[2]:
            continue
        if not _is_page(client.get(address)):
            continue
        walk.open(address)
        over = walk.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        if over > 0:
            wide.append(f"{visit}: {over} pixels too wide")
    walk.complaints[:] = [c for c in walk.complaints if "403" not in c]
    assert wide == []
