"""Minutes of a unit's screening, and the signed scans a unit keeps."""

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contest_portal.contests.models import Unit
from contest_portal.core import clock
from contest_portal.core.database import Base, UTCDateTime
from contest_portal.registration.documents.models import StoredFile


class UnitMinutes(Base):
    """Be the minutes of one meeting of a unit's screening board; what is issued no longer changes."""

    __tablename__ = "unit_minutes"
    __table_args__ = (Index("ix_unit_minutes_edition_id_unit_id_id", "edition_id", "unit_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(32), unique=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    number: Mapped[str | None] = mapped_column(String(40))
    held_on: Mapped[date]
    began_at: Mapped[time | None]
    ended_at: Mapped[time | None]
    place: Mapped[str | None] = mapped_column(String(200))
    chair: Mapped[str | None] = mapped_column(String(150))
    secretary: Mapped[str | None] = mapped_column(String(150))
    # [{"name": ..., "title": ...}, ...] in their order.
    present: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list)
    absent: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list)
    opinions: Mapped[str | None] = mapped_column(Text)
    conclusion: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
    created_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    issued_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    issued_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    # Everything that is printed, as it stood when the minutes were issued, and its SHA-256.
    content: Mapped[Any] = mapped_column(JSON, nullable=True)
    checksum: Mapped[str | None] = mapped_column(String(64))
    version: Mapped[int] = mapped_column(default=1)
    unit: Mapped[Unit] = relationship()

    __mapper_args__ = {"version_id_col": version}


class SignedPaper(Base):
    """Be the scan of a paper of the unit with its signatures and stamp."""

    __tablename__ = "signed_papers"
    __table_args__ = (
        CheckConstraint("kind IN ('minutes', 'summary', 'handover')", name="kind"),
        Index("ix_signed_papers_edition_id_unit_id_id", "edition_id", "unit_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(32), unique=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    kind: Mapped[str] = mapped_column(String(10))
    minutes_id: Mapped[int | None] = mapped_column(ForeignKey("unit_minutes.id"), index=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_files.id"), index=True)
    original_name: Mapped[str] = mapped_column(String(150))
    uploaded_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
    uploaded_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    uploaded_name: Mapped[str] = mapped_column(String(150))
    removed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    file: Mapped[StoredFile] = relationship()
    minutes: Mapped[UnitMinutes | None] = relationship()
