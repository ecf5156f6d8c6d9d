"""Write what somebody asks to change as plain values, and read it back; pure.

The fields are those of the form's own dataclass, so that a field added there travels along by itself.
"""

from collections.abc import Mapping
from dataclasses import asdict, fields, is_dataclass
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar, get_args, get_type_hints

T = TypeVar("T")


def to_plain(value: Any) -> dict[str, Any]:
    """Return a dataclass as values that JSON knows."""
    values = asdict(value) if is_dataclass(value) and not isinstance(value, type) else dict(value)
    return {name: plain(each) for name, each in values.items()}


def plain(value: Any) -> Any:
    """Return one value as JSON knows it."""
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def from_plain(kind: type[T], values: Mapping[str, Any]) -> T:
    """Return what was asked for as its dataclass; what is not one of its fields is left out."""
    hints = get_type_hints(kind)
    known = {f.name: values[f.name] for f in fields(kind) if f.name in values}  # type: ignore[arg-type]
    return kind(**{name: _read(hints[name], value) for name, value in known.items()})


def _read(hint: Any, value: Any) -> Any:
    kinds = get_args(hint) or (hint,)
    if isinstance(value, str) and date in kinds:
        return date.fromisoformat(value)
    return Decimal(value) if isinstance(value, str) and Decimal in kinds else value


def differing(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Return the names whose value would change, in the order in which they are asked for."""
    return [name for name, value in after.items() if (before.get(name) or None) != (value or None)]
