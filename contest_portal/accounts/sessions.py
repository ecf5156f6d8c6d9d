"""Tie a browser to a sign-in kept on the server: resumed, renewed, ended."""

import functools
import hashlib
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, TypeVar, cast

from flask import g, request, session
from sqlalchemy import update

from contest_portal.accounts.actor import Actor, Post
from contest_portal.accounts.models import SignIn
from contest_portal.accounts.queries import LiveSignIn, find_live_sign_in
from contest_portal.core import clock
from contest_portal.core.database import db, transaction
from contest_portal.core.errors import NotAllowed
from contest_portal.core.i18n import lazy
from contest_portal.core.web import settings

TOKEN = "sign_in"
# The last use is written at most this often, so that reading pages stays reading.
SEEN_EVERY = timedelta(minutes=5)
# So long after the password was given, what is dangerous is done without asking for it again.
PROVEN_FOR = timedelta(minutes=30)

AnyView = TypeVar("AnyView", bound=Callable[..., Any])


class ProofNeeded(NotAllowed):
    """Ask for the password again before something dangerous."""

    default = lazy("Hãy nhập lại mật khẩu trước khi làm việc này.")


def hash_token(token: str) -> str:
    """Return what the database keeps of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def resume() -> LiveSignIn | None:
    """Return the live sign-in of this browser, noting that it was used."""
    token = session.get(TOKEN)
    if not isinstance(token, str):
        return None
    now = clock.now()
    found = find_live_sign_in(
        hash_token(token),
        seen_after=now - timedelta(minutes=settings().idle_minutes),
        begun_after=now - timedelta(hours=settings().absolute_hours),
    )
    if found is None:
        return None
    g.proven_at = found.created_at
    if now - found.seen_at > SEEN_EVERY:
        with transaction():
            db.session.execute(update(SignIn).where(SignIn.id == found.id).values(seen_at=now))
    return found


def dangerous(view: AnyView) -> AnyView:
    """Let in only those who gave their password a short while ago: a browser left open gives no power away."""

    @functools.wraps(view)
    def guarded(*args: Any, **values: Any) -> Any:
        if clock.now() - g.proven_at > PROVEN_FOR:
            raise ProofNeeded
        return view(*args, **values)

    return cast("AnyView", guarded)


def adopt(token: str) -> None:
    """Make this browser carry a fresh sign-in, dropping whatever it carried before."""
    session.clear()
    session[TOKEN] = token


def forget() -> None:
    """Make this browser carry nothing."""
    session.clear()


def actor_of(sign_in: LiveSignIn, posts: Sequence[Post]) -> Actor:
    """Return the actor behind a sign-in."""
    return Actor(sign_in.user_id, sign_in.full_name, sign_in.username, tuple(posts), client_address())


def client_address() -> str | None:
    """Return where the request came from; a forwarded-for header is believed only from our own proxy."""
    return request.remote_addr
