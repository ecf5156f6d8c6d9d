"""A unit receives, screens and forwards; each act with the day it happened."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contest_portal.contests.models import Unit
from contest_portal.core import clock
from contest_portal.core.database import Base, Points, UTCDateTime, append_only
from contest_portal.registration.models import Entry


class Reception(Base):
    """Log that a unit received an entry, on paper or from the portal."""

    __tablename__ = "receptions"

    entry_id: Mapped[int] = mapped_column(ForeignKey("entries.id"), primary_key=True)
    # The official day; when it was typed in is recorded_at.
    received_on: Mapped[date]
    # Where the edition counts the postmark, this day decides whether the parcel was in time.
    postmark_on: Mapped[date | None]
    brought_by: Mapped[str | None] = mapped_column(String(150))
    received_by: Mapped[str | None] = mapped_column(String(150))
    # Codes of what lay in the parcel; None where nobody looked.
    contents: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True), nullable=True)
    # One of screening.conditions.
    condition: Mapped[str | None] = mapped_column(String(12))
    condition_note: Mapped[str | None] = mapped_column(Text)
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    note: Mapped[str | None] = mapped_column(Text)
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    entry: Mapped[Entry] = relationship()

    __mapper_args__ = {"version_id_col": version}


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
    """Be one step of a unit in an edition: all received, completed, or one of them taken back."""

    __tablename__ = "unit_events"
    __table_args__ = (
        CheckConstraint("kind IN ('received_all', 'receiving_again', 'completed', 'reopened')", name="kind"),
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

# Imported so that their tables are known wherever screening is.
from contest_portal.screening import models_imports  # noqa: E402, F401
from contest_portal.screening.arrivals import models as models_arrivals  # noqa: E402, F401
from contest_portal.screening.custody import models as models_custody  # noqa: E402, F401
from contest_portal.screening.forwarding import models as models_forwarding  # noqa: E402, F401
from contest_portal.screening.minutes import models as models_minutes  # noqa: E402, F401
from contest_portal.screening.progress import models as models_progress  # noqa: E402, F401
from contest_portal.screening.round import models as models_round  # noqa: E402, F401
from contest_portal.screening.transfers import models as models_transfers  # noqa: E402, F401
