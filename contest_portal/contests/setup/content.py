"""An edition's set-up as one document of plain values: read from its rows, changed, written back."""

from collections.abc import Callable, Sequence
from copy import deepcopy
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from contest_portal.contests.models import Criterion, Division, Edition, Field, Prize, Round
from contest_portal.contests.rulebook import Rulebook, Window
from contest_portal.core.database import db
from contest_portal.core.errors import Invalid, NotFound, Problem
from contest_portal.core.i18n import lazy
from contest_portal.core.vietnamese import fold

Content = dict[str, Any]
Row = dict[str, Any]
TOP: Final = ("title", "title_en", "number", "year", "opens_at", "closes_at", "contact", "published")
COLUMNS: Final[dict[str, tuple[Any, tuple[str, ...]]]] = {
    "divisions": (Division, ("code", "name", "name_en", "aliases", "window")),
    "fields": (Field, ("code", "name", "name_en", "aliases")),
    "rounds": (Round, ("code", "name", "name_en", "kind", "opens_at", "closes_at", "weight", "blind")),
    "criteria": (Criterion, ("code", "name", "name_en", "guidance", "max_points", "step")),
    "prizes": (Prize, ("code", "name", "name_en", "quantity", "per", "amount")),
}
_READ: Final[dict[str, Callable[[str], Any]]] = {
    "opens_at": datetime.fromisoformat,
    "closes_at": datetime.fromisoformat,
    "weight": Decimal,
    "max_points": Decimal,
    "step": Decimal,
}
# What a row is known by; a document is the only one of its kind.
KEYS: Final = {"documents": "kind"}
_IN_RULES: Final = frozenset({"documents", "sections"})
_CODE_LENGTH: Final = 16


def pack(value: Any) -> Any:
    """Return a value as JSON keeps it, the same for equal values."""
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return value.isoformat() if hasattr(value, "isoformat") else value


def unpack(key: str, value: Any) -> Any:
    """Return a stored value as the column has it."""
    return _READ[key](value) if key in _READ and value is not None else value


def snapshot(edition: Edition, units: list[Row]) -> Content:
    """Return everything that holds for an edition, its units as told; its parts must be at hand."""
    content: Content = {key: pack(getattr(edition, key)) for key in TOP}
    content["rules"] = deepcopy(edition.rules)
    for part in ("divisions", "fields", "prizes"):
        content[part] = [_row(part, stored) for stored in getattr(edition, part)]
    content["rounds"] = [
        _row("rounds", stored) | {"criteria": [_row("criteria", line) for line in stored.criteria]}
        for stored in edition.rounds
    ]
    content["unit_set"], content["units"] = edition.unit_set, units
    return content


def _row(part: str, stored: Any) -> Row:
    return {key: pack(deepcopy(getattr(stored, key))) for key in COLUMNS[part][1]}


def rows_of(content: Content, part: str) -> list[Row]:
    """Return the rows of a part of the set-up; "criteria-final" are those of the final; raises NotFound."""
    kind, _, owner = part.partition("-")
    if kind == "criteria" and owner:
        rows: list[Row] = find_row(content, "rounds", owner)["criteria"]
        return rows
    holder = content["rules"] if part in _IN_RULES else content
    if part not in (*COLUMNS, *_IN_RULES, "units") or part == "criteria":
        raise NotFound
    found: list[Row] = holder.setdefault(part, [])
    return found


def find_row(content: Content, part: str, code: str) -> Row:
    """Return one row; raises NotFound."""
    key = KEYS.get(part, "code")
    for row in rows_of(content, part):
        if row[key] == code:
            return row
    raise NotFound


def with_row(content: Content, part: str, row: Row) -> Content:
    """Return the set-up with a row put in the place of the one it is known as, or at the end."""
    changed = deepcopy(content)
    rows, key = rows_of(changed, part), KEYS.get(part, "code")
    place = next((place for place, known in enumerate(rows) if known[key] == row[key]), len(rows))
    rows[place : place + 1] = [row]
    return changed


def without_row(content: Content, part: str, code: str) -> Content:
    """Return the set-up without one row; raises NotFound."""
    changed = deepcopy(content)
    rows_of(changed, part).remove(find_row(changed, part, code))
    return changed


def moved_row(content: Content, part: str, code: str, *, up: bool) -> Content:
    """Return the set-up with one row one place higher or lower; the ends stay."""
    changed = deepcopy(content)
    rows = rows_of(changed, part)
    place = rows.index(find_row(changed, part, code))
    target = min(max(place + (-1 if up else 1), 0), len(rows) - 1)
    rows.insert(target, rows.pop(place))
    return changed


def new_code(rows: Sequence[Row], name: str) -> str:
    """Return a short code for a new row, made of its name and like no other."""
    words = "".join(c if c.isascii() and c.isalnum() else " " for c in fold(name)).split()
    base = "-".join(words)[:_CODE_LENGTH].strip("-") or "m"
    taken = {row.get("code") for row in rows}
    return next(
        code for number in range(1, 10_000) if (code := base if number == 1 else f"{base}-{number}") not in taken
    )


def check_content(content: Content) -> None:
    """Raise Invalid, or BadRules, unless a set-up holds together."""
    Rulebook.from_dict(content["rules"])
    for row in content["divisions"]:
        Window.from_dict(row["window"] or {})
    if content["opens_at"] >= content["closes_at"]:
        raise Invalid(problems=[Problem(lazy("Ngày mở phải trước ngày đóng."), field="closes_at")])
    for needed in ("division", "field"):
        if content["rules"].get(needed) == "required" and not content[f"{needed}s"]:
            raise Invalid(_EMPTY[needed])


_EMPTY: Final = {
    "division": lazy("Hồ sơ phải chọn bảng, nên kỳ thi cần ít nhất một bảng."),
    "field": lazy("Hồ sơ phải chọn lĩnh vực, nên kỳ thi cần ít nhất một lĩnh vực."),
}


def write(edition: Edition, content: Content) -> None:
    """Write a set-up, all but its units, into the edition's rows, touching only what differs."""
    _assign(edition, {key: content[key] for key in TOP})
    edition.rules = content["rules"]
    for part in ("divisions", "fields", "rounds", "prizes"):
        _sync(edition, part, content[part])
    for row in content["rounds"]:
        stored = next(found for found in edition.rounds if found.code == row["code"])
        _sync(stored, "criteria", row["criteria"])


def _assign(stored: Any, values: Row) -> None:
    for key, value in values.items():
        if pack(getattr(stored, key)) != value:
            setattr(stored, key, unpack(key, value))


def _sync(owner: Any, part: str, rows: Sequence[Row]) -> None:
    model, keys = COLUMNS[part]
    known = {stored.code: stored for stored in getattr(owner, part)}
    for code in known.keys() - {row["code"] for row in rows}:
        getattr(owner, part).remove(known[code])
        db.session.delete(known[code])
    for position, row in enumerate(rows):
        stored = known.get(row["code"])
        if stored is None:
            stored = model(code=row["code"])
            getattr(owner, part).append(stored)
        _assign(stored, {key: row[key] for key in keys} | {"position": position})
    getattr(owner, part).sort(key=lambda stored: stored.position)
