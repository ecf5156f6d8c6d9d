"""Read contests, editions, units and posts."""

import json
from collections.abc import Sequence
from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Integer, Select, String, bindparam, cast, func, literal, null, or_, select, union_all
from sqlalchemy.orm import joinedload, selectinload

from contest_portal.accounts.actor import Actor, Post, Role
from contest_portal.contests.models import (
    Contest,
    DeadlineEvent,
    Division,
    Edition,
    EditionUnit,
    Field,
    Membership,
    Prize,
    Round,
    School,
    Unit,
)
from contest_portal.contests.models_units import UnitReach
from contest_portal.contests.presets import UnitKind
from contest_portal.core.database import UTCDateTime, db
from contest_portal.core.errors import NotFound
from contest_portal.core.vietnamese import fold


def posts_of(user_id: int) -> tuple[Post, ...]:
    """Return the posts a person holds now."""
    rows = db.session.execute(_posts(), {"user_id": user_id})
    return tuple(Post(Role(role), edition, unit, school) for role, edition, unit, school in rows)


# What is the same for every request is put together once: that costs more than running it.
@cache
def _posts() -> Any:
    post, reach, unit = Membership.__table__.c, UnitReach.__table__.c, Unit.__table__.c
    held = (post.user_id == bindparam("user_id")) & post.ended_at.is_(None)
    own = select(post.role, post.edition_id, post.unit_id, post.school_id, post.id.label("place")).where(held)
    # Whoever acts for a school that screens its own entries acts for that unit: docs/decisions/0030.
    itself = (reach.school_id == post.school_id) & (reach.unit_id == unit.id) & (unit.kind == UnitKind.SCHOOL)
    in_time = post.edition_id.is_(None) | (post.edition_id == reach.edition_id)
    by_school = select(
        literal(Role.COORDINATOR.value, String()), reach.edition_id, reach.unit_id, reach.school_id, post.id
    ).where(held, post.role == Role.SCHOOL.value, itself, in_time)
    posts = union_all(own, by_school).subquery()
    return select(posts.c.role, posts.c.edition_id, posts.c.unit_id, posts.c.school_id).order_by(posts.c.place)


def find_contest(code: str) -> Contest | None:
    """Return the contest with this code."""
    return db.session.scalar(select(Contest).where(Contest.code == code))


def find_edition(code: str) -> Edition | None:
    """Return the edition with this code."""
    return db.session.scalars(_edition(), {"code": code}).unique().one_or_none()


@cache
def _edition() -> Any:
    return select(Edition).where(Edition.code == bindparam("code")).options(joinedload(Edition.deadline_events))


def get_edition(code: str) -> Edition:
    """Return the edition with this code; raises NotFound."""
    edition = find_edition(code)
    if edition is None:
        raise NotFound
    return edition


def get_published_edition(code: str) -> Edition:
    """Return the edition with this code; raises NotFound, also for a draft."""
    edition = get_edition(code)
    if not edition.published:
        raise NotFound
    return edition


def get_edition_with_rules(code: str) -> Edition:
    """Return an edition with divisions, fields, rounds, criteria and prizes read in one go; raises NotFound."""
    edition = db.session.scalar(
        select(Edition)
        .where(Edition.code == code)
        .options(
            selectinload(Edition.divisions),
            selectinload(Edition.fields),
            selectinload(Edition.rounds).selectinload(Round.criteria),
            selectinload(Edition.prizes),
        )
    )
    if edition is None:
        raise NotFound
    return edition


class Part(NamedTuple):
    """Be a division, field, round or prize of an edition, as far as its public page shows it."""

    kind: str
    code: str
    name: str
    name_en: str
    window: dict[str, Any]
    opens_at: datetime | None
    closes_at: datetime | None
    quantity: int | None
    amount: int | None
    per: str | None


# What only some kinds of part have.
_OWN: dict[str, Any] = {
    "window": String(),
    "opens_at": UTCDateTime(),
    "closes_at": UTCDateTime(),
    "quantity": Integer(),
    "amount": Integer(),
    "per": String(),
}


def parts_of(edition_id: int) -> list[Part]:
    """Return what an edition consists of, read in one go."""
    return [_part(row) for row in db.session.execute(_all_parts(), {"edition_id": edition_id})]


@cache
def _all_parts() -> Any:
    selects = [
        _parts("division", Division, window=cast(Division.window, String)),
        _parts("field", Field),
        _parts("round", Round, opens_at=Round.opens_at, closes_at=Round.closes_at),
        _parts("prize", Prize, quantity=Prize.quantity, amount=Prize.amount, per=Prize.per),
    ]
    return union_all(*selects).order_by("kind", "position", "code")


def _part(row: Any) -> Part:
    _position, kind, code, name, name_en, window, *dated_and_counted = row
    return Part(kind, code, name, name_en, json.loads(window or "{}"), *dated_and_counted)


def _parts(kind: str, model: Any, **own: Any) -> Select[Any]:
    shared = (own.get(name, cast(null(), type_)).label(name) for name, type_ in _OWN.items())
    named = (literal(kind, String()).label("kind"), model.code.label("code"), model.name, model.name_en)
    return select(model.position.label("position"), *named, *shared).where(model.edition_id == bindparam("edition_id"))


def all_editions() -> Sequence[Edition]:
    """Return every edition, the newest first."""
    return db.session.scalars(_editions()).unique().all()


@cache
def _editions() -> Any:
    # What is open is told of each, and an extension may have changed that.
    # Joined: whoever only visits is shown the list with one question.
    extended = joinedload(Edition.deadline_events)
    return select(Edition).order_by(Edition.year.desc(), Edition.opens_at.desc(), Edition.id).options(extended)


def open_editions(at: datetime) -> Sequence[Edition]:
    """Return the editions that some school may register for at a moment, the first to close first.

    One that was extended for a unit or a school is among them: for whom it is open, closes_for() tells.
    """
    found = db.session.scalars(_open_editions(), {"at": at}).unique().all()
    return sorted(found, key=lambda edition: edition.closes_for())


@cache
def _open_editions() -> Any:
    at = bindparam("at", type_=UTCDateTime())
    longer = (
        (DeadlineEvent.edition_id == Edition.id) & (DeadlineEvent.kind == "extended") & (DeadlineEvent.closes_at > at)
    )
    open_now = or_(Edition.closes_at > at, select(DeadlineEvent.id).where(longer).exists())
    query = (
        select(Edition)
        .where(Edition.published, Edition.opens_at <= at, open_now)
        .order_by(Edition.closes_at, Edition.id)
    )
    return query.options(joinedload(Edition.deadline_events))


def units_of(edition_id: int) -> Sequence[Unit]:
    """Return the units that take part in an edition, in their own order."""
    return db.session.scalars(_units(), {"edition_id": edition_id}).all()


@cache
def _units() -> Any:
    return (
        select(Unit)
        .join(EditionUnit, EditionUnit.unit_id == Unit.id)
        .where(EditionUnit.edition_id == bindparam("edition_id"))
        .order_by(Unit.position, Unit.id)
    )


def find_unit(edition_id: int, name_or_code: str) -> Unit | None:
    """Return the edition's unit with this code, name, short name or alias, however it is written."""
    wanted = fold(name_or_code)
    for unit in units_of(edition_id):
        if name_or_code.strip() == unit.code or wanted in {
            fold(n) for n in (unit.name, unit.short_name, *unit.aliases)
        }:
            return unit
    return None


def unit_name(unit_id: int) -> str:
    """Return a unit's name; empty for one that is not there."""
    return db.session.scalar(select(Unit.name).where(Unit.id == unit_id)) or ""


def get_edition_unit(edition_id: int, unit_id: int) -> EditionUnit:
    """Return how a unit takes part in an edition; raises NotFound."""
    found = find_edition_unit(edition_id, unit_id)
    if found is None:
        raise NotFound
    return found


def find_edition_unit(edition_id: int, unit_id: int) -> EditionUnit | None:
    """Return how a unit takes part in an edition, if it does."""
    return db.session.get(EditionUnit, (edition_id, unit_id))


def unit_ids_by_code(unit_set: str) -> dict[str, int]:
    """Return the id of each unit of a set."""
    rows = db.session.execute(select(Unit.code, Unit.id).where(Unit.unit_set == unit_set))
    return {row.code: row.id for row in rows}


def units_valid_on(unit_set: str, day: date) -> Sequence[Unit]:
    """Return the units of a set that exist on a day, without the province above them."""
    return db.session.scalars(
        select(Unit)
        .where(
            Unit.unit_set == unit_set,
            Unit.kind != "province",
            or_(Unit.valid_from.is_(None), Unit.valid_from <= day),
            or_(Unit.valid_to.is_(None), Unit.valid_to >= day),
        )
        .order_by(Unit.position, Unit.id)
    ).all()


def schools_of(actor: Actor) -> Sequence[School]:
    """Return the schools the actor registers for, by name."""
    return db.session.scalars(_schools(), {"ids": list(actor.school_ids)}).all()


@cache
def _schools() -> Any:
    wanted = School.id.in_(bindparam("ids", expanding=True))
    return select(School).where(wanted).order_by(School.name_folded, School.id)


def count_units(edition_id: int) -> int:
    """Return how many units take part in an edition."""
    return db.session.scalar(select(func.count()).where(EditionUnit.edition_id == edition_id)) or 0
