"""The technical contest's own form: organisation, day, summary in parts, and shares, on the pages of an entry."""

import pytest
from flask import Flask

from contest_portal.accounts.actor import Role
from contest_portal.contests.queries import all_editions
from contest_portal.contests.services import rulebook_of
from tests.client import CheckingClient
from tests.factories.people import make_school, make_user, unit_of
from tests.factories.registration import open_edition


@pytest.fixture
def school(portal: Flask) -> CheckingClient:
    """Sign a school in while the technical contest alone is open."""
    with portal.app_context():
        code = next(edition.code for edition in all_editions() if rulebook_of(edition).organisation_may_enter)
        edition = open_edition(code)
        user = make_user(Role.SCHOOL, school=make_school("Công ty An Phú", unit_of(edition))).id
    browser: CheckingClient = portal.test_client()  # type: ignore[assignment]
    browser.sign_in(user)
    browser.code = code  # type: ignore[attr-defined]
    return browser


def test_the_technical_form_is_asked_kept_and_shown(school: CheckingClient) -> None:
    """What is too long or does not fit comes back with everything typed; what is saved is shown in words."""
    start = school.get_page(f"/entries/new?edition={school.code}")  # type: ignore[attr-defined]
    home = school.submit(start, title="Máy sấy vải").path
    page = school.get_page(f"{home}/details")
    field = page.soup.select_one("input[name=field]")
    assert field is not None
    typed = {"field": field["value"], "contact_phone": "0912345678", "made_on": "15/03/2020"}
    wrong = school.submit(page, **typed, entrant="organisation", text_problem="x" * 2001, status=422)
    assert any("Hãy bớt 1 ký tự" in error for error in wrong.errors)
    assert any("người đại diện" in error for error in wrong.errors)
    assert "x" * 2001 in str(wrong.soup)
    school.submit(wrong, text_problem="Sấy thủ công chậm.", contact_name="Lê Văn Phú")
    school.submit(school.get_page(f"{home}/people/author/new"), full_name="Lê An", share="33,333", status=422)
    for name, share in (("Lê An", "33,5"), ("Lê Bình", "50")):
        school.submit(school.get_page(f"{home}/people/author/new"), full_name=name, share=share)
    check = school.get_page(f"{home}/check").text
    for words in ("Tổ chức, đơn vị", "Lê Văn Phú", "15/03/2020", "Sấy thủ công chậm.", "đóng góp 33,5 %", "83,5 %"):
        assert words in check
    assert "Dự thi với tư cách: “Cá nhân hoặc nhóm tác giả” → “Tổ chức, đơn vị”" in school.get_page(home).text
