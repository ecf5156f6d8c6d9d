"""Turn what a row says into the edition's own terms."""

from datetime import date

import contest_portal.registration.imports.wording as wording
from contest_portal.contests.models import Unit
from contest_portal.contests.rulebook import Need, PersonRole, Rulebook
from contest_portal.core import clock
from contest_portal.core.vietnamese import fold
from contest_portal.registration.columns import Kind
from contest_portal.registration.imports.model import Action, PlanRow, Wanted, WantedSchool
from contest_portal.registration.imports.places import Places, names_of
from contest_portal.registration.imports.scope import ImportScope
from contest_portal.registration.people import Person
from contest_portal.registration.tables import ParsedEntry, ParsedPerson, ParsedTable


class RowReader:
    """Read the rows of one import."""

    def __init__(self, rules: Rulebook, places: Places, scope: ImportScope, unit: Unit | None, day: date) -> None:
        self.rules, self.places, self.scope, self.unit, self.day = rules, places, scope, unit, day

    def read(self, table: ParsedTable, parsed: ParsedEntry) -> PlanRow:
        """Return a row with everything that cannot be taken over written down."""
        wanted = Wanted(
            parsed.title,
            [self._person(person) for person in parsed.people],
            parsed.received_on or self.day,
            note=parsed.note,
            made_on=parsed.made_on,
            entrant=parsed.entrant if self.rules.organisation_may_enter else None,
            contact_name=_cut(parsed.contact_name, 150),
        )
        row = PlanRow(table, parsed, wanted, problems=list(parsed.problems))
        if parsed.rejected:
            row.action = Action.REJECTED
        if wanted.happened_on > clock.today():
            row.complain(table.column_of(Kind.RECEIVED_ON), wanted.happened_on, wording.AHEAD)
        self._place(row)
        self._choose_groups(row)
        self._check_scope(row)
        return row

    def _person(self, parsed: ParsedPerson) -> Person:
        """Return a person; whoever takes part has the edition's own role for it."""
        role = PersonRole.COACH if parsed.role == PersonRole.COACH else self.rules.person_role
        return Person(
            role.value,
            parsed.full_name,
            parsed.birth_date,
            _cut(parsed.class_name, 30),
            _cut(parsed.gender, 10),
            _cut(parsed.phone, 30),
            _cut(parsed.email, 254),
            _cut(parsed.workplace, 200),
            parsed.share,
            _cut(parsed.job_title, 150),
            _cut(parsed.education, 150),
            _cut(parsed.address, 200),
        )

    def _place(self, row: PlanRow) -> None:
        """Find the unit by the row's own column, then as told, then by the lines above; and the school in it."""
        parsed, wanted = row.parsed, row.wanted
        school = parsed.school
        if parsed.unit:
            wanted.unit = self.places.unit(parsed.unit)
            if wanted.unit is None:
                message = wording.unknown(parsed.unit, names_of(self.places.units))
                row.complain(row.table.column_of(Kind.UNIT), parsed.unit, message)
        elif school and self.places.unit(school):
            # "Đơn vị" is a school's column in one list and a district's in another.
            wanted.unit, school = self.places.unit(school), parsed.class_school
        else:
            wanted.unit = self.unit or self._hinted_unit(row) or self.places.unit_by_id(self.scope.only_unit())
        if self.scope.schools is not None:
            self._place_school_of_actor(row, school)
        elif school and self.rules.needs.school is not Need.ABSENT:
            wanted.school = self.places.school(school, wanted.unit, parsed.unit)
        self._place_by_school(row)

    def _place_by_school(self, row: PlanRow) -> None:
        """Where a school is its own unit, the one tells the other."""
        wanted = row.wanted
        wanted.school = wanted.school if self.scope.schools is not None else self._own_school(row)
        unit = self.places.unit_by_id(wanted.school.unit_id) if wanted.school else None
        if wanted.unit is None and self.places.school_of_unit(unit) is not None:
            wanted.unit = unit

    def _own_school(self, row: PlanRow) -> WantedSchool | None:
        own = self.places.school_of_unit(row.wanted.unit)
        named = row.wanted.school
        if own is not None and named is not None and named is not own:
            row.complain(row.table.column_of(Kind.SCHOOL, Kind.TITLE), named.name, wording.FOREIGN_SCHOOL)
        return own or named

    def _hinted_unit(self, row: PlanRow) -> Unit | None:
        return self.places.unit(row.table.unit_hint) if row.table.unit_hint else None

    def _place_school_of_actor(self, row: PlanRow, named: str | None) -> None:
        """Take the actor's own school; a row that names another is refused."""
        own = [found for number in sorted(self.scope.schools or ()) if (found := self.places.school_by_id(number))]
        chosen = next((school for school in own if named and school.folded == fold(named)), None)
        if chosen is None and not named and len(own) == 1:
            chosen = own[0]
        if chosen is None:
            letter = row.table.column_of(Kind.SCHOOL, Kind.CLASS_SCHOOL, Kind.TITLE)
            row.complain(letter, named, wording.FOREIGN_SCHOOL)
            return
        row.wanted.school = chosen
        row.wanted.unit = self.places.unit_by_id(chosen.unit_id)

    def _choose_groups(self, row: PlanRow) -> None:
        parsed, wanted, needs = row.parsed, row.wanted, self.rules.needs
        if parsed.division and needs.division is not Need.ABSENT:
            wanted.division = self.places.division(parsed.division)
            if wanted.division is None:
                message = wording.unknown(parsed.division, names_of(self.places.divisions))
                row.complain(row.table.column_of(Kind.DIVISION), parsed.division, message)
        if parsed.field and needs.field is not Need.ABSENT:
            wanted.field = self.places.field(parsed.field)
            if wanted.field is None:
                message = wording.unknown(parsed.field, names_of(self.places.fields))
                row.complain(row.table.column_of(Kind.FIELD), parsed.field, message)

    def _check_scope(self, row: PlanRow) -> None:
        units = self.scope.units
        if units is None or (row.wanted.unit is not None and row.wanted.unit.id in units):
            return
        letter = row.table.column_of(Kind.UNIT, Kind.TITLE)
        # A unit that does not exist has been named as such already.
        if row.wanted.unit is not None:
            row.complain(letter, row.parsed.unit, wording.FOREIGN_UNIT)
        elif not row.parsed.unit:
            row.complain(letter, "", wording.NO_UNIT)


def _cut(text: str | None, longest: int) -> str | None:
    return text[:longest] if text else None
