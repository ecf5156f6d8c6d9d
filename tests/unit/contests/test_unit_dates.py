"""Units come and go with their days, and what was decided is kept; on both databases."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import DatabaseError

from contest_portal.accounts.actor import SYSTEM, Role
from contest_portal.contests.models import EditionUnit, Unit
from contest_portal.contests.models_schools import UnitChange
from contest_portal.contests.queries_schools import changes_of, get_unit, unit_sets, units_in, units_on
from contest_portal.contests.unit_dates import add_unit, close_unit
from contest_portal.core.database import db, transaction
from contest_portal.core.errors import Conflict, Invalid, NotAllowed, NotFound
from tests.factories import actor_for, make_school, make_user

NEW, OLD = "bac-ninh-2025", "bac-giang-2024"
START = date(2027, 1, 1)


def added(code: str = "09999", name: str = "Phường Từ Sơn Mới") -> Unit:
    """Add a unit."""
    return add_unit(SYSTEM, NEW, code=code, name=name, valid_from=START, reason="Nghị quyết 1", aliases=("P. Mới", ""))


def test_the_eras_are_told_apart(app: Flask) -> None:
    assert [row.unit_set for row in unit_sets()] == [NEW, OLD]
    days = {date(2024, 5, 20): OLD, date(2026, 5, 20): NEW}
    assert {day: {unit.unit_set for unit in units_on(day)} for day in days} == {day: {era} for day, era in days.items()}


def test_a_unit_exists_from_its_first_to_its_last_day(app: Flask) -> None:
    unit = added()
    assert (unit.kind, unit.short_name, unit.aliases) == ("ward", "Từ Sơn Mới", ["P. Mới"])
    close_unit(SYSTEM, unit, date(2028, 6, 30), "Nghị quyết 2")
    there = [unit in units_on(day) for day in (date(2026, 12, 31), START, date(2028, 6, 30), date(2028, 7, 1))]
    assert there == [False, True, True, False]


def test_what_was_decided_is_kept(app: Flask) -> None:
    unit = added()
    close_unit(SYSTEM, unit, date(2028, 6, 30), "Nghị quyết 2")
    close_unit(SYSTEM, unit, None, "Ghi nhầm")
    told = [(change.kind, change.valid_to, change.reason) for change in changes_of(unit.id)]
    assert told == [
        ("opened", None, "Ghi nhầm"),
        ("closed", date(2028, 6, 30), "Nghị quyết 2"),
        ("added", None, "Nghị quyết 1"),
    ]
    with pytest.raises(DatabaseError, match="only grows"), transaction():
        changes_of(unit.id)[0].reason = "Khác"
        db.session.flush()


def test_editions_that_are_open_keep_their_units_and_schools_their_place(app: Flask) -> None:
    before = db.session.scalar(select(func.count()).select_from(EditionUnit))
    unit = get_unit(NEW, "07399")
    school = make_school("Trường THCS Kép", unit)
    added()
    close_unit(SYSTEM, unit, date(2028, 6, 30), "Nghị quyết")
    assert db.session.scalar(select(func.count()).select_from(EditionUnit)) == before
    assert school.unit_id == unit.id
    assert {found.code: number for found, number in units_in(NEW)}["07399"] == 1


@pytest.mark.parametrize(
    ("code", "name", "field"),
    [("07399", "Xã Trùng Mã", "code"), ("", "Xã A", "code"), ("1", "", "name"), ("1", "Làng A", "name"), ("a/b", "Xã A", "code"), ("1", "Tỉnh A", "name")],
)  # fmt: skip
def test_a_unit_that_cannot_be_is_refused(app: Flask, code: str, name: str, field: str) -> None:
    with pytest.raises(Invalid) as caught:
        added(code, name)
    assert [problem.field for problem in caught.value.problems] == [field]


def test_one_form_adds_one_unit(app: Flask) -> None:
    one, other = (
        add_unit(SYSTEM, NEW, code="1", name="Xã A", valid_from=None, reason="x", once_token="form") for _ in range(2)
    )
    assert one.id == other.id


def test_a_last_day_is_after_the_first_and_said_with_its_ground(app: Flask) -> None:
    unit = added()
    for day, reason in ((date(2026, 12, 31), "Nghị quyết"), (START, " ")):
        with pytest.raises(Invalid):
            close_unit(SYSTEM, unit, day, reason)
    with pytest.raises(Conflict):
        close_unit(SYSTEM, unit, None, "Đã vậy")


@pytest.mark.parametrize("role", [Role.SCHOOL, Role.COORDINATOR, Role.AUDITOR])
def test_only_keepers_of_the_list_decide_about_units(app: Flask, role: Role) -> None:
    unit = get_unit(NEW, "07399")
    actor = actor_for(make_user(role, school=make_school(), unit=unit, password=""))
    with pytest.raises(NotAllowed):
        add_unit(actor, NEW, code="1", name="Xã A", valid_from=None, reason="x")
    with pytest.raises(NotAllowed):
        close_unit(actor, unit, date(2028, 1, 1), "x")
    assert db.session.scalars(select(UnitChange)).all() == []


def test_a_set_and_a_unit_that_are_not_there_are_missing(app: Flask) -> None:
    with pytest.raises(NotFound):
        units_in("nowhere")
    for code in ("00000", "24"):
        with pytest.raises(NotFound):
            get_unit(NEW, code)
