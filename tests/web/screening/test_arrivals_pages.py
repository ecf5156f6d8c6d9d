"""The organiser's desk at the province: scan, tick, confirm; the unit sees what arrived."""

from datetime import date

import pytest
from flask import Flask

from contest_portal.accounts.actor import Role
from contest_portal.core.database import db
from contest_portal.registration.status import Status
from contest_portal.screening.arrivals.models import Arrival
from tests.client import CheckingClient
from tests.factories.screening import YOUTH
from tests.web.screening.test_flow import browser_of, made

ARRIVALS = "/screening/youth-2024/arrivals"


@pytest.fixture
def organiser(portal: Flask) -> CheckingClient:
    """Return the browser of an organiser."""
    return browser_of(portal, Role.ORGANISER)


def test_a_scanned_code_is_confirmed_and_then_no_longer_missing(portal: Flask, organiser: CheckingClient) -> None:
    here, other = made(portal, Status.FORWARDED, Status.FORWARDED)
    page = organiser.submit(organiser.get_page(ARRIVALS), "Mở", scan=here.lower())
    page = organiser.submit(page, "Xác nhận 1 hồ sơ", condition="good", note="Đủ")
    assert page.flashes == ["Đã xác nhận 1 hồ sơ đến nơi."]
    assert [row[0] for row in page.rows(1)] == [other]
    assert "1/2" in page.text
    shown = organiser.get_page(f"/screening/entries/{here}")
    assert "Đến tỉnh ngày" in shown.text
    assert "Ban Tổ chức đã nhận từ đơn vị" in shown.text


def test_each_of_many_has_its_own_state_and_note(portal: Flask, organiser: CheckingClient) -> None:
    whole, broken = made(portal, Status.FORWARDED, Status.FORWARDED)
    page = organiser.submit(
        organiser.get_page(ARRIVALS), "Xác nhận các hồ sơ đã chọn đến nơi", references=[whole, broken]
    )
    own = {f"condition-{broken}": "broken", f"note-{broken}": "Vỡ nắp"}
    organiser.submit(page, "Xác nhận 2 hồ sơ", condition="good", note="Một xe", fields=own)
    with portal.app_context():
        found = {arrival.entry.reference: (arrival.condition, arrival.note) for arrival in db.session.query(Arrival)}
    assert found == {whole: ("good", "Một xe"), broken: ("broken", "Vỡ nắp")}


def test_a_code_that_was_not_forwarded_is_said(portal: Flask, organiser: CheckingClient) -> None:
    (kept,) = made(portal, Status.SCREENED)
    page = organiser.submit(organiser.get_page(ARRIVALS), "Mở", scan=kept)
    assert f"Không có hồ sơ nào đã được chuyển lên tỉnh mang mã “{kept}”" in page.text


def test_bad_days_and_no_choice_are_said(portal: Flask, organiser: CheckingClient) -> None:
    (reference,) = made(portal, Status.FORWARDED)
    form = organiser.get_page(f"{ARRIVALS}/confirm?references={reference}")
    page = organiser.submit(form, "Xác nhận 1 hồ sơ", arrived_on="31/02/2024", note="Còn đây", status=422)
    assert page.soup.select_one("#note")["value"] == "Còn đây"
    page = organiser.submit(organiser.get_page(f"{ARRIVALS}/confirm"), "Xác nhận 0 hồ sơ", status=422)
    assert page.errors == ["Hãy chọn ít nhất một hồ sơ."]


def test_an_arrival_is_undone_with_a_reason(portal: Flask, organiser: CheckingClient) -> None:
    (reference,) = made(portal, Status.FORWARDED)
    organiser.submit(organiser.get_page(f"{ARRIVALS}/confirm?references={reference}"), "Xác nhận 1 hồ sơ")
    page = organiser.follow(organiser.get_page(f"/screening/entries/{reference}"), "Bỏ xác nhận đã đến tỉnh")
    page = organiser.submit(page, "Bỏ xác nhận", reason="Quét nhầm")
    assert page.flashes == [f"Đã bỏ xác nhận hồ sơ {reference} đến nơi."]
    organiser.get_page(f"/screening/entries/{reference}/arrival/undo", status=404)


def test_the_unit_sees_what_arrived_and_cannot_recall_it(portal: Flask, organiser: CheckingClient) -> None:
    (reference,) = made(portal, Status.FORWARDED)
    coordinator = browser_of(portal, Role.COORDINATOR, unit="Huyện Lạng Giang", edition=YOUTH)
    entry = f"/screening/entries/{reference}"
    recall = coordinator.follow(coordinator.get_page(entry), "Rút lại quyết định")
    organiser.submit(organiser.get_page(f"{ARRIVALS}/confirm?references={reference}"), "Xác nhận 1 hồ sơ")
    page = coordinator.get_page(entry)
    assert "Ban Tổ chức cấp tỉnh đã nhận hồ sơ này" in page.text
    page = coordinator.submit(recall, "Rút lại quyết định", reason="Nhầm", status=409)
    assert "nên đơn vị không rút lại được" in " ".join(page.errors)
    assert coordinator.get(ARRIVALS).status_code == 403
    assert coordinator.get(f"{ARRIVALS}/confirm").status_code == 403


def test_an_auditor_looks_and_confirms_nothing(portal: Flask) -> None:
    made(portal, Status.FORWARDED)
    auditor = browser_of(portal, Role.AUDITOR)
    page = auditor.get_page(ARRIVALS)
    assert "Xác nhận các hồ sơ" not in page.text
    assert auditor.get(f"{ARRIVALS}/confirm").status_code == 403


def test_what_has_not_come_for_days_is_shown_with_who_sent_it(portal: Flask, organiser: CheckingClient) -> None:
    (late,) = made(portal, Status.FORWARDED, day=date(2024, 5, 18))
    (fresh,) = made(portal, Status.FORWARDED)
    page = organiser.follow(organiser.get_page(ARRIVALS), "Chưa đến sau 7 ngày")
    assert [(row[0], row[3], row[5]) for row in page.rows(1)] == [(late, "18/05/2024", "Quá hạn chờ")]
    assert page.rows(1)[0][4]
    page = organiser.submit(page, "Xem", days="0")
    assert {row[0] for row in page.rows(1)} == {late, fresh}
    for nonsense in ("-3", "nhiều", "9999"):
        shown = organiser.get_page(f"{ARRIVALS}?overdue=1&days={nonsense}")
        assert [row[0] for row in shown.rows(1)] == [late]
