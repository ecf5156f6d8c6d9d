"""Let somebody who forgot a password set a new one, through a letter to the address the account has.

One link, one use, thirty minutes, the newest only; whoever asks learns nothing of whether the account exists.
"""

import hashlib
import secrets
from datetime import timedelta
from typing import Final

from sqlalchemy import or_, select, update
from sqlalchemy.orm import joinedload

from contest_portal.accounts import throttle
from contest_portal.accounts.actor import Actor
from contest_portal.accounts.messages import letter, mail_to
from contest_portal.accounts.models import PasswordReset, SignInFailure, User
from contest_portal.accounts.names import normal_name
from contest_portal.accounts.passwords import hash_password, problem_with
from contest_portal.accounts.queries import hold_tries, recent_failures
from contest_portal.accounts.signing import TooManyTries, set_hash
from contest_portal.core import audit, clock
from contest_portal.core.database import db, transaction
from contest_portal.core.errors import Invalid, NotFound, Problem
from contest_portal.core.i18n import lazy

LIFE: Final = timedelta(minutes=30)
# One address may have several accounts: somebody who works for two schools.
MOST_ACCOUNTS: Final = 5

RESET = letter(
    "account.reset",
    subject=lazy("Đặt lại mật khẩu cổng cuộc thi"),
    body=lazy(
        "Có người xin đặt lại mật khẩu của tài khoản %(username)s.\n\n"
        "Nếu đó là bạn, hãy mở liên kết dưới đây trong vòng 30 phút. Nếu không phải, hãy bỏ qua thư này: "
        "mật khẩu vẫn như cũ."
    ),
    secret=True,
)


def ask_for_reset(name_or_address: str, *, address: str | None) -> None:
    """Write to the accounts of this name or e-mail address, if there are any; says nothing of which.

    Raises TooManyTries: each asking counts like a wrong password of this name and this network.
    """
    wanted = name_or_address.strip()
    counter = SignInFailure(
        account=_hash(f"reset\n{wanted.casefold()}"), address=f"reset {throttle.network_of(address)}"[:64]
    )
    with transaction():
        hold_tries()
        _check_patience(counter)
        db.session.add(counter)
        for user in _accounts_of(wanted):
            _write(user)


def find_reset(token: str) -> PasswordReset:
    """Return what a link stands for; raises NotFound for one that is unknown, used, replaced or too old."""
    found = db.session.scalar(
        select(PasswordReset)
        .where(PasswordReset.token_hash == _hash(token), PasswordReset.ended_at.is_(None))
        .options(joinedload(PasswordReset.user, innerjoin=True))
        .execution_options(populate_existing=True)
    )
    if found is None or found.created_at + LIFE <= clock.now() or not found.user.active:
        raise NotFound(lazy("Liên kết này không dùng được nữa. Hãy xin một liên kết mới."))
    return found


def reset_password(token: str, new: str, *, address: str | None) -> None:
    """Set the new password, use the link up and end every sign-in.

    Raises NotFound for a link that no longer stands for anything, Invalid for a bad password.
    """
    user = find_reset(token).user
    problem = problem_with(new, user.username)
    if problem:
        raise Invalid(problems=[Problem(problem, field="new")])
    hashed = hash_password(new)
    with transaction():
        # Held and read again: of two that come with the same link, one is served.
        db.session.execute(select(User.id).where(User.id == user.id).with_for_update())
        find_reset(token)
        set_hash(user, hashed)
        _end_resets(user)
        audit.record(_as_actor(user, address), "account.reset", user.username)


def _write(user: User) -> None:
    _end_resets(user)
    token = secrets.token_urlsafe(32)
    made = PasswordReset(token_hash=_hash(token), user_id=user.id)
    db.session.add(made)
    # Flushed: the letter is named by its id.
    db.session.flush()
    values = {"username": user.username}
    mail_to(str(user.email), RESET.kind, values, key=f"reset:{made.id}", link=f"/password/{token}", code=user.language)


def _accounts_of(wanted: str) -> list[User]:
    which = or_(User.username == normal_name(wanted), User.email.in_((wanted, wanted.lower())))
    known = select(User).where(which, User.active.is_(True), User.email.is_not(None))
    return list(db.session.scalars(known.order_by(User.id).limit(MOST_ACCOUNTS)))


def _end_resets(user: User) -> None:
    open_ones = (PasswordReset.user_id == user.id) & PasswordReset.ended_at.is_(None)
    db.session.execute(update(PasswordReset).where(open_ones).values(ended_at=clock.now()))


def _check_patience(counter: SignInFailure) -> None:
    now = clock.now()
    of_account, of_network = recent_failures(counter.account, counter.address, now - throttle.WINDOW)
    wait = max(
        throttle.wait_after(of_account, now, free=throttle.FREE_FOR_ACCOUNT, most=throttle.MOST_FOR_ACCOUNT),
        throttle.wait_after(
            of_network,
            now,
            free=throttle.FREE_FOR_ADDRESS,
            most=throttle.MOST_FOR_ADDRESS,
            step=throttle.STEP_FOR_ADDRESS,
        ),
    )
    if wait > timedelta(0):
        raise TooManyTries(wait)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def _as_actor(user: User, address: str | None) -> Actor:
    return Actor(user.id, user.full_name, user.username, (), address)
