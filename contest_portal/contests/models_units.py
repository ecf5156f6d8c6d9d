"""Which places a screening unit takes in an edition: communes of a cluster, or the one school that screens itself."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contest_portal.contests.models import School, Unit
from contest_portal.core.database import Base


class UnitReach(Base):
    """Say that a unit screens what comes from a commune, or from a school, in one edition."""

    __tablename__ = "unit_reaches"
    __table_args__ = (
        CheckConstraint("(member_unit_id IS NULL) <> (school_id IS NULL)", name="unit_or_school"),
        UniqueConstraint("edition_id", "member_unit_id"),
        UniqueConstraint("edition_id", "school_id"),
        Index("ix_unit_reaches_edition_id_unit_id", "edition_id", "unit_id"),
        Index("ix_unit_reaches_school_id", "school_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    member_unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"), index=True)
    school_id: Mapped[int | None] = mapped_column(ForeignKey("schools.id"))
    unit: Mapped[Unit] = relationship(foreign_keys=[unit_id])
    member_unit: Mapped[Unit | None] = relationship(foreign_keys=[member_unit_id])
    school: Mapped[School | None] = relationship()
