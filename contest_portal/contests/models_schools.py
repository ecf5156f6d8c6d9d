"""What is known of schools over time, and how their people come to accounts."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, event
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contest_portal.contests.models import School, Unit
from contest_portal.core import clock
from contest_portal.core.database import Base, UTCDateTime, append_only
from contest_portal.core.vietnamese import fold, sort_key


class SchoolPlace(Base):
    """Say which unit a school belongs to from a day on; a later word on the same day holds."""

    __tablename__ = "school_places"
    __table_args__ = (Index("ix_school_places_school_id_valid_from_id", "school_id", "valid_from", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"), index=True)
    # None: as far back as anybody knows.
    valid_from: Mapped[date | None]
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    reason: Mapped[str | None] = mapped_column(String(300))
    unit: Mapped[Unit | None] = relationship(lazy="joined")


append_only(SchoolPlace.__table__)  # type: ignore[arg-type]


class UnitChange(Base):
    """Keep what was decided about a unit: added, closed, opened again."""

    __tablename__ = "unit_changes"

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    actor_name: Mapped[str] = mapped_column(String(150))
    reason: Mapped[str | None] = mapped_column(String(300))


append_only(UnitChange.__table__)  # type: ignore[arg-type]


class Invitation(Base):
    """Let one person make an account for a school, once; only a hash of its code is kept."""

    __tablename__ = "invitations"
    __table_args__ = (
        CheckConstraint("way IN ('mail', 'sheet', 'colleague')", name="way"),
        Index("ix_invitations_school_id_id", "school_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"))
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    # A letter or a printed slip from the organiser, or a word from a colleague.
    way: Mapped[str] = mapped_column(String(10))
    full_name: Mapped[str | None] = mapped_column(String(150))
    email: Mapped[str | None] = mapped_column(String(254))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
    created_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    used_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    revoked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    school: Mapped[School] = relationship(lazy="joined", innerjoin=True)

    @property
    def state(self) -> str:
        """Return what has become of it: used, revoked, expired or open."""
        if self.used_at is not None:
            return "used"
        if self.revoked_at is not None:
            return "revoked"
        return "invited" if clock.now() < self.expires_at else "expired"


class AccessRequest(Base):
    """Be what somebody without an account writes: let my school in."""

    __tablename__ = "access_requests"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'approved', 'refused')", name="state"),
        Index("ix_access_requests_state_id", "state", "id"),
        Index("ix_access_requests_unit_id_state_id", "unit_id", "state", "id"),
        Index("ix_access_requests_network_created_at", "network", "created_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(16), unique=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    # None until it is known which school is meant, or founded.
    school_id: Mapped[int | None] = mapped_column(ForeignKey("schools.id"), index=True)
    school_name: Mapped[str] = mapped_column(String(200))
    full_name: Mapped[str] = mapped_column(String(150))
    position: Mapped[str] = mapped_column(String(150))
    email: Mapped[str | None] = mapped_column(String(254))
    phone: Mapped[str] = mapped_column(String(30))
    network: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
    recommended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    recommended_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    reason: Mapped[str | None] = mapped_column(String(500))
    unit: Mapped[Unit] = relationship(lazy="joined", innerjoin=True)
    school: Mapped[School | None] = relationship(lazy="joined")


class SchoolList(Base):
    """Keep an uploaded list of schools between its preview and its confirmation."""

    __tablename__ = "school_lists"

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(43), unique=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    file_name: Mapped[str] = mapped_column(String(255))
    stored_name: Mapped[str] = mapped_column(String(32))
    checksum: Mapped[str] = mapped_column(String(64))
    # What was asked beside the file: the day it holds from, the unit of rows without one, whether schools have moved.
    options: Mapped[dict[str, Any]] = mapped_column(JSON)
    uploaded_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now, index=True)
    confirmed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    outcome: Mapped[dict[str, Any] | None] = mapped_column(JSON, nullable=True)


@event.listens_for(School, "before_insert")
@event.listens_for(School, "before_update")
def _keep_keys(_mapper: Any, _connection: Any, school: School) -> None:
    """Keep what a school is sorted and found by, whoever writes it."""
    for name, value in keys_of(school.name, school.code, school.aliases).items():
        setattr(school, name, value)


def keys_of(name: str, code: str | None, aliases: list[str] | None) -> dict[str, str]:
    """Return what a school is sorted and found by: its place in the alphabet, and its folded words."""
    return {"name_key": sort_key(name), "found_by": fold(" ".join([name, code or "", *(aliases or ())]))}
