"""Let a member of the board have an account: a code on a slip, used once, kept only as a hash."""

from datetime import timedelta
from typing import Final

from contest_portal.accounts.actor import SYSTEM, Actor, Role
from contest_portal.accounts.messages import letter, notify
from contest_portal.accounts.models import User
from contest_portal.accounts.queries import get_user, hold_tries
from contest_portal.accounts.services import create_user
from contest_portal.accounts.signing import check_patience, counter_of_code, remember_failure
from contest_portal.contests.invitation_codes import PRINTED_GROUPS, hash_code, new_code
from contest_portal.contests.invitations import NewAccount, WrongCode
from contest_portal.contests.models import Edition, Membership
from contest_portal.contests.queries_memberships import users_of_unit
from contest_portal.core import audit, clock, once
from contest_portal.core.database import db, transaction
from contest_portal.core.errors import Conflict, NotAllowed
from contest_portal.core.i18n import lazy
from contest_portal.screening.round.models import Screener
from contest_portal.screening.round.queries import find_open_seat, get_screener, seat_of
from contest_portal.screening.services.units import unit_at_work

DAYS: Final = 14

JOINED = letter(
    "screener.joined",
    subject=lazy("%(name)s đã nhận việc chấm sơ khảo của %(unit)s"),
    body=lazy(
        "%(name)s vừa dùng mã của %(seat)s để vào chấm sơ khảo cho %(unit)s. "
        "Nếu đây không phải là người của ban, hãy cho thôi chấm ngay ở trang “Người chấm”."
    ),
)


def make_code(actor: Actor, edition: Edition, unit_id: int, token: str) -> str:
    """Return a fresh code for somebody on the board, known at this moment only; the one before is no good any more.

    Raises NotFound, Conflict for somebody who has an account already or does not mark.
    """
    with unit_at_work(actor, edition.id, unit_id) as edition_unit:
        screener = get_screener(edition.id, unit_id, token)
        if screener.user_id is not None:
            raise Conflict(lazy("%(name)s đã có tài khoản nên không cần mã.", name=screener.full_name))
        if not screener.marks:
            raise Conflict(lazy("%(name)s không chấm điểm nên không cần tài khoản.", name=screener.full_name))
        code = new_code(PRINTED_GROUPS)
        screener.code_hash, screener.code_expires_at = hash_code(code), clock.now() + timedelta(days=DAYS)
        subject = f"{edition.code}/{edition_unit.unit.code}"
        audit.record(actor, "screener.invited", subject, after={"full_name": screener.full_name})
        return code


def look_at(code: str, address: str | None) -> Screener:
    """Return whose code this is, counting a wrong one; raises WrongCode, TooManyTries."""
    counter = counter_of_code("screener", hash_code(code), address)
    check_patience(counter)
    found = find_open_seat(hash_code(code))
    if found is not None:
        return found
    with transaction():
        hold_tries()
        check_patience(counter)
        remember_failure(counter)
    raise WrongCode


def accept(code: str, account: NewAccount, *, address: str | None, once_token: str | None = None) -> User:
    """Make the account a code is for, with its post; the same form sent twice makes one.

    Of two people with one code the second is told as for any used one. Raises WrongCode, Invalid for a name that is
    taken or not accepted and for an easy password.
    """
    with transaction():
        known = once.find_number(once_token)
        if known is not None:
            return get_user(known)
        screener = find_open_seat(hash_code(code), hold=True)
        if screener is None:
            raise WrongCode
        user = create_user(
            SYSTEM,
            username=account.username,
            full_name=account.full_name,
            password=account.password,
            email=account.email,
            phone=account.phone,
        )
        once.remember(once_token, str(user.id))
        _take(screener, user, Actor(user.id, user.full_name, user.username, (), address))
    return user


def accept_as(actor: Actor, code: str) -> Screener:
    """Let somebody who has an account take the seat.

    Raises WrongCode, NotAllowed for a visitor, Conflict for somebody who has another seat on the board.
    """
    if actor.user_id is None:
        raise NotAllowed
    with transaction():
        screener = find_open_seat(hash_code(code), hold=True)
        if screener is None:
            raise WrongCode
        other = seat_of(screener.edition_id, screener.unit_id, actor.user_id)
        if other is not None:
            words = lazy(
                "Tài khoản này đã có chỗ trong ban (%(name)s); mỗi người chỉ có một chỗ. Mã vẫn dùng được cho đúng người.",
                name=other.full_name,
            )
            raise Conflict(words)
        _take(screener, get_user(actor.user_id), actor)
    return screener


def _take(screener: Screener, user: User, actor: Actor) -> None:
    screener.user_id = user.id
    screener.code_hash = screener.code_expires_at = None
    place = {"edition_id": screener.edition_id, "unit_id": screener.unit_id}
    db.session.add(Membership(user_id=user.id, role=Role.SCREENER.value, **place))
    edition = db.session.get_one(Edition, screener.edition_id)
    after = {"user": user.username, "full_name": screener.full_name}
    audit.record(actor, "screener.joined", f"{edition.code}/{screener.unit.code}", after=after)
    told = {"name": user.full_name, "seat": screener.full_name, "unit": screener.unit.name}
    link = f"/screening/{edition.code}/{screener.unit.code}/round/board"
    notify(users_of_unit(**place), JOINED.kind, told, key=f"screener:{screener.id}:{user.id}", link=link)
