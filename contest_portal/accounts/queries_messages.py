"""Read notices and the outbox, one page at a time."""

from functools import cache
from typing import Any

from sqlalchemy import Row, bindparam, func, select

from contest_portal.accounts.models_messages import Notice
from contest_portal.core.database import db
from contest_portal.core.i18n import _
from contest_portal.core.outbox import LetterState, OutboxLetter
from contest_portal.core.paging import Cursor, Page, keyset, make_page
from contest_portal.core.vietnamese import format_number

MOST_COUNTED = 100


def count_unread(user_id: int) -> int:
    """Return how many notices a person has not read; the counting stops at a hundred."""
    return db.session.scalar(_unread(), {"user_id": user_id}) or 0


# Every page of a signed-in person asks this: it is put together once.
@cache
def _unread() -> Any:
    few = select(Notice.id).where(Notice.user_id == bindparam("user_id"), Notice.read_at.is_(None)).limit(MOST_COUNTED)
    return select(func.count()).select_from(few.subquery())


def inbox(user_id: int, cursor: Cursor | None) -> Page[Notice]:
    """Return one page of a person's notices, the newest first."""
    own = select(Notice).where(Notice.user_id == user_id)
    statement, used = keyset(own, [Notice.id], cursor, descending=True)
    return make_page(db.session.scalars(statement).all(), used, lambda notice: (notice.id,))


def letters(state: str, address: str, cursor: Cursor | None) -> Page[Row[Any]]:
    """Return one page of the log of letters, the newest first, without their words."""
    wanted: Any = select(
        OutboxLetter.id,
        OutboxLetter.address,
        OutboxLetter.subject,
        OutboxLetter.state,
        OutboxLetter.tries,
        OutboxLetter.error,
        OutboxLetter.created_at,
        OutboxLetter.sent_at,
    )
    if state in list(LetterState):
        wanted = wanted.where(OutboxLetter.state == state)
    if address:
        wanted = wanted.where(OutboxLetter.address == address)
    statement, used = keyset(wanted, [OutboxLetter.id], cursor, descending=True)
    rows = db.session.execute(statement).all()
    total = db.session.scalar(select(func.count()).select_from(wanted.limit(1001).subquery())) or 0
    words = _("%(count)s thư", count=format_number(total)) if total <= 1000 else _("hơn 1.000 thư")
    return make_page(rows, used, lambda row: (row.id,), total_text=words)
