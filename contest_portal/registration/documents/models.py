"""Files by their content, and the documents of entries that point to them."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contest_portal.core import clock
from contest_portal.core.database import Base, UTCDateTime
from contest_portal.registration.models import Entry, Participant


class StoredFile(Base):
    """Be one content on the disk, whoever uploaded it and however often."""

    __tablename__ = "stored_files"

    id: Mapped[int] = mapped_column(primary_key=True)
    # Of what was uploaded: the same photograph is recognised although it is stored without its metadata.
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    # Of what lies on the disk, for whoever verifies a backup.
    checksum: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    mime: Mapped[str] = mapped_column(String(80))
    ending: Mapped[str] = mapped_column(String(8))
    stored_name: Mapped[str] = mapped_column(String(80))
    thumbnail_name: Mapped[str | None] = mapped_column(String(80))
    width: Mapped[int | None]
    height: Mapped[int | None]
    stored_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)


class Document(Base):
    """Be one document of an entry, until it is taken out: a file or the link to a video."""

    __tablename__ = "documents"
    __table_args__ = (
        CheckConstraint("(file_id IS NULL) <> (link IS NULL)", name="file_or_link"),
        Index("ix_documents_entry_id_removed_at_kind", "entry_id", "removed_at", "kind"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    # What its address shows: not to be guessed, and the same for a page, a file and a thumbnail.
    token: Mapped[str] = mapped_column(String(32), unique=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entries.id"))
    kind: Mapped[str] = mapped_column(String(20))
    participant_id: Mapped[int | None] = mapped_column(ForeignKey("participants.id"), index=True)
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_files.id"), index=True)
    link: Mapped[str | None] = mapped_column(String(500))
    original_name: Mapped[str] = mapped_column(String(150), default="", server_default="")
    title: Mapped[str | None] = mapped_column(String(150))
    uploaded_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
    uploaded_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    uploaded_name: Mapped[str] = mapped_column(String(150), default="", server_default="")
    removed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    entry: Mapped[Entry] = relationship()
    participant: Mapped[Participant | None] = relationship()
    file: Mapped[StoredFile | None] = relationship()
