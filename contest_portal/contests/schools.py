"""Keep the list of schools: add one, change what is known of it, move it to another unit from a day on."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from contest_portal.accounts.actor import Actor
from contest_portal.contests.models import School, Unit
from contest_portal.contests.models_schools import SchoolPlace
from contest_portal.contests.queries_schools import exists_on, place_on, places_by_school
from contest_portal.contests.rules import check_manages_schools
from contest_portal.core import audit, clock, once
from contest_portal.core.database import db, transaction, violates
from contest_portal.core.errors import Conflict, Invalid, NotFound, Problem
from contest_portal.core.i18n import lazy
from contest_portal.core.vietnamese import clean_text, fold, format_date

LONGEST_NAME: Final = 200
# Any fixed number that no other lock uses.
_SCHOOLS_LOCK: Final = 7_264_011
NAME_TAKEN: Final = lazy("Đơn vị này đã có một trường cùng tên. Hãy tìm trường đó trong danh sách.")
CODE_TAKEN: Final = lazy("Mã này là của một trường khác. Hãy kiểm tra lại mã.")


@dataclass(frozen=True)
class SchoolData:
    """Hold what is known of a school besides its unit."""

    name: str
    code: str | None = None
    level: str | None = None
    address: str | None = None
    phone: str | None = None
    email: str | None = None
    head: str | None = None
    aliases: tuple[str, ...] = ()
    closed_on: date | None = None


def hold_schools() -> None:
    """Let one change of many schools follow the other, until the transaction ends; SQLite's writers queue anyway."""
    if db.session.get_bind().dialect.name == "postgresql":
        db.session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _SCHOOLS_LOCK})


def add_school(actor: Actor, data: SchoolData, unit: Unit, once_token: str | None = None) -> School:
    """Add a school; the same form sent twice adds one.

    Raises NotAllowed, Invalid for a name or code that is taken.
    """
    check_manages_schools(actor)
    _check_name(data.name)
    try:
        with transaction():
            known = once.find_number(once_token)
            if known is not None:
                return db.session.get_one(School, known)
            school = School(unit_id=unit.id, unit=unit)
            _write(school, data)
            db.session.add(school)
            # Flushed: the form's token names the school by its id.
            db.session.flush()
            once.remember(once_token, str(school.id))
            audit.record(actor, "school.added", school.name, after={"unit": unit.name})
    except IntegrityError as error:
        raise _taken(error) from error
    return school


def change_school(actor: Actor, school: School, data: SchoolData, version: int | None = None) -> None:
    """Save what is known of a school; nothing is written where nothing changed.

    Raises NotAllowed, Conflict when it was changed meanwhile, Invalid for a name or code that is taken.
    """
    check_manages_schools(actor)
    _check_name(data.name)
    try:
        with transaction():
            db.session.refresh(school, with_for_update={"of": School})
            if version is not None and version != school.version:
                raise Conflict
            before, after = _difference(school, data)
            if not after:
                return
            _write(school, data)
            db.session.flush()
            audit.record(actor, "school.changed", school.name, before=before, after=after)
    except IntegrityError as error:
        raise _taken(error) from error


def move_schools(actor: Actor, schools: Sequence[School], unit: Unit, day: date, reason: str) -> int:
    """Let schools belong to a unit from a day on; return how many did not yet. What was before stays as it was.

    Raises NotAllowed, Invalid for a day ahead, a unit that did not exist then, or a name that the unit has.
    """
    check_manages_schools(actor)
    _check_day(unit, day)
    try:
        with transaction():
            hold_schools()
            moved = place_schools(actor, [(school, unit) for school in schools], day, reason)
            db.session.flush()
            if moved:
                names = [school.name for school in moved[:50]]
                told = {"unit": unit.name, "from": format_date(day), "schools": names, "count": len(moved)}
                audit.record(actor, "school.moved", f"{unit.unit_set}/{unit.code}", after=told)
    except IntegrityError as error:
        raise Invalid(problems=[Problem(NAME_TAKEN, field="unit")]) from error
    return len(moved)


def place_schools(actor: Actor, moves: Sequence[tuple[School, Unit]], day: date, reason: str | None) -> list[School]:
    """Add a word on where each school belongs, inside the caller's transaction; return those it says something new of."""
    places = places_by_school([school.id for school, _unit in moves])
    moved = []
    for school, unit in moves:
        told = places.get(school.id, [])
        if place_on(told, day, school.unit_id) != unit.id:
            _place(actor, school, unit, told, day, reason)
            moved.append(school)
    return moved


def _place(actor: Actor, school: School, unit: Unit, told: list[SchoolPlace], day: date, reason: str | None) -> None:
    if not told:
        # The past is written down before it is left.
        told.append(SchoolPlace(school_id=school.id, unit_id=school.unit_id, recorded_by=actor.user_id))
        db.session.add(told[0])
    place = SchoolPlace(
        school_id=school.id,
        unit_id=unit.id,
        valid_from=day,
        recorded_by=actor.user_id,
        reason=clean_text(reason or "")[:300] or None,
    )
    db.session.add(place)
    told.append(place)
    present = place_on(told, clock.today(), school.unit_id)
    if present != school.unit_id:
        school.unit_id = present
        school.unit = unit if present == unit.id else db.session.get(Unit, present or 0)


def _check_day(unit: Unit, day: date) -> None:
    if day > clock.today():
        words = lazy("Ngày chuyển còn ở phía trước. Hãy ghi khi việc chuyển đã có hiệu lực.")
        raise Invalid(problems=[Problem(words, field="day")])
    if not exists_on(unit, day):
        words = lazy(
            "%(unit)s không tồn tại vào ngày %(day)s. Hãy chọn đơn vị khác hoặc ngày khác.",
            unit=unit.name,
            day=format_date(day),
        )
        raise Invalid(problems=[Problem(words, field="unit")])


def _check_name(name: str) -> None:
    if not clean_text(name):
        raise Invalid(problems=[Problem(lazy("Hãy nhập tên trường."), field="name")])


def _write(school: School, data: SchoolData) -> None:
    for field, value in _stored(data).items():
        setattr(school, field, value)
    school.name_folded = fold(school.name)[:LONGEST_NAME]


def _stored(data: SchoolData) -> dict[str, Any]:
    """Return the columns as they are kept: clean, and nothing where nothing was said."""
    values = asdict(data)
    texts = {name: clean_text(value) or None for name, value in values.items() if isinstance(value, str)}
    aliases = list(dict.fromkeys(filter(None, map(clean_text, data.aliases)))) or None
    return {**values, **texts, "aliases": aliases}


def _difference(school: School, data: SchoolData) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    wanted = _stored(data)
    changed = [name for name, value in wanted.items() if getattr(school, name) != value]
    return {name: _told(getattr(school, name)) for name in changed}, {name: _told(wanted[name]) for name in changed}


def _told(value: Any) -> Any:
    return format_date(value) if isinstance(value, date) else value


def _taken(error: IntegrityError) -> Invalid:
    if violates(error, "uq_schools_code") or violates(error, "schools.code"):
        return Invalid(problems=[Problem(CODE_TAKEN, field="code")])
    return Invalid(problems=[Problem(NAME_TAKEN, field="name")])


def find_unit_by_id(unit_id: int | None) -> Unit:
    """Return the unit that a form chose; raises NotFound."""
    found = db.session.get(Unit, unit_id) if unit_id is not None and unit_id < 2**31 else None
    if found is None:
        raise NotFound
    return found
