"""Pages that give workbooks away."""

import io

from flask import Flask
from openpyxl import load_workbook

from contest_portal.accounts.actor import Role
from tests.client import CheckingClient
from tests.factories.people import make_school, make_user, unit_of
from tests.factories.registration import make_entry, open_edition


def _school(portal: Flask) -> tuple[int, str, str]:
    """Make a school's person with an entry, and a stranger's entry; return whose it is and both references."""
    with portal.app_context():
        edition = open_edition()
        school = make_school(unit=unit_of(edition))
        user = make_user(Role.SCHOOL, school=school)
        other = make_entry(edition, school=make_school(unit=unit_of(edition)))
        return user.id, make_entry(edition, school=school).reference, other.reference


def _texts(data: bytes) -> set[object]:
    """Return everything the list's sheet says."""
    return {cell.value for row in load_workbook(io.BytesIO(data))["Danh sách"].iter_rows() for cell in row}


class TestWorkbooks:
    """What the list offers to take away."""

    def test_a_school_takes_its_own_entries_by_the_button(self, portal: Flask, client: CheckingClient) -> None:
        user_id, own, other = _school(portal)
        client.sign_in(user_id)
        page = client.get("/entries/?edition=robocon-2024").get_data(as_text=True)
        assert "/entries/workbooks/robocon-2024/entries.xlsx?edition=robocon-2024" in page
        answer = client.get("/entries/workbooks/robocon-2024/entries.xlsx?edition=robocon-2024")
        assert answer.headers["Cache-Control"] == "no-store"
        found = _texts(answer.data)
        assert own in found and other not in found

    def test_filters_of_the_address_count(self, portal: Flask, client: CheckingClient) -> None:
        user_id, own, _other = _school(portal)
        client.sign_in(user_id)
        answer = client.get("/entries/workbooks/robocon-2024/entries.xlsx?status=draft")
        assert own not in _texts(answer.data)

    def test_the_template_is_linked_where_a_list_is_brought(self, portal: Flask, client: CheckingClient) -> None:
        user_id, *_references = _school(portal)
        client.sign_in(user_id)
        link = "/entries/workbooks/robocon-2024/template.xlsx"
        assert link in client.get("/screening/import/robocon-2024").get_data(as_text=True)
        assert link in client.get("/contests/robocon-2024").get_data(as_text=True)
        assert "Họ và tên" in _texts(client.get(link).data)

    def test_the_template_is_linked_where_imports_begin_and_beside_the_list(
        self, portal: Flask, client: CheckingClient
    ) -> None:
        with portal.app_context():
            edition = open_edition()
            unit = unit_of(edition)
            people = [
                make_user(Role.SCHOOL, school=make_school(unit=unit)),
                make_user(Role.COORDINATOR, unit=unit),
                make_user(Role.ORGANISER),
            ]
            ids = [user.id for user in people]
        link = "/entries/workbooks/robocon-2024/template.xlsx"
        for user_id in ids:
            client.sign_in(user_id)
            assert link in client.get("/screening/import").get_data(as_text=True)
            assert link in client.get("/entries/?edition=robocon-2024").get_data(as_text=True)
            assert client.get(link).status_code == 200

    def test_who_may_not_import_is_not_offered_it(self, portal: Flask, client: CheckingClient) -> None:
        with portal.app_context():
            open_edition()
            auditor = make_user(Role.AUDITOR).id
        client.sign_in(auditor)
        assert "template.xlsx" not in client.get("/entries/?edition=robocon-2024").get_data(as_text=True)
        assert client.get("/entries/workbooks/robocon-2024/template.xlsx").status_code == 403
