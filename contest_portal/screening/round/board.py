"""Set up a unit's screening board: who sits on it, at which post, and who marks."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import update

from contest_portal.accounts.actor import Actor, Role
from contest_portal.contests.models import Edition, Membership
from contest_portal.core import audit, clock, once
from contest_portal.core.database import db
from contest_portal.core.errors import Conflict, Invalid, NotFound, Problem
from contest_portal.core.i18n import lazy
from contest_portal.core.vietnamese import clean_text, fold
from contest_portal.screening.round.marked import sheets_of_screener
from contest_portal.screening.round.models import Screener
from contest_portal.screening.round.queries import get_screener, screeners_of
from contest_portal.screening.round.settling import settle_waiting
from contest_portal.screening.services.units import unit_at_work

CHAIR: Final = "chair"
MOST_SCREENERS: Final = 50
POST_WORDS: Final[dict[str, Any]] = {
    CHAIR: lazy("Trưởng ban"),
    "secretary": lazy("Thư ký"),
    "member": lazy("Ủy viên"),
}


@dataclass(frozen=True)
class Seat:
    """Hold what is written of one member of a board."""

    full_name: str
    job_title: str | None = None
    post: str = "member"
    marks: bool = True


def add_screener(
    actor: Actor, edition: Edition, unit_id: int, seat: Seat, *, once_token: str | None = None
) -> Screener:
    """Put somebody on the unit's board; the same form sent twice puts one.

    Raises Invalid for somebody who sits there already, and for a second chair.
    """
    with unit_at_work(actor, edition.id, unit_id) as edition_unit:
        known = once.find_outcome(once_token)
        if known is not None:
            return get_screener(edition.id, unit_id, known)
        board = screeners_of(edition.id, unit_id)
        if len(board) >= MOST_SCREENERS:
            raise Invalid(lazy("Một ban có nhiều nhất %(most)s người.", most=MOST_SCREENERS))
        _check(seat, board)
        screener = Screener(token=secrets.token_urlsafe(16), edition_id=edition.id, unit_id=unit_id)
        _write(screener, seat)
        screener.added_at, screener.added_by = clock.now(), actor.user_id
        db.session.add(screener)
        once.remember(once_token, screener.token)
        audit.record(actor, "screener.added", f"{edition.code}/{edition_unit.unit.code}", after=_told(screener))
        return screener


def change_screener(
    actor: Actor, edition: Edition, unit_id: int, token: str, seat: Seat, *, version: int | None
) -> None:
    """Write a member of the board anew.

    Raises NotFound, Conflict when somebody else changed it, Invalid as add_screener() does and for somebody who has
    marked and would no longer.
    """
    with unit_at_work(actor, edition.id, unit_id) as edition_unit:
        screener = get_screener(edition.id, unit_id, token)
        if screener.version != version:
            raise Conflict(lazy("Người khác vừa sửa thông tin này. Hãy xem bản đang lưu rồi lưu lại."))
        _check(seat, [other for other in screeners_of(edition.id, unit_id) if other.id != screener.id])
        begun, _submitted = sheets_of_screener(screener)
        if begun and screener.marks and not seat.marks:
            words = lazy("Người này đã chấm %(number)s hồ sơ nên vẫn là người chấm.", number=begun)
            raise Invalid(problems=[Problem(words, field="marks")])
        before = _told(screener)
        _write(screener, seat)
        settle_waiting(actor, edition.id, unit_id)
        subject = f"{edition.code}/{edition_unit.unit.code}"
        audit.record(actor, "screener.changed", subject, before=before, after=_told(screener))


def end_screener(actor: Actor, edition: Edition, unit_id: int, token: str) -> None:
    """Let somebody leave the board as of now, with the account's post and the code; what was handed in stays."""
    with unit_at_work(actor, edition.id, unit_id) as edition_unit:
        screener = get_screener(edition.id, unit_id, token)
        screener.ended_at = clock.now()
        screener.code_hash = screener.code_expires_at = None
        if screener.user_id is not None:
            _end_post(screener)
        settle_waiting(actor, edition.id, unit_id)
        audit.record(actor, "screener.ended", f"{edition.code}/{edition_unit.unit.code}", before=_told(screener))


def _end_post(screener: Screener) -> None:
    db.session.execute(
        update(Membership)
        .where(
            Membership.user_id == screener.user_id,
            Membership.role == Role.SCREENER.value,
            Membership.edition_id == screener.edition_id,
            Membership.unit_id == screener.unit_id,
            Membership.ended_at.is_(None),
        )
        .values(ended_at=clock.now())
    )


def _check(seat: Seat, others: Sequence[Screener]) -> None:
    if seat.post not in POST_WORDS:
        raise NotFound
    problems = []
    if (fold(seat.full_name), fold(seat.job_title or "")) in {
        (fold(other.full_name), fold(other.job_title or "")) for other in others
    }:
        words = lazy(
            "%(name)s đã có trong ban; mỗi người chỉ có một chỗ. Nếu là người khác cùng tên, hãy ghi chức vụ hoặc nơi "
            "công tác để phân biệt.",
            name=seat.full_name,
        )
        problems.append(Problem(words, field="full_name", value=seat.full_name))
    chair = next((other.full_name for other in others if other.post == CHAIR), None)
    if seat.post == CHAIR and chair is not None:
        words = lazy("Ban đã có Trưởng ban là %(name)s. Hãy đổi nhiệm vụ của người đó trước.", name=chair)
        problems.append(Problem(words, field="post"))
    if problems:
        raise Invalid(problems=problems)


def _write(screener: Screener, seat: Seat) -> None:
    screener.full_name = clean_text(seat.full_name)
    screener.job_title = clean_text(seat.job_title or "") or None
    screener.post, screener.marks = seat.post, seat.marks


def _told(screener: Screener) -> dict[str, Any]:
    return {
        "full_name": screener.full_name,
        "job_title": screener.job_title,
        "post": screener.post,
        "marks": screener.marks,
    }
