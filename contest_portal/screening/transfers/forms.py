"""What is filled in to ask for a transfer, and to answer."""

from collections.abc import Sequence
from typing import Any

from wtforms import RadioField, SelectField, TextAreaField
from wtforms.validators import ValidationError

from contest_portal.contests.models import Unit
from contest_portal.core.forms import OncePerForm, PortalForm, chosen, length, optional, required
from contest_portal.core.i18n import lazy


class AskForm(OncePerForm, PortalForm):
    """Ask that another unit takes an entry."""

    to = SelectField(lazy("Đơn vị nhận"), validators=[chosen()])
    reason = TextAreaField(
        lazy("Lý do"),
        description=lazy("Đơn vị nhận và nhà trường sẽ đọc. Đừng ghi số điện thoại hay tên học sinh."),
        validators=[required(), length(1000)],
    )

    def offer(self, units: Sequence[Unit]) -> None:
        """Offer the other units of the edition, by name."""
        self.to.choices = [("", lazy("Chọn đơn vị")), *((unit.code, unit.name) for unit in units)]


class OrganiserAskForm(AskForm):
    """Let an organiser choose to ask, or to move the entry at once."""

    way = RadioField(
        lazy("Cách chuyển"),
        choices=[
            ("ask", lazy("Hỏi đơn vị nhận; chuyển khi họ đồng ý")),
            ("now", lazy("Chuyển ngay; Ban Tổ chức quyết định")),
        ],
        default="ask",
        validators=[chosen()],
    )


class AnswerForm(PortalForm):
    """Take an entry over, or refuse it with a reason."""

    decision = RadioField(
        lazy("Quyết định"),
        choices=[("accept", lazy("Nhận hồ sơ này")), ("refuse", lazy("Không nhận"))],
        validators=[chosen()],
    )
    answer = TextAreaField(
        lazy("Trả lời"), description=lazy("Bắt buộc khi không nhận."), validators=[optional(), length(1000)]
    )

    def validate_decision(self, field: Any) -> None:
        """Ask for a reason where the entry is refused."""
        if field.data == "refuse" and not (self.answer.data or "").strip():
            raise ValidationError(lazy("Hãy ghi lý do không nhận vào ô Trả lời."))


class TakeBackTransferForm(PortalForm):
    """Confirm that a request is taken back."""
