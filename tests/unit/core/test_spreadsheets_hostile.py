"""Workbooks made to hurt: each gets a sentence, soon and without eating the memory."""

import io
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from contest_portal.core.errors import Unusable
from contest_portal.core.spreadsheets import Limits, read_workbook

HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
SHEET = "xl/worksheets/sheet1.xml"
SMALL = Limits(unpacked_bytes=2_000_000, elements=20_000, rows=1000, columns=50, cells=20_000, sheets=3, parts=30)


def workbook(**values: object) -> bytes:
    """Return a small honest workbook."""
    book = openpyxl.Workbook()
    for reference, value in values.items():
        book.active[reference] = value  # type: ignore[index]
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def with_parts(parts: dict[str, bytes | None], data: bytes | None = None) -> bytes:
    """Return a workbook with some parts added, replaced or, with None, taken out."""
    source = zipfile.ZipFile(io.BytesIO(data or workbook(A1="Tên đội")))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            if name not in parts:
                target.writestr(name, source.read(name))
        for name, content in parts.items():
            if content is not None:
                target.writestr(name, content)
    return out.getvalue()


def sheet_of(rows: str, after: str = "") -> bytes:
    """Return a workbook whose only sheet holds these rows."""
    return with_parts({SHEET: f"{HEAD}<worksheet {MAIN}><sheetData>{rows}</sheetData>{after}</worksheet>".encode()})


def part_of(name: str) -> bytes:
    """Return one part of an honest workbook."""
    return zipfile.ZipFile(io.BytesIO(workbook(A1="x"))).read(name)


def test_honest_workbook_passes_the_same_bounds() -> None:
    """See that the refusals below are not for everybody."""
    assert read_workbook(workbook(A1="Tên đội", B2=7.5), SMALL).sheets[0].rows == [["Tên đội", ""], ["", 7.5]]


ENTITIES = (
    f'{HEAD}<!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><worksheet {MAIN}><sheetData><row r="1">'
    '<c r="A1" t="inlineStr"><is><t>&b;</t></is></c></row></sheetData></worksheet>'
).encode()
OUTSIDE = ENTITIES.replace(b'<!ENTITY a "ha">', b'<!ENTITY a SYSTEM "file:///etc/hostname">')
CELL = '<c r="A1" t="inlineStr"><is><t>x</t></is></c>'

CASES: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty": (lambda: b"", "trống"),
    "a letter": (lambda: "Kính gửi Ban Tổ chức\nTrường gửi danh sách sau.".encode(), "không phải bảng tính"),
    "a picture": (lambda: b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20, "không phải bảng tính"),
    "html named xlsx": (lambda: b"<html><table></table></html>", "trang web"),
    "old xls": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "hỏng"),
    "encrypted": (
        lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"),
        "mật khẩu",
    ),
    "a document": (lambda: with_parts({"xl/workbook.xml": None, "word/document.xml": b"<w/>"}), "không phải bảng tính"),
    "no content types": (lambda: with_parts({"[Content_Types].xml": None}), "không phải bảng tính"),
    "xlsb": (lambda: with_parts({"xl/workbook.bin": b"x"}), ".xlsb"),
    "macro": (lambda: with_parts({"xl/vbaProject.bin": b"x"}), "macro"),
    "macro by type": (
        lambda: with_parts(
            {
                "[Content_Types].xml": part_of("[Content_Types].xml").replace(
                    b"spreadsheetml.sheet.main", b"sheet.macroEnabled.main"
                )
            }
        ),
        "macro",
    ),
    "cut off": (lambda: workbook(A1="x")[:-200], "hỏng"),
    "cut in the middle": (lambda: workbook(A1="x")[:900], "hỏng"),
    "sheet is not xml": (lambda: with_parts({SHEET: b"not xml at all"}), "hỏng"),
    "sheet ends early": (lambda: with_parts({SHEET: f"<worksheet {MAIN}><sheetData>".encode()}), "hỏng"),
    "sheet missing": (lambda: with_parts({SHEET: None}), "hỏng"),
    "no relations": (lambda: with_parts({"xl/_rels/workbook.xml.rels": None}), "hỏng"),
    "entities": (lambda: with_parts({SHEET: ENTITIES}), "hỏng"),
    "outside entity": (lambda: with_parts({SHEET: OUTSIDE}), "hỏng"),
    "utf-16": (lambda: with_parts({SHEET: ENTITIES.decode().replace("UTF-8", "UTF-16").encode("utf-16")}), "hỏng"),
    "bad reference": (lambda: sheet_of('<row r="1"><c r="1A"><v>1</v></c></row>'), "hỏng"),
    "packed bomb": (lambda: with_parts({SHEET: b" " * 5_000_000}), "giải nén"),
    "bomb beside": (lambda: with_parts({"xl/theme/other.xml": b"<a>" + b" " * 5_000_000 + b"</a>"}), "giải nén"),
    "many parts": (lambda: with_parts({f"xl/media/{n}.png": b"" for n in range(60)}), "giải nén"),
    "many elements": (lambda: sheet_of("<row/>" * 30_000), "giải nén"),
    "many names": (lambda: sheet_of("".join(f"<a{n}/>" for n in range(6000))), "giải nén"),
    "deep": (lambda: sheet_of("<row>" * 200 + "</row>" * 200), "giải nén"),
    "long tag": (lambda: sheet_of("<row " + " ".join(f'a{n}="1"' for n in range(90_000)) + "/>"), "giải nén"),
    "far corner": (
        lambda: sheet_of(f'<row r="1">{CELL}</row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
        "quá lớn",
    ),
    "far corner without references": (lambda: sheet_of('<row r="999999"><c><v>1</v></c></row>'), "quá lớn"),
    "wide": (lambda: sheet_of("<row>" + "<c><v>1</v></c>" * 60 + "</row>"), "quá lớn"),
    "large rectangle": (
        lambda: sheet_of(f'<row r="1">{CELL}</row><row r="1000"><c r="AX1000"><v>1</v></c></row>'),
        "hơn 20.000 ô",
    ),
    "overlapping merges": (
        lambda: sheet_of(
            f'<row r="1">{CELL}</row>', "<mergeCells>" + '<mergeCell ref="A1:Z900"/>' * 50 + "</mergeCells>"
        ),
        "hỏng",
    ),
    "long text": (
        lambda: sheet_of(f'<row r="1"><c r="A1" t="inlineStr"><is><t>{"x" * 40_000}</t></is></c></row>'),
        "32.767",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_hostile_workbook_gets_a_sentence(name: str) -> None:
    """Say what is wrong and what to do, for each kind of bad file."""
    make, words = CASES[name]
    with pytest.raises(Unusable) as caught:
        read_workbook(make(), SMALL)
    assert words in str(caught.value)
    assert str(caught.value).endswith(".")


def test_two_parts_of_one_name_are_refused() -> None:
    """Refuse an archive that shows one part to us and another to the next reader."""
    out = io.BytesIO(workbook(A1="x"))
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(out, "a") as archive:
        archive.writestr(SHEET, b"<other/>")
    with pytest.raises(Unusable):
        read_workbook(out.getvalue(), SMALL)


def test_too_many_sheets_and_too_heavy_a_file() -> None:
    """Bound the sheets and the file itself."""
    book = openpyxl.Workbook()
    for _ in range(4):
        book.create_sheet()
    out = io.BytesIO()
    book.save(out)
    with pytest.raises(Unusable, match="3 trang tính"):
        read_workbook(out.getvalue(), SMALL)
    with pytest.raises(Unusable, match="0 MB"):
        read_workbook(out.getvalue(), Limits(file_bytes=1000))


def test_missing_file_gets_a_sentence(tmp_path: Path) -> None:
    """Answer a wrong path and a folder."""
    for path in (tmp_path / "không-có.xlsx", tmp_path):
        with pytest.raises(Unusable, match="Không mở được"):
            read_workbook(path)


def test_borders_painted_down_to_the_last_row_do_no_harm() -> None:
    """Count cells that hold something, not cells that look like something."""
    data = sheet_of(f'<row r="1">{CELL}</row><row r="1048576"><c r="XFD1048576" s="0"/></row>')
    assert read_workbook(data, SMALL).sheets[0].rows == [["x"]]


def novel() -> bytes:
    """Return a workbook in which a long string is shown by very many cells."""
    strings = f"{HEAD}<sst {MAIN}><si><t>{'x' * 32_000}</t></si></sst>".encode()
    cells = "".join(f'<row r="{row}">' + '<c t="s"><v>0</v></c>' * 40 + "</row>" for row in range(1, 10_000))
    sheet = f"{HEAD}<worksheet {MAIN}><sheetData>{cells}</sheetData></worksheet>".encode()
    return with_parts({"xl/sharedStrings.xml": strings, SHEET: sheet})


def fifty_sheets() -> bytes:
    """Return a workbook whose fifty sheets are all the same part."""
    book = part_of("xl/workbook.xml").decode()
    tag = re.search(r"<sheet [^>]*/>", book)
    assert tag is not None
    sheets = "".join(re.sub(r'name="[^"]*"', f'name="S{number}"', tag[0]) for number in range(50))
    cells = "".join(f'<row r="{row}">' + "<c><v>1</v></c>" * 20 + "</row>" for row in range(1, 10_000))
    sheet = f"{HEAD}<worksheet {MAIN}><sheetData>{cells}</sheetData></worksheet>".encode()
    return with_parts({"xl/workbook.xml": book.replace(tag[0], sheets).encode(), SHEET: sheet})


BOMBS = {
    "packed gigabyte": lambda: with_parts({SHEET: b" " * 400_000_000}),
    "a million cells": lambda: sheet_of("<row>" + "<c><v>1</v></c>" * 3_000_000 + "</row>"),
    "strings": lambda: with_parts(
        {"xl/sharedStrings.xml": f"<sst {MAIN}>".encode() + b"<si/>" * 9_000_000 + b"</sst>"}
    ),
    "far corner": CASES["far corner"][0],
    "one novel in every cell": lambda: novel(),
    "one part as fifty sheets": lambda: fifty_sheets(),
}

READ = """
import resource, sys
from contest_portal.core.errors import Unusable
from contest_portal.core.spreadsheets import read_workbook
read_workbook(open(sys.argv[2], "rb").read())
before = resource.getrusage(resource.RUSAGE_SELF)
try:
    read_workbook(open(sys.argv[1], "rb").read())
except Unusable:
    after = resource.getrusage(resource.RUSAGE_SELF)
    print(after.ru_utime - before.ru_utime, after.ru_maxrss - before.ru_maxrss)
"""


@pytest.mark.parametrize("name", BOMBS)
def test_bomb_costs_little_time_and_memory(name: str, tmp_path: Path) -> None:
    """Answer within the real bounds: 10 s and 300 MB, in a process of its own that can be measured."""
    pytest.importorskip("resource")
    bomb, honest = tmp_path / "bomb.xlsx", tmp_path / "honest.xlsx"
    bomb.write_bytes(BOMBS[name]())
    honest.write_bytes(workbook(A1="x"))
    done = subprocess.run(
        [sys.executable, "-c", READ, bomb, honest], capture_output=True, text=True, timeout=60, check=True
    )
    seconds, kilobytes = map(float, done.stdout.split())
    assert seconds < 10
    assert kilobytes < 300 * 1024
