"""Consent: the words that were agreed to, every answer for ever, the links that ask, and what is kept apart."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from contest_portal.core import clock
from contest_portal.core.database import Base, UTCDateTime, append_only

_PURPOSES = "purpose IN ('take_part', 'publish', 'media', 'ethnic_group')"


class ConsentWording(Base):
    """Be one version of the words for one purpose, of one edition or for all that have none of their own."""

    __tablename__ = "consent_wordings"
    __table_args__ = (
        UniqueConstraint("edition_id", "purpose", "version"),
        # NULLs are distinct in a unique constraint: the words for all editions need their own.
        Index(
            "uq_consent_wordings_purpose_version_general",
            "purpose",
            "version",
            unique=True,
            sqlite_where=text("edition_id IS NULL"),
            postgresql_where=text("edition_id IS NULL"),
        ),
        CheckConstraint(_PURPOSES, name="purpose"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int | None] = mapped_column(ForeignKey("editions.id"))
    purpose: Mapped[str] = mapped_column(String(20))
    version: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    text_en: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
    made_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


append_only(ConsentWording.__table__)  # type: ignore[arg-type]


class ConsentLink(Base):
    """Be one way for a parent to answer without an account; of its secret only a hash is kept."""

    __tablename__ = "consent_links"
    __table_args__ = (
        Index("ix_consent_links_participant_id_id", "participant_id", "id"),
        CheckConstraint("channel IN ('mail', 'sheet', 'code')", name="channel"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    participant_id: Mapped[int] = mapped_column(ForeignKey("participants.id"))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    # Of the short code that is printed beside the link.
    code_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    # "mail": sent; "sheet": printed; "code": opened by typing the code of a sheet.
    channel: Mapped[str] = mapped_column(String(10))
    # Enough of the address to recognise it by: ho…@gmail.com. The address itself is not kept here.
    sent_to: Mapped[str | None] = mapped_column(String(80))
    made_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
    made_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    opened_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class ConsentScan(Base):
    """Be the scan of signed sheets, one or several children's; apart from an entry's documents, for it is not judged."""

    __tablename__ = "consent_scans"
    __table_args__ = (UniqueConstraint("entry_id", "file_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entries.id"))
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_files.id"), index=True)
    uploaded_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
    uploaded_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class Consent(Base):
    """Be one answer: who said yes or no to what, for whom, how, and to which words. A withdrawal is a later no."""

    __tablename__ = "consents"
    __table_args__ = (
        # The latest answer of each side, straight from the index.
        Index("ix_consents_participant_id_purpose_side_id", "participant_id", "purpose", "side", "id"),
        Index("ix_consents_link_id_at", "link_id", "at"),
        CheckConstraint(_PURPOSES, name="purpose"),
        CheckConstraint("side IN ('representative', 'own')", name="side"),
        CheckConstraint("how IN ('link', 'paper')", name="how"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    participant_id: Mapped[int] = mapped_column(ForeignKey("participants.id"))
    purpose: Mapped[str] = mapped_column(String(20))
    side: Mapped[str] = mapped_column(String(15))
    given: Mapped[bool]
    giver: Mapped[str] = mapped_column(String(150))
    # "mother", "father", "guardian", "child" or "adult".
    relation: Mapped[str] = mapped_column(String(10))
    how: Mapped[str] = mapped_column(String(10))
    wording_id: Mapped[int] = mapped_column(ForeignKey("consent_wordings.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
    # Of an answer on paper: when it was signed, who recorded it, and the scan.
    signed_on: Mapped[date | None]
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    scan_id: Mapped[int | None] = mapped_column(ForeignKey("consent_scans.id"), index=True)
    link_id: Mapped[int | None] = mapped_column(ForeignKey("consent_links.id"))
    # What the giver is handed: all answers of one sending share it.
    reference: Mapped[str] = mapped_column(String(20), index=True)


append_only(Consent.__table__)  # type: ignore[arg-type]


class SensitiveDetail(Base):
    """Keep apart what the law calls sensitive; the row goes when its consent is withdrawn."""

    __tablename__ = "sensitive_details"

    participant_id: Mapped[int] = mapped_column(ForeignKey("participants.id"), primary_key=True)
    ethnic_group: Mapped[str] = mapped_column(String(40))
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
