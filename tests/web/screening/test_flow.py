"""A coordinator's and an organiser's way through a unit, page by page."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from contest_portal.accounts.actor import Role
from contest_portal.contests.queries import get_edition
from contest_portal.core.database import db
from contest_portal.registration.models import Entry
from contest_portal.registration.status import Status
from contest_portal.screening.models import ScreeningResult
from tests.client import CheckingClient
from tests.counting import counted_statements
from tests.factories.people import make_school, make_user, unit_of
from tests.factories.screening import YOUTH, set_quota, unit_entry

UNIT = "/screening/youth-2024/217"


def browser_of(portal: Flask, *roles: Role, **post: Any) -> CheckingClient:
    """Return a signed-in browser; `unit` and `edition` are named."""
    with portal.app_context():
        unit = unit_of(YOUTH, post.pop("unit")) if "unit" in post else None
        edition = get_edition(post.pop("edition")) if "edition" in post else None
        user_id = make_user(*roles, unit=unit, edition=edition).id
    browser: Any = portal.test_client()
    browser.sign_in(user_id)
    return browser


@pytest.fixture
def coordinator(portal: Flask) -> CheckingClient:
    """Return the browser of Lạng Giang's coordinator for the youth contest."""
    return browser_of(portal, Role.COORDINATOR, unit="Huyện Lạng Giang", edition=YOUTH)


@pytest.fixture
def organiser(portal: Flask) -> CheckingClient:
    """Return the browser of an organiser."""
    return browser_of(portal, Role.ORGANISER)


def made(portal: Flask, *statuses: Status, unit: str = "Huyện Lạng Giang", **more: Any) -> list[str]:
    """Make entries in a unit; return their references."""
    with portal.app_context():
        return [unit_entry(unit_of(YOUTH, unit), status, **more).reference for status in statuses]


def status_of(portal: Flask, reference: str) -> str | None:
    """Return an entry's status as stored."""
    with portal.app_context():
        return db.session.scalar(select(Entry.status).where(Entry.reference == reference))


def test_a_coordinator_is_led_to_the_only_unit(portal: Flask, coordinator: CheckingClient) -> None:
    made(portal, Status.SUBMITTED)
    page = coordinator.get_page("/screening/")
    assert (page.path, page.h1) == (UNIT, get_caption() + "Huyện Lạng Giang")
    assert "Việc tiếp theo: 1 hồ sơ đăng ký qua cổng đang chờ ghi nhận." in page.text


def get_caption() -> str:
    """Return the edition's title as the heading's caption shows it."""
    return "Cuộc thi Sáng tạo thanh thiếu niên, nhi đồng tỉnh Bắc Giang lần thứ 20, năm 2024 "


def test_from_the_portal_to_the_province(portal: Flask, coordinator: CheckingClient) -> None:
    (reference,) = made(portal, Status.SUBMITTED, title="Máy lọc nước")
    page = coordinator.follow(coordinator.get_page(UNIT), reference)
    page = coordinator.submit(coordinator.follow(page, "Ghi nhận hồ sơ đã đến"), note="Bản giấy đủ")
    assert page.flashes == [f"Đã ghi nhận hồ sơ {reference}."]
    assert "Bản giấy đủ" in page.text
    page = coordinator.get_page(UNIT)
    assert "ghi kết quả sơ khảo cho 1 hồ sơ đã nhận" in page.text
    form = coordinator.follow(coordinator.follow(page, reference), "Ghi kết quả sơ khảo")
    assert "Từ 0 đến 100, bước 0,5." in form.text
    page = coordinator.submit(form, score="82,5", prize="Giải nhất", remark="Chắc chắn", decision="later")
    row = next(row for row in page.rows() if row[0] == reference)
    assert row[4:6] == ["82,5", "Đã sơ khảo"]
    ask = coordinator.submit(page, "Chuyển các hồ sơ đã chọn", references=[reference])
    assert "Chuyển lên tỉnh 1 hồ sơ?" in ask.h1
    page = coordinator.submit(ask)
    assert page.flashes == ["Đã ghi quyết định cho 1 hồ sơ."]
    done = coordinator.submit(coordinator.follow(page, "Hoàn thành sơ khảo"))
    assert done.flashes == ["Huyện Lạng Giang đã hoàn thành sơ khảo."]
    assert "các hồ sơ không thay đổi được nữa" in done.text
    assert status_of(portal, reference) == "forwarded"


def test_paper_is_logged_with_its_people(portal: Flask, coordinator: CheckingClient) -> None:
    with portal.app_context():
        school = make_school("Trường Tiểu học Vôi", unit_of(YOUTH)).id
    form = coordinator.follow(coordinator.get_page(UNIT), "Nhập hồ sơ giấy")
    fields = {
        "people-0-full_name": "Trần Thị Bích",
        "people-0-birth_date": "8/3/2011",
        "people-0-class_name": "7A1",
        "people-1-full_name": "Lê Văn Hướng",
        "people-1-role": "coach",
    }
    page = coordinator.submit(form, fields=fields, title="Máy gieo hạt", school=str(school), group="green")
    assert page.h1.endswith("Máy gieo hạt")
    assert "Trần Thị Bích" in page.text
    assert "Lê Văn Hướng" in page.text
    assert "Trường Tiểu học Vôi" in page.text


def test_paper_that_lacks_something_comes_back_with_what_was_typed(portal: Flask, coordinator: CheckingClient) -> None:
    form = coordinator.get_page(f"{UNIT}/paper")
    fields = {"people-0-full_name": "Trần Thị Bích", "people-0-birth_date": "31/2/2011"}
    page = coordinator.submit(form, fields=fields, title="", school="new", group="green", status=422)
    assert page.errors == [
        "Hãy điền mục này.",
        "Hãy điền tên trường.",
        "Không có ngày này. Hãy viết ngày/tháng/năm, ví dụ 20/05/2024.",
    ]
    assert [tag["value"] for tag in page.soup.select("#people-0-birth_date")] == ["31/2/2011"]
    with portal.app_context():
        assert db.session.scalar(select(func.count()).select_from(Entry)) == 0


def test_a_paper_form_sent_twice_logs_one_entry(portal: Flask, coordinator: CheckingClient) -> None:
    form = coordinator.get_page(f"{UNIT}/paper")
    typed = {"title": "Máy gieo hạt", "school": "new", "new_school": "Trường THCS Mới", "group": "green"}
    first, second = (coordinator.submit(form, **typed) for _ in range(2))
    assert first.path == second.path
    with portal.app_context():
        assert db.session.scalar(select(func.count()).select_from(Entry)) == 1


def test_a_date_ahead_is_refused_with_a_sentence(portal: Flask, coordinator: CheckingClient) -> None:
    (reference,) = made(portal, Status.SUBMITTED)
    form = coordinator.get_page(f"/screening/entries/{reference}/receive")
    page = coordinator.submit(form, received_on="1/1/2100", status=422)
    assert page.errors == ["Ngày này còn ở phía trước: hãy nhập ngày việc đã xảy ra."]
    assert status_of(portal, reference) == "submitted"


def test_the_quota_is_named_and_the_choice_stays(portal: Flask, coordinator: CheckingClient) -> None:
    references = made(portal, Status.SCREENED, Status.SCREENED)
    with portal.app_context():
        set_quota(unit_of(YOUTH), 1)
    page = coordinator.get_page(UNIT)
    ask = coordinator.submit(page, "Chuyển các hồ sơ đã chọn", references=references)
    again = coordinator.submit(ask, status=422)
    assert again.errors == ["Đơn vị được chuyển nhiều nhất 1 hồ sơ, đã chuyển 0; chuyển thêm 2 thì vượt 1."]
    assert [row[0] for row in again.rows()] == sorted(references)
    assert {status_of(portal, reference) for reference in references} == {"screened"}


def test_two_people_on_one_result_see_both_versions(portal: Flask, coordinator: CheckingClient) -> None:
    (reference,) = made(portal, Status.SCREENED, score="80")
    other = browser_of(portal, Role.COORDINATOR, unit="Huyện Lạng Giang")
    address = f"/screening/entries/{reference}/result"
    mine, theirs = coordinator.get_page(address), other.get_page(address)
    other.submit(theirs, score="70", prize="Giải ba", decision="later")
    page = coordinator.submit(mine, score="90", decision="later", status=409)
    assert "Kết quả đang lưu do người khác vừa ghi" in page.text
    assert "Giải ba" in page.text
    assert [tag["value"] for tag in page.soup.select("#score")] == ["90"]
    coordinator.submit(page, score="90", decision="later")
    with portal.app_context():
        assert db.session.scalar(select(ScreeningResult.score)) == 90


def test_a_decision_is_taken_back(portal: Flask, coordinator: CheckingClient) -> None:
    (reference,) = made(portal, Status.FORWARDED)
    page = coordinator.follow(coordinator.get_page(f"/screening/entries/{reference}"), "Rút lại quyết định")
    refused = coordinator.submit(page, status=422)
    assert refused.errors == ["Hãy điền mục này."]
    coordinator.submit(refused, reason="Ghi nhầm hồ sơ")
    assert status_of(portal, reference) == "screened"


def test_completing_too_early_names_what_waits(portal: Flask, coordinator: CheckingClient) -> None:
    (reference,) = made(portal, Status.RECEIVED)
    page = coordinator.submit(coordinator.get_page(f"{UNIT}/complete"), status=422)
    assert page.errors == [f"Còn 1 hồ sơ chưa có quyết định: {reference}. Hãy quyết định xong rồi hoàn thành."]


def test_a_completed_unit_refuses_until_an_organiser_opens_it(
    portal: Flask, coordinator: CheckingClient, organiser: CheckingClient
) -> None:
    (reference,) = made(portal, Status.FORWARDED)
    coordinator.submit(coordinator.get_page(f"{UNIT}/complete"))
    late = coordinator.submit(
        coordinator.get_page(f"/screening/entries/{reference}/take-back"), reason="Nhầm", status=409
    )
    assert "đã hoàn thành sơ khảo ngày" in late.errors[0]
    coordinator.get_page(f"{UNIT}/reopen", status=403)
    page = organiser.follow(organiser.get_page(UNIT), "Mở lại đơn vị")
    page = organiser.submit(page, reason="Bổ sung hồ sơ")
    assert page.flashes == ["Đã mở lại Huyện Lạng Giang."]
    assert "mở lại: Bổ sung hồ sơ" in page.text


def test_an_organiser_sees_every_unit_and_its_state(portal: Flask, organiser: CheckingClient) -> None:
    made(portal, Status.FORWARDED, Status.RECEIVED)
    made(portal, Status.SUBMITTED, unit="Huyện Yên Thế")
    rows = {row[0]: row[1:] for row in organiser.get_page(f"/screening/?edition={YOUTH}").rows()}
    assert len(rows) == 10
    assert rows["Huyện Lạng Giang"] == ["Đang sơ khảo", "2", "1", "1/20", "–"]
    assert rows["Huyện Yên Thế"] == ["Chưa bắt đầu", "1", "1", "0/20", "–"]


def test_a_strangers_unit_and_entry_are_not_found(portal: Flask, coordinator: CheckingClient) -> None:
    (reference,) = made(portal, Status.SUBMITTED, unit="Huyện Yên Thế")
    (draft,) = made(portal, Status.DRAFT)
    for path in ("", "/paper", "/complete", "/decide"):
        coordinator.get_page(f"/screening/youth-2024/215{path}", status=404)
        coordinator.get_page(f"/screening/youth-2024/999{path}", status=404)
    for hidden in (reference, draft, "TN24-XXXXXX"):
        for path in ("", "/receive", "/result", "/take-back"):
            coordinator.get_page(f"/screening/entries/{hidden}{path}", status=404)
    coordinator.get_page("/screening/robocon-2024/217", status=404)
    coordinator.get_page("/screening/?edition=nothing", status=404)


def test_an_auditor_reads_everything_and_every_change_is_refused(portal: Flask) -> None:
    (reference,) = made(portal, Status.SUBMITTED)
    auditor = browser_of(portal, Role.AUDITOR)
    page = auditor.get_page(UNIT)
    assert reference in page.text
    assert "Nhập hồ sơ giấy" not in page.text
    assert "Ghi nhận" not in auditor.get_page(f"/screening/entries/{reference}").text
    entry_paths = [f"/screening/entries/{reference}/{act}" for act in ("receive", "result", "take-back")]
    for path in [*entry_paths, *(f"{UNIT}/{act}" for act in ("paper", "complete", "decide", "reopen"))]:
        assert auditor.post(path).status_code == 403
    assert status_of(portal, reference) == "submitted"


@pytest.mark.parametrize("role", [Role.SCHOOL, Role.JUDGE, Role.ADMINISTRATOR])
def test_others_do_not_come_in(portal: Flask, role: Role) -> None:
    with portal.app_context():
        school = make_school()
        user_id = make_user(role, school=school).id
    browser: Any = portal.test_client()
    browser.sign_in(user_id)
    for path in ("/screening/", UNIT, f"{UNIT}/paper"):
        browser.get_page(path, status=403)


def test_a_post_without_its_token_comes_back_and_changes_nothing(portal: Flask, coordinator: CheckingClient) -> None:
    (reference,) = made(portal, Status.SUBMITTED)
    page = coordinator.get_page(f"/screening/entries/{reference}/receive")
    again = coordinator.submit(page, csrf_token="x", note="Còn đây", status=400)
    assert [tag["value"] for tag in again.soup.select("#note")] == ["Còn đây"]
    assert status_of(portal, reference) == "submitted"


def test_a_list_asks_as_much_for_300_entries_as_for_one(portal: Flask, coordinator: CheckingClient) -> None:
    numbers = []
    for more in (1, 2, 297):
        with portal.app_context():
            unit, school = unit_of(YOUTH), make_school(unit=unit_of(YOUTH))
            for _ in range(more):
                unit_entry(unit, Status.SUBMITTED, school=school, people=[])
        with counted_statements() as sent:
            page = coordinator.get_page(UNIT)
        numbers.append(len(sent))
    assert numbers[0] == numbers[1] == numbers[2] <= 10
    assert len(page.rows()) == 50


def test_turning_the_pages_shows_every_entry_once(portal: Flask, coordinator: CheckingClient) -> None:
    with portal.app_context():
        unit, school = unit_of(YOUTH), make_school(unit=unit_of(YOUTH))
        expected = {unit_entry(unit, Status.SUBMITTED, school=school, people=[]).reference for _ in range(60)}
    first = coordinator.get_page(f"{UNIT}?status=submitted")
    second = coordinator.follow(first, "Trang sau")
    assert (len(first.rows()), len(second.rows())) == (50, 10)
    assert {row[0] for row in first.rows() + second.rows()} == expected
    assert coordinator.follow(second, "Trang trước").rows() == first.rows()


def test_deciding_of_nothing_asks_to_go_back(coordinator: CheckingClient) -> None:
    page = coordinator.get_page(f"{UNIT}/decide")
    assert "Bạn chưa chọn hồ sơ nào." in page.text
    token = coordinator.get_page(f"{UNIT}/complete").soup.select_one("[name=csrf_token]")["value"]  # type: ignore[index]
    assert coordinator.post(f"{UNIT}/decide", data={"csrf_token": token}).status_code == 422


def test_a_decision_that_does_not_exist_is_refused(portal: Flask, coordinator: CheckingClient) -> None:
    (reference,) = made(portal, Status.SCREENED)
    ask = coordinator.get_page(f"{UNIT}/decide?references={reference}&decision=forward")
    again = coordinator.submit(ask, decision="win", status=422)
    assert again.errors == ["Biểu mẫu này không đầy đủ. Hãy mở lại trang."]
    assert status_of(portal, reference) == "screened"


def test_a_chosen_contest_is_shown_and_no_choice_is_the_newest(portal: Flask, organiser: CheckingClient) -> None:
    page = organiser.get_page("/screening/?edition=")
    assert page.h1.endswith("Sơ khảo ở đơn vị")
    assert page.h1 == organiser.get_page("/screening/").h1
