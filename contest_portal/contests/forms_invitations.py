"""What is asked of those who invite, of those who are invited, and of those who ask to be."""

from collections.abc import Sequence

from wtforms import PasswordField, RadioField, SelectField, StringField

from contest_portal.contests.invitations import DAYS
from contest_portal.contests.models import School
from contest_portal.core.forms import (
    CheckboxesField,
    OncePerForm,
    PortalForm,
    chosen,
    email,
    length,
    optional,
    phone,
    required,
)
from contest_portal.core.i18n import _, lazy

NEW_SCHOOL = "new"


class InviteForm(PortalForm, OncePerForm):
    """Ask which schools are invited, how and for how long."""

    way = RadioField(
        lazy("Mời bằng cách nào?"),
        choices=[("sheet", lazy("Phiếu in có mã, phát cho từng trường")), ("mail", lazy("Thư điện tử đến hộp thư của trường"))],
        validators=[chosen(lazy("Hãy chọn cách mời."))],
    )  # fmt: skip
    days = SelectField(lazy("Mã dùng được trong"), coerce=int, choices=[], default=30, validators=[chosen()])
    schools = CheckboxesField(lazy("Các trường được mời"), coerce=int, choices=[])

    def offer(self, schools: Sequence[School]) -> None:
        """Offer the schools, all of them chosen at first."""
        self.days.choices = [(days, _("%(days)s ngày", days=days)) for days in DAYS]
        self.schools.choices = [(school.id, school.name) for school in schools]
        if not self.is_submitted():
            self.schools.data = [school.id for school in schools]


class InvitePersonForm(PortalForm):
    """Ask who else is to act for a school."""

    full_name = StringField(lazy("Họ và tên"), validators=[required(lazy("Hãy nhập họ và tên.")), length(150)])
    email = StringField(
        lazy("Thư điện tử"),
        description=lazy("Để trống nếu muốn tự trao mã."),
        validators=[optional(), email(), length(254)],
    )


class CodeForm(PortalForm):
    """Ask for the code of an invitation."""

    code = StringField(
        lazy("Mã mời"),
        description=lazy("Chữ hoa hay chữ thường, có hay không dấu gạch đều được."),
        validators=[required(lazy("Hãy nhập mã mời.")), length(100)],
    )


class AccountForm(PortalForm, OncePerForm):
    """Ask an invited person for an account."""

    full_name = StringField(lazy("Họ và tên"), validators=[required(lazy("Hãy nhập họ và tên.")), length(150)])
    phone = StringField(lazy("Điện thoại"), validators=[required(lazy("Hãy nhập số điện thoại.")), phone(), length(30)])
    email = StringField(
        lazy("Thư điện tử"),
        description=lazy("Thông báo và nhắc hạn được gửi đến đây."),
        validators=[optional(), email(), length(254)],
    )
    username = StringField(
        lazy("Tên đăng nhập"),
        description=lazy("Chữ không dấu, chữ số và các dấu . _ - @; ví dụ thcs.kep."),
        validators=[required(lazy("Hãy nhập tên đăng nhập.")), length(60)],
    )
    password = PasswordField(
        lazy("Mật khẩu"),
        description=lazy("Ít nhất 8 ký tự. Một câu dài dễ nhớ tốt hơn một từ khó."),
        validators=[required(lazy("Hãy nhập mật khẩu."))],
    )


class AccessForm(PortalForm, OncePerForm):
    """Ask who wants access for which school."""

    school = RadioField(
        lazy("Trường của bạn là trường nào?"),
        choices=[],
        validators=[chosen(lazy("Hãy chọn trường của bạn, hoặc chọn “Không có trong các trường này”."))],
    )
    full_name = StringField(lazy("Họ và tên của bạn"), validators=[required(lazy("Hãy nhập họ và tên.")), length(150)])
    position = StringField(
        lazy("Chức vụ"),
        description=lazy("Ví dụ Phó Hiệu trưởng, Tổng phụ trách Đội."),
        validators=[required(lazy("Hãy nhập chức vụ của bạn ở trường.")), length(150)],
    )
    phone = StringField(
        lazy("Điện thoại"),
        description=lazy("Ban Tổ chức có thể gọi số này để xác nhận."),
        validators=[required(lazy("Hãy nhập số điện thoại.")), phone(), length(30)],
    )
    email = StringField(
        lazy("Thư điện tử"),
        description=lazy("Thư mời được gửi đến đây. Nếu để trống, Ban Tổ chức đọc mã cho bạn qua điện thoại."),
        validators=[optional(), email(), length(254)],
    )

    def offer(self, schools: Sequence[School], typed: str) -> None:
        """Offer the schools that what was typed may mean, and that it is none of them."""
        words = _("Không có trong các trường này: %(name)s", name=typed) if schools else typed
        self.school.choices = [*((str(school.id), school.name) for school in schools), (NEW_SCHOOL, words)]
        if not schools and not self.is_submitted():
            self.school.data = NEW_SCHOOL

    def school_id(self) -> int | None:
        """Return the school that was chosen; None for one that is not known."""
        return None if self.school.data == NEW_SCHOOL else int(self.school.data)


class ApproveForm(PortalForm):
    """Ask which school a request is for."""

    school = RadioField(lazy("Cấp tài khoản cho trường"), choices=[], validators=[chosen(lazy("Hãy chọn trường."))])

    def offer(self, schools: Sequence[School], wanted: int | None, typed: str) -> None:
        """Offer the schools that may be meant, and to found a new one."""
        new = (NEW_SCHOOL, _("Thêm trường mới: %(name)s", name=typed))
        self.school.choices = [*((str(school.id), school.name) for school in schools), new]
        if not self.is_submitted():
            self.school.data = str(wanted) if wanted else None if schools else NEW_SCHOOL


class RefuseForm(PortalForm):
    """Ask why a request is refused."""

    reason = StringField(
        lazy("Lý do"),
        description=lazy("Người xin đọc được câu này trong thư."),
        validators=[required(lazy("Hãy ghi lý do để người xin biết phải làm gì.")), length(500)],
    )
