"""What our own workbooks hold, as another program reads them."""

import io
import time
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
import xlsxwriter

from contest_portal.core.spreadsheets import Column, SheetWriter, WorkbookWriter, read_workbook, safe_cell

COLUMNS = [
    Column("TT", 5, "number", align="center"),
    Column("Tên đội", 30),
    Column("Ngày nhận", 12, "date"),
    Column("Điểm", 9, "decimal", total=True),
    Column("Số người", 9, "number", total=True),
]


def written(
    fill: Callable[[SheetWriter], Any], *, title: str = "Danh sách", columns: list[Column] | None = None
) -> bytes:
    """Return a workbook of one sheet that a function fills."""
    out = io.BytesIO()
    with WorkbookWriter(out, title="Tổng hợp") as book:
        fill(book.add_sheet(title, columns or COLUMNS, head=["TỔNG HỢP", "Tính đến 20/5/2024"]))
    return out.getvalue()


def opened(data: bytes) -> Any:
    """Return the first sheet as openpyxl reads it."""
    return openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]


def test_titles_headings_rows_and_totals() -> None:
    """Write title lines, one heading row, values of each kind and sums as formulas with their values."""

    def fill(sheet: SheetWriter) -> None:
        sheet.write_rows([(1, "Thần Tốc", date(2024, 5, 20), 7.5, 3), (2, "Sao Băng", None, Decimal("8.25"), None)])
        sheet.total_row("Cộng")

    data = written(fill)
    rows = read_workbook(data).sheets[0].rows
    assert rows[0][0] == "TỔNG HỢP"
    assert rows[1][0] == "Tính đến 20/5/2024"
    assert rows[3] == ["TT", "Tên đội", "Ngày nhận", "Điểm", "Số người"]
    assert rows[4] == [1.0, "Thần Tốc", date(2024, 5, 20), 7.5, 3.0]
    assert rows[5] == [2.0, "Sao Băng", "", 8.25, ""]
    assert rows[6] == ["Cộng", "", "", 15.75, 3.0]
    sheet = opened(data)
    assert sheet["D7"].value == "=SUM(D5:D6)"
    assert sheet["E7"].value == "=SUM(E5:E6)"
    assert sheet["C5"].number_format == "dd/mm/yyyy"
    assert sheet["B5"].border.left.style == "thin"
    assert sheet["A4"].font.bold


def test_page_is_ready_to_print() -> None:
    """Set A4 landscape, one page wide, headings on every page and above the scrolling rows."""
    sheet = opened(written(lambda _sheet: None))
    assert sheet.page_setup.paperSize == 9
    assert sheet.page_setup.orientation == "landscape"
    assert sheet.page_setup.fitToHeight == 0
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.print_title_rows == "$4:$4"
    assert sheet.freeze_panes == "A5"
    assert sheet.column_dimensions["B"].width == pytest.approx(30, abs=1)


@pytest.mark.parametrize(
    "evil", ["=1+1", "+84912", "-5", "@SUM(A1)", '=HYPERLINK("http://x")', "\t=1+1", "\r=1+1", "http://x.vn", "12"]
)
def test_typed_text_never_runs(evil: str) -> None:
    """Keep typed text as text that stays text when the cell is edited."""
    data = written(lambda sheet: sheet.write_rows([(1, evil, None, 1, 1)]))
    cell = opened(data)["B5"]
    assert cell.data_type in ("s", "inlineStr")
    assert cell.value == evil.strip()
    assert cell.hyperlink is None
    assert cell.quotePrefix is (evil[0] in "=+-@\t\r")
    assert b"<f>" not in zipfile.ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet1.xml")


def test_titles_and_headings_never_run_either() -> None:
    """Treat what comes from people as text in every place."""
    out = io.BytesIO()
    with WorkbookWriter(out, title="=1+1") as book:
        book.add_sheet("=A/B?", [Column("=1+1"), Column("b")], head=["=cmd|' /C calc'!A0"]).total_row("=2+2")
    sheet = opened(out.getvalue())
    assert sheet.title == "=A B"
    assert [sheet["A1"].data_type, sheet["A3"].data_type, sheet["A4"].data_type] == ["s", "s", "s"]


def test_signs_that_break_xml_are_left_out() -> None:
    """Write one odd name without spoiling the workbook."""
    data = written(lambda sheet: sheet.write_rows([(1, "Đội\ufffe A\x00\x0b\ud800 <b>&", None, 1, 1)]))
    assert read_workbook(data).sheets[0].rows[4][1] == "Đội A <b>&"


def test_safe_cell() -> None:
    """Leave other values alone, and cut text at what a cell holds."""
    assert safe_cell(7.5) == 7.5
    assert safe_cell(None) is None
    assert safe_cell("a\x00\ufffeb") == "ab"
    assert safe_cell("\t\r=1") == "=1"
    assert len(safe_cell("x" * 40_000)) == 32_767


def test_moments_and_odd_values() -> None:
    """Write an aware moment as its day, numbers given to a text column as text."""
    data = written(lambda sheet: sheet.write_rows([("", 12, datetime(2024, 5, 20, 8, tzinfo=UTC), "", 2)]))
    row = read_workbook(data).sheets[0].rows[4]
    assert row[1] == "12"
    assert row[2] == datetime(2024, 5, 20, 8)


def test_sheet_names_are_legal_and_different() -> None:
    """Cut long names, drop forbidden signs, number repeated ones."""
    out = io.BytesIO()
    with WorkbookWriter(out) as book:
        for title in ("Đơn vị: A/B", "Theo bảng", "THEO BẢNG", "x" * 40, "x" * 40, "'"):
            book.add_sheet(title, [Column("a")])
    names = openpyxl.load_workbook(io.BytesIO(out.getvalue())).sheetnames
    assert names == ["Đơn vị  A B", "Theo bảng", "THEO BẢNG (2)", "x" * 31, "x" * 27 + " (2)", "Trang"]


def test_chart_covers_the_rows_written() -> None:
    """Draw one series over the rows; none where there are none."""

    def fill(sheet: SheetWriter) -> None:
        sheet.write_rows([(1, "A", None, 1, 3), (2, "B", None, 1, 5)])
        sheet.bar_chart("Theo đơn vị", labels=1, values=4, at="G2")

    chart = zipfile.ZipFile(io.BytesIO(written(fill))).read("xl/charts/chart1.xml").decode()
    assert "'Danh sách'!$E$5:$E$6" in chart
    assert "'Danh sách'!$B$5:$B$6" in chart
    empty = written(lambda sheet: sheet.bar_chart("x", labels=1, values=4, at="G2"))
    assert "xl/charts/chart1.xml" not in zipfile.ZipFile(io.BytesIO(empty)).namelist()


def test_a_row_of_another_length_is_a_mistake() -> None:
    """Refuse a row that does not fit the columns."""
    with pytest.raises(ValueError, match="zip"):
        written(lambda sheet: sheet.write_rows([(1, "A")]))


def test_writing_costs_little_more_than_the_bare_writer() -> None:
    """Stay near the bare writer, measured in turns; the bound is loose, the benchmark tells the figure."""
    rows = [(n, f"Đội Thần Tốc {n}", date(2024, 5, 20), 7.5, 3) for n in range(3000)]

    def bare() -> None:
        with xlsxwriter.Workbook(io.BytesIO(), {"constant_memory": True}) as book:
            sheet, look = book.add_worksheet(), book.add_format({"border": 1, "num_format": "dd/mm/yyyy"})
            for number, row in enumerate(rows):
                for column, value in enumerate(row):
                    sheet.write(number, column, value, look)

    def timed(work: Callable[[], Any]) -> float:
        started = time.process_time()
        work()
        return time.process_time() - started

    ratios = [timed(lambda: written(lambda sheet: sheet.write_rows(rows))) / timed(bare) for _ in range(3)]
    assert min(ratios) < 1.5


def test_rows_are_as_high_as_their_longest_cell_where_that_is_asked() -> None:
    out = io.BytesIO()
    with WorkbookWriter(out) as book:
        sheet = book.add_sheet("Tên", [Column("Tên của mô hình", 6), Column("Số", 6, "number")])
        sheet.write_rows([["ngắn", 1], ["một\nhai\nba", 2], ["a" * 60, 3]], fit=True)
    heights = opened(out.getvalue()).row_dimensions
    assert heights[1].height > 15
    assert heights[2].height is None
    assert heights[3].height == pytest.approx(43.5)
    assert heights[4].height > heights[3].height
