"""Turn the pages of a long list by keyset: page 2,000 costs what page 1 costs."""

import base64
import binascii
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Generic, TypeVar

from sqlalchemy import BigInteger, ColumnElement, Select, String, literal, tuple_

from contest_portal.core.database import Points

PAGE_SIZE = 50
LONGEST_CURSOR = 1000
LARGEST_INTEGER = 2**63 - 1
LARGEST_SMALL_INTEGER = 2**31 - 1

Key = str | int | float | Decimal | date | datetime
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Cursor:
    """Mark a place in a list by the sort keys of the row beside it."""

    keys: tuple[Key, ...]
    backwards: bool = False


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Hold one page of a list and the cursors of its neighbours."""

    items: Sequence[T]
    next_cursor: str | None = None
    previous_cursor: str | None = None
    total_text: str = ""


def encode(cursor: Cursor) -> str:
    """Write a cursor as text that is safe in an address."""
    plain = json.dumps([int(cursor.backwards), *map(_pack, cursor.keys)], ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(plain.encode()).decode().rstrip("=")


def decode(text: str | None) -> Cursor | None:
    """Read a cursor; None, which is the first page, for whatever is not one of ours."""
    if not text or len(text) > LONGEST_CURSOR or not text.isascii():
        return None
    try:
        plain = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
        backwards, *keys = json.loads(plain)
        return Cursor(tuple(map(_unpack, keys)), bool(backwards)) if keys else None
    except (ValueError, TypeError, OverflowError, RecursionError, binascii.Error):
        return None


def make_page(
    rows: Sequence[T],
    cursor: Cursor | None,
    keys: Callable[[T], tuple[Key, ...]],
    *,
    size: int = PAGE_SIZE,
    total_text: str = "",
) -> Page[T]:
    """Cut a page out of the up to size + 1 rows that keyset() fetched."""
    backwards = cursor is not None and cursor.backwards
    more = len(rows) > size
    items = list(reversed(rows[:size])) if backwards else list(rows[:size])
    if not items:
        return Page(items, total_text=total_text)
    has_next = more if not backwards else True
    has_previous = more if backwards else cursor is not None
    return Page(
        items,
        next_cursor=encode(Cursor(keys(items[-1]))) if has_next else None,
        previous_cursor=encode(Cursor(keys(items[0]), backwards=True)) if has_previous else None,
        total_text=total_text,
    )


def keyset(
    statement: Select[Any],
    columns: Sequence[Any],
    cursor: Cursor | None,
    *,
    size: int = PAGE_SIZE,
    descending: bool = False,
) -> tuple[Select[Any], Cursor | None]:
    """Order a select, start it at the cursor and fetch one row more than a page.

    Returns the cursor that was used: one whose keys do not fit the columns is dropped, so that an
    address somebody typed shows the first page. The columns together must be unique and not null.
    """
    used = cursor if cursor and _fits(cursor, columns) else None
    down = descending != bool(used and used.backwards)
    if used:
        statement = statement.where(_beyond(columns, used.keys, down=down))
    order = [column.desc() if down else column.asc() for column in columns]
    return statement.order_by(None).order_by(*order).limit(size + 1), used


def _beyond(columns: Sequence[Any], keys: tuple[Key, ...], *, down: bool) -> ColumnElement[bool]:
    bound = tuple_(*(literal(key, column.type) for key, column in zip(keys, columns, strict=True)))
    row = tuple_(*columns)
    return row < bound if down else row > bound


def _fits(cursor: Cursor, columns: Sequence[Any]) -> bool:
    return len(columns) == len(cursor.keys) and all(map(_suits, cursor.keys, [column.type for column in columns]))


def _suits(key: Key, column_type: Any) -> bool:
    if isinstance(column_type, Points):
        return isinstance(key, Decimal)
    if isinstance(column_type, String):
        return isinstance(key, str)
    # PostgreSQL refuses a number that its column could not hold.
    if type(key) is int and abs(key) > LARGEST_SMALL_INTEGER and not isinstance(column_type, BigInteger):
        return False
    return type(key) is column_type.python_type


def _pack(key: Key) -> Any:
    if isinstance(key, datetime):
        return {"t": key.isoformat()}
    if isinstance(key, date):
        return {"d": key.isoformat()}
    if isinstance(key, Decimal):
        return {"n": str(key)}
    return str(key) if isinstance(key, str) else key


def _unpack(value: Any) -> Key:
    match value:
        case {"t": str(text)}:
            return _moment(text)
        case {"d": str(text)}:
            return date.fromisoformat(text)
        case {"n": str(text)} if re.fullmatch(r"-?[0-9]{1,7}(\.[0-9]{1,6})?", text):
            return Decimal(text)
        case str():
            # PostgreSQL takes no NUL in text, and no half of a surrogate pair.
            if "\0" in value or any("\ud800" <= c <= "\udfff" for c in value):
                raise ValueError(value)
            return value
        case bool() | None | dict() | list():
            raise ValueError(value)
        case int() if abs(value) > LARGEST_INTEGER:
            raise ValueError(value)
        case float() if value != value or value in (float("inf"), float("-inf")):
            raise ValueError(value)
    return value


def _moment(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError(text)
    return found.astimezone(UTC)
