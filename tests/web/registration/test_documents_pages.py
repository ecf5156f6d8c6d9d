"""A school adds documents, sees them, takes them out; others see what they may, and nothing runs in a browser."""

import io
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from contest_portal.accounts.actor import Role
from contest_portal.contests.queries import get_edition
from contest_portal.core.audit import AuditRecord
from contest_portal.core.database import db, transaction
from contest_portal.registration.documents.models import Document, StoredFile
from contest_portal.registration.models import EntryEvent
from contest_portal.registration.queries import find_by_reference
from tests.client import CheckingClient, Page
from tests.factories.files import EXE, SVG, docx_bytes, film_bytes, image_bytes, pdf_bytes
from tests.factories.people import make_school, unit_of
from tests.web.registration.conftest import Browser, World


def ask(portal: Flask, *rules: dict[str, Any]) -> None:
    """Let the edition ask for these documents and no others."""
    with portal.app_context(), transaction():
        edition = get_edition("robocon-2024")
        edition.rules = {**edition.rules, "documents": list(rules)}


def send(browser: CheckingClient, world: World, kind: str, *files: tuple[bytes, str], **more: Any) -> Any:
    """Send files as the form does, and return the answer."""
    page = browser.get_page(f"{world.home}/documents/{kind}")
    token = page.soup.select_one("input[name=csrf_token]")
    assert token is not None
    sent = {"csrf_token": token["value"], "files": [(io.BytesIO(data), name) for data, name in files], **more}
    return browser.post(f"{world.home}/documents/{kind}", data=sent, content_type="multipart/form-data")


def json_of(browser: CheckingClient, world: World, kind: str, *files: tuple[bytes, str], **more: Any) -> Any:
    """Send files as the page's script does, and return what it is told."""
    page = browser.get_page(f"{world.home}/documents/{kind}")
    token = page.soup.select_one("input[name=csrf_token]")
    assert token is not None
    sent = {"csrf_token": token["value"], "files": [(io.BytesIO(data), name) for data, name in files], **more}
    return browser.post(
        f"{world.home}/documents/{kind}",
        data=sent,
        content_type="multipart/form-data",
        headers={"Accept": "application/json"},
    )


def files_on(page: Page) -> list[str]:
    """Return the addresses of the files that a page shows."""
    return [str(a["href"]) for a in page.soup.select(".documents a[href$='/file']")]


def test_photos_are_added_shown_and_taken_out(world: World) -> None:
    """The picture shows itself; what is taken out stays in the history and nowhere else."""
    answer = send(world.school, world, "photo", (image_bytes(), "Xe trước.JPG"), (image_bytes("PNG"), "Xe sau.png"))
    assert answer.status_code == 302
    page = world.school.get_page(f"{world.home}/documents")
    addresses = files_on(page)
    assert len(addresses) == 2
    assert "Xe trước.jpg" in page.text
    picture = page.soup.select_one(".documents img")
    assert picture is not None
    small = world.school.get(str(picture["src"]))
    assert (small.status_code, small.mimetype) == (200, "image/jpeg")
    assert "Đã có 2 tài liệu." in world.school.get_page(world.home).text
    gone = world.school.submit(world.school.follow(page, "Bỏ tài liệu này Xe trước.jpg"), "Bỏ tài liệu")
    assert gone.flashes == ["Đã bỏ tài liệu."]
    assert len(files_on(gone)) == 1
    assert world.school.get(addresses[0]).status_code == 404
    assert world.school.get(str(picture["src"])).status_code == 404
    history = world.school.get_page(world.home).text
    assert "Thêm tài liệu: Ảnh mô hình, sản phẩm (Xe trước.jpg)" in history
    assert "Bỏ tài liệu: Ảnh mô hình, sản phẩm (Xe trước.jpg)" in history


def test_each_refused_file_has_its_sentence_and_the_others_are_kept(world: World) -> None:
    """One disguised file costs nobody the good one."""
    answer = send(world.school, world, "photo", (SVG, "bẫy.png"), (image_bytes(), "tốt.jpg"), (EXE, "máy.jpg"))
    assert answer.status_code == 422
    text = answer.get_data(as_text=True)
    assert "bẫy.png: Nội dung tệp không phải JPEG, PNG hoặc WebP. Hãy chọn tệp khác." in text
    assert "máy.jpg: " in text
    assert "Đã lưu: tốt.jpg." in text
    assert len(files_on(world.school.get_page(f"{world.home}/documents"))) == 1


def test_the_script_is_told_the_same(world: World) -> None:
    """Sentences come as JSON where the page's script asks for them."""
    bad = json_of(world.school, world, "photo", (SVG, "bẫy.png"))
    assert (bad.status_code, bad.json["saved"]) == (422, [])
    assert bad.json["refused"] == ["bẫy.png: Nội dung tệp không phải JPEG, PNG hoặc WebP. Hãy chọn tệp khác."]
    good = json_of(world.school, world, "photo", (image_bytes(), "tốt.jpg"))
    assert (good.status_code, good.json) == (200, {"saved": ["tốt.jpg"], "refused": []})


def test_nothing_chosen_is_said(world: World) -> None:
    """An empty form comes back with what to do."""
    page = world.school.get_page(f"{world.home}/documents/photo")
    assert world.school.submit(page, "Tải lên", status=422).errors == ["Hãy chọn ít nhất một tệp."]


def test_the_same_file_twice_is_one_document_and_one_content(world: World, portal: Flask) -> None:
    """Also under another name."""
    send(world.school, world, "photo", (image_bytes(), "a.jpg"))
    send(world.school, world, "photo", (image_bytes(), "b.jpg"))
    with portal.app_context():
        assert db.session.scalar(select(func.count()).select_from(Document)) == 1
        assert db.session.scalar(select(func.count()).select_from(StoredFile)) == 1


def test_no_more_than_the_edition_takes(world: World, portal: Flask) -> None:
    """The count and the size of each kind are the edition's rule."""
    ask(portal, {"kind": "photo", "need": "optional", "most": 1, "link": False, "megabytes": 1})
    big = send(world.school, world, "photo", (image_bytes() + b"0" * 1_100_000, "to.jpg"))
    assert "to.jpg: Tệp lớn hơn 1 MB." in big.get_data(as_text=True)
    answer = send(world.school, world, "photo", (image_bytes(), "1.jpg"), (image_bytes("PNG"), "2.png"))
    assert "2.png: Đã đủ 1 tài liệu loại này." in answer.get_data(as_text=True)
    assert world.school.get_page(f"{world.home}/documents/drawing", 404).status == 404
    assert world.school.get_page(f"{world.home}/documents/passport", 404).status == 404


def test_a_school_has_room_for_so_much(world: World, portal: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is over is refused with how much is used."""
    monkeypatch.setitem(portal.config, "SETTINGS", _with(portal, school_storage=1))
    answer = send(world.school, world, "photo", (image_bytes(), "1.jpg"))
    assert "Tài liệu của đơn vị đã chiếm 0 MB" in answer.get_data(as_text=True)


def _with(portal: Flask, **changes: Any) -> Any:
    return replace(portal.config["SETTINGS"], **changes)


def test_only_this_route_takes_large_files(world: World, portal: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """An ordinary form stays bounded; a video may be larger."""
    monkeypatch.setitem(portal.config, "MAX_CONTENT_LENGTH", 50_000)
    film = film_bytes(200_000)
    assert send(world.school, world, "video", (film, "xe.mp4")).status_code == 302
    other = world.school.post(f"{world.home}/details", data={"files": (io.BytesIO(film), "xe.mp4")})
    assert other.status_code == 413


def test_a_video_may_be_a_link_which_shows_its_host(world: World) -> None:
    """Only https; the portal never opens it."""
    page = world.school.get_page(f"{world.home}/documents/video")
    for bad in ("http://youtu.be/a", "javascript:alert(1)", "https://127.0.0.1/a", "https://a b.vn/"):
        errors = world.school.submit(page, "Tải lên", link=bad, status=422).errors
        assert len(errors) == 1
        assert "Liên kết phải bắt đầu bằng https://" in errors[0]
    shown = world.school.submit(page, "Tải lên", link="https://youtu.be/abc", title="Chạy thử")
    assert "Liên kết mở ra trang youtu.be, ngoài cổng này." in shown.text


@pytest.mark.parametrize(("data", "name", "mime"), [(pdf_bytes(), "x.pdf", "application/pdf"), (docx_bytes(), "x", "")])
def test_papers_are_only_ever_downloaded(world: World, portal: Flask, data: bytes, name: str, mime: str) -> None:
    """Whatever is in them, no browser opens them as a page of ours."""
    kind = {"kind": "description", "need": "optional", "most": 3, "link": False, "megabytes": 5}
    ask(portal, kind)
    send(world.school, world, "description", (data, f"../Thuyết minh {name}"))
    answer = world.school.get(files_on(world.school.get_page(f"{world.home}/documents"))[0])
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment; filename")
    assert "filename*=UTF-8''Thuy%E1%BA%BFt%20minh" in answer.headers["Content-Disposition"]
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.data == data


def test_a_required_document_stops_the_handing_in(world: World, portal: Flask) -> None:
    """The list before handing in says which, and the answer to pressing the button too."""
    ask(portal, {"kind": "description", "need": "required", "most": 1, "link": False, "megabytes": 5})
    assert "Còn thiếu 1 tài liệu bắt buộc." in world.school.get_page(world.home).text
    check = world.school.get_page(f"{world.home}/check")
    words = "Chưa có Bản thuyết minh. Hãy tải lên ở mục Tài liệu."
    assert words in check.text
    assert words in world.school.submit(check, "Nộp hồ sơ", declared=True, status=422).text
    send(world.school, world, "description", (pdf_bytes(), "tm.pdf"))
    receipt = world.school.submit(world.school.get_page(f"{world.home}/check"), "Nộp hồ sơ", declared=True)
    assert receipt.h1 == "Đã nhận đăng ký"


def test_a_birth_certificate_is_seen_by_few_and_every_look_is_kept(
    world: World, portal: Flask, browser_of: Browser
) -> None:
    """The school and the organisers; to coordinators and auditors it does not exist."""
    ask(portal, {"kind": "birth_certificate", "need": "required", "most": 1, "link": False, "megabytes": 5})
    with portal.app_context():
        entry = find_by_reference(world.reference)
        assert entry is not None
        pupil = next(person for person in entry.participants if person.role == "member").id
    answer = send(world.school, world, "birth_certificate", (image_bytes(), "ks.jpg"), person=str(pupil))
    assert answer.status_code == 302
    address = files_on(world.school.get_page(f"{world.home}/documents"))[0]
    world.school.submit(world.school.get_page(f"{world.home}/check"), "Nộp hồ sơ", declared=True)
    organiser = browser_of(Role.ORGANISER)
    assert organiser.get(address).status_code == 200
    assert organiser.get(address.replace("/file", "/thumbnail")).status_code == 404, "it would be a look without a line"
    with portal.app_context():
        unit = unit_of(get_edition("robocon-2024"))
    for role, post in ((Role.COORDINATOR, {"unit": unit}), (Role.AUDITOR, {})):
        other = browser_of(role, **post)
        assert other.get(world.home).status_code == 200
        assert "Giấy khai sinh" not in other.get_page(f"{world.home}/documents").text
        assert other.get(address).status_code == 404
    with portal.app_context():
        looks = db.session.scalars(select(AuditRecord).where(AuditRecord.action == "document.viewed")).all()
        assert [(look.subject, look.after["person"]) for look in looks] == [(world.reference, pupil)]
        names = db.session.scalars(select(EntryEvent.details).where(EntryEvent.kind == "document_added")).all()
        assert [details["name"] for details in names] == [""], "its file name may be a child's"


def test_where_an_edition_does_not_ask_there_is_no_birth_certificate(world: World) -> None:
    """Its address does not exist."""
    assert world.school.get_page(f"{world.home}/documents/birth_certificate", 404).status == 404


def test_strangers_find_nothing(world: World, browser_of: Browser, portal: Flask) -> None:
    """Page, file and thumbnail answer as if there were none."""
    send(world.school, world, "photo", (image_bytes(), "a.jpg"))
    address = files_on(world.school.get_page(f"{world.home}/documents"))[0]
    with portal.app_context():
        stranger = browser_of(Role.SCHOOL, school=make_school("Trường khác", unit_of(get_edition("robocon-2024"))))
    for path in (
        f"{world.home}/documents",
        address,
        address.replace("/file", "/thumbnail"),
        f"{world.home}/documents/photo",
    ):
        assert stranger.get(path).status_code == 404
    judge = browser_of(Role.JUDGE)
    assert judge.get(address).status_code == 403


def test_after_the_deadline_nothing_is_added_and_what_is_there_stays(world: World) -> None:
    """The page says so instead of offering a form."""
    send(world.school, world, "photo", (image_bytes(), "a.jpg"))
    page = world.school.get_page(f"{world.home}/documents/photo")
    world.close()
    late = world.school.submit(page, "Tải lên", files=(io.BytesIO(image_bytes("PNG")), "b.png"), status=422)
    assert "b.png: Đã hết hạn đăng ký" in late.text
    assert "Hồ sơ không còn nhận tài liệu mới." in world.school.get_page(f"{world.home}/documents/photo").text
    assert len(files_on(world.school.get_page(f"{world.home}/documents"))) == 1
