"""A panel scores an entry: one sheet per judge and entry, and every score ever saved."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contest_portal.accounts.models import User
from contest_portal.contests.models import Criterion, Division, Field, Round
from contest_portal.core import clock
from contest_portal.core.database import Base, Points, UTCDateTime, append_only
from contest_portal.registration.models import Entry


class Panel(Base):
    """Be a panel of judges for one round, for a division or field where it is named."""

    __tablename__ = "panels"

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id"), index=True)
    name: Mapped[str] = mapped_column(String(150))
    division_id: Mapped[int | None] = mapped_column(ForeignKey("divisions.id"))
    field_id: Mapped[int | None] = mapped_column(ForeignKey("fields.id"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
    version: Mapped[int] = mapped_column(default=1)
    round: Mapped[Round] = relationship()
    division: Mapped[Division | None] = relationship()
    field: Mapped[Field | None] = relationship()
    judges: Mapped[list["PanelJudge"]] = relationship(back_populates="panel")

    __mapper_args__ = {"version_id_col": version}


class PanelJudge(Base):
    """Say that a judge sits on a panel."""

    __tablename__ = "panel_judges"

    panel_id: Mapped[int] = mapped_column(ForeignKey("panels.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True, index=True)
    panel: Mapped[Panel] = relationship(back_populates="judges")
    user: Mapped[User] = relationship(lazy="joined", innerjoin=True)


class ScoreSheet(Base):
    """Be one judge's sheet for one entry in one round; it exists from the assignment on."""

    __tablename__ = "score_sheets"
    __table_args__ = (
        UniqueConstraint("panel_id", "entry_id", "judge_id"),
        CheckConstraint("status IN ('assigned', 'draft', 'submitted')", name="status"),
        Index("ix_score_sheets_judge_id_status_id", "judge_id", "status", "id"),
        Index("ix_score_sheets_entry_id_id", "entry_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    # In a judge's address instead of the entry's reference: it tells nothing about who or when.
    token: Mapped[str] = mapped_column(String(22), unique=True)
    panel_id: Mapped[int] = mapped_column(ForeignKey("panels.id"))
    entry_id: Mapped[int] = mapped_column(ForeignKey("entries.id"))
    judge_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    # What the judge sees instead of the reference in a blind round.
    number: Mapped[int]
    status: Mapped[str] = mapped_column(String(20), default="assigned")
    total: Mapped[Decimal | None] = mapped_column(Points)
    remark: Mapped[str | None] = mapped_column(Text)
    assigned_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
    submitted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    version: Mapped[int] = mapped_column(default=1)
    panel: Mapped[Panel] = relationship()
    entry: Mapped[Entry] = relationship()
    judge: Mapped[User] = relationship()
    scores: Mapped[list["Score"]] = relationship(back_populates="sheet")

    __mapper_args__ = {"version_id_col": version}


class Score(Base):
    """Be the points a judge gives for one criterion."""

    __tablename__ = "scores"
    __table_args__ = (CheckConstraint("points >= 0", name="points_not_negative"),)

    sheet_id: Mapped[int] = mapped_column(ForeignKey("score_sheets.id"), primary_key=True)
    criterion_id: Mapped[int] = mapped_column(ForeignKey("criteria.id"), primary_key=True, index=True)
    points: Mapped[Decimal] = mapped_column(Points)
    sheet: Mapped[ScoreSheet] = relationship(back_populates="scores")
    criterion: Mapped[Criterion] = relationship()


class ScoreEvent(Base):
    """Keep every score that was ever saved, and from what it was changed."""

    __tablename__ = "score_events"

    id: Mapped[int] = mapped_column(primary_key=True)
    sheet_id: Mapped[int] = mapped_column(ForeignKey("score_sheets.id"), index=True)
    criterion_id: Mapped[int] = mapped_column(ForeignKey("criteria.id"))
    before: Mapped[Decimal | None] = mapped_column(Points)
    after: Mapped[Decimal | None] = mapped_column(Points)
    actor_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)


append_only(ScoreEvent.__table__)  # type: ignore[arg-type]
