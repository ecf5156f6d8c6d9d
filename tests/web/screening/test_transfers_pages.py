"""A coordinator asks another unit to take an entry; the other side answers without seeing more than it needs."""

from typing import Any

import pytest
from flask import Flask

from contest_portal.accounts.actor import Role
from contest_portal.core.database import db
from contest_portal.registration.models import Entry
from contest_portal.registration.status import Status
from tests.client import CheckingClient
from tests.factories.people import make_school, unit_of
from tests.factories.screening import YOUTH, unit_entry
from tests.house.visiting import token_of
from tests.web.screening.test_flow import browser_of, status_of

HERE, THERE = "Huyện Lạng Giang", "Huyện Yên Thế"
SECRETS = ("Hoàng Bí Mật", "0912345678", "phu.huynh@example.vn", "Tóm tắt kín")


@pytest.fixture
def reference(portal: Flask) -> str:
    """Return an entry with people, a telephone and a summary of Lạng Giang's."""
    with portal.app_context():
        unit = unit_of(YOUTH, HERE)
        school = make_school("Trường THCS Xuân Lương", unit)
        people: list[Any] = [{"role": "author", "full_name": SECRETS[0], "phone": SECRETS[1], "email": SECRETS[2]}]
        entry = unit_entry(unit, Status.RECEIVED, title="Máy hái vải", school=school, people=people)
        entry.contact_phone, entry.contact_email, entry.summary = SECRETS[1:]
        db.session.commit()
        return entry.reference


@pytest.fixture
def asker(portal: Flask) -> CheckingClient:
    """Return the browser of the coordinator who has the entry."""
    return browser_of(portal, Role.COORDINATOR, unit=HERE, edition=YOUTH)


@pytest.fixture
def taker(portal: Flask) -> CheckingClient:
    """Return the browser of the coordinator who is asked."""
    return browser_of(portal, Role.COORDINATOR, unit=THERE, edition=YOUTH)


def code_of(portal: Flask, name: str) -> str:
    """Return a unit's code."""
    with portal.app_context():
        return unit_of(YOUTH, name).code


def test_from_the_request_to_the_new_unit(
    portal: Flask, asker: CheckingClient, taker: CheckingClient, reference: str
) -> None:
    page = browser_ask(portal, asker, reference)
    assert page.flashes == ["Đã gửi đề nghị."]
    assert "Hồ sơ ở nguyên Huyện Lạng Giang cho đến khi Huyện Yên Thế đồng ý." in page.text
    receipt = page.path
    listed = taker.get_page(f"/screening/{YOUTH}/{code_of(portal, THERE)}/transfers")
    assert "1 đề nghị đang chờ đơn vị trả lời." in listed.text
    request = taker.follow(listed, reference)
    assert request.path == receipt
    form = taker.follow(request, "Trả lời đề nghị")
    for shown in (listed, request, form):
        assert "Máy hái vải" in shown.text
        assert not [secret for secret in SECRETS if secret in shown.text]
    assert taker.get(f"/screening/entries/{reference}").status_code == 404
    assert taker.get(f"/entries/{reference}").status_code == 404
    done = taker.submit(form, "Gửi trả lời", decision="accept")
    assert done.flashes == ["Đã nhận hồ sơ."]
    opened = taker.follow(done, "Mở hồ sơ")
    assert SECRETS[0] in opened.text
    assert status_of(portal, reference) == Status.SUBMITTED
    assert asker.get(f"/screening/entries/{reference}").status_code == 404
    assert "Từ nay Huyện Yên Thế" in asker.get_page(receipt).text


def browser_ask(portal: Flask, browser: CheckingClient, reference: str) -> Any:
    """Ask that the other unit takes the entry; return the receipt."""
    page = browser.follow(browser.get_page(f"/screening/entries/{reference}"), "Chuyển sang đơn vị khác")
    return browser.submit(page, "Gửi đề nghị", to=code_of(portal, THERE), reason="Trường thuộc Yên Thế")


def test_a_refusal_says_why(portal: Flask, asker: CheckingClient, taker: CheckingClient, reference: str) -> None:
    receipt = browser_ask(portal, asker, reference).path
    form = taker.get_page(f"{receipt}/answer")
    again = taker.submit(form, "Gửi trả lời", status=422, decision="refuse", answer="")
    assert "Hãy ghi lý do không nhận vào ô Trả lời." in again.text
    taker.submit(again, "Gửi trả lời", decision="refuse", answer="Trường ở Lạng Giang")
    page = asker.get_page(receipt)
    assert "Trường ở Lạng Giang" in page.text
    assert "Hồ sơ vẫn ở Huyện Lạng Giang." in page.text
    assert taker.get_page(f"{receipt}/answer").path == receipt


def test_bad_input_keeps_what_was_typed(portal: Flask, asker: CheckingClient, reference: str) -> None:
    page = asker.get_page(f"/screening/entries/{reference}/transfer")
    again = asker.submit(page, "Gửi đề nghị", status=422, to="", reason="Trường thuộc Yên Thế")
    assert "Hãy chọn một mục." in again.text
    assert "Trường thuộc Yên Thế" in again.text
    with portal.app_context():
        stored = db.session.query(Entry).filter_by(reference=reference).one()
        assert stored.unit_id == unit_of(YOUTH, HERE).id


def test_the_asker_takes_the_request_back(portal: Flask, asker: CheckingClient, reference: str) -> None:
    page = asker.follow(browser_ask(portal, asker, reference), "Rút lại đề nghị")
    page = asker.submit(page, "Rút lại đề nghị")
    assert page.flashes == ["Đã rút lại đề nghị."]
    assert "Đã rút lại" in page.text
    blocked = asker.get_page(f"/screening/entries/{reference}/transfer")
    assert "đang có một đề nghị" not in blocked.text


def test_an_organiser_moves_an_entry_at_once_and_a_coordinator_cannot(
    portal: Flask, asker: CheckingClient, taker: CheckingClient, reference: str
) -> None:
    to = code_of(portal, THERE)
    # A field the form does not have is no way to move it at once.
    form = asker.get_page(f"/screening/entries/{reference}/transfer")
    once = str(form.soup.find("input", attrs={"name": "once"})["value"])  # type: ignore[index]
    values = {"to": to, "reason": "Trường thuộc Yên Thế", "way": "now", "csrf_token": token_of(asker)}
    answer = asker.post(f"/screening/entries/{reference}/transfer", data=values | {"once": once})
    sent = asker.get_page(answer.location)
    assert "Chờ trả lời" in sent.text
    organiser = browser_of(portal, Role.ORGANISER)
    asker.submit(asker.follow(sent, "Rút lại đề nghị"), "Rút lại đề nghị")
    form = organiser.get_page(f"/screening/entries/{reference}/transfer")
    done = organiser.submit(form, "Tiếp tục", to=to, reason="Điều chỉnh địa bàn", way="now")
    assert done.flashes == ["Đã chuyển hồ sơ."]
    assert taker.get(f"/screening/entries/{reference}").status_code == 200


def test_a_third_unit_sees_nothing_of_it(portal: Flask, asker: CheckingClient, reference: str) -> None:
    receipt = browser_ask(portal, asker, reference).path
    third = browser_of(portal, Role.COORDINATOR, unit="Huyện Sơn Động", edition=YOUTH)
    answers = {third.get(f"{receipt}{end}").status_code for end in ("", "/answer", "/take-back")}
    assert answers == {404}
    assert third.get(f"/screening/{YOUTH}/{code_of(portal, HERE)}/transfers").status_code == 404
    auditor = browser_of(portal, Role.AUDITOR)
    assert auditor.get(receipt).status_code == 200
    assert auditor.get(f"{receipt}/answer").status_code == 403
