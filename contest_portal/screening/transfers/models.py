"""Requests that an entry go to another unit."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contest_portal.contests.models import Unit
from contest_portal.core import clock
from contest_portal.core.database import Base, UTCDateTime
from contest_portal.registration.models import Entry

_WAITING = text("state = 'waiting'")


class UnitTransfer(Base):
    """Be one unit's request that another takes an entry; nothing changes until that one accepts."""

    __tablename__ = "unit_transfers"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'accepted', 'refused', 'taken_back')", name="state"),
        CheckConstraint("from_unit_id <> to_unit_id", name="two_units"),
        Index("ix_unit_transfers_edition_id_from_unit_id_id", "edition_id", "from_unit_id", "id"),
        Index("ix_unit_transfers_edition_id_to_unit_id_id", "edition_id", "to_unit_id", "id"),
        # Where an entry was on a day: see reporting.
        Index("ix_unit_transfers_edition_id_state_decided_on", "edition_id", "state", "decided_on"),
        Index(
            "uq_unit_transfers_entry_id_waiting",
            "entry_id",
            unique=True,
            sqlite_where=_WAITING,
            postgresql_where=_WAITING,
        ),
        Index("ix_unit_transfers_entry_id_id", "entry_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(32), unique=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id"))
    entry_id: Mapped[int] = mapped_column(ForeignKey("entries.id"))
    from_unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    to_unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    reason: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(12), default="waiting")
    answer: Mapped[str | None] = mapped_column(Text)
    asked_on: Mapped[date]
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
    asked_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    decided_on: Mapped[date | None]
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    version: Mapped[int] = mapped_column(default=1)
    entry: Mapped[Entry] = relationship()
    from_unit: Mapped[Unit] = relationship(foreign_keys=[from_unit_id])
    to_unit: Mapped[Unit] = relationship(foreign_keys=[to_unit_id])

    __mapper_args__ = {"version_id_col": version}
