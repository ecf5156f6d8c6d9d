"""The summary workbook, read back by another library: what it says, how it prints, and that nothing in it can run."""

import io
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from openpyxl import load_workbook

from contest_portal.accounts.actor import SYSTEM
from contest_portal.contests.queries import get_edition
from contest_portal.core.i18n import language
from contest_portal.registration.services import move_entry
from contest_portal.registration.status import Status
from contest_portal.reporting.tallies import figures_of
from contest_portal.reporting.workbook import file_name, write_summary
from contest_portal.screening.services import complete_unit
from tests.counting import counted_statements
from tests.factories.judging import assign_all, make_judge, make_panel, score, sheet_for
from tests.factories.people import make_school, unit_of
from tests.factories.registration import make_entry, open_edition
from tests.factories.screening import YOUTH, unit_entry

ROBOCON = "robocon-2024"
DAY = date(2024, 5, 20)
NAMES = ("Nguyễn Văn Ân", "Trần Thị Anh", "Lê Văn An", "Đỗ Minh Ánh")
HOSTILE = ("=1+1", "+84", "-2+3", "@SUM(A1)", "\t=1", '=HYPERLINK("http://x","y")', "'=1")
SHEETS = ["Tổng quan", "Theo đơn vị", "Theo bảng", "Danh sách đội", "Danh sách người dự thi", "Điểm và xếp hạng"]

Clock = Callable[..., datetime]


def _book(code: str, as_of: date | None = DAY) -> Any:
    target = io.BytesIO()
    write_summary(get_edition(code), as_of, target)
    return load_workbook(target)


def _table(sheet: Any, heading: str) -> list[dict[str, Any]]:
    """Return the rows below the heading row that holds this word, as dictionaries."""
    rows = list(sheet.iter_rows(values_only=True))
    start = next(number for number, row in enumerate(rows) if heading in row)
    return [dict(zip(rows[start], row, strict=True)) for row in rows[start + 1 :]]


@pytest.fixture
def robocon(app: Flask, at: Clock) -> None:
    """Register a team of four, and one that withdraws."""
    at(2024, 5, 20)
    edition = open_edition(ROBOCON)
    school = make_school("Trường THCS Bố Hạ", unit=unit_of(edition, "Huyện Yên Thế"))
    people: list[dict[str, Any]] = [{"full_name": name, "birth_date": date(2011, 2, 3)} for name in NAMES[:3]]
    people.append({"full_name": NAMES[3], "role": "coach"})
    fields: dict[str, Any] = {"school": school, "division": edition.divisions[1], "happened_on": date(2024, 5, 18)}
    make_entry(edition, title="Sao Mai", people=people, **fields)
    gone = make_entry(edition, title="Đội rút", people=[{}], **fields)
    move_entry(SYSTEM, gone, Status.WITHDRAWN, happened_on=date(2024, 5, 19), reason="Rút")


def test_sheets_titles_and_day(robocon: None) -> None:
    book = _book(ROBOCON)
    assert book.sheetnames == SHEETS
    edition = get_edition(ROBOCON)
    assert [book[name]["A1"].value for name in SHEETS] == [
        "TỔNG HỢP SỐ LIỆU",
        "TỔNG HỢP THEO ĐƠN VỊ",
        "TỔNG HỢP THEO BẢNG",
        "DANH SÁCH ĐỘI",
        "DANH SÁCH NGƯỜI DỰ THI",
        "ĐIỂM VÀ XẾP HẠNG",
    ]
    for sheet in book:
        assert sheet["A2"].value == edition.title
        assert sheet["A3"].value == "LIÊN HIỆP CÁC HỘI KHOA HỌC VÀ KỸ THUẬT TỈNH BẮC GIANG"
        assert sheet["A4"].value == "Số liệu tính đến ngày 20/05/2024"
    assert (book.properties.title, file_name(edition, DAY)) == (edition.title, "tong-hop_robocon-2024_2024-05-20.xlsx")


def test_every_sheet_prints_on_a4_in_width_with_its_headings_on_each_page(robocon: None) -> None:
    for sheet in _book(ROBOCON):
        assert sheet.page_setup.paperSize == "9" or sheet.page_setup.paperSize == 9
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) in {(1, 0), (None, 0)}
        assert sheet.print_title_rows == "$6:$6"
        assert sheet.freeze_panes[-1] == "7"
        heading = sheet["A6"]
        assert heading.font.bold
        assert heading.border.left.style == heading.border.bottom.style == "thin"


def test_the_overview_states_the_tallies_and_sums_them_by_a_formula(robocon: None) -> None:
    sheet = _book(ROBOCON)["Tổng quan"]
    lines = {row["Chỉ tiêu"]: row["Số liệu"] for row in _table(sheet, "Chỉ tiêu")}
    figures = figures_of(get_edition(ROBOCON), DAY)
    assert lines["Số hồ sơ đăng ký"] == "=SUM(B7:B9)"
    assert [sheet.cell(row, 2).value for row in (7, 8, 9)] == [0, 1, 0]
    named = ("Số đội", "Thành viên, tác giả", "Người hướng dẫn", "Số người tham gia", "Tổng số đơn vị")
    assert [lines[name] for name in named] == [1, 3, 1, 4, 10]
    assert (figures.teams, figures.members, figures.coaches, figures.people, figures.units_total) == (1, 3, 1, 4, 10)
    assert (lines["Hồ sơ ở trạng thái: Đã nộp"], lines["Hồ sơ ở trạng thái: Đã rút"]) == (1, 1)
    assert "Đã chuyển lên cấp tỉnh" not in lines
    assert len(sheet._charts) == 1
    assert sheet._charts[0].ser[0].val.numRef.f == "'Tổng quan'!$B$7:$B$9"


def test_units_and_groups_are_summed_by_formulas_whose_values_are_there(robocon: None) -> None:
    target = io.BytesIO()
    write_summary(get_edition(ROBOCON), DAY, target)
    formulas, values = load_workbook(target), load_workbook(target, data_only=True)
    last = formulas["Theo đơn vị"].max_row
    row = [cell.value for cell in formulas["Theo đơn vị"][last]]
    assert row == ["Tổng cộng", None, "=SUM(C7:C16)", "=SUM(D7:D16)", "=SUM(E7:E16)", None]
    assert [cell.value for cell in values["Theo đơn vị"][last]] == ["Tổng cộng", None, 1, 4, 0, None]
    units = {row["Đơn vị"]: row["Số hồ sơ"] for row in _table(values["Theo đơn vị"], "Mã")[:-1]}
    assert units == figures_of(get_edition(ROBOCON), DAY).by_unit
    groups = _table(values["Theo bảng"], "Mã")
    assert [(row["Mã"], row["Số hồ sơ"], row["Tỷ lệ"]) for row in groups[:-1]] == [
        ("A", 0, 0),
        ("B", 1, 1),
        ("C", 0, 0),
    ]


def test_the_list_holds_what_was_registered_on_that_day(robocon: None) -> None:
    rows = _table(_book(ROBOCON)["Danh sách đội"], "Mã hồ sơ")
    assert len(rows) == 2
    team, total = rows
    assert (team["TT"], team["Tên đội"], team["Trường, đơn vị dự thi"]) == (1, "Sao Mai", "Trường THCS Bố Hạ")
    assert (team["Thành viên"], team["Người hướng dẫn"], team["Trạng thái"]) == (3, 1, "Đã nộp")
    assert (team["Ngày đăng ký"], team["Đơn vị"]) == (datetime(2024, 5, 18), "Huyện Yên Thế")
    assert (total["TT"], total["Thành viên"]) == ("Tổng cộng", "=SUM(G7:G7)")
    earlier = _table(_book(ROBOCON, date(2024, 5, 18))["Danh sách đội"], "Mã hồ sơ")
    assert [row["Tên đội"] for row in earlier[:-1]] == ["Sao Mai", "Đội rút"]


def test_people_come_in_vietnamese_order_with_dates_as_dates(robocon: None) -> None:
    sheet = _book(ROBOCON)["Danh sách người dự thi"]
    rows = _table(sheet, "Họ và tên")
    assert [row["Họ và tên"] for row in rows] == ["Lê Văn An", "Trần Thị Anh", "Đỗ Minh Ánh", "Nguyễn Văn Ân"]
    assert [row["Vai trò"] for row in rows] == ["thành viên", "thành viên", "người hướng dẫn", "thành viên"]
    assert [row["Ngày sinh"] for row in rows] == [
        datetime(2011, 2, 3),
        datetime(2011, 2, 3),
        None,
        datetime(2011, 2, 3),
    ]
    assert sheet["D7"].number_format == "dd/mm/yyyy"
    assert sheet["A7"].border.top.style == "thin"


def test_nothing_typed_becomes_a_formula_or_a_link(app: Flask, at: Clock) -> None:
    at(2024, 5, 20)
    edition = open_edition(ROBOCON)
    for text in HOSTILE:
        school = make_school(f"={text}")
        make_entry(edition, title=text, school=school, people=[{"full_name": text, "class_name": text}])
    target = io.BytesIO()
    write_summary(edition, DAY, target)
    book = load_workbook(target)
    teams = {row["Tên đội"]: row for row in _table(book["Danh sách đội"], "Mã hồ sơ")}
    assert {text.lstrip("\t") for text in HOSTILE} <= set(teams)
    formulas = [cell.value for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    assert formulas
    assert all(str(value).startswith("=SUM(") for value in formulas)
    with zipfile.ZipFile(target) as parts:
        assert not [name for name in parts.namelist() if "external" in name.lower()]
        links = [name for name in parts.namelist() if "worksheets/_rels" in name and b"hyperlink" in parts.read(name)]
        assert links == []


def test_scores_ranks_and_the_units_score_stand_on_the_last_sheet(app: Flask, at: Clock) -> None:
    at(2024, 5, 20)
    open_edition(YOUTH)
    works = [unit_entry(status=Status.FORWARDED, title=title, score=points, field="green") for title, points in
             (("An", "70"), ("Bình", "80.5"), ("Chi", "90"))]  # fmt: skip
    judges = [make_judge(full_name=f"Giám khảo {letter}") for letter in "AB"]
    panel = make_panel(judges, group="green")
    assign_all(panel)
    for work, points in zip(works[:2], (("30", "35"), ("40", "25")), strict=True):
        for judge, first in zip(judges, points, strict=True):
            score(judge, sheet_for(panel, work, judge).token, first, "0", "0", "0")
    rows = _table(_book(YOUTH)["Điểm và xếp hạng"], "Hạng")
    found = [
        (
            r["Hạng"],
            r["Tên mô hình, sản phẩm"],
            r["Điểm sơ khảo của đơn vị"],
            r["Điểm trung bình"],
            r["Phiếu đã nộp"],
            r["Phiếu được giao"],
        )
        for r in rows[:3]
    ]
    assert found == [
        (1, "An", 70, 32.5, 2, 2),
        (1, "Bình", 80.5, 32.5, 2, 2),
        (None, "Chi", 90, None, 0, 2),
    ]
    assert "bài thiếu phiếu chưa có thứ hạng" in str(rows[3]["Lĩnh vực"])


def test_a_contest_with_a_unit_round_has_its_own_sheets_and_words(app: Flask, at: Clock) -> None:
    at(2024, 5, 20)
    edition = open_edition(YOUTH)
    unit_entry(status=Status.FORWARDED, day=date(2024, 5, 18))
    complete_unit(SYSTEM, edition, unit_of(edition), date(2024, 5, 19))
    book = _book(YOUTH)
    word = "mô hình, sản phẩm"
    assert book.sheetnames[2:4] == ["Theo lĩnh vực", f"Danh sách {word}"]
    lines = {row["Chỉ tiêu"]: row["Số liệu"] for row in _table(book["Tổng quan"], "Chỉ tiêu")}
    assert (lines["Đã chuyển lên cấp tỉnh"], lines["Đơn vị đã hoàn thành"]) == (1, 1)
    assert "Số đội" not in lines
    unit = next(row for row in _table(book["Theo đơn vị"], "Mã") if row["Đơn vị"] == "Huyện Lạng Giang")
    assert (unit["Đã chuyển lên tỉnh"], unit["Ngày hoàn thành"]) == (1, datetime(2024, 5, 19))


def test_an_edition_without_entries_makes_a_whole_workbook(app: Flask, at: Clock) -> None:
    at(2024, 5, 20)
    for code in (ROBOCON, YOUTH, "technical-2024", "logo-2024"):
        book = _book(code, None)
        assert len(book.sheetnames) == 6
        assert book["Tổng quan"]["A4"].value == "Số liệu tính đến ngày 20/05/2024"


def test_it_is_vietnamese_whoever_asks(robocon: None) -> None:
    with language("en"):
        assert _book(ROBOCON).sheetnames == SHEETS


def test_it_asks_as_much_of_the_database_for_many_entries_as_for_one(robocon: None) -> None:
    sent = []
    for more in (0, 30):
        for _ in range(more):
            make_entry(ROBOCON, people=[{}, {}])
        with counted_statements() as statements:
            write_summary(get_edition(ROBOCON), DAY, io.BytesIO())
        sent.append(len(statements))
    assert sent[0] == sent[1] <= 14


OFFICE = shutil.which("soffice")


@pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not installed here")
def test_libreoffice_reads_it_and_its_formulas_make_the_same_sums(app: Flask, at: Clock, tmp_path: Path) -> None:
    at(2024, 5, 20)
    edition = open_edition(ROBOCON)
    for title in (*HOSTILE, "Sao Mai"):
        make_entry(edition, title=title, division=edition.divisions[1], people=[{}, {"role": "coach"}])
    book = tmp_path / "tong-hop.xlsx"
    write_summary(edition, DAY, book)
    profile = (tmp_path / "profile").as_uri()
    command = [str(OFFICE), f"-env:UserInstallation={profile}", "--headless", "--convert-to", "ods"]
    subprocess.run([*command, "--outdir", str(tmp_path), str(book)], check=True, capture_output=True, timeout=120)
    again = [
        str(OFFICE),
        f"-env:UserInstallation={profile}",
        "--headless",
        "--convert-to",
        "xlsx:Calc MS Excel 2007 XML",
    ]
    (tmp_path / "again").mkdir()
    target = ["--outdir", str(tmp_path / "again"), str(tmp_path / "tong-hop.ods")]
    subprocess.run([*again, *target], check=True, capture_output=True, timeout=120)
    read = load_workbook(tmp_path / "again" / "tong-hop.xlsx", data_only=True)
    assert read.sheetnames == SHEETS
    overview = {row[0]: row[1] for row in read["Tổng quan"].iter_rows(values_only=True)}
    assert overview["Số hồ sơ đăng ký"] == len(HOSTILE) + 1
    titles = {row["Tên đội"] for row in _table(read["Danh sách đội"], "Tên đội")}
    assert {title for title in HOSTILE if "\t" not in title} <= titles
    formulas = load_workbook(tmp_path / "again" / "tong-hop.xlsx")["Danh sách đội"]
    assert not [c.value for row in formulas.iter_rows(max_col=6) for c in row if c.data_type == "f"]
