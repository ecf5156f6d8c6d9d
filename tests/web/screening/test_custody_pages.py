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
from tests.client import CheckingClient, Page
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


def chosen_by(browser: CheckingClient, *references: str, way: str = "unit-province") -> Page:
    """Choose models; return the page on which the slip is filled in."""
    page = browser.get_page(f"{UNIT}/slips/new?way={way}")
    return browser.submit(page, "Tiếp tục", references=list(references))


def slip_by(browser: CheckingClient, *references: str) -> str:
    """Write a slip to the province; return its address."""
    page = browser.submit(
        chosen_by(browser, *references), "Tiếp tục", giver_name="Ông Nghĩa", taker_name="Bà Hòa", condition="good"
    )
    page = browser.submit(page, "Lập phiếu")
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


def test_what_is_written_is_checked_before_and_each_model_has_its_own_state(
    portal: Flask, coordinator: CheckingClient
) -> None:
    whole, broken = held(portal), held(portal)
    own = {f"condition-{broken}": "broken", f"note-{broken}": "Vỡ nắp"}
    form = chosen_by(coordinator, whole, broken)
    checked = coordinator.submit(form, "Tiếp tục", condition="good", giver_name="Ông Nghĩa", fields=own)
    assert checked.h1.endswith("Kiểm tra phiếu trước khi lập")
    assert "TN24-217-0001" not in coordinator.get_page(f"{UNIT}/slips").text
    again = coordinator.submit(checked, "Sửa lại")
    assert again.soup.select_one("#giver_name")["value"] == "Ông Nghĩa"
    assert again.soup.select_one(f"#note-{broken}")["value"] == "Vỡ nắp"
    page = coordinator.submit(coordinator.submit(again, "Tiếp tục"), "Lập phiếu")
    told = {row[0]: row[2:] for row in page.rows()}
    on_the_way = "trên đường từ Đơn vị đến Ban Tổ chức cấp tỉnh (phiếu TN24-217-0001)"
    assert told == {
        whole: ["Nguyên vẹn, hoạt động tốt", "–", on_the_way],
        broken: ["Hỏng, không hoạt động", "Vỡ nắp", on_the_way],
    }
    # The same page sent again leads to the same slip.
    assert coordinator.submit(checked, "Lập phiếu").path == page.path


def test_bad_input_is_said_and_kept(portal: Flask, coordinator: CheckingClient) -> None:
    reference = held(portal)
    nothing = chosen_by(coordinator)
    assert (nothing.path, nothing.flashes) == (f"{UNIT}/slips/new?way=unit-province", ["Hãy chọn ít nhất một mô hình."])
    form = chosen_by(coordinator, reference)
    page = coordinator.submit(form, "Tiếp tục", happened_on="31/02/2024", giver_name="Ông Nghĩa", status=422)
    assert page.soup.select_one("#giver_name")["value"] == "Ông Nghĩa"
    assert page.soup.select_one("#happened_on")["value"] == "31/02/2024"
    page = coordinator.submit(form, "Tiếp tục", happened_on="01/01/2024", status=422)
    assert f"Mô hình của {reference} đến bên giao ngày" in " ".join(page.errors)
    form.soup.select_one(f"#condition-{reference} option[value=broken]")["value"] = "stolen"
    for name, wrong in (("condition", "stolen"), ("note", "x" * 301)):
        page = coordinator.submit(form, "Tiếp tục", fields={f"{name}-{reference}": wrong}, status=422)
        assert reference in " ".join(page.errors)
    slip_by(coordinator, reference)
    page = coordinator.submit(form, "Tiếp tục", status=422)
    assert f"Mô hình của {reference} hiện không ở bên giao" in " ".join(page.errors)


def test_part_of_a_slip_comes_and_the_rest_is_written_back(portal: Flask, coordinator: CheckingClient) -> None:
    here, lost = held(portal), held(portal)
    path = slip_by(coordinator, here, lost)
    organiser = browser_of(portal, Role.ORGANISER)
    form = organiser.get_page(f"{path}/confirm")
    page = organiser.submit(form, "Xác nhận", came=[], status=422)
    assert "Hãy chọn ít nhất một mô hình đã nhận" in " ".join(page.errors)
    page = organiser.submit(form, "Xác nhận", came=[here])
    assert page.flashes == [
        "Đã xác nhận phiếu TN24-217-0001.",
        "Mô hình không đến nơi được ghi ở phiếu TN24-217-0002.",
    ]
    now = {row[0]: row[4] for row in page.rows()}
    assert now[here].startswith("Ban Tổ chức cấp tỉnh, từ ngày")
    assert now[lost].startswith("Đơn vị, từ ngày")


def test_a_wrong_slip_is_cancelled_and_stays_to_be_read(portal: Flask, coordinator: CheckingClient) -> None:
    path = slip_by(coordinator, held(portal))
    page = coordinator.follow(coordinator.get_page(path), "Phiếu lập nhầm: hủy phiếu")
    page = coordinator.submit(page, "Hủy phiếu", status=422)
    assert page.errors
    page = coordinator.submit(page, "Hủy phiếu", reason="Chọn nhầm")
    assert page.flashes == ["Đã hủy phiếu TN24-217-0001."]
    assert "Phiếu này đã bị hủy" in page.text
    assert [row[-1] for row in coordinator.get_page(f"{UNIT}/slips").rows()] == ["Đã hủy"]
    page = coordinator.submit(coordinator.get_page(f"{path}/cancel"), "Hủy phiếu", reason="Lần nữa", status=409)
    assert "không hủy được nữa" in " ".join(page.errors)


def test_a_slip_is_opened_by_its_number_and_its_code(portal: Flask, coordinator: CheckingClient) -> None:
    path = slip_by(coordinator, held(portal))
    organiser = browser_of(portal, Role.ORGANISER)
    for browser, address in ((coordinator, f"{UNIT}/slips"), (organiser, "/screening/youth-2024/slips")):
        for scanned in ("tn24-217-0001", f"https://hoi-thi.example{path}"):
            assert browser.submit(browser.get_page(address), "Mở", scan=scanned).path == path
        page = browser.submit(browser.get_page(address), "Mở", scan="TN24-217-0009")
        assert "Không có phiếu giao nhận nào mang số hay mã “TN24-217-0009”" in page.text


def test_only_the_organiser_writes_for_the_province(portal: Flask, coordinator: CheckingClient) -> None:
    ways = coordinator.get_page(f"{UNIT}/slips/new?way=province-unit")
    assert "Tỉnh trả về đơn vị" not in ways.text
    assert "Tỉnh trả về đơn vị" in browser_of(portal, Role.ORGANISER).get_page(f"{UNIT}/slips/new").text


def test_another_unit_sees_no_slip_and_an_auditor_confirms_none(portal: Flask, coordinator: CheckingClient) -> None:
    path = slip_by(coordinator, held(portal))
    stranger = browser_of(portal, Role.COORDINATOR, unit="Huyện Yên Thế", edition=YOUTH)
    for address in (
        path,
        f"{path}.pdf",
        f"{path}/confirm",
        f"{path}/cancel",
        f"{UNIT}/slips",
        f"{UNIT}/slips/new",
        f"{UNIT}/slips/write",
    ):
        assert stranger.get(address).status_code == 404
    auditor = browser_of(portal, Role.AUDITOR)
    assert "Xác nhận đã nhận" not in auditor.get_page(path).text
    assert auditor.get(f"{path}/confirm").status_code == 403
    assert auditor.get(f"{path}/cancel").status_code == 403
    assert coordinator.get(f"{path}/confirm").status_code == 403
