"""Pages of schools: the list, one school, a list brought in, slips and letters, coming in by a code."""

import io
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from contest_portal.accounts.actor import Role
from contest_portal.accounts.models import User
from contest_portal.contests.models import School
from contest_portal.contests.models_schools import Invitation
from contest_portal.contests.queries import posts_of
from contest_portal.contests.queries_schools import get_unit
from contest_portal.core.database import db
from contest_portal.core.outbox import OutboxLetter
from contest_portal.core.spreadsheets import read_workbook
from tests.client import CheckingClient, Page
from tests.counting import counted_statements
from tests.factories import make_school, make_user
from tests.factories.schools import school_list, school_row

NEW = "bac-ninh-2025"
ROWS = [
    school_row(1, "Trường THCS Kép", "Xã Kép"),
    school_row(2, "Trường THPT Tân Dĩnh", "Xã Tân Dĩnh", email="", level="THPT"),
]


@pytest.fixture
def organiser(portal: Flask, client: CheckingClient) -> CheckingClient:
    """Return an organiser's browser."""
    with portal.app_context():
        user = make_user(Role.ORGANISER, username="to.chuc", password="")
    client.sign_in(user)
    return client


def upload(client: CheckingClient, data: bytes, status: int = 200) -> Page:
    """Send a list; return its preview."""
    form = client.get_page("/schools/import")
    return client.submit(form, "Xem trước", file=(io.BytesIO(data), "Trường.xlsx"), status=status)


@pytest.mark.parametrize("name", ["Trường.csv", "Trường.txt"])
def test_a_list_may_be_a_text_file_and_the_field_says_so(organiser: CheckingClient, name: str) -> None:
    form = organiser.get_page("/schools/import")
    assert 'accept=".xlsx,.xls,.csv,.txt"' in organiser.get("/schools/import").get_data(as_text=True)
    data = "STT;Tên trường;Đơn vị;Email\n1;Trường THCS Kép;Xã Kép;\n2;Trường THPT Tân Dĩnh;Xã Tân Dĩnh;\n".encode(
        "utf-8-sig"
    )
    preview = organiser.submit(form, "Xem trước", file=(io.BytesIO(data), name))
    assert "Trường THPT Tân Dĩnh" in preview.text


def bring_in(client: CheckingClient) -> Page:
    """Send and confirm two schools."""
    return client.submit(upload(client, school_list(*ROWS)), "Xác nhận nhập")


def stored(portal: Flask, name: str) -> School:
    """Return a stored school."""
    with portal.app_context():
        return db.session.scalars(select(School).where(School.name == name)).one()


def test_a_list_is_previewed_confirmed_and_shown(organiser: CheckingClient) -> None:
    preview = upload(organiser, school_list(*ROWS, school_row(3, "", "Xã Kép")))
    assert "Dòng này chưa có tên trường" in preview.text
    assert "C7" in preview.text
    assert "Không có trường nào khớp" in organiser.get_page("/schools").text
    done = organiser.submit(preview, "Chỉ nhập các dòng đúng")
    assert "Thêm 2 trường" in done.text
    rows = organiser.get_page("/schools").rows(0)
    assert [row[1] for row in rows] == ["Xã Kép", "Xã Tân Dĩnh"]
    again = upload(organiser, school_list(*ROWS))
    assert "không có gì thay đổi" in again.text


def test_a_bad_workbook_comes_back_with_a_sentence(organiser: CheckingClient) -> None:
    for data in (b"PK\x03\x04 broken", b"%PDF-1.7"):
        page = upload(organiser, data, status=422)
        assert len(page.errors) == 1
    form = organiser.get_page("/schools/import")
    assert organiser.submit(form, "Xem trước", status=422).errors == ["Hãy chọn một tệp."]


def test_the_download_is_a_workbook_that_reads_again(organiser: CheckingClient) -> None:
    bring_in(organiser)
    answer = organiser.get("/schools/download?level=lower")
    assert "danh-sach-truong.xlsx" in answer.headers["Content-Disposition"]
    rows = read_workbook(answer.data).sheets[0].rows
    assert [row[1] for row in rows] == ["Tên trường", "Trường THCS Kép"]
    assert "không có gì thay đổi" in upload(organiser, answer.data).text
    assert read_workbook(organiser.get("/schools/template").data).sheets[0].rows[0][1] == "Tên trường"


def test_slips_show_each_code_once_and_let_a_school_in(portal: Flask, organiser: CheckingClient) -> None:
    bring_in(organiser)
    form = organiser.get_page("/schools/invite?account=no")
    sheet = organiser.submit(form, "Tạo mã và mời", way="sheet", days="30")
    assert [tag.get_text(strip=True) for tag in sheet.soup.select(".slip-school")] == [
        "Trường THCS Kép",
        "Trường THPT Tân Dĩnh",
    ]
    codes = [tag.get_text(strip=True) for tag in sheet.soup.select(".slip-letters")]
    assert len(set(codes)) == 2
    assert len(sheet.soup.select(".slip-picture svg path")) == 2
    listed = organiser.get_page("/schools")
    assert [row[5] for row in listed.rows(0)] == ["Đã mời", "Đã mời"]
    assert not any(code in listed.text for code in codes)

    visitor: Any = portal.test_client()
    page = visitor.submit(visitor.get_page("/join"), "Tiếp tục", code=codes[0].lower())
    assert "Trường THCS Kép" in page.h1
    filled = {"full_name": "Nguyễn Thị Hạnh", "phone": "0912345678", "email": "", "username": "thcs.kep"}
    page = visitor.submit(page, "Lập tài khoản", **filled, password="12345678", status=422)
    assert len(page.errors) == 1
    assert page.soup.select_one("[name=full_name]")["value"] == "Nguyễn Thị Hạnh"
    page = visitor.submit(page, "Lập tài khoản", **filled, password="con trâu đi trước cái cày")
    assert page.flashes == ["Đã lập tài khoản thcs.kep. Hãy đăng nhập."]
    home = visitor.submit(page, "Đăng nhập", username="thcs.kep", password="con trâu đi trước cái cày")
    assert "Hồ sơ của nhà trường" in home.text
    assert organiser.get_page("/schools?account=yes").rows(0)[0][4:] == ["1 người", "Đã nhận"]


def test_wrong_and_used_codes_get_the_same_page(portal: Flask, organiser: CheckingClient) -> None:
    bring_in(organiser)
    sheet = organiser.submit(organiser.get_page("/schools/invite"), "Tạo mã và mời", way="sheet")
    code = sheet.soup.select_one(".slip-letters").get_text(strip=True)  # type: ignore[union-attr]
    with portal.app_context():
        used = db.session.scalars(select(Invitation)).first()
        assert used is not None
        used.used_at = used.created_at
        db.session.commit()
    answers = []
    for typed in (code, "22222-22222-22222-22222", "không phải mã"):
        visitor: Any = portal.test_client()
        page = visitor.submit(visitor.get_page("/join"), "Tiếp tục", code=typed, status=422)
        answers.append((page.errors, page.soup.select_one("[name=code]")["value"] == typed))
    assert answers[0] == answers[1] == answers[2]
    assert "đã được dùng hoặc đã hết hạn" in answers[0][0][0]


def test_a_link_only_fills_the_code_in(portal: Flask, client: CheckingClient) -> None:
    page = client.get_page("/join?code=ABCDE-FGHJK")
    assert page.soup.select_one("[name=code]")["value"] == "ABCDE-FGHJK"  # type: ignore[index]
    assert client.get("/join/account").status_code == 302


def test_letters_say_who_was_not_reached(portal: Flask, organiser: CheckingClient) -> None:
    bring_in(organiser)
    page = organiser.submit(organiser.get_page("/schools/invite"), "Tạo mã và mời", way="mail", days="14")
    assert "Đã gửi thư mời đến 1 trường." in page.flashes
    assert any("Trường THPT Tân Dĩnh" in flash for flash in page.flashes)
    with portal.app_context():
        assert [letter.address for letter in db.session.scalars(select(OutboxLetter))] == ["truong1@bacninh.edu.vn"]


def test_a_school_is_changed_moved_and_tells_where_it_was(portal: Flask, organiser: CheckingClient) -> None:
    with portal.app_context():
        school_id = make_school("Trường THCS Kép", get_unit("bac-giang-2024", "217")).id
        unit_id = get_unit(NEW, "07399").id
    page = organiser.follow(organiser.get_page(f"/schools/{school_id}"), "Sửa thông tin")
    page = organiser.submit(page, "Lưu", phone="0204 3888 999", level="lower", aliases="THCS Kép\nCấp 2 Kép")
    assert "0204 3888 999" in page.text
    page = organiser.follow(page, "Chuyển đơn vị")
    wrong = organiser.submit(page, "Chuyển", unit=str(unit_id), day="30/06/2025", reason="Nghị quyết", status=422)
    assert "không tồn tại vào ngày 30/06/2025" in wrong.errors[0]
    assert wrong.soup.select_one("[name=reason]")["value"] == "Nghị quyết"  # type: ignore[index]
    page = organiser.submit(wrong, "Chuyển", day="01/07/2025")
    assert [row[:2] for row in page.rows(0)] == [["Xã Kép", "01/07/2025"], ["Huyện Lạng Giang", "Từ trước"]]


def test_two_who_change_a_school_at_once_are_shown_both(portal: Flask, organiser: CheckingClient) -> None:
    with portal.app_context():
        school_id = make_school("Trường THCS Kép", get_unit(NEW, "07399")).id
    stale = organiser.get_page(f"/schools/{school_id}/edit")
    organiser.submit(organiser.get_page(f"/schools/{school_id}/edit"), "Lưu", phone="0912345678")
    page = organiser.submit(stale, "Lưu", head="Lê A", status=409)
    assert "0912345678" in page.text
    assert page.soup.select_one("[name=head]")["value"] == "Lê A"  # type: ignore[index]
    assert "Lê A" in organiser.submit(page, "Lưu").text


def test_one_form_adds_one_school(portal: Flask, organiser: CheckingClient) -> None:
    form = organiser.get_page("/schools/new")
    with portal.app_context():
        unit = str(get_unit(NEW, "07399").id)
    for _ in range(2):
        organiser.submit(form, "Lưu", name="Trường THCS Kép", unit=unit)
    assert stored(portal, "Trường THCS Kép").unit_id == int(unit)


def test_a_coordinator_sees_the_own_units_schools_without_the_peoples_numbers(
    portal: Flask, client: CheckingClient
) -> None:
    with portal.app_context():
        unit = get_unit(NEW, "07399")
        own = make_school("Trường THCS Kép", unit)
        foreign = make_school("Trường THCS Tân Dĩnh", get_unit(NEW, "07432"))
        make_user(Role.SCHOOL, school=own, full_name="Lê Thị Hạnh", phone="0987654321", password="")
        client.sign_in(make_user(Role.COORDINATOR, unit=unit, password=""))
        own_id, foreign_id, foreign_unit = own.id, foreign.id, foreign.unit_id
    assert [row[0] for row in client.get_page("/schools").rows(0)] == ["Trường THCS Kép"]
    assert "Không có trường nào khớp" in client.get_page(f"/schools?unit={foreign_unit}").text
    page = client.get_page(f"/schools/{own_id}")
    assert "Lê Thị Hạnh" in page.text
    assert "0987654321" not in page.text
    assert client.get_page(f"/schools/{foreign_id}", 404).text == client.get_page("/schools/999999", 404).text
    names = [row[1] for row in read_workbook(client.get("/schools/download").data).sheets[0].rows]
    assert names == ["Tên trường", "Trường THCS Kép"]


def test_the_list_asks_the_same_however_many_schools(portal: Flask, organiser: CheckingClient) -> None:
    asked = []
    for number in (1, 3, 60):
        with portal.app_context():
            for each in range(number):
                make_school(f"Trường THCS {number} {each}", get_unit(NEW, "07399"))
        with counted_statements() as sent:
            organiser.get("/schools")
        asked.append(len(sent))
    assert asked[0] == asked[1] == asked[2]


def test_colleagues_are_invited_seen_and_ended(portal: Flask, client: CheckingClient) -> None:
    with portal.app_context():
        school = make_school("Trường THCS Kép", get_unit(NEW, "07399"))
        client.sign_in(make_user(Role.SCHOOL, school=school, full_name="Trần Văn Một", password=""))
    page = client.get_page("/schools/own")
    assert [row[0] for row in page.rows(0)] == ["Trần Văn Một (bạn)"]
    assert not page.soup.select('form[action*="/people/"][action$="/end"]')
    shown = client.submit(page, "Mời đồng nghiệp", full_name="Lê Thị Hai", email="")
    code = shown.soup.select_one(".panel .reference, .panel strong, .panel-reference").get_text(strip=True)  # type: ignore[union-attr]
    visitor: Any = portal.test_client()
    filled = {"full_name": "Lê Thị Hai", "phone": "0912345678", "email": "", "username": "le.thi.hai"}
    joining = visitor.submit(visitor.get_page(f"/join?code={code}"), "Tiếp tục")
    visitor.submit(joining, "Lập tài khoản", **filled, password="con trâu đi trước cái cày")
    page = client.get_page("/schools/own")
    assert [row[0] for row in page.rows(0)] == ["Lê Thị Hai", "Trần Văn Một (bạn)"]
    client.submit(page, "Kết thúc Lê Thị Hai")
    with portal.app_context():
        hai = db.session.scalars(select(User).where(User.username == "le.thi.hai")).one()
        assert posts_of(hai.id) == ()


def test_an_account_takes_on_one_more_school(portal: Flask, organiser: CheckingClient) -> None:
    bring_in(organiser)
    sheet = organiser.submit(organiser.get_page("/schools/invite"), "Tạo mã và mời", way="sheet")
    code = sheet.soup.select_one(".slip-letters").get_text(strip=True)  # type: ignore[union-attr]
    with portal.app_context():
        user = make_user(Role.SCHOOL, school=make_school("Trường cũ", get_unit(NEW, "07399")), password="")
        user_id = user.id
    visitor: Any = portal.test_client()
    visitor.sign_in(user_id)
    page = visitor.submit(visitor.get_page(f"/join?code={code}"), "Tiếp tục")
    visitor.submit(page, "Dùng tài khoản này")
    with portal.app_context():
        assert len(posts_of(user_id)) == 2


def test_a_page_below_one_of_the_menu_lights_that_one(organiser: CheckingClient) -> None:
    for address in ("/schools/new", "/schools/requests"):
        lit = organiser.get_page(address).soup.select(".site-menu a[aria-current]")
        assert [link.get_text() for link in lit] == ["Trường"]
