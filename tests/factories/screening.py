"""Entries on their way through a unit, for tests."""

from datetime import date
from decimal import Decimal
from typing import Any

from contest_portal.accounts.actor import SYSTEM, Actor, Role
from contest_portal.accounts.models import User
from contest_portal.contests.models import Edition, EditionUnit, Field, Unit
from contest_portal.contests.queries import get_edition, get_edition_unit
from contest_portal.core import clock
from contest_portal.core.database import db, transaction
from contest_portal.registration.models import Entry
from contest_portal.registration.status import Status
from contest_portal.screening.round.board import Seat, add_screener
from contest_portal.screening.round.joining import accept_as, make_code
from contest_portal.screening.round.models import Screener, ScreeningMark, ScreeningSheet, UnitCriterion, UnitRound
from contest_portal.screening.services import Decision, Verdict, record_result
from tests.factories.people import actor_for, make_school, make_user, unit_of
from tests.factories.registration import make_entry

YOUTH = "youth-2024"
BORN = date(2011, 5, 20)


def coordinator_of(unit: Unit, edition: Edition | None = None, **fields: Any) -> Actor:
    """Return somebody who coordinates a unit, for one edition or all."""
    return actor_for(make_user(Role.COORDINATOR, unit=unit, edition=edition, **fields))


def organiser(edition: Edition | None = None) -> Actor:
    """Return somebody who organises an edition, or all."""
    return actor_for(make_user(Role.ORGANISER, edition=edition, full_name="Lê Thị Tổ Chức"))


def field_of(edition: Edition, code: str = "learning") -> Field:
    """Return a field of an edition by code."""
    return next(field for field in edition.fields if field.code == code)


def unit_entry(
    unit: Unit | None = None,
    status: Status = Status.SUBMITTED,
    *,
    title: str | None = None,
    day: date | None = None,
    score: str | None = "80",
    field: str = "learning",
    **more: Any,
) -> Entry:
    """Make a work of the youth edition in a unit and lead it to a status by the services."""
    edition = get_edition(YOUTH)
    unit = unit or unit_of(edition)
    born = Status.RECEIVED if status not in (Status.DRAFT, Status.SUBMITTED) else status
    # Born on a day that suits the edition: what is not complete is not forwarded.
    more["people"] = [{"birth_date": BORN, **person} for person in more.get("people", [{"role": "author"}])]
    school = more.pop("school", None) or make_school(unit=unit)
    entry = make_entry(
        edition, school=school, title=title, status=born, field=field_of(edition, field), happened_on=day, **more
    )
    decisions = {Status.FORWARDED: Decision.FORWARD, Status.NOT_FORWARDED: Decision.KEEP}
    if status in (Status.SCREENED, *decisions):
        points = None if score is None else Decimal(score)
        verdict = Verdict(day or entry.status_on, points, decision=decisions.get(status))
        record_result(SYSTEM, entry, verdict)
    return entry


def set_quota(unit: Unit, quota: int | None) -> EditionUnit:
    """Say how many entries a unit may forward in the youth edition."""
    edition_unit = get_edition_unit(get_edition(YOUTH).id, unit.id)
    with transaction():
        edition_unit.forward_quota = quota
    return edition_unit


def make_screener(
    unit: Unit | None = None, full_name: str = "Vũ Thị Chấm", user: User | None = None, **more: Any
) -> Screener:
    """Put somebody on a unit's board in the youth edition, with an account and its post where one is given."""
    edition = get_edition(YOUTH)
    unit = unit or unit_of(edition)
    screener = add_screener(SYSTEM, edition, unit.id, Seat(full_name, **more))
    if user is not None:
        accept_as(actor_for(user), make_code(SYSTEM, edition, unit.id, screener.token))
    return screener


def write_sheet(entry: Entry, screener: Screener, points: dict[str, str], *, submitted: bool = True) -> ScreeningSheet:
    """Store a sheet as it stands after somebody marked, without asking whether it may."""
    sheet = ScreeningSheet(entry_id=entry.id, screener_id=screener.id, submitted_at=clock.now() if submitted else None)
    sheet.marks = [ScreeningMark(criterion_code=code, points=Decimal(value)) for code, value in points.items()]
    sheet.total = sum((mark.points for mark in sheet.marks), Decimal(0))
    with transaction():
        db.session.add(sheet)
    return sheet


def set_round(unit: Unit, *, criteria: bool = True, **fields: Any) -> UnitRound:
    """Let a unit mark by sheets, by two criteria of its own: up to 30 points, and up to 35 that count twice."""
    edition_id = get_edition(YOUTH).id
    found = UnitRound(edition_id=edition_id, unit_id=unit.id, own_criteria=criteria, **({"marking": "sheets"} | fields))
    lines = [("new", "Tính mới", "Mới so với tỉnh", 30, 1), ("use", "Tính hữu ích", None, 35, 2)] if criteria else []
    with transaction():
        db.session.add(found)
        for place, (code, name, guidance, most, weight) in enumerate(lines):
            db.session.add(
                UnitCriterion(
                    edition_id=edition_id,
                    unit_id=unit.id,
                    code=code,
                    name=name,
                    guidance=guidance,
                    max_points=Decimal(most),
                    weight=Decimal(weight),
                    position=place,
                )
            )
    return found
