"""What is filled in at a unit's desk."""

from typing import Any, Final

from wtforms import SelectField, StringField

from contest_portal.contests.rulebook import Rulebook
from contest_portal.core.forms import (
    CheckboxesField,
    DateField,
    PortalForm,
    VersionedForm,
    WholeNumberField,
    between,
    length,
    optional,
)
from contest_portal.core.i18n import lazy
from contest_portal.core.vietnamese import format_date
from contest_portal.screening.conditions import WORDS
from contest_portal.screening.forms import day_field, not_ahead
from contest_portal.screening.reception.contents import expected_contents
from contest_portal.screening.reception.parcels import Parcel

LABELS_A_SHEET: Final = 24


class ParcelForm(PortalForm):
    """Write down a parcel that reached the unit."""

    received_on: DateField = day_field(
        lazy("Ngày nhận chính thức"), lazy("Ngày hồ sơ đến đơn vị, không phải ngày nhập vào đây.")
    )
    postmark_on = DateField(
        lazy("Ngày trên dấu bưu điện"),
        description=lazy("Chỉ ghi khi hồ sơ gửi qua bưu điện."),
        validators=[optional(), not_ahead],
    )
    brought_by = StringField(lazy("Người giao"), validators=[optional(), length(150)])
    received_by = StringField(lazy("Người nhận tại đơn vị"), validators=[optional(), length(150)])
    contents = CheckboxesField(
        lazy("Trong hồ sơ có"),
        description=lazy("Đánh dấu những gì thật sự có khi mở hồ sơ."),
        choices=[],
        validators=[optional()],
    )
    condition = SelectField(lazy("Tình trạng mô hình"), validators=[optional()])
    condition_note = StringField(lazy("Mô tả tình trạng"), validators=[optional(), length(500)])
    note = StringField(lazy("Ghi chú"), validators=[optional(), length(500)])

    def offer(self, book: Rulebook) -> None:
        """Offer what an edition expects in a parcel, and say until when parcels are in time."""
        self.contents.choices = [(content.code, str(content.label)) for content in expected_contents(book)]
        self.condition.choices = [("", lazy("Chưa xem")), *((code.value, words) for code, words in WORDS.items())]
        if book.receive_until is not None:
            words = (
                lazy("Hạn nhận theo dấu bưu điện: hết ngày %(day)s.", day=format_date(book.receive_until))
                if book.postmark_counts
                else lazy("Hạn nhận: hết ngày %(day)s.", day=format_date(book.receive_until))
            )
            self.received_on.description = words

    def show(self, parcel: Parcel) -> None:
        """Fill in what is stored."""
        for name in ("received_on", "postmark_on", "brought_by", "received_by", "condition_note", "note"):
            self[name].data = getattr(parcel, name)
        self.condition.data = parcel.condition or ""
        self.contents.data = list(parcel.contents or ())

    def parcel(self) -> Parcel:
        """Return what was filled in; nothing ticked means that nobody looked into the parcel."""
        received_on: Any = self.received_on.data
        return Parcel(
            received_on=received_on,
            postmark_on=self.postmark_on.data,
            brought_by=self.brought_by.data or None,
            received_by=self.received_by.data or None,
            contents=tuple(self.contents.data) if self.contents.data else None,
            condition=self.condition.data or None,
            condition_note=self.condition_note.data or None,
            note=self.note.data or None,
        )


class CorrectForm(VersionedForm, ParcelForm):
    """Correct what was written of a parcel."""

    def accept_version(self, version: int) -> None:
        """Let the next sending write over this version, now that the person has seen it."""
        self.version.data, self.version.raw_data = version, None


class ManyForm(PortalForm):
    """Take several parcels in at once; the boxes are in the list."""

    references = CheckboxesField(lazy("Hồ sơ"), choices=[], validate_choice=False)
    received_on: DateField = day_field(lazy("Ngày nhận chính thức"))
    brought_by = StringField(lazy("Người giao"), validators=[optional(), length(150)])
    received_by = StringField(lazy("Người nhận tại đơn vị"), validators=[optional(), length(150)])
    note = StringField(lazy("Ghi chú"), validators=[optional(), length(500)])

    def parcel(self) -> Parcel:
        """Return what was filled in for all of them."""
        received_on: Any = self.received_on.data
        return Parcel(
            received_on=received_on,
            brought_by=self.brought_by.data or None,
            received_by=self.received_by.data or None,
            note=self.note.data or None,
        )


class StickersForm(PortalForm):
    """Choose the entries and where on the sheet their stickers begin."""

    references = CheckboxesField(lazy("Hồ sơ"), choices=[], validate_choice=False)
    first = WholeNumberField(
        lazy("Bắt đầu từ nhãn số"),
        description=lazy(
            "Tờ A4 có 24 nhãn, 3 cột 8 hàng, đếm từ trái sang phải. Tờ đã dùng dở thì chọn nhãn còn trống."
        ),
        default=1,
        validators=[between(1, LABELS_A_SHEET)],
    )


__all__ = ["LABELS_A_SHEET", "CorrectForm", "ManyForm", "ParcelForm", "StickersForm"]
