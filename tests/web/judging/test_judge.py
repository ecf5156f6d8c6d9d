"""A judge's pages: the list, the sheet, saved by hand and by script."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from contest_portal.accounts.actor import Role
from contest_portal.core.database import db
from contest_portal.judging.models import Score, ScoreEvent, ScoreSheet
from contest_portal.registration.models import Entry
from contest_portal.registration.status import Status
from tests.client import Page
from tests.counting import counted_statements
from tests.factories.judging import assign_all, make_judge, make_panel
from tests.factories.people import make_school, make_user, unit_of
from tests.factories.screening import YOUTH, unit_entry

JSON = {"Accept": "application/json"}


class Desk:
    """Be a judge with a browser and some sheets to fill in."""

    def __init__(self, portal: Flask, entries: int = 1, **entry: Any) -> None:
        self.portal = portal
        with portal.app_context():
            judge = make_judge()
            for _ in range(entries):
                unit_entry(status=Status.FORWARDED, **entry)
            sheets = assign_all(make_panel([judge]))
            self.sheets = sorted((sheet.number, sheet.token) for sheet in sheets)
            self.judge_id = judge.id
        self.browser: Any = portal.test_client()
        self.browser.sign_in(self.judge_id)

    @property
    def address(self) -> str:
        """Return the address of the first sheet."""
        return f"/judging/{self.sheets[0][1]}"

    def stored(self) -> tuple[str, Any, int]:
        """Return the first sheet's status and total, and the number of scores."""
        with self.portal.app_context():
            sheet = db.session.scalars(select(ScoreSheet).where(ScoreSheet.token == self.sheets[0][1])).one()
            return sheet.status, sheet.total, db.session.scalar(select(func.count()).select_from(Score)) or 0


@pytest.fixture
def desk(portal: Flask) -> Desk:
    """Return a judge with one sheet."""
    return Desk(portal)


def names(page: Page) -> list[str]:
    """Return the names of the sheet's score controls."""
    return [str(tag["name"]) for tag in page.soup.select("[data-points]")]


def filled(page: Page, *points: str) -> dict[str, str]:
    """Return the controls of a sheet with points for each line."""
    return dict(zip(names(page), points, strict=True))


def test_a_judge_scores_from_the_list_to_the_next_sheet(portal: Flask) -> None:
    desk = Desk(portal, entries=2)
    page = desk.browser.get_page("/judging/")
    assert [row[0].split(":")[0].strip() for row in page.rows()] == [str(number) for number, _token in desk.sheets]
    sheet = desk.browser.get_page(page.soup.select_one("tbody a")["href"])
    assert [line["data-points"] for line in sheet.soup.select("[data-points]")] == ["40", "15", "30", "15"]
    assert "Từ 0 đến 40 điểm, bước 0,5." in sheet.text
    assert "Chưa có trong tỉnh, không trùng giải các lần trước" in sheet.text
    saved = desk.browser.submit(sheet, "Lưu nháp", fields=filled(sheet, "30,5", "", "", ""))
    assert saved.flashes[0].startswith("Đã lưu nháp lúc ")
    assert saved.soup.select_one("[data-points]")["value"] == "30,5"
    following = desk.browser.submit(saved, "Nộp phiếu", fields=filled(saved, "30,5", "10", "20", "15"))
    assert following.flashes == [f"Đã nộp phiếu số {desk.sheets[0][0]}."]
    assert following.path == f"/judging/{desk.sheets[1][1]}"
    done = desk.browser.get_page(desk.address)
    assert "và đã khóa" in done.text
    assert [row[2] for row in done.rows()] == ["30,5", "10", "20", "15"]
    assert names(done) == []
    assert "1/2" in desk.browser.get_page("/judging/").text


def test_the_last_sheet_leads_back_to_the_list(desk: Desk) -> None:
    page = desk.browser.get_page(desk.address)
    after = desk.browser.submit(page, "Nộp phiếu", fields=filled(page, "1", "2", "3", "4"))
    assert after.path == "/judging/"
    with desk.portal.app_context():
        assert db.session.scalar(select(Entry.status)) == "scored"


def test_what_is_missing_is_named_and_what_was_typed_stays(desk: Desk) -> None:
    page = desk.browser.get_page(desk.address)
    again = desk.browser.submit(page, "Nộp phiếu", fields=filled(page, "30", "", "x", "15"), status=422)
    assert again.errors == ["Hãy nhập một số, ví dụ 7,5."]
    again = desk.browser.submit(page, "Nộp phiếu", fields=filled(page, "30", "", "20", "15"), status=422)
    assert again.errors == ["Chưa chấm tiêu chí “Nguyên vật liệu, sử dụng năng lượng”."]
    assert [tag.get("value") for tag in again.soup.select("[data-points]")] == ["30", "", "20", "15"]
    assert desk.stored() == ("assigned", None, 0)


def test_bounds_and_step_are_named_at_their_lines(desk: Desk) -> None:
    page = desk.browser.get_page(desk.address)
    again = desk.browser.submit(page, "Lưu nháp", fields=filled(page, "41", "0,3", "-1", "15"), status=422)
    assert again.errors == ["Điểm phải từ 0 đến 40.", "Điểm phải là bội số của 0,5.", "Điểm phải từ 0 đến 30."]
    assert desk.stored() == ("assigned", None, 0)


def test_nothing_on_a_blind_sheet_tells_whose_it_is(portal: Flask) -> None:
    with portal.app_context():
        school = make_school("Trường THCS Tân Mỹ", unit_of(YOUTH))
    people = [{"role": "author", "full_name": "Nguyễn Văn An"}]
    desk = Desk(portal, school=school, people=people, title="Máy của Nguyễn Văn An lớp 8A, THCS Tân Mỹ")
    with portal.app_context():
        reference = db.session.scalar(select(Entry.reference))
    for address in ("/judging/", desk.address):
        shown = desk.browser.get(address).get_data(as_text=True)
        for hidden in ("Tân Mỹ", "Nguyễn Văn An", "Lạng Giang", reference):
            assert hidden not in shown
        assert "Máy của … lớp 8A" in shown


def test_a_foreign_sheet_is_not_found_whatever_the_method(desk: Desk) -> None:
    with desk.portal.app_context():
        stranger = make_judge().id
    browser: Any = desk.portal.test_client()
    browser.sign_in(stranger)
    for address in (desk.address, "/judging/AAAAAAAAAAAAAAAAAAAAAA"):
        browser.get_page(address, status=404)
        assert browser.post(address, data={"act": "save"}).status_code == 404
    assert "Bạn chưa được phân công phiếu chấm nào." in browser.get_page("/judging/").text


@pytest.mark.parametrize("role", [Role.ORGANISER, Role.AUDITOR, Role.COORDINATOR, Role.ADMINISTRATOR])
def test_only_judges_open_sheets(desk: Desk, role: Role) -> None:
    with desk.portal.app_context():
        user_id = make_user(role, unit=unit_of(YOUTH)).id
    browser: Any = desk.portal.test_client()
    browser.sign_in(user_id)
    for address in ("/judging/", desk.address):
        browser.get_page(address, status=403)
        assert browser.post(desk.address).status_code == 403


def test_a_judge_sees_no_panels_results_or_units(desk: Desk) -> None:
    for address in ("/judging/panels", "/judging/panels/1", "/results/", "/screening/"):
        desk.browser.get_page(address, status=403)


def test_a_locked_sheet_takes_nothing_more(desk: Desk) -> None:
    page = desk.browser.get_page(desk.address)
    old = desk.browser.get_page(desk.address)
    desk.browser.submit(page, "Nộp phiếu", fields=filled(page, "1", "2", "3", "4"))
    late = desk.browser.submit(old, "Lưu nháp", fields=filled(old, "40", "15", "30", "15"), status=409)
    assert late.errors == ["Phiếu này đã nộp và đã khóa; nếu cần sửa, hãy đề nghị Ban Tổ chức mở lại."]
    assert desk.stored() == ("submitted", 10, 4)


def test_two_windows_show_both_versions_and_lose_nothing(desk: Desk) -> None:
    first, second = desk.browser.get_page(desk.address), desk.browser.get_page(desk.address)
    desk.browser.submit(first, "Lưu nháp", fields=filled(first, "11", "", "", ""))
    clash = desk.browser.submit(second, "Lưu nháp", fields=filled(second, "22", "", "", ""), status=409)
    assert "Phiếu vừa được lưu ở một cửa sổ khác" in clash.text
    assert clash.rows()[0][2] == "11"
    assert clash.soup.select_one("[data-points]")["value"] == "22"
    assert desk.stored()[1] == 11
    desk.browser.submit(clash, "Lưu nháp", fields=filled(clash, "22", "", "", ""))
    assert desk.stored()[1] == 22


def test_a_bad_token_brings_the_sheet_back_and_writes_nothing(desk: Desk) -> None:
    page = desk.browser.get_page(desk.address)
    fields = {**filled(page, "11", "", "", ""), "csrf_token": "x"}
    again = desk.browser.submit(page, "Lưu nháp", fields=fields, status=400)
    assert again.soup.select_one("[data-points]")["value"] == "11"
    assert desk.stored() == ("assigned", None, 0)


def test_the_script_saves_and_is_told_the_new_version(desk: Desk) -> None:
    page = desk.browser.get_page(desk.address)
    token = page.soup.select_one("[name=csrf_token]")["value"]
    headers = {**JSON, "X-CSRF-Token": token}
    data = {**filled(page, "7,5", "", "", ""), "version": "1", "act": "save"}
    told = desk.browser.post(desk.address, data=data, headers=headers)
    assert told.status_code == 200
    assert {key: told.json[key] for key in ("version", "status", "total")} == {
        "version": 2,
        "status": "draft",
        "total": "7,5",
    }
    stale = desk.browser.post(desk.address, data={**data, names(page)[0]: "8"}, headers=headers)
    assert (stale.status_code, stale.json["message"]) == (
        409,
        "Phiếu vừa được lưu ở một cửa sổ khác. Hãy xem lại hai bản rồi lưu.",
    )
    data["version"] = "2"
    wrong = desk.browser.post(desk.address, data={**data, names(page)[0]: "99"}, headers=headers)
    assert (wrong.status_code, wrong.json["problems"]) == (
        422,
        [{"message": "Điểm phải từ 0 đến 40.", "anchor": names(page)[0]}],
    )
    with desk.portal.app_context():
        assert db.session.scalar(select(func.count()).select_from(ScoreEvent)) == 1


def test_the_script_without_a_good_token_is_told_so(desk: Desk) -> None:
    page = desk.browser.get_page(desk.address)
    data = {**filled(page, "7,5", "", "", ""), "version": "1"}
    told = desk.browser.post(desk.address, data=data, headers={**JSON, "X-CSRF-Token": "x"})
    assert told.status_code == 400
    assert "hết hạn" in told.json["message"]
    assert desk.stored() == ("assigned", None, 0)


def test_opening_and_saving_a_sheet_stay_few_statements(desk: Desk) -> None:
    page = desk.browser.get_page(desk.address)
    data = {**filled(page, "1", "2", "3", "4"), "version": "1", "act": "save"}
    data["csrf_token"] = page.soup.select_one("[name=csrf_token]")["value"]
    with counted_statements() as opening:
        assert desk.browser.get(desk.address).status_code == 200
    with counted_statements() as saving:
        assert desk.browser.post(desk.address, data=data).status_code == 302
    assert len(opening) <= 6
    assert len(saving) <= 7


def test_a_list_asks_as_much_for_300_sheets_as_for_one(portal: Flask) -> None:
    desk = Desk(portal)
    sent = [len(_list(desk))]
    for more in (2, 297):
        with portal.app_context():
            school = make_school(unit=unit_of(YOUTH))
            judge_panel = db.session.scalars(select(ScoreSheet)).first().panel
            for _ in range(more):
                unit_entry(status=Status.SUBMITTED, school=school, people=[{"role": "author"}])
            _forward_all()
            assign_all(judge_panel)
        sent.append(len(_list(desk)))
    assert sent[0] == sent[1] == sent[2] <= 7


def _forward_all() -> None:
    # Only the list's statements are measured here; how entries come to be forwarded is tested elsewhere.
    for entry in db.session.scalars(select(Entry).where(Entry.status == "submitted")):
        entry.status = Status.FORWARDED
    db.session.commit()


def _list(desk: Desk) -> list[str]:
    with counted_statements() as sent:
        desk.browser.get_page("/judging/")
    return sent
