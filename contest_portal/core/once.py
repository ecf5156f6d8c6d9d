"""Forms that create something carry a token; the second post of the same one is recognised."""

from datetime import datetime

from sqlalchemy import String, select, text
from sqlalchemy.orm import Mapped, mapped_column

from contest_portal.core import clock
from contest_portal.core.database import Base, UTCDateTime, db
from contest_portal.core.errors import Conflict
from contest_portal.core.i18n import lazy


class OnceToken(Base):
    """Remember which form was used, and what came of it."""

    __tablename__ = "once_tokens"

    token: Mapped[str] = mapped_column(String(64), primary_key=True)
    outcome: Mapped[str] = mapped_column(String(200))
    used_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)


def find_outcome(token: str | None) -> str | None:
    """Return what came of the form with this token, if it was used before.

    Called inside the service's transaction, first of all: of two posts that arrive together the second
    waits for the first, on SQLite for its writer's lock, on PostgreSQL for one of this token's own.
    """
    if not token:
        return None
    if db.session.get_bind().dialect.name == "postgresql":
        db.session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:token, 0))"), {"token": token})
    return db.session.scalar(select(OnceToken.outcome).where(OnceToken.token == token))


def find_number(token: str | None) -> int | None:
    """Return what came of the form with this token as a number; raises Conflict where another form was sent with it."""
    known = find_outcome(token)
    if known is not None and not (known.isascii() and known.isdigit()):
        raise Conflict(lazy("Biểu mẫu này đã được dùng cho việc khác. Hãy mở lại trang."))
    return None if known is None else int(known)


def remember(token: str | None, outcome: str) -> None:
    """Keep the outcome of a form, so that posting it again leads to the same place."""
    if token:
        db.session.add(OnceToken(token=token[:64], outcome=outcome))
