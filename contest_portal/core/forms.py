"""The base of every form: clean text, sentences in the reader's language, errors that name their field."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import Form, FormField, HiddenField, IntegerField, PasswordField, StringField, TextAreaField
from wtforms.fields.core import Field, UnboundField
from wtforms.validators import ValidationError
from wtforms.widgets import HiddenInput

from contest_portal.core.errors import Invalid, Problem
from contest_portal.core.fields import CheckboxesField, DateField, DecimalField, WholeNumberField
from contest_portal.core.i18n import lazy
from contest_portal.core.validators import (
    between,
    chosen,
    email,
    length,
    optional,
    phone,
    required,
    upload,
)
from contest_portal.core.vietnamese import clean_text

# What WTForms itself may say, in the portal's words.
SENTENCES: Mapping[str, Any] = {
    "This field is required.": lazy("Hãy điền mục này."),
    "Not a valid integer value.": lazy("Hãy nhập một số nguyên."),
    "Not a valid decimal value.": lazy("Hãy nhập một số, ví dụ 7,5."),
    "Not a valid float value.": lazy("Hãy nhập một số, ví dụ 7,5."),
    "Not a valid choice.": lazy("Lựa chọn này không có trong danh sách. Hãy chọn lại."),
    "Invalid Choice: could not coerce.": lazy("Lựa chọn này không có trong danh sách. Hãy chọn lại."),
    "Invalid choice(s): one or more data inputs could not be coerced.": lazy("Có lựa chọn không hợp lệ. Hãy chọn lại."),
    "Not a valid datetime value.": lazy("Ngày giờ chưa đúng. Hãy viết như 20/05/2024 14:30."),
    "Not a valid time value.": lazy("Giờ chưa đúng. Hãy viết như 14:30."),
    "Invalid input.": lazy("Nội dung này chưa hợp lệ."),
}


class Sentences:
    """Give WTForms the portal's sentences for its own."""

    def gettext(self, string: str) -> str:
        """Return our sentence for one of WTForms'."""
        return str(SENTENCES.get(string, string))

    def ngettext(self, singular: str, plural: str, count: int) -> str:
        """Return our sentence for the form that counts."""
        return self.gettext(singular if count == 1 else plural)


@dataclass(frozen=True, slots=True)
class Mistake:
    """Name one error of a form and the id of the control to mend it in."""

    message: Any
    anchor: str | None


class PortalForm(FlaskForm):
    """Strip and normalise what is typed, and list what is wrong with it."""

    class Meta(FlaskForm.Meta):
        """Speak our sentences and clean every line of text."""

        def get_translations(self, form: Any) -> Sentences:
            """Return the portal's sentences."""
            return Sentences()

        def bind_field(self, form: Any, unbound_field: UnboundField, options: dict[str, Any]) -> Field:
            """Put the cleaning filter before the field's own."""
            clean = _cleaner(unbound_field.field_class)
            if clean is not None:
                options = {**options, "filters": [clean, *unbound_field.kwargs.get("filters", ())]}
                unbound_field = UnboundField(
                    unbound_field.field_class,
                    *unbound_field.args,
                    name=unbound_field.name,
                    **{k: v for k, v in unbound_field.kwargs.items() if k != "filters"},
                )
            return super().bind_field(form, unbound_field, options)

    @property
    def has_files(self) -> bool:
        """Tell whether the form carries a file."""
        return any(isinstance(field, FileField) for field in self)

    def problem_list(self) -> list[Mistake]:
        """List every error in the order of the page, the form's own first."""
        own = [Mistake(message, None) for message in self.form_errors]
        return own + [mistake for field in self for mistake in _mistakes(field)]

    def add_error(self, field_name: str | None, message: Any) -> None:
        """Add an error to a field, or to the form where it has no such field."""
        field = self._fields.get(field_name or "")
        if field is None or isinstance(field, FormField):
            self.form_errors.append(message)
        else:
            field.errors = [*field.errors, message]


class OnceField(HiddenField):
    """Carry a token that makes a form sent twice count once."""

    data: str | None

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(default=lambda: uuid.uuid4().hex, **kwargs)

    def pre_validate(self, form: Form) -> None:
        """Refuse a token that is not of our making, and give the page that comes back a good one."""
        try:
            uuid.UUID(hex=str(self.data))
        except ValueError:
            self.data = uuid.uuid4().hex
            raise ValidationError(lazy("Biểu mẫu thiếu mã chống gửi hai lần. Hãy kiểm tra rồi gửi lại.")) from None


class VersionField(IntegerField):
    """Carry the version a person saw when the edit began."""

    widget = HiddenInput()


class OncePerForm:
    """Mix into a form that creates something."""

    once = OnceField()


class VersionedForm:
    """Mix into a form that edits something."""

    version = VersionField()


def apply_problems(form: PortalForm, invalid: Invalid, names: Mapping[str, str] | None = None) -> None:
    """Put a service's problems at their fields; names maps the service's field names to the form's."""
    for problem in invalid.problems:
        field = (names or {}).get(problem.field or "", problem.field)
        form.add_error(field, _located(problem))


def _located(problem: Problem) -> Any:
    if problem.row is None:
        return problem.message
    return lazy("Dòng %(row)s: %(message)s", row=problem.row, message=str(problem.message))


def _mistakes(field: Field) -> Iterator[Mistake]:
    # An expired token has its own message at the top of the page.
    if field.short_name == "csrf_token":
        return
    children: Sequence[Field] = getattr(field, "entries", None) or list(getattr(field, "form", ()) or ())
    for child in children:
        yield from _mistakes(child)
    if children and field.type in ("FormField", "FieldList"):
        errors = [error for error in _plain_errors(field) if isinstance(error, str)]
    else:
        errors = list(field.errors)
    for error in errors:
        yield Mistake(error, _anchor(field))


def _plain_errors(field: Field) -> list[Any]:
    return [] if isinstance(field.errors, dict) else list(field.errors)


def _anchor(field: Field) -> str | None:
    if isinstance(field.widget, HiddenInput):
        return None
    if field.type in ("RadioField", "CheckboxesField"):
        return next((option.id for option in field), field.id)
    return str(field.id)


def _cleaner(kind: type[Field]) -> Any:
    if issubclass(kind, TextAreaField):
        return clean_lines
    if issubclass(kind, StringField) and not issubclass(kind, (PasswordField, HiddenField)):
        return clean_line
    return None


def clean_line(text: Any) -> Any:
    """Clean one line of text, leaving what is not text alone."""
    return clean_text(text) if isinstance(text, str) else text


def clean_lines(text: Any) -> Any:
    """Clean each line of a longer text, keeping its lines."""
    return clean_text(text, lines=True) if isinstance(text, str) else text


__all__ = [
    "CheckboxesField",
    "DateField",
    "DecimalField",
    "Mistake",
    "OnceField",
    "OncePerForm",
    "PortalForm",
    "VersionField",
    "VersionedForm",
    "WholeNumberField",
    "apply_problems",
    "between",
    "chosen",
    "email",
    "length",
    "optional",
    "phone",
    "required",
    "upload",
]
