"""What people said of columns the portal did not know, kept for their next list."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from contest_portal.core import clock
from contest_portal.core.database import Base, UTCDateTime


class ColumnMapping(Base):
    """Remember what one person means by one heading in one edition; an empty meaning leaves the column out."""

    __tablename__ = "column_mappings"
    __table_args__ = (UniqueConstraint("user_id", "edition_id", "heading"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id"), index=True)
    # As headings are compared: folded, without signs; the second of two alike ends in "#2".
    heading: Mapped[str] = mapped_column(String(100))
    meaning: Mapped[str] = mapped_column(String(20))
    used_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
