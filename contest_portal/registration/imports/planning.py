"""Work out what a workbook's tables would change, writing nothing."""

from collections import Counter
from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

import contest_portal.registration.imports.wording as wording
from contest_portal.accounts.actor import Actor
from contest_portal.contests.eligibility import (
    EntryFacts,
    PersonFacts,
    Severity,
    check_entry,
    division_for,
    division_rules,
)
from contest_portal.contests.models import Edition, School, Unit
from contest_portal.contests.rulebook import Need
from contest_portal.contests.services import rulebook_of
from contest_portal.core import clock
from contest_portal.core.database import db
from contest_portal.core.errors import Invalid, Problem
from contest_portal.core.progress import Report, followed, quiet
from contest_portal.core.vietnamese import fold
from contest_portal.registration.columns import Kind
from contest_portal.registration.imports.comparing import compare
from contest_portal.registration.imports.matching import Identity, match
from contest_portal.registration.imports.model import Action, Change, ImportPlan, PlanRow
from contest_portal.registration.imports.places import Places
from contest_portal.registration.imports.reading import RowReader
from contest_portal.registration.imports.scope import ImportScope, import_scope
from contest_portal.registration.models import Entry
from contest_portal.registration.queries import count_by_unit
from contest_portal.registration.status import REGISTERED, Status
from contest_portal.registration.tables import ParsedTable

# Which column a rule speaks of, by the field its problem names.
_COLUMNS: dict[str, tuple[Kind, ...]] = {
    "full_name": (Kind.PERSON,),
    "birth_date": (Kind.BIRTH_DATE,),
    "class_name": (Kind.CLASS_NAME, Kind.CLASS_SCHOOL),
    "role": (Kind.ROLE, Kind.PERSON),
    "division": (Kind.DIVISION,),
    "field": (Kind.FIELD,),
    "school": (Kind.SCHOOL, Kind.CLASS_SCHOOL, Kind.WORKPLACE),
    "unit": (Kind.UNIT,),
    "people": (Kind.PERSON,),
    "coaches": (Kind.PERSON,),
}

# What a list leads on from where it stands, by what its new entries begin as.
_WAITING: dict[Status, tuple[Status, ...]] = {
    Status.DRAFT: (),
    Status.SUBMITTED: (Status.DRAFT,),
    Status.RECEIVED: (Status.DRAFT, Status.SUBMITTED),
}


def plan_import(
    actor: Actor,
    edition: Edition,
    tables: Sequence[ParsedTable],
    *,
    unit: Unit | None = None,
    effective: date | None = None,
    report: Report = quiet,
) -> ImportPlan:
    """Return what importing these tables would do, each row with its problems.

    Raises NotAllowed, rules.Closed for a school after the deadline, Invalid for a day still ahead.
    """
    scope = import_scope(actor, edition)
    day = effective or clock.today()
    if day > clock.today():
        raise Invalid(problems=[Problem(wording.AHEAD, field="effective")])
    return _Planner(edition, scope, unit, day).plan(tables, report)


def stored_entries(edition: Edition, scope: ImportScope) -> Sequence[Entry]:
    """Return the entries that rows may speak of, with their people: two statements however many there are."""
    return db.session.scalars(
        select(Entry)
        .where(Entry.edition_id == edition.id, scope.condition())
        .order_by(Entry.id)
        .options(
            selectinload(Entry.participants),
            joinedload(Entry.school).lazyload(School.unit),
            joinedload(Entry.unit),
            joinedload(Entry.division),
            joinedload(Entry.field),
        )
        .execution_options(populate_existing=True)
    ).all()


class _Planner:
    """Plan one import."""

    def __init__(self, edition: Edition, scope: ImportScope, unit: Unit | None, day: date) -> None:
        self.edition, self.scope, self.day = edition, scope, day
        self.rules = rulebook_of(edition)
        self.divisions = division_rules(edition.divisions)
        self.born = self._birth()
        self.places = Places(edition)
        self.reader = RowReader(self.rules, self.places, scope, unit, day)
        self.stored = stored_entries(edition, scope)
        self.by_school = Counter(
            entry.school.name_folded for entry in self.stored if entry.school and entry.status in REGISTERED
        )
        # Of all schools: a school's own list is held to what others of its unit have handed in too.
        self.by_unit = Counter(count_by_unit(edition.id) if self.rules.unit_quota is not None else {})

    def plan(self, tables: Sequence[ParsedTable], report: Report = quiet) -> ImportPlan:
        """Read, match, compare and judge every row."""
        parsed = [(table, row) for table in tables for row in table.rows]
        rows = [self.reader.read(table, row) for table, row in followed(parsed, report, wording.READING)]
        identities = [self._identity(row) for row in rows]
        _refuse_repeated(rows, identities)
        found = match(identities, [self._stored_identity(entry) for entry in self.stored])
        for row, place, identity in followed(list(zip(rows, found, identities, strict=True)), report, wording.JUDGING):
            if place is not None:
                row.entry = self.stored[place]
            if row.parsed.ours and (row.entry is None or row.entry.reference != identity.reference):
                row.entry = None
                row.complain(row.table.column_of(Kind.REFERENCE), row.parsed.reference, wording.UNKNOWN_REFERENCE)
                continue
            self._judge(row)
        return ImportPlan(self.edition, self.day, rows, [role.value for role in self.rules.counted_roles], self.born)

    def _birth(self) -> Status:
        """Return what a new entry begins as: a school hands in itself, what a unit lists it has received."""
        if self.scope.schools is not None:
            return Status.DRAFT
        return Status.RECEIVED if self.rules.screening else Status.SUBMITTED

    def _identity(self, row: PlanRow) -> Identity:
        wanted = row.wanted
        return Identity(
            fold(wanted.title)[:300],
            wanted.school.folded if wanted.school else "",
            wanted.unit.id if wanted.unit else None,
            frozenset(fold(p.full_name) for p in wanted.people if p.role == self.rules.person_role),
            (row.parsed.reference or "").upper(),
        )

    def _stored_identity(self, entry: Entry) -> Identity:
        names = frozenset(p.name_folded for p in entry.participants if p.role == self.rules.person_role)
        school = entry.school.name_folded if entry.school else ""
        return Identity(entry.title_folded, school, entry.unit_id, names, entry.reference)

    def _judge(self, row: PlanRow) -> None:
        """Decide what becomes of a row."""
        if row.entry is not None and row.entry.status == Status.WITHDRAWN:
            row.complain(row.table.column_of(Kind.TITLE), row.wanted.title, wording.WITHDRAWN, fatal=False)
            row.action = row.action if row.rejected else Action.UNCHANGED
            return
        if self._says_nothing_new(row):
            row.action = Action.UNCHANGED
            return
        self._complete_division(row)
        self._check_rules(row)
        if row.rejected:
            return
        if row.entry is None:
            self._count_school(row)
            return
        compare(row, row.entry)
        self._advance(row, row.entry)
        row.action = Action.UPDATE if row.changes else Action.UNCHANGED
        if row.changes:
            self._check_change(row, row.entry)

    def _says_nothing_new(self, row: PlanRow) -> bool:
        """Tell whether a row of the portal's own workbook came back as it went out; what is stored may still be a draft."""
        if row.entry is None or not row.parsed.ours or row.rejected:
            return False
        compare(row, row.entry)
        return not row.changes

    def _complete_division(self, row: PlanRow) -> None:
        """Take the division that the people's classes or ages leave no choice about."""
        wanted = row.wanted
        if wanted.division is None and row.entry is not None:
            wanted.division = row.entry.division
        if wanted.division is None and not row.parsed.division and self.rules.needs.division is not Need.ABSENT:
            fitting = division_for(self.divisions, _facts_of(row))
            wanted.division = self.places.division(fitting.code) if fitting else None

    def _check_rules(self, row: PlanRow) -> None:
        wanted = row.wanted
        school = wanted.school.folded if wanted.school else ""
        own = int(row.entry is not None and row.entry.school is not None and row.entry.school.name_folded == school)
        facts = EntryFacts(
            people=_facts_of(row),
            division=wanted.division.code if wanted.division else None,
            field=wanted.field.code if wanted.field else None,
            unit=wanted.unit.code if wanted.unit else None,
            school=wanted.school.name if wanted.school else None,
            school_entries=self.by_school[school] - own if school else 0,
            unit_entries=self.by_unit[wanted.unit.id] - _counted(row) if wanted.unit else 0,
        )
        pointed = {(problem.row, problem.column) for problem in row.problems if problem.fatal}
        for problem in check_entry(self.rules, facts, self.divisions, on=self.day):
            at = row.parsed.people[problem.person].row if problem.person is not None else row.parsed.row
            letter = row.table.column_of(*_COLUMNS.get(problem.field or "", ()))
            # A cell that could not be read is not also called empty.
            if (at, letter) not in pointed:
                fatal = problem.severity is Severity.ERROR
                row.complain(letter, problem.value, problem.message, row=at, fatal=fatal)

    def _count_school(self, row: PlanRow) -> None:
        if row.wanted.school is not None:
            self.by_school[row.wanted.school.folded] += 1
        if row.wanted.unit is not None:
            self.by_unit[row.wanted.unit.id] += 1

    def _advance(self, row: PlanRow, entry: Entry) -> None:
        """An organiser's list hands in a draft, a unit's list receives; a corrected workbook of the portal's does neither."""
        if entry.status in _WAITING[self.born] and not row.parsed.ours:
            row.changes.append(Change("status", "status", entry.status, self.born.value))

    def _check_change(self, row: PlanRow, entry: Entry) -> None:
        refusal = self.scope.refusal_to_change(entry)
        if refusal is None and self.day < entry.status_on:
            refusal = wording.too_early(self.day, entry.status_on)
        if refusal is not None:
            row.complain(row.table.column_of(Kind.TITLE), row.wanted.title, refusal)


def _counted(row: PlanRow) -> int:
    """Return 1 for a row whose entry is among those its unit has handed in already."""
    entry = row.entry
    same = entry is not None and row.wanted.unit is not None and entry.unit_id == row.wanted.unit.id
    return int(same and entry is not None and entry.status in REGISTERED)


def _facts_of(row: PlanRow) -> list[PersonFacts]:
    return [PersonFacts(p.role, p.full_name, p.birth_date, p.grade, p.class_name) for p in row.wanted.people]


def _refuse_repeated(rows: Sequence[PlanRow], identities: Sequence[Identity]) -> None:
    """Refuse a row that says what another one said; works of one name by other people are other works."""
    seen: dict[Identity, PlanRow] = {}
    for row, identity in zip(rows, identities, strict=True):
        first = seen.setdefault(identity, row)
        if first is not row and identity.title:
            row.complain(row.table.column_of(Kind.TITLE), row.wanted.title, wording.twice(first.parsed.row))
