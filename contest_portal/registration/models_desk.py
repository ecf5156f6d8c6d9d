"""A school's desk: what it asks to change, what is let pass, and the lists its principal signed."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contest_portal.contests.models import Edition, School
from contest_portal.core import clock
from contest_portal.core.database import Base, UTCDateTime, append_only
from contest_portal.registration.models import Entry


class RuleOverride(Base):
    """Be an organiser's word that one problem of an entry is let pass, or that it is no longer."""

    __tablename__ = "rule_overrides"
    __table_args__ = (Index("ix_rule_overrides_entry_id_id", "entry_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entries.id"))
    rule: Mapped[str] = mapped_column(String(40))
    participant_id: Mapped[int | None] = mapped_column(ForeignKey("participants.id"))
    # What was found then: another value is another problem.
    value: Mapped[str | None] = mapped_column(String(300))
    allowed: Mapped[bool] = mapped_column(default=True)
    reason: Mapped[str] = mapped_column(Text)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    actor_name: Mapped[str] = mapped_column(String(150))
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)


append_only(RuleOverride.__table__)  # type: ignore[arg-type]


class ChangeRequest(Base):
    """Be what a school asks to change where it may no longer change it itself, and what came of it."""

    __tablename__ = "change_requests"
    __table_args__ = (
        CheckConstraint("state IN ('kept', 'open', 'approved', 'refused', 'withdrawn')", name="state"),
        Index("ix_change_requests_edition_id_state_id", "edition_id", "state", "id"),
        Index("ix_change_requests_entry_id_id", "entry_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(43), unique=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entries.id"))
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id"))
    # "details", "person:<id>", "new:<role>", "leave:<id>" or "withdraw".
    part: Mapped[str] = mapped_column(String(40))
    # What was stored when it was asked, and what is asked for; both ready for the screen's before and after.
    before: Mapped[dict[str, Any]] = mapped_column(JSON)
    proposed: Mapped[dict[str, Any]] = mapped_column(JSON)
    reason: Mapped[str] = mapped_column(Text, default="")
    # "kept": typed too late and kept as a note; nobody is asked anything yet.
    state: Mapped[str] = mapped_column(String(10))
    # The entry's version when it was asked.
    entry_version: Mapped[int]
    asked_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    asked_name: Mapped[str] = mapped_column(String(150))
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    decided_name: Mapped[str | None] = mapped_column(String(150))
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    answer: Mapped[str | None] = mapped_column(Text)
    version: Mapped[int] = mapped_column(default=1)

    entry: Mapped[Entry] = relationship()
    edition: Mapped[Edition] = relationship()

    __mapper_args__ = {"version_id_col": version}


class SignedList(Base):
    """Be a scan of the printed registration list with signature and stamp, and what was on it."""

    __tablename__ = "signed_lists"
    __table_args__ = (Index("ix_signed_lists_edition_id_school_id_id", "edition_id", "school_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(43), unique=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id"))
    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"))
    # {reference: seal of what the paper shows of it}; see registration.signed_lists.
    covers: Mapped[dict[str, str]] = mapped_column(JSON)
    checksum: Mapped[str] = mapped_column(String(64))
    file_name: Mapped[str] = mapped_column(String(255))
    stored_name: Mapped[str] = mapped_column(String(80))
    media_type: Mapped[str] = mapped_column(String(60))
    size: Mapped[int]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    actor_name: Mapped[str] = mapped_column(String(150))
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)

    edition: Mapped[Edition] = relationship()
    school: Mapped[School] = relationship()


append_only(SignedList.__table__)  # type: ignore[arg-type]
