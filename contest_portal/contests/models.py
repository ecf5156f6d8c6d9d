"""What is run: contests, their editions and rules; who runs it: units, schools, memberships."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contest_portal.contests.deadlines import closing_time
from contest_portal.core import clock
from contest_portal.core.database import Base, Points, UTCDateTime


class Contest(Base):
    """Be one contest that is run again and again."""

    __tablename__ = "contests"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    name_en: Mapped[str] = mapped_column(String(200))
    position: Mapped[int] = mapped_column(default=0)


class Edition(Base):
    """Be one running of a contest, with the rules that held for it."""

    __tablename__ = "editions"
    __table_args__ = (UniqueConstraint("contest_id", "number", "year"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(60), unique=True)
    contest_id: Mapped[int] = mapped_column(ForeignKey("contests.id"), index=True)
    number: Mapped[int]
    year: Mapped[int]
    title: Mapped[str] = mapped_column(String(300))
    title_en: Mapped[str] = mapped_column(String(300))
    # Two or three letters and the year: the start of every entry's reference.
    prefix: Mapped[str] = mapped_column(String(8))
    unit_set: Mapped[str] = mapped_column(String(40))
    opens_at: Mapped[datetime] = mapped_column(UTCDateTime)
    closes_at: Mapped[datetime] = mapped_column(UTCDateTime)
    # Validated by contests.rulebook.Rulebook when written and when read.
    rules: Mapped[dict[str, Any]] = mapped_column(JSON)
    contact: Mapped[str | None] = mapped_column(Text)
    # A draft is shown to those who set it up and to nobody else.
    # The default is text: both databases take it for yes, and SQLite adds the column without copying the table.
    published: Mapped[bool] = mapped_column(default=True, server_default="1")
    # The number of the newest EditionVersion; 0 while the edition was never changed in the portal.
    revision: Mapped[int] = mapped_column(default=0, server_default="0")
    version: Mapped[int] = mapped_column(default=1)

    contest: Mapped[Contest] = relationship(lazy="joined", innerjoin=True)
    divisions: Mapped[list["Division"]] = relationship(order_by="Division.position", back_populates="edition")
    fields: Mapped[list["Field"]] = relationship(order_by="Field.position", back_populates="edition")
    rounds: Mapped[list["Round"]] = relationship(order_by="Round.position", back_populates="edition")
    prizes: Mapped[list["Prize"]] = relationship(order_by="Prize.position", back_populates="edition")

    # What became of the deadline since; see contests.deadlines.
    deadline_events: Mapped[list["DeadlineEvent"]] = relationship(order_by="DeadlineEvent.id", viewonly=True)

    __mapper_args__ = {"version_id_col": version}

    def closes_for(self, unit_id: int | None = None, school_id: int | None = None) -> datetime:
        """Return when the registration closes for a school of a unit; without them, for everybody."""
        return closing_time(self.closes_at, self.deadline_events, unit_id, school_id)

    def is_open(self) -> bool:
        """Tell whether schools may register at this moment; the closing second itself is too late."""
        now = clock.now()
        if not self.published:
            return False
        # An extension only adds to the edition's own time, so it is looked up only where that has run out.
        return self.opens_at <= now and (now < self.closes_at or now < self.closes_for())


class Division(Base):
    """Be one group of an edition (bảng), by grade, birth date or age."""

    __tablename__ = "divisions"
    __table_args__ = (UniqueConstraint("edition_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id"))
    code: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(200))
    name_en: Mapped[str] = mapped_column(String(200))
    aliases: Mapped[list[str]] = mapped_column(JSON, default=list)
    window: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    position: Mapped[int] = mapped_column(default=0)
    edition: Mapped[Edition] = relationship(back_populates="divisions")


class Field(Base):
    """Be one field of an edition (lĩnh vực)."""

    __tablename__ = "fields"
    __table_args__ = (UniqueConstraint("edition_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id"))
    code: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(200))
    name_en: Mapped[str] = mapped_column(String(200))
    aliases: Mapped[list[str]] = mapped_column(JSON, default=list)
    position: Mapped[int] = mapped_column(default=0)
    edition: Mapped[Edition] = relationship(back_populates="fields")


class Round(Base):
    """Be one round: a unit's screening, a panel's judging, or robots on a field."""

    __tablename__ = "rounds"
    __table_args__ = (
        UniqueConstraint("edition_id", "code"),
        CheckConstraint("kind IN ('screening', 'judging', 'arena')", name="kind"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id"))
    code: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(200))
    name_en: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(20))
    opens_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    closes_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    weight: Mapped[Decimal] = mapped_column(Points, default=Decimal(1))
    blind: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int] = mapped_column(default=0)
    edition: Mapped[Edition] = relationship(back_populates="rounds")
    criteria: Mapped[list["Criterion"]] = relationship(order_by="Criterion.position", back_populates="round")


class Criterion(Base):
    """Be one line of a score sheet (tiêu chí)."""

    __tablename__ = "criteria"
    __table_args__ = (
        UniqueConstraint("round_id", "code"),
        CheckConstraint("max_points > 0", name="max_points_positive"),
        CheckConstraint("step > 0", name="step_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id"))
    code: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(300))
    name_en: Mapped[str] = mapped_column(String(300))
    guidance: Mapped[str | None] = mapped_column(Text)
    max_points: Mapped[Decimal] = mapped_column(Points)
    step: Mapped[Decimal] = mapped_column(Points, default=Decimal("0.5"))
    position: Mapped[int] = mapped_column(default=0)
    round: Mapped[Round] = relationship(back_populates="criteria")


class Prize(Base):
    """Be one kind of award and how many of it there are."""

    __tablename__ = "prizes"
    __table_args__ = (UniqueConstraint("edition_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id"))
    code: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(100))
    name_en: Mapped[str] = mapped_column(String(100))
    quantity: Mapped[int]
    # "division", "field" or "edition": what the quantity is counted for.
    per: Mapped[str] = mapped_column(String(20))
    amount: Mapped[int | None]
    position: Mapped[int] = mapped_column(default=0)
    edition: Mapped[Edition] = relationship(back_populates="prizes")


class Unit(Base):
    """Be one administrative or screening unit, for the time it existed."""

    __tablename__ = "units"
    __table_args__ = (UniqueConstraint("unit_set", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_set: Mapped[str] = mapped_column(String(40))
    code: Mapped[str] = mapped_column(String(20), index=True)
    name: Mapped[str] = mapped_column(String(150))
    short_name: Mapped[str] = mapped_column(String(150))
    kind: Mapped[str] = mapped_column(String(30))
    aliases: Mapped[list[str]] = mapped_column(JSON, default=list)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"), index=True)
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    position: Mapped[int] = mapped_column(default=0)


class EditionUnit(Base):
    """Say that a unit takes part in an edition, and how many entries it may forward."""

    __tablename__ = "edition_units"

    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), primary_key=True, index=True)
    forward_quota: Mapped[int | None]
    unit: Mapped[Unit] = relationship(lazy="joined", innerjoin=True)


class School(Base):
    """Be a school, or any organisation that people enter from."""

    __tablename__ = "schools"
    __table_args__ = (
        UniqueConstraint("unit_id", "name_folded"),
        # NULLs are distinct in a unique constraint: organisations without a unit need their own.
        Index(
            "uq_schools_name_folded_without_unit",
            "name_folded",
            unique=True,
            sqlite_where=text("unit_id IS NULL"),
            postgresql_where=text("unit_id IS NULL"),
        ),
        # The order of every list of schools, whole or of one unit.
        Index("ix_schools_name_key_id", "name_key", "id"),
        Index("ix_schools_unit_id_name_key_id", "unit_id", "name_key", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    name_folded: Mapped[str] = mapped_column(String(200), index=True)
    # Kept by contests.models_schools: the Vietnamese order, and all a search may find the school by.
    name_key: Mapped[str] = mapped_column(String(300), default="", server_default="")
    found_by: Mapped[str] = mapped_column(Text, default="", server_default="")
    kind: Mapped[str] = mapped_column(String(20), default="school")
    # The present place; where the school was on another day is told by SchoolPlace.
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"), index=True)
    code: Mapped[str | None] = mapped_column(String(40), unique=True)
    level: Mapped[str | None] = mapped_column(String(20))
    address: Mapped[str | None] = mapped_column(String(300))
    phone: Mapped[str | None] = mapped_column(String(30))
    email: Mapped[str | None] = mapped_column(String(254))
    head: Mapped[str | None] = mapped_column(String(150))
    aliases: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True), nullable=True)
    closed_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    unit: Mapped[Unit | None] = relationship(lazy="joined")

    __mapper_args__ = {"version_id_col": version}


class Membership(Base):
    """Be a person's post: a role in an edition (or all), for a unit or a school."""

    __tablename__ = "memberships"
    __table_args__ = (
        CheckConstraint("role <> 'school' OR school_id IS NOT NULL", name="school_has_school"),
        CheckConstraint("role <> 'coordinator' OR unit_id IS NOT NULL", name="coordinator_has_unit"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    role: Mapped[str] = mapped_column(String(20))
    edition_id: Mapped[int | None] = mapped_column(ForeignKey("editions.id"), index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"), index=True)
    school_id: Mapped[int | None] = mapped_column(ForeignKey("schools.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    edition: Mapped[Edition | None] = relationship()
    unit: Mapped[Unit | None] = relationship()
    school: Mapped[School | None] = relationship()


# Imported so that their tables are known wherever the contests are.
from contest_portal.contests import models_schools, models_setup, models_units  # noqa: E402
from contest_portal.contests.models_deadlines import DeadlineEvent  # noqa: E402

__all__ = [
    "Contest",
    "Criterion",
    "DeadlineEvent",
    "Division",
    "Edition",
    "EditionUnit",
    "Field",
    "Membership",
    "Prize",
    "Round",
    "School",
    "Unit",
    "models_schools",
    "models_setup",
    "models_units",
]
