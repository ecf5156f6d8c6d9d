"""Compare a list of schools with what is stored, row by row, without changing anything."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import select

from contest_portal.contests.levels import LEVELS, level_of_name
from contest_portal.contests.models import School, Unit
from contest_portal.contests.nearness import is_near
from contest_portal.contests.queries_schools import all_units, exists_on
from contest_portal.contests.school_lists_reading import HEADINGS, ReadList, SchoolRow, split_aliases
from contest_portal.core.database import db
from contest_portal.core.i18n import lazy
from contest_portal.core.vietnamese import fold, format_date

FIELDS: Final = ("name", "code", "level", "address", "phone", "email", "head", "aliases")


class Act(StrEnum):
    """Name what confirming does with a row."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REFUSED = "error"


@dataclass(frozen=True)
class Options:
    """Hold what was asked beside the file."""

    day: date
    unit: Unit | None = None
    # Whether a school of a unit that is no more is the one of the same name in the list.
    moved: bool = True


@dataclass
class Planned:
    """Hold one row with what would become of it."""

    row: SchoolRow
    act: Act = Act.REFUSED
    school: School | None = None
    unit: Unit | None = None
    values: dict[str, Any] = field(default_factory=dict)
    changes: list[tuple[Any, str, str]] = field(default_factory=list)
    moves: bool = False

    @property
    def name(self) -> str:
        """Return the school's name as the row says it."""
        return self.row.said.get("name", "")


@dataclass
class Plan:
    """Hold every row's plan, and what of the file was not used."""

    rows: list[Planned]
    ignored: list[str]

    def count(self, act: Act) -> int:
        """Return how many rows come to this."""
        return sum(planned.act is act for planned in self.rows)


class Known:
    """Hold every stored school and unit, read once for all rows."""

    def __init__(self) -> None:
        self.units: dict[str, list[Unit]] = defaultdict(list)
        for unit in all_units():
            for name in {fold(n) for n in (unit.code, unit.name, unit.short_name, *unit.aliases)}:
                self.units[name].append(unit)
        self.by_code: dict[str, School] = {}
        self.by_name: dict[str, list[School]] = defaultdict(list)
        self.at: dict[int | None, list[School]] = defaultdict(list)
        for school in db.session.scalars(select(School)):
            self._add(school)

    def _add(self, school: School) -> None:
        if school.code:
            self.by_code[fold(school.code)] = school
        self.at[school.unit_id].append(school)
        for name in {school.name_folded, *map(fold, school.aliases or ())}:
            self.by_name[name].append(school)

    def named(self, name: str, units: Sequence[Unit]) -> School | None:
        """Return the school of this name in one of these units."""
        alike = self.by_name.get(fold(name), [])
        if not units:
            # A row without a unit may speak of the only school of its name.
            return alike[0] if len(alike) == 1 else None
        ids = {unit.id for unit in units}
        return next((school for school in alike if school.unit_id in ids), None)


def plan_list(found: ReadList, options: Options) -> Plan:
    """Return what confirming a list would do, row by row."""
    known = Known()
    planned = [_plan_row(row, known, options) for row in found.rows]
    _refuse_doubles(planned)
    _flag_near(planned, known)
    for one in planned:
        _settle(one)
    return Plan(planned, found.ignored)


def _plan_row(row: SchoolRow, known: Known, options: Options) -> Planned:
    planned = Planned(row)
    if not row.said.get("name"):
        return planned
    units = _units_meant(row, known, options)
    coded = known.by_code.get(fold(row.said.get("code", "")))
    unknown_unit = bool(row.said.get("unit")) and not units
    planned.school = coded or (None if unknown_unit else known.named(planned.name, units))
    planned.unit = _unit_of_row(planned, units, options)
    if planned.school is None and planned.unit is not None:
        _find_moved(planned, known, options)
    _compare(planned)
    return planned


def _units_meant(row: SchoolRow, known: Known, options: Options) -> list[Unit]:
    text = row.said.get("unit", "")
    if not text:
        return [options.unit] if options.unit else []
    units = known.units.get(fold(text), [])
    if not units:
        row.blame("unit", lazy("Không có đơn vị này trong danh mục. Hãy ghi đúng tên hoặc mã đơn vị."))
    return units


def _unit_of_row(planned: Planned, units: list[Unit], options: Options) -> Unit | None:
    """Return the one unit that is meant; note what stands against it."""
    school, row = planned.school, planned.row
    if school is not None and (not units or school.unit_id in {unit.id for unit in units}):
        return school.unit
    if not units:
        if not row.faults:
            row.blame("unit", lazy("Chưa rõ trường thuộc đơn vị nào. Hãy ghi đơn vị."))
        return None
    living = [unit for unit in units if exists_on(unit, options.day)]
    if len(living) == 1:
        return living[0]
    day = format_date(options.day)
    if living:
        row.blame("unit", lazy("Có nhiều đơn vị cùng tên. Hãy ghi mã đơn vị."))
    else:
        row.blame(
            "unit", lazy("Đơn vị này không tồn tại vào ngày %(day)s. Hãy ghi đơn vị mới, hoặc đổi ngày.", day=day)
        )
    return None


def _find_moved(planned: Planned, known: Known, options: Options) -> None:
    """Take the one school of the same name whose unit is no more for the row's school."""
    elsewhere = known.by_name.get(fold(planned.name), [])
    left_over = [s for s in elsewhere if s.unit is not None and not exists_on(s.unit, options.day)]
    if options.moved and len(left_over) == 1:
        planned.school = left_over[0]
        words = lazy(
            "Được coi là trường cùng tên ở %(unit)s (đã hết hiệu lực), nay chuyển đơn vị.",
            unit=_unit_name(left_over[0]),
        )
        planned.row.blame("unit", words, fatal=False)
    elif elsewhere:
        words = lazy("Trường cùng tên đã có ở %(unit)s; dòng này sẽ là một trường khác.", unit=_unit_name(elsewhere[0]))
        planned.row.blame("name", words, fatal=False)


def _unit_name(school: School) -> str:
    return school.unit.name if school.unit else "–"


def _compare(planned: Planned) -> None:
    """Note which fields the row would change; a blank cell changes nothing."""
    school, said = planned.school, planned.row.said
    wanted: dict[str, Any] = {name: said[name] for name in FIELDS if said.get(name)}
    if "aliases" in wanted:
        wanted["aliases"] = list(split_aliases(wanted["aliases"]))
    if school is None:
        planned.values = {"level": level_of_name(planned.name), **wanted}
        return
    if not _renames(school, planned.name):
        wanted.pop("name")
    planned.values = {name: value for name, value in wanted.items() if getattr(school, name) != value}
    planned.changes = [
        (HEADINGS[name], _shown(name, getattr(school, name)), _shown(name, v)) for name, v in planned.values.items()
    ]
    if planned.unit is not None and planned.unit.id != school.unit_id:
        planned.moves = True
        planned.changes.append((HEADINGS["unit"], _unit_name(school), planned.unit.name))


def _renames(school: School, name: str) -> bool:
    """Tell whether a list's name is to be the school's: not one of its other names, nor the same one in capitals."""
    folded = fold(name)
    if folded == school.name_folded:
        return not name.isupper()
    return folded not in set(map(fold, school.aliases or ()))


def _shown(name: str, value: Any) -> str:
    if name == "level":
        return str(LEVELS.get(value, value or ""))
    return "; ".join(value) if isinstance(value, list) else str(value or "")


def _refuse_doubles(planned: Sequence[Planned]) -> None:
    """Refuse a row that speaks of a school an earlier row speaks of."""
    seen: dict[tuple[Any, ...], int] = {}
    for one in planned:
        if not one.name:
            continue
        where = one.unit.id if one.unit else fold(one.row.said.get("unit", ""))
        keys: list[tuple[Any, ...]] = [("name", where, fold(one.name))]
        keys += [("school", one.school.id)] if one.school else []
        keys += [("code", fold(one.row.said["code"]))] if one.row.said.get("code") else []
        earlier = next((seen[key] for key in keys if key in seen), None)
        if earlier is not None:
            one.row.blame("name", lazy("Trùng với dòng %(row)s. Hãy giữ một dòng.", row=earlier))
        for key in keys:
            seen.setdefault(key, one.row.row)


def _flag_near(planned: Sequence[Planned], known: Known) -> None:
    """Warn of a new name that is nearly one of the same unit's, stored or earlier in the list."""
    earlier: dict[int, list[Planned]] = defaultdict(list)
    for one in planned:
        if one.unit is None or one.school is not None:
            continue
        stored = next((s.name for s in known.at.get(one.unit.id, ()) if is_near(one.name, s.name)), None)
        if stored:
            words = lazy("Gần giống “%(name)s” đã có. Nếu là một, hãy sửa tên cho khớp.", name=stored)
            one.row.blame("name", words, fatal=False)
        before = next((other for other in earlier[one.unit.id] if _near_in_list(one, other)), None)
        if before and not stored:
            words = lazy(
                "Gần giống dòng %(row)s “%(name)s”. Nếu là một, hãy bỏ một dòng.", row=before.row.row, name=before.name
            )
            one.row.blame("name", words, fatal=False)
        earlier[one.unit.id].append(one)


def _near_in_list(one: Planned, other: Planned) -> bool:
    return fold(one.name) != fold(other.name) and is_near(one.name, other.name)


def _settle(planned: Planned) -> None:
    if any(fault.fatal for fault in planned.row.faults):
        planned.act = Act.REFUSED
    elif planned.school is None:
        planned.act = Act.NEW
    else:
        planned.act = Act.CHANGED if planned.values or planned.moves else Act.UNCHANGED
