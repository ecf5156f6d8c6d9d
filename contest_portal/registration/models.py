"""An entry is born: the team or work, its people, and everything that ever happened to it."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Date, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contest_portal.contests.models import Division, Edition, Field, School, Unit
from contest_portal.core import clock
from contest_portal.core.database import Base, Points, UTCDateTime, append_only

# Said word for word by the index and by whoever asks, or the index would not be used.
UNCOMPARED = text("compared_version <> version AND status NOT IN ('draft', 'withdrawn')")


class Entry(Base):
    """Be a team, a model or a solution in one edition."""

    __tablename__ = "entries"
    __table_args__ = (
        # Lists are read newest first, filtered by one of these, and paged by id.
        Index("ix_entries_edition_id_id", "edition_id", "id"),
        Index("ix_entries_edition_id_status_id", "edition_id", "status", "id"),
        Index("ix_entries_edition_id_unit_id_id", "edition_id", "unit_id", "id"),
        Index("ix_entries_edition_id_unit_id_status_id", "edition_id", "unit_id", "status", "id"),
        Index("ix_entries_edition_id_division_id_id", "edition_id", "division_id", "id"),
        Index("ix_entries_edition_id_field_id_id", "edition_id", "field_id", "id"),
        Index("ix_entries_edition_id_check_state_id", "edition_id", "check_state", "id"),
        Index(
            "ix_entries_mend_until",
            "mend_until",
            sqlite_where=text("mend_until IS NOT NULL"),
            postgresql_where=text("mend_until IS NOT NULL"),
        ),
        Index("ix_entries_edition_id_title_folded", "edition_id", "title_folded"),
        # Each order that the list offers, and the key that tells equals apart.
        Index("ix_entries_edition_id_title_key_id", "edition_id", "title_key", "id"),
        Index("ix_entries_edition_id_school_key_id", "edition_id", "school_key", "id"),
        Index("ix_entries_edition_id_status_on_id", "edition_id", "status_on", "id"),
        Index("ix_entries_school_id_id", "school_id", "id"),
        # What the search for duplicates has before it; hardly ever more than a handful of rows.
        Index("ix_entries_uncompared", "edition_id", "id", sqlite_where=UNCOMPARED, postgresql_where=UNCOMPARED),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(24), unique=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id"))
    title: Mapped[str] = mapped_column(String(300))
    title_folded: Mapped[str] = mapped_column(String(300))
    # Keys of the Vietnamese order; kept by registration.indexing.
    title_key: Mapped[str] = mapped_column(String(300), default="", server_default="")
    school_key: Mapped[str] = mapped_column(String(300), default="", server_default="")
    division_id: Mapped[int | None] = mapped_column(ForeignKey("divisions.id"))
    field_id: Mapped[int | None] = mapped_column(ForeignKey("fields.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    school_id: Mapped[int | None] = mapped_column(ForeignKey("schools.id"))
    status: Mapped[str] = mapped_column(String(20))
    # When the entry last changed its status, as it happened; no event may be dated before it.
    status_on: Mapped[date] = mapped_column(Date)
    summary: Mapped[str | None] = mapped_column(Text)
    # The parts of the written summary by their code; which parts there are is the edition's rule.
    texts: Mapped[dict[str, str] | None] = mapped_column(JSON, nullable=True)
    made_on: Mapped[date | None] = mapped_column(Date)
    # "people" or "organisation": who enters, and so whose name stands first.
    entrant: Mapped[str] = mapped_column(String(12), default="people", server_default="people")
    contact_name: Mapped[str | None] = mapped_column(String(150))
    # What the organiser's check of the dossier came to; no verdict on its merit, and no status.
    check_state: Mapped[str] = mapped_column(String(12), default="pending", server_default="pending")
    # Until when the school may mend an entry that was returned to it.
    mend_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    contact_phone: Mapped[str | None] = mapped_column(String(30))
    contact_email: Mapped[str | None] = mapped_column(String(254))
    note: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
    created_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    version: Mapped[int] = mapped_column(default=1)
    # The version that was compared with the others: any change makes it due again. No version of its own.
    compared_version: Mapped[int] = mapped_column(default=0, server_default="0")

    edition: Mapped[Edition] = relationship()
    division: Mapped[Division | None] = relationship()
    field: Mapped[Field | None] = relationship()
    unit: Mapped[Unit | None] = relationship()
    school: Mapped[School | None] = relationship()
    participants: Mapped[list["Participant"]] = relationship(
        back_populates="entry",
        order_by="Participant.position",
        primaryjoin="and_(Participant.entry_id == Entry.id, Participant.left_on.is_(None))",
    )

    # What an organiser lets pass although a rule says otherwise, in the order it was written down.
    overrides: Mapped[list["RuleOverride"]] = relationship(order_by="RuleOverride.id", viewonly=True)

    __mapper_args__ = {"version_id_col": version}


class Participant(Base):
    """Be a member, author or coach of an entry, from the day the person joined to the day they left."""

    __tablename__ = "participants"
    __table_args__ = (
        CheckConstraint("role IN ('member', 'author', 'coach')", name="role"),
        Index("ix_participants_entry_id_left_on", "entry_id", "left_on"),
        Index("ix_participants_edition_id_name_key_id", "edition_id", "name_key", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entries.id"))
    # The entry's own, for lists of an edition's people; kept by registration.indexing.
    edition_id: Mapped[int | None] = mapped_column(ForeignKey("editions.id"))
    role: Mapped[str] = mapped_column(String(10))
    position: Mapped[int] = mapped_column(default=0)
    full_name: Mapped[str] = mapped_column(String(150))
    name_folded: Mapped[str] = mapped_column(String(150), index=True)
    name_key: Mapped[str] = mapped_column(String(300))
    birth_date: Mapped[date | None]
    class_name: Mapped[str | None] = mapped_column(String(30))
    grade: Mapped[int | None]
    gender: Mapped[str | None] = mapped_column(String(10))
    phone: Mapped[str | None] = mapped_column(String(30))
    email: Mapped[str | None] = mapped_column(String(254))
    workplace: Mapped[str | None] = mapped_column(String(200))
    # What part of the work is this person's, in per cent.
    share: Mapped[Decimal | None] = mapped_column(Points)
    job_title: Mapped[str | None] = mapped_column(String(150))
    education: Mapped[str | None] = mapped_column(String(150))
    address: Mapped[str | None] = mapped_column(String(200))
    joined_on: Mapped[date]
    joined_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
    left_on: Mapped[date | None]
    left_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    entry: Mapped[Entry] = relationship(back_populates="participants")


class EntryEvent(Base):
    """Be one change of an entry, with the day it happened and the moment it was recorded."""

    __tablename__ = "entry_events"
    __table_args__ = (
        Index("ix_entry_events_entry_id_id", "entry_id", "id"),
        # One status as of any date, straight from the index: see reporting.tallies.
        Index("ix_entry_events_edition_id_entry_id_happened_on_id", "edition_id", "entry_id", "happened_on", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entries.id"))
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id"))
    # "moved": the status changed; "changed": what is registered changed.
    kind: Mapped[str] = mapped_column(String(20))
    status_from: Mapped[str | None] = mapped_column(String(20))
    status_to: Mapped[str | None] = mapped_column(String(20))
    happened_on: Mapped[date]
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    actor_name: Mapped[str] = mapped_column(String(150))
    # "web", "import", "paper" or "demo".
    source: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str | None] = mapped_column(Text)
    details: Mapped[Any] = mapped_column(JSON, nullable=True)


append_only(EntryEvent.__table__)  # type: ignore[arg-type]


class ImportBatch(Base):
    """Keep an uploaded workbook between its preview and its confirmation."""

    __tablename__ = "import_batches"
    __table_args__ = (Index("ix_import_batches_discarded_at_uploaded_at", "discarded_at", "uploaded_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(43), unique=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    file_name: Mapped[str] = mapped_column(String(255))
    stored_name: Mapped[str] = mapped_column(String(80))
    checksum: Mapped[str] = mapped_column(String(64))
    effective: Mapped[date]
    uploaded_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
    confirmed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    outcome: Mapped[Any] = mapped_column(JSON, nullable=True)
    # What the person said about reading it: whether its letters are of an old encoding, what its columns hold.
    choices: Mapped[Any] = mapped_column(JSON, nullable=True)
    # Of a long list: what came of reading it, the workbook with its problems marked, and the job that does it.
    examined_name: Mapped[str | None] = mapped_column(String(80))
    marked_name: Mapped[str | None] = mapped_column(String(80))
    job_token: Mapped[str | None] = mapped_column(String(43))
    # When its files went; uploaded lists name children.
    discarded_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    edition: Mapped[Edition] = relationship()
    unit: Mapped[Unit | None] = relationship()


# Imported so that its tables are known wherever entries are.
from contest_portal.registration import models_announcements, models_finding  # noqa: E402, F401
from contest_portal.registration.checking import models as models_checking  # noqa: E402, F401
from contest_portal.registration.consent import models as models_consent  # noqa: E402, F401
from contest_portal.registration.documents import models as models_documents  # noqa: E402, F401
from contest_portal.registration.duplicates import models as models_duplicates  # noqa: E402, F401
from contest_portal.registration.models_desk import ChangeRequest, RuleOverride, SignedList  # noqa: E402, F401
