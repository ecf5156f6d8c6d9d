"""Which unit screens what comes from a school in an edition.

A unit that was given the school itself comes first (a school that screens its own), then the school's own place where
that takes part (a district, a commune), then the unit its place was given to (a cluster of communes).
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, func, or_, select, union_all
from sqlalchemy.orm import aliased

from contest_portal.accounts.actor import Role
from contest_portal.contests.models import Edition, EditionUnit, Membership, School, Unit
from contest_portal.contests.models_units import UnitReach
from contest_portal.contests.presets import UnitKind
from contest_portal.core.database import db


def screening_unit_of(edition_id: int, school: School) -> int | None:
    """Return the unit that screens what comes from a school; None: no unit of the edition does."""
    return screening_units(edition_id, [school.id]).get(school.id)


def screening_units(edition_id: int, school_ids: Collection[int]) -> dict[int, int]:
    """Return the unit of each of these schools that has one, asked for in one statement."""
    rows = db.session.execute(_units_of_some(), {"edition_id": edition_id, "ids": list(school_ids)})
    return {school: unit for school, unit in rows if unit is not None}


def units_of_schools(edition_id: int) -> dict[int, int]:
    """Return the unit of every school that has one, for an import."""
    rows = db.session.execute(_units_of_all(), {"edition_id": edition_id})
    return {school: unit for school, unit in rows if unit is not None}


@cache
def _units_of_some() -> Any:
    return _units_of_all().where(School.id.in_(bindparam("ids", expanding=True)))


@cache
def _units_of_all() -> Any:
    edition_id: Any = bindparam("edition_id")
    own, place = aliased(UnitReach), aliased(UnitReach)
    return (
        select(School.id, func.coalesce(own.unit_id, EditionUnit.unit_id, place.unit_id))
        .outerjoin(own, and_(own.edition_id == edition_id, own.school_id == School.id))
        .outerjoin(EditionUnit, and_(EditionUnit.edition_id == edition_id, EditionUnit.unit_id == School.unit_id))
        .outerjoin(place, and_(place.edition_id == edition_id, place.member_unit_id == School.unit_id))
    )


def screened_by(edition_id: int, unit_ids: Collection[int]) -> ColumnElement[bool]:
    """Return the condition that one of these units screens a school."""
    reach = UnitReach.edition_id == edition_id
    given = select(UnitReach.school_id).where(reach, UnitReach.school_id.is_not(None))
    places = select(EditionUnit.unit_id).where(EditionUnit.edition_id == edition_id)
    members = select(UnitReach.member_unit_id).where(
        reach, UnitReach.unit_id.in_(unit_ids), UnitReach.member_unit_id.is_not(None)
    )
    here = School.unit_id.in_(places.where(EditionUnit.unit_id.in_(unit_ids)))
    in_reach = School.unit_id.in_(members) & School.unit_id.not_in(places)
    return or_(
        School.id.in_(given.where(UnitReach.unit_id.in_(unit_ids))),
        and_(School.id.not_in(given), or_(here, in_reach)),
    )


def members_of(edition_id: int) -> list[tuple[Unit, int]]:
    """Return each place that was given to a unit, with that unit: the communes of clusters, in their order."""
    given = select(Unit, UnitReach.unit_id).join(UnitReach, UnitReach.member_unit_id == Unit.id)
    rows = db.session.execute(given.where(UnitReach.edition_id == edition_id).order_by(Unit.position, Unit.id))
    return [(place, unit_id) for place, unit_id in rows]


def screens_itself(edition_id: int, unit: Unit) -> School | None:
    """Return the one school of a unit that is a school."""
    if unit.kind != UnitKind.SCHOOL:
        return None
    given = select(UnitReach.school_id).where(UnitReach.edition_id == edition_id, UnitReach.unit_id == unit.id)
    return db.session.scalar(select(School).where(School.id.in_(given)))


def closes_for_school(edition: Edition, school: School) -> datetime:
    """Return when the registration closes for a school."""
    # Hardly any edition was extended for a unit: only then it matters which one it is.
    by_unit = any(event.unit_id is not None for event in edition.deadline_events)
    return edition.closes_for(screening_unit_of(edition.id, school) if by_unit else None, school.id)


def acting_for_units(edition_id: int) -> Any:
    """Return the account and the unit of everybody who acts for a unit, by a post or because the school is the unit."""
    post = Membership
    everywhere = and_(post.ended_at.is_(None), or_(post.edition_id.is_(None), post.edition_id == edition_id))
    posts = select(post.user_id, post.unit_id).where(post.role == Role.COORDINATOR, everywhere)
    schools = (
        select(post.user_id, UnitReach.unit_id)
        .join(UnitReach, and_(UnitReach.school_id == post.school_id, UnitReach.edition_id == edition_id))
        .join(Unit, and_(Unit.id == UnitReach.unit_id, Unit.kind == UnitKind.SCHOOL))
        .where(post.role == Role.SCHOOL, everywhere)
    )
    return union_all(posts, schools).subquery("acting")


def schools_screened_by(edition_id: int, unit_id: int) -> Sequence[School]:
    """Return the schools a unit screens, by name."""
    wanted = select(School).where(screened_by(edition_id, [unit_id]))
    return db.session.scalars(wanted.order_by(School.name_folded, School.id)).all()
