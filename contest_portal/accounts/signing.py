"""Sign in, sign out, change the password: what an account's owner does."""

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
from contest_portal.accounts.queries import find_trusted_owner, find_user, recent_failures
from contest_portal.core import audit, clock
from contest_portal.core.database import db, transaction
from contest_portal.core.errors import Invalid, PortalError, Problem
from contest_portal.core.i18n import lazy
from contest_portal.core.vietnamese import clean_text, fold


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


def sign_in(username: str, password: str, *, address: str | None, device: str | None) -> Signed:
    """Let a person in; raises WrongPassword or TooManyTries.

    A browser this account has signed in from before is counted apart, so that strangers cannot shut its owner out.
    """
    name = clean_text(username)[:150]
    user = find_user(normal_name(name))
    owner_id = find_trusted_owner(_hash(device)) if device else None
    known = user is not None and owner_id == user.id
    account = _account_key(name, device if known else None)
    _check_patience(account, address or "", known=known)
    # The comparison is outside the transaction: it takes long on purpose, and nobody else should wait for it.
    if not matches(user.password_hash if user else None, password) or user is None or not user.active:
        _remember_failure(account, address or "")
        raise WrongPassword
    return _let_in(user, password, account, address, device if known else None)


def _let_in(user: User, password: str, account: str, address: str | None, device: str | None) -> Signed:
    token, fresh = secrets.token_urlsafe(32), device or secrets.token_urlsafe(32)
    rehashed = hash_password(password) if user.password_hash and is_outdated(user.password_hash) else None
    with transaction():
        if rehashed:
            user.password_hash = rehashed
        db.session.execute(delete(SignInFailure).where(SignInFailure.account == account))
        db.session.add(SignIn(token_hash=_hash(token), user_id=user.id, address=address))
        if device is None:
            db.session.add(TrustedDevice(token_hash=_hash(fresh), user_id=user.id))
        audit.record(_as_actor(user, address), "account.signed_in", user.username)
    return Signed(user, token, fresh)


def sign_out(actor: Actor, token: str) -> None:
    """End this browser's sign-in."""
    with transaction():
        db.session.execute(update(SignIn).where(SignIn.token_hash == _hash(token)).values(ended_at=clock.now()))
        audit.record(actor, "account.signed_out", actor.username)


def change_password(actor: Actor, current: str, new: str) -> str:
    """Set one's own password, end every sign-in and return the token of a fresh one.

    Raises Invalid naming the field, TooManyTries.
    """
    user = db.session.get_one(User, actor.user_id)
    account = _account_key(user.username, f"own password of {user.id}")
    _check_patience(account, actor.address or "", known=True)
    if not matches(user.password_hash, current):
        _remember_failure(account, actor.address or "")
        raise Invalid(problems=[Problem(lazy("Mật khẩu hiện tại chưa đúng."), field="current")])
    if problem := problem_with(new, user.username):
        raise Invalid(problems=[Problem(problem, field="new")])
    hashed, token = hash_password(new), secrets.token_urlsafe(32)
    with transaction():
        set_hash(user, hashed)
        db.session.add(SignIn(token_hash=_hash(token), user_id=user.id, address=actor.address))
        audit.record(actor, "account.password_changed", user.username)
    return token


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


def _check_patience(account: str, address: str, *, known: bool) -> None:
    since, now = clock.now() - throttle.WINDOW, clock.now()
    of_account, of_address = recent_failures(account, address, since)
    wait = throttle.wait_after(of_account, now, free=throttle.FREE_FOR_ACCOUNT, most=throttle.MOST_FOR_ACCOUNT)
    if not known:
        other = throttle.wait_after(of_address, now, free=throttle.FREE_FOR_ADDRESS, most=throttle.MOST_FOR_ADDRESS)
        wait = max(wait, other)
    if wait > timedelta(0):
        raise TooManyTries(wait)


def _remember_failure(account: str, address: str) -> None:
    with transaction():
        db.session.add(SignInFailure(account=account, address=address))
        # What is forgotten anyway is swept out here, so that the table stays small.
        db.session.execute(delete(SignInFailure).where(SignInFailure.at < clock.now() - throttle.WINDOW))


def _account_key(username: str, device: str | None) -> str:
    # Hashed: people type their password into the wrong box.
    return _hash(f"{fold(username)}\n{device or ''}")


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def _as_actor(user: User, address: str | None) -> Any:
    return Actor(user.id, user.full_name, user.username, (), address)
