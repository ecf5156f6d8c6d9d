"""Why papers are usually refused, and what is usually asked for; follows from the edition's rules. Pure."""

from typing import Any, Final

from contest_portal.contests.rulebook import Need, Rulebook
from contest_portal.core.i18n import lazy

OTHER: Final = "other"

# code -> the sentence that the school reads
REFUSALS: Final[dict[str, Any]] = {
    "age": lazy("Có thành viên hoặc tác giả không đúng độ tuổi, khối lớp theo thể lệ."),
    "count": lazy("Số người trong hồ sơ không đúng thể lệ."),
    "school_quota": lazy("Nhà trường đã đăng ký quá số hồ sơ mà thể lệ cho phép."),
    "unit_quota": lazy("Đơn vị đã đăng ký quá số hồ sơ mà thể lệ cho phép."),
    "papers": lazy("Thiếu giấy tờ bắt buộc và không bổ sung đúng hạn."),
    "made_since": lazy("Sản phẩm, giải pháp được tạo ra trước thời gian thể lệ cho phép."),
    "earlier": lazy("Sản phẩm đã dự thi hoặc đã được công bố trước đây."),
    "twice": lazy("Trùng với một hồ sơ khác của cùng đội, cùng tác giả."),
    "wrong_field": lazy("Không thuộc bảng thi hoặc lĩnh vực nào của kỳ thi."),
}


def refusals_for(rules: Rulebook) -> list[tuple[str, Any]]:
    """Return the usual reasons of an edition, each with its code; the last one is to be written by hand."""
    asked = {
        "age": rules.window.by_grade or rules.window.by_birth,
        "school_quota": rules.school_quota is not None,
        "unit_quota": rules.unit_quota is not None,
        "papers": any(rule.need is Need.REQUIRED for rule in rules.documents),
        "made_since": rules.made_since is not None,
    }
    usual = [(code, words) for code, words in REFUSALS.items() if asked.get(code, True)]
    return [*usual, (OTHER, lazy("Lý do khác, ghi ở dưới"))]


def reason_text(code: str, more: str) -> str:
    """Return the reason as the school reads it: the usual sentence, and what was added by hand."""
    usual = REFUSALS.get(code)
    return " ".join(part for part in (str(usual) if usual else "", more.strip()) if part)
