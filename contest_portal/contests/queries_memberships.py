"""Read posts, and what they are given for."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import joinedload

from contest_portal.accounts.actor import Role
from contest_portal.contests.models import Edition, Membership, School, Unit
from contest_portal.contests.queries import find_unit
from contest_portal.contests.reach import acting_for_units
from contest_portal.core.database import db
from contest_portal.core.errors import NotFound
from contest_portal.core.vietnamese import fold


def posts_held_by(user_id: int) -> Sequence[Membership]:
    """Return the posts a person holds now, with what they are for."""
    return db.session.scalars(
        select(Membership)
        .where(Membership.user_id == user_id, Membership.ended_at.is_(None))
        .options(joinedload(Membership.edition), joinedload(Membership.unit), joinedload(Membership.school))
        .order_by(Membership.id)
    ).all()


def get_post(user_id: int, post_id: int) -> Membership:
    """Return one post of a person; raises NotFound."""
    found = db.session.get(Membership, post_id)
    if found is None or found.user_id != user_id:
        raise NotFound
    return found


def find_unit_for(edition: Edition | None, name_or_code: str) -> Unit | None:
    """Return the unit that is meant: one of the edition's where it is given, else one of any era."""
    return find_unit(edition.id, name_or_code) if edition else find_unit_anywhere(name_or_code)


def find_unit_anywhere(name_or_code: str) -> Unit | None:
    """Return the unit of any era with this code or name; where two eras share a name, the one in force."""
    wanted = fold(name_or_code)
    units = db.session.scalars(
        select(Unit).where(Unit.kind != "province").order_by(Unit.valid_from.desc().nulls_last(), Unit.id)
    )
    for unit in units:
        if name_or_code.strip() == unit.code or wanted in {
            fold(n) for n in (unit.name, unit.short_name, *unit.aliases)
        }:
            return unit
    return None


def schools_named(name: str, unit: Unit | None) -> Sequence[School]:
    """Return the schools of this name, in one unit where it is given."""
    query = select(School).where(School.name_folded == fold(name))
    return db.session.scalars(query.where(School.unit_id == unit.id) if unit else query.limit(3)).all()


def users_of_school(school_id: int) -> Sequence[int]:
    """Return the accounts that act for a school."""
    return _holders(Membership.role == Role.SCHOOL, Membership.school_id == school_id)


def users_of_unit(edition_id: int, unit_id: int) -> Sequence[int]:
    """Return the accounts that coordinate a unit in an edition."""
    acting = acting_for_units(edition_id)
    wanted = select(acting.c.user_id).where(acting.c.unit_id == unit_id).distinct()
    return db.session.scalars(wanted.order_by(acting.c.user_id)).all()


def organisers_of(edition_id: int) -> Sequence[int]:
    """Return the accounts that organise an edition."""
    return _holders(Membership.role == Role.ORGANISER, _in_edition(edition_id))


def _in_edition(edition_id: int) -> ColumnElement[bool]:
    return or_(Membership.edition_id.is_(None), Membership.edition_id == edition_id)


def _holders(*conditions: ColumnElement[bool]) -> Sequence[int]:
    wanted = select(Membership.user_id).where(Membership.ended_at.is_(None), *conditions).distinct()
    return db.session.scalars(wanted.order_by(Membership.user_id)).all()
