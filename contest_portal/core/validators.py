"""Checks of a field, each with a sentence that says what to do."""

from typing import Any, ClassVar

from wtforms import Field, Form
from wtforms.validators import (
    Email,
    InputRequired,
    Length,
    NumberRange,
    Optional,
    Regexp,
    StopValidation,
    ValidationError,
)

from contest_portal.core.i18n import lazy


class Required:
    """Ask for an answer, and leave what was typed but could not be read to the field's own sentence."""

    field_flags: ClassVar = {"required": True}

    def __init__(self, message: Any) -> None:
        self.message = message

    def __call__(self, form: Form, field: Field) -> None:
        """Stop at a field without an answer."""
        if isinstance(field.data, (str, bool)):
            answered = bool(field.data)
        else:
            answered = any(str(raw).strip() for raw in field.raw_data or ())
        if not answered:
            field.errors[:] = []
            raise StopValidation(self.message)


class FileRequired:
    """Ask for a file, however empty its name."""

    field_flags: ClassVar = {"required": True}

    def __init__(self, message: Any) -> None:
        self.message = message

    def __call__(self, form: Form, field: Field) -> None:
        """Stop at a field without a file."""
        if not field.data:
            raise StopValidation(self.message)


class FileLimits:
    """Bound an uploaded file's size and the endings of its name."""

    def __init__(self, most_bytes: int, endings: tuple[str, ...]) -> None:
        self.most_bytes = most_bytes
        self.endings = tuple(ending.lower().lstrip(".") for ending in endings)

    def __call__(self, form: Form, field: Field) -> None:
        """Refuse a file that is too large, empty or of another kind."""
        if not field.data:
            return
        name = field.data.filename or ""
        if self.endings and name.rpartition(".")[2].lower() not in self.endings:
            kinds = ", ".join(f".{ending}" for ending in self.endings)
            raise ValidationError(lazy("Tệp phải thuộc loại: %(kinds)s.", kinds=kinds))
        size = stream_size(field.data.stream)
        if size == 0:
            raise ValidationError(lazy("Tệp này trống. Hãy chọn tệp khác."))
        if size > self.most_bytes:
            raise ValidationError(too_large(size, self.most_bytes))


def stream_size(stream: Any) -> int:
    """Return the bytes in a stream, leaving it at its beginning."""
    stream.seek(0, 2)
    size = int(stream.tell())
    stream.seek(0)
    return size


def too_large(size: int, most: int) -> Any:
    """Say how large a file is and how large it may be."""
    return lazy("Tệp nặng %(size)s MB, quá giới hạn %(most)s MB.", size=megabytes(size), most=megabytes(most))


def megabytes(size: int) -> str:
    """Write a size the Vietnamese way: 12,5."""
    return f"{size / 1_048_576:.1f}".replace(".", ",").removesuffix(",0")


def required(message: Any = None) -> Required:
    """Ask for an answer."""
    return Required(message or lazy("Hãy điền mục này."))


def chosen(message: Any = None) -> InputRequired:
    """Ask for a choice."""
    return InputRequired(message or lazy("Hãy chọn một mục."))


def optional() -> Optional:
    """Let the field stay empty."""
    return Optional()


def length(most: int, least: int = -1, message: Any = None) -> Length:
    """Bound the number of characters."""
    if least > 0:
        words = lazy("Hãy viết từ %(least)s đến %(most)s ký tự.", least=least, most=most)
    else:
        words = lazy("Chỉ được viết nhiều nhất %(most)s ký tự.", most=most)
    return Length(min=least, max=most, message=message or words)


def email(message: Any = None) -> Email:
    """Ask for an address such as a@b.vn."""
    return Email(message or lazy("Địa chỉ thư điện tử chưa đúng, ví dụ đúng: ten@truong.edu.vn."))


def phone(message: Any = None) -> Regexp:
    """Ask for a telephone number of 9 to 15 figures, written with spaces, dots or dashes as people do."""
    words = message or lazy("Số điện thoại chưa đúng, ví dụ đúng: 0912 345 678.")
    return Regexp(r"^\+?(?:[\s.()-]*[0-9]){9,15}$", message=words)


def between(least: Any, most: Any, message: Any = None) -> NumberRange:
    """Bound a number."""
    words = message or lazy("Hãy nhập số từ %(least)s đến %(most)s.", least=_comma(least), most=_comma(most))
    return NumberRange(least, most, words)


def upload(most_bytes: int, endings: tuple[str, ...] = (), message: Any = None) -> list[Any]:
    """Ask for a file of these kinds, up to this size."""
    return [FileRequired(message or lazy("Hãy chọn một tệp.")), FileLimits(most_bytes, endings)]


def _comma(value: Any) -> str:
    return str(value).replace(".", ",")
