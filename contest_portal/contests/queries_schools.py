"""Read schools: whose they are, where they were on a day, who acts for them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import joinedload

from contest_portal.accounts.actor import Actor, Role
from contest_portal.accounts.models import User
from contest_portal.contests.models import EditionUnit, Membership, School, Unit
from contest_portal.contests.models_schools import Invitation, SchoolPlace, UnitChange
from contest_portal.contests.presets import load_unit_sets
from contest_portal.contests.rules import sees_all_schools
from contest_portal.core import clock
from contest_portal.core.database import db
from contest_portal.core.errors import NotFound
from contest_portal.core.i18n import _, current_language
from contest_portal.core.paging import PAGE_SIZE, Cursor, Page, keyset, make_page
from contest_portal.core.vietnamese import fold, format_number


@dataclass(frozen=True)
class SchoolFilter:
    """Say which schools of a list are wanted."""

    q: str = ""
    unit_id: int | None = None
    level: str = ""
    # "yes" or "no": somebody acts for the school; "invited": nobody yet, but a code is out.
    account: str = ""
    closed: bool = False


def seen_units(actor: Actor, column: Any) -> ColumnElement[bool] | None:
    """Return the condition that a column names a unit of the actor's, or of the actor's editions; None for all."""
    if sees_all_schools(actor):
        return None
    editions = [p.edition_id for p in actor.posts if p.role in (Role.ORGANISER, Role.AUDITOR) and p.edition_id]
    of_editions = select(EditionUnit.unit_id).where(EditionUnit.edition_id.in_(editions))
    return or_(column.in_(actor.unit_ids()), column.in_(of_editions))


def visible_schools(actor: Actor) -> Select[Any]:
    """Return the select of every school an actor may see."""
    scope = seen_units(actor, School.unit_id)
    return select(School) if scope is None else select(School).where(scope)


def get_school(actor: Actor, school_id: int) -> School:
    """Return a school the actor may see; raises NotFound."""
    found = db.session.scalar(visible_schools(actor).where(School.id == school_id))
    if found is None:
        raise NotFound
    return found


def get_own_school(actor: Actor, school_id: int) -> School:
    """Return a school the actor acts for; raises NotFound."""
    if school_id not in actor.school_ids:
        raise NotFound
    return db.session.get_one(School, school_id)


def wanted_schools(actor: Actor, wanted: SchoolFilter) -> Select[Any]:
    """Return the select of the schools a filter leaves, within what the actor may see."""
    query = visible_schools(actor)
    conditions: list[ColumnElement[bool]] = [School.found_by.contains(word, autoescape=True) for word in _words(wanted)]
    if wanted.unit_id is not None:
        conditions.append(School.unit_id == wanted.unit_id)
    if wanted.level:
        conditions.append(School.level == wanted.level)
    conditions += _ACCOUNT[wanted.account]() if wanted.account in _ACCOUNT else []
    conditions.append(School.closed_on.is_not(None) if wanted.closed else School.closed_on.is_(None))
    return query.where(*conditions)


def _words(wanted: SchoolFilter) -> list[str]:
    return fold(wanted.q).split()[:10]


def _has_account() -> ColumnElement[bool]:
    acting = and_(Membership.school_id == School.id, Membership.role == Role.SCHOOL, Membership.ended_at.is_(None))
    return exists().where(acting)


def _is_invited() -> ColumnElement[bool]:
    return exists().where(Invitation.school_id == School.id, *_open_invitation())


def _open_invitation() -> tuple[ColumnElement[bool], ...]:
    return (Invitation.used_at.is_(None), Invitation.revoked_at.is_(None), Invitation.expires_at > clock.now())


_ACCOUNT: Mapping[str, Any] = {
    "yes": lambda: [_has_account()],
    "no": lambda: [~_has_account()],
    "invited": lambda: [~_has_account(), _is_invited()],
}


def list_schools(actor: Actor, wanted: SchoolFilter, cursor: Cursor | None, size: int = PAGE_SIZE) -> Page[School]:
    """Return one page of schools in the order of the Vietnamese alphabet."""
    query = wanted_schools(actor, wanted)
    total = db.session.scalar(select(func.count()).select_from(query.with_only_columns(School.id).subquery())) or 0
    statement, used = keyset(query, [School.name_key, School.id], cursor, size=size)
    rows = db.session.scalars(statement).all()
    return make_page(
        rows,
        used,
        lambda school: (school.name_key, school.id),
        size=size,
        total_text=_("%(number)s trường", number=format_number(total)),
    )


def all_wanted(actor: Actor, wanted: SchoolFilter, limit: int | None = None) -> Sequence[School]:
    """Return the schools a filter leaves, in order, up to a limit."""
    query = wanted_schools(actor, wanted).order_by(School.name_key, School.id).limit(limit)
    return db.session.scalars(query).all()


class Access(NamedTuple):
    """Say how people of a school come in: so many accounts, and what became of the newest invitation."""

    accounts: int
    invitation: Invitation | None


def access_of(school_ids: Sequence[int]) -> dict[int, Access]:
    """Return for each school how its people come in, whatever their number in two questions."""
    accounts = (
        select(Membership.school_id, func.count(Membership.user_id.distinct()))
        .join(User, User.id == Membership.user_id)
        .where(
            Membership.school_id.in_(school_ids),
            Membership.role == Role.SCHOOL,
            Membership.ended_at.is_(None),
            User.active.is_(True),
        )
        .group_by(Membership.school_id)
    )
    newest = select(func.max(Invitation.id)).where(Invitation.school_id.in_(school_ids)).group_by(Invitation.school_id)
    counts: dict[int | None, int] = {row[0]: row[1] for row in db.session.execute(accounts)}
    found = {i.school_id: i for i in db.session.scalars(select(Invitation).where(Invitation.id.in_(newest)))}
    return {school_id: Access(counts.get(school_id, 0), found.get(school_id)) for school_id in school_ids}


def people_of_school(school_id: int) -> Sequence[tuple[Membership, User]]:
    """Return the posts that act for a school now, each with its person, by given name."""
    query = (
        select(Membership, User)
        .join(User, User.id == Membership.user_id)
        .where(Membership.school_id == school_id, Membership.role == Role.SCHOOL, Membership.ended_at.is_(None))
        .order_by(User.name_key, Membership.id)
    )
    return [(post, user) for post, user in db.session.execute(query)]


def places_of(school_id: int) -> Sequence[SchoolPlace]:
    """Return where a school was, the newest word first."""
    return db.session.scalars(
        select(SchoolPlace).where(SchoolPlace.school_id == school_id).order_by(*_NEWEST_PLACE)
    ).all()


# The day it holds from decides; of two words on one day, the later one. A place without a day is the oldest.
_NEWEST_PLACE = (SchoolPlace.valid_from.desc().nulls_last(), SchoolPlace.id.desc())


def places_by_school(school_ids: Sequence[int]) -> dict[int, list[SchoolPlace]]:
    """Return what was said of where these schools were, in the order it was said."""
    found: dict[int, list[SchoolPlace]] = {}
    for start in range(0, len(school_ids), 500):
        part = SchoolPlace.school_id.in_(school_ids[start : start + 500])
        for place in db.session.scalars(select(SchoolPlace).where(part).order_by(SchoolPlace.id)):
            found.setdefault(place.school_id, []).append(place)
    return found


def place_on(told: Sequence[SchoolPlace], day: date, otherwise: int | None) -> int | None:
    """Return the unit a school belonged to on a day by what was said, in the order it was said."""
    past = [(place.valid_from or date.min, number) for number, place in enumerate(told) if _holds_on(place, day)]
    return told[max(past)[1]].unit_id if past else otherwise


def _holds_on(place: SchoolPlace, day: date) -> bool:
    return place.valid_from is None or place.valid_from <= day


def unit_of_school_on(school: School, day: date) -> Unit | None:
    """Return the unit a school belonged to on a day; the present one where it never moved."""
    told = places_by_school([school.id]).get(school.id, [])
    unit_id = place_on(told, day, school.unit_id)
    return db.session.get(Unit, unit_id) if unit_id is not None else None


def valid_on(day: date) -> ColumnElement[bool]:
    """Return the condition that a unit exists on a day and is no province."""
    return and_(
        Unit.kind != "province",
        or_(Unit.valid_from.is_(None), Unit.valid_from <= day),
        or_(Unit.valid_to.is_(None), Unit.valid_to >= day),
    )


def exists_on(unit: Unit, day: date) -> bool:
    """Tell whether a unit exists on a day."""
    return (unit.valid_from is None or unit.valid_from <= day) and (unit.valid_to is None or unit.valid_to >= day)


def units_on(day: date) -> Sequence[Unit]:
    """Return every unit, of whatever set, that exists on a day."""
    return db.session.scalars(select(Unit).where(valid_on(day)).order_by(Unit.unit_set, Unit.position, Unit.id)).all()


def all_units() -> Sequence[Unit]:
    """Return every unit of every set but the provinces."""
    order = (Unit.unit_set, Unit.position, Unit.id)
    return db.session.scalars(select(Unit).where(Unit.kind != "province").order_by(*order)).all()


def units_with_schools(actor: Actor) -> Sequence[Unit]:
    """Return the units that have schools the actor may see, in their order."""
    schools = visible_schools(actor).with_only_columns(School.unit_id)
    order = (Unit.valid_from.desc().nulls_last(), Unit.unit_set, Unit.position, Unit.id)
    return db.session.scalars(select(Unit).where(Unit.id.in_(schools)).order_by(*order)).all()


def schools_of_unit(unit_id: int) -> Sequence[School]:
    """Return the schools whose present place is a unit."""
    return db.session.scalars(select(School).where(School.unit_id == unit_id).order_by(School.name_key)).all()


class UnitSetRow(NamedTuple):
    """Be one set of units with its figures."""

    unit_set: str
    units: int
    valid_from: date | None
    valid_to: date | None


def unit_sets() -> list[UnitSetRow]:
    """Return the sets of units, the newest first."""
    query = (
        select(Unit.unit_set, func.count(), func.min(Unit.valid_from), func.max(Unit.valid_to))
        .where(Unit.kind != "province")
        .group_by(Unit.unit_set)
    )
    rows = [UnitSetRow(*row) for row in db.session.execute(query)]
    return sorted(rows, key=lambda row: (row.valid_from or date.min, row.unit_set), reverse=True)


@cache
def _presets_of_sets() -> dict[str, tuple[str, str]]:
    return {found.code: (found.name, found.name_en) for found in load_unit_sets()}


def names_of_sets() -> dict[str, str]:
    """Return what the sets that ship with the portal are called, in the reader's language."""
    english = current_language() == "en"
    return {code: names[1] if english else names[0] for code, names in _presets_of_sets().items()}


def units_in(unit_set: str) -> list[tuple[Unit, int]]:
    """Return the units of a set with the number of schools at each; raises NotFound for a set that is not there."""
    counts = select(School.unit_id, func.count().label("schools")).group_by(School.unit_id).subquery()
    query = (
        select(Unit, func.coalesce(counts.c.schools, 0))
        .outerjoin(counts, counts.c.unit_id == Unit.id)
        .where(Unit.unit_set == unit_set, Unit.kind != "province")
        .order_by(Unit.position, Unit.id)
    )
    rows = [(unit, number) for unit, number in db.session.execute(query)]
    if not rows:
        raise NotFound
    return rows


def get_unit(unit_set: str, code: str) -> Unit:
    """Return a unit by its set and code; raises NotFound."""
    found = db.session.scalar(select(Unit).where(Unit.unit_set == unit_set, Unit.code == code))
    if found is None or found.kind == "province":
        raise NotFound
    return found


def changes_of(unit_id: int) -> Sequence[UnitChange]:
    """Return what was decided about a unit, the newest first."""
    return db.session.scalars(
        select(UnitChange).where(UnitChange.unit_id == unit_id).order_by(UnitChange.id.desc())
    ).all()


def schools_by_id(school_ids: Iterable[int]) -> Sequence[School]:
    """Return these schools in their order."""
    wanted = select(School).where(School.id.in_(list(school_ids))).options(joinedload(School.unit))
    return db.session.scalars(wanted.order_by(School.name_key, School.id)).all()


def keepers_of_schools() -> Sequence[int]:
    """Return the accounts that keep the list of schools."""
    roles = (Role.ORGANISER.value, Role.ADMINISTRATOR.value)
    everywhere = and_(Membership.role.in_(roles), Membership.edition_id.is_(None), Membership.ended_at.is_(None))
    return db.session.scalars(select(Membership.user_id).where(everywhere).distinct()).all()


def coordinators_of(unit_id: int) -> Sequence[int]:
    """Return the accounts that coordinate a unit in any edition."""
    acting = and_(
        Membership.role == Role.COORDINATOR.value, Membership.unit_id == unit_id, Membership.ended_at.is_(None)
    )
    return db.session.scalars(select(Membership.user_id).where(acting).distinct()).all()
