"""Read accounts and sign-ins."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import bindparam, exists, func, or_, select, text

from contest_portal.accounts.models import SignIn, SignInFailure, TrustedDevice, User
from contest_portal.core.audit import AuditRecord
from contest_portal.core.database import db
from contest_portal.core.errors import NotFound
from contest_portal.core.paging import PAGE_SIZE, Cursor, Page, keyset, make_page
from contest_portal.core.vietnamese import fold

# Any fixed number that no other lock uses.
_TRIES_LOCK = 7_264_002


def find_user(username: str) -> User | None:
    """Return the account with exactly this name."""
    return db.session.scalar(select(User).where(User.username == username))


def get_user(user_id: int) -> User:
    """Return an account by id; raises NotFound."""
    user = db.session.get(User, user_id) if user_id < 2**31 else None
    if user is None:
        raise NotFound
    return user


class LiveSignIn(NamedTuple):
    """Be what every request learns of its sign-in and of whose it is."""

    id: int
    created_at: datetime
    seen_at: datetime
    user_id: int
    full_name: str
    username: str


def find_live_sign_in(token_hash: str, *, seen_after: datetime, begun_after: datetime) -> LiveSignIn | None:
    """Return the sign-in with this token, unless it was ended, idle too long or too old."""
    bounds = {"token_hash": token_hash, "seen_after": seen_after, "begun_after": begun_after}
    row = db.session.execute(_live_sign_in(), bounds).first()
    return None if row is None else LiveSignIn(*row)


# Every request asks this: it is put together once, and reads columns instead of making objects.
@cache
def _live_sign_in() -> Any:
    sign_in, user = SignIn.__table__.c, User.__table__.c
    return (
        select(sign_in.id, sign_in.created_at, sign_in.seen_at, user.id, user.full_name, user.username)
        .join_from(SignIn.__table__, User.__table__, user.id == sign_in.user_id)
        .where(
            sign_in.token_hash == bindparam("token_hash"),
            sign_in.ended_at.is_(None),
            sign_in.seen_at > bindparam("seen_after"),
            sign_in.created_at > bindparam("begun_after"),
            user.active.is_(True),
        )
    )


def has_demonstration_accounts() -> bool:
    """Tell whether an active account still has its published demonstration password."""
    found = exists().where(User.demonstration.is_(True), User.active.is_(True))
    return bool(db.session.scalar(select(found)))


def find_trusted_owner(token_hash: str) -> int | None:
    """Return whose browser carries this device token."""
    return db.session.scalar(select(TrustedDevice.user_id).where(TrustedDevice.token_hash == token_hash))


def hold_tries() -> None:
    """Let one try after the other be counted, until the transaction ends; SQLite's writers queue anyway."""
    if db.session.get_bind().dialect.name == "postgresql":
        db.session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _TRIES_LOCK})


def recent_failures(account: str, address: str, since: datetime) -> tuple[list[datetime], list[datetime]]:
    """Return the moments of recent failures of an account, and of an address; no more of each than matter."""
    of_account, of_address = (
        db.session.scalars(
            select(SignInFailure.at)
            .where(column == value, SignInFailure.at > since)
            .order_by(SignInFailure.at.desc())
            .limit(100)
        )
        for column, value in ((SignInFailure.account, account), (SignInFailure.address, address))
    )
    return list(of_account), list(of_address)


def list_users(q: str, cursor: Cursor | None, size: int = PAGE_SIZE) -> Page[User]:
    """Return one page of accounts by given name; q is part of a name, with or without diacritics, or of an address."""
    query = select(User)
    if wanted := fold(q):
        parts = (User.username, User.name_folded, func.lower(User.email))
        query = query.where(or_(*(part.contains(wanted, autoescape=True) for part in parts)))
    statement, used = keyset(query, [User.name_key, User.id], cursor, size=size)
    rows = db.session.scalars(statement).all()
    return make_page(rows, used, lambda user: (user.name_key, user.id), size=size)


def list_audit(wanted: Mapping[str, str], cursor: Cursor | None, size: int = PAGE_SIZE) -> Page[AuditRecord]:
    """Return one page of the log, the newest first; what is wanted stands at the beginning of its column."""
    columns = {"action": AuditRecord.action, "actor": AuditRecord.actor_name, "subject": AuditRecord.subject}
    query = select(AuditRecord).where(
        *(columns[name].istartswith(start, autoescape=True) for name, start in wanted.items() if start)
    )
    statement, used = keyset(query, [AuditRecord.id], cursor, size=size, descending=True)
    return make_page(db.session.scalars(statement).all(), used, lambda row: (row.id,), size=size)
