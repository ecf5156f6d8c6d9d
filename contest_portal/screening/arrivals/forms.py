"""What the organiser fills in where parcels reach the province."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from wtforms import SelectField, StringField, TextAreaField
from wtforms.fields.core import Field
from wtforms.form import BaseForm
from wtforms.utils import unset_value
from wtforms.validators import ValidationError

from contest_portal.core.forms import DateField, PortalForm, clean_line, length, optional, required
from contest_portal.core.i18n import lazy
from contest_portal.screening.arrivals.services import Seen
from contest_portal.screening.conditions import WORDS, Condition
from contest_portal.screening.forms import day_field

CONDITIONS: Final = (("", lazy("Chưa xem")), *((code.value, words) for code, words in WORDS.items()))
LONGEST_NOTE: Final = 300


class ModelsField(Field):
    """Read which entries were chosen, each with the state of its model and a note of its own."""

    data: dict[str, Seen]

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Sequence[Any] | None = None) -> None:
        """Read the boxes, and the two controls that each chosen entry has beside its box."""
        super().process(formdata, data, extra_filters)
        chosen = formdata.getlist(self.name) if formdata else []
        self.data = {reference: _seen(formdata, reference) for reference in chosen} or self.data or {}

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Leave it to process(), which sees the other controls too."""

    def pre_validate(self, form: BaseForm) -> None:
        """Refuse a state that is not in the list, and a note that is too long."""
        for reference, seen in self.data.items():
            if seen.condition not in (None, *Condition):
                words = lazy("%(reference)s: hãy chọn một tình trạng trong danh sách.", reference=reference)
                raise ValidationError(words)
            if len(seen.note or "") > LONGEST_NOTE:
                words = lazy(
                    "%(reference)s: ghi chú chỉ được dài nhất %(most)s ký tự.", reference=reference, most=LONGEST_NOTE
                )
                raise ValidationError(words)


class ModelsForm(PortalForm):
    """Choose models, with what is alike of all, and what of each is different."""

    references = ModelsField(lazy("Hồ sơ"))
    condition = SelectField(
        lazy("Tình trạng chung của mô hình"),
        description=lazy("Ghi cho mọi mô hình đã chọn; mô hình nào khác thì chọn riêng trong bảng."),
        choices=list(CONDITIONS),
        validators=[optional()],
    )

    def choose(self, references: Sequence[str]) -> None:
        """Begin with these models."""
        self.references.data = dict.fromkeys(references, Seen())

    def seen(self) -> dict[str, Seen]:
        """Return in what state each model is: its own, else what is said of all."""
        common = self.condition.data or None
        return {ref: replace(seen, condition=seen.condition or common) for ref, seen in self.references.data.items()}


class ArrivalsForm(ModelsForm):
    """Confirm that entries have arrived; the boxes are in the list."""

    arrived_on: DateField = day_field(lazy("Ngày nhận ở tỉnh"))
    note = StringField(lazy("Ghi chú chung"), validators=[optional(), length(LONGEST_NOTE)])

    def seen(self) -> dict[str, Seen]:
        """Return in what state each entry came, with its own note or what is noted of all."""
        common = self.note.data or None
        return {ref: replace(seen, note=seen.note or common) for ref, seen in super().seen().items()}


class UndoForm(PortalForm):
    """Take back what was written by mistake, with the reason."""

    reason = TextAreaField(lazy("Lý do"), validators=[required(), length(1000)])


def _seen(formdata: Any, reference: str) -> Seen:
    note = clean_line(formdata.get(f"note-{reference}", ""))
    return Seen(formdata.get(f"condition-{reference}") or None, note or None)
