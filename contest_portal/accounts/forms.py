"""What people fill in to sign in, and administrators to make accounts."""

from wtforms import PasswordField, SelectField, StringField

from contest_portal.core.forms import (
    OncePerForm,
    PortalForm,
    VersionedForm,
    chosen,
    email,
    length,
    optional,
    phone,
    required,
)
from contest_portal.core.i18n import LANGUAGES, lazy


class SignInForm(PortalForm):
    """Ask who somebody is."""

    username = StringField(lazy("Tên đăng nhập"), validators=[required(lazy("Hãy nhập tên đăng nhập.")), length(150)])
    password = PasswordField(lazy("Mật khẩu"), validators=[required(lazy("Hãy nhập mật khẩu."))])


class PasswordForm(PortalForm):
    """Ask for the current password and a new one, which is shown to nobody."""

    current = PasswordField(lazy("Mật khẩu hiện tại"), validators=[required(lazy("Hãy nhập mật khẩu hiện tại."))])
    new = PasswordField(
        lazy("Mật khẩu mới"),
        description=lazy("Ít nhất 8 ký tự. Một câu dài dễ nhớ tốt hơn một từ khó."),
        validators=[required(lazy("Hãy nhập mật khẩu mới."))],
    )


class ForgottenForm(PortalForm):
    """Ask whose password was forgotten."""

    name = StringField(
        lazy("Tên đăng nhập hoặc thư điện tử"),
        validators=[required(lazy("Hãy nhập tên đăng nhập hoặc thư điện tử.")), length(254)],
    )


class ResetForm(PortalForm):
    """Ask for a new password, which is shown to nobody."""

    new = PasswordField(
        lazy("Mật khẩu mới"),
        description=lazy("Ít nhất 8 ký tự. Một câu dài dễ nhớ tốt hơn một từ khó."),
        validators=[required(lazy("Hãy nhập mật khẩu mới."))],
    )


class ConfirmForm(PortalForm):
    """Ask somebody who is signed in for the password again."""

    password = PasswordField(lazy("Mật khẩu"), validators=[required(lazy("Hãy nhập mật khẩu."))])


class LettersForm(PortalForm):
    """Ask in which language letters come."""

    language = SelectField(lazy("Ngôn ngữ của thư"), choices=[*LANGUAGES.items()], validators=[chosen()])


class PersonForm(PortalForm):
    """Ask what an account says of its person."""

    full_name = StringField(lazy("Họ và tên"), validators=[required(lazy("Hãy nhập họ và tên.")), length(150)])
    email = StringField(lazy("Thư điện tử"), validators=[optional(), email(), length(254)])
    phone = StringField(lazy("Điện thoại"), validators=[optional(), phone(), length(30)])


class NewUserForm(PersonForm, OncePerForm):
    """Ask for a new account."""

    username = StringField(
        lazy("Tên đăng nhập"),
        description=lazy("Chữ không dấu, chữ số và các dấu . _ - @; ví dụ thcs.kep."),
        validators=[required(lazy("Hãy nhập tên đăng nhập.")), length(60)],
    )
    password = PasswordField(
        lazy("Mật khẩu đầu tiên"),
        description=lazy("Để trống để cấp sau, trên trang của tài khoản."),
        validators=[optional()],
    )


class ChangeUserForm(PersonForm, VersionedForm):
    """Ask for changes of an account."""
