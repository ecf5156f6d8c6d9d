"""Exports of entries that were changed, of people who were replaced, of a season's lists: they come back as they went out."""

from datetime import date
from pathlib import Path

import pytest
from flask import Flask

from contest_portal.accounts.actor import SYSTEM, Actor
from contest_portal.contests.models import Edition
from contest_portal.contests.queries import get_edition
from contest_portal.core.spreadsheets import read_workbook
from contest_portal.registration.imports import Action, ImportPlan, plan_import
from contest_portal.registration.people import Person
from contest_portal.registration.services import add_person, change_person, remove_person, submit_entry
from contest_portal.registration.tables import read_tables
from contest_portal.registration.workbooks import export_of, exporting
from contest_portal.screening.imports import import_workbook
from tests.counting import counted_statements
from tests.factories.people import make_school, unit_of
from tests.factories.registration import make_entry, open_edition
from tests.factories.workbooks import SAMPLES
from tests.unit.registration.conftest import Stage

SEASON = {
    "robocon-2024": ("robocon-dang-ky-theo-doi.xlsx", "robocon-dang-ky-theo-nguoi.xlsx"),
    "youth-2024": ("sang-tao-ttnnd-*.xlsx",),
    "technical-2024": ("sang-tao-ky-thuat.xlsx",),
}


def plan(actor: Actor, edition: Edition) -> ImportPlan:
    """Export the entries somebody sees, and plan the import of what came out."""
    return plan_import(actor, edition, read_tables(read_workbook(export_of(actor, edition))))


def names(found: ImportPlan) -> list[list[str]]:
    """Return whom each row names."""
    return [[person.full_name for person in row.wanted.people] for row in found.rows]


def test_who_was_replaced_is_not_written_and_nothing_changes(stage: Stage) -> None:
    entry = stage.ready()
    add_person(stage.teacher, entry, Person("member", "Lê An", date(2011, 1, 1), "7A"))
    submit_entry(stage.teacher, entry, declared=True)
    leaving = next(person for person in entry.participants if person.full_name == "Lê An")
    remove_person(stage.teacher, entry, leaving.id)
    add_person(stage.teacher, entry, Person("member", "Phạm Minh Quân", date(2011, 8, 2), "7B"))
    for actor in (stage.teacher, SYSTEM):
        found = plan(actor, stage.edition)
        assert [row.action for row in found.rows] == [Action.UNCHANGED]
        assert "Phạm Minh Quân" in names(found)[0] and "Lê An" not in names(found)[0]


def test_what_was_changed_is_written_as_it_is_now(stage: Stage) -> None:
    entry = stage.ready()
    submit_entry(stage.teacher, entry, declared=True)
    before = export_of(stage.teacher, stage.edition)
    pupil = next(person for person in entry.participants if person.role == "member")
    mended = Person("member", f"{pupil.full_name} Anh", pupil.birth_date, pupil.class_name)
    change_person(stage.teacher, entry, pupil.id, mended)
    found = plan(stage.teacher, stage.edition)
    assert [row.action for row in found.rows] == [Action.UNCHANGED]
    assert mended.full_name in names(found)[0]
    # The workbook of before is a change: it would take the mending back, and the preview says so.
    [old] = plan_import(stage.teacher, stage.edition, read_tables(read_workbook(before))).rows
    assert old.action is Action.UPDATE and any(change.part == "person" for change in old.changes)


def test_a_long_list_is_read_from_the_database_in_portions(app: Flask) -> None:
    edition = open_edition()
    school = make_school(unit=unit_of(edition))
    for number in range(7):
        make_entry(edition, school=school, title=f"Đội {number}", people=[{"role": "member"}] * 2)
    export_of(SYSTEM, edition)
    with counted_statements() as few:
        export_of(SYSTEM, edition)
    for number in range(30):
        make_entry(edition, school=school, title=f"Thêm {number}", people=[{"role": "member"}] * 2)
    with counted_statements() as more:
        export_of(SYSTEM, edition)
    assert len(more) == len(few)


def test_a_list_longer_than_a_sheet_goes_on_on_another_and_comes_back_unchanged(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "ROWS_A_SHEET", 5)
    edition = open_edition()
    school = make_school(unit=unit_of(edition))
    for number in range(4):
        make_entry(edition, school=school, title=f"Đội {number}", people=[{"role": "member"}] * 2)
    book = read_workbook(export_of(SYSTEM, edition))
    assert [sheet.name for sheet in book.sheets] == ["Danh sách", "Danh sách 2", "Hướng dẫn", "Danh mục"]
    found = plan_import(SYSTEM, edition, read_tables(book))
    assert [(row.table.sheet, row.action) for row in found.rows] == [
        ("Danh sách", Action.UNCHANGED), ("Danh sách", Action.UNCHANGED),
        ("Danh sách 2", Action.UNCHANGED), ("Danh sách 2", Action.UNCHANGED),
    ]  # fmt: skip


@pytest.mark.skipif(not SAMPLES.exists(), reason="the season's samples are not here")
@pytest.mark.parametrize("code", SEASON)
def test_a_seasons_lists_come_back_unchanged(app: Flask, code: str) -> None:
    files: list[Path] = [path for pattern in SEASON[code] for path in sorted(SAMPLES.glob(pattern))]
    assert files
    edition = get_edition(code)
    created = sum(import_workbook(SYSTEM, edition, path, partial=True).created for path in files)
    assert created > 0
    found = plan(SYSTEM, edition)
    assert [
        (row.wanted.title, row.changes, row.problems) for row in found.rows if row.action is not Action.UNCHANGED
    ] == []
    assert found.count(Action.UNCHANGED) == created
