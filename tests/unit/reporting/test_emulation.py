"""The report says what the tallies count, in the sentences and the layout the Union uses."""

import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Mm, Pt
from flask import Flask

from contest_portal.accounts.actor import SYSTEM
from contest_portal.cli.report import report
from contest_portal.contests.queries import get_edition, units_of
from contest_portal.contests.setup.queries import edition_units
from contest_portal.core.database import db, transaction
from contest_portal.core.errors import Invalid
from contest_portal.core.i18n import language
from contest_portal.core.papers.model import Letterhead, head_date
from contest_portal.core.papers.word import OfficialDocument
from contest_portal.registration.services import move_entry
from contest_portal.registration.status import Status
from contest_portal.reporting.emulation import Period, as_json, compose, file_name, spoken, units_word
from contest_portal.reporting.emulation_document import write_document
from contest_portal.screening.services import complete_unit
from tests.factories import make_entry, make_school, unit_of

MAY = Period(date(2024, 1, 1), date(2024, 6, 30), date(2024, 5, 31))
PEOPLE: list[dict[str, Any]] = [{"role": "member"}, {"role": "member"}, {"role": "coach"}]
AUTHORS: list[dict[str, Any]] = [{"role": "author"}, {"role": "coach"}]


@pytest.fixture
def season(app: Flask) -> Flask:
    """Return a portal with three teams, two works of which one was forwarded, and one solution."""
    school = make_school(unit=unit_of("robocon-2024"))
    for day in (date(2024, 5, 18), date(2024, 5, 20), date(2024, 5, 27)):
        make_entry("robocon-2024", school=school, happened_on=day, people=PEOPLE)
    unit = unit_of("youth-2024")
    for title in ("Mô hình một", "Mô hình hai"):
        _work(title, unit.id, forwarded=title.endswith("một"))
    complete_unit(SYSTEM, get_edition("youth-2024"), unit, date(2024, 5, 30))
    make_entry("technical-2024", happened_on=date(2024, 4, 2), people=[{"role": "author"}])
    make_entry("technical-2024", happened_on=date(2024, 4, 2), status=Status.DRAFT)
    return app


def _work(title: str, unit_id: int, *, forwarded: bool) -> None:
    day = date(2024, 5, 10)
    entry = make_entry(
        "youth-2024", title=title, unit_id=unit_id, status=Status.RECEIVED, happened_on=day, people=AUTHORS
    )
    with transaction():
        move_entry(SYSTEM, entry, Status.SCREENED, happened_on=date(2024, 5, 20))
        move_entry(
            SYSTEM, entry, Status.FORWARDED if forwarded else Status.NOT_FORWARDED, happened_on=date(2024, 5, 29)
        )


def test_each_contest_has_its_sentence(season: Flask) -> None:
    robocon, youth, technical = compose(MAY).paragraphs
    assert robocon.startswith(
        "Tính đến ngày 31/5/2024 đã có 3 đội đăng ký dự thi với 9 thành viên, người hướng dẫn tham gia Cuộc thi Robocon"
    )
    assert "1/10 huyện, thị xã, thành phố đã hoàn thành việc thu nhận, đánh giá mô hình" in youth
    assert "với 2 mô hình, sản phẩm của 2 tác giả" in youth
    assert "cấp tỉnh đã thu nhận 1 mô hình, sản phẩm" in youth
    assert technical.startswith("Tính đến ngày 31/5/2024 đã có 1 giải pháp của 1 tác giả đăng ký tham gia Hội thi")


def test_figures_are_those_of_the_day(season: Flask) -> None:
    earlier = compose(Period(date(2024, 1, 1), date(2024, 6, 30), date(2024, 5, 20)))
    robocon, youth, _technical = earlier.paragraphs
    assert "đã có 2 đội đăng ký dự thi với 6 thành viên" in robocon
    assert "0/10 huyện" in youth
    assert "thu nhận 0 mô hình" in youth


def test_an_edition_outside_the_period_is_not_mentioned(season: Flask) -> None:
    later = compose(Period(date(2024, 7, 1), date(2024, 12, 31), date(2024, 12, 31)))
    assert [figure.edition for figure in later.figures] == ["technical-2024", "technical-2024"]


def test_json_names_every_figure(season: Flask) -> None:
    found = as_json(compose(MAY))
    assert found["as_of"] == "2024-05-31"
    values = {(f["edition"], f["name"]): f["value"] for f in found["figures"]}
    assert values["robocon-2024", "teams"] == 3
    assert values["robocon-2024", "people"] == 9
    assert values["youth-2024", "units_completed"] == 1
    assert values["youth-2024", "units_total"] == 10
    assert values["youth-2024", "forwarded"] == 1
    assert values["technical-2024", "entries"] == 1
    assert len(found["paragraphs"]) == 3


def test_document_holds_the_sentences_and_the_annex(season: Flask) -> None:
    report_of_may, stream = compose(MAY), io.BytesIO()
    write_document(report_of_may, stream)
    document = Document(stream)
    text = [paragraph.text for paragraph in document.paragraphs]
    assert "BÁO CÁO" in text
    assert "Sơ kết công tác thi đua, khen thưởng 6 tháng đầu năm 2024" in text
    assert all(paragraph in text for paragraph in report_of_may.paragraphs)
    assert text.index("2.5. Hoạt động sáng tạo kỹ thuật, tôn vinh trí thức, Hội thi, Cuộc thi") < text.index(
        report_of_may.paragraphs[0]
    )
    annex = [[cell.text for cell in row.cells] for row in document.tables[-1].rows]
    assert annex[0] == ["TT", "Cuộc thi", "Chỉ tiêu", "Số liệu", "Tính đến ngày"]
    assert len(annex) == 1 + len(report_of_may.figures)
    assert annex[1][3:] == ["3", "31/05/2024"]


def test_document_is_vietnamese_whoever_asks(season: Flask) -> None:
    stream = io.BytesIO()
    with language("en"):
        report_of_may = compose(MAY)
        write_document(report_of_may, stream)
        assert str(report_of_may.figures[0].label) == "Teams"
    annex = [[cell.text for cell in row.cells] for row in Document(stream).tables[-1].rows]
    assert annex[1][2] == "Số đội"


def test_head_and_annex_carry_the_number_of_whoever_issues_it(season: Flask) -> None:
    stream = io.BytesIO()
    issuer = Letterhead(issuer="LIÊN HIỆP HỘI BẮC NINH", code="LHHBN", place="Bắc Ninh")
    write_document(compose(MAY), stream, issuer)
    document = Document(stream)
    head = [cell.text for row in document.tables[0].rows for cell in row.cells]
    assert any("/BC-LHHBN" in text for text in head)
    assert any(text.startswith("Bắc Ninh, ngày") for text in head)
    (reference,) = [p.text for p in document.paragraphs if p.text.startswith("(Kèm theo")]
    assert "/BC-LHHBN " in reference


def test_layout_follows_the_decree(season: Flask) -> None:
    stream = io.BytesIO()
    write_document(compose(MAY), stream)
    document = Document(stream)
    section = document.sections[0]
    page = (section.page_width, section.page_height, section.top_margin, section.left_margin, section.right_margin)
    # Word counts in twentieths of a point.
    assert [round(length / Mm(1)) for length in page] == [210, 297, 20, 30, 15]
    assert section.different_first_page_header_footer
    assert "PAGE" in section.header.paragraphs[0]._p.xml
    assert document.styles["Normal"].font.name == "Times New Roman"
    body = next(p for p in document.paragraphs if p.text.startswith("Tính đến ngày"))
    assert body.alignment == WD_ALIGN_PARAGRAPH.JUSTIFY
    assert body.paragraph_format.space_after == Pt(6)
    head = "\n".join(cell.text for cell in document.tables[0].rows[0].cells)
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc" in head


def test_text_xml_cannot_hold_is_left_out() -> None:
    document, stream = OfficialDocument(), io.BytesIO()
    document.head(Letterhead(parent="UBND\x00 TỈNH"), "1", "ngày 05 tháng 6 năm 2024")
    document.paragraph("=1+1 <b> \ufffe \ud800 ắằẳẵặ ươ")
    document.save(stream)
    read = Document(stream)
    assert read.paragraphs[-1].text == "=1+1 <b>   ắằẳẵặ ươ"
    assert "UBND TỈNH" in read.tables[0].rows[0].cells[0].text


@pytest.mark.parametrize(
    ("begins", "ends", "name"),
    [
        (date(2024, 1, 1), date(2024, 6, 30), "6 tháng đầu năm 2024"),
        (date(2024, 7, 1), date(2024, 12, 31), "6 tháng cuối năm 2024"),
        (date(2024, 1, 1), date(2024, 12, 31), "năm 2024"),
        (date(2024, 3, 5), date(2025, 3, 4), "từ ngày 5/3/2024 đến ngày 4/3/2025"),
    ],
)
def test_periods_are_called_what_people_call_them(begins: date, ends: date, name: str) -> None:
    assert Period(begins, ends, ends).name == name


def test_dates_are_written_as_head_and_text_write_them() -> None:
    assert spoken(date(2024, 5, 2)) == "2/5/2024"
    assert head_date(date(2026, 6, 5)) == "ngày 05 tháng 6 năm 2026"
    assert head_date(date(2026, 2, 15)) == "ngày 15 tháng 02 năm 2026"
    assert file_name(MAY) == "bao-cao-thi-dua_01-01-2024_30-06-2024.docx"


def test_impossible_periods_are_refused(at: Any) -> None:
    at(2024, 6, 1)
    with pytest.raises(Invalid, match="sau ngày bắt đầu"):
        Period(date(2024, 6, 30), date(2024, 1, 1), date(2024, 5, 1))
    with pytest.raises(Invalid, match="phía trước"):
        Period(date(2024, 1, 1), date(2024, 6, 30), date(2024, 6, 2))


def test_units_are_called_by_what_they_are(app: Flask) -> None:
    edition = get_edition("youth-2024")
    assert units_word(edition) == "huyện, thị xã, thành phố"
    for kind, word in (("commune", "xã, phường"), ("cluster", "cụm"), ("school", "trường")):
        for unit in units_of(edition.id):
            unit.kind = kind
        assert units_word(edition) == word
    with transaction():
        for found in edition_units(edition.id):
            db.session.delete(found)
    assert units_word(edition) == "đơn vị"


def test_command_prints_what_it_writes(season: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("contest_portal.cli.tally.create_app", lambda: season)
    out = tmp_path / "bao cao.docx"
    options = ["emulation", "--from", "2024-01-01", "--to", "30/06/2024", "--as-of", "2024-05-31", "--out", str(out)]
    done = CliRunner().invoke(report, [*options, "--json"])
    assert done.exit_code == 0, done.output
    assert json.loads(done.output)["paragraphs"] == compose(MAY).paragraphs
    assert any("3 đội" in p.text for p in Document(str(out)).paragraphs)
    plain = CliRunner().invoke(report, options)
    assert "3 đội" in plain.output


def test_command_says_where_it_cannot_write(season: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("contest_portal.cli.tally.create_app", lambda: season)
    out = tmp_path / "missing" / "x.docx"
    done = CliRunner().invoke(
        report, ["emulation", "--from", "2024-01-01", "--to", "2024-06-30", "--as-of", "2024-05-31", "--out", str(out)]
    )
    assert done.exit_code == 1
    assert "Cannot write" in done.output
