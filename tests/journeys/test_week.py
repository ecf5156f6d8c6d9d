"""A coordinator's week in a real browser: from the parcel on the desk to the unit's completion."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from contest_portal.accounts.actor import Role
from contest_portal.contests.queries import get_edition, get_edition_unit
from contest_portal.core import clock
from contest_portal.registration.queries import find_by_reference
from contest_portal.registration.status import Status
from contest_portal.screening.queries import units_completed
from tests.factories.files import pdf_bytes
from tests.factories.people import PASSWORD, make_school, make_user, unit_of
from tests.factories.registration import open_edition
from tests.factories.screening import YOUTH, set_quota, unit_entry
from tests.journeys.conftest import Journey
from tests.journeys.test_season import look, press, type_in

UNIT = f"/screening/{YOUTH}/217"


@pytest.fixture
def week(live: tuple[Flask, str], journey: Any) -> tuple[Flask, Journey, list[str]]:
    """Let three schools hand works in, and seat a coordinator and an organiser."""
    app, _address = live
    with app.app_context():
        open_edition(YOUTH)
        unit = unit_of(YOUTH, "Huyện Lạng Giang")
        school = make_school("Trường THCS Tân Dĩnh", unit)
        titles = ("Máy lọc nước mini", "Xe lăn leo bậc", "Đèn học tiết kiệm điện")
        lately = clock.today() - timedelta(days=3)
        made = [unit_entry(unit, Status.SUBMITTED, school=school, title=title, day=lately) for title in titles]
        set_quota(unit, 2)
        make_user(Role.COORDINATOR, username="can.bo", unit=unit, full_name="Nguyễn Văn Thành")
        make_user(Role.ORGANISER, username="to.chuc", full_name="Hoàng Minh Đức")
        references = [entry.reference for entry in made]
    walk: Journey = journey("week")
    walk.sign_in("can.bo", PASSWORD)
    return app, walk, references


def test_one_week_of_a_coordinator(week: tuple[Flask, Journey, list[str]], journey: Any) -> None:
    app, walk, references = week
    monday_parcels_arrive(walk, references)
    tuesday_the_board_scores(walk, references)
    wednesday_a_tie_is_decided_and_the_best_go_on(walk)
    thursday_minutes_and_slips(walk, references)
    friday_the_unit_is_done(walk)
    with app.app_context():
        assert [unit.name for unit in units_completed(get_edition(YOUTH).id)] == ["Huyện Lạng Giang"]
        entries = [find_by_reference(reference) for reference in references]
        assert sorted(entry.status for entry in entries if entry) == ["forwarded", "forwarded", "not_forwarded"]
        assert get_edition_unit(get_edition(YOUTH).id, unit_of(YOUTH, "Huyện Lạng Giang").id)
    the_organiser_sees_it(journey, references)


def monday_parcels_arrive(walk: Journey, references: list[str]) -> None:
    """Scan a code, look into the parcel, print the receipt; take two more in at once."""
    walk.open(f"{UNIT}/desk")
    look(walk, "01-desk")
    walk.page.fill("#scan", f"{walk.address}/e/{references[0]}")
    walk.page.keyboard.press("Enter")
    walk.page.wait_for_load_state()
    type_in(walk, brought_by="Cô Hà", note="Đủ hồ sơ")
    walk.page.check("main input[name=contents][value=application]")
    walk.page.check("main input[name=contents][value=model]")
    walk.page.select_option("main [name=condition]", "good")
    look(walk, "02-parcel")
    walk.page.click("main form button[type=submit]")
    walk.page.wait_for_load_state()
    assert references[0] in walk.page.inner_text("h1")
    look(walk, "03-receipt")
    walk.open(f"{UNIT}/desk")
    for box in walk.page.locator("main [name=references]").all():
        box.check()
    press(walk, "Ghi nhận các hồ sơ đã chọn")
    look(walk, "04-many")
    walk.page.click("main form button[type=submit]")
    walk.page.wait_for_load_state()
    assert "Đã ghi nhận 2 hồ sơ." in walk.page.inner_text(".flashes")
    with walk.page.expect_download() as sheet:
        walk.page.locator("main").get_by_role("link", name="Tải sổ nhận (.xlsx)").click()
    assert sheet.value.suggested_filename.endswith(".xlsx")


def tuesday_the_board_scores(walk: Journey, references: list[str]) -> None:
    """Write the agreed scores: two of them are the same."""
    for reference, score in zip(references, ("85", "78,5", "78,5"), strict=True):
        walk.open(f"/screening/entries/{reference}/result")
        type_in(walk, score=score, remark="Chạy thử tốt.")
        if score == "85":
            look(walk, "05-result")
        walk.page.click("main form button[type=submit]")
        walk.page.wait_for_load_state()
    walk.open(f"{UNIT}/ranking")
    look(walk, "06-ranking-with-a-tie")


def wednesday_a_tie_is_decided_and_the_best_go_on(walk: Journey) -> None:
    """Decide the tie across the quota's line with a reason, then forward the first two and keep the third."""
    walk.page.locator("main a[href*='/ranking/ties/']").first.click()
    walk.page.wait_for_load_state()
    for number, field in enumerate(walk.page.locator("main form input[name^='order']").all(), start=1):
        field.fill(str(number))
    type_in(walk, reason="Chạy ổn định hơn khi thử lại")
    look(walk, "07-tie")
    walk.page.click("main form button[type=submit]")
    walk.page.wait_for_load_state()
    look(walk, "08-ranking-decided")
    press(walk, "Chọn 2 hồ sơ đứng đầu")
    walk.page.click("main button[value=forward]")
    walk.page.wait_for_load_state()
    look(walk, "09-forward")
    walk.page.click("main form button[type=submit]")
    walk.page.wait_for_load_state()
    walk.open(f"{UNIT}?status=screened")
    walk.page.check("main [name=references]")
    walk.page.click("main button[value=keep]")
    walk.page.wait_for_load_state()
    walk.page.click("main form button[type=submit]")
    walk.page.wait_for_load_state()


def thursday_minutes_and_slips(walk: Journey, references: list[str]) -> None:
    """Write the minutes, issue them, bring the signed scan back; send the models off with a slip."""
    walk.open(f"{UNIT}/minutes/new")
    type_in(
        walk,
        began_at="8:00",
        ended_at="11:30",
        place="Phòng họp tầng 2",
        chair="Giáp Văn Bình",
        secretary="Ngô Thị Hoa",
        present="Giáp Văn Bình, Trưởng ban\nNgô Thị Hoa, Thư ký\nLương Văn Tài, Thành viên",
    )
    look(walk, "10-minutes-form")
    walk.page.click("main form button[type=submit]")
    walk.page.wait_for_load_state()
    look(walk, "11-minutes")
    press(walk, "Ban hành")
    press(walk, "Ban hành biên bản")
    with walk.page.expect_download() as minutes:
        walk.page.locator("main").get_by_role("link", name="Tải PDF").click()
    assert minutes.value.suggested_filename.endswith(".pdf")
    press(walk, "Tải bản đã ký lên")
    walk.page.set_input_files(
        "main input[type=file]", {"name": "ký.pdf", "mimeType": "application/pdf", "buffer": pdf_bytes()}
    )
    walk.page.click("main form button[type=submit]")
    walk.page.wait_for_load_state()
    look(walk, "12-papers")
    walk.open(f"{UNIT}/slips/new?way=unit-province")
    for reference in references[:1]:
        walk.page.check(f"#choose-{reference}")
    press(walk, "Tiếp tục")
    type_in(walk, giver_name="Nguyễn Văn Thành", taker_name="Văn phòng Liên hiệp hội")
    look(walk, "13-slip-form")
    press(walk, "Tiếp tục")
    press(walk, "Lập phiếu")
    look(walk, "14-slip")


def friday_the_unit_is_done(walk: Journey) -> None:
    """See what is still open, declare the screening complete, keep the receipt."""
    walk.open(f"{UNIT}/open")
    look(walk, "15-open")
    walk.open(f"{UNIT}/complete")
    look(walk, "16-complete")
    walk.page.click("main form button[type=submit]")
    walk.page.wait_for_load_state()
    look(walk, "17-declared")
    walk.open(UNIT)
    look(walk, "18-unit-done")


def the_organiser_sees_it(journey: Any, references: list[str]) -> None:
    """Confirm the models that came, and see the unit on the map."""
    walk: Journey = journey("week-organiser")
    walk.sign_in("to.chuc", PASSWORD)
    walk.open(f"/screening/{YOUTH}/arrivals")
    look(walk, "19-arrivals")
    walk.page.fill("#scan", references[0])
    walk.page.keyboard.press("Enter")
    walk.page.wait_for_load_state()
    look(walk, "20-confirm")
    walk.page.click("main form button[type=submit]")
    walk.page.wait_for_load_state()
    walk.open(f"/screening/{YOUTH}/map")
    look(walk, "21-map")
    assert "Huyện Lạng Giang" in walk.page.inner_text("main")
