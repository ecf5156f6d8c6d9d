"""What is wrong on a row, said with its place and what to do."""

from datetime import date
from typing import Any

import pytest

from contest_portal.core.errors import Unusable
from tests.factories.grids import PEOPLE, TEAMS, YOUTH, people, said, table

ROW = [1.0, "Tia Chớp", "Trường A", "Lê Chi", "18/10/2012", "6A", "", "", "", "Hà Văn", ""]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({4: "31/2/2012"}, (2, "E", "31/2/2012", "Ngày không có trong lịch")),
        ({4: "2012"}, (2, "E", "2012", "Mới có năm")),
        ({4: 2012.0}, (2, "E", "2012", "Mới có năm")),
        ({4: "01/01/2030"}, (2, "E", "01/01/2030", "còn ở phía trước")),
        ({4: "18/10/2012\n19/10/2012"}, (2, "E", "18/10/2012 19/10/2012", "Có 1 họ tên nhưng 2 mục")),
        ({1: ""}, (2, "B", "", "Thiếu tên đội")),
        ({1: "x" * 301}, (2, "B", "x" * 200, "dài quá 300")),
        ({1: "#REF!"}, (2, "B", "#REF!", "lỗi công thức")),
        ({4: "#REF!"}, (2, "E", "#REF!", "lỗi công thức")),
        ({3: "#REF!"}, (2, "D", "#REF!", "lỗi công thức")),
        ({3: "", 4: "", 5: "", 9: ""}, (2, "D", "", "Không có người dự thi")),
        ({7: "01/02/2012"}, (2, "G", "", "thiếu họ và tên")),
        ({3: "Lê Chi 2"}, (2, "D", "Lê Chi 2", "Họ và tên chưa đúng")),
        ({6: "Lê Chi", 7: "18/10/2012"}, (2, "G", "Lê Chi", "hai lần")),
    ],
)
def test_problem_names_row_column_value_and_remedy(change: dict[int, Any], problem: tuple[int, str, str, str]) -> None:
    """Say of each mistake where it is, what stands there and what to do."""
    (entry,) = table(TEAMS, [change.get(index, cell) for index, cell in enumerate(ROW)]).rows
    assert entry.rejected
    (found,) = said(entry)
    assert found[:3] == problem[:3]
    assert problem[3] in found[3]
    assert found[3].endswith(".")


def test_the_row_itself_is_good() -> None:
    """See that the mistakes above are not the row's own."""
    assert not table(TEAMS, ROW).rows[0].problems


def test_unknown_role_and_odd_marks_are_told() -> None:
    """Name an unknown role, a score that is none, and a mark that says neither yes nor no."""
    (entry,) = table(PEOPLE, [1.0, "Tia Chớp", "Trường A", "Lê Chi", "", "6A", "Trọng tài"]).rows
    assert [(row, column, value) for row, column, value, _ in said(entry)] == [(2, "G", "Trọng tài")]
    (work,) = table(YOUTH, [1.0, "Tủ", "Phần mềm", "Lê Chi", "", "", "", "cao", "có lẽ"]).rows
    assert [(column, value) for _, column, value, _ in said(work)] == [("H", "cao"), ("I", "có lẽ")]
    (other,) = table(YOUTH, [1.0, "Tủ", "Phần mềm", "Lê Chi", "", "", "", -5.0, ""]).rows
    assert said(other)[0][1:3] == ("H", "-5")


def test_names_and_birthdays_that_do_not_agree() -> None:
    """Tell how many names stand beside how many birthdays, and give nobody somebody else's."""
    (entry,) = table(
        YOUTH, [1.0, "Tủ", "Phần mềm", "Lê Chi\nVũ Nam\nĐỗ An", "18/10/2012\n05/06/2011", "Lớp 6A", "", 50.0, ""]
    ).rows
    assert "Có 3 họ tên nhưng 2 mục" in said(entry)[0][3]
    assert [person.birth_date for person in entry.people] == [None, None, None]


def test_one_bad_day_among_good_ones() -> None:
    """Point at the one bad day and keep the others in their places."""
    (entry,) = table(
        YOUTH, [1.0, "Tủ", "Phần mềm", "Lê Chi\nVũ Nam", "30/02/2012\n05/06/2011", "Lớp 6A", "", 50.0, ""]
    ).rows
    assert [(column, value) for _, column, value, _ in said(entry)] == [("E", "30/02/2012")]
    assert [person.birth_date for person in entry.people] == [None, date(2011, 6, 5)]


def test_a_coach_written_on_every_row_is_one_coach() -> None:
    """Count a repeated coach once."""
    (entry,) = table(
        ["STT", "Tên đội", "Thành viên", "Lớp", "HLV"],
        [1.0, "Tia Chớp", "Lê Chi", "6A", "Hà Văn"],
        ["", "", "Vũ Nam", "7B", "Hà Văn"],
    ).rows
    assert people(entry) == [("member", "Lê Chi"), ("coach", "Hà Văn"), ("member", "Vũ Nam")]
    assert not entry.problems


@pytest.mark.parametrize(
    ("rows", "missing"),
    [
        ([["a", "b"], ["c", "d"]], ["Tên đội", "Họ và tên"]),
        ([["STT", "Tên đội", "Trường"], [1.0, "Tia Chớp", "Trường A"]], ["Họ và tên"]),
        ([["STT", "Họ và tên", "Lớp"], [1.0, "Lê Chi", "6A"]], ["Tên đội"]),
    ],
)
def test_missing_heading_is_told(rows: list[list[Any]], missing: list[str]) -> None:
    """Name the columns that are missing, and no others."""
    with pytest.raises(Unusable) as caught:
        table(*rows)
    sentence = str(caught.value)
    assert [word for word in ("Tên đội", "Họ và tên") if word in sentence] == missing
