"""An organiser's pages of panels, and an auditor's look at them."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from contest_portal.accounts.actor import Role
from contest_portal.contests.queries import get_edition
from contest_portal.core.database import db
from contest_portal.judging.models import Panel, ScoreSheet
from contest_portal.registration.models import Entry
from contest_portal.registration.status import Status
from tests.client import CheckingClient
from tests.counting import counted_statements
from tests.factories.judging import assign_all, make_judge, make_panel, score
from tests.factories.people import make_user
from tests.factories.screening import YOUTH, unit_entry

FULL = ("30", "10", "20", "10")


def browser_of(portal: Flask, role: Role, edition: str | None = None) -> CheckingClient:
    """Return the browser of somebody with this post."""
    with portal.app_context():
        user_id = make_user(role, edition=get_edition(edition) if edition else None).id
    browser: Any = portal.test_client()
    browser.sign_in(user_id)
    return browser


@pytest.fixture
def organiser(portal: Flask) -> CheckingClient:
    """Return the browser of the youth contest's organiser."""
    return browser_of(portal, Role.ORGANISER, YOUTH)


@pytest.fixture
def panel_id(portal: Flask) -> int:
    """Make a panel of two judges with two entries, the first sheet handed in; return its id."""
    with portal.app_context():
        judges = [make_judge(full_name=name) for name in ("Lê An", "Trần Bình")]
        for number in (1, 2):
            unit_entry(status=Status.FORWARDED, title=f"Máy số {number}")
        panel = make_panel(judges)
        sheet = next(sheet for sheet in assign_all(panel) if sheet.judge_id == judges[0].id)
        score(judges[0], sheet.token, *FULL)
        return panel.id


def test_from_an_empty_page_to_assigned_sheets(portal: Flask, organiser: CheckingClient) -> None:
    with portal.app_context():
        judges = [make_judge(full_name=name).id for name in ("Lê An", "Trần Bình")]
        for _ in range(3):
            unit_entry(status=Status.FORWARDED, field="green")
        unit_entry(status=Status.FORWARDED, field="software")
    page = organiser.get_page("/judging/panels")
    assert "Cuộc thi này chưa có hội đồng nào." in page.text
    form = organiser.follow(page, "Lập hội đồng")
    page = organiser.submit(form, name="Hội đồng Xanh", group="green", judges=[str(j) for j in judges])
    assert page.flashes == ["Đã lập “Hội đồng Xanh”."]
    assign = organiser.follow(page, "Phân công chấm")
    assert "Có 3 hồ sơ đủ điều kiện." in assign.text
    page = organiser.submit(assign)
    assert page.flashes == ["Đã phân công thêm 6 phiếu chấm."]
    assert [row[:4] for row in page.rows()] == [["Lê An", "3", "0", "0"], ["Trần Bình", "3", "0", "0"]]
    assert len(page.rows(1)) == 6


def test_chosen_entries_are_typed_by_reference(portal: Flask, organiser: CheckingClient) -> None:
    with portal.app_context():
        judge = make_judge()
        references = [unit_entry(status=Status.FORWARDED).reference for _ in range(3)]
        number = make_panel([judge]).id
    form = organiser.get_page(f"/judging/panels/{number}/assign")
    wrong = organiser.submit(form, scope="chosen", references="TN24-XXXXXX", status=422)
    assert "TN24-XXXXXX" in wrong.errors[0]
    page = organiser.submit(wrong, scope="chosen", references=f"{references[0].lower()}, {references[2]}\n")
    assert page.flashes == ["Đã phân công thêm 2 phiếu chấm."]


def test_a_panel_form_sent_twice_makes_one_panel(portal: Flask, organiser: CheckingClient) -> None:
    form = organiser.get_page(f"/judging/panels/new/{YOUTH}")
    first, second = (organiser.submit(form, name="Hội đồng 1") for _ in range(2))
    assert first.path == second.path
    with portal.app_context():
        assert db.session.scalar(select(func.count()).select_from(Panel)) == 1


def test_a_panel_without_a_name_or_with_a_stranger_comes_back(portal: Flask, organiser: CheckingClient) -> None:
    form = organiser.get_page(f"/judging/panels/new/{YOUTH}")
    assert "Chưa có tài khoản nào giữ vai trò giám khảo" in form.text
    page = organiser.submit(form, name=" ", status=422)
    assert page.errors == ["Hãy điền mục này."]


def test_progress_is_shown_by_panel_and_judge(organiser: CheckingClient, panel_id: int) -> None:
    page = organiser.get_page("/judging/panels")
    assert page.rows() == [["Lê An", "2", "0", "1", "Đã nộp 1/2"], ["Trần Bình", "2", "0", "0", "Đã nộp 0/2"]]
    assert "Cả hội đồng 1/4" in page.text


def test_a_sheet_nobody_began_is_taken_back(portal: Flask, organiser: CheckingClient, panel_id: int) -> None:
    page = organiser.get_page(f"/judging/panels/{panel_id}")
    page = organiser.submit(page, "form.post-button[action$='/remove']")
    assert page.flashes == ["Đã gỡ phân công."]
    assert len(page.rows(1)) == 3


def test_a_sheet_is_opened_again_with_a_reason(portal: Flask, organiser: CheckingClient, panel_id: int) -> None:
    with portal.app_context():
        done = db.session.scalars(select(ScoreSheet).where(ScoreSheet.status == "submitted")).one()
        address = f"/judging/panels/{panel_id}/sheets/{done.token}/reopen"
    form = organiser.get_page(address)
    assert organiser.submit(form, status=422).errors == ["Hãy điền mục này."]
    page = organiser.submit(form, reason="Cộng nhầm")
    assert page.flashes[0].startswith("Đã mở lại phiếu số ")
    again = organiser.submit(form, reason="Cộng nhầm", status=409)
    assert again.errors == ["Phiếu này chưa nộp nên không cần mở lại."]


def test_judges_are_changed_on_their_page(portal: Flask, organiser: CheckingClient, panel_id: int) -> None:
    with portal.app_context():
        new = make_judge(full_name="Vũ Mới").id
    page = organiser.get_page(f"/judging/panels/{panel_id}/judges")
    refused = organiser.submit(page, judges=[str(new)], status=422)
    assert refused.errors[0].startswith("Giám khảo đã được phân công chấm")
    ticked = [str(box["value"]) for box in page.soup.select("input[name=judges][checked]")]
    page = organiser.submit(page, judges=[*ticked, str(new)])
    assert [row[0] for row in page.rows()] == ["Lê An", "Trần Bình", "Vũ Mới"]


def test_another_editions_panels_are_not_found(portal: Flask, panel_id: int) -> None:
    stranger = browser_of(portal, Role.ORGANISER, "robocon-2024")
    with portal.app_context():
        token = db.session.scalars(select(ScoreSheet.token)).first()
    for path in ("", "/judges", "/assign", f"/sheets/{token}/reopen"):
        stranger.get_page(f"/judging/panels/{panel_id}{path}", status=404)
    assert stranger.post(f"/judging/panels/{panel_id}/sheets/{token}/remove").status_code == 404
    stranger.get_page(f"/judging/panels/new/{YOUTH}", status=404)
    stranger.get_page(f"/judging/panels?edition={YOUTH}", status=404)
    stranger.get_page("/judging/panels/999999", status=404)


def test_an_auditor_reads_and_changes_nothing(portal: Flask, panel_id: int) -> None:
    auditor = browser_of(portal, Role.AUDITOR)
    assert "Lập hội đồng" not in auditor.get_page(f"/judging/panels?edition={YOUTH}").text
    page = auditor.get_page(f"/judging/panels/{panel_id}")
    assert "Phân công chấm" not in page.text
    with portal.app_context():
        token = db.session.scalars(select(ScoreSheet.token).where(ScoreSheet.status == "assigned")).first()
    for path in ("judges", "assign", f"sheets/{token}/remove", f"sheets/{token}/reopen"):
        assert auditor.post(f"/judging/panels/{panel_id}/{path}").status_code == 403
    assert auditor.post(f"/judging/panels/new/{YOUTH}").status_code == 403
    with portal.app_context():
        assert db.session.scalar(select(func.count()).select_from(ScoreSheet)) == 4


def test_an_act_without_its_token_changes_nothing(portal: Flask, organiser: CheckingClient, panel_id: int) -> None:
    with portal.app_context():
        token = db.session.scalars(select(ScoreSheet.token).where(ScoreSheet.status == "assigned")).first()
    answer = organiser.post(f"/judging/panels/{panel_id}/sheets/{token}/remove", data={"csrf_token": "x"})
    assert answer.status_code == 400
    with portal.app_context():
        assert db.session.scalar(select(func.count()).select_from(ScoreSheet)) == 4


def test_a_panels_page_asks_as_much_for_300_sheets_as_for_one(portal: Flask, organiser: CheckingClient) -> None:
    with portal.app_context():
        judge = make_judge()
        number = make_panel([judge]).id
    counted = []
    for more in (1, 2, 297):
        with portal.app_context():
            for _ in range(more):
                unit_entry(people=[])
            for entry in db.session.scalars(select(Entry).where(Entry.status == "submitted")):
                entry.status = Status.FORWARDED
            db.session.commit()
            assign_all(db.session.get_one(Panel, number))
        with counted_statements() as sent:
            page = organiser.get_page(f"/judging/panels/{number}")
        counted.append(len(sent))
    assert counted[0] == counted[1] == counted[2] <= 7
    assert len(page.rows(1)) == 50
