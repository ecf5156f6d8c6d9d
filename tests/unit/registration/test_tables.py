"""Tables as they come: each layout, each trap, and the season's own workbooks."""

import io
import json
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from contest_portal.core.errors import Unusable
from contest_portal.core.spreadsheets import Sheet, read_workbook
from contest_portal.registration.columns import Kind
from contest_portal.registration.tables import ParsedEntry, ParsedTable, read_table, read_tables

SAMPLES = Path(__file__).resolve().parents[4] / "shared" / "samples" / "season-2024"
TODAY = date(2024, 6, 1)
YOUTH = [
    "TT",
    "Tên mô hình",
    "Lĩnh vực",
    "Tác giả, nhóm tác giả",
    "Ngày sinh",
    "Lớp, trường",
    "Giáo viên hướng dẫn",
    "Điểm",
    "Đề nghị dự thi cấp tỉnh",
]
TEAMS = [
    "STT",
    "Tên đội",
    "Trường",
    "Thành viên 1",
    "Ngày sinh",
    "Lớp",
    "Thành viên 2",
    "Ngày sinh",
    "Lớp",
    "HLV",
    "Điện thoại",
]
PEOPLE = ["STT", "Đội", "Trường", "Họ và tên", "Ngày sinh", "Lớp", "Vai trò"]


def table(*rows: Sequence[Any], merges: Sequence[tuple[int, int, int, int]] = ()) -> ParsedTable:
    """Read rows as one sheet, short ones filled up."""
    width = max(map(len, rows))
    grid = [[*row, *[""] * (width - len(row))] for row in rows]
    errors = {(r, c): v for r, row in enumerate(grid) for c, v in enumerate(row) if v == "#REF!"}
    return read_table(Sheet("Danh sách", False, grid, list(merges), errors), TODAY)


def said(entry: ParsedEntry) -> list[tuple[int, str, str, str]]:
    """Return an entry's problems as a reader sees them."""
    return [(p.row, p.column, p.value, str(p.message)) for p in entry.problems]


def people(entry: ParsedEntry) -> list[tuple[str, str]]:
    """Return roles and names."""
    return [(person.role, person.full_name) for person in entry.people]


def test_one_row_a_team_with_a_heading_of_two_levels() -> None:
    """Read "Thành viên 1" merged over name, birthday and class."""
    found = table(
        ["SỞ GIÁO DỤC VÀ ĐÀO TẠO BẮC GIANG"],
        [],
        [
            "TT",
            "Tên đội",
            "Đơn vị (trường)",
            "Bảng",
            "Thành viên 1",
            "",
            "",
            "Thành viên 2",
            "",
            "",
            "Người hướng dẫn",
            "Huyện, TX, TP",
        ],
        ["", "", "", "", "Họ và tên", "Ngày sinh", "Lớp", "Họ và tên", "Ngày sinh", "Lớp", "", ""],
        [
            1.0,
            "Tia Chớp",
            "Trường THCS Kép",
            "THCS",
            "Lê Chi",
            "18/10/2012",
            "6A",
            "Vũ Nam",
            date(2011, 2, 2),
            "7B",
            "Hà Văn - ĐT: 0916919189",
            "Lạng Giang",
        ],
        merges=[
            (2, 4, 2, 6),
            (2, 7, 2, 9),
            (2, 0, 3, 0),
            (2, 1, 3, 1),
            (2, 2, 3, 2),
            (2, 3, 3, 3),
            (2, 10, 3, 10),
            (2, 11, 3, 11),
        ],
    )
    (entry,) = found.rows
    assert found.header_rows == (3, 4)
    assert (entry.row, entry.title, entry.school, entry.unit, entry.division) == (
        5,
        "Tia Chớp",
        "Trường THCS Kép",
        "Lạng Giang",
        "THCS",
    )
    assert people(entry) == [("member", "Lê Chi"), ("member", "Vũ Nam"), ("coach", "Hà Văn")]
    assert [person.birth_date for person in entry.people] == [date(2012, 10, 18), date(2011, 2, 2), None]
    assert [person.class_name for person in entry.people] == ["6A", "7B", None]
    assert entry.people[2].phone == "0916919189"
    assert not entry.problems


def test_two_levels_without_merging() -> None:
    """Read the upper heading over the columns to its right where nothing is merged."""
    found = table(
        ["TT", "Tên đội", "Thành viên 1", "", "Thành viên 2", "", "HLV"],
        ["", "", "Họ và tên", "Lớp", "Họ và tên", "Lớp", ""],
        [1.0, "Tia Chớp", "Lê Chi", "6A", "Vũ Nam", "7B", "Hà Văn"],
    )
    assert [(p.full_name, p.class_name) for p in found.rows[0].people] == [
        ("Lê Chi", "6A"),
        ("Vũ Nam", "7B"),
        ("Hà Văn", None),
    ]


def test_more_columns_below_than_above() -> None:
    """Take both levels when the lower one is the fuller."""
    found = table(
        ["TT", "Tên đội", "Thành viên 1", "", "", "Thành viên 2", "", ""],
        ["", "", "Họ và tên", "Ngày sinh", "Lớp", "Họ và tên", "Ngày sinh", "Lớp"],
        [1.0, "Tia Chớp", "Lê Chi", "18/10/2012", "6A", "", "", ""],
        merges=[(0, 2, 0, 4), (0, 5, 0, 7), (0, 0, 1, 0), (0, 1, 1, 1)],
    )
    assert found.header_rows == (1, 2)
    assert people(found.rows[0]) == [("member", "Lê Chi")]


def test_one_row_a_person_with_merged_cells() -> None:
    """Read a team from several rows, its cells merged down."""
    found = table(
        PEOPLE,
        [1.0, "Tia Chớp", "Trường A", "Lê Chi", date(2012, 1, 2), "6A", "Thành viên"],
        ["", "", "", "Vũ Nam", "2-2-2010", "7B", "Thành viên"],
        ["", "", "", "Hà Văn", "", "", "HLV"],
        [2.0, "Tia Chớp", "Trường B", "Đỗ An", 41930.0, "6A", "Thành viên"],
        merges=[(1, 0, 3, 0), (1, 1, 3, 1), (1, 2, 3, 2)],
    )
    first, second = found.rows
    assert (first.row, first.last_row, second.row) == (2, 4, 5)
    assert people(first) == [("member", "Lê Chi"), ("member", "Vũ Nam"), ("coach", "Hà Văn")]
    assert [person.row for person in first.people] == [2, 3, 4]
    assert second.school == "Trường B"
    assert second.people[0].birth_date == date(2014, 10, 18)


def test_one_row_a_person_with_blank_cells() -> None:
    """Go on with the team above where the team's cells are blank."""
    found = table(
        PEOPLE,
        [1.0, "Tia Chớp", "Trường A", "Lê Chi", "", "6A", "Thành viên"],
        ["", "", "", "Vũ Nam", "", "7B", "Thành viên"],
        [2.0, "Sao Băng", "Trường A", "Đỗ An", "", "6A", "Thành viên"],
    )
    assert [len(entry.people) for entry in found.rows] == [2, 1]


def test_one_row_a_person_with_everything_repeated() -> None:
    """Take rows that repeat the team's name for one team, people numbered through."""
    found = table(
        PEOPLE,
        [1.0, "Tia Chớp", "Trường A", "Lê Chi", "", "6A", "Thành viên"],
        [2.0, "Tia Chớp", "Trường A", "Vũ Nam", "", "7B", "Thành viên"],
        [3.0, "Tia Chớp", "Trường B", "Đỗ An", "", "6A", "Thành viên"],
    )
    assert [(entry.title, entry.school, len(entry.people)) for entry in found.rows] == [
        ("Tia Chớp", "Trường A", 2),
        ("Tia Chớp", "Trường B", 1),
    ]


def test_people_numbered_in_blank_team_cells() -> None:
    """Take numbers for numbers of people where titles are much rarer."""
    found = table(
        PEOPLE,
        [1.0, "Tia Chớp", "Trường A", "Lê Chi", "", "6A", "TV"],
        [2.0, "", "", "Vũ Nam", "", "7B", "TV"],
        [3.0, "", "", "Vũ Ba", "", "7B", "TV"],
        [4.0, "Sao Băng", "Trường B", "Đỗ An", "", "6A", "TV"],
    )
    assert [len(entry.people) for entry in found.rows] == [3, 1]


def test_two_rows_of_one_title_are_two_works() -> None:
    """Keep works of one name apart where a row is a work."""
    found = table(
        YOUTH,
        [1.0, "Tủ sấy", "Phần mềm", "Lê Chi", "", "Lớp 6A, Trường THCS Kép", "", 80.0, ""],
        [2.0, "Tủ sấy", "Phần mềm", "Vũ Nam", "", "Lớp 6A, Trường THCS Kép", "", 70.0, ""],
    )
    assert [people(entry) for entry in found.rows] == [[("author", "Lê Chi")], [("author", "Vũ Nam")]]


def test_several_people_in_one_cell() -> None:
    """Give each author the birthday on the same line, and all of them the class."""
    (entry,) = table(
        YOUTH,
        [
            1.0,
            "Tủ sấy",
            "Phần mềm tin học",
            "1. Lê Chi\n2. Vũ Nam",
            "18/10/2012\n05.06.2011",
            "Lớp 6A, Trường THCS Kép",
            "Hà Văn",
            "78,5",
            "x",
        ],
    ).rows
    assert [(p.full_name, p.birth_date, p.class_name) for p in entry.people] == [
        ("Lê Chi", date(2012, 10, 18), "6A"),
        ("Vũ Nam", date(2011, 6, 5), "6A"),
        ("Hà Văn", None, None),
    ]
    assert (entry.school, entry.unit_score, entry.forwarded) == ("Trường THCS Kép", Decimal("78.5"), True)


def test_first_author_has_the_telephone_and_the_workplace() -> None:
    """Leave the columns of the first author to the first author, whoever stands between."""
    (entry,) = table(
        [
            "STT",
            "Tên giải pháp",
            "Lĩnh vực",
            "Họ tên tác giả (chủ trì)",
            "Đồng tác giả",
            "Cơ quan/Đơn vị công tác",
            "Điện thoại",
            "Ngày nhận hồ sơ",
        ],
        [1.0, "Xe", "Y dược", "Vũ Nga", "Bùi Phúc; Trịnh Cường", "Bệnh viện tỉnh", "0318377880", datetime(2024, 4, 1)],
    ).rows
    assert people(entry) == [("author", "Vũ Nga"), ("author", "Bùi Phúc"), ("author", "Trịnh Cường")]
    assert [(p.phone, p.workplace) for p in entry.people] == [
        ("0318377880", "Bệnh viện tỉnh"),
        (None, None),
        (None, None),
    ]
    assert (entry.school, entry.received_on) == ("Bệnh viện tỉnh", date(2024, 4, 1))


def test_columns_after_the_coach_belong_to_whom_they_can() -> None:
    """Give a pupil's columns to pupils, a telephone to the names on its left."""
    (entry,) = table(
        ["Tên đội", "Thành viên", "Giáo viên hướng dẫn", "Ngày sinh", "Điện thoại"],
        ["Tia Chớp", "Lê Chi", "Hà Văn", "18/10/2012", 916919189.0],
    ).rows
    assert entry.people[0].birth_date == date(2012, 10, 18)
    assert entry.people[1].phone == "0916919189"


def test_what_stands_below_the_table_is_left_out() -> None:
    """Skip totals, remarks, signatures, empty numbered lines, repeated headings and a line of ordinals."""
    found = table(
        TEAMS,
        ["(1)", "(2)", "(3)", "(4)", "(5)", "(6)", "(7)", "(8)", "(9)", "(10)", "(11)"],
        [1.0, "Tia Chớp", "Trường A", "Lê Chi", "", "6A", "", "", "", "Hà Văn", ""],
        TEAMS,
        [2.0, "Sao Băng", "Trường A", "Vũ Nam", "", "6A", "", "", "", "", ""],
        [3.0],
        [],
        ["", "Tổng cộng: 2 đội"],
        ["", "(Danh sách có 2 đội, 3 người)"],
        ["", "", "", "", "", "", "", "Kép, ngày 2 tháng 5 năm 2024"],
        ["NGƯỜI LẬP", "", "", "", "", "", "", "HIỆU TRƯỞNG"],
        ["", "", "", "", "", "", "", "(Ký tên, đóng dấu)"],
        ["", "", "", "Nguyễn Thị Lập", "", "", "Trần Văn Trưởng"],
    )
    assert [(entry.row, entry.title) for entry in found.rows] == [(3, "Tia Chớp"), (5, "Sao Băng")]
    assert not any(entry.problems for entry in found.rows)
    assert found.skipped[1] == (6, "3")
    assert (8, "Tổng cộng: 2 đội") in found.skipped


def test_unit_and_school_in_the_lines_above() -> None:
    """Return what the title lines say of unit and school."""
    found = table(
        ["UBND HUYỆN HIỆP HÒA"], ["TRƯỜNG THCS HOÀNG AN SỐ 1"], ["Tên đội", "Thành viên 1"], ["Tia Chớp", "Lê Chi"]
    )
    assert (found.unit_hint, found.school_hint) == ("HUYỆN HIỆP HÒA", "TRƯỜNG THCS HOÀNG AN SỐ 1")
    assert found.rows[0].school == "TRƯỜNG THCS HOÀNG AN SỐ 1"
    other = table(
        ["UBND TỈNH BẮC GIANG"],
        ["PHÒNG GD&ĐT THÀNH PHỐ BẮC GIANG"],
        ["Tên đội", "Thành viên 1"],
        ["Tia Chớp", "Lê Chi"],
    )
    assert (other.unit_hint, other.school_hint) == ("THÀNH PHỐ BẮC GIANG", None)


def test_columns_may_stand_anywhere_and_unknown_ones_are_told() -> None:
    """Read by name whatever the order, and name the columns that are not read."""
    found = table(
        ["Ghi chú", "Dân tộc", "Thành viên 1", "Mã số", "Tên đội"], ["mới", "Tày", "Lê Chi", "RB24-7K3M9Q", "Tia Chớp"]
    )
    (entry,) = found.rows
    assert (entry.title, entry.note, entry.reference) == ("Tia Chớp", "mới", "RB24-7K3M9Q")
    assert found.ignored == ["Dân tộc"]
    assert found.column_of(Kind.TITLE) == "E"
    assert found.column_of(Kind.UNIT, Kind.PERSON) == "C"
    assert found.column_of(Kind.UNIT) == ""


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


def workbook(fill: Callable[[Any], Any]) -> Any:
    """Return a workbook that went through a file."""
    book = openpyxl.Workbook()
    fill(book)
    out = io.BytesIO()
    book.save(out)
    return read_workbook(out.getvalue())


def test_sheets_without_a_table_and_hidden_ones_are_passed_over() -> None:
    """Read the sheets that hold a list, and only those people see."""

    def fill(book: Any) -> None:
        book.active.append(["Hướng dẫn điền danh sách"])
        for title, state in (("Danh sách", "visible"), ("Cũ", "hidden")):
            sheet = book.create_sheet(title)
            sheet.append(TEAMS)
            sheet.append(ROW)
            sheet.sheet_state = state

    assert [(found.sheet, len(found.rows)) for found in read_tables(workbook(fill), TODAY)] == [("Danh sách", 1)]


def test_workbook_without_rows_is_unusable() -> None:
    """Tell an empty list, and an empty workbook."""
    with pytest.raises(Unusable, match="không có dòng nào"):
        read_tables(workbook(lambda book: book.active.append(TEAMS)))
    with pytest.raises(Unusable, match="không có trang tính nào"):
        read_tables(workbook(lambda _book: None))


@pytest.mark.skipif(not SAMPLES.exists(), reason="the season's samples are not here")
class TestSamples:
    """The season's workbooks as they are."""

    manifest: Any = json.loads((SAMPLES / "manifest.json").read_text()) if SAMPLES.exists() else {}

    def read(self, name: str) -> ParsedTable:
        """Return the one table of a sample, which has nothing to complain about."""
        (found,) = read_tables(read_workbook(SAMPLES / name), TODAY)
        assert [said(entry) for entry in found.rows if entry.problems] == []
        assert found.ignored == []
        return found

    def test_robocon(self) -> None:
        """Count 432 teams and 1,484 people in two layouts, and those who came late."""
        tables = [self.read("robocon-dang-ky-theo-doi.xlsx"), self.read("robocon-dang-ky-theo-nguoi.xlsx")]
        late = self.read("robocon-bo-sung-sau-20-5.xlsx")
        entries = [entry for found in tables for entry in found.rows]
        assert len(entries) == self.manifest["robocon"]["teams"]
        assert sum(len(entry.people) for entry in entries) == self.manifest["robocon"]["people"]
        assert len(late.rows) == self.manifest["robocon"]["late_teams"]
        assert sum(len(entry.people) for entry in late.rows) == self.manifest["robocon"]["late_people"]
        assert all(any(person.role == "coach" and person.phone for person in entry.people) for entry in entries)

    def test_youth(self) -> None:
        """Count each unit's works, authors and forwarded works, the unit read from the lines above."""
        figures = {}
        for path in SAMPLES.glob("sang-tao-ttnnd-*.xlsx"):
            found = self.read(path.name)
            figures[(found.unit_hint or "").lower()] = {
                "entries": len(found.rows),
                "forwarded": sum(bool(entry.forwarded) for entry in found.rows),
                "people": sum(person.role == "author" for entry in found.rows for person in entry.people),
            }
        assert figures == {unit.lower(): wanted for unit, wanted in self.manifest["youth"]["units"].items()}

    def test_technical(self) -> None:
        """Count the solutions, each with the day it was received."""
        found = self.read("sang-tao-ky-thuat.xlsx")
        assert len(found.rows) == self.manifest["technical"]["entries"]
        assert all(entry.received_on and entry.field and entry.school for entry in found.rows)
