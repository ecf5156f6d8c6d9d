"""How a unit marks: its rules, its criteria, who marks, their sheets, and how ties were decided."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contest_portal.contests.models import Unit
from contest_portal.core import clock
from contest_portal.core.database import Base, Points, UTCDateTime, append_only
from contest_portal.registration.models import Entry


class UnitRound(Base):
    """Be what a unit has set for its own round; without a row the edition's rules hold."""

    __tablename__ = "unit_rounds"
    __table_args__ = (
        CheckConstraint("marking IN ('agreed', 'sheets')", name="marking"),
        CheckConstraint("rank_within IN ('unit', 'group')", name="rank_within"),
        CheckConstraint("pass_mark IS NULL OR pass_mark >= 0", name="pass_mark_not_negative"),
    )

    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), primary_key=True, index=True)
    # One agreed score an entry, or a sheet of each screener.
    marking: Mapped[str] = mapped_column(String(10), default="agreed")
    own_criteria: Mapped[bool] = mapped_column(default=False)
    # Never below the edition's.
    pass_mark: Mapped[Decimal | None] = mapped_column(Points)
    # Whether entries are ranked over the whole unit, or within their field or division.
    rank_within: Mapped[str] = mapped_column(String(10), default="unit")
    # [{"name": "Giải nhất", "quantity": 1}, ...] in their order.
    prizes: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    # The head of the unit's papers; None where the unit's own name will do.
    parent_body: Mapped[str | None] = mapped_column(String(200))
    issuer: Mapped[str | None] = mapped_column(String(200))
    place: Mapped[str | None] = mapped_column(String(100))
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
    updated_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    version: Mapped[int] = mapped_column(default=1)
    unit: Mapped[Unit] = relationship()

    __mapper_args__ = {"version_id_col": version}


class UnitCriterion(Base):
    """Be one criterion of a unit that marks by its own; a score is the sum of points times weight."""

    __tablename__ = "unit_criteria"
    __table_args__ = (
        UniqueConstraint("edition_id", "unit_id", "code"),
        CheckConstraint("max_points > 0", name="max_points_positive"),
        CheckConstraint("step > 0", name="step_positive"),
        CheckConstraint("weight > 0", name="weight_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    code: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(300))
    guidance: Mapped[str | None] = mapped_column(Text)
    max_points: Mapped[Decimal] = mapped_column(Points)
    step: Mapped[Decimal] = mapped_column(Points, default=Decimal("0.5"))
    weight: Mapped[Decimal] = mapped_column(Points, default=Decimal(1))
    position: Mapped[int] = mapped_column(default=0)


class Screener(Base):
    """Be one member of a unit's screening board, with an account or only on paper."""

    __tablename__ = "screeners"
    __table_args__ = (
        CheckConstraint("post IN ('chair', 'secretary', 'member')", name="post"),
        Index("ix_screeners_edition_id_unit_id_id", "edition_id", "unit_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(32), unique=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    full_name: Mapped[str] = mapped_column(String(150))
    job_title: Mapped[str | None] = mapped_column(String(150))
    post: Mapped[str] = mapped_column(String(10), default="member")
    # Whether this person marks; a secretary may only keep the papers.
    marks: Mapped[bool] = mapped_column(default=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    # Of the code that lets this person make an account, once; only its hash is kept.
    code_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    code_expires_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    added_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
    added_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    version: Mapped[int] = mapped_column(default=1)
    unit: Mapped[Unit] = relationship()

    __mapper_args__ = {"version_id_col": version}


class ScreeningSheet(Base):
    """Be what one screener gave one entry; begun, then submitted."""

    __tablename__ = "screening_sheets"
    __table_args__ = (
        UniqueConstraint("entry_id", "screener_id"),
        Index("ix_screening_sheets_screener_id_submitted_at", "screener_id", "submitted_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entries.id"))
    screener_id: Mapped[int] = mapped_column(ForeignKey("screeners.id"))
    # The sum of points times weight; None until every criterion has its points.
    total: Mapped[Decimal | None] = mapped_column(Points)
    remark: Mapped[str | None] = mapped_column(Text)
    # Who typed a paper sheet in; None where the screener wrote it in the portal.
    typed_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    started_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
    saved_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
    submitted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    version: Mapped[int] = mapped_column(default=1)
    entry: Mapped[Entry] = relationship()
    screener: Mapped[Screener] = relationship()
    marks: Mapped[list["ScreeningMark"]] = relationship(
        back_populates="sheet", cascade="all, delete-orphan", order_by="ScreeningMark.criterion_code"
    )

    __mapper_args__ = {"version_id_col": version}


class ScreeningMark(Base):
    """Be the points one sheet gives for one criterion, the edition's or the unit's own."""

    __tablename__ = "screening_marks"
    __table_args__ = (CheckConstraint("points >= 0", name="points_not_negative"),)

    sheet_id: Mapped[int] = mapped_column(ForeignKey("screening_sheets.id"), primary_key=True)
    criterion_code: Mapped[str] = mapped_column(String(20), primary_key=True)
    points: Mapped[Decimal] = mapped_column(Points)
    sheet: Mapped[ScreeningSheet] = relationship(back_populates="marks")


class TieDecision(Base):
    """Keep in which order a unit put entries of the same score, and why; the newest one holds."""

    __tablename__ = "tie_decisions"
    __table_args__ = (Index("ix_tie_decisions_edition_id_unit_id_id", "edition_id", "unit_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    score: Mapped[Decimal] = mapped_column(Points)
    # References of the tied entries, the first first.
    ordered: Mapped[list[str]] = mapped_column(JSON)
    reason: Mapped[str] = mapped_column(Text)
    decided_on: Mapped[date]
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    actor_name: Mapped[str] = mapped_column(String(150))


append_only(TieDecision.__table__)  # type: ignore[arg-type]
