"""Test the pages of a school's desk: home, copying, problems and exceptions, the signed list, more time."""

import io
from typing import Any

import pytest

from contest_portal.accounts.actor import Role
from contest_portal.contests.models import Membership
from contest_portal.contests.queries import get_edition
from contest_portal.core import clock
from contest_portal.core.database import db, transaction
from contest_portal.core.vietnamese import format_date
from contest_portal.registration.queries import find_by_reference
from contest_portal.registration.status import Status
from tests.counting import counted_statements
from tests.factories.people import make_school, unit_of
from tests.factories.registration import make_entry
from tests.web.registration.conftest import Browser, World

LIST = "/entries/school-list/robocon-2024"


def test_the_desk_names_the_one_next_thing_and_what_is_missing(world: World) -> None:
    page = world.school.get_page("/")
    assert "Việc tiếp theo: kiểm tra và nộp các bản nháp" in page.text
    with world.portal.app_context():
        entry = find_by_reference(world.reference)
        assert entry is not None
        make_entry(school=entry.school, title="Đội thiếu", status=Status.DRAFT, people=[])
    page = world.school.get_page("/")
    assert "Việc tiếp theo: sửa hồ sơ Đội thiếu" in page.text
    assert "đã đủ, chưa nộp" in page.text
    assert "còn 3 điểm" in page.text or "điểm:" in page.text
    follow = world.school.follow(page, "sửa hồ sơ Đội thiếu: còn 3 điểm chưa đúng thể lệ")
    assert follow.soup.select(".three-parts")


def test_after_handing_in_the_list_is_to_be_signed(submitted: World) -> None:
    page = submitted.school.get_page("/")
    assert "in danh sách để hiệu trưởng ký, đóng dấu rồi tải bản quét lên" in page.text


@pytest.mark.parametrize("state", [Status.DRAFT, Status.SUBMITTED])
def test_the_desk_costs_the_same_with_many_entries(world: World, state: Status) -> None:
    counts, made = [], 0
    for many in (1, 3, 60):
        with world.portal.app_context():
            entry = find_by_reference(world.reference)
            assert entry is not None
            for number in range(made, many):
                make_entry(school=entry.school, title=f"Đội {number}", status=state)
        made = many
        with counted_statements() as sent:
            page = world.school.get_page("/")
        counts.append(len(sent))
    assert "Đội 59" in page.text
    assert counts[0] == counts[1] == counts[2]


def test_somebody_of_two_schools_has_both_on_the_desk(world: World, browser_of: Browser) -> None:
    with world.portal.app_context():
        other = make_school("Trường THCS Xương Lâm", unit_of("robocon-2024"))
        make_entry(school=other, title="Đội trường hai")
        entry = find_by_reference(world.reference)
        assert entry is not None
        school = entry.school
        with transaction():
            db.session.add(Membership(user_id=entry.created_by, role=Role.SCHOOL, school_id=other.id))
    page = world.school.get_page("/")
    assert "Đội trường hai" in page.text
    assert "Rồng Xanh" in page.text
    assert school is not None
    listed = world.school.get_page(f"{LIST}?school={other.id}")
    assert "Trường THCS Xương Lâm" in listed.text


def test_copying_a_team_from_its_page(submitted: World) -> None:
    home = submitted.school.get_page(submitted.home)
    form = submitted.school.follow(home, "Sao chép")
    copy = submitted.school.submit(form, "Sao chép", title="Rồng Xanh 2")
    assert "Bản nháp này được sao chép từ" in copy.text
    assert submitted.reference in copy.text
    assert copy.h1.endswith("Rồng Xanh 2")
    people = submitted.school.get_page(f"{copy.path}/people/member")
    assert "Nguyễn Thị Hồng Ánh" in people.text


def test_a_strangers_entry_is_not_copied(submitted: World, browser_of: Browser) -> None:
    with submitted.portal.app_context():
        other = make_school("Trường khác", unit_of("robocon-2024"))
    browser_of(Role.SCHOOL, school=other).get_page(f"{submitted.home}/copy", 404)
    browser_of(Role.ORGANISER).get_page(f"{submitted.home}/copy", 403)


def test_a_problem_is_shown_in_three_parts_and_let_pass_by_an_organiser(world: World, browser_of: Browser) -> None:
    people = world.school.get_page(f"{world.home}/people/member")
    world.school.submit(world.school.follow(people, "Sửa"), class_name="12A1", birth_date="20/05/2006")
    check = world.school.get_page(f"{world.home}/check")
    parts = check.soup.select_one(".three-parts")
    assert parts is not None
    assert [dt.get_text(strip=True) for dt in parts.select("dt")] == ["Thể lệ", "Hồ sơ ghi", "Cách sửa"]
    assert "Cho phép khác thể lệ" not in check.text
    organiser = browser_of(Role.ORGANISER)
    for _ in range(5):
        page = organiser.get_page(f"{world.home}/check")
        if "Cho phép khác thể lệ" not in page.text.replace("Thôi cho phép", ""):
            break
        link = next(a for a in page.soup.find_all("a") if a.get_text().startswith("Cho phép khác thể lệ"))
        form = organiser.get_page(str(link["href"]))
        assert organiser.submit(form, "Cho phép", reason="", status=422).errors == ["Hãy ghi lý do."]
        organiser.submit(form, "Cho phép", reason="Có giấy xác nhận")
    check = world.school.get_page(f"{world.home}/check")
    assert "Lý do: Có giấy xác nhận" in check.text
    receipt = world.school.submit(check, "Nộp hồ sơ", declared=True)
    assert receipt.path.endswith("/receipt")
    assert "Ban Tổ chức cho phép khác thể lệ" in world.school.get_page(world.home).text


def test_an_override_is_not_a_schools_to_give(world: World) -> None:
    world.school.get_page(f"{world.home}/rules/grade", 403)


def test_the_list_is_printed_signed_brought_back_and_seen(submitted: World, browser_of: Browser) -> None:
    page = submitted.school.get_page(LIST)
    assert "Nguyễn Thị Hồng Ánh" in page.text
    assert "20/05/2011" in page.text
    assert "HIỆU TRƯỞNG" in page.text
    code = page.text.split("Mã danh sách: ")[1].split(".")[0]
    form = submitted.school.follow(page, "Tải lên bản đã ký, đóng dấu")
    wrong = submitted.school.submit(form, "Tải lên", code=code, file=(io.BytesIO(b"GIF89a"), "a.pdf"), status=422)
    assert wrong.errors == ["Tệp này không phải bản quét: hãy dùng tệp PDF, ảnh JPEG hoặc PNG."]
    old = submitted.school.submit(form, code="0000-0000", file=(io.BytesIO(b"%PDF-1.7"), "a.pdf"), status=422)
    assert "Mã này không phải mã của danh sách hiện nay" in old.errors[0]
    done = submitted.school.submit(form, "Tải lên", code=code.lower(), file=(io.BytesIO(b"%PDF-1.7"), "a.pdf"))
    assert "danh sách vẫn khớp" in done.text
    submitted.school.submit(submitted.school.get_page(f"{submitted.home}/details"), title="Rồng Vàng")
    assert "Sửa sau khi ký: " + submitted.reference in submitted.school.get_page(LIST).text
    assert "không còn khớp với hồ sơ này" in submitted.school.get_page(submitted.home).text
    organiser = browser_of(Role.ORGANISER)
    schools = organiser.get_page(LIST)
    assert schools.rows()[0][2] == "Không còn khớp"
    listed = organiser.follow(schools, "Trường THCS Tân Dĩnh")
    scan = organiser.get(listed.link("Tải bản quét về"))
    assert (scan.status_code, scan.data) == (200, b"%PDF-1.7")
    assert scan.headers["Content-Disposition"].startswith("attachment")


def test_a_strangers_list_and_scan_are_not_there(submitted: World, browser_of: Browser) -> None:
    with submitted.portal.app_context():
        entry = find_by_reference(submitted.reference)
        assert entry is not None
        other, school = make_school("Trường khác", unit_of("robocon-2024")), entry.school_id
    stranger = browser_of(Role.SCHOOL, school=other)
    for address in (f"{LIST}?school={school}", f"{LIST}/scan?school={school}", f"{LIST}?school=99999999999999999999"):
        stranger.get_page(address, 404)
    assert "Nhà trường chưa nộp hồ sơ nào" in stranger.get_page(LIST).text


def give(browser: Any, **typed: Any) -> Any:
    page = browser.get_page("/entries/deadlines/robocon-2024")
    return browser.submit(page, "Gia hạn và báo tin", **typed)


def test_an_organiser_gives_one_school_more_time_and_takes_it_back(world: World, browser_of: Browser) -> None:
    world.close()
    organiser = browser_of(Role.ORGANISER)
    day = format_date(clock.today().replace(year=clock.today().year + 1))
    wrong = give(organiser, scope="school", school="Không có", day=day, reason="Lũ", status=422)
    assert wrong.errors == ["Không có trường nào tên như vậy."]
    assert give(organiser, scope="all", day=day, hour="25:00", reason="Lũ", status=422).errors == [
        "Giờ chưa đúng. Hãy viết như 17:00."
    ]
    assert give(organiser, scope="all", day="1/1/2020", reason="Lũ", status=422).errors
    done = give(organiser, scope="school", school="Trường THCS Tân Dĩnh", day=day, reason="Mất điện")
    assert done.flashes == ["Đã gia hạn và báo cho những người liên quan."]
    world.school.submit(world.school.get_page(f"{world.home}/details"), title="Kịp giờ")
    assert world.stored("title") == "Kịp giờ"
    assert "Gia hạn đăng ký" in world.school.get_page("/inbox").text
    assert "Còn" in world.school.get_page("/").text
    back = organiser.follow(done, "Thôi gia hạn")
    organiser.submit(back, "Thôi gia hạn", reason="Đã có điện")
    late = world.school.submit(world.school.get_page(f"{world.home}/details"), title="Muộn", status=409)
    assert late.errors
    with world.portal.app_context():
        assert len(get_edition("robocon-2024").deadline_events) >= 2


def test_more_time_for_all_is_on_the_public_page(world: World, browser_of: Browser, client: Any) -> None:
    world.close()
    assert "Đã hết hạn đăng ký" in client.get_page("/contests/robocon-2024").text
    day = format_date(clock.today().replace(year=clock.today().year + 1))
    give(browser_of(Role.ORGANISER), scope="all", day=day, hour="17:00", reason="Nghỉ lễ")
    assert f"Nhận đăng ký đến 17:00 {day}" in client.get_page("/contests/robocon-2024").text


def test_a_school_gives_itself_no_time(world: World) -> None:
    world.school.get_page("/entries/deadlines/robocon-2024", 403)
