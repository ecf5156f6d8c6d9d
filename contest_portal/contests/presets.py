"""Read contests and units from their TOML files into typed objects; no database here.

The schema, and where each fact comes from, is in docs/presets.md.
"""

import tomllib
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any, TypeVar

from contest_portal.contests.reading import BadRules, Table
from contest_portal.contests.rulebook import Need, Rulebook, Window
from contest_portal.core.i18n import lazy

_PACKAGE = "contest_portal.contests"
_Part = TypeVar("_Part")
# The order in which contests are shown; any further preset follows by name.
_FIRST = ("robocon", "youth", "technical")


class RoundKind(StrEnum):
    """Name how a round finds its scores."""

    SCREENING = "screening"
    JUDGING = "judging"
    ARENA = "arena"


class PrizeScope(StrEnum):
    """Name what a number of prizes is counted for."""

    DIVISION = "division"
    FIELD = "field"
    EDITION = "edition"


class UnitKind(StrEnum):
    """Name what an administrative unit is; clusters and schools may screen too."""

    PROVINCE = "province"
    CITY = "city"
    TOWN = "town"
    DISTRICT = "district"
    WARD = "ward"
    COMMUNE = "commune"
    CLUSTER = "cluster"
    SCHOOL = "school"


KIND_OF_WORD = {
    "Tỉnh": UnitKind.PROVINCE,
    "Thành phố": UnitKind.CITY,
    "Thị xã": UnitKind.TOWN,
    "Huyện": UnitKind.DISTRICT,
    "Phường": UnitKind.WARD,
    "Xã": UnitKind.COMMUNE,
    "Cụm": UnitKind.CLUSTER,
}


@dataclass(frozen=True)
class DivisionPreset:
    """Describe one division (bảng)."""

    code: str
    name: str
    name_en: str
    aliases: tuple[str, ...]
    window: Window


@dataclass(frozen=True)
class FieldPreset:
    """Describe one field (lĩnh vực)."""

    code: str
    name: str
    name_en: str
    aliases: tuple[str, ...]


@dataclass(frozen=True)
class CriterionPreset:
    """Describe one line of a score sheet."""

    code: str
    name: str
    name_en: str
    guidance: str | None
    max_points: Decimal
    step: Decimal


@dataclass(frozen=True)
class RoundPreset:
    """Describe one round; its moments are wall-clock times of the portal's zone."""

    code: str
    name: str
    name_en: str
    kind: RoundKind
    opens: datetime | None
    closes: datetime | None
    weight: Decimal
    blind: bool
    criteria: tuple[CriterionPreset, ...]

    @property
    def max_points(self) -> Decimal:
        """Return the most a score sheet of this round can come to."""
        return sum((criterion.max_points for criterion in self.criteria), Decimal(0))


@dataclass(frozen=True)
class PrizePreset:
    """Describe one kind of prize; the amount is in đồng where it is known."""

    code: str
    name: str
    name_en: str
    quantity: int
    per: PrizeScope
    amount: int | None


@dataclass(frozen=True)
class EditionPreset:
    """Describe one edition with everything that holds for it; its moments are wall-clock times of the portal's zone."""

    code: str
    number: int
    year: int
    title: str
    title_en: str
    prefix: str
    unit_set: str
    # The day that decides which units of the set take part.
    units_on: date
    opens: datetime
    closes: datetime
    contact: str | None
    rules: Rulebook
    divisions: tuple[DivisionPreset, ...]
    fields: tuple[FieldPreset, ...]
    rounds: tuple[RoundPreset, ...]
    prizes: tuple[PrizePreset, ...]


@dataclass(frozen=True)
class Preset:
    """Describe one contest and its editions."""

    code: str
    name: str
    name_en: str
    editions: tuple[EditionPreset, ...]


@dataclass(frozen=True)
class UnitPreset:
    """Describe one unit for the time it existed; `former` names the district its area mostly belonged to."""

    code: str
    name: str
    short_name: str
    kind: UnitKind
    aliases: tuple[str, ...]
    parent: str | None
    valid_from: date | None
    valid_to: date | None
    former: str | None

    def valid_on(self, day: date) -> bool:
        """Tell whether the unit existed on a day."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True)
class UnitSet:
    """Describe the units of one era: a province and what is below it."""

    code: str
    name: str
    name_en: str
    units: tuple[UnitPreset, ...]

    def valid_on(self, day: date) -> tuple[UnitPreset, ...]:
        """Return the units that existed on a day, without the province above them."""
        return tuple(unit for unit in self.units if unit.kind is not UnitKind.PROVINCE and unit.valid_on(day))


@cache
def load_presets() -> tuple[Preset, ...]:
    """Return every contest that ships with the portal, in the order they are shown."""
    codes = sorted(_names("presets"), key=lambda code: (_FIRST.index(code) if code in _FIRST else len(_FIRST), code))
    return tuple(load_preset(code) for code in codes)


@cache
def load_preset(code: str) -> Preset:
    """Return one contest by its code; raises BadRules."""
    return read_preset(_text("presets", code), f"{code}.toml")


@cache
def load_unit_sets() -> tuple[UnitSet, ...]:
    """Return every set of units that ships with the portal, the oldest first."""
    sets = [load_unit_set(code) for code in _names("units")]
    return tuple(sorted(sets, key=lambda found: (found.units[0].valid_from or date.min, found.code)))


@cache
def load_unit_set(code: str) -> UnitSet:
    """Return one set of units by its code; raises BadRules."""
    return read_unit_set(_text("units", code), f"{code}.toml")


def read_preset(source: str, place: str) -> Preset:
    """Read a contest from TOML; raises BadRules naming the place that needs mending."""
    root = _parse(source, place)
    contest = root.table("contest")
    code, name, name_en = contest.text("code"), contest.text("name"), contest.text("name_en")
    contest.finish()
    shared = {key: root.raw_value(key) for key in ("rules", "divisions", "fields", "rounds", "prizes")}
    editions = tuple(_edition(table, shared) for table in root.tables("editions"))
    root.finish()
    if not editions:
        raise root.refuse("editions", lazy("cần ít nhất một lần tổ chức"))
    _refuse_twice(root, "editions", [edition.code for edition in editions])
    return Preset(code, name, name_en, editions)


def read_unit_set(source: str, place: str) -> UnitSet:
    """Read a set of units from TOML; raises BadRules naming the place that needs mending."""
    root = _parse(source, place)
    head = root.table("set")
    code, name, name_en = head.text("code"), head.text("name"), head.text("name_en")
    starts, ends = head.day("valid_from", None), head.day("valid_to", None)
    head.finish()
    province = _unit(root.table("province"), None, starts, ends)
    units = (province, *(_unit(table, province.code, starts, ends) for table in root.tables("units")))
    root.finish()
    _refuse_twice(root, "units", [unit.code for unit in units])
    _refuse_twice(root, "units", [unit.name for unit in units])
    return UnitSet(code, name, name_en, units)


def _edition(table: Table, shared: Mapping[str, Any]) -> EditionPreset:
    """Read an edition over what the contest's editions share; rules are merged, lists replaced."""
    year = table.number("year", least=1900)
    own = {key: table.raw_value(key) for key in shared}
    book = Table({**_mapping(table, shared["rules"]), **_mapping(table, own["rules"])}, f"{table.place}.rules")
    parts = Table({key: own[key] if own[key] is not None else shared[key] or [] for key in shared}, table.place)
    dates = table.table("dates")
    edition = EditionPreset(
        code=table.text("code"),
        number=table.number("number", least=1),
        year=year,
        title=table.text("title"),
        title_en=table.text("title_en"),
        prefix=table.text("prefix"),
        unit_set=table.text("unit_set"),
        opens=(opens := table.moment("opens")),
        closes=table.moment("closes"),
        units_on=table.day("units_on", opens.date()),
        contact=table.text("contact", None),
        rules=Rulebook.read(book, year),
        divisions=tuple(_division(part, year) for part in parts.tables("divisions")),
        fields=tuple(_field(part) for part in parts.tables("fields")),
        rounds=tuple(_round(part, dates) for part in parts.tables("rounds")),
        prizes=tuple(_prize(part) for part in parts.tables("prizes")),
    )
    for used in (table, book, dates):
        used.finish()
    _check_edition(table, edition)
    return edition


def _division(table: Table, year: int) -> DivisionPreset:
    return _whole(table, DivisionPreset(*_names_of(table), table.texts("aliases"), Window.read(table, year)))


def _field(table: Table) -> FieldPreset:
    return _whole(table, FieldPreset(*_names_of(table), table.texts("aliases")))


def _criterion(table: Table) -> CriterionPreset:
    guidance = table.text("guidance", None)
    points, step = table.points("max_points"), table.points("step", Decimal("0.5"))
    return _whole(table, CriterionPreset(*_names_of(table), guidance, points, step))


def _round(table: Table, dates: Table) -> RoundPreset:
    code, name, name_en = _names_of(table)
    when = dates.table(code)
    opens, closes = when.moment("opens", None), when.moment("closes", None)
    if opens and closes and opens >= closes:
        raise when.refuse("opens", lazy("phải trước %(high)s", high="closes"))
    when.finish()
    kind, weight = table.choice("kind", RoundKind), table.points("weight", Decimal(1))
    criteria = tuple(_criterion(part) for part in table.tables("criteria"))
    _refuse_twice(table, "criteria", [criterion.code for criterion in criteria])
    blind = table.flag("blind", default=False)
    return _whole(table, RoundPreset(code, name, name_en, kind, opens, closes, weight, blind, criteria))


def _prize(table: Table) -> PrizePreset:
    quantity, per = table.number("quantity"), table.choice("per", PrizeScope)
    return _whole(table, PrizePreset(*_names_of(table), quantity, per, table.number("amount", None, least=1)))


def _unit(table: Table, parent: str | None, starts: date | None, ends: date | None) -> UnitPreset:
    """Read a unit; its kind and short name follow from the first word of its name."""
    name = table.text("name")
    word = next((word for word in KIND_OF_WORD if name.startswith(f"{word} ")), None)
    if word is None:
        raise table.refuse("name", lazy("cần bắt đầu bằng một trong: %(choices)s", choices=", ".join(KIND_OF_WORD)))
    unit = UnitPreset(
        code=table.text("code"),
        name=name,
        short_name=table.text("short_name", name.removeprefix(f"{word} ")),
        kind=KIND_OF_WORD[word],
        aliases=table.texts("aliases"),
        parent=parent,
        valid_from=table.day("valid_from", starts),
        valid_to=table.day("valid_to", ends),
        former=table.text("former", None),
    )
    return _whole(table, unit)


def _check_edition(table: Table, edition: EditionPreset) -> None:
    """Refuse parts that do not fit together."""
    for key, parts in (("divisions", edition.divisions), ("fields", edition.fields)):
        need = edition.rules.needs.division if key == "divisions" else edition.rules.needs.field
        if (need is Need.ABSENT) == bool(parts):
            raise table.refuse(key, lazy("không khớp với mục %(rule)s của thể lệ", rule=f"rules.{key[:-1]}"))
        _refuse_twice(table, key, [part.code for part in parts])
    _refuse_twice(table, "rounds", [part.code for part in edition.rounds])
    _refuse_twice(table, "prizes", [part.code for part in edition.prizes])
    if edition.opens >= edition.closes:
        raise table.refuse("opens", lazy("phải trước %(high)s", high="closes"))
    if edition.rules.screening != any(part.kind is RoundKind.SCREENING for part in edition.rounds):
        raise table.refuse("rounds", lazy("không khớp với mục %(rule)s của thể lệ", rule="rules.screening"))
    scopes = {part.per for part in edition.prizes}
    if (PrizeScope.DIVISION in scopes and not edition.divisions) or (PrizeScope.FIELD in scopes and not edition.fields):
        raise table.refuse("prizes", lazy("giải tính theo bảng hoặc lĩnh vực mà lần tổ chức này không có"))


def _mapping(table: Table, values: Any) -> dict[str, Any]:
    if values is not None and not isinstance(values, dict):
        raise table.refuse("rules", lazy("cần một bảng các mục"))
    return values or {}


def _names_of(table: Table) -> tuple[str, str, str]:
    return table.text("code"), table.text("name"), table.text("name_en")


def _whole(table: Table, part: _Part) -> _Part:
    """Return a part whose table has nothing left over."""
    table.finish()
    return part


def _refuse_twice(table: Table, key: str, values: Iterable[Hashable]) -> None:
    seen: set[Hashable] = set()
    for value in values:
        if value in seen:
            raise table.refuse(key, lazy("“%(value)s” có hai lần", value=value))
        seen.add(value)


def _parse(source: str, place: str) -> Table:
    try:
        return Table(tomllib.loads(source), place)
    except tomllib.TOMLDecodeError as error:
        raise BadRules(lazy("%(place)s: tệp TOML sai cú pháp (%(error)s).", place=place, error=str(error))) from None


def _names(folder: str) -> list[str]:
    found = (files(_PACKAGE) / folder).iterdir()
    return sorted(entry.name.removesuffix(".toml") for entry in found if entry.name.endswith(".toml"))


def _text(folder: str, code: str) -> str:
    if code not in _names(folder):
        raise BadRules(lazy("Không có tệp mẫu “%(code)s”.", code=code))
    return (files(_PACKAGE) / folder / f"{code}.toml").read_text(encoding="utf-8")
