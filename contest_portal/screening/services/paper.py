"""Log an entry that came on paper: typed in today, received on the day it came."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from contest_portal.accounts.actor import Actor
from contest_portal.contests.models import Division, Edition, Field, School, Unit
from contest_portal.contests.presets import UnitKind
from contest_portal.contests.reach import screened_by, screening_unit_of
from contest_portal.core import once
from contest_portal.core.database import db
from contest_portal.core.errors import Invalid, Problem
from contest_portal.core.i18n import lazy
from contest_portal.core.vietnamese import clean_text, fold
from contest_portal.registration.models import Entry
from contest_portal.registration.people import Person
from contest_portal.registration.services.entries import create_entry
from contest_portal.registration.status import Status
from contest_portal.screening.queries import entry_of_reference
from contest_portal.screening.reception.parcels import Parcel
from contest_portal.screening.services.entries import add_reception, check_parcel
from contest_portal.screening.services.units import check_receiving, unit_at_work

PaperPerson = Person


@dataclass(frozen=True)
class PaperEntry:
    """Hold what stands on the paper; `school` is one of the unit's, else `new_school` names it."""

    title: str
    received_on: date
    school: School | None = None
    new_school: str | None = None
    division: Division | None = None
    field: Field | None = None
    people: Sequence[Person] = ()
    note: str | None = None
    # What else was seen of the parcel; its day and note are the paper's own.
    parcel: Parcel | None = None

    @property
    def taken_in(self) -> Parcel:
        """Return the parcel the paper came in."""
        return self.parcel or Parcel(self.received_on, note=self.note)


def log_paper(actor: Actor, edition: Edition, unit: Unit, paper: PaperEntry, *, once_token: str | None = None) -> Entry:
    """Write down an entry a unit received on paper; the same form sent twice logs one."""
    with unit_at_work(actor, edition.id, unit.id):
        known = once.find_outcome(once_token)
        if known is not None:
            return entry_of_reference(edition.id, unit.id, known)
        check_receiving(edition.id, unit)
        check_parcel(edition, paper.taken_in)
        entry = create_entry(
            actor,
            edition,
            title=paper.title,
            school=_school(edition.id, unit, paper),
            unit=unit,
            division=paper.division,
            field=paper.field,
            people=paper.people,
            status=Status.RECEIVED,
            happened_on=paper.received_on,
            source="paper",
            note=paper.note or None,
        )
        add_reception(actor, entry, paper.taken_in)
        once.remember(once_token, entry.reference)
        return entry


def _school(edition_id: int, unit: Unit, paper: PaperEntry) -> School:
    if paper.school is not None:
        if screening_unit_of(edition_id, paper.school) != unit.id:
            raise Invalid(problems=[Problem(lazy("Trường này không thuộc đơn vị."), field="school")])
        return paper.school
    name = clean_text(paper.new_school or "")
    if not name:
        raise Invalid(problems=[Problem(lazy("Hãy điền tên trường."), field="new_school")])
    return _find_or_add_school(edition_id, unit, name)


def _find_or_add_school(edition_id: int, unit: Unit, name: str) -> School:
    folded = fold(name)
    here = screened_by(edition_id, [unit.id])
    found = db.session.scalars(select(School).where(here, School.name_folded == folded).order_by(School.id)).first()
    if found is not None:
        return found
    if unit.kind == UnitKind.SCHOOL:
        words = lazy("Đơn vị này chỉ nhận hồ sơ của %(name)s. Hãy chọn trường trong danh sách.", name=unit.name)
        raise Invalid(problems=[Problem(words, field="new_school")])
    school = School(name=name, name_folded=folded, unit_id=unit.id)
    db.session.add(school)
    # Flushed: the entry needs the school's id.
    db.session.flush()
    return school
