"""Lists that are no .xlsx: text in every encoding, .xls with its fonts, and what is hidden or typed before Unicode."""

import io
import struct
import unicodedata
from typing import Any

import openpyxl
import pytest
import xlwt
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.styles import Font

from contest_portal.core.errors import Unusable
from contest_portal.core.legacy import Encoding
from contest_portal.core.spreadsheets import Limits, converted, legacy_of, read_workbook
from tests.unit.core.test_legacy import in_tcvn3, in_vni

HEAD = ["STT", "Tên đội", "Trường"]
ROW = ["1", "Rồng Xanh", "Trường THCS Tân Dĩnh"]
SMALL = Limits(rows=100, columns=20, cells=1_000, sheets=2, text=50_000)


def csv_of(*rows: list[str], sign: str = ",") -> str:
    """Write rows as text."""
    return "".join(sign.join(f'"{cell}"' if sign in cell else cell for cell in row) + "\r\n" for row in rows)


def rows_of(data: bytes, limits: Limits | None = None) -> list[list[Any]]:
    """Read the first sheet's rows."""
    return read_workbook(data, limits).sheets[0].rows


def in_1258(text: str) -> bytes:
    """Write text in Windows' Vietnamese page: letters with their shape, then the tone."""
    out = b""
    for letter in text:
        try:
            out += letter.encode("cp1258")
        except UnicodeEncodeError:
            base, tone = _split(letter)
            out += base.encode("cp1258") + tone.encode("cp1258")
    return out


def _split(letter: str) -> tuple[str, str]:
    parts = unicodedata.normalize("NFD", letter)
    tone = next(sign for sign in parts if sign in "\u0300\u0301\u0303\u0309\u0323")
    return unicodedata.normalize("NFC", parts.replace(tone, "")), tone


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_text_is_read_in_every_encoding(encoding: str, sign: str) -> None:
    assert rows_of(csv_of(HEAD, ROW, sign=sign).encode(encoding)) == [HEAD, ROW]


@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_windows_vietnamese_page_is_read(sign: str) -> None:
    data = in_1258(csv_of(HEAD, ROW, ["2", "Đội Hướng Dương", "Trường THPT Lạng Giang số 1"], sign=sign))
    assert rows_of(data) == [HEAD, ROW, ["2", "Đội Hướng Dương", "Trường THPT Lạng Giang số 1"]]


def test_text_in_nfd_is_composed() -> None:
    assert rows_of(unicodedata.normalize("NFD", csv_of(HEAD, ROW)).encode()) == [HEAD, ROW]


@pytest.mark.parametrize("write", [in_tcvn3, in_vni])
def test_old_letters_in_text_are_kept_until_they_are_converted(write: Any) -> None:
    wanted = [["stt", "tên đội", "trường"], ["1", "rồng xanh", "trường thcs tân dĩnh, lạng giang"]]
    data = csv_of(*[[write(cell) for cell in row] for row in wanted], sign=";").encode("cp1252")
    book = read_workbook(data)
    found = legacy_of(book)
    assert found is not None
    assert found.known_by == "pattern"
    assert converted(book, found).sheets[0].rows == wanted
    assert (found.samples[0][1:]) == (write("tên đội"), "tên đội")


def test_separator_named_in_the_first_line_counts() -> None:
    assert rows_of(("sep=;\r\n" + csv_of(HEAD, ["1", "a,b,c,d", "x"], sign=";")).encode()) == [
        HEAD,
        ["1", "a,b,c,d", "x"],
    ]


def test_quotes_hold_separators_and_line_ends() -> None:
    text = 'STT,Tên đội\r\n1,"Rồng, ""Xanh""\r\nvà Đỏ"\r\n'
    assert rows_of(text.encode()) == [["STT", "Tên đội"], ["1", 'Rồng, "Xanh"\r\nvà Đỏ']]


def test_a_leading_zero_stays_text() -> None:
    assert rows_of(b"phone,name\r\n0912345678,An\r\n") == [["phone", "name"], ["0912345678", "An"]]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "trống"),
        (b"\r\n\r\n", "trống"),
        (b"a,b\n" * 200, "quá lớn"),
        (b",".join([b"x"] * 30), "quá lớn"),
        (("x" * 40_000 + ",b\n").encode(), "ngoặc kép hoặc quá dài"),
        (b"<table><tr><td>STT</td></tr></table>", "trang web"),
        (b"\xff\xfe\x00", "không phải bảng tính"),
        (bytes(range(256)) * 8, "không phải bảng tính"),
        (b"STT\n1\n2\n", "không phải bảng tính"),
    ],
)
def test_what_is_no_list_gets_a_sentence(data: bytes, words: str) -> None:
    with pytest.raises(Unusable, match=words):
        read_workbook(data, SMALL)


@given(st.binary(max_size=400))
def test_no_bytes_break_the_reader(data: bytes) -> None:
    try:
        assert read_workbook(data, SMALL).sheets
    except Unusable as error:
        assert str(error).endswith(".")


def xls(fonts: dict[str, list[list[Any]]], hide: tuple[int, int] | None = None) -> bytes:
    """Make an .xls: a sheet for each font."""
    book = xlwt.Workbook()
    for number, (font, rows) in enumerate(fonts.items()):
        sheet = book.add_sheet(f"Trang {number + 1}")
        style = xlwt.easyxf(f"font: name {font}")
        for row, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                sheet.write(row, column, cell, style)
        if hide:
            sheet.row(hide[0]).hidden = True
            sheet.col(hide[1]).hidden = True
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_an_old_workbook_is_read() -> None:
    book = read_workbook(xls({"Arial": [HEAD, ["1", "Rồng Xanh", 7.5]]}))
    assert book.sheets[0].rows == [HEAD, ["1", "Rồng Xanh", 7.5]]
    assert legacy_of(book) is None


def test_several_sheets_of_an_old_workbook_are_read_and_what_is_hidden_is_known() -> None:
    book = read_workbook(xls({"Arial": [HEAD, ROW], "Tahoma": [HEAD]}, hide=(1, 2)))
    assert [sheet.name for sheet in book.sheets] == ["Trang 1", "Trang 2"]
    assert [(sheet.hidden_rows, sheet.hidden_columns) for sheet in book.sheets] == [({1}, {2}), ({1}, {2})]


def test_fonts_of_an_old_workbook_tell_its_letters() -> None:
    book = read_workbook(
        xls({".VnTime": [["STT", in_tcvn3("tên đội")], ["1", in_tcvn3("hướng dương")]], "Arial": [HEAD]})
    )
    found = legacy_of(book)
    assert found is not None
    assert (found.encoding, found.known_by, found.cells) == (Encoding.TCVN3, "font", 2)
    read = converted(book, found)
    assert read.sheets[0].rows == [["STT", "tên đội"], ["1", "hướng dương"]]
    assert read.sheets[1].rows == [HEAD]


def test_long_shared_strings_run_on_from_record_to_record() -> None:
    rows = [[f"{number} " + "Tân Dĩnh " * 300] for number in range(60)]
    assert [row[0].strip() for row in rows_of(xls({"Arial": rows}))] == [row[0].strip() for row in rows]


@pytest.mark.parametrize(("rows", "columns", "words"), [(200, 1, "quá lớn"), (2, 30, "quá lớn"), (90, 19, "1.000 ô")])
def test_an_old_workbook_is_held_to_the_limits(rows: int, columns: int, words: str) -> None:
    with pytest.raises(Unusable, match=words):
        read_workbook(xls({"Arial": [["x"] * columns] * rows}), SMALL)


def test_one_long_text_shown_by_every_cell_is_refused() -> None:
    with pytest.raises(Unusable, match="1.000 ô"):
        read_workbook(xls({"Arial": [["x" * 3000] * 10] * 9}), SMALL)


def test_a_cell_in_the_last_corner_is_refused() -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("Trang")
    sheet.write(0, 0, "x")
    sheet.write(65_535, 255, "x")
    out = io.BytesIO()
    book.save(out)
    with pytest.raises(Unusable, match="quá lớn"):
        read_workbook(out.getvalue())


def test_a_locked_old_workbook_is_refused() -> None:
    data = xls({"Arial": [HEAD]})
    # The record that says "locked", put where the first font stood.
    place = data.index(struct.pack("<H", 0x31), 512)
    with pytest.raises(Unusable, match="mật khẩu"):
        read_workbook(data[:place] + struct.pack("<H", 0x2F) + data[place + 2 :])


@pytest.mark.parametrize("cut", [520, 700, 1500, 3000])
def test_an_old_workbook_that_is_cut_off_is_refused(cut: int) -> None:
    with pytest.raises(Unusable, match="hỏng|không phải bảng tính"):
        read_workbook(xls({"Arial": [HEAD, ROW]})[:cut])


@given(st.integers(512, 5000), st.binary(min_size=1, max_size=8))
def test_no_damage_breaks_the_reader_of_old_workbooks(place: int, damage: bytes) -> None:
    data = DAMAGED_ONE[:place] + damage + DAMAGED_ONE[place + len(damage) :]
    try:
        read_workbook(data, SMALL)
    except Unusable as error:
        assert str(error).endswith(".")


DAMAGED_ONE = xls({"Arial": [HEAD, ROW]})


def xlsx(font: str | None, rows: list[list[Any]], *, hide: bool = False) -> bytes:
    """Make an .xlsx whose data cells have a font."""
    book = openpyxl.Workbook()
    sheet: Any = book.active
    for row, cells in enumerate(rows, 1):
        for column, cell in enumerate(cells, 1):
            made = sheet.cell(row, column, cell)
            if font and row > 1:
                made.font = Font(name=font)
    if hide:
        sheet.row_dimensions[2].hidden = True
        sheet.column_dimensions["B"].hidden = True
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_hidden_rows_and_columns_are_read_and_known() -> None:
    sheet = read_workbook(xlsx(None, [HEAD, ROW, ROW], hide=True)).sheets[0]
    assert sheet.rows == [HEAD, ROW, ROW]
    assert (sheet.hidden_rows, sheet.hidden_columns) == ({1}, {1})


@pytest.mark.parametrize(
    ("font", "write", "read"),
    [
        (".VnTime", in_tcvn3, str),
        (".VnTimeH", in_tcvn3, str.upper),
        ("VNI-Times", in_vni, str),
    ],
)
def test_fonts_tell_the_letters_of_the_cells_that_have_them(font: str, write: Any, read: Any) -> None:
    rows = [HEAD, ["1", write("hướng dương"), write("trường thcs tân dĩnh")]]
    book = read_workbook(xlsx(font, rows))
    found = legacy_of(book)
    assert found is not None
    assert found.known_by == "font"
    assert converted(book, found).sheets[0].rows == [HEAD, ["1", read("hướng dương"), read("trường thcs tân dĩnh")]]


def test_an_old_font_over_new_text_changes_nothing() -> None:
    assert legacy_of(read_workbook(xlsx(".VnTime", [HEAD, ["1", "Hướng Dương", "An"]]))) is None


def test_ordinary_workbooks_have_no_old_letters() -> None:
    book = read_workbook(xlsx("Times New Roman", [HEAD, ROW, ["2", "Café Crème", "Élysée"]]))
    assert legacy_of(book) is None
    assert converted(book).sheets[0].rows == book.sheets[0].rows


def test_samples_are_few_and_each_once() -> None:
    rows = [HEAD, *[["1", in_tcvn3("hướng dương"), in_tcvn3(f"đội thứ {number}")] for number in range(50)]]
    found = legacy_of(read_workbook(xlsx(".VnTime", rows)))
    assert found is not None
    assert (found.cells, len(found.samples), len(set(found.samples))) == (100, 12, 12)
