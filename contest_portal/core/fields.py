"""Fields that read what people in Viet Nam write: 20/5/2024, 7,5 and 1.484."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

from wtforms import SelectMultipleField
from wtforms.fields.core import Field
from wtforms.widgets import CheckboxInput, ListWidget, TextInput

from contest_portal.core.i18n import lazy
from contest_portal.core.vietnamese import format_date, parse_date

WHOLE = re.compile(r"-?([0-9]{1,9}|[0-9]{1,3}(\.[0-9]{3}){1,2})")
POINT = re.compile(r"-?[0-9]+(\.[0-9]+)?")
COMMA = re.compile(r"-?([0-9]+|[0-9]{1,3}(\.[0-9]{3})+),[0-9]+")


class TypedField(Field):
    """Read one value from text, and show again exactly what was typed when it cannot be read."""

    widget = TextInput()
    sentence: Any = lazy("Nội dung này chưa hợp lệ.")

    def read(self, text: str) -> Any:
        """Turn text into the value; raise ValueError where it is none."""
        raise NotImplementedError

    def write(self, value: Any) -> str:
        """Turn the value into text."""
        return str(value)

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else self.write(self.data)

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the first value sent; an empty one is None."""
        if not valuelist:
            return
        self.data = None
        text = str(valuelist[0]).strip()
        if text:
            try:
                self.data = self.read(text)
            except ValueError:
                raise ValueError(self.sentence) from None


class DateField(TypedField):
    """Read a date as dd/mm/yyyy and in the other ways people write it."""

    sentence = lazy("Không có ngày này. Hãy viết ngày/tháng/năm, ví dụ 20/05/2024.")

    def read(self, text: str) -> date:
        """Read a date that exists in the calendar."""
        found = parse_date(text)
        if found is None:
            raise ValueError(text)
        return found

    def write(self, value: Any) -> str:
        """Write the date as dd/mm/yyyy."""
        return format_date(value)


class DecimalField(TypedField):
    """Read a number with a decimal comma or point: 7,5 or 7.5."""

    sentence = lazy("Hãy nhập một số, ví dụ 7,5.")

    def read(self, text: str) -> Decimal:
        """Read a finite number of reasonable length."""
        plain = _without_spaces(text)
        if len(plain) > 30 or not (POINT.fullmatch(plain) or COMMA.fullmatch(plain)):
            raise ValueError(text)
        return Decimal(plain.replace(".", "").replace(",", ".") if "," in plain else plain)

    def write(self, value: Any) -> str:
        """Write the number with a decimal comma and no idle zeros."""
        text = f"{value:f}"
        return (text.rstrip("0").rstrip(".") if "." in text else text).replace(".", ",")


class WholeNumberField(TypedField):
    """Read a whole number, also one whose thousands are set apart: 1.484."""

    sentence = lazy("Hãy nhập một số nguyên.")

    def read(self, text: str) -> int:
        """Read at most nine figures."""
        plain = _without_spaces(text)
        if len(plain) > 12 or not WHOLE.fullmatch(plain):
            raise ValueError(text)
        return int(plain.replace(".", ""))


class CheckboxesField(SelectMultipleField):
    """Offer several choices, each with its own box."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def _without_spaces(text: str) -> str:
    return text.replace(" ", "").replace("\u00a0", "")
