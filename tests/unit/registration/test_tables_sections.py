"""Tables with lines between their rows, several tables on a sheet, and what is hidden in the file."""

import io
from collections.abc import Sequence
from typing import Any

import openpyxl
import pytest
import xlwt
from hypothesis import given
from hypothesis import strategies as st

from contest_portal.core.errors import Unusable
from contest_portal.core.spreadsheets import Sheet, read_workbook
from contest_portal.registration.tables import ParsedEntry, ParsedTable, read_tables
from contest_portal.registration.tables.reading import MOST_TABLES, read_sheet
from tests.factories.grids import PEOPLE, TEAMS, TODAY, people, said, table

ROWS: list[list[Any]] = [
    [1.0, "Tia Chớp", "Trường THCS Kép", "Lê Chi", "18/10/2012", "6A", "Vũ Nam", "02/02/2011", "7B", "Hà Văn", ""],
    [2.0, "Rồng Xanh", "Trường THCS Kép", "Đỗ An", "01/03/2012", "6B", "", "", "", "Hà Văn", "0912345678"],
    [3.0, "Bảng Vàng", "Trường THPT Số 1", "Bùi Yến", "05/09/2009", "9A", "", "", "", "Lý Tư", ""],
    ["", "Thần Tốc", "Trường THPT Số 1", "Cao Bằng", "05/09/2009", "9A", "", "", "", "Lý Tư", ""],
]
# Each as somebody really typed it, in the columns of TEAMS.
BETWEEN: list[list[Any]] = [
    ["I. Bảng A"],
    ["I", "Bảng A"],
    ["II.", "KHỐI TRUNG HỌC CƠ SỞ", "", "12 đội"],
    ["A", "Bảng Tiểu học"],
    ["", "Bảng B"],
    [1.0, "Bảng THCS"],
    ["1. Trường THCS Kép"],
    ["1", "Trường THCS Kép"],
    ["", "2) Trường Tiểu học Số 2"],
    ["", "Huyện Yên Thế"],
    ["Lĩnh vực: Phần mềm tin học"],
    TEAMS,
    ["STT", "Tên đội", "Trường", "Thành viên 1", "Ngày sinh", "Lớp", "", "", "", "HLV"],
    ["(1)", "(2)", "(3)", "(4)", "(5)"],
    [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0],
    ["", "Cộng: 2 đội"],
    ["", "Tổng cộng", "", "3 đội"],
    ["Tổng số: 5 đội, 12 học sinh"],
    ["", "", "", "", ""],
    ["", "Danh sách này có 5 đội."],
    ["", "NGƯỜI LẬP BIỂU", "", "HIỆU TRƯỞNG"],
    ["", "Người lập", "", "", "", "", "Hiệu trưởng"],
    ["", "(Ký, ghi rõ họ tên)", "", "(Ký tên, đóng dấu)"],
    ["", "", "", "", "", "Lạng Giang, ngày 12 tháng 5 năm 2024"],
]
SIGNATURE: list[list[Any]] = [
    ["", "Tổng cộng", "", "4 đội"],
    ["", "", "", "", "", "Kép, ngày 12 tháng 5 năm 2024"],
    ["", "NGƯỜI LẬP", "", "HIỆU TRƯỞNG"],
    ["", "(Ký tên)", "", "(Ký tên, đóng dấu)"],
    [],
    ["", "Ngô Thị Lan", "", "Phạm Văn Tú"],
]


def meant(found: Sequence[ParsedTable]) -> list[Any]:
    """Return what was read, wherever it stood."""
    return [_meant(entry) for one in found for entry in one.rows]


def _meant(entry: ParsedEntry) -> Any:
    told = [
        (person.full_name, person.role, person.birth_date, person.class_name, person.phone) for person in entry.people
    ]
    return entry.title, entry.school, told, [str(problem.message) for problem in entry.problems]


def tables(*rows: Sequence[Any], **look: Any) -> list[ParsedTable]:
    """Read rows as one sheet of any number of tables."""
    width = max(map(len, rows))
    return read_sheet(Sheet("Danh sách", False, [[*row, *[""] * (width - len(row))] for row in rows], **look), TODAY)


PLAIN = meant(tables(TEAMS, *ROWS))


def test_the_rows_themselves_are_good() -> None:
    assert [(title, problems) for title, _school, _people, problems in PLAIN] == [
        ("Tia Chớp", []), ("Rồng Xanh", []), ("Bảng Vàng", []), ("Thần Tốc", []),
    ]  # fmt: skip


@pytest.mark.parametrize("line", BETWEEN, ids=lambda line: " | ".join(map(str, line[:4])))
def test_a_line_between_the_rows_changes_nothing(line: list[Any]) -> None:
    for place in range(1, len(ROWS) + 1):
        assert meant(tables(TEAMS, *ROWS[:place], line, *ROWS[place:])) == PLAIN


@given(st.lists(st.tuples(st.integers(0, len(ROWS)), st.sampled_from(BETWEEN)), max_size=12), st.booleans())
def test_lines_between_the_rows_never_change_an_entry_nor_lose_one(
    lines: list[tuple[int, list[Any]]], signed: bool
) -> None:
    """Put any such lines anywhere between the rows, and a signature below them or not."""
    rows = [*[line for at, line in lines if at == 0]]
    for place, row in enumerate(ROWS, start=1):
        rows += [row, *(line for at, line in lines if at == place)]
    assert meant(tables(TEAMS, *rows, *(SIGNATURE if signed else []))) == PLAIN


@given(st.lists(st.tuples(st.integers(0, 3), st.sampled_from(BETWEEN[:12])), max_size=6))
def test_rows_of_people_keep_their_teams_whatever_section_they_are_in(lines: list[tuple[int, list[Any]]]) -> None:
    """Put lines between teams that have a row a person, the team's name on its first row only."""
    blocks: list[list[list[Any]]] = [
        [[number, f"Đội {number}", "Trường A", "Lê Chi", "18/10/2012", "6A", "Thành viên"],
         ["", "", "", "Vũ Nam", "02/02/2011", "7B", "Thành viên"]]
        for number in (1.0, 2.0, 3.0)
    ]  # fmt: skip
    plain = meant(tables(PEOPLE, *(row for block in blocks for row in block)))
    rows: list[list[Any]] = []
    for place, block in enumerate(blocks):
        rows += [line for at, line in lines if at == place and line is not TEAMS]
        rows += block
    found = meant(tables(PEOPLE, *rows))
    assert found == plain and len(found) == 3


def test_a_numbered_team_without_people_is_told_and_not_taken_for_a_section() -> None:
    found = table(TEAMS, ROWS[0], [2.0, "Thành phố thông minh"])
    assert [(entry.title, bool(said(entry))) for entry in found.rows] == [
        ("Tia Chớp", False),
        ("Thành phố thông minh", True),
    ]


def test_lines_left_out_are_told_with_their_row() -> None:
    [found] = tables(TEAMS, ROWS[0], ["I", "Bảng A"], ROWS[1])
    assert found.skipped == [(3, "I Bảng A")]


def test_tables_of_another_layout_below_are_read_by_their_own_headings() -> None:
    second = ["Trường", "Họ và tên", "Ngày sinh", "Lớp", "Vai trò", "Tên đội"]
    found = tables(
        ["UBND HUYỆN LẠNG GIANG"],
        TEAMS, *ROWS[:2],
        [],
        ["UBND HUYỆN YÊN THẾ"],
        second,
        ["Trường THCS B", "Lò Văn Ba", "18/10/2012", "6A", "Thành viên", "Sao Băng"],
        ["Trường THCS B", "Hà Thị Tư", "", "", "HLV", "Sao Băng"],
    )  # fmt: skip
    assert [[entry.title for entry in one.rows] for one in found] == [["Tia Chớp", "Rồng Xanh"], ["Sao Băng"]]
    assert people(found[1].rows[0]) == [("member", "Lò Văn Ba"), ("coach", "Hà Thị Tư")]
    assert [one.unit_hint for one in found] == ["HUYỆN LẠNG GIANG", "HUYỆN YÊN THẾ"]
    assert [one.header_rows for one in found] == [(2, 2), (7, 7)]


def test_schools_named_between_the_rows_are_those_of_the_rows_below() -> None:
    heads = ["STT", "Tên đội", "Họ và tên", "Lớp"]
    rows = [[1.0, "Sao Băng", "Lê Chi", "6A"], [2.0, "Sao Mai", "Vũ Nam", "6B"], [1.0, "Sao Hôm", "Đỗ An", "6B"]]
    found = tables(heads, ["I", "Trường THCS Kép"], *rows[:2], ["2. Trường THCS Số 2 Bố Hạ"], rows[2])
    assert [(entry.title, entry.school) for one in found for entry in one.rows] == [
        ("Sao Băng", "Trường THCS Kép"),
        ("Sao Mai", "Trường THCS Kép"),
        ("Sao Hôm", "Trường THCS Số 2 Bố Hạ"),
    ]
    again = tables(heads, *rows[:2], ["Trường THCS Số 2 Bố Hạ"], heads, rows[2])
    assert [entry.school for one in again for entry in one.rows] == [None, None, "Trường THCS Số 2 Bố Hạ"]


def test_endless_headings_of_other_layouts_are_refused() -> None:
    other = ["Tên đội", "STT", *TEAMS[2:]]
    with pytest.raises(Unusable, match="quá nhiều bảng"):
        tables(*([TEAMS, ROWS[0], other, ROWS[0]] * MOST_TABLES))


def _xlsx(rows: Sequence[Sequence[Any]], hidden_row: int, hidden_column: int) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in rows:
        sheet.append(list(row))
    sheet.row_dimensions[hidden_row + 1].hidden = True
    sheet.column_dimensions["ABCDEFGHIJK"[hidden_column]].hidden = True
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _xls(rows: Sequence[Sequence[Any]], hidden_row: int, hidden_column: int) -> bytes:
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("Sheet")
    for number, row in enumerate(rows):
        for column, cell in enumerate(row):
            sheet.write(number, column, cell)
    sheet.row(hidden_row).hidden = True
    sheet.col(hidden_column).hidden = True
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize("write", [_xlsx, _xls])
def test_hidden_rows_are_read_and_pointed_out_and_hidden_columns_are_named(write: Any) -> None:
    [found] = read_tables(read_workbook(write([TEAMS, *ROWS], 2, 4)), TODAY)
    assert [entry.title for entry in found.rows] == [row[1] for row in ROWS]
    told = [(problem.row, problem.column, problem.fatal) for entry in found.rows for problem in entry.problems]
    assert told == [(3, "", False)]
    assert "đang ẩn" in str(found.rows[1].problems[0].message) and not found.rows[1].rejected
    assert found.rows[0].people[0].birth_date is not None
    assert found.hidden == ["E (Ngày sinh)"]


def test_a_hidden_column_without_a_word_below_its_heading_is_not_named() -> None:
    [found] = tables(TEAMS, [*ROWS[0][:10], ""], hidden_columns=frozenset({10}))
    assert found.hidden == []
