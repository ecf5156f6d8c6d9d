"""A school sends photographs from a browser: each shows how far it is, and a bad one costs the good one nothing."""

from typing import Any

from flask import Flask

from contest_portal.accounts.actor import Role
from contest_portal.registration.services import start_draft
from tests.factories.files import SVG, image_bytes
from tests.factories.people import actor_for, make_school, make_user, unit_of
from tests.factories.registration import open_edition


def test_files_are_sent_one_by_one_with_their_progress(live: tuple[Flask, str], journey: Any) -> None:
    with live[0].app_context():
        edition = open_edition("robocon-2024")
        school = make_school("Trường THCS Tân Dĩnh", unit_of(edition))
        user = make_user(Role.SCHOOL, school=school, password="Sao mai 2024 !", username="tan.dinh")
        reference = start_draft(actor_for(user), edition, title="Rồng Xanh", school=school).reference
    walk = journey("documents")
    walk.sign_in("tan.dinh", "Sao mai 2024 !")
    page = walk.page
    walk.open(f"/entries/{reference}/documents/photo")
    good = {"name": "xe.jpg", "mimeType": "image/jpeg", "buffer": image_bytes(size=(900, 600))}
    bad = {"name": "bẫy.png", "mimeType": "image/png", "buffer": SVG}
    page.set_input_files("input[type=file]", [good, bad])
    page.click("text=Tải lên >> visible=true")
    page.wait_for_selector(".upload-line .field-error")
    lines = page.locator(".upload-line").all_inner_texts()
    assert any("Đã lưu xe.jpg." in line for line in lines)
    assert any("bẫy.png: Nội dung tệp không phải" in line for line in lines)
    walk.picture("01-upload")
    assert walk.sideways() <= 0
    page.set_input_files("input[type=file]", [{**good, "name": "sau.png", "buffer": image_bytes("PNG")}])
    page.click("text=Tải lên >> visible=true")
    page.wait_for_selector(".documents img >> nth=1")
    walk.open(f"/entries/{reference}/documents")
    assert page.locator(".documents img").count() == 2
    walk.picture("02-list")
    assert walk.sideways() <= 0
    # A refused file is no mistake of the page's, though the browser notes the answer.
    walk.complaints[:] = [line for line in walk.complaints if "422" not in line]
