"""Lines 11, 12 and 13 of what people must be able to trust.

11: whatever people typed is text, wherever it comes out. 12: what a request may weigh is bounded.
13: files are known by their content and kept under a name of our own.
"""

import io
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from openpyxl import Workbook, load_workbook
from sqlalchemy import select, update

from contest_portal.accounts.actor import Role
from contest_portal.accounts.models import User
from contest_portal.contests.models import School
from contest_portal.core import jobs
from contest_portal.core.database import db, transaction
from contest_portal.judging.models import Panel
from contest_portal.registration.models import Entry, ImportBatch, Participant
from tests.house.visiting import allowed, browser_of, call, nothing_changes, token_of, visits
from tests.house.world import LIST, SIGNED_IN, YOUTH, World, build_world

SCRIPT = "<script>alert(1)</script>\"'"
IMAGE = '"><img src=x onerror=alert(1)>'
FORMULA = "=1+1"
COMMAND = "+cmd|' /C calc'!A0"
TEMPLATE = "{{ 7*7 }}${7*7}%(name)s"


def poison(portal: Flask, world: World) -> None:
    """Let every text that people type be one that would do harm if it were more than text."""
    with portal.app_context(), transaction():
        db.session.execute(update(Entry).values(title=SCRIPT, summary=IMAGE, note=FORMULA, contact_phone=COMMAND))
        db.session.execute(update(Participant).values(full_name=FORMULA, class_name=COMMAND, workplace=SCRIPT))
        db.session.execute(update(School).values(name=IMAGE))
        db.session.execute(update(Panel).values(name=SCRIPT))
        db.session.execute(update(ImportBatch).values(file_name=f"{SCRIPT}.xlsx"))
        db.session.execute(update(User).values(full_name=IMAGE))
    assert world.users


@pytest.mark.parametrize("role", SIGNED_IN, ids=str)
def test_line_11_what_people_typed_is_text_on_every_page(portal: Flask, role: str) -> None:
    world = build_world(portal)
    poison(portal, world)
    # This browser looks at each page: a script or a handler of its own would be a fault.
    client = browser_of(portal, world, role, looking=True)
    shown = set()
    for visit in visits(portal, "GET"):
        if not allowed(portal, visit, role):
            continue
        answer = call(client, portal, visit, world.own(visit.rule, role))
        assert answer.status_code < 500, visit
        if answer.mimetype == "text/html":
            page = answer.get_data(as_text=True)
            assert "<script>alert" not in page, visit
            assert "<img src=x" not in page, visit
            shown |= {
                evil for evil in ("&lt;script&gt;alert(1)", "&gt;&lt;img src=x onerror=alert(1)&gt;") if evil in page
            }
    assert shown


def test_line_11_a_title_is_shown_as_it_was_typed(portal: Flask) -> None:
    world = build_world(portal)
    client = browser_of(portal, world, Role.SCHOOL, looking=True)
    form = client.get_page(f"/entries/{world.things['entry']}/details")
    for title in (SCRIPT, FORMULA, COMMAND, IMAGE):
        form = client.submit(form, title=title, contact_phone="0912345678")
        home = client.get_page(f"/entries/{world.things['entry']}")
        assert home.h1.endswith(title)
        form = client.get_page(f"/entries/{world.things['entry']}/details")
        assert form.soup.select_one("input[name=title]")["value"] == title  # type: ignore[index]


def test_line_11_nothing_typed_runs_in_the_workbook(portal: Flask) -> None:
    world = build_world(portal)
    poison(portal, world)
    client = browser_of(portal, world, Role.ORGANISER)
    answer = client.get(f"/reports/{YOUTH}/summary.xlsx")
    assert answer.status_code == 200
    book = load_workbook(io.BytesIO(answer.data))
    assert not any(cell.hyperlink and cell.hyperlink.target for s in book for row in s.iter_rows() for cell in row)
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    texts = [str(cell.value) for cell in cells]
    assert any(SCRIPT in text for text in texts)
    assert any(FORMULA in text for text in texts)
    own = re.compile(r"=(SUM|COUNTA?|SUBTOTAL|IF|AVERAGE|ROUND)\(")
    for cell in cells:
        if cell.data_type == "f":
            assert own.match(str(cell.value)), cell.value
        elif re.match(r"[=+@\t\r]", str(cell.value)):
            # Marked as text, so that editing the cell does not turn it into a formula either.
            assert cell.quotePrefix, cell.value


def test_line_11_nothing_typed_breaks_the_report(portal: Flask) -> None:
    world = build_world(portal)
    poison(portal, world)
    answer = browser_of(portal, world, Role.ORGANISER).get("/reports/emulation.docx")
    assert answer.status_code == 200
    with zipfile.ZipFile(io.BytesIO(answer.data)) as packed:
        assert packed.testzip() is None
        text = packed.read("word/document.xml").decode()
    assert "<script>" not in text
    assert "<img" not in text


@pytest.mark.parametrize("address", [f"/reports/{YOUTH}/summary.xlsx", "/reports/emulation.docx"])
def test_line_13_downloads_have_a_safe_name_and_are_not_kept(portal: Flask, address: str) -> None:
    world = build_world(portal)
    headers = browser_of(portal, world, Role.ORGANISER).get(address).headers
    assert re.fullmatch(r"attachment; filename=[\w.-]+", headers["Content-Disposition"])
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"


# Line 13: an upload is known by its content and stored under a name of our own.

NAMES = ["../../../etc/passwd.xlsx", f"{SCRIPT}.xlsx", "C:\\danh sách.xlsx", "=1+1.xlsx", "…" * 400 + ".xlsx"]


@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
def test_line_13_a_file_is_stored_under_a_name_of_our_own(portal: Flask, name: str) -> None:
    world = build_world(portal)
    folder: Path = portal.config["SETTINGS"].uploads
    before = {path for path in folder.rglob("*") if path.is_file()}
    client = browser_of(portal, world, Role.ORGANISER, looking=True)
    page = client.get_page(f"/screening/import/{YOUTH}")
    preview = client.submit(page, file=(io.BytesIO(LIST), name))
    assert preview.path.startswith("/screening/imports/")
    made = {path for path in folder.rglob("*") if path.is_file()} - before
    assert [re.fullmatch("[0-9a-f]{32}", path.name) is not None for path in made] == [True]
    assert "<script>alert" not in preview.response.get_data(as_text=True)
    with portal.app_context():
        kept = db.session.scalars(select(ImportBatch.file_name).order_by(ImportBatch.id.desc())).first()
        assert kept is not None
        assert len(kept) <= 255
        assert not re.search(r"[\r\n]", kept)


def packed(name: str, content: bytes) -> bytes:
    """Return a zip archive that is no workbook."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(name, content)
    return out.getvalue()


DISGUISED = {
    "a page": b"<html><script>alert(1)</script></html>",
    "an archive": packed("malware.exe", b"MZ"),
    "a broken workbook": LIST[: len(LIST) // 2],
    "an old encrypted one": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
    "a text": "Tên đội,Trường\n".encode(),
}


@pytest.mark.parametrize("what", DISGUISED)
def test_line_13_a_file_is_known_by_its_content(portal: Flask, what: str) -> None:
    world = build_world(portal)
    client = browser_of(portal, world, Role.ORGANISER, looking=True)
    page = client.get_page(f"/screening/import/{YOUTH}")
    with nothing_changes(portal):
        answer = client.submit(page, file=(io.BytesIO(DISGUISED[what]), "Danh sách.xlsx"), status=422)
    assert len(answer.errors) == 1
    assert len(answer.errors[0]) > 20


def test_line_13_no_address_leads_into_the_folder_of_files(portal: Flask) -> None:
    world = build_world(portal)
    client = browser_of(portal, world, Role.ADMINISTRATOR)
    stored = next(path.name for path in portal.config["SETTINGS"].uploads.rglob("*") if path.is_file())
    for address in (
        f"/uploads/{stored}",
        f"/static/../uploads/{stored}",
        f"/static/..%2f..%2finstance%2fuploads%2f{stored}",
    ):
        assert client.get(address).status_code == 404


# Line 12: what a request may weigh.


def test_line_12_requests_are_bounded(portal: Flask) -> None:
    world = build_world(portal)
    client = browser_of(portal, world, Role.SCHOOL, looking=True)
    token = token_of(client)
    address = f"/entries/{world.things['entry']}/details"
    with nothing_changes(portal):
        for sent in ({f"x{number}": "1" for number in range(3000)}, {"summary": "a" * 1_500_000}):
            answer = client.post(address, data=sent | {"csrf_token": token}, content_type="multipart/form-data")
            assert answer.status_code == 413
            assert "MB" in answer.get_data(as_text=True)
        assert client.post(address, data={"csrf_token": token, "summary": "a" * 2_000_000}).status_code == 413


def test_line_12_a_list_is_a_page_however_much_is_asked_for(portal: Flask) -> None:
    world = build_world(portal)
    with portal.app_context():
        some = db.session.scalars(select(Entry).limit(1)).one()
        with transaction():
            for number in range(120):
                db.session.add(
                    Entry(
                        reference=f"RB24-{number:06d}",
                        edition_id=some.edition_id,
                        title=f"Đội {number}",
                        title_folded=f"doi {number}",
                        school_id=some.school_id,
                        status="submitted",
                        status_on=some.status_on,
                    )
                )
    client = browser_of(portal, world, Role.ORGANISER, looking=True)
    for question in ("", "?size=100000", "?limit=100000", "?page=1&per_page=9999"):
        assert len(client.get_page(f"/entries/{question}").rows()) <= 50


def test_line_12_a_workbook_of_many_rows_is_refused_in_words(portal: Flask) -> None:
    world = build_world(portal)
    book = Workbook(write_only=True)
    sheet: Any = book.create_sheet("Danh sách")
    for _ in range(60_000):
        sheet.append(["x"] * 3)
    out = io.BytesIO()
    book.save(out)
    client = browser_of(portal, world, Role.ORGANISER, looking=True)
    page = client.get_page(f"/screening/import/{YOUTH}")
    waiting = client.submit(page, file=(io.BytesIO(out.getvalue()), "to.xlsx"))
    with portal.app_context():
        jobs.settle()
    answer = client.get_page(waiting.path)
    assert "quá lớn" in answer.text
