"""Who did what, when, from where, before and after: rows that are only added, each sealed to the last."""

import hashlib
import json
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import JSON, String, select, text
from sqlalchemy.orm import Mapped, mapped_column

from contest_portal.core import clock
from contest_portal.core.database import Base, UTCDateTime, append_only, db

FIRST_SEAL = "0" * 64
# Any fixed number: PostgreSQL's writers queue on it, so that the chain never forks.
_CHAIN_LOCK = 7_264_001


class Doer(Protocol):
    """What the log needs to know of the person who acts."""

    @property
    def user_id(self) -> int | None:
        """Return the account's id; None for the system."""

    @property
    def username(self) -> str:
        """Return the account's name at that time."""

    @property
    def address(self) -> str | None:
        """Return the network address the request came from."""


class AuditRecord(Base):
    """Keep one act for ever."""

    __tablename__ = "audit_records"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    actor_id: Mapped[int | None] = mapped_column(index=True)
    actor_name: Mapped[str] = mapped_column(String(150))
    address: Mapped[str | None] = mapped_column(String(64))
    action: Mapped[str] = mapped_column(String(60), index=True)
    subject: Mapped[str] = mapped_column(String(120), index=True)
    before: Mapped[Any] = mapped_column(JSON, nullable=True)
    after: Mapped[Any] = mapped_column(JSON, nullable=True)
    seal: Mapped[str] = mapped_column(String(64))


append_only(AuditRecord.__table__)  # type: ignore[arg-type]


def record(actor: Doer, action: str, subject: str, before: Any = None, after: Any = None) -> None:
    """Add one act to the chain; called by services inside their transaction."""
    if db.session.get_bind().dialect.name == "postgresql":
        db.session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _CHAIN_LOCK})
    row = AuditRecord(
        at=clock.now(),
        actor_id=actor.user_id,
        actor_name=actor.username[:150],
        address=actor.address,
        action=action,
        subject=subject[:120],
        before=before,
        after=after,
    )
    # Flushed: acts of one transaction are sealed to each other in the order they happened.
    db.session.flush()
    previous = db.session.scalar(select(AuditRecord.seal).order_by(AuditRecord.id.desc()).limit(1))
    row.seal = seal_of(previous or FIRST_SEAL, row)
    db.session.add(row)
    db.session.flush()


def seal_of(previous: str, row: AuditRecord) -> str:
    """Return the SHA-256 that ties a row's content to the row before it."""
    content = [
        row.at.isoformat(),
        row.actor_id,
        row.actor_name,
        row.address,
        row.action,
        row.subject,
        row.before,
        row.after,
    ]
    text_form = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256((previous + text_form).encode()).hexdigest()


def first_broken() -> int | None:
    """Return the id of the first record that does not follow from the one before; None when whole."""
    previous = FIRST_SEAL
    rows = db.session.scalars(select(AuditRecord).order_by(AuditRecord.id).execution_options(yield_per=1000))
    for row in rows:
        if seal_of(previous, row) != row.seal:
            return row.id
        previous = row.seal
    return None
