"""Read accounts and sign-ins."""

from datetime import datetime

from sqlalchemy import exists, select

from contest_portal.accounts.models import SignIn, User
from contest_portal.core.database import db
from contest_portal.core.errors import NotFound


def find_user(username: str) -> User | None:
    """Return the account with exactly this name."""
    return db.session.scalar(select(User).where(User.username == username))


def get_user(user_id: int) -> User:
    """Return an account by id; raises NotFound."""
    user = db.session.get(User, user_id) if user_id < 2**31 else None
    if user is None:
        raise NotFound
    return user


def find_live_sign_in(token_hash: str, *, seen_after: datetime, begun_after: datetime) -> SignIn | None:
    """Return the sign-in with this token, unless it was ended, idle too long or too old."""
    return db.session.scalar(
        select(SignIn)
        .join(SignIn.user)
        .where(
            SignIn.token_hash == token_hash,
            SignIn.ended_at.is_(None),
            SignIn.seen_at > seen_after,
            SignIn.created_at > begun_after,
            User.active.is_(True),
        )
    )


def has_demonstration_accounts() -> bool:
    """Tell whether an active account still has its published demonstration password."""
    found = exists().where(User.demonstration.is_(True), User.active.is_(True))
    return bool(db.session.scalar(select(found)))
