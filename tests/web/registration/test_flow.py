"""Walk through the registration of a school, page by page."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from contest_portal.accounts.actor import Role
from contest_portal.core.database import db
from contest_portal.registration.models import Entry, EntryEvent, Participant
from tests.client import CheckingClient, Page
from tests.factories.people import make_school, make_user, unit_of
from tests.factories.registration import open_edition

PUPIL = {"full_name": "Nguyễn Thị Hồng Ánh", "birth_date": "20/5/2011", "class_name": "7A2"}


@pytest.fixture
def school(portal: Flask) -> CheckingClient:
    """Return the browser of a school, with the Robocon contest open."""
    with portal.app_context():
        open_edition("robocon-2024")
        place = make_school("Trường THCS Tân Dĩnh", unit_of("robocon-2024"))
        user = make_user(Role.SCHOOL, school=place)
        user_id = user.id
    browser: Any = portal.test_client()
    browser.sign_in(user_id)
    return browser


def begin(browser: CheckingClient, title: str = "Rồng Xanh") -> Page:
    """Begin an entry; return its page of tasks."""
    return browser.submit(browser.get_page("/entries/new"), title=title)


def fill(browser: CheckingClient, tasks: Page) -> str:
    """Fill in everything a team needs; return the address of its page."""
    home = tasks.path
    details = browser.follow(tasks, "Thông tin đội")
    browser.submit(details, division=choice(details, "division", "Bảng B"), contact_phone="0912 345 678")
    browser.submit(browser.get_page(f"{home}/people/member/new"), **PUPIL)
    browser.submit(browser.get_page(f"{home}/people/coach/new"), full_name="Trần Văn Bình")
    return home


def choice(page: Page, name: str, words: str) -> str:
    """Return the value of the choice whose label begins so."""
    for box in page.soup.select(f"input[name={name}]"):
        label = page.soup.select_one(f"label[for={box['id']}]")
        if label is not None and label.get_text(strip=True).startswith(words):
            return str(box["value"])
    raise AssertionError(words)


def tags(page: Page) -> list[str]:
    """Return the state of each task."""
    return [tag.get_text(strip=True) for tag in page.soup.select(".task-status")]


def test_a_school_registers_a_team_and_gets_a_receipt(school: CheckingClient, portal: Flask) -> None:
    tasks = begin(school)
    assert tasks.h1.endswith("Rồng Xanh")
    assert tags(tasks) == ["Chưa làm", "Chưa làm", "Chưa làm", "Không bắt buộc", "Chưa thể làm"]
    home = fill(school, tasks)
    assert tags(school.get_page(home)) == [
        "Đã xong",
        "Đã xong",
        "Đã xong",
        "Không bắt buộc",
        "Không bắt buộc",
        "Chưa làm",
    ]
    check = school.get_page(f"{home}/check")
    assert "Hồ sơ đúng thể lệ." in check.text
    assert "Nguyễn Thị Hồng Ánh" in check.text
    receipt = school.submit(check, "Nộp hồ sơ", declared=True)
    assert receipt.path == f"{home}/receipt"
    reference = home.rpartition("/")[2]
    assert reference in receipt.text
    assert reference.startswith("RB24-")
    with portal.app_context():
        entry = db.session.scalars(select(Entry)).one()
        assert (entry.status, entry.unit_id is not None, entry.contact_phone) == ("submitted", True, "0912 345 678")
        event = db.session.scalars(select(EntryEvent).where(EntryEvent.status_to == "submitted")).one()
        assert event.details == {"declaration": "information-correct-and-consent-of-parents", "edition_version": 0}
        people = [
            (p.role, p.full_name, p.grade) for p in db.session.scalars(select(Participant).order_by(Participant.id))
        ]
    assert people == [("member", "Nguyễn Thị Hồng Ánh", 7), ("coach", "Trần Văn Bình", None)]


def test_nothing_is_handed_in_without_the_declaration(school: CheckingClient, portal: Flask) -> None:
    home = fill(school, begin(school))
    page = school.submit(school.get_page(f"{home}/check"), "Nộp hồ sơ", status=422)
    assert page.errors == ["Hãy đánh dấu lời cam đoan trước khi nộp."]
    with portal.app_context():
        assert db.session.scalars(select(Entry.status)).one() == "draft"


def test_a_missing_coach_is_named_with_what_would_do(school: CheckingClient, portal: Flask) -> None:
    tasks = begin(school)
    home = tasks.path
    details = school.follow(tasks, "Thông tin đội")
    school.submit(details, division=choice(details, "division", "Bảng B"), contact_phone="0912345678")
    school.submit(school.get_page(f"{home}/people/member/new"), **PUPIL)
    page = school.submit(school.get_page(f"{home}/check"), "Nộp hồ sơ", status=422, declared=True)
    assert page.errors == ["Hồ sơ đội có 0 người hướng dẫn; thể lệ cho từ 1 đến 2. Thêm ít nhất 1 người hướng dẫn."]
    with portal.app_context():
        assert db.session.scalars(select(Entry.status)).one() == "draft"


def test_a_pupil_of_another_grade_is_named_with_what_would_do(school: CheckingClient) -> None:
    home = fill(school, begin(school))
    people = school.get_page(f"{home}/people/member")
    school.submit(school.follow(people, "Sửa"), class_name="11B", birth_date="20/05/2007")
    page = school.get_page(f"{home}/check")
    assert (
        "Nguyễn Thị Hồng Ánh học lớp 11; Bảng B (THCS, lớp 6–9) dành cho lớp 6 đến lớp 9. "
        "Chọn bảng khác, sửa lớp hoặc thay người." in page.text
    )


@pytest.mark.parametrize("day", ["31/2/2012", "31/02/2012", "hôm qua", "2012"])
def test_a_day_no_calendar_has_is_refused_and_shown_again(school: CheckingClient, portal: Flask, day: str) -> None:
    home = begin(school).path
    form = school.get_page(f"{home}/people/member/new")
    page = school.submit(form, status=422, **(PUPIL | {"birth_date": day}))
    assert page.errors == ["Không có ngày này. Hãy viết ngày/tháng/năm, ví dụ 20/05/2024."]
    typed = {box["name"]: box.get("value") for box in page.soup.select("main input.input")}
    assert (typed["birth_date"], typed["full_name"]) == (day, "Nguyễn Thị Hồng Ánh")
    with portal.app_context():
        assert db.session.scalar(select(func.count()).select_from(Participant)) == 0


def test_a_fourth_member_is_refused(school: CheckingClient, portal: Flask) -> None:
    home = begin(school).path
    form = school.get_page(f"{home}/people/member/new")
    for name in ("Lê An", "Lê Bình", "Lê Cường"):
        school.submit(
            school.get_page(f"{home}/people/member/new"), full_name=name, birth_date="1/2/2011", class_name="7A"
        )
    page = school.submit(form, status=422, full_name="Lê Dũng", birth_date="1/2/2011", class_name="7A")
    assert page.errors == ["Đã đủ 3 thành viên, không thêm được nữa."]
    full = school.get_page(f"{home}/people/member")
    assert "Thêm thành viên" not in full.text
    with portal.app_context():
        assert db.session.scalar(select(func.count()).select_from(Participant)) == 3


def test_who_leaves_is_kept_with_the_day(school: CheckingClient, portal: Flask) -> None:
    home = fill(school, begin(school))
    people = school.get_page(f"{home}/people/member")
    after = school.submit(school.follow(people, "Bớt"), "Bớt người này")
    assert "Nguyễn Thị Hồng Ánh" not in after.soup.select_one("ul.people").get_text()  # type: ignore[union-attr]
    with portal.app_context():
        pupil = db.session.scalars(select(Participant).where(Participant.role == "member")).one()
        assert (pupil.left_on, pupil.left_at is not None) == (pupil.joined_on, True)
        assert db.session.scalars(select(Entry)).one().participants[0].role == "coach"


def test_a_form_sent_twice_counts_once(school: CheckingClient, portal: Flask) -> None:
    begun = school.get_page("/entries/new")
    first, second = school.submit(begun, title="Một"), school.submit(begun, title="Một")
    assert first.path == second.path
    home = first.path
    person = school.get_page(f"{home}/people/member/new")
    for _ in range(2):
        school.submit(person, **PUPIL)
    details = school.get_page(f"{home}/details")
    school.submit(details, division=choice(details, "division", "Bảng B"), contact_phone="0912345678")
    school.submit(school.get_page(f"{home}/people/coach/new"), full_name="Trần Văn Bình")
    check = school.get_page(f"{home}/check")
    receipts = [school.submit(check, "Nộp hồ sơ", declared=True).path for _ in range(2)]
    assert receipts == [f"{home}/receipt"] * 2
    with portal.app_context():
        assert db.session.scalar(select(func.count()).select_from(Entry)) == 1
        assert db.session.scalar(select(func.count()).where(Participant.role == "member")) == 1
        assert db.session.scalar(select(func.count()).where(EntryEvent.status_to == "submitted")) == 1


def test_a_submitted_entry_stays_submitted_while_it_is_changed(school: CheckingClient, portal: Flask) -> None:
    home = fill(school, begin(school))
    school.submit(school.get_page(f"{home}/check"), "Nộp hồ sơ", declared=True)
    after = school.submit(school.get_page(f"{home}/details"), title="Rồng Vàng")
    assert after.flashes == ["Đã lưu thông tin."]
    assert "“Rồng Xanh” → “Rồng Vàng”" in after.text
    with portal.app_context():
        entry = db.session.scalars(select(Entry)).one()
        assert (entry.title, entry.title_folded, entry.status) == ("Rồng Vàng", "rong vang", "submitted")


def test_a_submitted_entry_that_no_longer_keeps_the_rules_says_so(school: CheckingClient) -> None:
    home = fill(school, begin(school))
    school.submit(school.get_page(f"{home}/check"), "Nộp hồ sơ", declared=True)
    school.submit(school.follow(school.get_page(f"{home}/people/coach"), "Bớt"), "Bớt người này")
    assert "Hồ sơ đã nộp nhưng sau khi sửa chưa đúng thể lệ." in school.get_page(home).text


def test_an_entry_is_withdrawn_with_a_reason_and_begun_again(school: CheckingClient, portal: Flask) -> None:
    home = fill(school, begin(school))
    school.submit(school.get_page(f"{home}/check"), "Nộp hồ sơ", declared=True)
    page = school.follow(school.get_page(home), "Rút hồ sơ")
    assert school.submit(page, "Rút hồ sơ", status=422).errors == ["Hãy ghi lý do rút hồ sơ."]
    gone = school.submit(page, "Rút hồ sơ", reason="Em Ánh chuyển trường")
    assert "Lý do: Em Ánh chuyển trường" in gone.text
    assert school.get_page(f"{home}/receipt", 404).status == 404
    again = school.submit(gone, "Đăng ký lại hồ sơ này")
    assert tags(again) == ["Đã xong", "Đã xong", "Đã xong", "Không bắt buộc", "Không bắt buộc", "Chưa làm"]
    with portal.app_context():
        moves = db.session.scalars(
            select(EntryEvent.status_to).where(EntryEvent.kind == "moved").order_by(EntryEvent.id)
        )
        assert list(moves) == ["draft", "submitted", "withdrawn", "draft"]


def test_a_logo_is_registered_by_its_preset_alone(school: CheckingClient, portal: Flask) -> None:
    with portal.app_context():
        open_edition("logo-2024")
    start = school.get_page("/entries/new?edition=logo-2024")
    tasks = school.submit(start, title="Cánh cung và ngôi sao")
    home = tasks.path
    details = school.follow(tasks, "Thông tin mẫu biểu trưng")
    first = details.soup.select_one("input[name=division]")
    assert first is not None
    school.submit(details, division=first["value"], contact_phone="0912345678", summary="Một nét liền.")
    school.submit(
        school.get_page(f"{home}/people/author/new"), full_name="Lê An", birth_date="1/2/2011", class_name="7A"
    )
    receipt = school.submit(school.get_page(f"{home}/check"), "Nộp hồ sơ", declared=True)
    assert receipt.h1 == "Đã nhận đăng ký"
    assert school.get_page(f"{home}/people/coach", 404).status == 404
    with portal.app_context():
        assert db.session.scalars(select(Entry.status)).one() == "submitted"
