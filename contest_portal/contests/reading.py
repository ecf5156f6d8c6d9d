"""Read a table of rules key by key, so that what is missing, wrong or misspelt is named."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeVar

from contest_portal.core.errors import PortalError
from contest_portal.core.i18n import lazy

_NOTHING: Any = object()
_Choice = TypeVar("_Choice", bound=StrEnum)


class BadRules(PortalError):
    """Refuse a preset, or stored rules, naming the place and what would do."""

    code = 422
    default = lazy("Thể lệ của cuộc thi không hợp lệ.")


class Table:
    """Hand out the values of a mapping once each; `finish` refuses what nobody asked for."""

    def __init__(self, values: Mapping[str, Any], place: str) -> None:
        if not isinstance(values, Mapping):
            raise BadRules(lazy("%(place)s: cần một bảng các mục.", place=place))
        self._left = dict(values)
        self._place = place

    @property
    def place(self) -> str:
        """Return where in the file this table stands."""
        return self._place

    def refuse(self, key: str, wanted: Any) -> BadRules:
        """Return the error that says what a key needs to be."""
        return BadRules(lazy("%(place)s.%(key)s: %(wanted)s.", place=self._place, key=key, wanted=wanted))

    def text(self, key: str, default: Any = _NOTHING) -> Any:
        """Return a text that is not empty."""
        return self._take(key, default, lazy("cần một dòng chữ"), lambda v: isinstance(v, str) and bool(v.strip()))

    def flag(self, key: str, *, default: bool) -> bool:
        """Return yes or no."""
        return bool(self._take(key, default, lazy("cần true hoặc false"), lambda v: isinstance(v, bool)))

    def number(self, key: str, default: Any = _NOTHING, *, least: int = 0) -> Any:
        """Return a whole number, not under the least allowed."""
        wanted = lazy("cần một số nguyên từ %(least)s trở lên", least=least)
        return self._take(key, default, wanted, lambda v: type(v) is int and v >= least)

    def points(self, key: str, default: Any = _NOTHING) -> Any:
        """Return an exact decimal over zero; stored rules carry it as text."""
        wanted = lazy("cần một số lớn hơn 0")
        value = self._take(key, default, wanted, lambda v: type(v) in (int, float, str, Decimal))
        if value is default:
            return value
        try:
            exact = Decimal(str(value))
        except ArithmeticError:
            raise self.refuse(key, wanted) from None
        if not exact.is_finite() or exact <= 0:
            raise self.refuse(key, wanted)
        return exact

    def day(self, key: str, default: Any = _NOTHING) -> Any:
        """Return a date; stored rules carry it as ISO text."""
        wanted = lazy("cần một ngày dạng 2024-05-31")
        value = self._take(key, default, wanted, lambda v: type(v) in (date, str))
        return self._parsed(key, value, date.fromisoformat, wanted)

    def moment(self, key: str, default: Any = _NOTHING) -> Any:
        """Return a wall-clock moment without a zone: the portal's own zone is meant."""
        wanted = lazy("cần ngày giờ dạng 2024-05-31T17:00:00, không kèm múi giờ")
        value = self._take(key, default, wanted, lambda v: type(v) in (datetime, str))
        value = self._parsed(key, value, datetime.fromisoformat, wanted)
        if value is not None and value.tzinfo is not None:
            raise self.refuse(key, wanted)
        return value

    def choice(self, key: str, choices: type[_Choice], default: Any = _NOTHING) -> _Choice:
        """Return one of the named choices."""
        wanted = lazy("cần một trong: %(choices)s", choices=", ".join(choices))
        return choices(self._take(key, default, wanted, lambda v: v in list(choices)))

    def texts(self, key: str, default: Any = ()) -> tuple[str, ...]:
        """Return a list of texts."""
        wanted = lazy("cần một danh sách các dòng chữ")
        return tuple(self._take(key, default, wanted, _is_texts))

    def table(self, key: str) -> "Table":
        """Return a table inside this one, empty when it is not there."""
        return Table(self._left.pop(key, {}), f"{self._place}.{key}")

    def tables(self, key: str) -> list["Table"]:
        """Return the list of tables under a key, each knowing its number."""
        found = self._left.pop(key, [])
        if not isinstance(found, list):
            raise self.refuse(key, lazy("cần một danh sách các bảng"))
        return [Table(values, f"{self._place}.{key}[{number}]") for number, values in enumerate(found, 1)]

    def has(self, key: str) -> bool:
        """Tell whether the key is there and not yet taken."""
        return key in self._left

    def raw_value(self, key: str) -> Any:
        """Return a value unread, to be read later as part of another table."""
        return self._left.pop(key, None)

    def finish(self) -> None:
        """Refuse keys that nobody asked for: a misspelt rule must not be a rule that is silently absent."""
        if self._left:
            raise self.refuse(min(self._left), lazy("không có mục nào tên như vậy"))

    def _take(self, key: str, default: Any, wanted: Any, fits: Callable[[Any], bool]) -> Any:
        value = self._left.pop(key, None)
        if value is None:
            if default is _NOTHING:
                raise self.refuse(key, lazy("còn thiếu; %(wanted)s", wanted=wanted))
            return default
        if not fits(value):
            raise self.refuse(key, wanted)
        return value

    def _parsed(self, key: str, value: Any, parse: Callable[[str], Any], wanted: Any) -> Any:
        if not isinstance(value, str):
            return value
        try:
            return parse(value)
        except ValueError:
            raise self.refuse(key, wanted) from None


def _is_texts(value: Any) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(item, str) and item.strip() for item in value)
