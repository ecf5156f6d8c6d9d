"""What the organiser fills in where parcels reach the province."""

from typing import Any

from wtforms import SelectField, StringField, TextAreaField

from contest_portal.core.forms import CheckboxesField, DateField, PortalForm, length, optional, required
from contest_portal.core.i18n import lazy
from contest_portal.screening.arrivals.services import Seen
from contest_portal.screening.conditions import WORDS
from contest_portal.screening.forms import day_field


class ArrivalsForm(PortalForm):
    """Confirm that entries have arrived; the boxes are in the list."""

    references = CheckboxesField(lazy("Hồ sơ"), choices=[], validate_choice=False)
    arrived_on: DateField = day_field(lazy("Ngày nhận ở tỉnh"))
    condition = SelectField(
        lazy("Tình trạng mô hình"),
        description=lazy("Ghi cho mọi hồ sơ đã chọn; mô hình khác thường thì xác nhận riêng."),
        choices=[("", lazy("Chưa xem")), *((code.value, words) for code, words in WORDS.items())],
        validators=[optional()],
    )
    note = StringField(lazy("Ghi chú"), validators=[optional(), length(500)])

    def seen(self) -> dict[str, Seen]:
        """Return in what state each chosen entry came."""
        seen = Seen(self.condition.data or None, self.note.data or None)
        references: Any = self.references.data or []
        return dict.fromkeys(references, seen)


class UndoForm(PortalForm):
    """Take an arrival back."""

    reason = TextAreaField(lazy("Lý do"), validators=[required(), length(1000)])
