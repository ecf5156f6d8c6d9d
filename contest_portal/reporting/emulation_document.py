"""Lay the emulation report out: the sections of the Union's report, the contests' written from their figures."""

from collections.abc import Iterator
from typing import Any, Final

from contest_portal.core import clock
from contest_portal.core.i18n import language
from contest_portal.core.papers.model import (
    Annex,
    Block,
    FillIn,
    Grid,
    Heading,
    Letterhead,
    Paper,
    Paragraph,
    head_date,
)
from contest_portal.core.papers.word import write_docx
from contest_portal.core.vietnamese import format_date, format_number
from contest_portal.reporting.emulation import EmulationReport

FILL_IN: Final = "Nội dung do cơ quan bổ sung"
BEFORE_CONTESTS: Final = (
    "2.1. Về công tác xây dựng và củng cố tổ chức hội",
    "2.2. Hoạt động thông tin, phổ biến kiến thức khoa học kỹ thuật",
    "2.3. Hoạt động tư vấn, phản biện và giám định xã hội",
    "2.4. Hoạt động nghiên cứu, ứng dụng, chuyển giao khoa học và công nghệ",
)
CONTESTS: Final = "2.5. Hoạt động sáng tạo kỹ thuật, tôn vinh trí thức, Hội thi, Cuộc thi"
NO_CONTEST: Final = "Trong kỳ không có cuộc thi, hội thi nào nhận hồ sơ đăng ký."
AFTER_CONTESTS: Final = (
    "3. Kết quả thực hiện các phong trào thi đua",
    "4. Công tác xây dựng, tuyên truyền gương điển hình tiên tiến",
)


def write_document(report: EmulationReport, target: Any, letterhead: Letterhead | None = None) -> None:
    """Write the report as .docx to a path or a stream."""
    write_docx(paper_of(report, letterhead or Letterhead()), target)


def paper_of(report: EmulationReport, letterhead: Letterhead) -> Paper:
    """Return the report as an official document."""
    return Paper(
        letterhead=letterhead,
        number=f"     /BC-{letterhead.code}",
        dated=head_date(clock.today()),
        title="BÁO CÁO",
        subject=[f"Sơ kết công tác thi đua, khen thưởng {report.period.name}"],
        blocks=[*_results(report), *_assessment(), _end(report)],
        annexes=_annexes(report, letterhead),
    )


def _results(report: EmulationReport) -> Iterator[Block]:
    yield Heading("I. NHỮNG KẾT QUẢ ĐẠT ĐƯỢC")
    yield Heading("1. Công tác lãnh đạo, chỉ đạo tổ chức thực hiện các phong trào thi đua")
    yield FillIn(FILL_IN)
    yield Heading("2. Kết quả thực hiện công tác thi đua, khen thưởng đối với việc thực hiện nhiệm vụ chuyên môn")
    for heading in BEFORE_CONTESTS:
        yield from _section(heading)
    yield Heading(CONTESTS)
    for paragraph in report.paragraphs or [NO_CONTEST]:
        yield Paragraph(paragraph)
    for heading in AFTER_CONTESTS:
        yield from _section(heading)


def _assessment() -> Iterator[Block]:
    yield Heading("II. ĐÁNH GIÁ CHUNG")
    for heading in ("1. Ưu điểm", "2. Hạn chế"):
        yield from _section(heading)
    yield Heading("III. NHIỆM VỤ TRỌNG TÂM THỜI GIAN TỚI")
    yield FillIn(FILL_IN)


def _section(heading: str) -> Iterator[Block]:
    yield Heading(heading)
    yield FillIn(FILL_IN)


def _end(report: EmulationReport) -> Block:
    return Paragraph(f"Trên đây là báo cáo sơ kết công tác thi đua, khen thưởng {report.period.name}./.")


def _annexes(report: EmulationReport, issued: Letterhead) -> list[Annex]:
    with language("vi"):
        rows = [
            (str(number), figure.title, str(figure.label), format_number(figure.value), format_date(figure.as_of))
            for number, figure in enumerate(report.figures, start=1)
        ]
    reference = f"(Kèm theo Báo cáo số      /BC-{issued.code} ngày      tháng      năm      )"
    columns = ("TT", "Cuộc thi", "Chỉ tiêu", "Số liệu", "Tính đến ngày")
    grid = Grid(columns, rows, widths=(12, 68, 40, 20, 25), centred=(0, 3, 4))
    return [Annex("SỐ LIỆU CÁC CUỘC THI, HỘI THI", reference, grid)] if rows else []
