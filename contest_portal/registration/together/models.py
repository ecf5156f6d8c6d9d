"""What was handed in together, so that its receipt can be shown again."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contest_portal.contests.models import Edition
from contest_portal.core import clock
from contest_portal.core.database import Base, UTCDateTime, append_only


class HandIn(Base):
    """Be one act by which somebody handed in several entries."""

    __tablename__ = "hand_ins"

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(43), unique=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    references: Mapped[list[str]] = mapped_column(JSON)
    handed_in_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
    edition: Mapped[Edition] = relationship()


append_only(HandIn.__table__)  # type: ignore[arg-type]
