"""An organiser checks papers with the keyboard alone, in a real browser."""

from typing import Any

from flask import Flask

from contest_portal.accounts.actor import Role
from contest_portal.registration.queries import find_by_reference
from contest_portal.registration.status import Status
from tests.factories.people import PASSWORD, make_school, make_user, unit_of
from tests.factories.registration import make_entry, open_edition
from tests.unit.registration.test_checking import good_entry

QUEUE = "/entries/checking/robocon-2024"


def state_of(app: Flask, reference: str) -> str:
    """Return the state of an entry as the database has it."""
    with app.app_context():
        entry = find_by_reference(reference)
        assert entry is not None
        return entry.check_state


def test_papers_are_checked_with_the_keyboard(journey: Any, live: tuple[Flask, str]) -> None:
    app = live[0]
    with app.app_context():
        school = make_school("Trường THCS Tân Dĩnh", unit_of(open_edition("robocon-2024")))
        titles = ("Rồng Xanh", "Sao Mai", "Ong Vàng")
        references = [good_entry(school, title=title).reference for title in titles]
        references.append(make_entry("robocon-2024", school=school, title="Đội Thiếu", people=[]).reference)
        make_entry("robocon-2024", school=school, title="Nháp", status=Status.DRAFT)
        make_user(Role.ORGANISER, username="duyet.ho.so")
    walk = journey("organiser")
    page = walk.page
    walk.sign_in("duyet.ho.so", PASSWORD)
    walk.open(QUEUE)
    walk.picture("queue")
    assert walk.sideways() <= 0
    page.keyboard.press("n")
    page.wait_for_url(f"**{QUEUE}/{references[0]}?*")
    walk.picture("papers")
    assert walk.sideways() <= 0
    # To the next one and back, without deciding.
    page.keyboard.press("n")
    page.wait_for_url(f"**/{references[1]}?*")
    page.keyboard.press("p")
    page.wait_for_url(f"**/{references[0]}?*")
    page.keyboard.press("d")
    page.wait_for_url(f"**/{references[1]}?*")
    assert state_of(app, references[0]) == "eligible"
    # What is typed is text: none of these letters decides anything.
    page.keyboard.press("k")
    page.locator("[name=refusal_more]").focus()
    page.keyboard.type("dtknp?")
    assert page.locator("[name=refusal_more]").input_value() == "dtknp?"
    assert (references[1] in page.url, state_of(app, references[1])) == (True, "pending")
    page.keyboard.press("Escape")
    page.keyboard.press("k")
    assert not page.locator("[name=refusal_more]").is_visible()
    page.keyboard.press("?")
    assert page.get_by_text("Khi con trỏ đang ở trong một ô nhập").is_visible()
    page.keyboard.press("t")
    assert page.locator("[name=mark_0]").is_visible()
    walk.picture("return")
    page.locator("[name=note_0]").fill("Viết đủ tên đội")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/{references[2]}?*")
    assert state_of(app, references[1]) == "incomplete"


def test_lists_fit_a_phone(journey: Any, live: tuple[Flask, str]) -> None:
    with live[0].app_context():
        school = make_school("Trường THCS Tân Dĩnh", unit_of(open_edition("robocon-2024")))
        for title in ("Rồng Xanh", "Sao Mai"):
            good_entry(school, title=title)
        make_user(Role.ORGANISER, username="tim.ho.so")
    walk = journey("organiser")
    walk.sign_in("tim.ho.so", PASSWORD)
    for name, path in (
        ("list", "/entries/?edition=robocon-2024&since=01/01/2024"),
        ("people", "/entries/people?edition=robocon-2024"),
        ("nothing", "/entries/?q=khong+co"),
    ):
        walk.open(path)
        walk.picture(name)
        assert walk.sideways() <= 0, name
