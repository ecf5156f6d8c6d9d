"""Test who is shown which entry, and who may change it."""

import re

import pytest
from flask import Flask

from contest_portal.accounts.actor import Role
from tests.client import CheckingClient
from tests.factories.people import make_school, unit_of
from tests.web.registration.conftest import Browser, World

PAGES = ("", "/details", "/people/member", "/people/member/new", "/check", "/receipt", "/withdraw")
NOWHERE = "/entries/RB24-222222"


def body(browser: CheckingClient, address: str, reference: str) -> tuple[int, str]:
    """Return the answer to an address, without the address itself and without tokens, which change by the second."""
    response = browser.get(address)
    text = re.sub(r'name="csrf_token" value="[^"]+"', "", response.get_data(as_text=True))
    return response.status_code, text.replace(reference, "…")


def foreign_school(portal: Flask, browser_of: Browser) -> CheckingClient:
    """Return the browser of another school of the same unit."""
    with portal.app_context():
        school = make_school("Trường THCS Hương Lạc", unit_of("robocon-2024"))
        return browser_of(Role.SCHOOL, school=school)


@pytest.mark.parametrize("page", PAGES)
def test_a_foreign_entry_answers_like_one_that_does_not_exist(submitted: World, browser_of: Browser, page: str) -> None:
    stranger = foreign_school(submitted.portal, browser_of)
    foreign = body(stranger, submitted.home + page, submitted.reference)
    missing = body(stranger, NOWHERE + page, "RB24-222222")
    assert foreign[0] == 404
    assert foreign == missing


@pytest.mark.parametrize("page", ["/details", "/people/member/new", "/check", "/withdraw", "/revive"])
def test_nothing_is_written_to_a_foreign_entry(submitted: World, browser_of: Browser, page: str) -> None:
    stranger = foreign_school(submitted.portal, browser_of)
    form = stranger.get_page("/entries/new")
    token = form.soup.select_one("input[name=csrf_token]")
    assert token is not None
    data = {"csrf_token": token["value"], "title": "Cướp", "full_name": "Cướp", "reason": "Cướp", "declared": "y"}
    assert stranger.post(submitted.home + page, data=data).status_code == 404
    assert (submitted.stored("title"), submitted.stored("status")) == ("Rồng Xanh", "submitted")


def test_a_draft_is_seen_by_its_school_and_the_organiser_only(world: World, browser_of: Browser) -> None:
    with world.portal.app_context():
        unit = unit_of("robocon-2024")
    assert world.school.get_page(world.home).h1.endswith("Rồng Xanh")
    assert browser_of(Role.ORGANISER).get_page(world.home).h1.endswith("Rồng Xanh")
    assert browser_of(Role.COORDINATOR, unit=unit).get_page(world.home, 404).status == 404
    assert browser_of(Role.JUDGE).get_page(world.home, 403).status == 403


def test_a_coordinator_sees_the_units_entry_but_does_not_change_it(submitted: World, browser_of: Browser) -> None:
    with submitted.portal.app_context():
        own, other = unit_of("robocon-2024"), unit_of("robocon-2024", "Huyện Sơn Động")
    coordinator = browser_of(Role.COORDINATOR, unit=own)
    page = coordinator.get_page(submitted.home)
    assert "Rút hồ sơ" not in page.text
    assert "Các bước" not in page.text
    for address in ("/details", "/check", "/people/member/new"):
        coordinator.get_page(submitted.home + address, 403)
    coordinator.get_page(submitted.home + "/withdraw", 403)
    browser_of(Role.COORDINATOR, unit=other).get_page(submitted.home, 404)


def test_an_auditor_reads_and_changes_nothing(submitted: World, browser_of: Browser) -> None:
    auditor = browser_of(Role.AUDITOR)
    assert auditor.get_page(submitted.home).h1.endswith("Rồng Xanh")
    for address in ("/details", "/withdraw", "/check"):
        auditor.get_page(submitted.home + address, 403)
    auditor.get_page("/entries/new", 403)


def test_a_visitor_is_led_to_sign_in(submitted: World) -> None:
    response = submitted.portal.test_client().get(submitted.home)
    assert response.status_code == 302
    assert "RB24" in response.headers["Location"]


def test_fields_that_are_not_in_the_form_change_nothing(world: World) -> None:
    form = world.school.get_page(f"{world.home}/details")
    data = {box["name"]: box.get("value", "") for box in form.soup.select("main input") if box.get("type") != "radio"}
    chosen = form.soup.select_one("input[name=division][checked]")
    assert chosen is not None
    extra = {
        "status": "scored",
        "unit_id": "1",
        "edition_id": "2",
        "school_id": "9",
        "reference": "X",
        "division": chosen["value"],
    }
    before = [world.stored(name) for name in ("status", "unit_id", "edition_id", "school_id", "reference")]
    response = world.school.post(f"{world.home}/details", data={**data, **extra, "title": "Rồng Vàng"})
    assert response.status_code == 302
    assert world.stored("title") == "Rồng Vàng"
    assert [world.stored(name) for name in ("status", "unit_id", "edition_id", "school_id", "reference")] == before


def test_a_school_sees_only_its_own_in_the_list(submitted: World, browser_of: Browser) -> None:
    assert [row[0] for row in submitted.school.get_page("/entries/").rows()] == ["Rồng Xanh"]
    stranger = foreign_school(submitted.portal, browser_of)
    assert "Chưa có hồ sơ nào" in stranger.get_page("/entries/").text
    assert stranger.get_page(f"/entries/?q={submitted.reference}").soup.select("main table") == []


def test_nobody_begins_for_a_school_that_is_not_offered(world: World) -> None:
    with world.portal.app_context():
        foreign = make_school("Trường THCS Hương Lạc", unit_of("robocon-2024")).id
    form = world.school.get_page("/entries/new")
    token, once = (form.soup.select_one(f"input[name={name}]") for name in ("csrf_token", "once"))
    assert token is not None
    assert once is not None
    data = {
        "csrf_token": token["value"],
        "once": once["value"],
        "title": "Hộ",
        "school": str(foreign),
        "edition": "robocon-2024",
    }
    response = world.school.post("/entries/new", data=data)
    # The only school the form knows is the person's own, whatever was sent.
    assert response.status_code == 302
    assert world.school.get_page(response.headers["Location"]).text.count("Hương Lạc") == 0
