"""Test the pages of consent: a parent on a phone, and a school."""

import io
import re
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from contest_portal.accounts.actor import SYSTEM, Role
from contest_portal.contests.queries import get_edition
from contest_portal.core.database import db, transaction
from contest_portal.core.outbox import OutboxLetter, deliver_due
from contest_portal.registration.consent import links
from contest_portal.registration.consent.models import Consent, ConsentLink
from contest_portal.registration.models import Entry
from contest_portal.registration.queries import find_by_reference
from contest_portal.registration.status import Status
from tests.client import CheckingClient, Page
from tests.factories.consent import SIGNED, answer_all, link_for
from tests.factories.people import make_school, unit_of
from tests.web.registration.conftest import Browser, World

CHILD = "Nguyễn Thị Hồng Ánh"
YES = {
    "representative_take_part": "yes",
    "representative_publish": "yes",
    "representative_media": "no",
    "own_publish": "yes",
    "giver": "Trần Thị Mẹ",
    "relation": "mother",
}


def make_link(world: World) -> str:
    """Return the address of a fresh link for the child."""
    with world.portal.app_context():
        return f"/consent/{link_for(entry_of(world))}"


def entry_of(world: World) -> Entry:
    """Return the entry."""
    found = find_by_reference(world.reference)
    assert found is not None
    return found


def parent_of(world: World) -> CheckingClient:
    """Return the browser of somebody without an account."""
    browser: Any = world.portal.test_client()
    return browser


def set_rules(world: World, **values: Any) -> None:
    """Change rules of the edition."""
    with world.portal.app_context(), transaction():
        edition = get_edition("robocon-2024")
        edition.rules = {**edition.rules, **values}


def answered(world: World) -> list[tuple[str, str, bool]]:
    """Return every answer that is stored."""
    with world.portal.app_context():
        return [(r.purpose, r.side, r.given) for r in db.session.scalars(select(Consent).order_by(Consent.id))]


# A parent


def test_a_parent_answers_each_purpose_by_itself(world: World) -> None:
    parent, address = parent_of(world), make_link(world)
    page = parent.get_page(address)
    assert [word in page.text for word in (CHILD, "Trường THCS Tân Dĩnh", "Robocon")] == [True] * 3
    # Nothing is chosen beforehand, and nothing is shown that need not be.
    assert page.soup.select("input[type=radio][checked]") == []
    assert "20/05/2011" not in page.text and "7A2" not in page.text
    done = parent.submit(page, fields=YES)
    assert done.h1 == "Đã nhận câu trả lời"
    assert re.search(r"DY-\w{5}-\w{5}", done.text)
    assert answered(world) == [
        ("take_part", "representative", True),
        ("publish", "representative", True),
        ("publish", "own", True),
        ("media", "representative", False),
    ]
    again = parent.get_page(address)
    assert "Hiện nay" in again.text
    assert again.soup.select("input[type=radio][checked]") == []


def test_the_page_speaks_both_languages(world: World) -> None:
    parent, address = parent_of(world), make_link(world)
    parent.get("/language/en")
    page = parent.get_page(address)
    assert page.soup.html["lang"] == "en"
    assert "The organisers may keep the name" in page.text


def test_the_page_is_kept_nowhere_and_found_by_nobody(world: World) -> None:
    answer = parent_of(world).get(make_link(world))
    assert answer.headers["Cache-Control"] == "no-store"
    assert "noindex" in answer.headers["X-Robots-Tag"]
    assert answer.headers["Referrer-Policy"] == "same-origin"
    wrong = parent_of(world).get("/consent/" + "A" * 43)
    assert (wrong.status_code, "noindex" in wrong.headers["X-Robots-Tag"]) == (404, True)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        (
            {
                "representative_take_part": None,
                "representative_publish": None,
                "representative_media": None,
                "own_publish": None,
            },
            "Chưa có câu trả lời nào",
        ),
        ({"giver": ""}, "Hãy nhập họ và tên."),
        ({"giver": "x" * 151}, "nhiều nhất 150"),
        ({"relation": None}, "Hãy chọn quan hệ"),
    ],
)
def test_bad_answers_come_back_as_they_were_typed(world: World, typed: dict[str, Any], sentence: str) -> None:
    parent = parent_of(world)
    page = parent.submit(parent.get_page(make_link(world)), fields=YES | typed, status=422)
    assert any(sentence in error for error in page.errors), page.errors
    assert answered(world) == []
    if "giver" not in typed:
        assert page.soup.select_one("input[name=giver]")["value"] == "Trần Thị Mẹ"


def test_forged_answers_are_refused(world: World) -> None:
    parent = parent_of(world)
    address = make_link(world)
    page = parent.get_page(address)
    token = page.soup.select_one("input[name=csrf_token]")["value"]
    forged = YES | {"csrf_token": token, "seen": "0", "representative_take_part": "maybe", "relation": "child"}
    assert parent.post(address, data=forged).status_code == 422
    assert parent.post(address, data=YES | {"seen": "0"}).status_code == 400
    assert parent.post(address, data=YES | {"csrf_token": token, "seen": "9" * 30}).status_code in (409, 422)
    assert answered(world) == []


def test_the_second_parent_is_shown_what_the_first_said(world: World) -> None:
    address, mother, father = make_link(world), parent_of(world), parent_of(world)
    hers, his = mother.get_page(address), father.get_page(address)
    mother.submit(hers, fields=YES | {"representative_publish": "no"})
    back = father.submit(his, fields=YES | {"giver": "Nguyễn Văn Cha", "relation": "father"}, status=409)
    assert any("Vừa có người khác trả lời" in error for error in back.errors)
    assert "Không đồng ý" in back.text
    assert back.soup.select_one("input[name=giver]")["value"] == "Nguyễn Văn Cha"
    # Sending again is a decision.
    father.submit(back)
    assert answered(world)[-3] == ("publish", "representative", True)


def test_withdrawal_works_at_once_on_the_public_page(world: World) -> None:
    set_rules(world, public_list=True)
    with world.portal.app_context():
        entry = entry_of(world)
        with transaction():
            entry.status = Status.SUBMITTED
        answer_all(entry)
    anybody = parent_of(world)
    first = anybody.get("/contests/robocon-2024/entries")
    assert CHILD in first.get_data(as_text=True)
    assert first.headers["Cache-Control"] == "public, no-cache"
    unchanged = anybody.get("/contests/robocon-2024/entries", headers={"If-None-Match": first.headers["ETag"]})
    assert unchanged.status_code == 304
    parent, address = parent_of(world), make_link(world)
    page = parent.follow(parent.get_page(address), "Rút lại mọi đồng ý")
    done = parent.submit(page, "Rút lại mọi đồng ý", giver="Trần Thị Mẹ", relation="mother")
    assert done.h1 == "Đã nhận câu trả lời"
    after = anybody.get("/contests/robocon-2024/entries", headers={"If-None-Match": first.headers["ETag"]})
    assert after.status_code == 200
    assert CHILD not in after.get_data(as_text=True)
    assert "Không công bố tên" in after.get_data(as_text=True)


def test_a_code_opens_the_childs_page(world: World) -> None:
    with world.portal.app_context():
        entry = entry_of(world)
        made = links.make_sheets(SYSTEM, entry, [entry.participants[0].id])[0]
    parent = parent_of(world)
    page = parent.submit(parent.get_page("/consent"), code=made.code.lower())
    assert CHILD in page.text
    wrong = parent.submit(parent.get_page("/consent"), code="AAAAA-AAAAA-AAAAA", status=404)
    assert any("Mã này không dùng được" in error for error in wrong.errors)
    for _ in range(20):
        last = parent.post("/consent", data={"code": "BBBBB-BBBBB-BBBBB", "csrf_token": token_in(wrong)})
    assert last.status_code == 429


def token_in(page: Page) -> str:
    """Return a page's form token."""
    return str(page.soup.select_one("input[name=csrf_token]")["value"])


# A school


def test_a_school_asks_by_sheet_and_sees_what_came(world: World) -> None:
    page = world.school.follow(world.school.get_page(f"{world.home}/consent"), "In phiếu có mã QR")
    sheets = world.school.submit(page, "Lập phiếu")
    address = re.search(r"/consent/[\w-]{43}", sheets.text)
    assert address and len(sheets.soup.select(".sheet-of-consent")) == 2
    assert sheets.soup.select_one("img.consent-picture")["src"].startswith("data:image/svg+xml")
    assert sheets.response.headers["Cache-Control"] == "no-store"
    assert "chưa mở" in world.school.get_page(f"{world.home}/consent").text
    parent = parent_of(world)
    opened = parent.get_page(address[0])
    assert "đã mở" in world.school.get_page(f"{world.home}/consent").text
    parent.submit(opened, fields=YES if CHILD in opened.text else {"own_take_part": "yes"})
    assert "đã trả lời" in world.school.get_page(f"{world.home}/consent").text


def test_a_blank_form_is_one_page_for_each_with_words_and_version(world: World) -> None:
    page = world.school.get_page(f"{world.home}/consent/paper")
    sheets = page.soup.select(".sheet-of-consent")
    assert len(sheets) == 2
    text = " ".join(sheets[0].get_text(" ").split())
    assert CHILD in text and "Chính em: ☐ Đồng ý" in text and "Bản nội dung: C1-C1-C1" in text
    assert "Chính em" not in sheets[1].get_text()


def test_signed_paper_is_recorded_with_its_scan(world: World) -> None:
    with world.portal.app_context():
        child = entry_of(world).participants[0].id
    page = world.school.get_page(f"{world.home}/consent/record")
    fields = {
        "signed_on": "01/05/2024",
        f"p{child}_giver": "Trần Thị Mẹ",
        f"p{child}_relation": "mother",
        f"p{child}_representative_take_part": "yes",
        f"p{child}_representative_publish": "no",
    }
    for bad in (
        {f"p{child}_giver": ""},
        {"signed_on": "01/05/2999"},
        {"scan": (io.BytesIO(b"<html>"), "a.pdf")},
        {"scan": None},
    ):
        tried = {"scan": (io.BytesIO(SIGNED), "a.pdf"), **fields, **bad}
        back = world.school.submit(page, "Ghi các phiếu", fields=tried, status=422)
        assert back.errors
    done = world.school.submit(page, "Ghi các phiếu", fields=fields | {"scan": (io.BytesIO(SIGNED), "a.pdf")})
    assert "Đã ghi 1 phiếu." in done.flashes
    assert answered(world) == [("take_part", "representative", True), ("publish", "representative", False)]
    scan = world.school.get(done.link("tải bản quét"))
    assert scan.data == SIGNED
    assert scan.headers["Content-Disposition"].startswith("attachment; filename=phieu-dong-y-")


def test_another_school_and_a_coordinator_see_nothing_of_it(world: World, browser_of: Browser) -> None:
    with world.portal.app_context():
        unit = unit_of("robocon-2024")
        school = make_school("Trường THCS Khác", unit)
        answer_all(entry_of(world))
        with transaction():
            entry_of(world).status = Status.SUBMITTED
    pages = (
        "consent",
        "consent/send",
        "consent/sheets",
        "consent/paper",
        "consent/record",
        "consent/scans/1",
        "sensitive",
    )
    stranger, coordinator = browser_of(Role.SCHOOL, school=school), browser_of(Role.COORDINATOR, unit=unit)
    assert {stranger.get(f"{world.home}/{page}").status_code for page in pages} == {404}
    assert {coordinator.get(f"{world.home}/{page}").status_code for page in pages} == {403}


def test_the_letter_keeps_no_address_once_it_left(portal: Flask, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = portal.config["SETTINGS"]
    monkeypatch.setitem(portal.config, "SETTINGS", with_mail(settings))
    page = world.school.follow(world.school.get_page(f"{world.home}/consent"), "Gửi liên kết qua thư")
    with portal.app_context():
        child = entry_of(world).participants[0].id
    wrong = world.school.submit(page, fields={f"address_{child}": "không phải"}, status=422)
    assert any("thư điện tử" in error for error in wrong.errors)
    empty = world.school.submit(page, fields={f"address_{child}": ""}, status=422)
    assert "Hãy nhập ít nhất một địa chỉ." in empty.errors
    done = world.school.submit(page, fields={f"address_{child}": "me.em@gmail.com"})
    assert "Đã gửi 1 liên kết." in done.flashes and "me…@gmail.com" in done.text
    with portal.app_context():
        letter = db.session.scalars(select(OutboxLetter)).one()
        link = re.search(r"/consent/[\w-]{43}", letter.body)
        assert link and CHILD not in letter.body + letter.subject
        assert db.session.scalars(select(ConsentLink.sent_to)).one() == "me…@gmail.com"
        deliver_due(lambda _composed, _to: None)
        db.session.expire_all()
        sent = db.session.scalars(select(OutboxLetter)).one()
        assert (sent.state, sent.body, sent.address) == ("sent", "", "me…@gmail.com")
    assert CHILD in parent_of(world).get_page(link[0]).text


def with_mail(settings: Any) -> Any:
    """Return the settings of a portal that sends letters."""
    return replace(
        settings, mail_server="mail.example.vn", mail_sender="cong@example.vn", public_url="https://example.vn"
    )


def test_the_entrys_page_leads_to_consent(world: World) -> None:
    page = world.school.get_page(world.home)
    assert page.link("Đồng ý của phụ huynh") == f"{world.home}/consent"


def test_ended_links_open_nothing(world: World) -> None:
    address = make_link(world)
    page = world.school.get_page(f"{world.home}/consent")
    done = world.school.submit(page, "Thu hồi liên kết")
    assert f"Đã thu hồi mọi liên kết của {CHILD}." in done.flashes
    assert parent_of(world).get(address).status_code == 404
