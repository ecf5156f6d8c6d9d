"""A document laid out as Decree 30/2020/NĐ-CP asks: head, title, headings, body, receivers, signature, annex.

Measures: A4; margins top and bottom 20 mm, left 30 mm, right 15 mm; Times New Roman; sizes in points.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from contest_portal.core.papers.model import TEXT_WIDTH, Annex, Grid, Letterhead, Paper, Signatures, plain

FONT: Final = "Times New Roman"
BODY: Final = 14
# The nation's name has to stand on one line.
HEAD_WIDTHS: Final = (70.0, 95.0)
CLOSING_WIDTHS: Final = (82.5, 82.5)


def write_docx(paper: Paper, target: Any) -> None:
    """Write an official document as .docx to a path or a stream."""
    document = OfficialDocument()
    document.head(paper.letterhead, paper.number, paper.dated)
    document.title(paper.title, paper.subject)
    for block in paper.blocks:
        _WRITERS[block.kind](document, block)
    if paper.closing:
        document.closing(paper.letterhead)
    for annex in paper.annexes:
        document.annex(annex)
    document.save(target)


class OfficialDocument:
    """Write one official document from its head to its annex."""

    def __init__(self) -> None:
        """Begin an empty page with the decree's margins and type."""
        from docx import Document
        from docx.shared import Mm, Pt

        self.document: Any = Document()
        self._pt = Pt
        section = self.document.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.top_margin = section.bottom_margin = Mm(20)
        section.left_margin, section.right_margin = Mm(30), Mm(15)
        section.header_distance = Mm(10)
        style = self.document.styles["Normal"]
        style.font.name, style.font.size = FONT, Pt(BODY)
        # Word chooses the type of Vietnamese letters by these, not by the plain name.
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for kind in ("w:eastAsia", "w:cs", "w:hAnsi", "w:ascii"):
            fonts.set(_qualified(kind), FONT)
        self._number_pages(section)

    def head(self, letterhead: Letterhead, number: str | None, dated: str) -> None:
        """Write the two columns: who issues it, and the nation's name and motto."""
        table = self._frame(HEAD_WIDTHS)
        left, right = table.rows[0].cells
        lines = [(letterhead.parent, 12, False), (letterhead.issuer, 12, True)]
        for text, size, bold in lines:
            if text:
                self._line(left, text.upper(), size=size, bold=bold)
        self._rule(left, 1 / 3, width=HEAD_WIDTHS[0])
        self._line(right, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", size=12, bold=True)
        self._line(right, "Độc lập - Tự do - Hạnh phúc", size=13, bold=True)
        self._rule(right, 0.55, width=HEAD_WIDTHS[1])
        below_left, below_right = table.add_row().cells
        self._set_widths(table, HEAD_WIDTHS)
        if number is not None:
            self._line(below_left, f"Số: {number}", size=13)
        self._line(below_right, f"{letterhead.place}, {dated}", size=13, italic=True)
        for cells in (table.rows[0].cells, table.rows[1].cells):
            for cell in cells:
                self._drop_first(cell)

    def title(self, kind: str, subject: Sequence[str]) -> None:
        """Write the kind of document and what it is about, with a rule below."""
        self._centred(kind, bold=True, before=12)
        for line in subject:
            self._centred(line, bold=True)
        self._rule(self.document, 1 / 4, width=TEXT_WIDTH)

    def heading(self, text: str) -> None:
        """Write a heading, bold."""
        self._body(text, bold=True)

    def paragraph(self, text: str, *, italic: bool = False) -> None:
        """Write a paragraph of the body."""
        self._body(text, italic=italic)

    def to_fill_in(self, text: str) -> None:
        """Write a line that a person still has to write, marked so that nobody overlooks it."""
        from docx.enum.text import WD_COLOR_INDEX

        run = self._body(f"[{text}]", italic=True).runs[0]
        run.font.highlight_color = WD_COLOR_INDEX.YELLOW

    def closing(self, letterhead: Letterhead) -> None:
        """Write who receives it at the left, and who signs at the right."""
        table = self._frame(CLOSING_WIDTHS)
        left, right = table.rows[0].cells
        self._line(left, "Nơi nhận:", size=12, bold=True, italic=True, centre=False)
        for receiver in letterhead.receivers:
            self._line(left, f"- {receiver};", size=11, centre=False)
        self._line(left, "- Lưu: VT.", size=11, centre=False)
        self._line(right, letterhead.authority, size=13, bold=True)
        self._line(right, letterhead.signer, size=13, bold=True)
        for cell in (left, right):
            self._drop_first(cell)

    def grid(self, grid: Grid) -> None:
        """Write a table whose head is repeated on every page."""
        table = self._frame(grid.widths)
        table.style = "Table Grid"
        for cell, text in zip(table.rows[0].cells, grid.columns, strict=True):
            self._line(cell, text, size=grid.size, bold=True)
            self._drop_first(cell)
        self._repeat(table.rows[0])
        for row in grid.rows:
            for place, (cell, text) in enumerate(zip(table.add_row().cells, row, strict=True)):
                self._line(cell, text, size=grid.size, centre=place in grid.centred)
                self._drop_first(cell)
        self._set_widths(table, grid.widths)

    def signatures(self, signatures: Signatures) -> None:
        """Write the places where several people sign, side by side."""
        width = TEXT_WIDTH / len(signatures.places)
        table = self._frame([width] * len(signatures.places))
        for cell, (post, name) in zip(table.rows[0].cells, signatures.places, strict=True):
            self._line(cell, post.upper(), size=13, bold=True).paragraph_format.space_before = self._pt(12)
            self._line(cell, "(Ký, ghi rõ họ tên)", size=12, italic=True)
            self._line(cell, name, size=13, bold=True).paragraph_format.space_before = self._pt(64)
            self._drop_first(cell)
        self._keep_whole(table.rows[0])

    def annex(self, annex: Annex) -> None:
        """Write an annex with one table on a page of its own, its pages numbered anew."""
        from docx.enum.section import WD_SECTION
        from docx.oxml import OxmlElement

        section = self.document.add_section(WD_SECTION.NEW_PAGE)
        numbering = OxmlElement("w:pgNumType")
        numbering.set(_qualified("w:start"), "1")
        section._sectPr.append(numbering)
        self._centred("Phụ lục", bold=True)
        self._centred(annex.title, bold=True)
        self._centred(annex.reference, italic=True)
        self.grid(annex.grid)

    def save(self, target: Any) -> None:
        """Write the document to a path or a stream."""
        self.document.save(target)

    def _frame(self, widths: Sequence[float]) -> Any:
        table = self.document.add_table(rows=1, cols=len(widths))
        table.autofit = False
        self._set_widths(table, widths)
        return table

    def _set_widths(self, table: Any, widths: Sequence[float]) -> None:
        # Word believes the columns, LibreOffice the cells.
        for place, width in enumerate(widths):
            table.columns[place].width = self._millimetres(width)
            for row in table.rows:
                row.cells[place].width = self._millimetres(width)

    def _line(
        self, place: Any, text: str, *, size: float, bold: bool = False, italic: bool = False, centre: bool = True
    ) -> Any:
        from docx.enum.text import WD_ALIGN_PARAGRAPH

        paragraph = place.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER if centre else WD_ALIGN_PARAGRAPH.LEFT
        paragraph.paragraph_format.space_after = self._pt(0)
        run = paragraph.add_run(plain(text))
        run.font.size, run.bold, run.italic = self._pt(size), bold, italic
        return paragraph

    def _centred(self, text: str, *, bold: bool = False, italic: bool = False, before: float = 0) -> None:
        paragraph = self._line(self.document, text, size=BODY, bold=bold, italic=italic)
        paragraph.paragraph_format.space_before = self._pt(before)

    def _body(self, text: str, *, bold: bool = False, italic: bool = False) -> Any:
        from docx.enum.text import WD_ALIGN_PARAGRAPH
        from docx.shared import Cm

        paragraph = self.document.add_paragraph()
        layout = paragraph.paragraph_format
        paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
        layout.first_line_indent, layout.space_after, layout.line_spacing = Cm(1.27), self._pt(6), 1.15
        layout.keep_with_next = bold
        run = paragraph.add_run(plain(text))
        run.bold, run.italic = bold, italic
        return paragraph

    def _rule(self, place: Any, share: float, *, width: float) -> None:
        """Draw a rule over a share of the width: the border of a paragraph that is indented from both sides."""
        from docx.oxml import OxmlElement

        paragraph = place.add_paragraph()
        paragraph.paragraph_format.space_after = self._pt(6)
        paragraph.paragraph_format.line_spacing = self._pt(2)
        margin = self._millimetres(width * (1 - share) / 2)
        paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = margin
        borders, top = OxmlElement("w:pBdr"), OxmlElement("w:top")
        for name, value in (("w:val", "single"), ("w:sz", "6"), ("w:space", "1"), ("w:color", "000000")):
            top.set(_qualified(name), value)
        borders.append(top)
        paragraph._p.get_or_add_pPr().append(borders)

    def _millimetres(self, length: float) -> Any:
        from docx.shared import Mm

        return Mm(length)

    def _number_pages(self, section: Any) -> None:
        """Number the pages in the middle of the top margin, but not the first."""
        from docx.enum.text import WD_ALIGN_PARAGRAPH
        from docx.oxml import OxmlElement

        section.different_first_page_header_footer = True
        paragraph = section.header.paragraphs[0]
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        run = paragraph.add_run()
        run.font.size = self._pt(13)
        for kind, text in (("begin", None), (None, "PAGE"), ("end", None)):
            element = OxmlElement("w:instrText" if text else "w:fldChar")
            if text:
                element.text = text
            else:
                element.set(_qualified("w:fldCharType"), kind)
            run._r.append(element)

    def _repeat(self, row: Any) -> None:
        from docx.oxml import OxmlElement

        mark = OxmlElement("w:tblHeader")
        mark.set(_qualified("w:val"), "true")
        row._tr.get_or_add_trPr().append(mark)

    def _keep_whole(self, row: Any) -> None:
        from docx.oxml import OxmlElement

        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))

    def _drop_first(self, cell: Any) -> None:
        # A new cell comes with an empty paragraph, which would push everything down a line.
        first = cell.paragraphs[0]
        if len(cell.paragraphs) > 1 and not first.text and not first.runs:
            first._p.getparent().remove(first._p)


def _qualified(name: str) -> str:
    from docx.oxml.ns import qn

    found: str = qn(name)
    return found


_WRITERS: Final[Mapping[str, Callable[[OfficialDocument, Any], Any]]] = {
    "heading": lambda document, block: document.heading(block.text),
    "paragraph": lambda document, block: document.paragraph(block.text, italic=block.italic),
    "fill_in": lambda document, block: document.to_fill_in(block.text),
    "grid": lambda document, block: document.grid(block),
    "signatures": lambda document, block: document.signatures(block),
}
