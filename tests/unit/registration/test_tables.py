"""Tables as they come: each layout that schools and units use."""

from datetime import date, datetime
from decimal import Decimal

from contest_portal.registration.columns import Kind
from tests.factories.grids import PEOPLE, TEAMS, YOUTH, people, said, table


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


def test_one_row_a_person_beside_a_column_of_coaches() -> None:
    """Read members row by row, with the team's coach in a merged column of its own."""
    found = table(
        [
            "STT",
            "Tên đội",
            "Bảng",
            "Trường",
            "Xã/phường",
            "Họ và tên",
            "Ngày sinh",
            "Giới tính",
            "Lớp",
            "Giáo viên hướng dẫn",
            "Email",
            "Ghi chú",
        ],
        [1.0, "Tia Chớp", "B", "Trường A", "Kép", "Lê Chi", "18/10/2012", "Nữ", "6A", "Hà Văn", "ha@a.vn", ""],
        [2.0, "Tia Chớp", "B", "Trường A", "Kép", "Vũ Nam", "18/10/2011", "Nam", "7A", "Hà Văn", "ha@a.vn", ""],
        [3.0, "Sao Băng", "B", "Trường A", "Kép", "Đỗ An", "18/10/2011", "Nam", "7A", "Hà Văn", "", "mới"],
    )
    assert [people(entry) for entry in found.rows] == [
        [("", "Lê Chi"), ("coach", "Hà Văn"), ("", "Vũ Nam")],
        [("", "Đỗ An"), ("coach", "Hà Văn")],
    ]
    first = found.rows[0]
    assert (first.unit, first.people[0].gender, first.people[1].email) == ("Kép", "Nữ", "ha@a.vn")
    assert found.rows[1].note == "mới"


def test_unit_in_the_column_of_units_and_school_beside_the_class() -> None:
    """Keep both what "Đơn vị" says and the school beside the class; take words for a result as a prize."""
    (entry,) = table(
        [
            "STT",
            "Mã số",
            "Tên mô hình",
            "Lĩnh vực",
            "Tác giả/nhóm tác giả",
            "Lớp, trường",
            "Đơn vị",
            "Người hướng dẫn",
            "Kết quả sơ khảo",
        ],
        [1.0, "MH-01", "Tủ sấy", "Phần mềm", "Lê Chi", "6A, Trường THCS Kép", "Huyện Lạng Giang", "Hà Văn", "Nhất"],
    ).rows
    assert (entry.school, entry.class_school, entry.people[0].class_name) == (
        "Huyện Lạng Giang",
        "Trường THCS Kép",
        "6A",
    )
    assert (entry.unit_prize, entry.unit_score, said(entry)) == ("Nhất", None, [])


def test_totals_of_several_columns_are_no_entry_and_an_entry_may_sound_like_a_total() -> None:
    """Tell "Tổng cộng" with its figures from a team called "Tổng Hợp"."""
    found = table(
        ["Tên đội", "Thành viên 1", "Trường", "Bảng", "Ghi chú"],
        ["Tổng Hợp", "Lê Chi", "Trường A"],
        ["Cộng Đồng Xanh", "Vũ Nam", "Trường A", "THCS"],
        ["Tổng cộng", "887", "12", "3", "40 người"],
        ["Tổng số", "2 đội"],
        ["Tổng:", "", "", "", "2"],
    )
    assert [entry.title for entry in found.rows] == ["Tổng Hợp", "Cộng Đồng Xanh"]
    assert [row for row, _text in found.skipped] == [4, 5, 6]
    assert not any(entry.problems for entry in found.rows)
