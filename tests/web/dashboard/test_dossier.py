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
