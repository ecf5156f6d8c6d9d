"""A school's desk and the organisers' answer, in a browser: the list to sign, a request with before and after."""

from datetime import date
from typing import Any

from flask import Flask

from contest_portal.accounts.actor import Role
from contest_portal.contests.queries import get_edition
from contest_portal.core.database import transaction
from contest_portal.registration.people import Person
from contest_portal.registration.services import Details, add_person, change_details, start_draft, submit_entry
from tests.factories.people import PASSWORD, actor_for, make_school, make_user, unit_of
from tests.factories.registration import open_edition


def desk_of(app: Flask) -> str:
    """Hand one team in, begin another with a pupil who is too old, and return the first one's reference."""
    with app.app_context():
        edition = open_edition("robocon-2024")
        school = make_school("Trường THCS Tân Dĩnh", unit_of(edition))
        teacher = actor_for(make_user(Role.SCHOOL, school=school, username="co.hoa"))
        make_user(Role.ORGANISER, username="ban.to.chuc", full_name="Đỗ Văn Tổ")
        references = []
        for title, grade in (("Rồng Xanh", "7A2"), ("Rồng Già", "12A1")):
            entry = start_draft(teacher, edition, title=title, school=school)
            division = next(d for d in edition.divisions if d.code == "B")
            change_details(
                teacher, entry, Details(title, division.id, unit_id=entry.unit_id, contact_phone="0912345678")
            )
            add_person(teacher, entry, Person("member", f"Nguyễn Thị {title}", date(2011, 5, 20), grade))
            add_person(teacher, entry, Person("coach", "Trần Văn Bình"))
            references.append(entry.reference)
            if grade == "7A2":
                submit_entry(teacher, entry, declared=True)
        return references[0]


def test_a_school_and_an_organiser_settle_a_change_after_the_deadline(journey: Any, live: tuple[Flask, str]) -> None:
    app, _address = live
    reference = desk_of(app)
    school = journey("desk-school")
    school.sign_in("co.hoa", PASSWORD)
    school.page.locator("text=Việc tiếp theo:").wait_for()
    school.picture("home")
    assert school.sideways() <= 0
    school.page.click("text=sửa hồ sơ Rồng Già")
    school.page.locator("text=Cách sửa").first.wait_for()
    school.picture("problems")
    assert school.sideways() <= 0
    school.open("/entries/school-list/robocon-2024")
    school.page.emulate_media(media="print")
    school.picture("list-on-paper")
    assert not school.page.locator("text=Tải lên bản đã ký").is_visible()
    school.page.emulate_media(media="screen")
    school.picture("list")
    assert school.sideways() <= 0
    with app.app_context(), transaction():
        edition = get_edition("robocon-2024")
        edition.closes_at = edition.opens_at
    school.open(f"/entries/{reference}/details")
    school.page.fill("[name=title]", "Rồng Vàng")
    school.page.fill("[name=reason]", "In nhầm tên")
    school.picture("asking")
    school.page.click("text=Gửi yêu cầu thay đổi")
    school.page.locator("text=Đã gửi yêu cầu thay đổi").wait_for()
    organiser = journey("desk-organiser")
    organiser.sign_in("ban.to.chuc", PASSWORD)
    organiser.open("/entries/requests")
    organiser.picture("queue")
    organiser.page.click("main >> text=Sửa thông tin")
    organiser.picture("request")
    assert organiser.sideways() <= 0
    organiser.page.click("text=Đồng ý và sửa hồ sơ")
    organiser.page.locator("text=Đã đồng ý và sửa hồ sơ.").wait_for()
    organiser.open("/entries/deadlines/robocon-2024")
    organiser.picture("deadline")
    assert organiser.sideways() <= 0
    school.open(f"/entries/{reference}")
    assert "Rồng Vàng" in school.page.locator("h1").inner_text()
    school.picture("entry")
