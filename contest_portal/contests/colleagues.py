"""Let people of one school end each other's posts; never the last one's."""

from sqlalchemy import select

from contest_portal.accounts.actor import Actor, Role
from contest_portal.accounts.models import User
from contest_portal.contests.invitations import revoke_open_by
from contest_portal.contests.models import Membership, School
from contest_portal.contests.rules import manages_schools
from contest_portal.core import audit, clock
from contest_portal.core.database import db, transaction
from contest_portal.core.errors import Conflict, NotAllowed, NotFound
from contest_portal.core.i18n import lazy


def end_colleague(actor: Actor, school: School, post_id: int) -> None:
    """End a post of a school as of now.

    Raises NotAllowed for who neither acts for the school nor keeps the list, NotFound for a post that is not the
    school's, Conflict for the school's last one unless whoever keeps the list ends it.
    """
    keeps = manages_schools(actor)
    if school.id not in actor.school_ids and not keeps:
        raise NotAllowed
    with transaction():
        posts = _posts(school.id)
        post = posts.get(post_id)
        if post is None:
            raise NotFound
        if len({other.user_id for other in posts.values()}) == 1 and not keeps:
            raise Conflict(lazy("Đây là người cuối cùng của trường. Hãy mời người khác trước, hoặc nhờ Ban Tổ chức."))
        post.ended_at = clock.now()
        revoke_open_by(post.user_id, school.id)
        holder = db.session.get_one(User, post.user_id)
        audit.record(actor, "post.ended", holder.username, before={"role": post.role, "school": school.name})


def _posts(school_id: int) -> dict[int, Membership]:
    """Return a school's posts; held until the transaction ends, so that two cannot end each other's."""
    query = (
        select(Membership)
        .where(Membership.school_id == school_id, Membership.role == Role.SCHOOL.value, Membership.ended_at.is_(None))
        .order_by(Membership.id)
        .with_for_update(of=Membership)
        .execution_options(populate_existing=True)
    )
    return {post.id: post for post in db.session.scalars(query)}
