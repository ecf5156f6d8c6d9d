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

    Raises NotAllowed, Invalid where a school's or a unit's post names none, and for a screener's, which a unit gives.
    """
    if not actor.holds(Role.ADMINISTRATOR, edition_id=None):
        raise NotAllowed
    if role is Role.SCREENER:
        words = lazy("Người chấm sơ khảo do đơn vị thêm vào ban sơ khảo của mình, không cấp ở đây.")
        raise Invalid(problems=[Problem(words, field="role")])
    if role is Role.SCHOOL and school is None:
        raise Invalid(problems=[Problem(lazy("Hãy chọn trường."), field="school")])
    if role is Role.COORDINATOR and unit is None:
        raise Invalid(problems=[Problem(lazy("Hãy chọn đơn vị."), field="unit")])
    post = Membership(
        user_id=user.id,
        role=role.value,
        # Accounts belong to no edition, so neither do those who administer them.
        edition=None if role is Role.ADMINISTRATOR else edition,
        unit=unit if role is Role.COORDINATOR else None,
        school=school if role is Role.SCHOOL else None,
    )
    with transaction():
        _hold(user)
        if once.find_outcome(once_token) is not None or _holds(post):
            return
        db.session.add(post)
        once.remember(once_token, str(user.id))
        audit.record(actor, "post.given", user.username, after=_told(post))


def _told(post: Membership) -> Mapping[str, str]:
    """Return what the log says of a post, in words that are understood without the database."""
    told = {"role": str(post.role)}
    if post.edition:
        told["edition"] = post.edition.code
    if post.unit:
        told["unit"] = f"{post.unit.unit_set}/{post.unit.code}"
    if post.school:
        told["school"] = post.school.name
    return told


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
        audit.record(actor, "post.ended", user.username, before=_told(membership))


def _check_stays_administered(actor: Actor, user: User, others: Set[int]) -> None:
    if not others:
        raise Conflict(lazy("Đây là quản trị viên cuối cùng; hãy giao vai trò này cho người khác trước."))
    if user.id == actor.user_id:
        raise Conflict(lazy("Bạn không thể tự bỏ vai trò quản trị của mình; hãy nhờ một quản trị viên khác."))


def _hold(user: User) -> None:
    # Whoever gives the same person a post at the same moment waits here, and then sees this one.
    db.session.execute(select(User.id).where(User.id == user.id).with_for_update())


def _holds(post: Membership) -> bool:
    places = {Membership.edition_id: post.edition, Membership.unit_id: post.unit, Membership.school_id: post.school}
    same = [column.is_not_distinct_from(place.id if place else None) for column, place in places.items()]
    query = select(Membership.id).where(
        Membership.user_id == post.user_id, Membership.role == post.role, Membership.ended_at.is_(None), *same
    )
    return db.session.scalar(query.limit(1)) is not None


def _administrators() -> set[int]:
    """Return who administers the portal; held until the transaction ends, so that two cannot end each other's post."""
    query = (
        select(Membership.user_id)
        .join(User, User.id == Membership.user_id)
        .where(Membership.role == Role.ADMINISTRATOR, Membership.ended_at.is_(None), User.active.is_(True))
        .with_for_update(of=Membership)
    )
    return set(db.session.scalars(query))
