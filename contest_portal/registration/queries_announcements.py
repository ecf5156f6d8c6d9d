"""Read what was announced."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from contest_portal.contests.models import Edition
from contest_portal.core.database import db
from contest_portal.core.paging import Cursor, Page, keyset, make_page
from contest_portal.registration.models_announcements import Announcement


def sent_announcements(edition_ids: Sequence[int], cursor: Cursor | None) -> Page[Announcement]:
    """Return one page of what was announced in these editions, the newest first."""
    wanted = (
        select(Announcement)
        .where(Announcement.edition_id.in_(edition_ids))
        .options(joinedload(Announcement.edition).lazyload(Edition.contest), joinedload(Announcement.unit))
    )
    statement, used = keyset(wanted, [Announcement.id], cursor, descending=True)
    return make_page(db.session.scalars(statement).all(), used, lambda sent: (sent.id,))
