"""What entries and people are found by, and the views that somebody has saved."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from contest_portal.core import clock
from contest_portal.core.database import Base, UTCDateTime

TERM_LENGTH = 60
# Compared byte by byte on either database, so that the beginning of a word is one stretch of the index.
Term = String(TERM_LENGTH).with_variant(String(TERM_LENGTH, collation="C"), "postgresql")


class SearchTerm(Base):
    """Be one word by which an entry is found; written by registration.indexing, never by hand."""

    __tablename__ = "search_terms"
    __table_args__ = (
        Index("ix_search_terms_edition_id_term_entry_id", "edition_id", "term", "entry_id"),
        # The rows are nothing but their key.
        {"sqlite_with_rowid": False},
    )

    entry_id: Mapped[int] = mapped_column(ForeignKey("entries.id", ondelete="CASCADE"), primary_key=True)
    term: Mapped[str] = mapped_column(Term, primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id"))


class SavedView(Base):
    """Be the filters that one person keeps under a name."""

    __tablename__ = "saved_views"
    __table_args__ = (
        UniqueConstraint("user_id", "name"),
        # One view at most is what the list opens with.
        Index(
            "uq_saved_views_user_id_opening",
            "user_id",
            unique=True,
            sqlite_where=text("opening"),
            postgresql_where=text("opening"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(60))
    # The filters as they stand in the address, without a place in the list.
    query: Mapped[str] = mapped_column(Text)
    opening: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
