"""What the pages of figures ask for."""

from datetime import date
from typing import Any

from wtforms import SelectField, ValidationError

from contest_portal.core import clock
from contest_portal.core.fields import DateField
from contest_portal.core.forms import PortalForm, optional
from contest_portal.core.i18n import _, lazy


class FiguresForm(PortalForm):
    """Ask for an edition and the day its figures are counted to."""

    class Meta(PortalForm.Meta):
        """Only read by GET: nothing is changed, so there is nothing to forge."""

        csrf = False

    edition = SelectField(lazy("Cuộc thi"), validate_choice=False)
    as_of = DateField(lazy("Tính đến ngày"), validators=[optional()])

    def validate_as_of(self, field: Any) -> None:
        """Refuse a day whose figures nobody can know yet."""
        if field.data and field.data > clock.today():
            raise ValidationError(_("Ngày chốt số liệu còn ở phía trước."))

    @property
    def day(self) -> date:
        """Return the day that was asked for, else today."""
        return self.as_of.data or clock.today()
