"""What organisers announced, to whom and when."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contest_portal.contests.models import Edition, Unit
from contest_portal.core import clock
from contest_portal.core.database import Base, UTCDateTime, append_only


class Announcement(Base):
    """Be one announcement, as it was sent."""

    __tablename__ = "announcements"
    __table_args__ = (Index("ix_announcements_edition_id_id", "edition_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    audience: Mapped[str] = mapped_column(String(20))
    subject: Mapped[str] = mapped_column(String(150))
    body: Mapped[str] = mapped_column(Text)
    receivers: Mapped[int]
    sent_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
    sent_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    sender_name: Mapped[str] = mapped_column(String(150))
    edition: Mapped[Edition] = relationship(lazy="raise")
    unit: Mapped[Unit | None] = relationship()


append_only(Announcement.__table__)  # type: ignore[arg-type]
