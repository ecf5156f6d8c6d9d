"""What happens to an edition's deadline: it is extended, taken back, and in the end it has passed."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contest_portal.contests.models import School, Unit
from contest_portal.core import clock
from contest_portal.core.database import Base, UTCDateTime, append_only


class DeadlineEvent(Base):
    """Be one word about a deadline; a later one for the same school, unit or everybody takes its place."""

    __tablename__ = "deadline_events"
    __table_args__ = (
        CheckConstraint("kind IN ('extended', 'passed')", name="kind"),
        CheckConstraint("unit_id IS NULL OR school_id IS NULL", name="one_scope"),
        Index("ix_deadline_events_edition_id_id", "edition_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id"))
    kind: Mapped[str] = mapped_column(String(10))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    school_id: Mapped[int | None] = mapped_column(ForeignKey("schools.id"))
    # "extended": the new time, None where an extension was taken back; "passed": the clock when that was seen.
    closes_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    reason: Mapped[str | None] = mapped_column(Text)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    actor_name: Mapped[str] = mapped_column(String(150))
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)

    unit: Mapped[Unit | None] = relationship()
    school: Mapped[School | None] = relationship()


append_only(DeadlineEvent.__table__)  # type: ignore[arg-type]
