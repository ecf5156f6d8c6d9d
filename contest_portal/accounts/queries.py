"""Read accounts and sign-ins."""

from datetime import datetime

from sqlalchemy import exists, select

from contest_portal.accounts.models import SignIn, SignInFailure, TrustedDevice, User
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


def find_trusted_owner(token_hash: str) -> int | None:
    """Return whose browser carries this device token."""
    return db.session.scalar(select(TrustedDevice.user_id).where(TrustedDevice.token_hash == token_hash))


def recent_failures(account: str, address: str, since: datetime) -> tuple[list[datetime], list[datetime]]:
    """Return the moments of recent failures of an account, and of an address; no more of each than matter."""
    of_account, of_address = (
        db.session.scalars(
            select(SignInFailure.at).where(column == value, SignInFailure.at > since).order_by(SignInFailure.at.desc()).limit(100)
        )
        for column, value in ((SignInFailure.account, account), (SignInFailure.address, address))
    )
    return list(of_account), list(of_address)
