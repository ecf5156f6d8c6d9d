"""Sign in, sign out, prove oneself again, change the password: what an account's owner does."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, update

from contest_portal.accounts import throttle
from contest_portal.accounts.actor import Actor
from contest_portal.accounts.models import SignIn, SignInFailure, TrustedDevice, User
from contest_portal.accounts.names import normal_name
from contest_portal.accounts.passwords import hash_password, is_outdated, matches, problem_with
from contest_portal.accounts.queries import find_trusted_owner, find_user, hold_tries, recent_failures
from contest_portal.core import audit, clock
from contest_portal.core.database import db, transaction
from contest_portal.core.errors import Invalid, PortalError, Problem
from contest_portal.core.i18n import lazy
from contest_portal.core.vietnamese import nfc

DEVICE_LIFE = timedelta(days=180)


class TooManyTries(PortalError):
    """Ask for patience after wrong passwords, saying how long."""

    code = 429

    def __init__(self, wait: timedelta) -> None:
        """Keep the seconds for the Retry-After header."""
        self.seconds = max(1, int(wait.total_seconds()) + 1)
        minutes = -(-self.seconds // 60)
        short = lazy("Sai quá nhiều lần. Hãy thử lại sau %(seconds)s giây.", seconds=self.seconds)
        long = lazy("Sai quá nhiều lần. Hãy thử lại sau %(minutes)s phút.", minutes=minutes)
        super().__init__(short if self.seconds < 90 else long)


class WrongPassword(PortalError):
    """Answer for a wrong name, a wrong password and a closed account alike."""

    code = 422
    default = lazy("Tên đăng nhập hoặc mật khẩu chưa đúng.")


@dataclass(frozen=True)
class Signed:
    """Hold the secrets a browser carries after signing in: for this sign-in, and for being known again."""

    user: User
    token: str
    device: str


@dataclass(frozen=True)
class Counter:
    """Say what a wrong try is counted under; a known browser's tries are its own account's matter only."""

    account: str
    network: str
    known: bool


def sign_in(username: str, password: str, *, address: str | None, device: str | None) -> Signed:
    """Let a person in; raises WrongPassword or TooManyTries.

    A browser this account has signed in from before is counted apart, so that strangers cannot shut its owner out.
    """
    name = normal_name(username)
    user = find_user(name)
    owner_id = find_trusted_owner(_hash(device)) if device else None
    trusted = device if device and user is not None and owner_id == user.id else None
    counter = Counter(_account_key(name, trusted), throttle.network_of(address), known=trusted is not None)
    found = _prove(counter, user, password)
    return _let_in(found, password, counter, address, trusted)


def _prove(counter: Counter, user: User | None, password: str) -> User:
    """Compare a password and count it when it is wrong; raises WrongPassword, TooManyTries.

    Patience is asked for before and after: of many tries at the same moment only as many are answered as one
    after the other would be.
    """
    check_patience(counter)
    # The comparison is outside the transaction: it takes long on purpose, and nobody else should wait for it.
    right = matches(user.password_hash if user else None, password)
    with transaction():
        hold_tries()
        check_patience(counter)
        if user is not None and user.active and right:
            return user
        remember_failure(counter)
    raise WrongPassword


def _let_in(user: User, password: str, counter: Counter, address: str | None, device: str | None) -> Signed:
    compared, fresh = user.password_hash, device or secrets.token_urlsafe(32)
    rehashed = hash_password(password) if compared and is_outdated(compared) else None
    with transaction():
        # An administrator may have closed the account, or changed its password, while this one was compared.
        db.session.refresh(user, with_for_update=True)
        if not user.active or user.password_hash != compared:
            raise WrongPassword
        if rehashed:
            user.password_hash = rehashed
        db.session.execute(delete(SignInFailure).where(SignInFailure.account == counter.account))
        if device is None:
            _trust(user, fresh)
        token = _begin(user, address)
        audit.record(_as_actor(user, address), "account.signed_in", user.username)
    return Signed(user, token, fresh)


def _begin(user: User, address: str | None) -> str:
    token = secrets.token_urlsafe(32)
    db.session.add(SignIn(token_hash=_hash(token), user_id=user.id, address=address))
    return token


def _trust(user: User, device: str) -> None:
    forgotten = TrustedDevice.created_at < clock.now() - DEVICE_LIFE
    db.session.execute(delete(TrustedDevice).where(TrustedDevice.user_id == user.id, forgotten))
    db.session.add(TrustedDevice(token_hash=_hash(device), user_id=user.id))


def sign_out(actor: Actor, token: str) -> None:
    """End this browser's sign-in."""
    with transaction():
        _end(token)
        audit.record(actor, "account.signed_out", actor.username)


def confirm(actor: Actor, password: str, token: str) -> str:
    """Prove oneself again: end this browser's sign-in and return the token of a fresh one.

    Raises Invalid for a wrong password, TooManyTries.
    """
    user = _prove_again(actor, password, field="password")
    with transaction():
        _end(token)
        fresh = _begin(user, actor.address)
        audit.record(actor, "account.confirmed", user.username)
    return fresh


def change_password(actor: Actor, current: str, new: str) -> str:
    """Set one's own password, end every sign-in and return the token of a fresh one.

    Raises Invalid naming the field, TooManyTries.
    """
    user = _prove_again(actor, current, field="current")
    problem = problem_with(new, user.username)
    if nfc(new) == nfc(current):
        problem = lazy("Mật khẩu mới phải khác mật khẩu hiện tại.")
    if problem:
        raise Invalid(problems=[Problem(problem, field="new")])
    hashed = hash_password(new)
    with transaction():
        set_hash(user, hashed)
        token = _begin(user, actor.address)
        audit.record(actor, "account.password_changed", user.username)
    return token


def _prove_again(actor: Actor, password: str, *, field: str) -> User:
    user = db.session.get_one(User, actor.user_id)
    counter = Counter(
        _account_key(user.username, f"own password of {user.id}"), throttle.network_of(actor.address), known=True
    )
    try:
        return _prove(counter, user, password)
    except WrongPassword as error:
        raise Invalid(problems=[Problem(lazy("Mật khẩu hiện tại chưa đúng."), field=field)]) from error


def set_hash(user: User, hashed: str | None) -> None:
    """Give an account another password; whoever was signed in with the old one no longer is."""
    user.password_hash = hashed
    user.demonstration = False
    end_sign_ins(user.id)
    db.session.execute(delete(TrustedDevice).where(TrustedDevice.user_id == user.id))


def end_sign_ins(user_id: int) -> None:
    """End every sign-in of an account."""
    db.session.execute(
        update(SignIn).where(SignIn.user_id == user_id, SignIn.ended_at.is_(None)).values(ended_at=clock.now())
    )


def _end(token: str) -> None:
    mine = update(SignIn).where(SignIn.token_hash == _hash(token), SignIn.ended_at.is_(None))
    db.session.execute(mine.values(ended_at=clock.now()))


def check_patience(counter: Counter) -> None:
    """Raise TooManyTries while what the counter counts has failed too often."""
    now = clock.now()
    of_account, of_network = recent_failures(counter.account, counter.network, now - throttle.WINDOW)
    wait = throttle.wait_after(of_account, now, free=throttle.FREE_FOR_ACCOUNT, most=throttle.MOST_FOR_ACCOUNT)
    if not counter.known:
        wait = max(
            wait,
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


def remember_failure(counter: Counter) -> None:
    """Count one more wrong try; called inside a transaction."""
    db.session.add(SignInFailure(account=counter.account, address=counter.network))
    # What is forgotten anyway is swept out here, so that the table stays small.
    db.session.execute(delete(SignInFailure).where(SignInFailure.at < clock.now() - throttle.WINDOW))


def counter_of_code(kind: str, code: str, address: str | None) -> Counter:
    """Return what wrong tries at a code of some kind are counted under: the code itself, and where they come from."""
    return Counter(_hash(f"{kind}\n{code}"), throttle.network_of(address), known=False)


def _account_key(name: str, device: str | None) -> str:
    # Hashed: people type their password into the wrong box.
    return _hash(f"{name}\n{device or ''}")


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def _as_actor(user: User, address: str | None) -> Any:
    return Actor(user.id, user.full_name, user.username, (), address)
