"""Test the pages of a school after its time: late forms lose nothing, become requests, and are answered."""

from datetime import timedelta
from typing import Any

from contest_portal.accounts.actor import SYSTEM, Role
from contest_portal.core import clock
from contest_portal.core.database import transaction
from contest_portal.registration.checking.services import Remark, Verdict, decide
from contest_portal.registration.checking.states import CheckState
from contest_portal.registration.queries import find_by_reference
from contest_portal.registration.services import move_entry
from contest_portal.registration.status import Status
from tests.client import Page
from tests.counting import counted_statements
from tests.factories.desk import make_request
from tests.factories.registration import make_entry
from tests.web.registration.conftest import Browser, World


def value_of(page: Page, name: str) -> Any:
    box = page.soup.select_one(f"main [name={name}]")
    assert box is not None
    return box.get("value")


def test_a_late_form_is_refused_shown_again_and_becomes_a_request(submitted: World, browser_of: Browser) -> None:
    form = submitted.school.get_page(f"{submitted.home}/details")
    submitted.close()
    page = submitted.school.submit(form, title="Rồng Muộn", status=409)
    assert page.errors[0].startswith("Đã hết hạn đăng ký lúc")
    assert "Những gì bạn nhập vẫn ở dưới đây và đã được giữ lại." in page.text
    assert (value_of(page, "title"), submitted.stored("title")) == ("Rồng Muộn", "Rồng Xanh")
    kept = submitted.school.follow(page, "Xem bản giữ lại")
    assert ["Tên", "Rồng Xanh", "Rồng Muộn"] in kept.rows()
    again = submitted.school.follow(kept, "Mở lại biểu mẫu với những gì đã nhập")
    assert value_of(again, "title") == "Rồng Muộn"
    asked = submitted.school.submit(again, "Gửi yêu cầu thay đổi", reason="Máy chậm")
    assert asked.flashes == ["Đã gửi yêu cầu thay đổi. Ban Tổ chức sẽ trả lời ở đây và trong hộp thư của cổng."]
    assert submitted.stored("title") == "Rồng Xanh"
    organiser = browser_of(Role.ORGANISER)
    queue = organiser.get_page("/entries/requests")
    shown = organiser.follow(queue, "Sửa thông tin")
    assert ["Tên", "Rồng Xanh", "Rồng Muộn"] in shown.rows()
    assert "Tình trạng Đang chờ Người gửi" in shown.text
    done = organiser.submit(shown, "Đồng ý và sửa hồ sơ")
    assert done.flashes == ["Đã đồng ý và sửa hồ sơ."]
    assert submitted.stored("title") == "Rồng Muộn"
    home = submitted.school.get_page(submitted.home)
    assert "Tên: “Rồng Xanh” → “Rồng Muộn”" in home.text
    assert "Theo yêu cầu của nhà trường: Máy chậm" in home.text
    assert "Đã đồng ý thay đổi hồ sơ" in submitted.school.get_page("/inbox").text


def test_a_late_draft_and_what_was_typed_late_can_be_read(world: World) -> None:
    form = world.school.get_page(f"{world.home}/people/member/new")
    world.close()
    page = world.school.submit(form, full_name="Lê Văn Muộn", birth_date="2/1/2011", class_name="7A", status=409)
    assert value_of(page, "full_name") == "Lê Văn Muộn"
    assert "Lê Văn Muộn" in world.school.follow(page, "Xem bản giữ lại").text
    home = world.school.get_page(world.home)
    assert "Thêm Lê Văn Muộn" in home.text
    assert "Nguyễn Thị Hồng Ánh" in home.text


def test_a_refusal_needs_a_reason_that_the_school_reads(submitted: World, browser_of: Browser) -> None:
    submitted.close()
    people = submitted.school.get_page(f"{submitted.home}/people/member")
    form = submitted.school.follow(people, "Bớt")
    assert submitted.school.submit(form, "Gửi yêu cầu thay đổi", reason="", status=422).errors
    asked = submitted.school.submit(form, "Gửi yêu cầu thay đổi", reason="Chuyển trường")
    organiser = browser_of(Role.ORGANISER)
    page = organiser.get_page(asked.path)
    assert organiser.submit(page, "Không đồng ý", status=422).errors == ["Hãy ghi lý do không đồng ý."]
    organiser.submit(page, "Không đồng ý", answer="Phải có xác nhận của trường")
    assert "Phải có xác nhận của trường" in submitted.school.get_page(asked.path).text
    assert "Bớt Nguyễn Thị Hồng Ánh" in submitted.school.get_page(submitted.home).text


def test_what_was_changed_meanwhile_is_shown_beside_the_request(submitted: World, browser_of: Browser) -> None:
    submitted.close()
    form = submitted.school.get_page(f"{submitted.home}/details")
    asked = submitted.school.submit(form, title="Rồng Vàng", reason="In nhầm")
    organiser = browser_of(Role.ORGANISER)
    before = organiser.get_page(asked.path)
    organiser.submit(organiser.get_page(f"{submitted.home}/details"), title="Rồng Bạc", reason="Công văn")
    refused = organiser.submit(before, "Đồng ý và sửa hồ sơ", status=409)
    assert ["Tên", "Rồng Xanh", "Rồng Bạc"] in refused.rows(1)
    organiser.submit(refused, "Đồng ý và sửa hồ sơ")
    assert submitted.stored("title") == "Rồng Vàng"


def test_a_received_entry_is_changed_and_withdrawn_by_request_only(submitted: World) -> None:
    with submitted.portal.app_context():
        move_entry(SYSTEM, found(submitted), Status.RECEIVED)
    home = submitted.school.get_page(submitted.home)
    form = submitted.school.follow(home, "Xin rút hồ sơ")
    page = submitted.school.submit(form, "Gửi yêu cầu rút hồ sơ", reason="Học sinh ốm")
    assert "Rút cả hồ sơ, không dự thi nữa." in page.text
    assert submitted.stored("status") == "received"
    taken = submitted.school.submit(page, "Rút yêu cầu này")
    assert taken.flashes == ["Đã rút yêu cầu."]


def found(world: World) -> Any:
    entry = find_by_reference(world.reference)
    assert entry is not None
    return entry


def test_an_entry_returned_to_its_school_is_mended_after_the_deadline(submitted: World) -> None:
    submitted.close()
    with submitted.portal.app_context():
        remarks = (Remark("details", "Tên trùng đội khác", "title"),)
        mend_until = clock.now() + timedelta(days=2)
        decide(SYSTEM, found(submitted), Verdict(CheckState.INCOMPLETE, remarks=remarks, mend_until=mend_until))
    page = submitted.school.get_page(f"{submitted.home}/details")
    assert "Hồ sơ được trả lại để bổ sung đến" in page.text
    submitted.school.submit(page, "Lưu và tiếp tục", title="Rồng Mới")
    assert submitted.stored("title") == "Rồng Mới"
    with submitted.portal.app_context(), transaction():
        found(submitted).mend_until = clock.now() - timedelta(seconds=1)
    assert submitted.school.submit(page, title="Muộn rồi", status=409).errors
    assert submitted.stored("title") == "Rồng Mới"


def test_remarks_stand_beside_the_fields_and_the_people(submitted: World) -> None:
    with submitted.portal.app_context():
        entry = found(submitted)
        member = next(p.id for p in entry.participants if p.role == "member")
        remarks = (Remark("details", "Tên trùng đội khác", "title"), Remark(f"person:{member}", "Lớp chưa đúng"))
        decide(
            SYSTEM, entry, Verdict(CheckState.INCOMPLETE, remarks=remarks, mend_until=clock.now() + timedelta(days=3))
        )
    details = submitted.school.get_page(f"{submitted.home}/details")
    hint = details.soup.select_one("#title-hint")
    assert hint is not None
    assert "Ban Tổ chức yêu cầu: Tên trùng đội khác" in hint.get_text()
    people = submitted.school.get_page(f"{submitted.home}/people/member")
    assert "Ban Tổ chức yêu cầu: Lớp chưa đúng" in people.text
    assert "Lớp chưa đúng" in submitted.school.follow(people, "Sửa").text


def test_how_much_time_is_left_is_said_and_counted_down(world: World) -> None:
    page = world.school.get_page(f"{world.home}/details")
    line = page.soup.select_one(".time-left")
    assert line is not None
    assert "Còn 29 ngày 23 giờ." in line.get_text() or "Còn 30 ngày" in line.get_text()
    assert line["data-closes"] > line["data-now"]
    said = page.soup.select_one("[data-clock-said]")
    assert said is not None
    assert said["aria-live"] == "polite"


def test_others_requests_and_notes_are_not_there(submitted: World, browser_of: Browser) -> None:
    submitted.close()
    with submitted.portal.app_context():
        other = make_entry(title="Đội khác")
        foreign = make_request(other)
        kept = make_request(found(submitted), state="kept")
        addresses = [
            f"/entries/{other.reference}/requests/{foreign.token}",
            f"{submitted.home}/requests/{foreign.token}",
        ]
        note = f"{submitted.home}/requests/{kept.token}"
    for address in addresses:
        submitted.school.get_page(address, 404)
    submitted.school.get_page("/entries/requests", 403)
    submitted.school.get_page(note)
    browser_of(Role.ORGANISER).get_page(note, 404)


def test_the_queue_costs_the_same_however_long(submitted: World, browser_of: Browser) -> None:
    organiser, counts, made = browser_of(Role.ORGANISER), [], 0
    for many in (1, 3, 60):
        with submitted.portal.app_context():
            for number in range(made, many):
                make_request(make_entry(title=f"Đội {number}"))
        made = many
        with counted_statements() as sent:
            page = organiser.get_page("/entries/requests?state=open")
        counts.append(len(sent))
        assert len(page.rows()) == min(many, 50)
    assert counts[0] == counts[1] == counts[2]
    second = organiser.follow(page, "Trang sau")
    assert len(second.rows()) == 10
    assert organiser.get_page("/entries/requests?state=approved").text.endswith("Không có yêu cầu nào.")
