"""A screener's way through the own sheets, and a coordinator's through everybody's."""

import io
from typing import Any

import pytest
from flask import Flask
from pypdf import PdfReader
from sqlalchemy import select

from contest_portal.accounts.actor import Role
from contest_portal.accounts.models import User
from contest_portal.contests.queries import get_edition
from contest_portal.core.database import db
from contest_portal.registration.status import Status
from contest_portal.screening.queries import find_result
from contest_portal.screening.round.models import Screener, ScreeningSheet
from contest_portal.screening.round.queries import get_screener
from tests.client import CheckingClient, Page
from tests.counting import counted_statements
from tests.factories.people import make_school, make_user, unit_of
from tests.factories.screening import YOUTH, make_screener, set_round, unit_entry
from tests.web.screening.test_flow import UNIT, browser_of, made, status_of

OTHER_UNIT = "Huyện Yên Thế"


@pytest.fixture
def coordinator(portal: Flask) -> CheckingClient:
    """Return the browser of Lạng Giang's coordinator."""
    return browser_of(portal, Role.COORDINATOR, unit="Huyện Lạng Giang", edition=YOUTH)


def _marker(portal: Flask, name: str, unit: str = "Huyện Lạng Giang") -> CheckingClient:
    """Return the browser of somebody who marks for a unit."""
    with portal.app_context():
        user = make_user(full_name=name)
        make_screener(unit_of(YOUTH, unit), full_name=name, user=user)
        user_id = user.id
    browser: Any = portal.test_client()
    browser.sign_in(user_id)
    return browser


def _round(portal: Flask, unit: str = "Huyện Lạng Giang", **fields: Any) -> None:
    with portal.app_context():
        set_round(unit_of(YOUTH, unit), **fields)


def _paper_member(portal: Flask, name: str = "Ông Giấy") -> str:
    with portal.app_context():
        return make_screener(full_name=name).token


def _seat(portal: Flask, name: str) -> str:
    with portal.app_context():
        token = db.session.scalar(select(Screener.token).where(Screener.full_name == name))
    assert token is not None
    return token


def _points(page: Page) -> dict[str, str]:
    return {str(tag["name"]): str(tag["value"]) for tag in page.soup.select("input[data-points]")}


def _stored(portal: Flask) -> list[tuple[dict[str, str], bool]]:
    with portal.app_context():
        sheets = db.session.scalars(select(ScreeningSheet).order_by(ScreeningSheet.id)).all()
        return [({m.criterion_code: str(m.points) for m in s.marks}, s.submitted_at is not None) for s in sheets]


def test_a_screener_marks_saves_and_hands_in(portal: Flask) -> None:
    _round(portal)
    one, other = _marker(portal, "Lê Một"), _marker(portal, "Lê Hai")
    first, second = sorted(made(portal, Status.RECEIVED, Status.RECEIVED))
    listed = one.get_page("/screening/sheets")
    assert [(row[0], row[-1]) for row in listed.rows()] == [(first, "Chưa chấm"), (second, "Chưa chấm")]
    page = one.follow(listed, first)
    assert "Mới so với tỉnh" in page.text
    assert "nhân hệ số 2" in page.text
    page = one.submit(page, "Lưu", points_new="24,5", remark="Cần xem lại")
    assert page.flashes[0].startswith("Đã lưu lúc")
    assert "Đã lưu lúc" in page.text
    assert _points(page) == {"points_new": "24,5", "points_use": ""}
    assert one.get_page("/screening/sheets").rows()[0][-1] == "Đang chấm"
    following = one.submit(page, "Nộp phiếu", points_use="30")
    assert following.path == f"/screening/sheets/{second}"
    assert following.flashes == [f"Đã nộp phiếu chấm hồ sơ {first}."]
    locked = one.get_page(f"/screening/sheets/{first}")
    assert "đã khóa" in locked.text
    assert "84,5" in locked.text
    assert not _points(locked)
    assert "Điểm của người khác hiện ra khi mọi người chấm đã nộp phiếu." in locked.text
    assert status_of(portal, first) == "received"
    other.submit(other.get_page(f"/screening/sheets/{first}"), "Nộp phiếu", points_new="25", points_use="30")
    assert status_of(portal, first) == "screened"
    shown = one.get_page(f"/screening/sheets/{first}")
    assert shown.rows() == [["Lê Một", "84,5"], ["Lê Hai", "85"]]
    assert "84,75" in shown.text


def test_others_points_are_nowhere_before_everybody_has_handed_in(portal: Flask) -> None:
    _round(portal)
    one, other = _marker(portal, "Lê Một"), _marker(portal, "Lê Hai")
    (reference,) = made(portal, Status.RECEIVED)
    other.submit(
        other.get_page(f"/screening/sheets/{reference}"), "Nộp phiếu", points_new="13,5", points_use="31", remark="Mật"
    )
    for address in ("/screening/sheets", f"/screening/sheets/{reference}"):
        text = one.get_page(address).text
        for secret in ("13,5", "75,5", "Mật", "Lê Hai"):
            assert secret not in text


def test_bad_points_come_back_with_everything_typed(portal: Flask) -> None:
    _round(portal)
    browser = _marker(portal, "Lê Một")
    (reference,) = made(portal, Status.RECEIVED)
    page = browser.get_page(f"/screening/sheets/{reference}")
    again = browser.submit(page, "Lưu", points_new="31", points_use="mười", remark="Còn đây", status=422)
    assert again.errors == ["Hãy nhập một số, ví dụ 7,5."]
    assert _points(again) == {"points_new": "31", "points_use": "mười"}
    again = browser.submit(again, "Nộp phiếu", points_use="", status=422)
    assert again.errors == ["Điểm phải từ 0 đến 30.", "Chưa chấm tiêu chí “Tính hữu ích”."]
    assert again.soup.select_one("textarea").text.strip() == "Còn đây"  # type: ignore[union-attr]
    assert _stored(portal) == []


def test_two_windows_see_both_versions(portal: Flask) -> None:
    _round(portal)
    browser = _marker(portal, "Lê Một")
    (reference,) = made(portal, Status.RECEIVED)
    page = browser.get_page(f"/screening/sheets/{reference}")
    browser.submit(page, "Lưu", points_new="20")
    again = browser.submit(page, "Lưu", points_new="10", status=409)
    assert "Đang lưu" in again.text
    assert _points(again)["points_new"] == "10"
    browser.submit(again, "Lưu")
    assert _stored(portal) == [({"new": "10"}, False)]


def test_the_pages_own_script_saves_without_leaving(portal: Flask) -> None:
    _round(portal)
    browser = _marker(portal, "Lê Một")
    (reference,) = made(portal, Status.RECEIVED)
    page = browser.get_page(f"/screening/sheets/{reference}")
    token = str(page.soup.select_one("input[name=csrf_token]")["value"])  # type: ignore[index]
    fields = {"csrf_token": token, "version": "0", "points_new": "20", "act": "save"}
    address = f"/screening/sheets/{reference}"
    saved = browser.post(address, data=fields, headers={"Accept": "application/json"})
    assert (saved.status_code, saved.json["version"]) == (200, 1)  # type: ignore[index]
    stale = browser.post(address, data=fields, headers={"Accept": "application/json"})
    assert (stale.status_code, stale.json["message"]) == (  # type: ignore[index]
        409,
        "Phiếu vừa được lưu ở một cửa sổ khác. Hãy xem lại hai bản rồi lưu.",
    )


def test_a_screener_of_another_unit_and_people_without_a_seat_find_nothing(portal: Flask) -> None:
    _round(portal)
    _round(portal, OTHER_UNIT)
    (reference,) = made(portal, Status.RECEIVED)
    far = _marker(portal, "Lê Xa", OTHER_UNIT)
    foreign, missing = f"/screening/sheets/{reference}", "/screening/sheets/TN24-000000"
    assert far.get_page(foreign, status=404).text == far.get_page(missing, status=404).text
    assert far.get_page("/screening/sheets").rows() == [["Chưa có hồ sơ nào để chấm."]]
    seat = _seat(portal, "Lê Xa")
    far.get_page(f"/screening/sheets?seat={'A' * 22}", status=404)
    for address in (
        f"{UNIT}/sheets",
        f"{UNIT}/ranking",
        f"{UNIT}/sheets/{seat}",
        f"/screening/entries/{reference}/close",
    ):
        far.get_page(address, status=403)
    judge = browser_of(portal, Role.JUDGE)
    judge.get_page("/screening/sheets", status=403)


def test_a_sheet_tells_nothing_of_the_people(portal: Flask) -> None:
    _round(portal)
    browser = _marker(portal, "Lê Một")
    people = [{"role": "author", "full_name": "Nguyễn Bí Mật", "phone": "0912345678", "email": "bi@mat.vn"}]
    (reference,) = made(portal, Status.RECEIVED, people=people)
    text = browser.get_page(f"/screening/sheets/{reference}").text
    for secret in ("Bí Mật", "0912345678", "bi@mat.vn", "2011"):
        assert secret not in text


def test_the_grid_shows_who_owes_what(portal: Flask, coordinator: CheckingClient) -> None:
    _round(portal)
    one = _marker(portal, "Lê Một")
    _paper_member(portal)
    first, second = sorted(made(portal, Status.RECEIVED, Status.RECEIVED))
    one.submit(one.get_page(f"/screening/sheets/{first}"), "Nộp phiếu", points_new="10", points_use="10")
    one.submit(one.get_page(f"/screening/sheets/{second}"), "Lưu", points_new="10")
    page = coordinator.get_page(f"{UNIT}/sheets")
    assert [row[:2] for row in page.rows(0)] == [["Ông Giấy", "0 trên 2 phiếu"], ["Lê Một", "1 trên 2 phiếu"]]
    cells = {row[0]: [cell.split(" ")[0] for cell in row[2:4]] for row in page.rows(1)}
    assert cells == {first: ["Chưa", "30"], second: ["Chưa", "Đang"]}
    auditor = browser_of(portal, Role.AUDITOR)
    assert not auditor.get_page(f"{UNIT}/sheets").soup.select("a[href*='/close']")


def test_a_paper_sheet_is_typed_in_one_by_one(portal: Flask, coordinator: CheckingClient) -> None:
    _round(portal)
    seat = _paper_member(portal)
    (reference,) = made(portal, Status.RECEIVED)
    page = coordinator.get_page(f"{UNIT}/sheets/{seat}/{reference}")
    page = coordinator.submit(page, "Nộp phiếu", points_new="20", points_use="30")
    assert page.flashes == ["Đã nộp phiếu của Ông Giấy."]
    assert "Nhập hộ từ phiếu giấy." in page.text
    assert "(nhập hộ từ phiếu giấy)" in coordinator.get_page(f"{UNIT}/sheets").text
    assert "nhập hộ từ phiếu giấy" in coordinator.get_page(f"/screening/entries/{reference}").text
    reopening = coordinator.follow(page, "Mở lại phiếu")
    assert coordinator.submit(reopening, "Mở lại phiếu", status=422).errors
    coordinator.submit(reopening, "Mở lại phiếu", reason="Gõ nhầm")
    assert status_of(portal, reference) == "received"
    assert _stored(portal) == [({"new": "20", "use": "30"}, False)]


def test_paper_sheets_are_typed_in_as_a_table(portal: Flask, coordinator: CheckingClient) -> None:
    _round(portal)
    seat = _paper_member(portal)
    first, second, third = sorted(made(portal, Status.RECEIVED, Status.RECEIVED, Status.RECEIVED))
    address = f"{UNIT}/sheets/{seat}"
    page = coordinator.get_page(address)
    typed = {f"{first}:points_new": "20", f"{first}:points_use": "31,5", f"{second}:points_new": "40"}
    wrong = coordinator.submit(page, "Lưu trang này", fields=typed, status=422)
    assert wrong.errors == ["Điểm phải từ 0 đến 30."]
    assert _stored(portal) == []
    done = coordinator.submit(wrong, "Lưu trang này", fields={f"{second}:points_new": "9"})
    assert done.flashes == ["Đã nộp 1 phiếu, lưu 1 phiếu còn thiếu điểm."]
    assert [row[1:] for row in done.rows()] == [["20", "31,5", "83"], ["", "", "–"], ["", "", "–"]]
    assert (status_of(portal, first), status_of(portal, third)) == ("screened", "received")
    assert _stored(portal) == [({"new": "20", "use": "31.5"}, True), ({"new": "9"}, False)]


def test_blank_sheets_are_one_page_an_entry(portal: Flask, coordinator: CheckingClient) -> None:
    _round(portal)
    seat = _paper_member(portal)
    references = sorted(made(portal, Status.RECEIVED, Status.RECEIVED))
    answer = coordinator.get(f"{UNIT}/sheets/{seat}/blank.pdf")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(answer.data)).pages]
    assert len(pages) == 2
    for text, reference in zip(pages, references, strict=True):
        assert reference in text
        for words in ("Ông Giấy", "Tính mới", "Tính hữu ích"):
            assert words in text


def test_a_title_full_of_signs_is_printed_as_typed(portal: Flask, coordinator: CheckingClient) -> None:
    _round(portal)
    seat = _paper_member(portal)
    made(portal, Status.RECEIVED, title="Máy #panic() $x$ *đậm* <b> @ai")
    answer = coordinator.get(f"{UNIT}/sheets/{seat}/blank.pdf")
    assert "Máy #panic() $x$ *đậm* <b> @ai" in PdfReader(io.BytesIO(answer.data)).pages[0].extract_text()


def test_an_entry_is_closed_with_fewer_sheets(portal: Flask, coordinator: CheckingClient) -> None:
    _round(portal)
    one = _marker(portal, "Lê Một")
    _paper_member(portal)
    (reference,) = made(portal, Status.RECEIVED)
    one.submit(one.get_page(f"/screening/sheets/{reference}"), "Nộp phiếu", points_new="10", points_use="10")
    page = coordinator.follow(coordinator.get_page(f"{UNIT}/sheets"), "Chốt điểm")
    assert "Ông Giấy" in page.text
    assert coordinator.submit(page, "Chốt điểm", status=422).errors
    done = coordinator.submit(page, "Chốt điểm", reason="Ông Giấy đi vắng")
    assert done.flashes == [f"Đã chốt điểm hồ sơ {reference}: 30."]
    assert status_of(portal, reference) == "screened"


def test_other_units_sheets_are_not_there(portal: Flask, coordinator: CheckingClient) -> None:
    _round(portal)
    _round(portal, OTHER_UNIT)
    mine, (own,) = _paper_member(portal), made(portal, Status.RECEIVED)
    (far,) = made(portal, Status.RECEIVED, unit=OTHER_UNIT)
    with portal.app_context():
        unit = unit_of(YOUTH, OTHER_UNIT)
        theirs, code = make_screener(unit, full_name="Ông Xa").token, unit.code
        assert get_screener(get_edition(YOUTH).id, unit.id, theirs)
    for address in (
        f"/screening/youth-2024/{code}/sheets",
        f"/screening/youth-2024/{code}/sheets/{theirs}",
        f"{UNIT}/sheets/{theirs}",
        f"{UNIT}/sheets/{theirs}/blank.pdf",
        f"{UNIT}/sheets/{theirs}/{own}",
        f"{UNIT}/sheets/{mine}/{far}",
        f"{UNIT}/sheets/{mine}/{far}/reopen",
        f"/screening/entries/{far}/close",
    ):
        assert coordinator.get(address).status_code == 404, address


def test_the_sheet_of_whoever_has_an_account_is_only_read(portal: Flask, coordinator: CheckingClient) -> None:
    _round(portal)
    _marker(portal, "Lê Một")
    (reference,) = made(portal, Status.RECEIVED)
    seat = _seat(portal, "Lê Một")
    page = coordinator.get_page(f"{UNIT}/sheets/{seat}/{reference}")
    assert not page.soup.select("input[data-points]")
    assert "không nhập hộ được" in coordinator.get_page(f"{UNIT}/sheets/{seat}").text


def test_the_lists_ask_as_much_for_many_as_for_one(portal: Flask, coordinator: CheckingClient) -> None:
    _round(portal)
    one, seat = _marker(portal, "Lê Một"), _paper_member(portal)
    addresses = [(one, "/screening/sheets"), (coordinator, f"{UNIT}/sheets"), (coordinator, f"{UNIT}/sheets/{seat}")]
    numbers: list[list[int]] = []
    for more in (1, 2, 57):
        with portal.app_context():
            unit, school = unit_of(YOUTH), make_school(unit=unit_of(YOUTH))
            for _ in range(more):
                unit_entry(unit, Status.RECEIVED, school=school, people=[])
        numbers.append([])
        for browser, address in addresses:
            with counted_statements() as sent:
                page = browser.get_page(address)
            numbers[-1].append(len(sent))
        assert len(page.rows()) <= 20
    assert numbers[0] == numbers[1] == numbers[2]


def test_the_score_is_where_everybody_reads_it(portal: Flask) -> None:
    _round(portal)
    one = _marker(portal, "Lê Một")
    with portal.app_context():
        entry = unit_entry(status=Status.RECEIVED)
        reference, entry_id = entry.reference, entry.id
        assert db.session.scalar(select(User.id).where(User.full_name == "Lê Một"))
    one.submit(one.get_page(f"/screening/sheets/{reference}"), "Nộp phiếu", points_new="10,5", points_use="10")
    with portal.app_context():
        result = find_result(entry_id)
        assert result is not None
        assert str(result.score) == "30.5"
