"""A unit receives, screens and forwards; each act with the day it happened."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contest_portal.contests.models import Unit
from contest_portal.core import clock
from contest_portal.core.database import Base, Points, UTCDateTime, append_only
from contest_portal.registration.models import Entry


class Reception(Base):
    """Log that a unit received an entry, on paper or from the portal."""

    __tablename__ = "receptions"

    entry_id: Mapped[int] = mapped_column(ForeignKey("entries.id"), primary_key=True)
    received_on: Mapped[date]
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    note: Mapped[str | None] = mapped_column(Text)
    entry: Mapped[Entry] = relationship()


class ScreeningResult(Base):
    """Be what the unit decided of an entry: score, prize of the unit, remark."""

    __tablename__ = "screening_results"
    __table_args__ = (CheckConstraint("score IS NULL OR score >= 0", name="score_not_negative"),)

    entry_id: Mapped[int] = mapped_column(ForeignKey("entries.id"), primary_key=True)
    score: Mapped[Decimal | None] = mapped_column(Points)
    prize: Mapped[str | None] = mapped_column(String(60))
    remark: Mapped[str | None] = mapped_column(Text)
    decided_on: Mapped[date]
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    version: Mapped[int] = mapped_column(default=1)
    entry: Mapped[Entry] = relationship()

    __mapper_args__ = {"version_id_col": version}


class UnitEvent(Base):
    """Be one step of a unit in an edition: "completed" or "reopened"."""

    __tablename__ = "unit_events"
    __table_args__ = (
        CheckConstraint("kind IN ('completed', 'reopened')", name="kind"),
        Index("ix_unit_events_edition_id_unit_id_happened_on_id", "edition_id", "unit_id", "happened_on", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    kind: Mapped[str] = mapped_column(String(20))
    happened_on: Mapped[date]
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    reason: Mapped[str | None] = mapped_column(Text)
    unit: Mapped[Unit] = relationship()


append_only(UnitEvent.__table__)  # type: ignore[arg-type]

# Imported so that its table is known wherever screening is.
from contest_portal.screening import models_imports  # noqa: E402, F401
