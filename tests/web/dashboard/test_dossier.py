"""An entry's dossier crosses the stages, within what somebody may see."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from contest_portal.accounts.actor import SYSTEM, Role
from contest_portal.contests.queries import get_edition
from contest_portal.registration.status import Status
from contest_portal.screening.services import PaperEntry, Verdict, log_paper, record_result
from tests.factories import make_entry, make_school, make_user, unit_of
from tests.factories.judging import assign_all, make_judge, make_panel, score
from tests.factories.screening import YOUTH, unit_entry


@pytest.fixture
def reference(portal: Flask) -> str:
    """Return an entry of Huyện Lạng Giang that was received and scored."""
    with portal.app_context():
        edition, unit = get_edition("youth-2024"), unit_of("youth-2024")
        paper = PaperEntry(title="Máy gieo hạt", received_on=date(2024, 5, 2), school=make_school(unit=unit))
        entry = log_paper(SYSTEM, edition, unit, paper)
        record_result(SYSTEM, entry, Verdict(date(2024, 5, 20), Decimal("81.5"), "Nhất", "Gọn, chắc"))
        return entry.reference


def _open(portal: Flask, client: Any, reference: str, role: Role, status: int = 200, **posts: Any) -> Any:
    with portal.app_context():
        user = make_user(role, **posts)
    client.sign_in(user)
    return client.get_page(f"/dossier/{reference}", status)


@pytest.mark.parametrize("role", [Role.ORGANISER, Role.AUDITOR])
def test_it_holds_registration_screening_and_history(portal: Flask, client: Any, reference: str, role: Role) -> None:
    page = _open(portal, client, reference, role)
    assert page.h1.endswith("Máy gieo hạt")
    for words in ("02/05/2024", "81,5", "Nhất", "Gọn, chắc", "Lịch sử hồ sơ", reference):
        assert words in page.text


def test_a_coordinator_reads_only_the_own_units(portal: Flask, client: Any, reference: str) -> None:
    with portal.app_context():
        own, other = unit_of("youth-2024"), unit_of("youth-2024", "Huyện Yên Thế")
    _open(portal, client, reference, Role.COORDINATOR, unit=own)
    _open(portal, portal.test_client(), reference, Role.COORDINATOR, 404, unit=other)
    missing = _open(portal, portal.test_client(), "TN24-ZZZZZZ", Role.COORDINATOR, 404, unit=other)
    assert reference not in missing.text


@pytest.mark.parametrize("role", [Role.JUDGE, Role.ADMINISTRATOR])
def test_others_are_refused(portal: Flask, client: Any, reference: str, role: Role) -> None:
    _open(portal, client, reference, role, 403)


def test_a_draft_has_a_dossier_too(portal: Flask, client: Any) -> None:
    with portal.app_context():
        entry = make_entry(status=Status.DRAFT, people=[])
    assert "Bản nháp" in _open(portal, client, entry.reference, Role.ORGANISER).text


def test_units_see_how_far_judging_has_come_but_neither_judges_nor_points(portal: Flask, client: Any) -> None:
    with portal.app_context():
        unit = unit_of(YOUTH)
        entry = unit_entry(unit, Status.FORWARDED, title="Máy gieo hạt")
        judges = [make_judge(full_name=f"Phạm Văn Chấm {number}") for number in range(2)]
        panel = make_panel(judges)
        sheets = assign_all(panel, [entry])
        first = next(judge for judge in judges if judge.id == sheets[0].judge_id)
        total = score(first, sheets[0].token, "25", "15", "15", "15", submit=True).total
        reference = entry.reference
    assert total == Decimal(70)
    coordinator = _open(portal, client, reference, Role.COORDINATOR, unit=unit)
    assert "Phiếu chấm đã nộp 1/2" in coordinator.text
    assert "Phạm Văn Chấm" not in coordinator.response.get_data(as_text=True)
    assert not coordinator.soup.find("caption", string="Phiếu chấm")
    organiser = _open(portal, portal.test_client(), reference, Role.ORGANISER)
    assert "Phiếu chấm đã nộp 1/2" in organiser.text
    table = next(t for t in organiser.soup.select("table") if "Phiếu chấm" in t.caption.get_text())
    rows = [[cell.get_text(strip=True) for cell in row.select("th, td")] for row in table.select("tbody tr")]
    assert {(row[0], row[2], row[3]) for row in rows} == {
        (first.full_name, "70", "Đã nộp"),
        (next(judge for judge in judges if judge is not first).full_name, "–", "Chưa chấm"),
    }


def test_nothing_is_said_of_judging_before_there_are_sheets(portal: Flask, client: Any, reference: str) -> None:
    assert "Phiếu chấm đã nộp" not in _open(portal, client, reference, Role.ORGANISER).text
