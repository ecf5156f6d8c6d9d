"""Lay the emulation report out: the sections of the Union's report, the contests' written from their figures."""

from typing import Any, Final

from contest_portal.core import clock
from contest_portal.core.i18n import language
from contest_portal.core.vietnamese import format_date, format_number
from contest_portal.reporting.emulation import EmulationReport, head_date
from contest_portal.reporting.official import Letterhead, OfficialDocument

FILL_IN: Final = "Nội dung do cơ quan bổ sung"
BEFORE_CONTESTS: Final = (
    "2.1. Về công tác xây dựng và củng cố tổ chức hội",
    "2.2. Hoạt động thông tin, phổ biến kiến thức khoa học kỹ thuật",
    "2.3. Hoạt động tư vấn, phản biện và giám định xã hội",
    "2.4. Hoạt động nghiên cứu, ứng dụng, chuyển giao khoa học và công nghệ",
)
CONTESTS: Final = "2.5. Hoạt động sáng tạo kỹ thuật, tôn vinh trí thức, Hội thi, Cuộc thi"
AFTER_CONTESTS: Final = (
    "3. Kết quả thực hiện các phong trào thi đua",
    "4. Công tác xây dựng, tuyên truyền gương điển hình tiên tiến",
)


def write_document(report: EmulationReport, target: Any, letterhead: Letterhead | None = None) -> None:
    """Write the report as .docx to a path or a stream."""
    issued = letterhead or Letterhead()
    document = OfficialDocument()
    document.head(issued, f"     /BC-{issued.code}", head_date(clock.today()))
    document.title("BÁO CÁO", [f"Sơ kết công tác thi đua, khen thưởng {report.period.name}"])
    _results(document, report)
    _assessment(document)
    document.paragraph(f"Trên đây là báo cáo sơ kết công tác thi đua, khen thưởng {report.period.name}./.")
    document.closing(issued)
    _annex(document, report, issued)
    document.save(target)


def _results(document: OfficialDocument, report: EmulationReport) -> None:
    document.heading("I. NHỮNG KẾT QUẢ ĐẠT ĐƯỢC")
    document.heading("1. Công tác lãnh đạo, chỉ đạo tổ chức thực hiện các phong trào thi đua")
    document.to_fill_in(FILL_IN)
    document.heading("2. Kết quả thực hiện công tác thi đua, khen thưởng đối với việc thực hiện nhiệm vụ chuyên môn")
    for heading in BEFORE_CONTESTS:
        _section(document, heading)
    document.heading(CONTESTS)
    for paragraph in report.paragraphs:
        document.paragraph(paragraph)
    if not report.paragraphs:
        document.paragraph("Trong kỳ không có cuộc thi, hội thi nào nhận hồ sơ đăng ký.")
    for heading in AFTER_CONTESTS:
        _section(document, heading)


def _assessment(document: OfficialDocument) -> None:
    document.heading("II. ĐÁNH GIÁ CHUNG")
    for heading in ("1. Ưu điểm", "2. Hạn chế"):
        _section(document, heading)
    document.heading("III. NHIỆM VỤ TRỌNG TÂM THỜI GIAN TỚI")
    document.to_fill_in(FILL_IN)


def _section(document: OfficialDocument, heading: str) -> None:
    document.heading(heading)
    document.to_fill_in(FILL_IN)


def _annex(document: OfficialDocument, report: EmulationReport, issued: Letterhead) -> None:
    with language("vi"):
        rows = [
            (str(number), figure.title, str(figure.label), format_number(figure.value), format_date(figure.as_of))
            for number, figure in enumerate(report.figures, start=1)
        ]
    if rows:
        document.annex(
            "SỐ LIỆU CÁC CUỘC THI, HỘI THI",
            f"(Kèm theo Báo cáo số      /BC-{issued.code} ngày      tháng      năm      )",
            ("TT", "Cuộc thi", "Chỉ tiêu", "Số liệu", "Tính đến ngày"),
            rows,
            widths=(12, 68, 40, 20, 25),
        )
