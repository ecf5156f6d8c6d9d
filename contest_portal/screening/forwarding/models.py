"""What a unit asks beyond its quota, and what the organiser answers."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contest_portal.contests.models import Unit
from contest_portal.core import clock
from contest_portal.core.database import Base, UTCDateTime


class QuotaRequest(Base):
    """Be one exception from a unit's quota: asked for by the unit, or given by the organiser unasked."""

    __tablename__ = "quota_requests"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'granted', 'refused', 'taken_back')", name="state"),
        CheckConstraint("asked > 0", name="asked_positive"),
        CheckConstraint("granted IS NULL OR granted > 0", name="granted_positive"),
        Index("ix_quota_requests_edition_id_unit_id_id", "edition_id", "unit_id", "id"),
        Index("ix_quota_requests_edition_id_state_id", "edition_id", "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(32), unique=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    # How many entries more.
    asked: Mapped[int]
    reason: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(12), default="waiting")
    granted: Mapped[int | None]
    answer: Mapped[str | None] = mapped_column(Text)
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
    asked_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    version: Mapped[int] = mapped_column(default=1)
    unit: Mapped[Unit] = relationship()

    __mapper_args__ = {"version_id_col": version}
