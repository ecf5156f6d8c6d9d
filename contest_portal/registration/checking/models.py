"""A batch of decisions: fixed when it is shown, so that confirming it touches exactly what was shown."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contest_portal.contests.models import Edition
from contest_portal.core import clock
from contest_portal.core.database import Base, UTCDateTime


class CheckBatch(Base):
    """Be the entries that one person chose for the same decision, as they were when they were shown."""

    __tablename__ = "check_batches"

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(43), unique=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    # The state that the entries are to get.
    state: Mapped[str] = mapped_column(String(12))
    # [[entry id, version], …] in the order of the queue.
    chosen: Mapped[Any] = mapped_column(JSON)
    # Where the queue was, to lead back to it.
    query: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
    done_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    # {"done": [references], "skipped": [[reference, why]]} once it is done.
    outcome: Mapped[Any] = mapped_column(JSON, nullable=True)
    edition: Mapped[Edition] = relationship()
