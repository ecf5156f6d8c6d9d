"""What is asked before a list is imported, and once more after its preview."""

from collections.abc import Sequence

from flask_wtf.file import FileField
from wtforms import SelectField

from contest_portal.contests.models import Unit
from contest_portal.core.forms import DateField, PortalForm, upload
from contest_portal.core.i18n import lazy
from contest_portal.screening.forms import day_field


class UploadForm(PortalForm):
    """Choose a workbook, the day its entries came, and the unit of rows that name none."""

    file = FileField(lazy("Bảng tính (.xlsx)"), description=lazy("Giữ nguyên bảng như đã lập; cột được nhận theo tên."))
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

    def offer(self, units: Sequence[Unit], most_bytes: int) -> None:
        """Offer the units the actor may choose, and bound the file."""
        self.unit.choices = [("", str(lazy("Theo bảng tính"))), *((unit.code, unit.name) for unit in units)]
        self.file.validators = upload(most_bytes)
        self.file.flags.required = True


class ConfirmForm(PortalForm):
    """Write what the preview showed."""
