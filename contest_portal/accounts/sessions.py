"""Tie a browser to a sign-in kept on the server: resumed, renewed, ended."""

import hashlib
from collections.abc import Sequence
from datetime import timedelta

from flask import request, session

from contest_portal.accounts.actor import Actor, Post
from contest_portal.accounts.models import SignIn
from contest_portal.accounts.queries import find_live_sign_in
from contest_portal.core import clock
from contest_portal.core.database import transaction
from contest_portal.core.web import settings

TOKEN = "sign_in"
# The last use is written at most this often, so that reading pages stays reading.
SEEN_EVERY = timedelta(minutes=5)


def hash_token(token: str) -> str:
    """Return what the database keeps of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def resume() -> SignIn | None:
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
    if found is not None and now - found.seen_at > SEEN_EVERY:
        with transaction():
            found.seen_at = now
    return found


def adopt(token: str) -> None:
    """Make this browser carry a fresh sign-in, dropping whatever it carried before."""
    session.clear()
    session[TOKEN] = token


def forget() -> None:
    """Make this browser carry nothing."""
    session.clear()


def actor_of(sign_in: SignIn, posts: Sequence[Post]) -> Actor:
    """Return the actor behind a sign-in."""
    user = sign_in.user
    return Actor(user.id, user.full_name, user.username, tuple(posts), client_address())


def client_address() -> str | None:
    """Return where the request came from; a forwarded-for header is believed only from our own proxy."""
    return request.remote_addr
