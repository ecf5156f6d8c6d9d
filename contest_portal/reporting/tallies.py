"""The named tallies: one definition of each figure, for the page, the workbook, the command line and the report.

Status on a day is where the entry's latest move up to that day led; people are those who were in a
registered entry on that day. Each definition is data: it counts the figure here and finds the figure's
rows in reporting.rows.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final

from contest_portal.contests.models import Edition, Unit
from contest_portal.contests.rulebook import EntryKind, PersonRole, Rulebook
from contest_portal.contests.services import rulebook_of
from contest_portal.core import clock
from contest_portal.core.i18n import current_language, lazy
from contest_portal.registration.status import REGISTERED, Status
from contest_portal.reporting.queries import EntryCount, PeopleCount, Standings, standings_of


class Counts(StrEnum):
    """Name what a tally counts."""

    ENTRIES = "entries"
    PEOPLE = "people"
    UNITS = "units"


@dataclass(frozen=True)
class Tally:
    """Define one figure."""

    name: str
    label: Any
    counts: Counts = Counts.ENTRIES
    # What the figure is split by: "status", "unit", "division" or "field".
    by: str | None = None
    statuses: Collection[str] = REGISTERED
    roles: Collection[str] = ()
    # Only entries that had reached the province.
    forwarded: bool = False
    # Only where the edition's entries are teams.
    teams: bool = False
    # Only units that had completed their work.
    completed: bool = False


_ALL: Final = frozenset(Status)
_DEFINED: Final = (
    Tally("entries", lazy("Số hồ sơ đăng ký")),
    Tally("by_status", lazy("Theo trạng thái"), by="status", statuses=_ALL),
    Tally("by_unit", lazy("Theo đơn vị"), by="unit"),
    Tally("by_division", lazy("Theo bảng"), by="division"),
    Tally("by_field", lazy("Theo lĩnh vực"), by="field"),
    Tally("teams", lazy("Số đội"), teams=True),
    Tally("members", lazy("Thành viên, tác giả"), Counts.PEOPLE, roles=(PersonRole.MEMBER, PersonRole.AUTHOR)),
    Tally("coaches", lazy("Người hướng dẫn"), Counts.PEOPLE, roles=(PersonRole.COACH,)),
    Tally("people", lazy("Số người tham gia"), Counts.PEOPLE),
    Tally("forwarded", lazy("Đã chuyển lên cấp tỉnh"), forwarded=True),
    Tally("units_completed", lazy("Đơn vị đã hoàn thành"), Counts.UNITS, completed=True),
    Tally("units_total", lazy("Tổng số đơn vị"), Counts.UNITS),
)
TALLIES: Final = {tally.name: tally for tally in _DEFINED}
WITHOUT_GROUP: Final = ""


@dataclass(frozen=True)
class GroupFigure:
    """Be one part of a figure that is split."""

    code: str
    name: str
    name_en: str
    count: int

    @property
    def label(self) -> str:
        """Return the group's name in the reader's language."""
        return self.name_en if current_language() == "en" else self.name


@dataclass(frozen=True)
class UnitFigures:
    """Be one unit's line: what came from it, who is in it, what it sent on and when it was done."""

    code: str
    name: str
    entries: int
    people: int
    forwarded: int
    completed_on: date | None


@dataclass(frozen=True)
class EditionFigures:
    """Hold every figure of one edition as of one day."""

    edition: str
    as_of: date
    entries: int
    teams: int
    members: int
    coaches: int
    people: int
    forwarded: int
    units_completed: int
    units_total: int
    by_status: dict[str, int]
    units: tuple[UnitFigures, ...]
    # None where the edition has no such groups.
    divisions: tuple[GroupFigure, ...] | None
    fields: tuple[GroupFigure, ...] | None

    @property
    def by_unit(self) -> dict[str, int]:
        """Return the entries of each unit by its name."""
        return {unit.name: unit.entries for unit in self.units}

    @property
    def by_division(self) -> dict[str, int] | None:
        """Return the entries of each division by its name."""
        return _by_name(self.divisions)

    @property
    def by_field(self) -> dict[str, int] | None:
        """Return the entries of each field by its name."""
        return _by_name(self.fields)

    @staticmethod
    def label(name: str) -> Any:
        """Return what readers call a tally."""
        return TALLIES[name].label

    def as_json(self) -> dict[str, Any]:
        """Return the figures for programs."""
        groups = {"by_division": self.by_division, "by_field": self.by_field}
        return {
            "edition": self.edition,
            "as_of": self.as_of.isoformat(),
            "entries": self.entries,
            "by_status": self.by_status,
            "by_unit": self.by_unit,
            **{name: counted for name, counted in groups.items() if counted is not None},
            **{name: getattr(self, name) for name in _PLAIN},
            "units": [_unit_json(unit) for unit in self.units],
        }


_PLAIN: Final = ("teams", "members", "coaches", "people", "forwarded", "units_completed", "units_total")


def figures_of(edition: Edition, as_of: date | None = None) -> EditionFigures:
    """Count an edition as of a day, today when none is given."""
    return figures_for([edition], as_of)[0]


def figures_for(editions: Sequence[Edition], as_of: date | None = None) -> list[EditionFigures]:
    """Count editions as of a day, today when none is given; read in six statements, however many they are."""
    day = as_of or clock.today()
    stood = standings_of([edition.id for edition in editions], day)
    return [_count(edition, day, stood) for edition in editions]


def _count(edition: Edition, as_of: date, stood: Standings) -> EditionFigures:
    entries, people = stood.entries.get(edition.id, ()), stood.people.get(edition.id, ())
    units = stood.units.get(edition.id, ())
    done = {row.unit_id: row.completed_on for row in stood.completed.get(edition.id, ())}
    rules = rulebook_of(edition)
    return EditionFigures(
        edition=edition.code,
        as_of=as_of,
        **{name: _entries_in(TALLIES[name], rules, entries) for name in ("entries", "teams", "forwarded")},
        **{name: _people_in(TALLIES[name], rules, people) for name in ("members", "coaches", "people")},
        units_completed=sum(unit.id in done for unit in units),
        units_total=len(units),
        by_status={str(status): sum(row.number for row in entries if row.status == status) for status in Status},
        units=_units(rules, units, entries, people, done),
        divisions=_groups(stood.divisions.get(edition.id, ()), [(row.division_id, row) for row in entries]),
        fields=_groups(stood.fields.get(edition.id, ()), [(row.field_id, row) for row in entries]),
    )


def counted_roles(tally: Tally, rules: Rulebook) -> Collection[str]:
    """Return the roles of the people a tally counts: its own, else those the edition counts."""
    return tally.roles or rules.counted_roles


def applies(tally: Tally, rules: Rulebook) -> bool:
    """Tell whether a tally means anything in an edition; it is 0 otherwise."""
    return not tally.teams or rules.entry_kind == EntryKind.TEAM


def _entries_in(tally: Tally, rules: Rulebook, rows: Iterable[EntryCount]) -> int:
    if not applies(tally, rules):
        return 0
    return sum(row.number for row in rows if row.status in tally.statuses and (row.forwarded or not tally.forwarded))


def _people_in(tally: Tally, rules: Rulebook, rows: Iterable[PeopleCount]) -> int:
    roles = counted_roles(tally, rules)
    return sum(row.number for row in rows if row.status in tally.statuses and row.role in roles)


def _units(
    rules: Rulebook,
    units: Sequence[Unit],
    entries: Sequence[EntryCount],
    people: Sequence[PeopleCount],
    done: dict[int, date],
) -> tuple[UnitFigures, ...]:
    def line(unit_ids: Collection[int | None], code: str, name: str, completed_on: date | None) -> UnitFigures:
        own = [row for row in entries if row.unit_id in unit_ids]
        theirs = [row for row in people if row.unit_id in unit_ids]
        return UnitFigures(
            code,
            name,
            _entries_in(TALLIES["entries"], rules, own),
            _people_in(TALLIES["people"], rules, theirs),
            _entries_in(TALLIES["forwarded"], rules, own),
            completed_on,
        )

    found = [line({unit.id}, unit.code, unit.name, done.get(unit.id)) for unit in units]
    # Schools of the province itself, and organisations: without this line the parts would not make the whole.
    elsewhere = {row.unit_id for row in entries} - {unit.id for unit in units}
    rest = line(elsewhere, WITHOUT_GROUP, str(ELSEWHERE), None)
    return (*found, rest) if rest.entries else tuple(found)


ELSEWHERE: Final = lazy("Không thuộc đơn vị nào")
UNGROUPED: Final = lazy("Chưa xếp nhóm")


def _groups(groups: Sequence[Any], rows: Sequence[tuple[int | None, EntryCount]]) -> tuple[GroupFigure, ...] | None:
    if not groups:
        return None
    counts: dict[int | None, int] = {}
    for group_id, row in rows:
        if row.status in REGISTERED:
            counts[group_id] = counts.get(group_id, 0) + row.number
    found = [GroupFigure(group.code, group.name, group.name_en, counts.pop(group.id, 0)) for group in groups]
    rest = sum(counts.values())
    name = str(UNGROUPED)
    return (*found, GroupFigure(WITHOUT_GROUP, name, name, rest)) if rest else tuple(found)


def _by_name(groups: Sequence[GroupFigure] | None) -> dict[str, int] | None:
    return None if groups is None else {group.name: group.count for group in groups}


def _unit_json(unit: UnitFigures) -> dict[str, Any]:
    return {
        "code": unit.code,
        "name": unit.name,
        "entries": unit.entries,
        "people": unit.people,
        "forwarded": unit.forwarded,
        "completed_on": unit.completed_on.isoformat() if unit.completed_on else None,
    }
