"""An edition is set up, screened and completed through pages alone, whatever its units are."""

from datetime import UTC, datetime

import pytest
from flask import Flask

from contest_portal.accounts.actor import Role
from contest_portal.contests.models import Unit
from contest_portal.contests.queries import get_edition, units_of
from contest_portal.core import clock
from contest_portal.core.database import db
from tests.client import CheckingClient
from tests.factories.people import make_school, make_user

NEW = {
    "source": "edition:youth-2024",
    "title": "Cuộc thi Sáng tạo năm 2026",
    "number": "22",
    "year": "2026",
    "opens_at": "08:00 01/03/2026",
    "closes_at": "17:00 31/05/2026",
}
SETUP = "/setup/youth-2026"
KEP = "07399"


@pytest.fixture
def open_day(portal: Flask) -> None:
    """Let it be a day on which the registration is open."""
    moment = clock.at_local(datetime(2026, 4, 10, tzinfo=UTC).date(), 9)
    clock.set_clock(lambda: moment)


def browser_of(portal: Flask, user_id: int) -> CheckingClient:
    """Return a signed-in browser."""
    browser: CheckingClient = portal.test_client()  # type: ignore[assignment]
    browser.sign_in(user_id)
    return browser


def set_units(organiser: CheckingClient, shape: str, school_id: int) -> None:
    """Say what the units are, through the pages of that shape."""
    page = organiser.get_page(f"{SETUP}/units")
    page = organiser.submit(page, "Lưu", shape=f"{shape}:bac-ninh-2025")
    if shape == "clusters":
        page = organiser.get_page(f"{SETUP}/units/cluster?set=bac-ninh-2025")
        organiser.submit(page, "Lưu", name="Cụm Lạng Giang", members=[KEP, "07375"])
    if shape == "schools":
        page = organiser.get_page(f"{SETUP}/units/schools?set=bac-ninh-2025&place={KEP}")
        organiser.submit(page, "Lưu", schools=[str(school_id)])


@pytest.mark.parametrize(
    ("shape", "unit_set", "unit", "word"),
    [
        ("units", "bac-ninh-2025", "Xã Kép", "xã, phường"),
        ("clusters", "bac-ninh-2025", "Cụm Lạng Giang", "cụm"),
        ("schools", "bac-ninh-2025", "Trường THCS Kép", "trường"),
        ("districts", "bac-giang-2024", "Huyện Lạng Giang", "huyện, thị, thành phố"),
    ],
)
def test_from_the_set_up_to_the_completion_without_code(
    portal: Flask, open_day: None, shape: str, unit_set: str, unit: str, word: str
) -> None:
    code, place = ("youth-2024", "217") if shape == "districts" else ("youth-2026", KEP)
    if shape == "districts":
        moment = clock.at_local(datetime(2024, 4, 10, tzinfo=UTC).date(), 9)
        clock.set_clock(lambda: moment)
    with portal.app_context():
        there = db.session.query(Unit).filter_by(unit_set=unit_set, code=place).one()
        school = make_school("Trường THCS Kép", unit=there)
        school_id, teacher = school.id, make_user(Role.SCHOOL, school=school).id
        boss = make_user(Role.ORGANISER).id
    organiser = browser_of(portal, boss)
    if shape != "districts":
        organiser.submit(organiser.get_page("/setup/new"), "Lập bản nháp", unit_set=unit_set, **NEW)
        set_units(organiser, shape, school_id)
        organiser.submit(organiser.get_page(f"{SETUP}/matter/publish"), "Lưu", published=True)
    with portal.app_context():
        found = next(u for u in units_of(get_edition(code).id) if u.name == unit)
        total, unit_code = len(units_of(get_edition(code).id)), found.code
        actor = make_user(Role.COORDINATOR, unit=found).id if shape != "schools" else teacher
    reference = register(browser_of(portal, teacher), code)
    screen(browser_of(portal, actor), f"/screening/{code}/{unit_code}", reference, unit)
    page = organiser.get_page(f"/screening/{code}/map")
    assert f"1/{total} {word} đã hoàn thành." in page.text


def register(school: CheckingClient, code: str) -> str:
    """Hand a work in through the pages of a school; return its reference."""
    begin = school.get_page(f"/entries/new?edition={code}")
    chosen = {"edition": code} if begin.soup.select("input[type=radio][name=edition]") else {}
    page = school.submit(begin, fields=chosen, title="Máy lọc nước")
    reference = page.path.rpartition("/")[2]
    path = f"/entries/{reference}"
    page = school.get_page(f"{path}/details")
    first = page.soup.select("input[name=field]")[0]
    school.submit(page, fields={"field": str(first["value"]), "contact_phone": "0912 345 678"})
    person = school.get_page(f"{path}/people/author/new")
    school.submit(person, full_name="Trần Văn An", birth_date="01/09/2013", class_name="6A")
    school.submit(school.get_page(f"{path}/check"), "Nộp hồ sơ", declared=True)
    return reference


def screen(coordinator: CheckingClient, unit_path: str, reference: str, unit: str) -> None:
    """Receive, mark and forward the work, and declare the unit complete."""
    page = coordinator.follow(coordinator.get_page(unit_path), reference)
    coordinator.submit(coordinator.follow(page, "Ghi nhận hồ sơ đã đến"))
    form = coordinator.follow(coordinator.follow(coordinator.get_page(unit_path), reference), "Ghi kết quả sơ khảo")
    coordinator.submit(form, score="82,5", decision="forward")
    done = coordinator.submit(coordinator.follow(coordinator.get_page(unit_path), "Hoàn thành sơ khảo"))
    assert f"{unit} đã hoàn thành sơ khảo." in " ".join(done.flashes)
