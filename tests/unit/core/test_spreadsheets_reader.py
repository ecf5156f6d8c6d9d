"""What an honest workbook says, read into plain rows."""

import io
import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter

from contest_portal.core.spreadsheets import column_letter, read_workbook

SAMPLES = Path(__file__).resolve().parents[4] / "shared" / "samples" / "season-2024"


def made_by_xlsxwriter(fill: Any) -> bytes:
    """Return a workbook that a function fills."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        fill(book)
    return out.getvalue()


def test_values_keep_their_kinds() -> None:
    """Read text, numbers, days and yes as themselves, and text in composed form."""

    def fill(book: Any) -> None:
        sheet = book.add_worksheet("Danh sách")
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        sheet.write_row(0, 0, ["Ho\u0300a", "  12A1 ", 7.5, 3])
        sheet.write_datetime(1, 0, datetime(2014, 10, 18), day)
        sheet.write_boolean(1, 1, True)
        sheet.write_string(1, 2, "0916919189")
        sheet.write_string(1, 3, "a\nb")

    (sheet,) = read_workbook(made_by_xlsxwriter(fill)).sheets
    assert sheet.name == "Danh sách"
    assert sheet.rows == [["Hòa", "  12A1 ", 7.5, 3.0], [date(2014, 10, 18), True, "0916919189", "a\nb"]]
    assert not sheet.hidden


def test_rows_begin_at_a1() -> None:
    """Count rows and columns as Excel shows them, however far the table is from the corner."""
    (sheet,) = read_workbook(made_by_xlsxwriter(lambda book: book.add_worksheet().write("C3", "x"))).sheets
    assert sheet.rows == [["", "", ""], ["", "", ""], ["", "", "x"]]


def test_merges_hidden_sheets_and_failed_formulas() -> None:
    """Tell merged areas, hidden sheets and cells whose formula failed."""

    def fill(book: Any) -> None:
        first = book.add_worksheet("Một")
        first.merge_range("A1:C2", "Thành viên 1")
        first.write_formula("D3", "=#REF!+1", None, "#REF!")
        first.write_formula("D4", "=1+1", None, 2)
        book.add_worksheet("Hai").hide()

    one, two = read_workbook(made_by_xlsxwriter(fill)).sheets
    assert one.merges == [(0, 0, 1, 2)]
    assert one.errors == {(2, 3): "#REF!"}
    assert one.rows[2][3] == "#REF!"
    assert one.rows[3][3] == 2
    assert (one.hidden, two.hidden) == (False, True)
    assert two.rows == []


def test_reads_paths_bytes_and_streams(tmp_path: Path) -> None:
    """Read one workbook from wherever it is."""
    book = openpyxl.Workbook()
    book.active["A1"] = "x"  # type: ignore[index]
    path = tmp_path / "a.xlsx"
    book.save(path)
    data = path.read_bytes()
    for source in (path, str(path), data, io.BytesIO(data)):
        assert read_workbook(source).sheets[0].rows == [["x"]]


@pytest.mark.parametrize(
    ("index", "letters"), [(0, "A"), (25, "Z"), (26, "AA"), (51, "AZ"), (52, "BA"), (701, "ZZ"), (702, "AAA")]
)
def test_column_letters(index: int, letters: str) -> None:
    """Name columns as Excel does."""
    assert column_letter(index) == letters


@pytest.mark.skipif(not SAMPLES.exists(), reason="the season's samples are not here")
def test_every_sample_is_read() -> None:
    """Read the season's workbooks as they are."""
    heights = {path.name: len(read_workbook(path).sheets[0].rows) for path in SAMPLES.glob("*.xlsx")}
    assert len(heights) == 14
    assert heights["robocon-dang-ky-theo-nguoi.xlsx"] == 602
    assert (
        heights["sang-tao-ky-thuat.xlsx"]
        == 4 + json.loads((SAMPLES / "manifest.json").read_text())["technical"]["entries"]
    )
