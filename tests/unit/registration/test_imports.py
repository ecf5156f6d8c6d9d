"""Lists of teams come in: created, updated, left alone, refused; on both databases."""

from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, func, select

from contest_portal.accounts.actor import SYSTEM, Actor, Role
from contest_portal.contests.models import Edition, School
from contest_portal.contests.queries import get_edition
from contest_portal.core import clock
from contest_portal.core.audit import AuditRecord
from contest_portal.core.database import db
from contest_portal.core.errors import Invalid, NotAllowed
from contest_portal.core.spreadsheets import read_workbook
from contest_portal.registration.imports import Action, ImportPlan, apply_plan, plan_import
from contest_portal.registration.models import Entry, EntryEvent, Participant
from contest_portal.registration.rules import Closed
from contest_portal.registration.services import move_entry
from contest_portal.registration.status import Status
from contest_portal.registration.tables import read_tables
from tests.factories.people import actor_for, make_school, make_user, unit_of
from tests.factories.registration import open_edition
from tests.factories.workbooks import TEAM_HEADS, team, teams, workbook

CODE = "robocon-2024"
DAY, LATER = date(2024, 5, 20), date(2024, 5, 25)


@pytest.fixture
def edition(app: Flask) -> Edition:
    """Return the robot contest."""
    return get_edition(CODE)


def planned(
    data: bytes, actor: Actor = SYSTEM, effective: date | None = DAY, code: str = CODE, **more: Any
) -> ImportPlan:
    """Plan a workbook."""
    return plan_import(actor, get_edition(code), read_tables(read_workbook(data)), effective=effective, **more)


def imported(
    data: bytes, actor: Actor = SYSTEM, effective: date | None = DAY, code: str = CODE, **more: Any
) -> dict[str, int]:
    """Import a workbook and return the figures above nought."""
    plan = planned(data, actor, effective, code, **more)
    apply_plan(actor, plan, file_name="danh-sach.xlsx")
    return {action.value: plan.count(action) for action in Action if plan.count(action)}


def problems(plan: ImportPlan) -> list[tuple[int, str, str]]:
    """Return row, column and value of each problem that keeps a row out."""
    return [(problem.row, problem.column, problem.value) for problem in plan.problems if problem.fatal]


def entries() -> list[Entry]:
    """Return what is stored, read anew."""
    db.session.expire_all()
    return list(db.session.scalars(select(Entry).order_by(Entry.id)))


def events_of(entry: Entry, kind: str = "changed") -> list[EntryEvent]:
    """Return an entry's events of one kind."""
    wanted = select(EntryEvent).where(EntryEvent.entry_id == entry.id, EntryEvent.kind == kind)
    return list(db.session.scalars(wanted.order_by(EntryEvent.id)))


def test_new_teams_are_registered_as_of_the_day(edition: Edition) -> None:
    assert imported(teams(team(1), team(2))) == {"create": 2}
    one, _two = entries()
    assert (one.title, one.status, one.status_on) == ("Đội 1", Status.SUBMITTED, DAY)
    assert (one.school.name, one.school.kind, one.unit.name, one.division.code) == (
        "Trường THCS Số 1", "school", "Huyện Lạng Giang", "B",
    )  # fmt: skip
    assert one.reference.startswith("RB24-")
    assert [
        (p.role, p.full_name, p.birth_date, p.class_name, p.grade, p.phone, p.joined_on) for p in one.participants
    ] == [
        ("member", "Lê Văn Bn", date(2011, 10, 18), "7A", 7, None, DAY),
        ("member", "Vũ Thị Bn", date(2010, 2, 2), "8B", 8, None, DAY),
        ("coach", "Hà Văn Bn", None, None, None, "0912345678", DAY),
    ]
    (born,) = events_of(one, "moved")
    assert (born.status_from, born.status_to, born.happened_on, born.source) == (None, "submitted", DAY, "import")
    assert born.recorded_at.date() >= DAY


def test_same_list_again_changes_nothing(edition: Edition) -> None:
    data = teams(team(1), team(2))
    imported(data)
    before = db.session.scalar(select(func.count(EntryEvent.id)))
    versions = [entry.version for entry in entries()]
    assert imported(data, effective=LATER) == {"unchanged": 2}
    assert [entry.version for entry in entries()] == versions
    assert db.session.scalar(select(func.count(EntryEvent.id))) == before
    assert len(list(db.session.scalars(select(School).where(School.name_folded.like("truong thcs so%"))))) == 2


def test_corrected_list_updates_what_differs(edition: Edition) -> None:
    imported(teams(team(1), team(2)))
    corrected = team(1, c1="ĐỘI 1", c6="7C", c7="Đỗ Thị Mới", c8="03/03/2010")
    plan = planned(teams(corrected, team(2)), effective=LATER)
    assert [(c.part, c.name, c.before, c.after) for c in plan.rows[0].changes] == [
        ("details", "title", "Đội 1", "ĐỘI 1"),
        ("person", "class_name", "7A", "7C"),
        ("person", "joined", None, "Đỗ Thị Mới"),
        ("person", "left", "Vũ Thị Bn", None),
    ]
    assert imported(teams(corrected, team(2)), effective=LATER) == {"update": 1, "unchanged": 1}
    one = entries()[0]
    assert (one.title, one.title_folded, one.status_on) == ("ĐỘI 1", "doi 1", DAY)
    assert [(p.full_name, p.class_name) for p in one.participants] == [
        ("Lê Văn Bn", "7C"), ("Hà Văn Bn", None), ("Đỗ Thị Mới", "8B"),
    ]  # fmt: skip
    gone = db.session.scalars(select(Participant).where(Participant.left_on.is_not(None))).one()
    assert (gone.full_name, gone.left_on, gone.joined_on) == ("Vũ Thị Bn", LATER, DAY)
    assert one.participants[-1].joined_on == LATER
    written = events_of(one)
    assert [e.details["part"].partition(":")[0] for e in written] == ["details", "person", "person", "person"]
    assert all(e.happened_on == LATER and e.source == "import" for e in written)
    assert written[0].details["before"] == {"title": "Đội 1"}
    assert written[0].details["after"] == {"title": "ĐỘI 1"}
    assert imported(teams(corrected, team(2)), effective=LATER) == {"unchanged": 2}


def test_renamed_team_of_the_same_people_is_the_same_team(edition: Edition) -> None:
    imported(teams(team(1)))
    assert imported(teams(team(1, c1="Rồng Xanh")), effective=LATER) == {"update": 1}
    assert [(entry.title, entry.title_folded) for entry in entries()] == [("Rồng Xanh", "rong xanh")]


def test_team_that_moved_to_another_school_takes_its_people_along(edition: Edition) -> None:
    imported(teams(team(1)))
    assert imported(teams(team(1, c2="Trường THCS Mới")), effective=LATER) == {"update": 1}
    (one,) = entries()
    assert one.school.name == "Trường THCS Mới"
    assert "school_id" in events_of(one)[0].details["after"]


def test_one_name_in_two_schools_are_two_teams(edition: Edition) -> None:
    imported(teams(team(1, c1="Thần Tốc 006")))
    assert imported(teams(team(2, c1="Thần Tốc 006"))) == {"create": 1}
    assert [entry.school.name for entry in entries()] == ["Trường THCS Số 1", "Trường THCS Số 2"]


def test_unit_is_told_by_the_row_then_by_hand_then_by_the_lines_above(edition: Edition) -> None:
    def unit_read(*rows: Any, **more: Any) -> str:
        wanted = planned(workbook(*rows), **more).rows[0].wanted
        return wanted.unit.name if wanted.unit else ""

    title, named, silent = ["UBND HUYỆN TÂN YÊN"], team(1), team(1, c11="")
    by_hand = unit_of(CODE, "Huyện Yên Thế")
    assert unit_read(title, TEAM_HEADS, named, unit=by_hand) == "Huyện Lạng Giang"
    assert unit_read(title, TEAM_HEADS, silent, unit=by_hand) == "Huyện Yên Thế"
    assert unit_read(title, TEAM_HEADS, silent) == "Huyện Tân Yên"
    assert unit_read(TEAM_HEADS, silent) == ""


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"c11": "Huyện Gia Bình"}, (2, "L", "Huyện Gia Bình")),
        ({"c3": "Bảng Z"}, (2, "D", "Bảng Z")),
        ({"c5": "31/2/2011"}, (2, "F", "31/2/2011")),
        ({"c3": "THPT"}, (2, "G", "7A")),
        ({"c6": ""}, (2, "G", "")),
        ({"c10": ""}, (2, "E", "0")),
        ({"c2": ""}, (2, "C", "")),
    ],
)
def test_row_against_the_rules_is_refused_with_its_place(
    edition: Edition, change: dict[str, Any], place: tuple[int, str, str]
) -> None:
    plan = planned(teams(team(1, **change), team(2)))
    assert [row.action for row in plan.rows] == [Action.REJECTED, Action.CREATE]
    assert problems(plan)[0] == place
    assert plan.people == 3


def test_unknown_place_is_answered_with_those_that_are_accepted(edition: Edition) -> None:
    unit, division = (planned(teams(team(1, **{cell: "Z"}))).problems[0].message for cell in ("c11", "c3"))
    assert "Huyện Lạng Giang" in str(unit)
    assert "Bảng A" in str(division)


def test_row_written_twice_is_refused_once(edition: Edition) -> None:
    plan = planned(teams(team(1), team(2), team(1)))
    assert [row.action for row in plan.rows] == [Action.CREATE, Action.CREATE, Action.REJECTED]
    assert "dòng 2" in str(plan.problems[0].message)


def test_division_follows_from_the_classes_where_the_list_does_not_say(edition: Edition) -> None:
    plan = planned(teams(team(1, c3="")))
    assert plan.rows[0].wanted.division.code == "B"
    assert imported(teams(team(1, c3=""))) == {"create": 1}


def test_dates_ahead_and_too_early_are_refused(edition: Edition) -> None:
    with pytest.raises(Invalid, match="phía trước"):
        planned(teams(team(1)), effective=date(2999, 1, 1))
    imported(teams(team(1)), effective=LATER)
    plan = planned(teams(team(1, c6="7C")), effective=DAY)
    assert [row.action for row in plan.rows] == [Action.REJECTED]
    assert "sớm hơn" in str(plan.problems[0].message)
    assert [row.action for row in planned(teams(team(1)), effective=DAY).rows] == [Action.UNCHANGED]


def test_entry_is_born_on_the_day_its_own_row_names(app: Flask) -> None:
    heads = ["TT", "Tên giải pháp", "Lĩnh vực", "Tác giả", "Cơ quan công tác", "Điện thoại", "Ngày nhận hồ sơ"]
    rows = [
        [1, "Xe", "Y dược", "Vũ Nga", "Bệnh viện tỉnh", "0912345678", "01/04/2024"],
        [2, "Máy", "Y dược", "Vũ Ba", "Bệnh viện tỉnh", "", ""],
    ]
    assert imported(workbook(heads, *rows), code="technical-2024", effective=DAY) == {"create": 2}
    assert [entry.status_on for entry in entries()] == [date(2024, 4, 1), DAY]
    assert {(entry.school.name, entry.school.kind, entry.unit_id) for entry in entries()} == {
        ("Bệnh viện tỉnh", "organisation", None)
    }
    ahead = planned(workbook(heads, [1, "Xe", "Y dược", "Vũ Nga", "", "", "01/04/2099"]), code="technical-2024")
    assert problems(ahead) == [(2, "G", "2099-04-01")]


def test_withdrawn_team_does_not_come_back_by_an_old_list(edition: Edition) -> None:
    imported(teams(team(1)))
    move_entry(SYSTEM, entries()[0], Status.WITHDRAWN, reason="Đổi ý")
    plan = planned(teams(team(1)), effective=None)
    assert [row.action for row in plan.rows] == [Action.UNCHANGED]
    assert [(problem.fatal, "đã rút" in str(problem.message)) for problem in plan.problems] == [(False, True)]


def test_reference_in_the_list_is_the_surest(edition: Edition) -> None:
    imported(teams(team(1)))
    reference = entries()[0].reference
    renamed = workbook([*TEAM_HEADS, "Mã số"], [*team(5), reference.lower()])
    assert imported(renamed, effective=LATER) == {"update": 1}
    assert [entry.title for entry in entries()] == ["Đội 5"]


class TestWhoMay:
    """Organisers everything, a unit its own, a school its own, others nothing."""

    def test_coordinator_brings_the_own_unit_only(self, edition: Edition) -> None:
        actor = actor_for(make_user(Role.COORDINATOR, unit=unit_of(CODE)))
        plan = planned(teams(team(1), team(2, c11="Yên Thế"), team(3, c11="")), actor)
        assert [row.action for row in plan.rows] == [Action.CREATE, Action.REJECTED, Action.CREATE]
        assert problems(plan) == [(3, "L", "Yên Thế")]
        assert plan.rows[2].wanted.unit.name == "Huyện Lạng Giang"

    def test_coordinator_never_touches_another_units_entry(self, edition: Edition) -> None:
        imported(teams(team(1, c11="Yên Thế")))
        reference = entries()[0].reference
        actor = actor_for(make_user(Role.COORDINATOR, unit=unit_of(CODE)))
        # A reference of the portal that is not theirs is unknown to them; it neither changes nor adds anything.
        plan = planned(workbook([*TEAM_HEADS, "Mã số"], [*team(1), reference]), actor)
        assert [row.action for row in plan.rows] == [Action.REJECTED]
        assert plan.rows[0].entry is None and "mang mã này" in str(plan.problems[0].message)

    def test_school_brings_its_own_while_registration_is_open(self, edition: Edition) -> None:
        open_edition(CODE)
        school = make_school("Trường THCS Số 1", unit_of(CODE))
        actor = actor_for(make_user(Role.SCHOOL, school=school))
        plan = planned(teams(team(1), team(2), team(3, c2="")), actor, None)
        assert [row.action for row in plan.rows] == [Action.CREATE, Action.REJECTED, Action.CREATE]
        assert {row.wanted.school.found.id for row in plan.rows if not row.rejected} == {school.id}

    def test_what_a_school_brings_are_drafts_until_it_hands_them_in(self, edition: Edition) -> None:
        open_edition(CODE)
        school = make_school("Trường THCS Số 1", unit_of(CODE))
        actor = actor_for(make_user(Role.SCHOOL, school=school))
        imported(teams(team(1)), actor, None)
        assert [entry.status for entry in entries()] == [Status.DRAFT]
        # The same list again, corrected, stays a draft and the same entry.
        assert imported(teams(team(1, c6="7C")), actor, None) == {"update": 1}
        assert [(entry.status, len(entry.participants)) for entry in entries()] == [(Status.DRAFT, 3)]

    def test_school_is_refused_after_the_deadline(self, edition: Edition) -> None:
        actor = actor_for(make_user(Role.SCHOOL, school=make_school(unit=unit_of(CODE))))
        with pytest.raises(Closed):
            planned(teams(team(1)), actor)

    def test_school_does_not_change_what_has_gone_on(self, edition: Edition) -> None:
        open_edition(CODE)
        school = make_school("Trường THCS Số 1", unit_of(CODE))
        actor = actor_for(make_user(Role.SCHOOL, school=school))
        imported(teams(team(1)), actor, None)
        for status in (Status.SUBMITTED, Status.SCORED):
            move_entry(SYSTEM, entries()[0], status)
        plan = planned(teams(team(1, c6="7C")), actor, None)
        assert [row.action for row in plan.rows] == [Action.REJECTED]
        assert "Ban Tổ chức" in str(plan.problems[0].message)

    @pytest.mark.parametrize("role", [Role.JUDGE, Role.AUDITOR, Role.ADMINISTRATOR])
    def test_others_bring_nothing(self, edition: Edition, role: Role) -> None:
        with pytest.raises(NotAllowed):
            planned(teams(team(1)), actor_for(make_user(role)))

    def test_organiser_of_another_edition_brings_nothing(self, edition: Edition) -> None:
        with pytest.raises(NotAllowed):
            planned(teams(team(1)), actor_for(make_user(Role.ORGANISER, edition=get_edition("youth-2024"))))


def test_import_is_one_act_in_the_log(edition: Edition) -> None:
    imported(teams(team(1), team(2)))
    (record,) = db.session.scalars(select(AuditRecord).where(AuditRecord.action == "entries.imported"))
    assert (record.actor_name, record.subject) == ("system", CODE)
    assert record.after["file"] == "danh-sach.xlsx"
    assert (record.after["create"], record.after["people"], record.after["effective"]) == (2, 6, "2024-05-20")


def test_reading_costs_the_same_statements_for_one_row_and_for_many(edition: Edition) -> None:
    def selects(rows: int) -> int:
        data = teams(*(team(number) for number in range(1, rows + 1)))
        imported(data)
        counted: list[str] = []
        event.listen(db.engine, "before_cursor_execute", watch := lambda *args: counted.append(args[2]))
        imported(data)
        event.remove(db.engine, "before_cursor_execute", watch)
        return sum(statement.lstrip().startswith("SELECT") for statement in counted)

    assert selects(1) == selects(12)


def test_dates_are_judged_by_the_portals_clock(edition: Edition, at: Any) -> None:
    at(2024, 5, 19)
    with pytest.raises(Invalid):
        planned(teams(team(1)), effective=DAY)
    at(2024, 5, 20, 0, 0, 1)
    assert clock.today() == DAY
    assert [row.action for row in planned(teams(team(1)), effective=DAY).rows] == [Action.CREATE]


def test_school_without_a_unit_is_the_one_of_that_name(edition: Edition) -> None:
    imported(teams(team(1), team(2)))
    assert imported(teams(team(3, c2="Trường THCS Số 2", c11=""))) == {"create": 1}
    schools = [entry.school_id for entry in entries()]
    assert schools[2] == schools[1]


def test_unit_named_in_the_column_of_schools(app: Flask) -> None:
    heads = ["TT", "Tên mô hình", "Lĩnh vực", "Tác giả", "Ngày sinh", "Lớp, trường", "Đơn vị"]
    row = [1, "Tủ", "Phần mềm", "Vũ Nga", "18/10/2011", "Lớp 7A, Trường THCS Kép", "Huyện Lạng Giang"]
    wanted = planned(workbook(heads, row), code="youth-2024").rows[0].wanted
    assert wanted.unit is not None
    assert wanted.school is not None
    assert (wanted.unit.name, wanted.school.name) == ("Huyện Lạng Giang", "Trường THCS Kép")
