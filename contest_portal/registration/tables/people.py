"""Read the people of an entry from the columns that speak of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Final

import contest_portal.registration.tables.wording as wording
from contest_portal.core.vietnamese import YearOnly, clean_text, fold, parse_date, parse_number, parse_phone
from contest_portal.registration.columns import OF_PERSON, Kind, find_role
from contest_portal.registration.tables.cells import (
    NamedPerson,
    class_only,
    read_items,
    same_number,
    split_class_school,
    split_lines,
    split_people,
)
from contest_portal.registration.tables.grid import Grid, as_text
from contest_portal.registration.tables.model import ParsedEntry, ParsedPerson, RowProblem, TableColumn

_OF_PUPILS: Final = frozenset({Kind.BIRTH_DATE, Kind.CLASS_NAME, Kind.CLASS_SCHOOL})
_WITH_COMMAS: Final = frozenset({Kind.WORKPLACE, Kind.ADDRESS, Kind.JOB_TITLE, Kind.EDUCATION, Kind.SHARE})
LONGEST_NAME: Final = 150
MOST_IN_A_CELL: Final = 50


@dataclass(slots=True)
class PersonGroup:
    """Be one column of names with the columns that speak of the same people."""

    names: TableColumn
    columns: dict[Kind, TableColumn] = field(default_factory=dict)

    @property
    def role(self) -> str | None:
        """Return the role the heading names; None for "Họ và tên"."""
        return self.names.heading.role


def person_groups(columns: Sequence[TableColumn]) -> list[PersonGroup]:
    """Return the columns of names in their order, each with its own columns of age, class and so on."""
    groups = [PersonGroup(column) for column in columns if column.kind is Kind.PERSON]
    for column in columns:
        if column.kind in OF_PERSON:
            owner = _owner(groups, column)
            if owner is not None:
                owner.columns.setdefault(column.kind, column)
    return groups


def _owner(groups: list[PersonGroup], column: TableColumn) -> PersonGroup | None:
    """Return whose column this is: of the role and number it names, else of the names to its left."""
    able = [group for group in groups if column.kind not in group.columns]
    role, number = column.heading.role, column.heading.number
    if role is not None:
        able = [group for group in able if group.role == role and group.names.heading.number in (number, None)]
    else:
        able = [group for group in able if not group.names.heading.beside]
        if column.kind in _OF_PUPILS:
            able = [group for group in able if group.role != "coach"] or able
    left = [group for group in able if group.names.index < column.index]
    return left[-1] if left else (able[0] if able else None)


class PeopleReader:
    """Read people row by row, writing down what cannot be read."""

    def __init__(self, grid: Grid, columns: Sequence[TableColumn], today: date) -> None:
        self.grid = grid
        self.groups = person_groups(columns)
        self.today = today
        # Whom each entry names already, by name and date of birth.
        self.known: dict[tuple[int, str, date | None], ParsedPerson] = {}

    @property
    def one_a_row(self) -> bool:
        """Tell whether rows are people: a column of names that says no role."""
        return any(group.role is None for group in self.groups)

    def named_on(self, row: int) -> bool:
        """Tell whether a row names anybody."""
        return any(as_text(self.grid.raw(row, group.names.index)) for group in self.groups)

    def read_row(self, row: int, entry: ParsedEntry) -> None:
        """Add the people of one row to an entry."""
        for group in self.groups:
            _GroupRow(self, group, row, entry).read()


@dataclass(slots=True)
class _GroupRow:
    """Read one row of one group."""

    reader: PeopleReader
    group: PersonGroup
    row: int
    entry: ParsedEntry

    def read(self) -> None:
        """Read names first, then what the other cells say of as many people."""
        names = self.group.names
        if self._failed(names):
            return
        people = self._named()
        if not people:
            self._check_nameless()
            return
        if len(people) > MOST_IN_A_CELL:
            self._problem(names, wording.TOO_MANY)
            return
        role = self._role()
        found = [self._person(role, person) for person in people]
        if self.group.columns:
            self._fill_from_beside(found)
        for person in found:
            self._add(person)

    def _named(self) -> list[NamedPerson]:
        """Return whom the cell names: in a row of our own that says one person's role, one, written just so."""
        cell = self.reader.grid.raw(self.row, self.group.names.index)
        if self.entry.ours and Kind.ROLE in self.group.columns and cell.__class__ is str:
            return [NamedPerson(clean_text(cell))] if cell.strip() else []
        return split_people(cell)

    def _fill_from_beside(self, found: list[ParsedPerson]) -> None:
        """Take what the columns beside the names say of these people."""
        self._fill_dates(found)
        self._fill_classes(found)
        self._fill(found, Kind.PHONE, parse_phone, alone=True)
        self._fill(found, Kind.EMAIL, _text_or_none, alone=True)
        self._fill(found, Kind.GENDER, _text_or_none, alone=True)
        self._fill(found, Kind.WORKPLACE, _text_or_none)
        for kind in (Kind.SHARE, Kind.JOB_TITLE, Kind.EDUCATION, Kind.ADDRESS):
            if kind in self.group.columns:
                self._fill(found, kind, self._share if kind is Kind.SHARE else _text_or_none)

    def _share(self, item: Any) -> Decimal | None:
        """Return a share in per cent; cells that Excel shows as per cent hold a hundredth of it."""
        try:
            share = parse_number(item.strip().removesuffix("%") if isinstance(item, str) else item)
        except ValueError:
            share = Decimal(-1)
        if share is not None and isinstance(item, float) and 0 < share <= 1:
            share *= 100
        if share is None or 0 <= share <= 100:
            return share
        self._problem(self.group.columns[Kind.SHARE], wording.NOT_A_SHARE, as_text(item))
        return None

    def _problem(self, column: TableColumn, message: Any, value: Any = None) -> None:
        shown = as_text(self.reader.grid.value(self.row, column.index)) if value is None else value
        self.entry.complain(RowProblem(self.row + 1, column.letter, shown[:200], message))

    def _failed(self, column: TableColumn) -> bool:
        if self.reader.grid.error(self.row, column.index) is None:
            return False
        self._problem(column, wording.FAILED_FORMULA)
        return True

    def _cell(self, kind: Kind) -> tuple[TableColumn | None, Any]:
        """Return a column of the group and its cell; an empty cell where the formula failed."""
        column = self.group.columns.get(kind)
        if column is None:
            return None, ""
        return column, "" if self._failed(column) else self.reader.grid.value(self.row, column.index)

    def _check_nameless(self) -> None:
        for kind in (Kind.BIRTH_DATE, Kind.CLASS_NAME):
            column = self.group.columns.get(kind)
            if column is not None and as_text(self.reader.grid.raw(self.row, column.index)):
                self._problem(self.group.names, wording.NO_NAME)
                return

    def _role(self) -> str:
        column, cell = self._cell(Kind.ROLE)
        text = as_text(cell)
        if column is None or not text:
            return self.group.role or ""
        role = find_role(text)
        if role is None:
            self._problem(column, wording.UNKNOWN_ROLE)
        return role or ""

    def _person(self, role: str, named: NamedPerson) -> ParsedPerson:
        # What the portal holds as a name comes back as it is.
        if not (self.entry.ours and 1 < len(named.name) <= LONGEST_NAME) and not _is_name(named.name):
            self._problem(self.group.names, wording.ODD_NAME, named.name)
        return ParsedPerson(
            role,
            named.name,
            self.row + 1,
            named.birth_date,
            named.class_name,
            named.phone,
            named.email,
            None,
            named.workplace,
        )

    def _fill_dates(self, people: list[ParsedPerson]) -> None:
        column, cell = self._cell(Kind.BIRTH_DATE)
        if column is None or cell == "":
            return
        days = same_number(read_items(cell, lambda item: self._birth(column, item)), len(people))
        if days is None:
            count = len([item for item in split_lines(cell) if item])
            self._problem(column, wording.uneven(len(people), count, column.text))
            return
        for person, day in zip(people, days, strict=True):
            person.birth_date = day if isinstance(day, date) else person.birth_date

    def _birth(self, column: TableColumn, item: Any) -> Any:
        """Return a day; what is no day is written down and returned as it is, so that counts still agree."""
        try:
            day = parse_date(item)
        except YearOnly:
            self._problem(column, wording.ONLY_A_YEAR, as_text(item))
        except ValueError:
            self._problem(column, wording.NOT_A_DATE, as_text(item))
        else:
            if day is not None and day > self.reader.today:
                self._problem(column, wording.BORN_AHEAD, as_text(item))
            return day
        return as_text(item)

    def _fill_classes(self, people: list[ParsedPerson]) -> None:
        self._fill(people, Kind.CLASS_NAME, lambda item: class_only(as_text(item)) or None)
        column, cell = self._cell(Kind.CLASS_SCHOOL)
        if column is None or cell == "":
            return
        pairs = self._shared(column, [split_class_school(line) for line in split_lines(cell) if line], len(people))
        for person, (class_name, school) in zip(people, pairs, strict=False):
            person.class_name = class_name or person.class_name
            self.entry.class_school = self.entry.class_school or school

    def _fill(self, people: list[ParsedPerson], kind: Kind, read: Callable[[Any], Any], *, alone: bool = False) -> None:
        """Give each person their item; a single item is everybody's, or the first person's where it can be only one's."""
        column, cell = self._cell(kind)
        if column is None or cell == "":
            return
        # One person's cell is one item, whatever commas stand in it.
        whole = len(people) == 1 and cell.__class__ is str and (self.entry.ours or kind in _WITH_COMMAS)
        items = [as_text(cell)] if whole else read_items(cell, lambda item: item)
        items = [item for item in items if item not in ("", None)]
        if alone and len(items) != len(people):
            items = [", ".join(map(as_text, items))] if len(items) > 1 else items
            people = people[:1]
        for person, value in zip(people, self._shared(column, items, len(people)), strict=False):
            _put(person, kind.value, read(value))

    def _shared(self, column: TableColumn, values: list[Any], count: int) -> list[Any]:
        if len(values) == 1:
            return values * count
        if len(values) not in (0, count):
            self._problem(column, wording.uneven(count, len(values), column.text))
            return []
        return values

    def _add(self, person: ParsedPerson) -> None:
        key = (self.entry.row, fold(person.full_name), person.birth_date)
        other = self.reader.known.setdefault(key, person)
        if other is person:
            self.entry.people.append(person)
        # A coach written on every row of a team is one coach.
        elif other.role != person.role or person.role != "coach":
            self._problem(self.group.names, wording.TWICE, person.full_name)


def _is_name(text: str) -> bool:
    return 1 < len(text) <= LONGEST_NAME and any(map(str.isalpha, text)) and not any(map(str.isdigit, text))


def _put(person: ParsedPerson, name: str, value: Any) -> None:
    if value is not None and value != "":
        setattr(person, name, value)


def _text_or_none(value: Any) -> str | None:
    return as_text(value) or None
