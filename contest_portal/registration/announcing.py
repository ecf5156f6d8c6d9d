"""Announce something to a chosen group, and remind schools of what they have not handed in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, exists, func, select

from contest_portal.accounts.actor import Actor, Role
from contest_portal.accounts.messages import letter, notify
from contest_portal.accounts.models import User
from contest_portal.contests.models import Edition, EditionUnit, Membership, School, Unit
from contest_portal.contests.queries import open_editions, units_of
from contest_portal.contests.queries_memberships import users_of_school
from contest_portal.contests.reach import acting_for_units, screened_by
from contest_portal.core import audit, once
from contest_portal.core.database import db, transaction
from contest_portal.core.errors import Invalid, NotAllowed, Problem
from contest_portal.core.filters import show_time
from contest_portal.core.i18n import lazy
from contest_portal.core.vietnamese import clean_text
from contest_portal.registration.models import Entry
from contest_portal.registration.models_announcements import Announcement
from contest_portal.registration.rules import runs
from contest_portal.registration.status import REGISTERED, Status

LONGEST_SUBJECT: Final = 150
LONGEST_BODY: Final = 5000
# Days before the closing time; each reminder goes out once.
REMIND_BEFORE: Final = (1, 3, 7)
MEND_BEFORE: Final = timedelta(days=2)

ANNOUNCED = letter("announcement", subject="%(subject)s", body="%(body)s")
DRAFTS_LEFT = letter(
    "registration.drafts",
    subject=lazy("%(edition)s: còn %(count)s hồ sơ chưa nộp"),
    body=lazy(
        "%(school)s còn %(count)s hồ sơ ở dạng bản nháp, chưa nộp.\n\n"
        "Hạn đăng ký: %(time)s. Hồ sơ chưa nộp khi hết hạn thì không dự thi."
    ),
)
MEND_SOON = letter(
    "registration.mend",
    subject=lazy("Hồ sơ %(reference)s cần bổ sung trước %(time)s"),
    body=lazy(
        "Hồ sơ %(reference)s (%(title)s) đã được trả lại để bổ sung và chưa được gửi lại.\n\nHạn bổ sung: %(time)s."
    ),
)


class Audience(StrEnum):
    """Name who an announcement is for."""

    SCHOOLS = "schools"
    ENTERED = "entered"
    DRAFTS = "drafts"
    ABSENT = "absent"
    COORDINATORS = "coordinators"
    JUDGES = "judges"


AUDIENCE_WORDS: Final[dict[Audience, Any]] = {
    Audience.SCHOOLS: lazy("Mọi trường có tài khoản"),
    Audience.ENTERED: lazy("Trường đã nộp hồ sơ"),
    Audience.DRAFTS: lazy("Trường còn bản nháp chưa nộp"),
    Audience.ABSENT: lazy("Trường chưa nộp hồ sơ nào"),
    Audience.COORDINATORS: lazy("Cán bộ đơn vị"),
    Audience.JUDGES: lazy("Giám khảo"),
}


@dataclass(frozen=True)
class Words:
    """Hold what is announced."""

    subject: str
    body: str


def receivers_of(edition: Edition, audience: Audience, unit: Unit | None = None) -> Sequence[int]:
    """Return the accounts an announcement would reach."""
    if audience is Audience.COORDINATORS:
        return _coordinators(edition, unit)
    role = Role.JUDGE if audience is Audience.JUDGES else Role.SCHOOL
    posts = (
        select(Membership.user_id)
        .join(User, User.id == Membership.user_id)
        .where(Membership.ended_at.is_(None), Membership.role == role, User.active.is_(True))
        .where(Membership.edition_id.is_(None) | (Membership.edition_id == edition.id))
    )
    if role is Role.SCHOOL:
        posts = _of_schools(posts, edition, audience, unit)
    return db.session.scalars(posts.distinct().order_by(Membership.user_id)).all()


def _coordinators(edition: Edition, unit: Unit | None) -> Sequence[int]:
    acting = acting_for_units(edition.id)
    taking_part = select(EditionUnit.unit_id).where(EditionUnit.edition_id == edition.id)
    wanted = select(acting.c.user_id).join(User, User.id == acting.c.user_id).where(User.active.is_(True))
    wanted = wanted.where(acting.c.unit_id.in_(taking_part) if unit is None else acting.c.unit_id == unit.id)
    return db.session.scalars(wanted.distinct().order_by(acting.c.user_id)).all()


def announce(
    actor: Actor,
    edition: Edition,
    audience: Audience,
    words: Words,
    *,
    unit: Unit | None = None,
    once_token: str | None = None,
) -> int:
    """Tell a group something; return how many people it reaches. The same form sent twice tells it once.

    Raises NotAllowed, Invalid for empty words or a group of nobody.
    """
    checked = _checked(words)
    with transaction():
        if not runs(actor, edition.id):
            raise NotAllowed
        known = once.find_number(once_token)
        if known is not None:
            return known
        receivers = receivers_of(edition, audience, unit)
        if not receivers:
            raise Invalid(problems=[Problem(lazy("Nhóm này chưa có ai có tài khoản."), field="audience")])
        sent = _store(actor, edition, audience, checked, unit, len(receivers))
        values = {"subject": checked.subject, "body": checked.body}
        notify(receivers, ANNOUNCED.kind, values, key=f"announcement:{sent.id}")
        audit.record(
            actor, "announcement.sent", edition.code, after={"audience": audience, "receivers": len(receivers)}
        )
        once.remember(once_token, str(len(receivers)))
    return len(receivers)


def remind(at: datetime) -> int:
    """Tell schools with drafts that the deadline is near, and those with returned entries likewise; return how many people.

    Called again and again: each reminder reaches a person once.
    """
    return sum(_remind_of_drafts(edition, at) for edition in open_editions(at)) + _remind_of_mending(at)


def _store(
    actor: Actor, edition: Edition, audience: Audience, words: Words, unit: Unit | None, receivers: int
) -> Announcement:
    sent = Announcement(
        edition_id=edition.id,
        unit_id=unit.id if unit else None,
        audience=audience,
        subject=words.subject,
        body=words.body,
        receivers=receivers,
        sent_by=actor.user_id,
        sender_name=actor.name,
    )
    db.session.add(sent)
    # Flushed: what is told is named by its id.
    db.session.flush()
    return sent


def _checked(words: Words) -> Words:
    subject, body = clean_text(words.subject), words.body.strip()
    problems = []
    if not 0 < len(subject) <= LONGEST_SUBJECT:
        problems.append(
            Problem(lazy("Hãy ghi tiêu đề, nhiều nhất %(most)s ký tự.", most=LONGEST_SUBJECT), field="subject")
        )
    if not 0 < len(body) <= LONGEST_BODY:
        problems.append(Problem(lazy("Hãy ghi nội dung, nhiều nhất %(most)s ký tự.", most=LONGEST_BODY), field="body"))
    if problems:
        raise Invalid(problems=problems)
    return Words(subject, body)


def _of_schools(posts: Select[Any], edition: Edition, audience: Audience, unit: Unit | None) -> Select[Any]:
    """Narrow the posts of schools to those the audience means, in the edition's units."""
    units = [unit.id] if unit else [found.id for found in units_of(edition.id)]
    posts = posts.join(School, School.id == Membership.school_id)
    here = screened_by(edition.id, units)
    posts = posts.where(here if unit else here | School.unit_id.is_(None))
    wanted: dict[Audience, ColumnElement[bool]] = {
        Audience.ENTERED: _has_entries(edition, Entry.status.in_(REGISTERED)),
        Audience.DRAFTS: _has_entries(edition, Entry.status == Status.DRAFT),
        Audience.ABSENT: ~_has_entries(edition, Entry.status.in_(REGISTERED)),
    }
    return posts.where(wanted[audience]) if audience in wanted else posts


def _has_entries(edition: Edition, which: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(Entry.school_id == School.id, Entry.edition_id == edition.id, which)


def _remind_of_drafts(edition: Edition, at: datetime) -> int:
    rows = db.session.execute(
        select(School.id, School.name, Entry.unit_id, func.count().label("drafts"))
        .join(School, School.id == Entry.school_id)
        .where(Entry.edition_id == edition.id, Entry.status == Status.DRAFT)
        .group_by(School.id, School.name, Entry.unit_id)
    ).all()
    return sum(_remind_school(edition, row, at) for row in rows)


def _remind_school(edition: Edition, drafts: Any, at: datetime) -> int:
    """Remind one school of its drafts in one unit; a deadline that was extended is another one to remind of."""
    closes = edition.closes_for(drafts.unit_id, drafts.id)
    near = next((days for days in REMIND_BEFORE if timedelta(0) < closes - at <= timedelta(days=days)), None)
    if near is None:
        return 0
    told = f"{edition.code}:{closes:%Y%m%d%H%M}:{near}:{drafts.id}:{drafts.unit_id}"
    values = {
        "edition": edition.title,
        "school": drafts.name,
        "count": str(drafts.drafts),
        "time": show_time(closes),
    }
    link = f"/entries/?edition={edition.code}&status={Status.DRAFT}"
    with transaction():
        return notify(users_of_school(drafts.id), DRAFTS_LEFT.kind, values, key=f"drafts:{told}", link=link)


def _remind_of_mending(at: datetime) -> int:
    due = db.session.execute(
        select(Entry.id, Entry.reference, Entry.title, Entry.school_id, Entry.mend_until).where(
            Entry.check_state == "incomplete", Entry.mend_until > at, Entry.mend_until <= at + MEND_BEFORE
        )
    ).all()
    return sum(_remind_to_mend(row) for row in due if row.school_id is not None)


def _remind_to_mend(row: Any) -> int:
    values = {"reference": row.reference, "title": row.title, "time": show_time(row.mend_until)}
    key = f"mend:{row.id}:{row.mend_until.isoformat()}"
    with transaction():
        return notify(users_of_school(row.school_id), MEND_SOON.kind, values, key=key, link=f"/entries/{row.reference}")
