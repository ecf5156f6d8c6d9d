"""Test the pages of the document check: the queue, one entry, many at once, and what the school sees."""

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from contest_portal.accounts.actor import Role
from contest_portal.core import clock
from contest_portal.core.database import db
from contest_portal.registration.checking.services import Remark, Verdict, decide
from contest_portal.registration.checking.states import CheckState
from contest_portal.registration.models import EntryEvent
from contest_portal.registration.queries import find_by_reference
from tests.client import CheckingClient, Page
from tests.counting import counted_statements
from tests.factories.people import actor_for, make_school, make_user, unit_of
from tests.factories.registration import make_entry, open_edition
from tests.unit.registration.test_checking import good_entry
from tests.web.registration.conftest import Browser, World

QUEUE = "/entries/checking/robocon-2024"


@pytest.fixture
def references(portal: Flask) -> list[str]:
    """Return the references of three good entries and one that breaks the rules, in the order of the queue."""
    with portal.app_context():
        school = make_school("Trường THCS Tân Dĩnh", unit_of(open_edition("robocon-2024")))
        good = [good_entry(school, title=f"Đội {name}").reference for name in ("Một", "Hai", "Ba")]
        return [*good, make_entry("robocon-2024", school=school, title="Đội Thiếu", people=[]).reference]


@pytest.fixture
def organiser(browser_of: Browser) -> CheckingClient:
    """Return the browser of an organiser."""
    return browser_of(Role.ORGANISER)


def state_of(portal: Flask, reference: str) -> str:
    """Return the state of an entry as the database has it."""
    with portal.app_context():
        entry = find_by_reference(reference)
        assert entry is not None
        return entry.check_state


def accept(browser: CheckingClient, page: Page, **typed: Any) -> Page:
    """Press the button that accepts the papers."""
    return browser.submit(page, "form:has(button[value=accept])", **typed)


def test_the_queue_shows_what_waits_and_how_many(organiser: CheckingClient, references: list[str]) -> None:
    assert "4 hồ sơ chờ duyệt" in organiser.get_page("/entries/checking").text
    page = organiser.get_page(QUEUE)
    assert [row[1] for row in page.rows()] == references
    assert [row[6] for row in page.rows()][:3] == ["Đúng"] * 3
    assert re.fullmatch(r"\d+ mục chưa đúng", page.rows()[3][6])
    assert "Chờ duyệt hồ sơ 4" in page.text
    assert "Duyệt hồ sơ không phải là duyệt kết quả" in page.text


def test_after_a_decision_the_next_entry_opens_at_once(
    organiser: CheckingClient, references: list[str], portal: Flask
) -> None:
    page = organiser.get_page(f"{QUEUE}/{references[0]}")
    page = accept(organiser, page)
    assert page.path.startswith(f"{QUEUE}/{references[1]}?")
    assert page.flashes == [f"{references[0]}: Hồ sơ đủ điều kiện."]
    page = accept(organiser, page)
    page = accept(organiser, page)
    assert page.path.startswith(f"{QUEUE}/{references[3]}?")
    page = organiser.submit(page, "form:has(button[value=accept])", status=422)
    assert page.errors == ["Hồ sơ còn mục chưa đúng thể lệ; nếu vẫn duyệt, hãy ghi lý do."]
    page = accept(organiser, page, accept_reason="Đã xem bản giấy")
    assert "Đã duyệt hết hồ sơ của bộ lọc này." in page.flashes
    assert {state_of(portal, reference) for reference in references} == {"eligible"}


def test_an_entry_is_shown_beside_its_checklist_and_its_problems(
    organiser: CheckingClient, references: list[str]
) -> None:
    page = organiser.get_page(f"{QUEUE}/{references[3]}")
    marks = [" ".join(item.get_text(" ").split()) for item in page.soup.select(".checklist > li > p")]
    assert len(marks) == 6
    assert any(mark.endswith("Còn thiếu") for mark in marks)
    # What the rules say is already marked and written beside its box.
    notes = [box["value"] for box in page.soup.select(".remark input[type=text], .remark input:not([type=checkbox])")]
    assert any(notes)
    keys = {thing["data-key"] for thing in page.soup.select("[data-key]")}
    assert keys == {"d", "t", "k", "p", "?"}
    assert {key.get_text() for key in page.soup.select(".keys kbd")} == {"d", "t", "k", "n", "p", "?", "Esc"}


def test_the_filters_lead_from_entry_to_entry(organiser: CheckingClient, references: list[str]) -> None:
    page = organiser.get_page(f"{QUEUE}?q=hai")
    assert [row[1] for row in page.rows()] == [references[1]]
    page = organiser.follow(page, "Đội Hai")
    assert "q=hai" in page.path
    page = accept(organiser, page)
    assert page.path.startswith(f"{QUEUE}?")
    assert "q=hai" in page.path
    page = organiser.get_page(f"{QUEUE}?check=eligible")
    assert [row[1] for row in page.rows()] == [references[1]]


def test_only_those_with_problems(organiser: CheckingClient, references: list[str]) -> None:
    page = organiser.get_page(f"{QUEUE}?problems=1")
    assert [row[1] for row in page.rows()] == [references[3]]
    page = organiser.get_page("/entries/?edition=robocon-2024&problems=1")
    assert [row[1] for row in page.rows()] == [references[3]]


def test_a_return_marks_fields_and_people(organiser: CheckingClient, references: list[str], portal: Flask) -> None:
    page = organiser.get_page(f"{QUEUE}/{references[0]}")
    page = organiser.submit(
        page, "form:has(button[value=return])", status=422, mark_0=True, mend_until="32/13/2026", return_reason=""
    )
    assert page.errors == ["Không có ngày này. Hãy viết ngày/tháng/năm, ví dụ 20/05/2024."]
    day = f"{clock.today() + timedelta(days=5):%d/%m/%Y}"
    page = organiser.submit(page, "form:has(button[value=return])", status=422, mend_until=day)
    assert page.errors == ["Hãy ghi rõ cần bổ sung gì cho từng mục đã đánh dấu."]
    page = organiser.submit(page, "form:has(button[value=return])", note_0="Viết đủ tên đội")
    assert page.path.startswith(f"{QUEUE}/{references[1]}")
    with portal.app_context():
        entry = find_by_reference(references[0])
        assert entry is not None
        assert entry.mend_until is not None
        assert f"{clock.local(entry.mend_until):%d/%m/%Y %H:%M:%S}" == f"{day} 23:59:59"
    page = organiser.get_page(f"{QUEUE}/{references[0]}?check=incomplete")
    assert "Tên: Viết đủ tên đội" in page.text


def test_a_refusal_takes_a_usual_reason_or_words(
    organiser: CheckingClient, references: list[str], portal: Flask
) -> None:
    page = organiser.get_page(f"{QUEUE}/{references[0]}")
    page = organiser.submit(page, "form:has(button[value=refuse])", status=422)
    assert page.errors == ["Hãy chọn một lý do."]
    page = organiser.submit(page, "form:has(button[value=refuse])", status=422, refusal="other")
    assert page.errors == ["Hãy chọn hoặc ghi lý do hồ sơ không đủ điều kiện."]
    organiser.submit(page, "form:has(button[value=refuse])", refusal="twice", refusal_more="Xem RB24-000001.")
    with portal.app_context():
        event = db.session.scalars(select(EntryEvent).where(EntryEvent.kind == "checked")).one()
        assert event.reason == "Trùng với một hồ sơ khác của cùng đội, cùng tác giả. Xem RB24-000001."


def test_two_organisers_on_one_entry(
    organiser: CheckingClient, browser_of: Browser, references: list[str], portal: Flask
) -> None:
    mine = organiser.get_page(f"{QUEUE}/{references[0]}")
    colleague = browser_of(Role.ORGANISER, username="dong.nghiep")
    accept(colleague, colleague.get_page(f"{QUEUE}/{references[0]}"))
    page = organiser.submit(
        mine, "form:has(button[value=refuse])", status=409, refusal="twice", refusal_more="Đã nộp hai lần"
    )
    assert "dong.nghiep đã thay đổi hồ sơ này" in page.errors[0]
    assert "Đã nộp hai lần" in str(page.soup.select_one("[name=refusal_more]"))
    assert state_of(portal, references[0]) == "eligible"
    # Having seen it, deciding again is a decision.
    organiser.submit(page, "form:has(button[value=refuse])")
    assert state_of(portal, references[0]) == "ineligible"


def test_a_batch_shows_what_it_will_touch_before_it_does(
    organiser: CheckingClient, references: list[str], portal: Flask
) -> None:
    queue = organiser.get_page(QUEUE)
    page = organiser.submit(queue, "Duyệt đủ điều kiện", all=True)
    assert page.h1.endswith("3 hồ sơ sẽ được ghi “Hồ sơ đủ điều kiện”")
    shown = [item.get_text() for item in page.soup.select(".references .reference")]
    assert shown == references[:3]
    assert "mục chưa đúng thể lệ; hãy xem riêng" in page.text
    assert state_of(portal, references[0]) == "pending"
    # One of them is decided meanwhile by hand: the batch leaves it alone.
    decided = organiser.get_page(f"{QUEUE}/{references[1]}")
    organiser.submit(decided, "form:has(button[value=refuse])", refusal="twice")
    done = organiser.submit(page, "Xác nhận ghi 3 hồ sơ")
    assert "cho 2 hồ sơ" in done.h1
    assert [state_of(portal, r) for r in references] == ["eligible", "ineligible", "eligible", "pending"]
    again = organiser.get_page(done.path)
    assert again.h1 == done.h1


def test_chosen_entries_are_returned_together(organiser: CheckingClient, references: list[str], portal: Flask) -> None:
    queue = organiser.get_page(QUEUE)
    page = organiser.submit(queue, "Trả lại để bổ sung", entries=[references[0], references[3]])
    page = organiser.submit(page, "Xác nhận ghi 2 hồ sơ", status=422)
    assert page.errors == ["Hãy ghi cần bổ sung gì.", "Hãy cho hạn bổ sung."]
    day = f"{clock.today() + timedelta(days=3):%d/%m/%Y}"
    organiser.submit(page, "Xác nhận ghi 2 hồ sơ", reason="Nộp phiếu dự thi", mend_until=day)
    assert [state_of(portal, r) for r in references] == ["incomplete", "pending", "pending", "incomplete"]


def test_a_batch_of_nothing_says_so(organiser: CheckingClient, references: list[str]) -> None:
    page = organiser.submit(organiser.get_page(QUEUE), "Duyệt đủ điều kiện")
    assert page.flashes == ["Hãy chọn ít nhất một hồ sơ."]


def test_a_colleagues_batch_is_not_there(organiser: CheckingClient, browser_of: Browser, references: list[str]) -> None:
    page = organiser.submit(organiser.get_page(QUEUE), "Duyệt đủ điều kiện", entries=[references[0]])
    browser_of(Role.ORGANISER).get_page(page.path, 404)


def test_an_auditor_looks_and_decides_nothing(browser_of: Browser, references: list[str], portal: Flask) -> None:
    auditor = browser_of(Role.AUDITOR)
    page = auditor.get_page(f"{QUEUE}/{references[0]}")
    assert page.soup.select("button[name=act]") == []
    assert auditor.get_page(QUEUE).soup.select("input[name=entries]") == []
    assert state_of(portal, references[0]) == "pending"


@pytest.mark.parametrize("role", [Role.SCHOOL, Role.COORDINATOR, Role.JUDGE, Role.ADMINISTRATOR])
def test_nobody_else_sees_the_queue(portal: Flask, browser_of: Browser, references: list[str], role: Role) -> None:
    with portal.app_context():
        unit, school = unit_of("robocon-2024"), make_school()
    browser = browser_of(role, school=school, unit=unit)
    for path in ("/entries/checking", QUEUE, f"{QUEUE}/{references[0]}"):
        browser.get_page(path, 403)


def test_the_queue_costs_the_same_number_of_statements_at_1_3_and_300_rows(
    portal: Flask, organiser: CheckingClient
) -> None:
    counts = []
    with portal.app_context():
        school = make_school(unit=unit_of(open_edition("robocon-2024")))
    for more in (1, 2, 297):
        with portal.app_context():
            for _ in range(more):
                make_entry("robocon-2024", school=school)
        with counted_statements() as sent:
            organiser.get_page(QUEUE)
        counts.append(len(sent))
    assert counts == [counts[0]] * 3


@pytest.mark.parametrize("act", ["", "nothing", "delete"])
def test_an_act_that_does_not_exist(organiser: CheckingClient, references: list[str], act: str) -> None:
    page = organiser.get_page(f"{QUEUE}/{references[0]}")
    token = page.soup.select_one("input[name=csrf_token]")
    assert token is not None
    answer = organiser.post(page.path, data={"csrf_token": token["value"], "act": act})
    assert answer.status_code == 404


def returned_entry(world: World) -> None:
    """Return the world's entry to its school."""
    with world.portal.app_context():
        entry = find_by_reference(world.reference)
        assert entry is not None
        person = entry.participants[0].id
        remarks = (
            Remark("details", "Ghi đúng tên đội", "title"),
            Remark(f"person:{person}", "Thiếu lớp"),
            Remark("document:application", "Chưa có chữ ký"),
            Remark("people:member", "Thiếu một người"),
            Remark("person:999999", "Người đã rời đội"),
        )
        organiser = actor_for(make_user(Role.ORGANISER))
        until = clock.now() + timedelta(days=3)
        decide(organiser, entry, Verdict(CheckState.INCOMPLETE, "Xem lại", remarks, until))


def test_a_school_sees_what_to_mend_and_hands_it_back(submitted: World) -> None:
    returned_entry(submitted)
    page = submitted.school.get_page(f"{submitted.home}/mended")
    marked = [item.get_text(" ", strip=True) for item in page.soup.select(".notice li")]
    assert [line.split(" Sửa")[0] for line in marked] == [
        "Tên: Ghi đúng tên đội",
        "Nguyễn Thị Hồng Ánh: Thiếu lớp",
        "Phiếu dự thi có chữ ký, đóng dấu: Chưa có chữ ký",
        "Số thành viên: Thiếu một người",
        "Mục đã được bớt khỏi hồ sơ: Người đã rời đội",
    ]
    links = [str(link["href"]) for link in page.soup.select(".notice li a")]
    assert [link.removeprefix(submitted.home) for link in links][::2] == ["/details", "/documents/application"]
    for link in links:
        submitted.school.get_page(link)
    page = submitted.school.submit(page, "Gửi lại hồ sơ")
    assert page.flashes == ["Đã gửi lại hồ sơ. Ban Tổ chức sẽ duyệt lại."]
    assert submitted.stored("check_state") == "pending"


def test_a_school_sees_the_checklist_before_it_hands_in(world: World) -> None:
    for page in (world.school.get_page(f"{world.home}/check"), world.school.get_page(world.home)):
        lines = [item.get_text(" ", strip=True) for item in page.soup.select(".checklist > li > p")]
        assert lines[0] == "Thông tin đội Đủ"
        assert len(lines) == 6


def test_a_school_reads_what_was_decided(submitted: World) -> None:
    page = submitted.school.get_page(submitted.home)
    assert "Chờ duyệt hồ sơ" in page.text
    for verdict, words in (
        (Verdict(CheckState.INELIGIBLE, "Sai độ tuổi"), "Hồ sơ không đủ điều kiện. Lý do: Sai độ tuổi"),
        (Verdict(CheckState.ELIGIBLE, "Nhầm"), "Duyệt hồ sơ không phải là duyệt kết quả."),
    ):
        with submitted.portal.app_context():
            entry = find_by_reference(submitted.reference)
            assert entry is not None
            decide(actor_for(make_user(Role.ORGANISER)), entry, verdict)
        page = submitted.school.get_page(submitted.home)
        assert words in page.text
    # The robot contest has no screening: what was handed in and is eligible may be judged.
    assert "Được nhận vào vòng chấm" in page.text


def test_the_organisers_home_says_how_many_wait(organiser: CheckingClient, references: list[str]) -> None:
    home = organiser.get_page("/")
    assert home.link("Còn 4 hồ sơ chờ duyệt") == QUEUE
    accept(organiser, organiser.get_page(f"{QUEUE}/{references[0]}"))
    assert "Còn 3 hồ sơ chờ duyệt" in organiser.get_page("/").text


def test_another_school_mends_nothing(submitted: World, browser_of: Browser) -> None:
    returned_entry(submitted)
    with submitted.portal.app_context():
        school = make_school()
    browser_of(Role.SCHOOL, school=school).get_page(f"{submitted.home}/mended", 404)
