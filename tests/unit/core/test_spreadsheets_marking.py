"""A workbook comes back with its problems in it, and is read again as if they were not."""

import io
from typing import Any

import openpyxl
import pytest
from openpyxl.styles import PatternFill

from contest_portal.core.errors import Unusable
from contest_portal.core.spreadsheets import Mark, mark, read_workbook, without_marks
from contest_portal.core.spreadsheets.marking import _FILL, HEADING, SUMMARY
from contest_portal.registration.tables import read_tables
from tests.factories.workbooks import TEAM_HEADS, team, teams, workbook

PROBLEM = Mark("Sheet", 3, "F", "31/2/2011", "Ngày không có trong lịch.")


def opened(data: bytes) -> Any:
    """Open a workbook as its owner does."""
    return openpyxl.load_workbook(io.BytesIO(data))


def saved(book: Any) -> bytes:
    """Save a workbook as its owner does."""
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def parsed(data: bytes) -> list[Any]:
    """Return what is read of a workbook, without where it stood."""
    return [
        (row.title, [(person.full_name, person.birth_date) for person in row.people], row.unit)
        for table in read_tables(without_marks(read_workbook(data)))
        for row in table.rows
    ]


def test_problems_stand_in_a_column_as_a_colour_and_in_a_list() -> None:
    whole = Mark("Sheet", 2, "", "", "Trùng với dòng 3.")
    book = opened(mark(teams(team(1), team(2)), [PROBLEM, whole], {"Sheet": 1}))
    sheet, summary = book["Sheet"], book[SUMMARY]
    assert sheet["M1"].value == HEADING
    assert (sheet["M2"].value, sheet["M3"].value) == ("Trùng với dòng 3.", "F3: Ngày không có trong lịch.")
    coloured = [c.coordinate for row in sheet.iter_rows(max_col=12) for c in row if c.fill.fgColor.rgb == _FILL]
    assert coloured == ["F3"]
    assert [cell.value for cell in summary[4]] == ["Sheet", "F3", "31/2/2011", "Ngày không có trong lịch."]


def test_the_rest_of_the_workbook_stays_as_it_was() -> None:
    book = opened(teams(team(1), team(2)))
    book["Sheet"]["B2"].fill = PatternFill("solid", fgColor="FF00FF00")
    book["Sheet"]["A9"] = "=SUM(A2:A3)"
    book["Sheet"].column_dimensions["B"].width = 33
    book["Sheet"].merge_cells("A11:C12")
    other = book.create_sheet("Ghi chép riêng")
    other["A1"] = "của nhà trường"
    other.sheet_state = "hidden"
    marked = opened(mark(saved(book), [PROBLEM], {"Sheet": 1}))
    sheet = marked["Sheet"]
    assert sheet["B2"].fill.fgColor.rgb == "FF00FF00"
    assert sheet["A9"].value == "=SUM(A2:A3)"
    assert sheet.column_dimensions["B"].width == 33
    assert [str(area) for area in sheet.merged_cells.ranges] == ["A11:C12"]
    assert (marked["Ghi chép riêng"]["A1"].value, marked["Ghi chép riêng"].sheet_state) == ("của nhà trường", "hidden")


def test_a_marked_workbook_is_read_as_if_it_had_no_marks() -> None:
    data = teams(team(1), team(2))
    marked = mark(data, [PROBLEM], {"Sheet": 1})
    assert parsed(marked) == parsed(data)
    assert len(read_tables(without_marks(read_workbook(marked)))) == 1
    assert HEADING not in read_tables(without_marks(read_workbook(marked)))[0].ignored


def test_marking_again_leaves_only_what_is_wrong_now() -> None:
    first = mark(teams(team(1), team(2)), [PROBLEM], {"Sheet": 1})
    again = opened(mark(first, [Mark("Sheet", 2, "E", "7", "Thiếu họ tên.")], {"Sheet": 1}))
    sheet = again["Sheet"]
    assert [cell.value for cell in sheet["M"]] == [HEADING, "E2: Thiếu họ tên.", None]
    assert (sheet["F3"].fill.fill_type, sheet["E2"].fill.fgColor.rgb) == (None, _FILL)
    assert again.sheetnames == ["Sheet", SUMMARY]
    assert sheet.max_column == 13


def test_nothing_that_is_written_runs_as_a_formula() -> None:
    evil = Mark("Sheet", 2, "B", "=HYPERLINK(1)", '=cmd|"/c calc"!A1')
    book = opened(mark(teams(team(1)), [evil], {"Sheet": 1}))
    kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None}
    assert "f" not in kinds
    assert book[SUMMARY]["C4"].quotePrefix


def test_text_that_looks_like_a_formula_stays_text() -> None:
    book = opened(teams(team(1)))
    book["Sheet"]["B2"].value, book["Sheet"]["B2"].data_type = "=1+1", "s"
    assert opened(mark(saved(book), [], {}))["Sheet"]["B2"].data_type == "s"


def test_a_merged_cell_is_coloured_at_its_beginning() -> None:
    book = opened(teams(team(1), team(2)))
    book["Sheet"].merge_cells("L2:L3")
    sheet = opened(mark(saved(book), [Mark("Sheet", 3, "L", "", "Không có đơn vị này.")], {"Sheet": 1}))["Sheet"]
    assert sheet["L2"].fill.fgColor.rgb == _FILL
    assert sheet["M3"].value == "L3: Không có đơn vị này."


def test_a_sheet_of_the_owners_with_our_name_stays() -> None:
    book = opened(teams(team(1)))
    book.create_sheet(SUMMARY)["A1"] = "việc của tôi"
    marked = opened(mark(saved(book), [PROBLEM], {"Sheet": 1}))
    assert marked[SUMMARY]["A1"].value == "việc của tôi"
    assert len(marked.sheetnames) == 3


def test_columns_painted_to_the_right_do_not_push_the_marks_away() -> None:
    book = opened(workbook(TEAM_HEADS, team(1)))
    book["Sheet"]["AZ500"].fill = PatternFill("solid", fgColor="FF00FF00")
    assert opened(mark(saved(book), [PROBLEM], {"Sheet": 1}))["Sheet"]["M1"].value == HEADING


@pytest.mark.parametrize("data", [b"PK\x03\x04 broken", b"", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"])
def test_what_cannot_be_opened_is_refused_with_a_sentence(data: bytes) -> None:
    with pytest.raises(Unusable):
        mark(data, [PROBLEM], {})
