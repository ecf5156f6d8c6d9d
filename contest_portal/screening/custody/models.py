"""Slips by which a model and its papers go from one hand to another."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contest_portal.contests.models import School, Unit
from contest_portal.core import clock
from contest_portal.core.database import Base, UTCDateTime, append_only
from contest_portal.registration.models import Entry


class Handover(Base):
    """Be one slip: who gave, who took, on which day; on the way until the taker confirms it."""

    __tablename__ = "handovers"
    __table_args__ = (
        CheckConstraint("giver IN ('school', 'unit', 'province')", name="giver"),
        CheckConstraint("taker IN ('school', 'unit', 'province')", name="taker"),
        Index("ix_handovers_edition_id_unit_id_id", "edition_id", "unit_id", "id"),
        Index("ix_handovers_edition_id_confirmed_at_id", "edition_id", "confirmed_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(32), unique=True)
    # Printed on the slip: what people quote.
    number: Mapped[str] = mapped_column(String(24), unique=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id"))
    # The unit through which it goes, on whichever side it stands.
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    # The school where it is one side; None for a slip of many schools.
    school_id: Mapped[int | None] = mapped_column(ForeignKey("schools.id"), index=True)
    giver: Mapped[str] = mapped_column(String(10))
    taker: Mapped[str] = mapped_column(String(10))
    giver_name: Mapped[str | None] = mapped_column(String(150))
    taker_name: Mapped[str | None] = mapped_column(String(150))
    happened_on: Mapped[date]
    note: Mapped[str | None] = mapped_column(Text)
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    # When the slip was settled and by whom; without a day on which the models came it was cancelled.
    confirmed_on: Mapped[date | None]
    confirmed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    version: Mapped[int] = mapped_column(default=1)
    unit: Mapped[Unit] = relationship()
    school: Mapped[School | None] = relationship()
    lines: Mapped[list["HandoverLine"]] = relationship(order_by="HandoverLine.id", back_populates="handover")

    __mapper_args__ = {"version_id_col": version}

    @property
    def waits(self) -> bool:
        """Tell whether nobody has said yet that the models came."""
        return self.confirmed_at is None

    @property
    def cancelled(self) -> bool:
        """Tell whether the slip was taken back: its models stay where they were."""
        return self.confirmed_at is not None and self.confirmed_on is None


class HandoverLine(Base):
    """Be one entry on a slip, and in what state its model was."""

    __tablename__ = "handover_lines"
    __table_args__ = (
        # The newest line of an entry says where its model is.
        Index("ix_handover_lines_entry_id_id", "entry_id", "id"),
        Index("ix_handover_lines_handover_id_id", "handover_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    handover_id: Mapped[int] = mapped_column(ForeignKey("handovers.id"))
    entry_id: Mapped[int] = mapped_column(ForeignKey("entries.id"))
    # One of screening.conditions.
    condition: Mapped[str | None] = mapped_column(String(12))
    note: Mapped[str | None] = mapped_column(String(300))
    handover: Mapped[Handover] = relationship(back_populates="lines")
    entry: Mapped[Entry] = relationship()


append_only(HandoverLine.__table__)  # type: ignore[arg-type]
