"""Schools are kept, moved without rewriting the past, and seen by those whose they are; on both databases."""

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import DatabaseError

from contest_portal.accounts.actor import SYSTEM, Role
from contest_portal.contests.models import Edition, School, Unit
from contest_portal.contests.models_schools import SchoolPlace
from contest_portal.contests.queries_schools import (
    SchoolFilter,
    all_wanted,
    get_school,
    get_unit,
    list_schools,
    unit_of_school_on,
)
from contest_portal.contests.schools import SchoolData, add_school, change_school, move_schools
from contest_portal.contests.services import create_edition
from contest_portal.core import clock
from contest_portal.core.audit import AuditRecord
from contest_portal.core.database import db, transaction
from contest_portal.core.errors import Conflict, Invalid, NotAllowed, NotFound
from contest_portal.core.paging import decode
from contest_portal.registration.services import start_draft
from tests.counting import counted_statements
from tests.factories import actor_for, make_school, make_user, unit_of
from tests.factories.registration import make_entry, open_edition

OLD, NEW = "bac-giang-2024", "bac-ninh-2025"
CHANGED_ON = date(2025, 7, 1)


def old_unit(code: str = "217") -> Unit:
    """Return a district of 2024: Huyện Lạng Giang."""
    return get_unit(OLD, code)


def new_unit(code: str = "07399") -> Unit:
    """Return a commune of 2025: Xã Kép."""
    return get_unit(NEW, code)


def problems(error: Invalid) -> list[str | None]:
    """Return the fields that are wrong."""
    return [problem.field for problem in error.problems]


def test_a_moved_school_is_where_it_was_on_each_day(app: Flask) -> None:
    school = make_school("Trường THCS Kép", old_unit())
    assert move_schools(SYSTEM, [school], new_unit(), CHANGED_ON, "Nghị quyết 1658") == 1
    days = {date(2024, 5, 20): "Huyện Lạng Giang", date(2025, 6, 30): "Huyện Lạng Giang", CHANGED_ON: "Xã Kép"}
    assert {day: getattr(unit_of_school_on(school, day), "name", None) for day in days} == days
    db.session.expire_all()
    assert db.session.get_one(School, school.id).unit_id == new_unit().id


def test_entries_keep_the_unit_they_were_registered_in(app: Flask) -> None:
    school = make_school("Trường THCS Kép", old_unit())
    entry = make_entry("robocon-2024", school=school)
    move_schools(SYSTEM, [school], new_unit(), CHANGED_ON, "Nghị quyết")
    db.session.refresh(entry)
    assert entry.unit_id == old_unit().id


def _edition_of_communes() -> Edition:
    now = clock.now()
    return create_edition(
        SYSTEM, "youth", code="youth-2026", number=20, year=2026, title="Cuộc thi 2026",
        opens_at=now - timedelta(days=1), closes_at=now + timedelta(days=9), unit_set=NEW,
    )  # fmt: skip


def test_new_drafts_follow_the_present_unit_where_it_takes_part(app: Flask) -> None:
    school = make_school("Trường THCS Kép", old_unit())
    there, elsewhere = open_edition("youth-2024"), _edition_of_communes()
    person = actor_for(make_user(Role.SCHOOL, school=school, password=""))
    move_schools(SYSTEM, [school], new_unit(), CHANGED_ON, "Nghị quyết")
    assert start_draft(person, elsewhere, title="Máy gieo hạt", school=school).unit_id == new_unit().id
    # The commune takes no part in what districts screened.
    assert start_draft(person, there, title="Máy gieo hạt", school=school).unit_id != new_unit().id


def test_a_word_on_an_earlier_day_does_not_undo_a_later_one(app: Flask) -> None:
    school = make_school("Trường THCS Kép", old_unit())
    move_schools(SYSTEM, [school], new_unit("07432"), date(2025, 9, 1), "Sau")
    move_schools(SYSTEM, [school], new_unit(), CHANGED_ON, "Trước, ghi sau")
    assert school.unit_id == new_unit("07432").id
    found = unit_of_school_on(school, date(2025, 8, 1))
    assert found is not None
    assert found.name == "Xã Kép"


def test_moving_to_where_a_school_is_says_nothing(app: Flask) -> None:
    school = make_school("Trường THCS Kép", new_unit())
    assert move_schools(SYSTEM, [school], new_unit(), CHANGED_ON, "Nghị quyết") == 0
    assert db.session.scalars(select(SchoolPlace)).all() == []


def test_places_only_grow(app: Flask) -> None:
    school = make_school("Trường THCS Kép", old_unit())
    move_schools(SYSTEM, [school], new_unit(), CHANGED_ON, "Nghị quyết")
    place = db.session.scalars(select(SchoolPlace)).first()
    assert place is not None
    with pytest.raises(DatabaseError, match="only grows"), transaction():
        place.reason = "Khác"
        db.session.flush()


@pytest.mark.parametrize(
    ("unit", "day", "field"),
    [(("217", OLD), date(2025, 7, 1), "unit"), (("07399", NEW), date(2025, 6, 30), "unit"), (("07399", NEW), date(2099, 1, 1), "day")],
)  # fmt: skip
def test_a_school_moves_only_where_a_unit_was(app: Flask, unit: tuple[str, str], day: date, field: str) -> None:
    school = make_school("Trường THCS Kép", old_unit("216"))
    with pytest.raises(Invalid) as caught:
        move_schools(SYSTEM, [school], get_unit(unit[1], unit[0]), day, "Nghị quyết")
    assert problems(caught.value) == [field]
    assert db.session.scalars(select(SchoolPlace)).all() == []


def test_a_unit_that_has_the_name_takes_no_second_school(app: Flask) -> None:
    make_school("Trường THCS Kép", new_unit())
    school = make_school("Trường THCS Kép", old_unit())
    with pytest.raises(Invalid) as caught:
        move_schools(SYSTEM, [school], new_unit(), CHANGED_ON, "Nghị quyết")
    assert problems(caught.value) == ["unit"]
    assert db.session.scalars(select(School.unit_id).where(School.id == school.id)).one() == old_unit().id


def test_a_school_is_added_once_and_changed_in_view_of_what_is_stored(app: Flask) -> None:
    data = SchoolData("  Trường THCS  Kép ", code="24001", level="lower", aliases=("THCS Kép", " "))
    school = add_school(SYSTEM, data, new_unit(), once_token="one")
    assert add_school(SYSTEM, data, new_unit(), once_token="one").id == school.id
    assert (school.name, school.aliases, school.found_by) == (
        "Trường THCS Kép",
        ["THCS Kép"],
        "truong thcs kep 24001 thcs kep",
    )
    change_school(SYSTEM, school, SchoolData("Trường THCS Phố Kép", code="24001"), version=school.version)
    with pytest.raises(Conflict):
        change_school(SYSTEM, school, SchoolData("Khác"), version=1)
    assert school.name_folded == "truong thcs pho kep"


def test_a_name_and_a_code_are_one_schools(app: Flask) -> None:
    add_school(SYSTEM, SchoolData("Trường THCS Kép", code="24001"), new_unit())
    for data, field in (
        (SchoolData("TRƯỜNG THCS KÉP"), "name"),
        (SchoolData("Khác", code="24001"), "code"),
        (SchoolData(" "), "name"),
    ):
        with pytest.raises(Invalid) as caught:
            add_school(SYSTEM, data, new_unit())
        assert problems(caught.value) == [field]


def test_the_log_tells_what_was_changed(app: Flask) -> None:
    school = add_school(SYSTEM, SchoolData("Trường THCS Kép"), new_unit())
    change_school(SYSTEM, school, SchoolData("Trường THCS Kép", phone="0912345678"))
    change_school(SYSTEM, school, SchoolData("Trường THCS Kép", phone="0912345678"))
    rows = db.session.scalars(select(AuditRecord).where(AuditRecord.action == "school.changed")).all()
    assert [(row.before, row.after) for row in rows] == [({"phone": None}, {"phone": "0912345678"})]


@pytest.mark.parametrize("role", [Role.SCHOOL, Role.COORDINATOR, Role.JUDGE, Role.AUDITOR])
def test_only_keepers_of_the_list_change_it(app: Flask, role: Role) -> None:
    school = make_school("Trường THCS Kép", new_unit())
    actor = actor_for(make_user(role, school=school, unit=new_unit(), password=""))
    acts: list[Any] = [
        lambda: add_school(actor, SchoolData("Mới"), new_unit()),
        lambda: change_school(actor, school, SchoolData("Mới")),
        lambda: move_schools(actor, [school], new_unit("07432"), CHANGED_ON, "Vì thế"),
    ]
    for act in acts:
        with pytest.raises(NotAllowed):
            act()
    assert (school.name, school.unit_id) == ("Trường THCS Kép", new_unit().id)


def test_a_coordinator_sees_the_schools_of_the_own_unit_only(app: Flask) -> None:
    own, foreign = make_school("Trường THCS Kép", new_unit()), make_school("Trường THCS Tân Dĩnh", new_unit("07432"))
    actor = actor_for(make_user(Role.COORDINATOR, unit=new_unit(), password=""))
    assert [school.id for school in list_schools(actor, SchoolFilter(), None).items] == [own.id]
    assert all_wanted(actor, SchoolFilter(unit_id=foreign.unit_id)) == []
    for school_id in (foreign.id, 999_999):
        with pytest.raises(NotFound):
            get_school(actor, school_id)


def test_the_list_is_in_vietnamese_order_and_found_without_diacritics(app: Flask) -> None:
    names = ["Trường THCS Đa Mai", "Trường THCS Dĩnh Kế", "Trường THCS Ấm Thượng", "Trường THCS An Hà"]
    for name in names:
        make_school(name, new_unit())
    actor = actor_for(make_user(Role.ORGANISER, password=""))
    wanted = ["Trường THCS An Hà", "Trường THCS Ấm Thượng", "Trường THCS Dĩnh Kế", "Trường THCS Đa Mai"]
    assert [school.name for school in list_schools(actor, SchoolFilter(), None).items] == wanted
    found = list_schools(actor, SchoolFilter(q="da mai thcs"), None).items
    assert [school.name for school in found] == ["Trường THCS Đa Mai"]


def test_pages_of_the_list_follow_each_other_and_cost_the_same(app: Flask) -> None:
    for number in range(25):
        make_school(f"Trường THCS Số {number:02}", new_unit())
    actor = actor_for(make_user(Role.ORGANISER, password=""))
    first = list_schools(actor, SchoolFilter(), None, size=10)
    with counted_statements() as sent:
        second = list_schools(actor, SchoolFilter(), decode(first.next_cursor), size=10)
    assert len(sent) == 2
    third = list_schools(actor, SchoolFilter(), decode(second.next_cursor), size=10)
    shown = [school.name for page in (first, second, third) for school in page.items]
    assert shown == [f"Trường THCS Số {number:02}" for number in range(25)]
    assert (first.total_text, third.next_cursor) == ("25 trường", None)


def test_schools_are_filtered_by_account_level_and_whether_they_go_on(app: Flask) -> None:
    empty, full = make_school("Trường THCS Kép", new_unit()), make_school("Trường THPT Kép", new_unit())
    make_user(Role.SCHOOL, school=full, password="")
    gone = add_school(SYSTEM, SchoolData("Trường cũ", level="upper", closed_on=clock.today()), new_unit())
    assert all_wanted(SYSTEM, SchoolFilter(account="yes")) == [full]
    assert all_wanted(SYSTEM, SchoolFilter(account="no")) == [empty]
    assert all_wanted(SYSTEM, SchoolFilter(closed=True, level="upper")) == [gone]
    assert all_wanted(SYSTEM, SchoolFilter(level="upper")) == []


def test_a_school_found_in_another_way_has_its_keys_too(app: Flask) -> None:
    school = make_school("Trường THCS Kép", unit_of("youth-2024"))
    assert school.found_by == "truong thcs kep"
    assert school.name_key
