"""Forms of a unit's declarations and of the reminders."""

from wtforms import BooleanField, TextAreaField

from contest_portal.core.forms import OncePerForm, PortalForm, length, required
from contest_portal.core.i18n import lazy
from contest_portal.screening.forms import day_field


class CloseForm(PortalForm):
    """Say that a unit has received everything."""

    happened_on = day_field(lazy("Ngày nhận xong"))


class ReceiveAgainForm(PortalForm):
    """Take back that a unit has received everything."""

    reason = TextAreaField(lazy("Lý do nhận trở lại"), validators=[required(), length(1000)])
    happened_on = day_field(lazy("Ngày nhận trở lại"))


class RemindForm(OncePerForm, PortalForm):
    """Remind the units that are behind."""

    again = BooleanField(lazy("Nhắc cả đơn vị đã được nhắc trong vòng một ngày"))
