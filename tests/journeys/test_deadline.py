"""A school's last seconds before the deadline, in a browser whose clock is wrong: told, refused, nothing lost."""

from datetime import timedelta
from typing import Any

from flask import Flask

from contest_portal.accounts.actor import Role
from contest_portal.contests.queries import get_edition
from contest_portal.core import clock
from contest_portal.core.database import transaction
from contest_portal.registration.services import start_draft
from tests.factories.people import PASSWORD, actor_for, make_school, make_user, unit_of
from tests.factories.registration import open_edition

SECONDS = 9
FIVE_HOURS_FAST = "const now = Date.now; Date.now = () => now() + 5 * 3600 * 1000;"


def draft_of(app: Flask, username: str) -> str:
    """Begin a draft of a school and return its reference."""
    with app.app_context():
        edition = open_edition("robocon-2024")
        school = make_school("Trường THCS Tân Dĩnh", unit_of(edition))
        user = make_user(Role.SCHOOL, school=school, username=username)
        return start_draft(actor_for(user), edition, title="Rồng Xanh", school=school).reference


def test_the_last_seconds_are_counted_and_what_is_typed_stays(journey: Any, live: tuple[Flask, str]) -> None:
    app, _address = live
    reference = draft_of(app, "co.hoa")
    walk = journey("deadline")
    walk.page.add_init_script(FIVE_HOURS_FAST)
    walk.sign_in("co.hoa", PASSWORD)
    with app.app_context(), transaction():
        get_edition("robocon-2024").closes_at = clock.now() + timedelta(seconds=SECONDS)
    walk.open(f"/entries/{reference}/details")
    line, said = walk.page.locator(".time-left"), walk.page.locator("[data-clock-said]")
    walk.page.wait_for_function("document.querySelector('[data-clock]').textContent.includes('giây')")
    assert "Chỉ còn" in said.inner_text()
    walk.page.fill("[name=title]", "Rồng Muộn")
    walk.page.fill("[name=contact_phone]", "0912345678")
    walk.page.check("[name=division] >> nth=0")
    walk.picture("counting")
    line.locator("text=Đã hết giờ").wait_for(timeout=SECONDS * 1000 + 5000)
    assert "vẫn còn trên trang này" in said.inner_text()
    walk.page.wait_for_timeout(500)
    assert walk.page.input_value("[name=title]") == "Rồng Muộn"
    walk.page.click("text=Lưu và tiếp tục")
    walk.page.locator("text=Những gì bạn nhập vẫn ở dưới đây và đã được giữ lại").wait_for()
    assert walk.page.input_value("[name=title]") == "Rồng Muộn"
    walk.picture("late")
    assert walk.sideways() <= 0
    # The refusal itself is what the console speaks of.
    walk.complaints[:] = [c for c in walk.complaints if "409" not in c]
