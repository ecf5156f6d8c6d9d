"""What an edition's set-up was at each time, and changes that wait to be confirmed."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from contest_portal.core import clock
from contest_portal.core.database import Base, UTCDateTime, append_only


class EditionVersion(Base):
    """Keep everything that held for an edition from one change on."""

    __tablename__ = "edition_versions"
    __table_args__ = (UniqueConstraint("edition_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id"))
    number: Mapped[int]
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    made_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    actor_name: Mapped[str] = mapped_column(String(150))
    reason: Mapped[str | None] = mapped_column(Text)


append_only(EditionVersion.__table__)  # type: ignore[arg-type]


class EditionDraft(Base):
    """Hold a change of an edition's set-up, and what it would touch, until its maker confirms it."""

    __tablename__ = "edition_drafts"

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(43), unique=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id"), index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    # The version the change was made on.
    base: Mapped[int]
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    # What contests.setup.impact found when the change was proposed.
    impact: Mapped[dict[str, Any]] = mapped_column(JSON)
    made_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
    saved_as: Mapped[int | None]
