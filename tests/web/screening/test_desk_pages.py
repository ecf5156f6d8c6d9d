"""A coordinator's desk: scanning, taking parcels in, receipts, stickers, the log."""

import io
from datetime import date
from typing import Any

import pytest
from flask import Flask
from openpyxl import load_workbook
from pypdf import PdfReader

from contest_portal.accounts.actor import Role
from contest_portal.registration.status import Status
from tests.client import CheckingClient
from tests.counting import counted_statements
from tests.factories.people import make_school, make_user, unit_of
from tests.factories.screening import YOUTH, unit_entry
from tests.web.screening.test_flow import browser_of, made, status_of

UNIT = "/screening/youth-2024/217"
DESK = f"{UNIT}/desk"
PARCEL: dict[str, Any] = {
    "received_on": "18/05/2024",
    "postmark_on": "16/05/2024",
    "brought_by": "Cô Hà",
    "received_by": "Ông Nghĩa",
    "contents": ["application", "model"],
    "condition": "flawed",
    "condition_note": "Gãy một bánh xe",
    "note": "Bổ sung sau",
}


@pytest.fixture
def coordinator(portal: Flask) -> CheckingClient:
    """Return the browser of Lạng Giang's coordinator."""
    return browser_of(portal, Role.COORDINATOR, unit="Huyện Lạng Giang", edition=YOUTH)


def waiting(portal: Flask, **more: Any) -> str:
    """Return the reference of an entry that was handed in before the parcel came."""
    (reference,) = made(portal, Status.SUBMITTED, day=date(2024, 5, 2), **more)
    return reference


def test_a_scanned_code_leads_to_the_parcel_and_the_parcel_to_its_receipt(
    portal: Flask, coordinator: CheckingClient
) -> None:
    reference = waiting(portal, title="Máy lọc nước")
    page = coordinator.submit(coordinator.get_page(DESK), "Mở", scan=f"http://localhost/e/{reference.lower()}")
    assert page.path == f"/screening/entries/{reference}/receive"
    receipt = coordinator.submit(page, "Ghi nhận", **PARCEL)
    assert receipt.h1.endswith(f"Biên nhận hồ sơ {reference}")
    for wanted in ("18/05/2024", "16/05/2024", "Cô Hà", "Ông Nghĩa", "Gãy một bánh xe", "Bản thuyết minh", "Đúng hạn"):
        assert wanted in receipt.text
    pdf = coordinator.get(receipt.link("Tải PDF"))
    assert reference in PdfReader(io.BytesIO(pdf.data)).pages[0].extract_text()
    again = coordinator.submit(coordinator.get_page(DESK), "Mở", scan=reference)
    assert again.path == f"/screening/entries/{reference}"


@pytest.mark.parametrize("scan", ["TN24-222222", "không phải mã", "<script>alert(1)</script>"])
def test_a_code_nobody_has_is_answered_with_what_to_do(coordinator: CheckingClient, scan: str) -> None:
    page = coordinator.submit(coordinator.get_page(DESK), "Mở", scan=scan)
    assert f"Không có hồ sơ nào của đơn vị mang mã “{scan}”" in page.text


def test_another_units_code_is_a_code_nobody_has(portal: Flask, coordinator: CheckingClient) -> None:
    far = waiting(portal, unit="Huyện Yên Thế", title="Bí mật của huyện khác")
    page = coordinator.submit(coordinator.get_page(DESK), "Mở", scan=far)
    assert "Không có hồ sơ nào của đơn vị" in page.text
    assert "Bí mật" not in page.text
    assert coordinator.get(f"/e/{far}").status_code == 404


def test_a_printed_code_leads_each_to_their_own_page(portal: Flask, coordinator: CheckingClient) -> None:
    with portal.app_context():
        school = make_school(unit=unit_of(YOUTH))
        reference = unit_entry(school=school, status=Status.RECEIVED).reference
        teacher = make_user(Role.SCHOOL, school=school).id
    assert coordinator.get(f"/e/{reference}").location == f"/screening/entries/{reference}"
    assert browser_of(portal, Role.ORGANISER).get(f"/e/{reference}").location == f"/dossier/{reference}"
    browser: Any = portal.test_client()
    assert "/sign-in?next=" in browser.get(f"/e/{reference}").location
    browser.sign_in(teacher)
    assert browser.get(f"/e/{reference}").location == f"/entries/{reference}"
    assert browser.get("/e/TN24-222222").status_code == 404


def test_bad_input_is_said_and_nothing_typed_is_lost(portal: Flask, coordinator: CheckingClient) -> None:
    reference = waiting(portal)
    form = coordinator.get_page(f"/screening/entries/{reference}/receive")
    page = coordinator.submit(form, "Ghi nhận", **PARCEL | {"postmark_on": "19/05/2024"}, status=422)
    assert page.errors == ["Dấu bưu điện không thể sau ngày nhận."]
    assert page.soup.select_one("#brought_by")["value"] == "Cô Hà"
    assert status_of(portal, reference) == "submitted"


def test_several_parcels_come_in_one_car(portal: Flask, coordinator: CheckingClient) -> None:
    references = [waiting(portal), waiting(portal)]
    page = coordinator.get_page(f"{DESK}/receive?references={references[0]}&references={references[1]}")
    page = coordinator.submit(page, "Ghi nhận 2 hồ sơ", received_on="18/05/2024", brought_by="Cô Hà")
    assert page.flashes == ["Đã ghi nhận 2 hồ sơ."]
    assert {status_of(portal, reference) for reference in references} == {"received"}


def test_a_correction_shows_what_somebody_else_wrote(portal: Flask, coordinator: CheckingClient) -> None:
    reference = waiting(portal)
    coordinator.submit(coordinator.get_page(f"/screening/entries/{reference}/receive"), "Ghi nhận", **PARCEL)
    edit = f"/screening/entries/{reference}/reception/edit"
    mine, theirs = coordinator.get_page(edit), coordinator.get_page(edit)
    coordinator.submit(theirs, "Lưu", brought_by="Thầy Khác")
    page = coordinator.submit(mine, "Lưu", brought_by="Cô Hà và trò", status=409)
    assert "người giao Thầy Khác" in page.text
    assert page.soup.select_one("#brought_by")["value"] == "Cô Hà và trò"
    page = coordinator.submit(page, "Lưu")
    assert "Cô Hà và trò" in page.text


def test_the_log_is_a_workbook_of_this_unit_alone(portal: Flask, coordinator: CheckingClient) -> None:
    reference = waiting(portal, title="=HYPERLINK(1)")
    waiting(portal, unit="Huyện Yên Thế", title="Của huyện khác")
    coordinator.submit(coordinator.get_page(f"/screening/entries/{reference}/receive"), "Ghi nhận", **PARCEL)
    sheet = load_workbook(io.BytesIO(coordinator.get(f"{DESK}/log.xlsx").data)).worksheets[0]
    rows = list(sheet.values)
    assert [row[1] for row in rows if row[0] == 1] == [reference]
    assert "Của huyện khác" not in str(rows)
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


def test_stickers_are_given_for_the_chosen_models(portal: Flask, coordinator: CheckingClient) -> None:
    one, other = made(portal, Status.RECEIVED, Status.RECEIVED)
    form = coordinator.get_page(f"{UNIT}/stickers")
    answer = coordinator.post(
        f"{UNIT}/stickers",
        data={"references": [one], "first": "3", "csrf_token": form.soup.select_one("[name=csrf_token]")["value"]},
    )
    text = PdfReader(io.BytesIO(answer.data)).pages[0].extract_text()
    assert one in text
    assert other not in text
    page = coordinator.submit(form, "Tải nhãn (PDF)", first="25", status=422)
    assert page.errors


def test_the_desk_asks_as_much_for_many_as_for_one(portal: Flask, coordinator: CheckingClient) -> None:
    counts = []
    for more in (1, 2, 40):
        with portal.app_context():
            unit, school = unit_of(YOUTH), make_school(unit=unit_of(YOUTH))
            for _ in range(more):
                unit_entry(unit, Status.SUBMITTED, school=school)
                unit_entry(unit, Status.RECEIVED, school=school)
        with counted_statements() as sent:
            coordinator.get_page(DESK)
        counts.append(len(sent))
    assert counts[0] == counts[1] == counts[2]
