"""Which units were reminded, by whom, of what."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contest_portal.contests.models import Unit
from contest_portal.core import clock
from contest_portal.core.database import Base, UTCDateTime, append_only


class UnitReminder(Base):
    """Keep that a unit was reminded, and how it stood then."""

    __tablename__ = "unit_reminders"
    __table_args__ = (Index("ix_unit_reminders_edition_id_unit_id_id", "edition_id", "unit_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    sent_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
    sent_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    actor_name: Mapped[str] = mapped_column(String(150))
    # How many people were written to; none where nobody coordinates the unit.
    people: Mapped[int]
    state: Mapped[str] = mapped_column(String(20))
    figures: Mapped[dict[str, Any]] = mapped_column(JSON)
    note: Mapped[str | None] = mapped_column(Text)
    unit: Mapped[Unit] = relationship()


append_only(UnitReminder.__table__)  # type: ignore[arg-type]
