"""A judge's sheet in a real browser: it saves itself, counts, locks, and works on a phone."""

import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from contest_portal.core.database import db
from contest_portal.judging.models import Score, ScoreSheet
from contest_portal.registration.status import Status
from tests.factories.judging import assign_all, make_judge, make_panel
from tests.factories.people import PASSWORD
from tests.factories.screening import unit_entry
from tests.journeys.conftest import Journey


@pytest.fixture
def sheet(journey: Any, live: tuple[Flask, str]) -> Journey:
    """Open the only sheet of a judge who has just signed in."""
    with live[0].app_context():
        judge = make_judge(username="giam.khao")
        unit_entry(status=Status.FORWARDED, title="Máy lọc nước mưa cho gia đình")
        assign_all(make_panel([judge]))
    walk: Journey = journey("sheet")
    walk.sign_in("giam.khao", PASSWORD)
    walk.open("/judging/")
    walk.page.click("tbody a")
    return walk


def stored(app: Flask) -> tuple[str, list[str]]:
    """Return the sheet's status and its scores in the order of the criteria."""
    with app.app_context():
        points = db.session.scalars(select(Score.points).order_by(Score.criterion_id))
        return str(db.session.scalar(select(ScoreSheet.status))), [str(p) for p in points]


def test_a_sheet_saves_itself_and_is_handed_in(sheet: Journey, live: tuple[Flask, str]) -> None:
    page = sheet.page
    inputs = page.locator("[data-points]")
    inputs.nth(0).fill("30,5")
    page.get_by_text(re.compile("Đã lưu lúc")).wait_for()
    assert stored(live[0]) == ("draft", ["30.5"])
    for _ in range(2):
        page.locator(".sheet-step").nth(3).click()
    assert inputs.nth(1).input_value() == "1"
    assert page.locator("[data-sheet-total]").inner_text() == "31,5"
    inputs.nth(2).fill("20")
    inputs.nth(3).fill("10")
    sheet.picture("filled")
    assert sheet.sideways() <= 0
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Nộp phiếu").click()
    page.wait_for_url(re.compile(r"/judging/$"))
    assert stored(live[0]) == ("submitted", ["30.5", "1", "20", "10"])
    sheet.picture("list")


def test_a_mistake_is_told_while_typing_and_nothing_of_it_is_kept(sheet: Journey, live: tuple[Flask, str]) -> None:
    sheet.page.locator("[data-points]").nth(0).fill("99")
    sheet.page.get_by_text("Điểm phải từ 0 đến 40.").wait_for()
    assert stored(live[0]) == ("assigned", [])
    # The browser itself notes the refused request.
    sheet.complaints[:] = [c for c in sheet.complaints if "422" not in c]
    sheet.page.locator("[data-points]").nth(0).fill("39")
    sheet.page.get_by_text(re.compile("Đã lưu lúc")).wait_for()
    assert stored(live[0]) == ("draft", ["39"])


def test_saving_by_hand_waits_for_the_save_under_way(sheet: Journey, live: tuple[Flask, str]) -> None:
    page = sheet.page

    held: list[Any] = []

    def hold(route: Any) -> None:
        by_script = route.request.method == "POST" and "json" in route.request.headers.get("accept", "")
        if by_script:
            held.append(route)
        else:
            route.continue_()

    page.route("**/judging/*", hold)
    page.locator("[data-points]").nth(0).fill("12")
    page.get_by_text("Đang lưu…").wait_for()
    page.get_by_role("button", name="Lưu nháp").click()
    assert stored(live[0]) == ("assigned", [])
    held[0].continue_()
    page.get_by_text(re.compile("Đã lưu nháp lúc")).wait_for()
    assert len(held) == 1
    assert stored(live[0]) == ("draft", ["12"])
