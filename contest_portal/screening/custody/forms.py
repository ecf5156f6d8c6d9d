"""What is filled in on a slip."""

from collections.abc import Sequence
from typing import Any, Final

from wtforms import SelectField, StringField

from contest_portal.core.forms import CheckboxesField, DateField, OncePerForm, PortalForm, chosen, length, optional
from contest_portal.core.i18n import lazy
from contest_portal.screening.arrivals.forms import ModelsForm
from contest_portal.screening.custody.holding import Side
from contest_portal.screening.custody.models import Handover
from contest_portal.screening.custody.services import Slip
from contest_portal.screening.forms import day_field

WAYS: Final = {
    "school-unit": lazy("Nhà trường giao cho đơn vị"),
    "unit-province": lazy("Đơn vị giao lên tỉnh"),
    "province-unit": lazy("Tỉnh trả về đơn vị"),
    "unit-school": lazy("Đơn vị trả về nhà trường"),
}
OF_UNITS: Final = ("school-unit", "unit-province", "unit-school")


class SlipForm(OncePerForm, ModelsForm):
    """Write a slip for the models that were chosen on the page before."""

    way = SelectField(lazy("Giao nhận"), validators=[chosen()])
    happened_on: DateField = day_field(lazy("Ngày giao"))
    giver_name = StringField(lazy("Người giao"), validators=[optional(), length(150)])
    taker_name = StringField(lazy("Người nhận"), validators=[optional(), length(150)])
    note = StringField(lazy("Ghi chú của phiếu"), validators=[optional(), length(500)])

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

    def kept(self) -> list[tuple[str, str]]:
        """Return everything typed as names and values, to carry it over the page on which it is checked."""
        texts = (self.happened_on, self.giver_name, self.taker_name, self.note)
        pairs = [(field.name, field._value()) for field in texts]
        pairs += [(field.name, field.data or "") for field in (self.way, self.condition)]
        for reference, seen in self.references.data.items():
            pairs += [("references", reference), (f"condition-{reference}", seen.condition or "")]
            pairs.append((f"note-{reference}", seen.note or ""))
        return pairs


class ConfirmForm(PortalForm):
    """Confirm that the models of a slip came, or which of them."""

    confirmed_on: DateField = day_field(lazy("Ngày nhận"))
    came = CheckboxesField(
        lazy("Mô hình đã nhận"),
        description=lazy("Bỏ dấu ở mô hình không có trong đợt giao: mô hình ấy được ghi lại về bên giao."),
    )

    def offer(self, found: Handover) -> None:
        """Offer the models of a slip, all of them ticked."""
        self.came.choices = [(reference, f"{reference} – {title}") for reference, title in _named(found)]
        self.came.flags.required = True
        if not self.is_submitted():
            self.came.data = [reference for reference, _title in _named(found)]


def _named(found: Handover) -> Sequence[tuple[str, str]]:
    return [(line.entry.reference, line.entry.title) for line in found.lines]
