"""A unit sees nothing of another: no entry, score or person, at any address, in any download, search or sentence.

What is another unit's carries a word that stands nowhere else; then every address is asked as a coordinator, with
own things, with the other's, and with questions about the other's.
"""

import io
import re
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from openpyxl import Workbook
from pypdf import PdfReader
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from contest_portal.accounts.actor import Role
from contest_portal.accounts.models import User
from contest_portal.contests.models import Membership, School, Unit
from contest_portal.contests.queries import get_edition
from contest_portal.core import clock
from contest_portal.core.database import db, transaction
from contest_portal.core.vietnamese import fold, name_key
from contest_portal.registration.models import Entry, Participant
from contest_portal.registration.services import index_entries
from contest_portal.registration.status import Status
from contest_portal.screening.imports import stage
from contest_portal.screening.minutes.models import SignedPaper, UnitMinutes
from contest_portal.screening.models import Reception, ScreeningResult
from contest_portal.screening.round.models import Screener
from contest_portal.screening.transfers.models import UnitTransfer
from tests.factories.people import actor_for, make_school, make_user, unit_of
from tests.factories.screening import YOUTH, unit_entry
from tests.house.visiting import Visit, address_of, allowed, browser_of, token_of, visits
from tests.house.world import OTHER_UNIT, SIGNED_IN, World, build_world

MARK = "Zxkvd"
# A telephone, a postal address and a score of the other unit have no letters to carry the word.
SIGNS = (MARK.lower(), "0977123456", "61.37", "61,37")
KNOWN_SCHOOL, KNOWN_TITLE = "Trường THCS Bố Hạ", "Máy dò khí ga"
# They end or begin the session the other calls are made in.
SESSION = {"accounts.sign_in", "accounts.sign_out"}
# The contest's public list of entries names them to everybody who comes by, as far as families let it.
SHOWN_TO_ALL = {"consent.entries"}
LOOKERS = (Role.COORDINATOR, Role.SCREENER)


def planted(app: Flask) -> tuple[World, str]:
    """Make the world, mark all that is the other unit's, and let the coordinator import a list that names it."""
    world = build_world(app)
    with app.app_context():
        far = unit_of(YOUTH, OTHER_UNIT)
        school = make_school(KNOWN_SCHOOL, far)
        known = unit_entry(far, Status.FORWARDED, title=KNOWN_TITLE, school=school)
        reference = known.reference
        make_user(Role.COORDINATOR, unit=far, password="", full_name=MARK)
        with transaction():
            _mark_entries(far, known.id)
            _mark_unit(far)
        world.batches[Role.COORDINATOR] = _import(app, world, reference)
        db.session.remove()
    return world, reference


def _mark_entries(far: Unit, known: int) -> None:
    ids = db.session.scalars(select(Entry.id).where(Entry.unit_id == far.id)).all()
    contact = {"contact_name": MARK, "contact_phone": "0977123456", "contact_email": f"{MARK}@example.vn"}
    values = {"summary": MARK, "note": MARK, **contact}
    here = Entry.id.in_(ids)
    db.session.execute(update(Entry).where(here).values(**values))
    titled = {"title": f"Bài {MARK}", "title_folded": fold(f"Bài {MARK}")}
    db.session.execute(update(Entry).where(here, Entry.id != known).values(**titled))
    person = {"full_name": f"Lê {MARK}", "name_folded": fold(f"Lê {MARK}"), "name_key": name_key(f"Lê {MARK}")}
    person |= {"phone": "0977123456", "email": f"{MARK}@example.vn", "address": MARK, "class_name": MARK}
    db.session.execute(update(Participant).where(Participant.entry_id.in_(ids)).values(**person))
    result = {"score": Decimal("61.37"), "prize": MARK, "remark": MARK}
    db.session.execute(update(ScreeningResult).where(ScreeningResult.entry_id.in_(ids)).values(**result))
    parcel = {"note": MARK, "brought_by": MARK, "received_by": MARK, "condition_note": MARK}
    for entry_id in ids:
        if db.session.get(Reception, entry_id) is None:
            db.session.add(Reception(entry_id=entry_id, received_on=clock.today()))
    db.session.flush()
    db.session.execute(update(Reception).where(Reception.entry_id.in_(ids)).values(**parcel))
    db.session.expire_all()
    index_entries(ids)


def _mark_unit(far: Unit) -> None:
    contact = {"phone": "0977123456", "email": f"{MARK}@example.vn", "head": MARK, "address": MARK}
    db.session.execute(update(School).where(School.unit_id == far.id).values(**contact))
    db.session.execute(update(Screener).where(Screener.unit_id == far.id).values(full_name=MARK, job_title=MARK))
    written = {"place": MARK, "chair": MARK, "opinions": MARK, "conclusion": MARK}
    db.session.execute(update(UnitMinutes).where(UnitMinutes.unit_id == far.id).values(**written))
    db.session.execute(update(SignedPaper).where(SignedPaper.unit_id == far.id).values(original_name=MARK))
    asked = UnitTransfer.from_unit_id == far.id
    db.session.execute(update(UnitTransfer).where(asked).values(reason=MARK, answer=MARK))
    people = select(Membership.user_id).where(Membership.unit_id == far.id)
    db.session.execute(update(User).where(User.id.in_(people)).values(full_name=MARK, phone="0977123456"))


def _import(app: Flask, world: World, reference: str) -> str:
    """Let the coordinator upload a list with the other unit's reference, title, school and name in it."""
    book = Workbook()
    sheet: Any = book.active
    sheet.append(["STT", "Mã hồ sơ", "Tên mô hình", "Tác giả", "Ngày sinh", "Trường", "Đơn vị", "Lĩnh vực"])
    rest = ["Lê Văn An", "20/05/2011", KNOWN_SCHOOL, OTHER_UNIT, "Phần mềm tin học"]
    sheet.append([1, reference, "Tên khác", *rest])
    sheet.append([2, "", KNOWN_TITLE, *rest])
    sheet.append([3, reference, KNOWN_TITLE, *rest[:3], "Huyện Lạng Giang", rest[-1]])
    out = io.BytesIO()
    book.save(out)
    actor = actor_for(db.session.get_one(User, world.users[Role.COORDINATOR]))
    folder = app.config["SETTINGS"].uploads / "imports"
    sent: dict[str, Any] = {
        "data": out.getvalue(),
        "file_name": "Danh sách.xlsx",
        "unit": None,
        "effective": clock.today(),
    }
    return stage(actor, get_edition(YOUTH), folder, **sent).token


def read(answer: TestResponse) -> str:
    """Return the text of a page, and of all that is inside a workbook, a document or a PDF."""
    data = answer.get_data()
    if zipfile.is_zipfile(io.BytesIO(data)):
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            text = "\n".join(packed.read(name).decode("utf-8", "replace") for name in packed.namelist())
    elif data.startswith(b"%PDF-1.7"):
        text = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages)
    else:
        text = data.decode("utf-8", "replace")
    # A form shows again what was typed into it, and an address what was asked for.
    return f"{text}\n{answer.headers}".lower()


def leaks(answer: TestResponse, *typed: str) -> list[str]:
    """Return which signs of the other unit stand in an answer, without what the asker typed."""
    text = read(answer)
    for own in typed:
        text = text.replace(own.lower(), "").replace(quote(own).lower(), "")
    return [sign for sign in SIGNS if re.search(rf"(?<![\d.]){re.escape(sign)}", text)]


def ways(world: World, visit: Visit, role: str) -> Iterator[dict[str, Any]]:
    """Yield the values of an address: one's own, then each with something of the other unit in it."""
    yield world.own(visit.rule, role)
    for foreign, _missing in world.foreign(visit.rule, role):
        yield foreign


@pytest.mark.parametrize("role", LOOKERS, ids=str)
def test_no_address_shows_anything_of_the_other_unit(portal: Flask, role: Role) -> None:
    world, _reference = planted(portal)
    client = browser_of(portal, world, role)
    token, wrong, read_back = token_of(client), [], 0
    for visit in visits(portal):
        if not allowed(portal, visit, role) or visit.rule.endpoint in SESSION | SHOWN_TO_ALL:
            continue
        for values in ways(world, visit, role):
            sent = None if visit.method == "GET" else {"csrf_token": token}
            answer = client.open(address_of(portal, visit.rule, values, visit.method), method=visit.method, data=sent)
            read_back += answer.status_code == 200
            wrong += [f"{visit} {values}: {sign}" for sign in leaks(answer)]
    assert wrong == []
    assert read_back > 20


def test_the_signs_would_be_seen(portal: Flask) -> None:
    # Without this, a word that is planted nowhere would pass for one that is kept from everybody.
    world, reference = planted(portal)
    client = browser_of(portal, world, Role.ORGANISER)
    unit = f"/screening/{YOUTH}/{world.strangers[Role.COORDINATOR]['unit'][0]}"
    seen = {MARK.lower(), "61,37"}
    assert seen <= set(leaks(client.get(f"/screening/entries/{reference}")))
    assert leaks(client.get(unit))
    assert leaks(client.get(f"{unit}/summary.xlsx"))
    assert leaks(client.get(f"/entries/?q={MARK}&edition={YOUTH}"), MARK + '"') != []
    token = world.strangers[Role.COORDINATOR]["unit minutes"][0]
    assert leaks(client.get(f"/screening/minutes/{token}/minutes.pdf")) or leaks(
        client.get(f"/screening/minutes/{token}")
    )


@pytest.mark.parametrize("asked", [MARK, KNOWN_TITLE, KNOWN_SCHOOL, OTHER_UNIT, "reference"])
def test_no_question_brings_the_other_unit_up(portal: Flask, asked: str) -> None:
    world, reference = planted(portal)
    client = browser_of(portal, world, Role.COORDINATOR)
    words = reference if asked == "reference" else asked
    with portal.app_context():
        far, school = unit_of(YOUTH, OTHER_UNIT), db.session.scalars(select(School).where(School.name == KNOWN_SCHOOL))
        known, numbers = school.one().id, {"unit_id": far.id, "unit": far.code}
    wide: dict[str, Any] = dict.fromkeys(
        ("q", "scan", "reference", "references", "title", "school_name", "name", "from"), words
    )
    wide |= {"edition": YOUTH, "school": known, "school_id": known, **numbers}
    wrong = []
    for visit in visits(portal, "GET"):
        if not allowed(portal, visit, Role.COORDINATOR) or visit.rule.endpoint in SHOWN_TO_ALL:
            continue
        address = address_of(portal, visit.rule, world.own(visit.rule, Role.COORDINATOR))
        for question in (wide, {"q": words, "edition": YOUTH}, {"scan": words}):
            answer = client.get(address, query_string=question)
            wrong += [f"{visit} {sorted(question)}: {sign}" for sign in leaks(answer, words)]
    assert wrong == []


def test_an_import_answers_a_foreign_reference_as_one_that_does_not_exist(portal: Flask) -> None:
    world, reference = planted(portal)
    client = browser_of(portal, world, Role.COORDINATOR)
    with portal.app_context():
        missing = "TN24-222222"
        batches = {reference: world.batches[Role.COORDINATOR], missing: _import(portal, world, missing)}
    told = {}
    for named, batch in batches.items():
        page = client.get(f"/screening/imports/{batch}", follow_redirects=True)
        assert page.status_code == 200
        text = BeautifulSoup(page.get_data(as_text=True), "html.parser").get_text(" ", strip=True)
        told[named] = text.replace(named, "…").replace(batch, "…")
    assert told[reference] == told[missing]
    assert MARK not in told[reference]


def test_every_looker_is_a_role_of_the_world() -> None:
    assert set(LOOKERS) <= set(SIGNED_IN)
