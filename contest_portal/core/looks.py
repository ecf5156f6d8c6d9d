"""The two smallest pieces of a list, a cell and a tag.

A list shows hundreds of them, and a template macro costs ten times a function: measured on a page of 50 rows,
6.4 ms with macros. Everything else that makes up a page is a macro in templates/components/.
"""

import functools
from collections.abc import Callable
from typing import Any

from markupsafe import Markup, escape

from contest_portal.core.i18n import current_language, lazy

COLOURS = {
    "draft": "grey",
    "submitted": "blue",
    "received": "blue",
    "screened": "amber",
    "forwarded": "green",
    "not_forwarded": "grey",
    "scored": "green",
    "withdrawn": "red",
    "pending": "blue",
    "incomplete": "amber",
    "eligible": "green",
    "ineligible": "red",
    "accepted": "green",
    "todo": "blue",
    "doing": "amber",
    "done": "green",
    "blocked": "grey",
    "open": "green",
    "closed": "grey",
    "upcoming": "blue",
    "active": "green",
    "inactive": "grey",
    "saved": "amber",
    "locked": "grey",
    "error": "red",
    "new": "blue",
    "changed": "amber",
    "unchanged": "grey",
    "invited": "blue",
    "used": "green",
    "revoked": "grey",
    "expired": "amber",
    "access_waiting": "blue",
    "access_approved": "green",
    "access_refused": "red",
    "unread": "blue",
    "waiting": "blue",
    "sending": "amber",
    "sent": "green",
    "failed": "red",
    "unsure": "amber",
    "unsent": "grey",
}

LABELS: dict[str, Any] = {
    "draft": lazy("Bản nháp"),
    "submitted": lazy("Đã nộp"),
    "received": lazy("Đã tiếp nhận"),
    "screened": lazy("Đã sơ khảo"),
    "forwarded": lazy("Đã chuyển lên tỉnh"),
    "not_forwarded": lazy("Không chuyển lên tỉnh"),
    "scored": lazy("Đã chấm"),
    "withdrawn": lazy("Đã rút"),
    # What the check of the papers came to; and that panels may be given the entry.
    "pending": lazy("Chờ duyệt hồ sơ"),
    "incomplete": lazy("Cần bổ sung hồ sơ"),
    "eligible": lazy("Hồ sơ đủ điều kiện"),
    "ineligible": lazy("Hồ sơ không đủ điều kiện"),
    "accepted": lazy("Được nhận vào vòng chấm"),
    "todo": lazy("Chưa làm"),
    "doing": lazy("Đang làm"),
    "done": lazy("Đã xong"),
    "blocked": lazy("Chưa thể làm"),
    "open": lazy("Đang mở"),
    "closed": lazy("Đã đóng"),
    "upcoming": lazy("Sắp mở"),
    "active": lazy("Đang dùng"),
    "inactive": lazy("Ngừng dùng"),
    "saved": lazy("Đã lưu"),
    "locked": lazy("Đã khóa sổ"),
    "error": lazy("Có lỗi"),
    "new": lazy("Mới"),
    "changed": lazy("Thay đổi"),
    "unchanged": lazy("Không đổi"),
    "invited": lazy("Đã mời"),
    "used": lazy("Đã nhận"),
    "revoked": lazy("Đã thu hồi"),
    "expired": lazy("Đã hết hạn"),
    "access_waiting": lazy("Chờ trả lời"),
    "access_approved": lazy("Đã duyệt"),
    "access_refused": lazy("Đã từ chối"),
    "unread": lazy("Mới"),
    "waiting": lazy("Chờ gửi"),
    "sending": lazy("Đang gửi"),
    "sent": lazy("Đã gửi"),
    "failed": lazy("Không gửi được"),
    "unsure": lazy("Không rõ đã gửi"),
    "unsent": lazy("Chưa cấu hình gửi thư"),
}


def status_label(status: str) -> str:
    """Return a status in the reader's words."""
    return str(LABELS.get(status, status))


def tag(status: str, label: Any = "", colour: str = "") -> Markup:
    """Return a status as a coloured word."""
    return _tag(status, str(label), colour, current_language())


@functools.lru_cache(maxsize=512)
def _tag(status: str, label: str, colour: str, _language: str) -> Markup:
    shade = colour or COLOURS.get(status, "grey")
    return Markup(f'<strong class="tag tag-{escape(shade)}">{escape(label or status_label(status))}</strong>')  # noqa: S704


def cell(
    label: Any,
    content: Any = "",
    numeric: bool = False,
    head: bool = False,
    caller: Callable[[], Any] | None = None,
) -> Markup:
    """Return one cell of a table; the label is what a phone shows beside it, head marks the cell that names the row."""
    inner = caller() if caller else content
    shown = '<span class="muted">–</span>' if inner is None or inner == "" else escape(inner)
    if head:
        return Markup(f'<th scope="row" data-label="{escape(label)}">{shown}</th>')  # noqa: S704
    figures = ' class="numeric"' if numeric else ""
    return Markup(f'<td data-label="{escape(label)}"{figures}>{shown}</td>')  # noqa: S704
