"""Official documents say the same as .docx and as PDF, and what people typed stays text."""

import io
from dataclasses import replace
from datetime import date

import pytest
from docx import Document
from pypdf import PdfReader

from contest_portal.core.papers.codes import qr_drawing, qr_svg
from contest_portal.core.papers.model import (
    Annex,
    FillIn,
    Grid,
    Heading,
    Letterhead,
    Paper,
    Paragraph,
    Signatures,
    head_date,
)
from contest_portal.core.papers.pdf import typeset, write_pdf
from contest_portal.core.papers.word import write_docx

VOWELS = "aăâeêioôơuưyáắấéếíóốớúứýàằầèềìòồờùừỳảẳẩẻểỉỏổởủửỷãẵẫẽễĩõỗỡũữỹạặậẹệịọộợụựỵđĐ"
# What would be markup if typed text were code: Typst's, XML's and a workbook's.
HOSTILE = '#panic("no") *sao* _gạch_ $x^2$ <nhãn> @ref \\ "nháy" =1+1 `mã` [ngoặc] // không mất'
LETTERHEAD = Letterhead("Ủy ban nhân dân huyện Lạng Giang", "Ban Tổ chức\nCuộc thi huyện", "BTC", "Lạng Giang")


def _paper() -> Paper:
    return Paper(
        letterhead=LETTERHEAD,
        number="05/BB-BTC",
        dated=head_date(date(2024, 5, 6)),
        title="BIÊN BẢN",
        subject=["Chấm sơ khảo"],
        blocks=[
            Heading("I. THÀNH PHẦN"),
            Paragraph(HOSTILE),
            Paragraph(VOWELS, italic=True),
            FillIn("Ghi thêm"),
            Grid(("TT", "Tên"), [("1", HOSTILE), ("2", "dòng một\ndòng hai")], (15, 150), centred=(0,)),
            Signatures([("Thư ký", "Nguyễn Thị Lan"), ("Chủ trì", "Giáp Văn Bình")]),
        ],
        closing=False,
        annexes=[Annex("DANH SÁCH", "(Kèm theo Biên bản)", Grid(("TT", "Tên"), [("1", "Robot")], (15, 150)))],
    )


def _pdf_text(made: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(made)).pages).split())


def _docx_text(paper: Paper) -> str:
    stream = io.BytesIO()
    write_docx(paper, stream)
    document = Document(stream)
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return " ".join(" ".join([*(paragraph.text for paragraph in document.paragraphs), *cells]).split())


@pytest.mark.parametrize("read", [_docx_text, lambda paper: _pdf_text(write_pdf(paper))], ids=["docx", "pdf"])
def test_a_document_says_all_it_was_given(read) -> None:  # type: ignore[no-untyped-def]
    text = read(_paper()).replace("\u00ad", "")
    for wanted in (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "Số: 05/BB-BTC",
        "Lạng Giang, ngày 06 tháng 5 năm 2024",
        "BIÊN BẢN",
        "I. THÀNH PHẦN",
        VOWELS,
        "[Ghi thêm]",
        "(Ký, ghi rõ họ tên)",
        "Nguyễn Thị Lan",
        "Giáp Văn Bình",
        "Phụ lục",
        "DANH SÁCH",
    ):
        assert wanted in text


def test_typed_text_is_never_markup() -> None:
    words = HOSTILE.split()
    text = _pdf_text(write_pdf(_paper()))
    assert all(word in text for word in words)
    assert HOSTILE in _docx_text(_paper())


def test_minutes_end_with_their_own_signatures_and_reports_with_their_receivers() -> None:
    assert "Liên hiệp hội Việt Nam" not in _pdf_text(write_pdf(_paper())) + _docx_text(_paper())
    closed = replace(_paper(), closing=True)
    for text in (_pdf_text(write_pdf(closed)), _docx_text(closed)):
        assert "Liên hiệp hội Việt Nam;" in text
        assert "PHÓ CHỦ TỊCH" in text


def test_a_document_without_a_number_shows_no_empty_one() -> None:
    unnumbered = replace(_paper(), number=None)
    assert "Số:" not in _pdf_text(write_pdf(unnumbered))
    assert "Số:" not in _docx_text(unnumbered)


def test_what_a_document_is_made_of_survives_storage() -> None:
    paper = _paper()
    assert Paper.from_dict(paper.to_dict()).to_dict() == paper.to_dict()


def test_pages_are_upright_a4_and_the_annex_begins_a_page() -> None:
    pages = PdfReader(io.BytesIO(write_pdf(_paper()))).pages
    assert len(pages) == 2
    assert [round(float(side)) for side in pages[0].mediabox[2:]] == [595, 842]


def test_letters_no_paper_can_hold_are_left_out() -> None:
    paper = replace(_paper(), blocks=[Paragraph("a\x00b\ufffec\ud800d")])
    assert "abcd" in _pdf_text(write_pdf(paper))
    assert "abcd" in _docx_text(paper)


def test_a_template_cannot_be_read_from_outside_the_package() -> None:
    with pytest.raises(RuntimeError, match="root"):
        typeset("/../../../../etc/hostname", {})


def test_codes_are_drawings_of_what_they_say() -> None:
    assert qr_svg("https://portal.example/e/RB24-1").startswith("<?xml")
    drawing = str(qr_drawing("https://portal.example/e/RB24-1"))
    assert drawing.startswith("<svg")
    assert "style" not in drawing
