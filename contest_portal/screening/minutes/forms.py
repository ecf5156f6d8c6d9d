"""What a unit's secretary writes down."""

import re
from collections.abc import Sequence
from datetime import time
from typing import Any, Final

from flask_wtf.file import FileField
from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import ValidationError

from contest_portal.core.forms import (
    DateField,
    OncePerForm,
    PortalForm,
    VersionedForm,
    chosen,
    length,
    optional,
    upload,
)
from contest_portal.core.i18n import lazy
from contest_portal.core.vietnamese import clean_text
from contest_portal.screening.forms import day_field
from contest_portal.screening.minutes.models import UnitMinutes
from contest_portal.screening.minutes.services import ENDINGS, MOST_BYTES, MinutesDetails

MOST_PEOPLE: Final = 40
_HOUR: Final = re.compile(r"([01]?\d|2[0-3])\s*(?:[:hg.]|giờ)\s*([0-5]\d)?")
WORDS: Final = {
    "minutes": lazy("Biên bản chấm đã ký"),
    "summary": lazy("Bảng tổng hợp đã ký"),
    "handover": lazy("Phiếu giao nhận đã ký"),
}


def an_hour(_form: Any, field: Any) -> None:
    """Refuse what is no time of day."""
    if field.data and _HOUR.fullmatch(field.data.strip().lower()) is None:
        raise ValidationError(lazy("Giờ chưa đúng. Hãy viết như 8:00 hoặc 8 giờ 30."))


class MinutesForm(VersionedForm, OncePerForm, PortalForm):
    """Write down a meeting of the screening board; figures come from the portal."""

    held_on: DateField = day_field(lazy("Ngày họp"))
    began_at = StringField(
        lazy("Giờ bắt đầu"), description=lazy("Ví dụ 8:00."), validators=[optional(), length(12), an_hour]
    )
    ended_at = StringField(
        lazy("Giờ kết thúc"), description=lazy("Ví dụ 11:30."), validators=[optional(), length(12), an_hour]
    )
    place = StringField(lazy("Địa điểm"), validators=[optional(), length(200)])
    number = StringField(
        lazy("Số biên bản"),
        description=lazy("Ví dụ 05/BB-BTC. Để trống nếu văn thư ghi tay sau khi in."),
        validators=[optional(), length(40)],
    )
    chair = StringField(lazy("Chủ trì"), validators=[optional(), length(150)])
    secretary = StringField(lazy("Thư ký"), validators=[optional(), length(150)])
    present = TextAreaField(
        lazy("Những người có mặt"),
        description=lazy("Mỗi dòng một người: họ tên, dấu phẩy, chức vụ."),
        validators=[optional(), length(8000)],
    )
    absent = TextAreaField(
        lazy("Những người vắng mặt"),
        description=lazy("Mỗi dòng một người: họ tên, dấu phẩy, chức vụ hoặc lý do."),
        validators=[optional(), length(8000)],
    )
    opinions = TextAreaField(lazy("Ý kiến thảo luận"), validators=[optional(), length(20000)])
    conclusion = TextAreaField(
        lazy("Kết luận"),
        description=lazy("Để trống: các thành viên thống nhất với kết quả chấm."),
        validators=[optional(), length(8000)],
    )

    def validate_present(self, field: TextAreaField) -> None:
        """Bound how many people are named."""
        _check_people(field.data)

    def validate_absent(self, field: TextAreaField) -> None:
        """Bound how many people are named."""
        _check_people(field.data)

    def show(self, details: MinutesDetails | UnitMinutes) -> None:
        """Fill in what is stored, or what usually stands there."""
        for name in ("held_on", "place", "number", "chair", "secretary", "opinions", "conclusion"):
            self[name].data = getattr(details, name)
        for name in ("began_at", "ended_at"):
            self[name].data = write_hour(getattr(details, name))
        for name in ("present", "absent"):
            self[name].data = "\n".join(_written(person) for person in getattr(details, name))
        self.version.data = getattr(details, "version", 0)

    def details(self) -> MinutesDetails:
        """Return what was filled in."""
        held_on: Any = self.held_on.data
        return MinutesDetails(
            held_on=held_on,
            number=self.number.data or None,
            began_at=read_hour(self.began_at.data),
            ended_at=read_hour(self.ended_at.data),
            place=self.place.data or None,
            chair=self.chair.data or None,
            secretary=self.secretary.data or None,
            present=tuple(read_people(self.present.data)),
            absent=tuple(read_people(self.absent.data)),
            opinions=self.opinions.data or None,
            conclusion=self.conclusion.data or None,
        )


class IssueForm(PortalForm):
    """Confirm that the minutes are to be issued."""


class SignedForm(OncePerForm, PortalForm):
    """Bring a signed paper back."""

    kind = RadioField(
        lazy("Đây là"),
        choices=list(WORDS.items()),
        validators=[chosen(lazy("Hãy chọn đây là giấy tờ gì."))],
    )
    minutes = SelectField(lazy("Của biên bản nào"), validators=[optional()])
    file = FileField(
        lazy("Bản quét có chữ ký và dấu"),
        description=lazy("Tệp PDF hoặc ảnh, nhiều nhất 20 MB."),
        validators=upload(MOST_BYTES, tuple(f".{ending}" for ending in ENDINGS)),
    )

    def offer(self, issued: Sequence[UnitMinutes]) -> None:
        """Offer the minutes that were issued; the newest is meant unless another is chosen."""
        self.minutes.choices = [(found.token, _name_of(found)) for found in issued] or [("", lazy("Chưa có"))]

    def of(self, issued: Sequence[UnitMinutes]) -> UnitMinutes | None:
        """Return the minutes that the scan belongs to."""
        if self.kind.data != "minutes":
            return None
        return next((found for found in issued if found.token == self.minutes.data), None)

    def validate_kind(self, field: RadioField) -> None:
        """Refuse a scan of minutes that were never issued."""
        if field.data == "minutes" and not self.minutes.data:
            raise ValidationError(lazy("Chưa có biên bản nào được ban hành: hãy ban hành, in, ký rồi mới tải lên."))


def read_people(text: str | None) -> list[dict[str, str]]:
    """Return the people of a list with one a line: name, comma, what they are."""
    people = []
    for line in (text or "").split("\n"):
        name, _, title = clean_text(line).partition(",")
        if name.strip():
            people.append({"name": name.strip()[:150], "title": title.strip()[:150]})
    return people


def read_hour(text: str | None) -> time | None:
    """Return a time of day written as people write it: 8:00, 8h30, 8 giờ."""
    found = _HOUR.fullmatch((text or "").strip().lower())
    return time(int(found[1]), int(found[2] or 0)) if found else None


def write_hour(moment: time | None) -> str:
    """Return a time of day as the form shows it."""
    return "" if moment is None else f"{moment.hour}:{moment.minute:02d}"


def _written(person: dict[str, str]) -> str:
    return f"{person['name']}, {person['title']}" if person.get("title") else person["name"]


def _check_people(text: str | None) -> None:
    if len(read_people(text)) > MOST_PEOPLE:
        raise ValidationError(lazy("Chỉ ghi được nhiều nhất %(most)s người.", most=MOST_PEOPLE))


def _name_of(minutes: UnitMinutes) -> str:
    day = minutes.held_on.strftime("%d/%m/%Y")
    return f"{minutes.number} ({day})" if minutes.number else day


__all__ = ["WORDS", "IssueForm", "MinutesForm", "SignedForm"]
