"""Who may do what to an entry, and until when."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from contest_portal.accounts.actor import Actor, Role
from contest_portal.contests.models import Edition, School
from contest_portal.contests.reach import closes_for_school, screening_unit_of
from contest_portal.core import clock
from contest_portal.core.errors import Conflict, Invalid, NotAllowed, PortalError, Problem
from contest_portal.core.i18n import lazy
from contest_portal.registration.deadlines import closes_at, closes_for, was_over
from contest_portal.registration.models import Entry
from contest_portal.registration.status import LABELS, REGISTERED, Status, allowed

# From the unit's reception on the dossier is out of the school's hands.
IN_THE_SCHOOLS_HANDS: Final = frozenset({Status.DRAFT, Status.SUBMITTED})


class Closed(Conflict):
    """Refuse a school before the registration opens and from its closing second on."""


def runs(actor: Actor, edition_id: int | None) -> bool:
    """Tell whether the actor organises this edition."""
    return actor.holds(Role.ORGANISER, edition_id=edition_id)


def is_own(actor: Actor, entry: Entry) -> bool:
    """Tell whether the entry belongs to a school of the actor's."""
    return entry.school_id is not None and entry.school_id in actor.school_ids


def check_open(edition: Edition, at: datetime, unit_id: int | None = None, school_id: int | None = None) -> None:
    """Raise Closed unless a form that arrived at this moment is in time for this school of this unit."""
    if not edition.published:
        raise Closed(lazy("Kỳ thi này chưa được công bố."))
    if at < edition.opens_at:
        raise Closed(lazy("Chưa đến giờ mở đăng ký (%(time)s).", time=_time(edition.opens_at)))
    closes = closes_at(edition, unit_id, school_id)
    if at >= closes or was_over(edition, closes):
        raise Closed(
            lazy(
                "Đã hết hạn đăng ký lúc %(time)s. Những gì đã lưu vẫn còn; nếu cần sửa, hãy liên hệ Ban Tổ chức.",
                time=_time(closes),
            )
        )


def check_any_open(edition: Edition, schools: Iterable[School], at: datetime) -> None:
    """Raise Closed unless the registration is open for one of these schools."""
    longest = max(schools, key=lambda school: closes_for_school(edition, school), default=None)
    unit_id = screening_unit_of(edition.id, longest) if longest else None
    check_open(edition, at, unit_id, longest.id if longest else None)


def check_create(
    actor: Actor, edition: Edition, school_id: int | None, at: datetime, *, unit_id: int | None = None
) -> None:
    """Raise unless the actor may register for this school now."""
    if runs(actor, edition.id):
        return
    if school_id is None or school_id not in actor.school_ids:
        raise NotAllowed
    check_open(edition, at, unit_id, school_id)


def check_log(actor: Actor, edition: Edition, unit_id: int | None, school_id: int | None) -> None:
    """Raise unless the actor may write down an entry that came another way than through the browser."""
    if runs(actor, edition.id) or (unit_id is not None and unit_id in actor.unit_ids(edition.id)):
        return
    if school_id is None or school_id not in actor.school_ids:
        raise NotAllowed


def check_change(actor: Actor, entry: Entry, at: datetime) -> None:
    """Raise unless the actor may change what is registered."""
    if entry.status == Status.WITHDRAWN:
        raise Conflict(lazy("Hồ sơ đã rút thì không sửa được nữa."))
    if runs(actor, entry.edition_id):
        return
    if not is_own(actor, entry):
        raise NotAllowed
    if is_mending(entry, at):
        return
    _check_in_hands(entry)
    check_open(entry.edition, at, entry.unit_id, entry.school_id)


def is_mending(entry: Entry, at: datetime) -> bool:
    """Tell whether the entry was returned to its school to be mended, and the time for it is not over."""
    return entry.check_state == "incomplete" and entry.mend_until is not None and at < entry.mend_until


def may_mend(actor: Actor, entry: Entry) -> bool:
    """Tell whether pages should show the actor what to mend."""
    return is_mending(entry, clock.now()) and (is_own(actor, entry) or runs(actor, entry.edition_id))


def may_ask(actor: Actor, entry: Entry, at: datetime) -> bool:
    """Tell whether the actor may ask for a change that it may no longer make itself: of what was handed in."""
    if not is_own(actor, entry) or runs(actor, entry.edition_id) or entry.status not in REGISTERED:
        return False
    try:
        check_change(actor, entry, at)
    except PortalError:
        return True
    return False


def may_change(actor: Actor, entry: Entry) -> bool:
    """Tell whether pages should offer the actor to change what is registered."""
    try:
        check_change(actor, entry, clock.now())
    except PortalError:
        return False
    return True


def needs_reason(actor: Actor, entry: Entry, at: datetime | None = None) -> bool:
    """Tell whether a change must be explained: an organiser's, where the school itself could no longer make it."""
    if not runs(actor, entry.edition_id):
        return False
    return entry.status not in IN_THE_SCHOOLS_HANDS or (at or clock.now()) >= closes_for(entry)


def check_reason(actor: Actor, entry: Entry, reason: str | None, at: datetime) -> None:
    """Raise Invalid where a reason is needed and none was given."""
    if needs_reason(actor, entry, at) and not (reason or "").strip():
        raise Invalid(problems=[Problem(lazy("Hãy ghi lý do sửa sau khi hết hạn."), field="reason")])


def check_withdraw(actor: Actor, entry: Entry) -> None:
    """Raise unless the actor may take the entry back; that stays possible after the deadline."""
    if not allowed(Status(entry.status), Status.WITHDRAWN):
        raise Conflict(lazy("Hồ sơ này đã rút rồi."))
    if runs(actor, entry.edition_id):
        return
    if not is_own(actor, entry):
        raise NotAllowed
    _check_in_hands(entry)


def may_withdraw(actor: Actor, entry: Entry) -> bool:
    """Tell whether pages should offer the actor to take the entry back."""
    try:
        check_withdraw(actor, entry)
    except PortalError:
        return False
    return True


def check_revive(actor: Actor, entry: Entry, at: datetime) -> None:
    """Raise unless the actor may make a withdrawn entry a draft again."""
    if entry.status != Status.WITHDRAWN:
        raise Conflict(lazy("Hồ sơ này không ở trạng thái đã rút."))
    if runs(actor, entry.edition_id):
        return
    if not is_own(actor, entry):
        raise NotAllowed
    check_open(entry.edition, at, entry.unit_id, entry.school_id)


def may_revive(actor: Actor, entry: Entry) -> bool:
    """Tell whether pages should offer to make a withdrawn entry a draft again."""
    try:
        check_revive(actor, entry, clock.now())
    except PortalError:
        return False
    return True


def _check_in_hands(entry: Entry) -> None:
    if entry.status not in IN_THE_SCHOOLS_HANDS:
        raise Conflict(
            lazy(
                "Hồ sơ đã sang bước “%(status)s” nên nhà trường không tự sửa được; hãy liên hệ Ban Tổ chức.",
                status=LABELS[Status(entry.status)],
            )
        )


def _time(moment: datetime) -> str:
    return clock.local(moment).strftime("%H:%M:%S %d/%m/%Y").replace(":00 ", " ")
