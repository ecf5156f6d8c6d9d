"""A list of schools is recognised, previewed row by row, written once, and read again unchanged; on both databases."""

import time
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from contest_portal.accounts.actor import SYSTEM, Role
from contest_portal.contests import school_lists
from contest_portal.contests.models import School
from contest_portal.contests.models_schools import SchoolList
from contest_portal.contests.queries_schools import SchoolFilter, all_wanted, get_unit, unit_of_school_on, units_in
from contest_portal.contests.school_lists_planning import Act, Options, Plan
from contest_portal.contests.school_lists_reading import read_school_list
from contest_portal.contests.school_lists_writing import write_school_list, write_template
from contest_portal.core.database import db
from contest_portal.core.errors import NotAllowed, NotFound, Unusable
from contest_portal.core.i18n import language
from contest_portal.core.spreadsheets import read_workbook
from tests.at_once import at_once
from tests.counting import counted_statements
from tests.factories import actor_for, make_school, make_user
from tests.factories.schools import HEADS, school_list, school_row
from tests.factories.workbooks import workbook

DAY = date(2026, 9, 5)
NEW = "bac-ninh-2025"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return where uploads are kept."""
    return tmp_path


def stage(folder: Path, data: bytes, **options: Any) -> SchoolList:
    """Upload a list."""
    return school_lists.stage_list(SYSTEM, folder, data=data, file_name="Trường.xlsx", options=Options(DAY, **options))


def plan_of(folder: Path, data: bytes, **options: Any) -> Plan:
    """Return what a list would do."""
    return school_lists.preview_list(stage(folder, data, **options), folder)


def bring_in(folder: Path, data: bytes, *, partial: bool = False, **options: Any) -> dict[str, Any]:
    """Upload and confirm a list."""
    return school_lists.confirm_list(SYSTEM, stage(folder, data, **options), folder, partial=partial)


def counts(plan: Plan) -> list[int]:
    """Return how many rows are new, changed, unchanged and refused."""
    return [plan.count(act) for act in (Act.NEW, Act.CHANGED, Act.UNCHANGED, Act.REFUSED)]


def faults(plan: Plan) -> list[tuple[str, str, bool]]:
    """Return each fault's cell, its sentence and whether it keeps the row out."""
    return [(f"{f.column}{f.row}", str(f.message), f.fatal) for one in plan.rows for f in one.row.faults]


def schools() -> list[tuple[str, str | None]]:
    """Return each stored school with its unit."""
    return [(s.name, s.unit.name if s.unit else None) for s in db.session.scalars(select(School).order_by(School.id))]


TWO = school_list(
    school_row(1, "Trường THCS Kép", "Xã Kép"), school_row(2, "Trường THPT Tân Dĩnh", "07432", level="THPT")
)


def test_a_list_is_brought_in_with_all_it_says(app: Flask, folder: Path) -> None:
    assert bring_in(folder, TWO) == {"new": 2, "changed": 0, "unchanged": 0, "error": 0, "written": True}
    assert schools() == [("Trường THCS Kép", "Xã Kép"), ("Trường THPT Tân Dĩnh", "Xã Tân Dĩnh")]
    school = db.session.scalars(select(School).order_by(School.id)).first()
    assert school is not None
    said = (school.code, school.level, school.address, school.phone, school.email, school.head)
    assert said == ("24000001", "lower", "Thôn Đông", "0912345678", "truong1@bacninh.edu.vn", "Nguyễn Văn Hiệu")


def test_the_same_list_again_changes_nothing(app: Flask, folder: Path) -> None:
    bring_in(folder, TWO)
    plan = plan_of(folder, TWO)
    assert counts(plan) == [0, 0, 2, 0]
    assert faults(plan) == []


def test_what_is_downloaded_reads_again_without_change_whoever_takes_it(app: Flask, folder: Path) -> None:
    bring_in(folder, TWO)
    make_school("Trường Tiểu học Cũ", get_unit("bac-giang-2024", "217"))
    odd = make_school("=HYPERLINK(1)", get_unit(NEW, "07399"))
    odd.aliases, odd.level = ["Tên cũ", "Tên tắt"], "all"
    db.session.commit()
    make_school("Hội không đơn vị", None)
    with language("en"):
        data = write_school_list(all_wanted(SYSTEM, SchoolFilter()))
    plan = plan_of(folder, data)
    assert counts(plan) == [0, 0, 5, 0]
    cells = [cell for row in read_workbook(data).sheets[0].rows for cell in row]
    # Text, not a formula: a formula's value would be read.
    assert "=HYPERLINK(1)" in cells


def test_the_template_is_a_list_without_rows(app: Flask, folder: Path) -> None:
    sheets = read_workbook(write_template()).sheets
    assert [sheet.name for sheet in sheets] == ["Danh sách trường", "Hướng dẫn"]
    with pytest.raises(Unusable, match="Tên trường"):
        read_school_list(read_workbook(write_template()))


def test_columns_stand_in_any_order_under_many_names(app: Flask, folder: Path) -> None:
    data = workbook(
        ["Phòng GD"], ["SĐT", "Huyện/Xã", "Hiệu trưởng", "Trường", "Thư điện tử", "Sở thích"],
        ["912345678", "KÉP", "Lê A", "Trường THCS Kép", "a@b.vn", "Cờ"], ["", "", "", "Tổng cộng: 1"],
    )  # fmt: skip
    assert counts(plan_of(folder, data)) == [0, 0, 0, 1]
    data = workbook(
        ["SĐT", "Xã/Phường", "Hiệu trưởng", "Trường", "Thư điện tử", "Sở thích"],
        [912345678, "XÃ KÉP", "Lê A", "Trường THCS Kép", "a@b.vn", "Cờ"],
        ["Tổng số: 1 trường"],
    )
    plan = plan_of(folder, data)
    assert counts(plan) == [1, 0, 0, 0]
    assert plan.ignored == ["Sheet: Sở thích"]
    assert plan.rows[0].values["phone"] == "0912345678"


def test_each_problem_names_its_cell_and_what_to_do(app: Flask, folder: Path) -> None:
    data = workbook(
        HEADS,
        school_row(1, "", "Xã Kép"),
        school_row(2, "Trường THCS A", "Xã Không Có"),
        school_row(3, "Trường THCS B", ""),
        school_row(4, "Trường THCS C", "Xã Kép", email="không phải thư", level="cấp chín"),
        school_row(5, "Trường THCS D", "Huyện Lạng Giang"),
        school_row(6, "Trường THCS E", "Xã Kép", phone="12"),
    )
    plan = plan_of(folder, data)
    assert counts(plan) == [0, 0, 0, 6]
    assert [(cell, words.split(".")[0]) for cell, words, _fatal in faults(plan)] == [
        ("C2", "Dòng này chưa có tên trường"),
        ("D3", "Không có đơn vị này trong danh mục"),
        ("D4", "Chưa rõ trường thuộc đơn vị nào"),
        ("H5", "Địa chỉ thư chưa đúng, ví dụ đúng: ten@truong"),
        ("E5", "Không rõ cấp học"),
        ("D6", "Đơn vị này không tồn tại vào ngày 05/09/2026"),
        ("G7", "Số điện thoại cần ít nhất 9 chữ số, ví dụ 0912 345 678"),
    ]


def test_rows_without_a_unit_take_the_one_that_was_chosen(app: Flask, folder: Path) -> None:
    data = workbook(["Tên trường"], ["Trường THCS Kép"], ["Trường THPT Kép"])
    assert counts(plan_of(folder, data)) == [0, 0, 0, 2]
    assert bring_in(folder, data, unit=get_unit(NEW, "07399"))["new"] == 2
    assert schools() == [("Trường THCS Kép", "Xã Kép"), ("Trường THPT Kép", "Xã Kép")]


def test_doubles_are_refused_and_near_names_are_flagged(app: Flask, folder: Path) -> None:
    make_school("Trường THCS Nguyễn Trãi", get_unit(NEW, "07399"))
    data = school_list(
        school_row(1, "Trường THCS Kép", "Xã Kép"),
        school_row(2, "TRƯỜNG THCS KÉP", "Xã Kép"),
        school_row(3, "Trường Trung học cơ sở Kép", "Xã Kép"),
        school_row(4, "Trường THCS Nguyễn Trải A", "Xã Kép", code="24000001"),
        school_row(5, "THCS Nguyễn Trãi", "Xã Kép"),
    )
    plan = plan_of(folder, data)
    assert counts(plan) == [3, 0, 0, 2]
    assert faults(plan) == [
        ("C6", "Trùng với dòng 5. Hãy giữ một dòng.", True),
        ("C7", "Gần giống dòng 5 “Trường THCS Kép”. Nếu là một, hãy bỏ một dòng.", False),
        ("C8", "Trùng với dòng 5. Hãy giữ một dòng.", True),
        ("C8", "Gần giống “Trường THCS Nguyễn Trãi” đã có. Nếu là một, hãy sửa tên cho khớp.", False),
        ("C9", "Gần giống “Trường THCS Nguyễn Trãi” đã có. Nếu là một, hãy sửa tên cho khớp.", False),
    ]


def test_a_list_with_refused_rows_writes_nothing_unless_asked(app: Flask, folder: Path) -> None:
    data = school_list(school_row(1, "Trường THCS Kép", "Xã Kép"), school_row(2, "", "Xã Kép"))
    kept = stage(folder, data)
    assert school_lists.confirm_list(SYSTEM, kept, folder)["written"] is False
    assert schools() == []
    assert school_lists.confirm_list(SYSTEM, kept, folder, partial=True)["written"] is True
    assert schools() == [("Trường THCS Kép", "Xã Kép")]


def test_a_blank_cell_changes_nothing_and_another_value_is_shown(app: Flask, folder: Path) -> None:
    bring_in(folder, TWO)
    data = school_list(school_row(1, "Trường THCS Phố Kép", "Xã Kép", email="", phone="0987 654 321", head=""))
    plan = plan_of(folder, data)
    assert counts(plan) == [0, 1, 0, 0]
    assert plan.rows[0].changes == [
        ("Tên trường", "Trường THCS Kép", "Trường THCS Phố Kép"),
        ("Điện thoại", "0912345678", "0987654321"),
    ]
    bring_in(folder, data)
    school = db.session.scalars(select(School).where(School.code == "24000001")).one()
    assert (school.name, school.email) == ("Trường THCS Phố Kép", "truong1@bacninh.edu.vn")
    assert school.name_folded == "truong thcs pho kep"


def test_capitals_do_not_rename_a_school(app: Flask, folder: Path) -> None:
    make_school("Trường THCS Kép", get_unit(NEW, "07399"))
    assert counts(plan_of(folder, workbook(["Tên trường", "Đơn vị"], ["TRƯỜNG THCS KÉP", "XÃ KÉP"]))) == [0, 0, 1, 0]


def test_a_school_of_a_unit_that_is_no_more_moves_as_of_the_day(app: Flask, folder: Path) -> None:
    school = make_school("Trường THCS Kép", get_unit("bac-giang-2024", "217"))
    data = workbook(["Tên trường", "Đơn vị"], ["Trường THCS Kép", "Xã Kép"])
    plan = plan_of(folder, data)
    assert counts(plan) == [0, 1, 0, 0]
    assert plan.rows[0].changes[-1] == ("Đơn vị", "Huyện Lạng Giang", "Xã Kép")
    assert bring_in(folder, data)["changed"] == 1
    assert schools() == [("Trường THCS Kép", "Xã Kép")]
    before = unit_of_school_on(school, date(2026, 9, 4))
    assert before is not None
    assert before.name == "Huyện Lạng Giang"
    assert counts(plan_of(folder, data)) == [0, 0, 1, 0]


def test_a_school_of_the_same_name_stays_another_where_that_is_asked(app: Flask, folder: Path) -> None:
    make_school("Trường THCS Kép", get_unit("bac-giang-2024", "217"))
    data = workbook(["Tên trường", "Đơn vị"], ["Trường THCS Kép", "Xã Kép"])
    plan = plan_of(folder, data, moved=False)
    assert counts(plan) == [1, 0, 0, 0]
    assert "Huyện Lạng Giang" in faults(plan)[0][1]


@pytest.mark.parametrize(
    "data", [b"", b"PK\x03\x04 broken", b"%PDF-1.7", workbook(["Tên đội", "Thành viên"], ["A", "B"])]
)
def test_an_unusable_file_gets_a_sentence(app: Flask, folder: Path, data: bytes) -> None:
    with pytest.raises(Unusable):
        stage(folder, data)
    assert list(folder.iterdir()) == []


def test_a_list_is_its_uploaders_and_confirmed_once_by_many(app: Flask, folder: Path) -> None:
    kept = stage(folder, TWO)
    token = kept.token
    other = actor_for(make_user(Role.ORGANISER, password=""))
    with pytest.raises(NotFound):
        school_lists.get_list(other, token)

    def confirm(_number: int) -> Any:
        mine = db.session.scalars(select(SchoolList).where(SchoolList.token == token)).one()
        return school_lists.confirm_list(SYSTEM, mine, folder)["new"]

    assert at_once(app, confirm, 4) == [2] * 4
    assert db.session.scalar(select(func.count()).select_from(School)) == 2


def test_only_keepers_of_the_list_bring_one_in(app: Flask, folder: Path) -> None:
    kept = stage(folder, TWO)
    for role in (Role.SCHOOL, Role.COORDINATOR, Role.AUDITOR):
        actor = actor_for(make_user(role, school=make_school(), unit=get_unit(NEW, "07399"), password=""))
        with pytest.raises(NotAllowed):
            school_lists.stage_list(actor, folder, data=TWO, file_name="x", options=Options(DAY))
        with pytest.raises(NotAllowed):
            school_lists.confirm_list(actor, kept, folder)


def test_two_thousand_schools_come_in_quickly_with_few_statements(app: Flask, folder: Path) -> None:
    units = [unit.code for unit in get_units()]
    rows = [
        school_row(n, f"Trường THCS {WORDS[n % 20]} {WORDS[n // 20 % 20]} {n}", units[n % len(units)])
        for n in range(2000)
    ]
    kept = stage(folder, school_list(*rows))
    began = time.monotonic()
    with counted_statements() as sent:
        outcome = school_lists.confirm_list(SYSTEM, kept, folder)
    assert outcome["new"] == 2000
    assert len(sent) < 40
    assert time.monotonic() - began < 20
    assert counts(school_lists.preview_list(stage(folder, school_list(*rows)), folder)) == [0, 0, 2000, 0]


def get_units() -> list[Any]:
    """Return the communes and wards of 2025."""
    return [unit for unit, _schools in units_in(NEW)]


WORDS = "An Bình Chi Dĩnh Đông Giang Hà Kép Lan Mai Nam Phúc Quang Sơn Tân Uyên Việt Xuân Yên Ấm".split()
