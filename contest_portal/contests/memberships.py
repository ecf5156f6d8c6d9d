"""Give somebody a post, and end it; posts are never deleted, so that the past can be explained."""

from collections.abc import Mapping, Set

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from contest_portal.accounts.actor import Actor, Role
from contest_portal.accounts.models import User
from contest_portal.contests.models import Edition, Membership, School, Unit
from contest_portal.contests.queries_memberships import schools_named
from contest_portal.core import audit, clock, once
from contest_portal.core.database import db, transaction
from contest_portal.core.errors import Conflict, Invalid, NotAllowed, Problem
from contest_portal.core.i18n import lazy
from contest_portal.core.vietnamese import clean_text, fold


def give_post(
    actor: Actor,
    user: User,
    role: Role,
    *,
    edition: Edition | None = None,
    unit: Unit | None = None,
    school: School | None = None,
    once_token: str | None = None,
) -> None:
    """Give an account a post; the same post twice is one.

    Raises NotAllowed, Invalid where a school's or a unit's post names none.
    """
    if not actor.holds(Role.ADMINISTRATOR, edition_id=None):
        raise NotAllowed
    if role is Role.SCHOOL and school is None:
        raise Invalid(problems=[Problem(lazy("Hãy chọn trường."), field="school")])
    if role is Role.COORDINATOR and unit is None:
        raise Invalid(problems=[Problem(lazy("Hãy chọn đơn vị."), field="unit")])
    place = _place(user, role, edition, unit, school)
    with transaction():
        _hold(user)
        if once.find_outcome(once_token) is not None or _holds(place):
            return
        db.session.add(Membership(**place))
        once.remember(once_token, str(user.id))
        audit.record(actor, "post.given", user.username, after={k: v for k, v in place.items() if v is not None})


def _place(
    user: User, role: Role, edition: Edition | None, unit: Unit | None, school: School | None
) -> Mapping[str, object]:
    """Return what of a post's place its role has: an administrator's is everywhere."""
    return {
        "user_id": user.id,
        "role": role.value,
        "edition_id": edition.id if edition and role is not Role.ADMINISTRATOR else None,
        "unit_id": unit.id if unit and role is Role.COORDINATOR else None,
        "school_id": school.id if school and role is Role.SCHOOL else None,
    }


def find_or_add_school(actor: Actor, name: str, unit: Unit | None) -> School:
    """Return the school of this name, in the unit where one is named; a new one is founded there.

    Raises NotAllowed, Invalid for an unknown school without a unit, or a name that several units have.
    """
    if not actor.holds(Role.ADMINISTRATOR, edition_id=None):
        raise NotAllowed
    found = schools_named(name, unit)
    if len(found) == 1:
        return found[0]
    if found or unit is None:
        words = lazy("Không tìm thấy đúng một trường tên “%(name)s”. Hãy ghi cả đơn vị.", name=clean_text(name))
        raise Invalid(problems=[Problem(words, field="school")])
    school = School(name=clean_text(name), name_folded=fold(name), unit_id=unit.id)
    try:
        with transaction():
            db.session.add(school)
            audit.record(actor, "school.added", school.name, after={"unit": unit.name})
    except IntegrityError:
        # Somebody else added it at the same moment.
        found = schools_named(name, unit)
        if not found:
            raise
        return found[0]
    return school


def end_post(actor: Actor, membership: Membership, user: User) -> None:
    """End a post as of now; raises Conflict for an administrator's own, and for the last administrator's."""
    if not actor.holds(Role.ADMINISTRATOR, edition_id=None):
        raise NotAllowed
    with transaction():
        others = _administrators() - {user.id}
        db.session.refresh(membership)
        if membership.ended_at is not None:
            return
        if membership.role == Role.ADMINISTRATOR:
            _check_stays_administered(actor, user, others)
        membership.ended_at = clock.now()
        audit.record(actor, "post.ended", user.username, before={"role": membership.role})


def _check_stays_administered(actor: Actor, user: User, others: Set[int]) -> None:
    if not others:
        raise Conflict(lazy("Đây là quản trị viên cuối cùng; hãy giao vai trò này cho người khác trước."))
    if user.id == actor.user_id:
        raise Conflict(lazy("Bạn không thể tự bỏ vai trò quản trị của mình; hãy nhờ một quản trị viên khác."))


def _hold(user: User) -> None:
    # Whoever gives the same person a post at the same moment waits here, and then sees this one.
    db.session.execute(select(User.id).where(User.id == user.id).with_for_update())


def _holds(place: Mapping[str, object]) -> bool:
    same = [getattr(Membership, name).is_not_distinct_from(value) for name, value in place.items()]
    return db.session.scalar(select(Membership.id).where(Membership.ended_at.is_(None), *same).limit(1)) is not None


def _administrators() -> set[int]:
    """Return who administers the portal; held until the transaction ends, so that two cannot end each other's post."""
    query = (
        select(Membership.user_id)
        .join(User, User.id == Membership.user_id)
        .where(Membership.role == Role.ADMINISTRATOR, Membership.ended_at.is_(None), User.active.is_(True))
        .with_for_update(of=Membership)
    )
    return set(db.session.scalars(query))
