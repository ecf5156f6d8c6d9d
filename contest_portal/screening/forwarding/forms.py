"""What is filled in where a unit wants to forward more than its quota."""

from wtforms import StringField, TextAreaField

from contest_portal.core.forms import OncePerForm, PortalForm, WholeNumberField, between, length, optional, required
from contest_portal.core.i18n import lazy
from contest_portal.screening.forwarding.services import MOST


class AskForm(OncePerForm, PortalForm):
    """Ask for more, or grant more unasked."""

    asked = WholeNumberField(
        lazy("Số hồ sơ xin thêm"), validators=[required(lazy("Hãy nhập số hồ sơ.")), between(1, MOST)]
    )
    reason = TextAreaField(lazy("Lý do"), validators=[required(lazy("Hãy ghi lý do.")), length(1000)])


class AnswerForm(PortalForm):
    """Answer a request."""

    granted = WholeNumberField(
        lazy("Cho thêm mấy hồ sơ"),
        description=lazy("Ghi 0 nếu không đồng ý; khi đó cần ghi lý do."),
        validators=[between(0, MOST)],
    )
    answer = StringField(
        lazy("Trả lời"), description=lazy("Đơn vị đọc được câu này."), validators=[optional(), length(1000)]
    )
