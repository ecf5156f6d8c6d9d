"""What is filled in on a slip."""

from typing import Any, Final

from wtforms import SelectField, StringField

from contest_portal.core.forms import CheckboxesField, DateField, OncePerForm, PortalForm, chosen, length, optional
from contest_portal.core.i18n import lazy
from contest_portal.screening.arrivals.services import Seen
from contest_portal.screening.conditions import WORDS
from contest_portal.screening.custody.holding import Side
from contest_portal.screening.custody.services import Slip
from contest_portal.screening.forms import day_field

WAYS: Final = {
    "school-unit": lazy("Nhà trường giao cho đơn vị"),
    "unit-province": lazy("Đơn vị giao lên tỉnh"),
    "province-unit": lazy("Tỉnh trả về đơn vị"),
    "unit-school": lazy("Đơn vị trả về nhà trường"),
}
OF_UNITS: Final = ("school-unit", "unit-province", "unit-school")


class SlipForm(OncePerForm, PortalForm):
    """Write a slip; the boxes are in the list."""

    references = CheckboxesField(lazy("Hồ sơ"), choices=[], validate_choice=False)
    way = SelectField(lazy("Giao nhận"), validators=[chosen()])
    happened_on: DateField = day_field(lazy("Ngày giao"))
    giver_name = StringField(lazy("Người giao"), validators=[optional(), length(150)])
    taker_name = StringField(lazy("Người nhận"), validators=[optional(), length(150)])
    condition = SelectField(
        lazy("Tình trạng mô hình"),
        choices=[("", lazy("Chưa xem")), *((code.value, words) for code, words in WORDS.items())],
        validators=[optional()],
    )
    note = StringField(lazy("Ghi chú"), validators=[optional(), length(500)])

    def offer(self, ways: tuple[str, ...]) -> None:
        """Offer the ways that are the actor's to write."""
        self.way.choices = [(way, WAYS[way]) for way in ways]

    def slip(self) -> Slip:
        """Return what was filled in."""
        giver, _, taker = self.way.data.partition("-")
        happened_on: Any = self.happened_on.data
        return Slip(
            Side(giver),
            Side(taker),
            happened_on,
            self.giver_name.data or None,
            self.taker_name.data or None,
            self.note.data or None,
        )

    def models(self) -> dict[str, Seen]:
        """Return the chosen models, each in the state that was written for all."""
        references: Any = self.references.data or []
        return dict.fromkeys(references, Seen(self.condition.data or None))


class ConfirmForm(PortalForm):
    """Confirm that the models of a slip came."""

    confirmed_on: DateField = day_field(lazy("Ngày nhận"))
