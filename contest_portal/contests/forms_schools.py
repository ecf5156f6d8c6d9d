"""What is asked about schools and units by those who keep their list."""

from collections.abc import Sequence

from flask_wtf.file import FileField
from wtforms import BooleanField, SelectField, StringField, TextAreaField

from contest_portal.contests.levels import LEVELS
from contest_portal.contests.models import School, Unit
from contest_portal.contests.schools import SchoolData
from contest_portal.core.forms import (
    DateField,
    OncePerForm,
    PortalForm,
    VersionedForm,
    chosen,
    email,
    length,
    optional,
    phone,
    required,
    upload,
)
from contest_portal.core.i18n import _, lazy


class SchoolFields(PortalForm):
    """Ask what is known of a school besides its unit."""

    name = StringField(lazy("Tên trường"), validators=[required(lazy("Hãy nhập tên trường.")), length(200)])
    code = StringField(lazy("Mã trường"), validators=[optional(), length(40)])
    level = SelectField(lazy("Cấp học"), choices=[], validators=[optional()])
    address = StringField(lazy("Địa chỉ"), validators=[optional(), length(300)])
    phone = StringField(lazy("Điện thoại"), validators=[optional(), phone(), length(30)])
    email = StringField(
        lazy("Thư điện tử"),
        description=lazy("Hộp thư của trường: thư mời được gửi đến đây."),
        validators=[optional(), email(), length(254)],
    )
    head = StringField(lazy("Người phụ trách"), validators=[optional(), length(150)])
    aliases = TextAreaField(
        lazy("Tên gọi khác"),
        description=lazy("Mỗi dòng một tên, ví dụ tên cũ hoặc tên viết tắt trong các danh sách."),
        validators=[optional(), length(1000)],
    )
    closed_on: DateField = DateField(
        lazy("Ngừng hoạt động từ ngày"),
        description=lazy("Để trống nếu trường vẫn hoạt động. Hồ sơ đã có được giữ nguyên."),
        validators=[optional()],
    )

    def offer_levels(self) -> None:
        """Offer the levels in the reader's language."""
        self.level.choices = [("", _("Chưa ghi")), *((code, str(word)) for code, word in LEVELS.items())]

    def told(self) -> SchoolData:
        """Return what was filled in."""
        return SchoolData(
            name=self.name.data or "",
            code=self.code.data,
            level=self.level.data,
            address=self.address.data,
            phone=self.phone.data,
            email=self.email.data,
            head=self.head.data,
            aliases=tuple((self.aliases.data or "").splitlines()),
            closed_on=self.closed_on.data,
        )


class SchoolForm(SchoolFields, VersionedForm):
    """Ask for changes of a school."""

    def show(self, school: School) -> None:
        """Fill in what is stored."""
        for field in ("name", "code", "level", "address", "phone", "email", "head", "closed_on", "version"):
            self[field].data = getattr(school, field)
        self.aliases.data = "\n".join(school.aliases or ())


class NewSchoolForm(SchoolFields, OncePerForm):
    """Ask for a school that is not in the list."""

    unit = SelectField(lazy("Đơn vị"), choices=[], validators=[chosen(lazy("Hãy chọn đơn vị."))])


class MoveForm(PortalForm):
    """Ask where a school belongs from which day on."""

    unit = SelectField(lazy("Đơn vị mới"), choices=[], validators=[chosen(lazy("Hãy chọn đơn vị."))])
    day: DateField = DateField(
        lazy("Từ ngày"), description=lazy("Ngày việc chuyển có hiệu lực, ví dụ 01/07/2025."), validators=[required()]
    )
    reason = StringField(
        lazy("Căn cứ"),
        description=lazy("Ví dụ số nghị quyết hoặc quyết định."),
        validators=[required(lazy("Hãy ghi căn cứ.")), length(300)],
    )


class ListForm(PortalForm):
    """Choose a list of schools, and what holds for all its rows."""

    file = FileField(
        lazy("Danh sách trường"),
        description=lazy(
            "Bảng tính .xlsx, .xls hoặc tệp chữ .csv, .txt. Cột được nhận theo tên, thứ tự nào cũng được."
        ),
    )
    unit = SelectField(lazy("Đơn vị"), description=lazy("Dùng cho dòng không ghi đơn vị."), choices=[], default="")
    day: DateField = DateField(
        lazy("Ngày hiệu lực"),
        description=lazy("Đơn vị được hiểu như vào ngày này; trường đổi đơn vị được chuyển từ ngày này."),
        validators=[required()],
    )
    moved = BooleanField(
        lazy("Trường cùng tên ở đơn vị đã hết hiệu lực là cùng một trường, nay chuyển đơn vị"), default=True
    )

    def offer(self, units: Sequence[Unit], most_bytes: int) -> None:
        """Offer the units, and bound the file."""
        self.unit.choices = [("", _("Theo bảng tính")), *unit_choices(units)]
        self.file.validators = upload(most_bytes)
        self.file.flags.required = True


class ConfirmForm(PortalForm):
    """Do what the page before has shown."""


class UnitForm(PortalForm, OncePerForm):
    """Ask for a unit that is not in its set."""

    name = StringField(
        lazy("Tên đơn vị"),
        description=lazy("Viết đủ, ví dụ Xã Tân Dĩnh hoặc Phường Đa Mai."),
        validators=[required(lazy("Hãy nhập tên đơn vị.")), length(150)],
    )
    code = StringField(lazy("Mã đơn vị"), validators=[required(lazy("Hãy nhập mã đơn vị.")), length(20)])
    aliases = TextAreaField(
        lazy("Tên gọi khác"), description=lazy("Mỗi dòng một tên."), validators=[optional(), length(1000)]
    )
    valid_from: DateField = DateField(
        lazy("Có từ ngày"), description=lazy("Để trống nếu không rõ."), validators=[optional()]
    )
    reason = StringField(
        lazy("Căn cứ"),
        description=lazy("Ví dụ số nghị quyết hoặc quyết định."),
        validators=[required(lazy("Hãy ghi căn cứ.")), length(300)],
    )


class CloseUnitForm(PortalForm):
    """Ask for a unit's last day."""

    day: DateField = DateField(
        lazy("Ngày cuối cùng có hiệu lực"),
        description=lazy("Để trống nếu đơn vị vẫn tiếp tục, để bỏ ngày đã ghi nhầm."),
        validators=[optional()],
    )
    reason = StringField(lazy("Căn cứ"), validators=[required(lazy("Hãy ghi căn cứ.")), length(300)])


def unit_choices(units: Sequence[Unit]) -> list[tuple[str, str]]:
    """Return units as the choices of a select."""
    return [(str(unit.id), f"{unit.name} ({unit.code})") for unit in units]
