"""A coordinator writes the minutes, issues and prints them, and brings the signed scan back."""

import io
from typing import Any

import pytest
from flask import Flask
from openpyxl import load_workbook
from pypdf import PdfReader

from contest_portal.accounts.actor import Role
from contest_portal.registration.status import Status
from tests.client import CheckingClient
from tests.factories.files import pdf_bytes
from tests.web.screening.test_flow import browser_of, made

UNIT = "/screening/youth-2024/217"
FILLED: dict[str, Any] = {
    "held_on": "20/05/2024",
    "began_at": "8:00",
    "ended_at": "11h30",
    "place": "Phòng họp",
    "chair": "Giáp Văn Bình",
    "secretary": "Ngô Thị Hoa",
    "present": "Giáp Văn Bình, Trưởng ban\nLương Văn Tài, Thành viên",
}


@pytest.fixture
def coordinator(portal: Flask) -> CheckingClient:
    """Return the browser of a coordinator whose unit has screened two works."""
    made(portal, Status.FORWARDED, title="Máy lọc nước")
    made(portal, Status.NOT_FORWARDED, title="Đèn bàn")
    made(portal, Status.FORWARDED, unit="Huyện Yên Thế", title="Của huyện khác")
    return browser_of(portal, Role.COORDINATOR, unit="Huyện Lạng Giang", edition="youth-2024")


def drafted(browser: CheckingClient) -> Any:
    """Write minutes and return the page that shows them."""
    page = browser.follow(browser.get_page(UNIT), "Biên bản và bảng tổng hợp")
    return browser.submit(browser.follow(page, "Lập biên bản"), "Lưu và xem biên bản", **FILLED)


def test_from_the_meeting_to_the_signed_scan(coordinator: CheckingClient) -> None:
    page = drafted(coordinator)
    assert "Đây là bản nháp" in page.text
    assert "Chủ trì: Giáp Văn Bình." in page.text
    assert "Máy lọc nước" in page.text
    assert "Của huyện khác" not in page.text
    page = coordinator.submit(coordinator.follow(page, "Ban hành"), "Ban hành biên bản")
    assert page.flashes == ["Đã ban hành biên bản. Hãy in, ký rồi tải bản quét lên."]
    assert "Nội dung không đổi nữa" in page.text
    form = coordinator.follow(page, "Tải bản đã ký lên")
    page = coordinator.submit(form, "Tải lên", file=(io.BytesIO(pdf_bytes()), "biên bản ký.pdf"))
    assert page.flashes == ["Đã nhận bản quét có chữ ký."]
    assert page.rows(1)[0][:2] == ["Biên bản chấm đã ký", "biên bản ký.pdf"]
    scan = coordinator.get(page.link("biên bản ký.pdf"))
    assert (scan.status_code, scan.data) == (200, pdf_bytes())
    assert "attachment" in scan.headers["Content-Disposition"]


def test_the_minutes_and_the_table_are_given_as_files(coordinator: CheckingClient) -> None:
    page = drafted(coordinator)
    pdf = coordinator.get(page.link("Tải PDF"))
    text = " ".join(part.extract_text() for part in PdfReader(io.BytesIO(pdf.data)).pages)
    assert "Máy lọc nước" in " ".join(text.split())
    word = coordinator.get(page.link("Tải Word (.docx)"))
    assert word.data.startswith(b"PK")
    assert "bien-ban-217-20-05-2024.docx" in word.headers["Content-Disposition"]
    table = coordinator.get(f"{UNIT}/summary.xlsx")
    rows = list(load_workbook(io.BytesIO(table.data)).worksheets[0].values)
    assert any(row[2] == "Máy lọc nước" for row in rows)
    assert "Của huyện khác" not in str(rows)


def test_what_is_missing_is_said_at_issue_with_the_way_to_mend_it(coordinator: CheckingClient) -> None:
    form = coordinator.get_page(f"{UNIT}/minutes/new")
    page = coordinator.submit(form, "Lưu và xem biên bản", held_on="20/05/2024")
    page = coordinator.submit(coordinator.follow(page, "Ban hành"), "Ban hành biên bản", status=422)
    assert "Hãy ghi ai chủ trì." in page.errors
    assert coordinator.follow(page, "Ghi bổ sung vào biên bản").h1.endswith("Biên bản chấm sơ khảo")


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("began_at", "25:99", "Giờ chưa đúng. Hãy viết như 8:00 hoặc 8 giờ 30."),
        ("held_on", "31/02/2024", ""),
        ("held_on", "20/05/2098", "Ngày này còn ở phía trước: hãy nhập ngày việc đã xảy ra."),
        ("ended_at", "7:00", "Giờ kết thúc phải sau giờ bắt đầu."),
        ("present", "\n".join(f"Người {n}" for n in range(41)), "Chỉ ghi được nhiều nhất 40 người."),
    ],
)
def test_bad_input_gets_a_sentence_and_nothing_typed_is_lost(
    coordinator: CheckingClient, field: str, value: str, says: str
) -> None:
    form = coordinator.get_page(f"{UNIT}/minutes/new")
    page = coordinator.submit(form, "Lưu và xem biên bản", **{**FILLED, field: value}, status=422)
    assert page.errors
    assert says in " ".join(page.errors)
    assert (
        page.soup.select_one("textarea[name=present]")
        .text.strip()
        .startswith("Giáp" if field != "present" else "Người")
    )
    assert page.soup.select_one("input[name=chair]")["value"] == "Giáp Văn Bình"


def test_a_draft_is_changed_and_thrown_away_and_issued_minutes_are_not(coordinator: CheckingClient) -> None:
    page = drafted(coordinator)
    page = coordinator.submit(coordinator.follow(page, "Sửa"), "Lưu và xem biên bản", place="Hội trường lớn")
    assert "Địa điểm: Hội trường lớn." in page.text
    edit = page.link("Sửa")
    gone = coordinator.submit(page, "Bỏ bản nháp này")
    assert gone.flashes == ["Đã bỏ bản nháp biên bản."]
    coordinator.get_page(edit, status=404)
    issued = drafted(coordinator)
    edit = issued.link("Sửa")
    coordinator.submit(coordinator.follow(issued, "Ban hành"), "Ban hành biên bản")
    assert "đã ban hành thì không sửa được nữa" in coordinator.get_page(edit, status=409).text


def test_a_scan_that_is_none_is_refused_with_a_sentence(coordinator: CheckingClient) -> None:
    form = coordinator.get_page(f"{UNIT}/papers/signed")
    page = coordinator.submit(form, "Tải lên", kind="summary", file=(io.BytesIO(b"MZ"), "a.pdf"), status=422)
    assert page.errors
    page = coordinator.submit(form, "Tải lên", kind="minutes", file=(io.BytesIO(pdf_bytes()), "a.pdf"), status=422)
    assert "Chưa có biên bản nào được ban hành" in " ".join(page.errors)


def test_another_units_papers_do_not_exist(portal: Flask, coordinator: CheckingClient) -> None:
    page = drafted(coordinator)
    stranger = browser_of(portal, Role.COORDINATOR, unit="Huyện Yên Thế", edition="youth-2024")
    for address in (page.path, f"{page.path}/edit", f"{page.path}.pdf", f"{page.path}.docx", f"{UNIT}/papers"):
        assert stranger.get(address).status_code == 404
    assert stranger.get(f"{UNIT}/summary.xlsx").status_code == 404
    assert stranger.get("/screening/minutes/nothing").status_code == 404


def test_an_auditor_reads_and_changes_nothing(portal: Flask, coordinator: CheckingClient) -> None:
    page = drafted(coordinator)
    auditor = browser_of(portal, Role.AUDITOR)
    shown = auditor.get_page(page.path)
    assert shown.link("Tải PDF")
    assert "Ban hành" not in shown.text
    assert auditor.get(f"{page.path}/edit").status_code == 403
