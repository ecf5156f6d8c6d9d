"""The form of an announcement."""

from collections.abc import Sequence

from wtforms import SelectField, StringField, TextAreaField

from contest_portal.contests.models import Edition, Unit
from contest_portal.core.filters import show_name
from contest_portal.core.forms import OncePerForm, PortalForm, chosen, length, optional, required
from contest_portal.core.i18n import _, lazy
from contest_portal.registration.announcing import AUDIENCE_WORDS, LONGEST_BODY, LONGEST_SUBJECT


class AnnouncementForm(PortalForm, OncePerForm):
    """Ask what is announced, and to whom."""

    edition = SelectField(lazy("Cuộc thi"), validators=[chosen(lazy("Hãy chọn cuộc thi."))])
    audience = SelectField(lazy("Gửi cho"), validators=[chosen(lazy("Hãy chọn nhóm nhận."))])
    unit = SelectField(
        lazy("Chỉ một đơn vị"), description=lazy("Để trống: mọi đơn vị của cuộc thi."), validators=[optional()]
    )
    subject = StringField(lazy("Tiêu đề"), validators=[required(lazy("Hãy ghi tiêu đề.")), length(LONGEST_SUBJECT)])
    body = TextAreaField(
        lazy("Nội dung"),
        description=lazy("Người nhận đọc nội dung này trong cổng và trong thư điện tử."),
        validators=[required(lazy("Hãy ghi nội dung.")), length(LONGEST_BODY)],
    )

    def offer(self, editions: Sequence[Edition], units: Sequence[Unit]) -> None:
        """Offer what this organiser may choose."""
        self.edition.choices = [("", _("Chọn cuộc thi")), *((edition.code, show_name(edition)) for edition in editions)]
        self.audience.choices = [
            ("", _("Chọn nhóm")),
            *((key.value, str(word)) for key, word in AUDIENCE_WORDS.items()),
        ]
        self.unit.choices = [("", _("Mọi đơn vị")), *((str(unit.id), unit.name) for unit in units)]
