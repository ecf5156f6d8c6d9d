"""Give more time to everybody, a unit or a school; take it back; remember that a deadline has passed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from contest_portal.accounts.actor import Actor
from contest_portal.accounts.messages import letter, notify
from contest_portal.contests.deadlines import DeadlineKind, newest_words, seen_over
from contest_portal.contests.models import DeadlineEvent, Edition, School, Unit
from contest_portal.contests.queries import find_edition_unit
from contest_portal.contests.queries_memberships import users_of_school, users_of_unit
from contest_portal.contests.reach import screening_unit_of
from contest_portal.core import audit, clock, once
from contest_portal.core.database import db, transaction
from contest_portal.core.errors import Invalid, NotAllowed, Problem
from contest_portal.core.filters import show_name, show_time
from contest_portal.core.i18n import lazy
from contest_portal.registration import rules
from contest_portal.registration.announcing import Audience, receivers_of

EXTENDED = letter(
    "registration.extended",
    subject=lazy("Gia hạn đăng ký %(edition)s đến %(time)s"),
    body=lazy(
        "Ban Tổ chức gia hạn đăng ký %(edition)s cho %(scope)s đến %(time)s.\n\n"
        "Lý do: %(reason)s\n\n"
        "Hồ sơ đã nộp và bản nháp sửa được đến giờ ấy."
    ),
)
TAKEN_BACK = letter(
    "registration.extension_taken_back",
    subject=lazy("Thôi gia hạn đăng ký %(edition)s"),
    body=lazy(
        "Ban Tổ chức thôi gia hạn đăng ký %(edition)s cho %(scope)s; hạn đăng ký nay là %(time)s.\n\nLý do: %(reason)s"
    ),
)


@dataclass(frozen=True)
class Scope:
    """Say whom more time is for: a unit, a school, or everybody."""

    unit: Unit | None = None
    school: School | None = None

    @property
    def key(self) -> tuple[int | None, int | None]:
        """Return the ids by which an extension is known."""
        return (self.unit.id if self.unit else None, self.school.id if self.school else None)

    @property
    def name(self) -> str:
        """Return whom it is for, in words."""
        place = self.school or self.unit
        return place.name if place else str(lazy("tất cả các trường, đơn vị"))


def extend(
    actor: Actor, edition: Edition, scope: Scope, closes_at: datetime, reason: str, *, once_token: str | None = None
) -> bool:
    """Give more time and tell those it is for; False when the same form had done it before.

    Raises NotAllowed, Invalid for a time that is no extension, another edition's unit or no reason.
    """
    with transaction():
        if once.find_outcome(once_token) is not None:
            return False
        _check(actor, edition, scope, reason)
        _check_moment(edition, scope, closes_at)
        event = _write(actor, edition, scope, closes_at, reason)
        _tell(edition, scope, EXTENDED.kind, closes_at, reason, key=f"extended:{event.id}")
        once.remember(once_token, f"extended:{event.id}")
    return True


def take_back(actor: Actor, edition: Edition, scope: Scope, reason: str) -> None:
    """Take an extension back as of now; asked twice, it was taken back once. What was done meanwhile stays done.

    Raises NotAllowed, Invalid without a reason.
    """
    with transaction():
        _check(actor, edition, scope, reason)
        db.session.expire(edition, ["deadline_events"])
        if newest_words(edition.deadline_events).get(scope.key) is None:
            return
        event = _write(actor, edition, scope, None, reason)
        closes = edition.closes_for(*_place(edition, scope))
        _tell(edition, scope, TAKEN_BACK.kind, closes, reason, key=f"taken-back:{event.id}")


def note_passed(edition: Edition, closes: datetime) -> None:
    """Remember that a deadline has passed, so that a clock set back does not open it again; written once."""
    now = clock.now()
    if now < closes or seen_over(edition.deadline_events, closes):
        return
    with transaction():
        known = select(DeadlineEvent.id).where(
            DeadlineEvent.edition_id == edition.id,
            DeadlineEvent.kind == DeadlineKind.PASSED,
            DeadlineEvent.closes_at >= closes,
        )
        if db.session.scalar(known.limit(1)) is None:
            db.session.add(
                DeadlineEvent(edition_id=edition.id, kind=DeadlineKind.PASSED, closes_at=now, actor_name="system")
            )
    db.session.expire(edition, ["deadline_events"])


def _check(actor: Actor, edition: Edition, scope: Scope, reason: str) -> None:
    if not rules.runs(actor, edition.id):
        raise NotAllowed
    if not reason.strip():
        raise Invalid(problems=[Problem(lazy("Hãy ghi lý do."), field="reason")])
    if scope.unit is not None and find_edition_unit(edition.id, scope.unit.id) is None:
        raise Invalid(problems=[Problem(lazy("Đơn vị này không tham gia kỳ thi."), field="unit")])


def _check_moment(edition: Edition, scope: Scope, closes_at: datetime) -> None:
    db.session.expire(edition, ["deadline_events"])
    if closes_at <= clock.now():
        raise Invalid(problems=[Problem(lazy("Hạn mới phải sau lúc này."), field="day")])
    present = edition.closes_for()
    if closes_at <= edition.closes_at or (scope.key != (None, None) and closes_at <= present):
        words = lazy("Hạn mới phải sau hạn chung hiện nay (%(time)s).", time=show_time(present))
        raise Invalid(problems=[Problem(words, field="day")])


def _place(edition: Edition, scope: Scope) -> tuple[int | None, int | None]:
    """Return the unit and the school by which a scope's closing time is looked up."""
    if scope.school is not None:
        return screening_unit_of(edition.id, scope.school), scope.school.id
    return (scope.unit.id if scope.unit else None), None


def _write(actor: Actor, edition: Edition, scope: Scope, closes_at: datetime | None, reason: str) -> DeadlineEvent:
    unit_id, school_id = scope.key
    before = newest_words(edition.deadline_events).get(scope.key)
    event = DeadlineEvent(
        edition_id=edition.id,
        kind=DeadlineKind.EXTENDED,
        unit_id=unit_id,
        school_id=school_id,
        closes_at=closes_at,
        reason=reason.strip(),
        actor_id=actor.user_id,
        actor_name=actor.username,
    )
    db.session.add(event)
    # Flushed: the letters are told apart by the event's id.
    db.session.flush()
    after = {"for": scope.name, "closes_at": closes_at.isoformat() if closes_at else None}
    audit.record(
        actor,
        "deadline.extended",
        edition.code,
        before={"closes_at": before.isoformat() if before else None},
        after=after,
    )
    db.session.expire(edition, ["deadline_events"])
    return event


def _tell(edition: Edition, scope: Scope, kind: str, closes: datetime, reason: str, *, key: str) -> None:
    values = {"edition": show_name(edition), "scope": scope.name, "time": show_time(closes), "reason": reason.strip()}
    notify(_concerned(edition, scope), kind, values, key=key, link=f"/contests/{edition.code}")


def _concerned(edition: Edition, scope: Scope) -> Sequence[int]:
    """Return whom an extension concerns: a school's people, those of a unit's schools, or of every school."""
    if scope.school is not None:
        return users_of_school(scope.school.id)
    units = users_of_unit(edition.id, scope.unit.id) if scope.unit is not None else ()
    return sorted({*receivers_of(edition, Audience.SCHOOLS, scope.unit), *units})
