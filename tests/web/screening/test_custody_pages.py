"""A coordinator writes a slip, prints it; the organiser confirms that the models came."""

import io

import pytest
from flask import Flask
from pypdf import PdfReader

from contest_portal.accounts.actor import SYSTEM, Role
from contest_portal.core.database import transaction
from contest_portal.registration.queries import find_by_reference
from contest_portal.registration.status import Status
from contest_portal.screening.reception.parcels import Parcel
from contest_portal.screening.services.entries import add_reception
from tests.client import CheckingClient
from tests.factories.screening import YOUTH
from tests.web.screening.test_flow import browser_of, made

UNIT = "/screening/youth-2024/217"


@pytest.fixture
def coordinator(portal: Flask) -> CheckingClient:
    """Return the browser of Lạng Giang's coordinator."""
    return browser_of(portal, Role.COORDINATOR, unit="Huyện Lạng Giang", edition=YOUTH)


def held(portal: Flask) -> str:
    """Return the reference of a forwarded entry whose model is with its unit."""
    (reference,) = made(portal, Status.FORWARDED, title="Máy lọc nước")
    with portal.app_context():
        entry = find_by_reference(reference)
        assert entry is not None
        with transaction():
            add_reception(SYSTEM, entry, Parcel(entry.status_on))
    return reference


def slip_by(browser: CheckingClient, reference: str) -> str:
    """Write a slip to the province; return its address."""
    form = browser.get_page(f"{UNIT}/slips/new?way=unit-province")
    page = browser.submit(form, "Lập phiếu", references=[reference], giver_name="Ông Nghĩa", taker_name="Bà Hòa")
    assert page.flashes[0].startswith("Đã lập phiếu giao nhận TN24-217-0001")
    return page.path


def test_from_the_unit_to_the_province(portal: Flask, coordinator: CheckingClient) -> None:
    reference = held(portal)
    path = slip_by(coordinator, reference)
    text = " ".join(PdfReader(io.BytesIO(coordinator.get(f"{path}.pdf").data)).pages[0].extract_text().split())
    for wanted in ("TN24-217-0001", reference, "Ông Nghĩa", "Bà Hòa", "Máy lọc nước"):
        assert wanted in text
    assert (
        "trên đường từ Đơn vị đến Ban Tổ chức cấp tỉnh" in coordinator.get_page(f"/screening/entries/{reference}").text
    )
    organiser = browser_of(portal, Role.ORGANISER)
    page = organiser.follow(organiser.get_page("/screening/youth-2024/slips"), "TN24-217-0001")
    page = organiser.submit(organiser.follow(page, "Xác nhận đã nhận"), "Xác nhận")
    assert page.flashes == ["Đã xác nhận phiếu TN24-217-0001."]
    assert "1/1" in organiser.get_page("/screening/youth-2024/arrivals").text


def test_bad_input_is_said_and_kept(portal: Flask, coordinator: CheckingClient) -> None:
    held(portal)
    form = coordinator.get_page(f"{UNIT}/slips/new?way=unit-province")
    page = coordinator.submit(form, "Lập phiếu", giver_name="Ông Nghĩa", status=422)
    assert page.errors == ["Hãy chọn ít nhất một hồ sơ."]
    assert page.soup.select_one("#giver_name")["value"] == "Ông Nghĩa"
    page = coordinator.submit(form, "Lập phiếu", happened_on="31/02/2024", status=422)
    assert page.errors


def test_another_unit_sees_no_slip_and_an_auditor_confirms_none(portal: Flask, coordinator: CheckingClient) -> None:
    path = slip_by(coordinator, held(portal))
    stranger = browser_of(portal, Role.COORDINATOR, unit="Huyện Yên Thế", edition=YOUTH)
    for address in (path, f"{path}.pdf", f"{path}/confirm", f"{UNIT}/slips", f"{UNIT}/slips/new"):
        assert stranger.get(address).status_code == 404
    auditor = browser_of(portal, Role.AUDITOR)
    assert "Xác nhận đã nhận" not in auditor.get_page(path).text
    assert auditor.get(f"{path}/confirm").status_code == 403
    page = coordinator.submit(coordinator.get_page(f"{path}/confirm"), "Xác nhận", status=403)
    assert page.status == 403
