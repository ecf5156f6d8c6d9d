"""What reached the province."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contest_portal.core import clock
from contest_portal.core.database import Base, UTCDateTime
from contest_portal.registration.models import Entry


class Arrival(Base):
    """Say that the province holds a forwarded entry; from then on the unit cannot recall it."""

    __tablename__ = "arrivals"

    entry_id: Mapped[int] = mapped_column(ForeignKey("entries.id"), primary_key=True)
    arrived_on: Mapped[date]
    # One of screening.conditions.
    condition: Mapped[str | None] = mapped_column(String(12))
    note: Mapped[str | None] = mapped_column(Text)
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    entry: Mapped[Entry] = relationship()
