"""Workbooks of the portal's own: templates, and exports that come back as they went out."""

import io
import unicodedata
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from flask import Flask

from contest_portal.accounts.actor import Actor, Role
from contest_portal.contests.models import Edition
from contest_portal.core.database import transaction
from contest_portal.core.errors import Unusable
from contest_portal.core.spreadsheets import read_workbook
from contest_portal.registration.filters import Filters
from contest_portal.registration.imports import Action, ImportPlan, plan_import
from contest_portal.registration.models import Entry
from contest_portal.registration.status import Status
from contest_portal.registration.tables import read_tables
from contest_portal.registration.workbooks import export_of, template_of
from tests.factories.people import actor_for, make_school, make_user, unit_of
from tests.factories.registration import make_entry, open_edition

CODES = ("robocon-2024", "youth-2024", "technical-2024")
ROLES = {"robocon-2024": "member", "youth-2024": "author", "technical-2024": "author"}


def plan(actor: Actor, edition: Edition, data: bytes) -> ImportPlan:
    """Plan the import of a workbook."""
    return plan_import(actor, edition, read_tables(read_workbook(data)))


def changed(data: bytes, change: Callable[[Any], Any]) -> bytes:
    """Return a workbook whose filled cells went through somebody's hands."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    for row in book["Danh sách"].iter_rows():
        for cell in row:
            if isinstance(cell.value, str):
                cell.value = change(cell.value)
                cell.data_type = "s"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def odd_entries(edition: Edition) -> list[Entry]:
    """Make entries whose values are awkward in a workbook."""
    role, school = ROLES[edition.code], make_school("Trường THCS Tân Dĩnh", unit_of(edition))
    group = {
        "division": edition.divisions[0] if edition.divisions else None,
        "field": edition.fields[0] if edition.fields else None,
    }
    odd = [
        {"full_name": "Nguyễn Văn A-B, Bình", "role": role, "birth_date": date(2013, 2, 1), "class_name": "Lớp 5A"},
        {"full_name": "H'Hen Niê", "role": role, "phone": "0987654321", "email": "a@b.vn", "gender": "Nữ"},
        {"full_name": "Trần Văn Bình", "role": "coach", "workplace": "-Trường A, xã B", "phone": "+1 555"},
    ]
    if edition.code == "technical-2024":
        odd[2]["role"] = role
        odd[0] |= {
            "share": Decimal("33.5"),
            "job_title": "=Kỹ sư, đội trưởng",
            "education": "Thạc sĩ",
            "address": "Xã A, tỉnh B",
        }
    entries = [
        make_entry(edition, school=school, title="=1+1", people=odd, **group),
        make_entry(edition, school=school, title="Thần Tốc", people=[{"role": role}], **group),
        make_entry(edition, school=school, title="Thần Tốc", people=[{"role": role}], **group),
        make_entry(edition, school=school, title="@Bản nháp", status=Status.DRAFT, people=[]),
    ]
    with transaction():
        entries[0].note = "+ dòng một\ndòng hai"
        entries[0].contact_name = "Lê Thị Cúc"
        entries[1].made_on = date(2023, 5, 4)
    return entries


@pytest.fixture
def organiser(app: Flask) -> Actor:
    """Return somebody who organises every contest."""
    return actor_for(make_user(Role.ORGANISER))


@pytest.mark.parametrize("code", CODES)
class TestRoundTrip:
    """What was exported changes nothing when it is read again."""

    def test_changes_nothing(self, organiser: Actor, code: str) -> None:
        edition = open_edition(code)
        odd_entries(edition)
        found = plan(organiser, edition, export_of(organiser, edition))
        assert [
            (row.wanted.title, row.changes, row.problems) for row in found.rows if row.action is not Action.UNCHANGED
        ] == []
        assert found.count(Action.UNCHANGED) == 4

    def test_changes_nothing_in_decomposed_letters(self, organiser: Actor, code: str) -> None:
        edition = open_edition(code)
        odd_entries(edition)
        data = changed(export_of(organiser, edition), lambda text: unicodedata.normalize("NFD", text))
        assert plan(organiser, edition, data).count(Action.UNCHANGED) == 4

    def test_finds_an_entry_by_its_reference_under_another_name(self, organiser: Actor, code: str) -> None:
        edition = open_edition(code)
        school = make_school("Trường THCS Tân Dĩnh", unit_of(edition))
        entry = make_entry(
            edition, school=school, title="Tên cũ", people=[{"role": ROLES[code], "full_name": "Lê Văn Cũ"}]
        )
        swaps = {"Tên cũ": "Tên mới", "Lê Văn Cũ": "Phạm Thị Mới"}
        data = changed(export_of(organiser, edition), lambda text: swaps.get(text, text))
        [row] = plan(organiser, edition, data).rows
        assert row.entry is not None and row.entry.id == entry.id

    def test_refuses_a_reference_it_does_not_know(self, organiser: Actor, code: str) -> None:
        edition = open_edition(code)
        school = make_school("Trường THCS Tân Dĩnh", unit_of(edition))
        entry = make_entry(edition, school=school, people=[{"role": ROLES[code]}])
        foreign = f"{edition.prefix}-222222"
        data = changed(export_of(organiser, edition), lambda text: foreign if text == entry.reference else text)
        [row] = plan(organiser, edition, data).rows
        assert row.action is Action.REJECTED and "mang mã này" in str(row.problems[0].message)


@pytest.mark.parametrize("code", CODES)
class TestTemplate:
    """An empty workbook for each contest."""

    def test_is_a_list_without_rows(self, app: Flask, code: str) -> None:
        with pytest.raises(Unusable, match="không có dòng nào"):
            read_tables(read_workbook(template_of(open_edition(code))))

    def test_offers_lists_and_checks_days(self, organiser: Actor, code: str) -> None:
        edition = open_edition(code)
        book = openpyxl.load_workbook(io.BytesIO(template_of(edition, organiser)))
        rules = book["Danh sách"].data_validations.dataValidation
        offered = {rule.formula1 for rule in rules if rule.type == "list"}
        assert {"ds_role", "ds_unit"} <= offered
        assert offered <= set(book.defined_names)
        assert any(rule.type == "date" for rule in rules)
        assert book["Danh mục"].sheet_state == "hidden" and book["Hướng dẫn"].sheet_state == "visible"
        assert book["Danh sách"].freeze_panes is not None

    def test_examples_are_left_out_and_a_row_below_is_read(self, organiser: Actor, code: str) -> None:
        edition = open_edition(code)
        book = openpyxl.load_workbook(io.BytesIO(template_of(edition, organiser)))
        sheet = book["Danh sách"]
        heads = next([cell.value for cell in row] for row in sheet.iter_rows() if row[0].value == "STT")
        sheet.append(
            [
                "Rô bốt" if head and head.startswith("Tên") else "Đỗ Văn An" if head == "Họ và tên" else None
                for head in heads
            ]
        )
        out = io.BytesIO()
        book.save(out)
        [table] = read_tables(read_workbook(out.getvalue()))
        assert [(row.title, [person.full_name for person in row.people]) for row in table.rows] == [
            ("Rô bốt", ["Đỗ Văn An"])
        ]


class TestScope:
    """Nobody takes away what they may not see."""

    def test_a_school_gets_its_own_entries_only(self, app: Flask) -> None:
        edition = open_edition()
        own, other = make_school(unit=unit_of(edition)), make_school(unit=unit_of(edition))
        mine = make_entry(edition, school=own)
        make_entry(edition, school=other)
        data = export_of(actor_for(make_user(Role.SCHOOL, school=own)), edition)
        assert [row.reference for row in read_tables(read_workbook(data))[0].rows] == [mine.reference]

    def test_a_coordinator_gets_the_units_entries_without_drafts(self, app: Flask) -> None:
        edition = open_edition()
        school = make_school(unit=unit_of(edition))
        mine = make_entry(edition, school=school)
        make_entry(edition, school=school, status=Status.DRAFT)
        make_entry(edition, school=make_school(unit=unit_of(edition, "Huyện Yên Thế")))
        data = export_of(actor_for(make_user(Role.COORDINATOR, unit=unit_of(edition))), edition)
        assert [row.reference for row in read_tables(read_workbook(data))[0].rows] == [mine.reference]

    def test_filters_of_the_address_are_kept(self, organiser: Actor) -> None:
        edition = open_edition()
        make_entry(edition, title="Một")
        draft = make_entry(edition, title="Hai", status=Status.DRAFT)
        data = export_of(organiser, edition, Filters(edition=edition.code, status="draft"))
        assert [row.reference for row in read_tables(read_workbook(data))[0].rows] == [draft.reference]
