"""What may be there twice, and what an organiser decided about it."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from contest_portal.core import clock
from contest_portal.core.database import Base, UTCDateTime, append_only


class DuplicatePair(Base):
    """Be two entries that may be one work, or that may have one person in both."""

    __tablename__ = "duplicate_pairs"
    __table_args__ = (
        CheckConstraint("kind IN ('person', 'title')", name="kind"),
        CheckConstraint("state IN ('open', 'different', 'same')", name="state"),
        Index("ix_duplicate_pairs_edition_id_state_id", "edition_id", "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    # "title:5:9" or "person:12:31": found twice, it is one pair.
    key: Mapped[str] = mapped_column(String(60), unique=True)
    # Of the later edition: the other entry may be of an earlier one.
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id"))
    kind: Mapped[str] = mapped_column(String(8))
    first_id: Mapped[int] = mapped_column(ForeignKey("entries.id"), index=True)
    second_id: Mapped[int] = mapped_column(ForeignKey("entries.id"), index=True)
    first_person_id: Mapped[int | None] = mapped_column(ForeignKey("participants.id"))
    second_person_id: Mapped[int | None] = mapped_column(ForeignKey("participants.id"))
    earlier: Mapped[bool] = mapped_column(default=False)
    score: Mapped[int]
    # The latest decision; the decisions themselves only grow.
    state: Mapped[str] = mapped_column(String(10), default="open")
    found_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)


class DuplicateDecision(Base):
    """Be what an organiser decided about a pair, and why."""

    __tablename__ = "duplicate_decisions"

    id: Mapped[int] = mapped_column(primary_key=True)
    pair_id: Mapped[int] = mapped_column(ForeignKey("duplicate_pairs.id"), index=True)
    state: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(Text)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    actor_name: Mapped[str] = mapped_column(String(150))
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)


append_only(DuplicateDecision.__table__)  # type: ignore[arg-type]


class DuplicateSearch(Base):
    """Be the last time a whole edition was searched."""

    __tablename__ = "duplicate_searches"

    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id"), primary_key=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    entries: Mapped[int]
    # How many pairs it found that nobody knew.
    added: Mapped[int] = mapped_column(default=0, server_default="0")
