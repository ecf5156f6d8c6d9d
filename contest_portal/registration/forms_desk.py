"""What a school and the organisers fill in at a desk: more time, answers, exceptions, copies and scans."""

import re
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from flask_wtf.file import FileField
from wtforms import RadioField, SelectField, StringField, TextAreaField

from contest_portal.contests.models import Edition, Unit
from contest_portal.contests.rulebook import Rulebook
from contest_portal.core import clock
from contest_portal.core.errors import Invalid, Problem
from contest_portal.core.fields import CheckboxesField
from contest_portal.core.filters import show_name
from contest_portal.core.forms import (
    DateField,
    DecimalField,
    OncePerForm,
    PortalForm,
    VersionedForm,
    length,
    optional,
    required,
    upload,
)
from contest_portal.core.i18n import lazy

LARGEST_SCAN = 10 * 1024 * 1024
_TIME = re.compile(r"([01]?\d|2[0-3])[:hg.]([0-5]\d)")


class ExtendForm(OncePerForm, PortalForm):
    """Give more time."""

    scope = RadioField(
        lazy("Gia hạn cho"),
        choices=[("all", lazy("Tất cả")), ("unit", lazy("Một đơn vị")), ("school", lazy("Một trường"))],
        validators=[required(lazy("Hãy chọn gia hạn cho ai."))],
    )
    unit = SelectField(
        lazy("Đơn vị"),
        description=lazy("Khi gia hạn cho một đơn vị, hoặc để phân biệt các trường cùng tên."),
        validators=[optional()],
    )
    school = StringField(
        lazy("Tên trường"),
        description=lazy("Khi gia hạn cho một trường: viết đủ tên như trong hồ sơ."),
        validators=[optional(), length(200)],
    )
    day = DateField(
        lazy("Ngày đóng"),
        description=lazy("Ngày/tháng/năm, ví dụ 20/05/2024."),
        validators=[required(lazy("Hãy nhập ngày."))],
    )
    hour = StringField(
        lazy("Giờ đóng"),
        description=lazy("Ví dụ 17:00. Đúng giờ này là đã hết hạn."),
        default="17:00",
        validators=[required(lazy("Hãy nhập giờ.")), length(5)],
    )
    reason = TextAreaField(
        lazy("Lý do"),
        description=lazy("Các trường được gia hạn đọc được lý do này."),
        validators=[required(lazy("Hãy ghi lý do.")), length(500)],
    )

    def offer(self, units: Sequence[Unit]) -> None:
        """Offer the edition's units."""
        self.unit.choices = [("", lazy("Chưa chọn")), *((str(unit.id), unit.name) for unit in units)]

    def moment(self) -> datetime:
        """Return the new closing time; raises Invalid for what is no time of day."""
        found = _TIME.fullmatch(self.hour.data.strip())
        day = self.day.data
        if found is None or day is None:
            raise Invalid(problems=[Problem(lazy("Giờ chưa đúng. Hãy viết như 17:00."), field="hour")])
        return clock.at_local(day, int(found[1]), int(found[2]))


class ReasonOnlyForm(PortalForm):
    """Ask for a reason."""

    reason = TextAreaField(lazy("Lý do"), validators=[required(lazy("Hãy ghi lý do.")), length(500)])


class DecideForm(VersionedForm, PortalForm):
    """Answer a request."""

    answer = TextAreaField(
        lazy("Trả lời"),
        description=lazy("Bắt buộc khi không đồng ý. Nhà trường đọc được câu này."),
        validators=[optional(), length(500)],
    )


class CopyForm(OncePerForm, PortalForm):
    """Begin a draft as a copy."""

    edition = RadioField(lazy("Sao chép sang"), validators=[required(lazy("Hãy chọn cuộc thi."))])
    title = StringField(lazy("Tên đội hoặc tên sản phẩm"), validators=[required(lazy("Hãy nhập tên.")), length(300)])
    roles = CheckboxesField(lazy("Chép theo"), validators=[optional()])

    def offer(self, editions: Sequence[Edition], book: Rulebook) -> None:
        """Offer the editions that are open and the roles of the entry; an only edition is not asked for."""
        self.edition.choices = [(edition.code, show_name(edition)) for edition in editions]
        self.roles.choices = [(rule.role.value, str(rule.word).capitalize()) for rule in book.roles]
        if len(editions) == 1:
            self.edition.data = editions[0].code
        if not self.is_submitted():
            self.roles.data = [rule.role.value for rule in book.roles]


class ScanForm(OncePerForm, PortalForm):
    """Bring the signed list back."""

    code = StringField(
        lazy("Mã danh sách"),
        description=lazy("In ở cuối danh sách, ví dụ 1A2B-3C4D."),
        validators=[required(lazy("Hãy nhập mã in ở cuối danh sách.")), length(20)],
    )
    file = FileField(
        lazy("Bản quét có chữ ký và dấu"),
        description=lazy("Tệp PDF, ảnh JPEG hoặc PNG, nhiều nhất 10 MB."),
        validators=upload(LARGEST_SCAN, (".pdf", ".jpg", ".jpeg", ".png")),
    )


def show_proposed(form: PortalForm, values: dict[str, Any]) -> None:
    """Fill a form with what was kept of an earlier typing; what the form does not ask for is left out."""
    parts = {f"text_{code}": text for code, text in (values.get("texts") or {}).items()}
    for name, value in {**values, **parts}.items():
        field = name if name in form else name.removesuffix("_id")
        if field not in form:
            continue
        if isinstance(form[field], (RadioField, SelectField)):
            form[field].data = "" if value is None else str(value)
        elif isinstance(form[field], DateField):
            form[field].data = datetime.fromisoformat(value).date() if value else None
        elif isinstance(form[field], DecimalField):
            form[field].data = Decimal(value) if value else None
        elif not isinstance(value, dict):
            form[field].data = value
