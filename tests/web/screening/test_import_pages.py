"""Bringing a list in through the browser: upload, preview with its problems, confirm."""

import io
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from contest_portal.accounts.actor import Role
from contest_portal.core.database import db
from contest_portal.registration.models import Entry, ImportBatch
from tests.client import CheckingClient, Page
from tests.factories.people import make_school, make_user, unit_of
from tests.factories.registration import open_edition
from tests.factories.screening import YOUTH
from tests.factories.workbooks import WORK_HEADS, team, teams, work, workbook, works

ROBOCON = "robocon-2024"


@pytest.fixture
def organiser(portal: Flask, client: CheckingClient) -> CheckingClient:
    """Return an organiser's browser."""
    return browser(portal, client, Role.ORGANISER)


def browser(
    portal: Flask, client: CheckingClient, role: Role, unit_name: str = "Huyện Lạng Giang", school_name: str = ""
) -> CheckingClient:
    """Return the browser of somebody with a role."""
    with portal.app_context():
        unit = unit_of(YOUTH, unit_name)
        school = make_school(school_name, unit) if school_name else None
        user = make_user(role, unit=unit, school=school, password="").id
        db.session.remove()
    client.sign_in(user)
    return client


def sent(
    client: CheckingClient,
    data: bytes,
    code: str = ROBOCON,
    *,
    status: int = 200,
    name: str = "Danh sách.xlsx",
    **typed: Any,
) -> Page:
    """Upload a workbook."""
    page = client.get_page(f"/screening/import/{code}")
    if page.soup.select_one("[name=effective]"):
        typed.setdefault("effective", "20/05/2024")
    return client.submit(page, "Xem trước", status=status, file=(io.BytesIO(data), name), **typed)


def stored(portal: Flask) -> int:
    """Return how many entries there are."""
    with portal.app_context():
        return db.session.scalar(select(func.count(Entry.id))) or 0


def test_list_is_shown_before_it_is_written(portal: Flask, organiser: CheckingClient) -> None:
    page = sent(organiser, teams(team(1), team(2)))
    assert page.h1.endswith("Xem trước danh sách")
    assert "Tệp “Danh sách.xlsx”, ngày hiệu lực 20/05/2024. Chưa có gì được ghi." in page.text
    assert page.rows()[0] == ["Đội 1", "2", "Trường THCS Số 1", "3", "Thêm mới", "–"]
    assert stored(portal) == 0
    done = organiser.submit(page, "Xác nhận nhập")
    assert done.h1 == "Đã nhập danh sách"
    assert done.flashes == ["Đã nhập danh sách “Danh sách.xlsx”."]
    assert stored(portal) == 2


def test_confirmation_sent_twice_writes_once(portal: Flask, organiser: CheckingClient) -> None:
    page = sent(organiser, teams(team(1)))
    for _time in range(2):
        assert organiser.submit(page, "Xác nhận nhập").h1 == "Đã nhập danh sách"
    assert stored(portal) == 1
    with portal.app_context():
        folder = portal.config["SETTINGS"].uploads / "imports"
        assert not any((folder / batch.stored_name).exists() for batch in db.session.scalars(select(ImportBatch)))


def test_problems_are_marked_on_their_rows(portal: Flask, organiser: CheckingClient) -> None:
    page = sent(organiser, teams(team(1), team(2, c5="31/2/2011", c11="Sao Hỏa")))
    first = page.rows()[0]
    assert first[:5] == ["Đội 2", "3", "Trường THCS Số 2", "3", "Không nhận"]
    assert "F3 “31/2/2011”: Ngày không có trong lịch" in first[5]
    assert "L3 “Sao Hỏa”: Không có “Sao Hỏa” trong cuộc thi này. Chấp nhận: " in first[5]
    assert "Xác nhận nhập" not in page.text
    done = organiser.submit(page, "Chỉ nhập các dòng đúng")
    assert done.h1 == "Đã nhập danh sách"
    assert done.rows()[0][:3] == ["3", "F", "31/2/2011"]
    assert stored(portal) == 1


def test_rows_gone_bad_since_the_preview_write_nothing(portal: Flask, organiser: CheckingClient) -> None:
    page = sent(organiser, works(work(1, c9="x")), YOUTH)
    sent_meanwhile = sent(organiser, works(work(1, c9="x")), YOUTH, effective="25/05/2024")
    assert organiser.submit(sent_meanwhile, "Xác nhận nhập").h1 == "Đã nhập danh sách"
    # The first list would now only repeat what is stored.
    assert organiser.submit(page, "Xác nhận nhập").h1 == "Đã nhập danh sách"
    assert stored(portal) == 1


def test_corrected_list_shows_before_and_after(portal: Flask, organiser: CheckingClient) -> None:
    organiser.submit(sent(organiser, works(work(1, c7=80.0)), YOUTH), "Xác nhận nhập")
    page = sent(organiser, works(work(1, c7=82.5, c9="x")), YOUTH, effective="21/05/2024")
    assert page.rows()[0][4:] == [
        "Cập nhật",
        "Điểm sơ khảo: “80” → “82,5” Trạng thái: “Đã sơ khảo” → “Đã chuyển lên tỉnh”",
    ]
    organiser.submit(page, "Xác nhận nhập")
    again = sent(organiser, works(work(1, c7=82.5, c9="x")), YOUTH, effective="21/05/2024")
    assert "Danh sách này đã được nhập; không có gì thay đổi." in again.text
    assert again.rows()[0][4] == "Không đổi"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (
            b"STT;T\xc3\xaan",
            "Trang “CSV” không có dòng tiêu đề đọc được: thiếu cột “Tên đội (mô hình, sản phẩm, giải pháp)”; "
            "“Họ và tên (thành viên, tác giả)”. Hãy ghi tên cột ở dòng đầu bảng rồi tải lại.",
        ),
        (b"", "Tệp này trống. Hãy chọn tệp khác."),
        (
            b"PK\x03\x04" + b"x" * 50,
            "Tệp bị hỏng nên không đọc được. Hãy mở bằng Excel, lưu lại dạng .xlsx rồi tải lên.",
        ),
    ],
)
def test_unusable_file_gets_a_sentence(organiser: CheckingClient, data: bytes, said: str) -> None:
    page = sent(organiser, data, status=422, effective="19/05/2024")
    assert page.errors == [said]
    assert page.soup.select_one("[name=effective]")["value"] == "19/05/2024"  # type: ignore[index]


def test_missing_file_and_day_ahead_get_sentences(organiser: CheckingClient) -> None:
    page = organiser.get_page(f"/screening/import/{ROBOCON}")
    assert organiser.submit(page, "Xem trước", status=422, file=None).errors == ["Hãy chọn một tệp."]
    ahead = sent(organiser, teams(team(1)), status=422, effective="01/01/2099")
    assert "phía trước" in ahead.errors[0]
    impossible = sent(organiser, teams(team(1)), status=422, effective="31/02/2024")
    assert len(impossible.errors) == 1


def test_file_over_the_limit_gets_a_sentence(portal: Flask, organiser: CheckingClient) -> None:
    page = sent(organiser, b"x" * (portal.config["MAX_CONTENT_LENGTH"] + 1), status=413)
    assert "vượt quá 10 MB" in page.text
    assert stored(portal) == 0


def test_coordinator_brings_the_own_unit(portal: Flask, client: CheckingClient) -> None:
    coordinator = browser(portal, client, Role.COORDINATOR)
    page = sent(coordinator, works(work(1), unit="HUYỆN YÊN THẾ"), YOUTH)
    assert "Dòng này thuộc đơn vị khác" in page.rows()[0][5]
    mine = sent(coordinator, works(work(1)), YOUTH)
    assert coordinator.submit(mine, "Xác nhận nhập").h1 == "Đã nhập danh sách"


def test_school_brings_its_own_teams_until_the_deadline(portal: Flask, client: CheckingClient) -> None:
    school = browser(portal, client, Role.SCHOOL, school_name="Trường THCS Số 1")
    assert "Đã hết hạn đăng ký" in school.get_page(f"/screening/import/{ROBOCON}", status=409).text
    with portal.app_context():
        open_edition(ROBOCON)
    page = sent(school, teams(team(1), team(2)))
    assert [row[4] for row in page.rows()] == ["Không nhận", "Thêm mới"]
    assert school.submit(page, "Chỉ nhập các dòng đúng").h1 == "Đã nhập danh sách"
    assert stored(portal) == 1


def test_upload_of_somebody_else_is_not_found(portal: Flask, organiser: CheckingClient) -> None:
    page = sent(organiser, teams(team(1)))
    other = browser(portal, organiser, Role.ORGANISER)
    other.get_page(page.path, status=404)
    other.get_page("/screening/imports/" + "A" * 43, status=404)


def test_removed_upload_leads_back(portal: Flask, organiser: CheckingClient) -> None:
    page = sent(organiser, teams(team(1)))
    for file in (portal.config["SETTINGS"].uploads / "imports").iterdir():
        file.unlink()
    back = organiser.get_page(page.path)
    assert back.path == f"/screening/import/{ROBOCON}?effective=2024-05-20"
    assert back.soup.select_one("[name=effective]")["value"] == "20/05/2024"  # type: ignore[index]
    assert back.flashes == ["Tệp đã tải lên không còn được giữ. Hãy chọn lại tệp."]


def test_what_stands_in_cells_is_text(organiser: CheckingClient) -> None:
    page = sent(organiser, teams(team(1, c1="<script>alert(1)</script>", c11="<b>Sao</b>")))
    assert page.rows()[0][0] == "<script>alert(1)</script>"
    assert page.soup.main is not None
    assert not page.soup.main.select("script, th b, td b")


def test_editions_to_import_into_are_listed(portal: Flask, organiser: CheckingClient) -> None:
    page = organiser.get_page("/screening/import")
    links = {str(link["href"]) for link in page.soup.select(".card a")}
    assert links >= {f"/screening/import/{code}" for code in (ROBOCON, YOUTH, "technical-2024")}
    nobody = browser(portal, organiser, Role.SCHOOL, school_name="Trường THCS Số 1")
    assert "Hiện không có cuộc thi nào" in nobody.get_page("/screening/import").text


def test_expired_form_writes_nothing(portal: Flask, organiser: CheckingClient) -> None:
    page = sent(organiser, teams(team(1)))
    again = organiser.submit(page, "Xác nhận nhập", status=400, csrf_token="expired")
    assert again.h1.endswith("Xem trước danh sách")
    assert stored(portal) == 0


def test_what_was_not_read_is_told(organiser: CheckingClient) -> None:
    page = sent(organiser, works(work(1)), YOUTH)
    assert "Trang “Sheet”, dòng 6: “(Danh sách có 1 mô hình)”." in page.text
    heads = [*WORK_HEADS, "Dân tộc"]
    page = sent(organiser, workbook(["UBND HUYỆN LẠNG GIANG"], heads, [*work(1), "Tày"]), YOUTH)
    assert "Cột K: “Dân tộc”" in page.text
    assert "Ví dụ: Tày" in page.text
    page = organiser.submit(page, "Xem trước")
    assert "“Dân tộc”: bỏ qua" in page.text
