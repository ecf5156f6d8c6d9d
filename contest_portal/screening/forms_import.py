"""What is asked before a list is imported, while it is read, and once more after its preview."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_wtf.file import FileField
from wtforms import RadioField, SelectField

from contest_portal.contests.models import Unit
from contest_portal.core.forms import DateField, PortalForm, chosen, upload
from contest_portal.core.i18n import lazy
from contest_portal.screening.forms import day_field
from contest_portal.screening.imports import MEANINGS


class UploadForm(PortalForm):
    """Choose a workbook, the day its entries came, and the unit of rows that name none."""

    file = FileField(
        lazy("Tệp danh sách"),
        description=lazy(
            "Bảng tính .xlsx, .xls hoặc tệp chữ .csv, .txt. Giữ nguyên bảng như đã lập; cột được nhận theo tên."
        ),
    )
    unit = SelectField(
        lazy("Đơn vị"),
        description=lazy("Dùng cho dòng không ghi đơn vị."),
        choices=[],
        default="",
        validate_choice=True,
    )
    effective: DateField = day_field(
        lazy("Ngày hiệu lực"), lazy("Ngày các hồ sơ này đã đến; số liệu theo thời điểm tính từ ngày này.")
    )

    def offer(self, units: Sequence[Unit], most_bytes: int, *, own: bool) -> None:
        """Offer the units the actor may choose, and bound the file; a school's own list comes today."""
        self.unit.choices = [("", str(lazy("Theo bảng tính"))), *((unit.code, unit.name) for unit in units)]
        self.file.validators = upload(most_bytes)
        self.file.flags.required = True
        if own:
            del self.effective


class ConfirmForm(PortalForm):
    """Write what the preview showed."""


class LettersForm(PortalForm):
    """Say whether the letters of a list are of an old encoding."""

    convert = RadioField(
        lazy("Chữ bên phải đọc được đúng không?"),
        choices=[
            ("yes", lazy("Đúng, hãy chuyển toàn bộ tệp như cột bên phải")),
            ("no", lazy("Không, giữ nguyên chữ như trong tệp")),
        ],
        validators=[chosen(lazy("Hãy chọn một trong hai cách đọc chữ."))],
    )


class ColumnsForm(PortalForm):
    """Say what columns mean; the selects are made for the columns of one list."""


def columns_form(questions: Sequence[Mapping[str, Any]], meaning_of: Mapping[str, str]) -> ColumnsForm:
    """Return a form with one select for each column that is asked about."""
    offered = [("", lazy("Bỏ qua cột này")), *((name, words) for name, (words, _heading) in MEANINGS.items())]
    fields = {
        f"column_{number}": SelectField(
            lazy("Ý nghĩa của cột %(letter)s", letter=question["letter"]),
            choices=[],
            default=meaning_of.get(question["key"], ""),
        )
        for number, question in enumerate(questions)
    }
    kind = type("ColumnsFormOfList", (ColumnsForm,), fields)
    form: ColumnsForm = kind()
    for name in fields:
        form[name].choices = offered
    return form
