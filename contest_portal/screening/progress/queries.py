"""Read which units are behind, who can be written to, and when they were reminded last."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select

from contest_portal.accounts.models import User
from contest_portal.contests.models import Edition, EditionUnit, Unit
from contest_portal.contests.reach import acting_for_units
from contest_portal.contests.services import rulebook_of
from contest_portal.core import clock
from contest_portal.core.database import db
from contest_portal.registration.models import Entry
from contest_portal.registration.status import Status
from contest_portal.screening.progress.behind import Due, reasons_for
from contest_portal.screening.progress.map import standings_on
from contest_portal.screening.progress.models import UnitReminder
from contest_portal.screening.progress.standing import UnitStanding


@dataclass(frozen=True)
class Laggard:
    """Be one unit that is behind: why, who can be written to, and the last reminder."""

    unit: Unit
    standing: UnitStanding
    reasons: Sequence[Any]
    people: Sequence[int]
    last: UnitReminder | None

    @property
    def reminded_today(self) -> bool:
        """Tell whether the last reminder is less than a day old."""
        return self.last is not None and clock.now() - self.last.sent_at < timedelta(days=1)


def due_of(edition: Edition) -> Due:
    """Return the days an edition sets its units; without a day for parcels, entries close when registration does."""
    book = rulebook_of(edition)
    begin = book.receive_until or clock.local(edition.closes_at).date()
    return Due(begin, book.screening_until)


def units_behind(edition: Edition, today: date | None = None) -> list[Laggard]:
    """Return the units of an edition that are behind, in their order; a fixed number of statements."""
    day = today or clock.today()
    units = _units(edition.id)
    standings, since = standings_on(edition, units, day), _waiting_since(edition.id)
    due, people, last = due_of(edition), people_by_unit(edition.id), last_reminders(edition.id)
    found = []
    for edition_unit in units:
        unit_id = edition_unit.unit_id
        reasons = reasons_for(standings[unit_id], since.get(unit_id), due, day)
        if reasons:
            standing = standings[unit_id]
            found.append(Laggard(edition_unit.unit, standing, reasons, people[unit_id], last.get(unit_id)))
    return found


def people_by_unit(edition_id: int) -> dict[int, list[int]]:
    """Return who coordinates each unit in an edition and has an account in use."""
    acting = acting_for_units(edition_id)
    wanted = select(acting.c.unit_id, acting.c.user_id).join(User, User.id == acting.c.user_id)
    rows = db.session.execute(wanted.where(User.active.is_(True)).distinct().order_by(acting.c.user_id))
    found: dict[int, list[int]] = defaultdict(list)
    for unit_id, user_id in rows:
        found[unit_id].append(user_id)
    return found


def last_reminders(edition_id: int) -> dict[int, UnitReminder]:
    """Return the newest reminder of each unit."""
    newest = (
        select(func.max(UnitReminder.id)).where(UnitReminder.edition_id == edition_id).group_by(UnitReminder.unit_id)
    )
    found = db.session.scalars(select(UnitReminder).where(UnitReminder.id.in_(newest)))
    return {reminder.unit_id: reminder for reminder in found}


def latest_sending(edition_id: int) -> Sequence[UnitReminder]:
    """Return the reminders that went out together the last time, in the order of the units."""
    moment = select(func.max(UnitReminder.sent_at)).where(UnitReminder.edition_id == edition_id).scalar_subquery()
    query = select(UnitReminder).join(UnitReminder.unit).where(UnitReminder.edition_id == edition_id)
    return db.session.scalars(query.where(UnitReminder.sent_at == moment).order_by(Unit.position, Unit.id)).all()


def names_of(user_ids: Collection[int | None]) -> dict[int, str]:
    """Return the names of these accounts."""
    wanted: Any = select(User.id, User.full_name).where(User.id.in_([found for found in user_ids if found is not None]))
    return dict(db.session.execute(wanted).all())


def held_units(edition_id: int, unit_ids: Collection[int]) -> Sequence[EditionUnit]:
    """Return units and hold them: two who press at once remind one after the other."""
    return db.session.scalars(
        select(EditionUnit)
        .where(EditionUnit.edition_id == edition_id, EditionUnit.unit_id.in_(unit_ids))
        .order_by(EditionUnit.unit_id)
        .with_for_update(of=EditionUnit)
    ).all()


def _units(edition_id: int) -> Sequence[EditionUnit]:
    return db.session.scalars(
        select(EditionUnit)
        .join(EditionUnit.unit)
        .where(EditionUnit.edition_id == edition_id, Unit.kind != "province")
        .order_by(Unit.position, Unit.id)
    ).all()


def _waiting_since(edition_id: int) -> dict[int, date]:
    rows: Any = db.session.execute(
        select(Entry.unit_id, func.min(Entry.status_on))
        .where(Entry.edition_id == edition_id, Entry.status == Status.SUBMITTED, Entry.unit_id.is_not(None))
        .group_by(Entry.unit_id)
    )
    return dict(rows.all())
