"""Read what a unit's desk has taken in, and find an entry by what a scanner reads."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from contest_portal.accounts.models import User
from contest_portal.contests.models import Division, EditionUnit, Field, School
from contest_portal.core.database import db
from contest_portal.core.i18n import local_name
from contest_portal.core.paging import PAGE_SIZE, Cursor, Page, keyset, make_page
from contest_portal.registration.models import Entry
from contest_portal.registration.references import is_reference
from contest_portal.registration.status import Status
from contest_portal.screening.models import Reception

_SIGNS: Final = re.compile(r"[^A-Za-z0-9]+")
_LETTERS_OF_CODE: Final = 6


@dataclass(frozen=True)
class LogLine:
    """Be one line of the desk's log."""

    entry_id: int
    reference: str
    title: str
    school: str | None
    group: str | None
    received_on: date
    postmark_on: date | None
    brought_by: str | None
    received_by: str | None
    contents: list[str] | None
    condition: str | None
    condition_note: str | None
    note: str | None
    recorded_at: datetime
    typed_by: str | None


def reference_in(scanned: str) -> str | None:
    """Return the reference in what a scanner read or a person typed: a whole address, small letters, no hyphen."""
    last = scanned.strip().rstrip("/").rpartition("/")[2]
    bare = _SIGNS.sub("", last.partition("?")[0]).upper()
    found = f"{bare[:-_LETTERS_OF_CODE]}-{bare[-_LETTERS_OF_CODE:]}"
    return found if is_reference(found) else None


def log_of(
    edition_unit: EditionUnit, *, day: date | None = None, cursor: Cursor | None = None, size: int = PAGE_SIZE
) -> Page[LogLine]:
    """Return one page of what a unit has taken in, the newest first; of one day where it is given."""
    columns: Any = [Reception.received_on, Reception.entry_id]
    statement, used = keyset(_log(edition_unit, day), columns, cursor, size=size, descending=True)
    rows = [_line(row) for row in db.session.execute(statement)]
    return make_page(rows, used, lambda row: (row.received_on, row.entry_id), size=size)


def whole_log(edition_unit: EditionUnit) -> list[LogLine]:
    """Return everything a unit has taken in, the oldest first."""
    ordered = _log(edition_unit, None).order_by(Reception.received_on, Reception.entry_id)
    return [_line(row) for row in db.session.execute(ordered)]


def waiting_of(edition_unit: EditionUnit, limit: int = PAGE_SIZE) -> list[Entry]:
    """Return the first entries that were handed in through the portal and have not arrived, the oldest first."""
    return list(
        db.session.scalars(
            select(Entry)
            .where(
                Entry.edition_id == edition_unit.edition_id,
                Entry.unit_id == edition_unit.unit_id,
                Entry.status == Status.SUBMITTED,
            )
            .options(joinedload(Entry.school).lazyload(School.unit))
            .order_by(Entry.id)
            .limit(limit)
        )
    )


def count_received_on(edition_unit: EditionUnit, day: date) -> int:
    """Return how many parcels a unit took in on a day."""
    query = (
        select(func.count())
        .select_from(Reception)
        .join(Entry, Entry.id == Reception.entry_id)
        .where(
            Entry.edition_id == edition_unit.edition_id,
            Entry.unit_id == edition_unit.unit_id,
            Reception.received_on == day,
        )
    )
    return db.session.scalar(query) or 0


def _log(edition_unit: EditionUnit, day: date | None) -> Select[Any]:
    query = (
        select(
            Reception.entry_id,
            Entry.reference,
            Entry.title,
            School.name,
            func.coalesce(local_name(Division), local_name(Field)),
            Reception.received_on,
            Reception.postmark_on,
            Reception.brought_by,
            Reception.received_by,
            Reception.contents,
            Reception.condition,
            Reception.condition_note,
            Reception.note,
            Reception.recorded_at,
            User.full_name,
        )
        .join(Entry, Entry.id == Reception.entry_id)
        .outerjoin(School, School.id == Entry.school_id)
        .outerjoin(Division, Division.id == Entry.division_id)
        .outerjoin(Field, Field.id == Entry.field_id)
        .outerjoin(User, User.id == Reception.recorded_by)
        .where(
            Entry.edition_id == edition_unit.edition_id,
            Entry.unit_id == edition_unit.unit_id,
            Entry.status.not_in((Status.DRAFT, Status.WITHDRAWN, Status.SUBMITTED)),
        )
    )
    return query if day is None else query.where(Reception.received_on == day)


def _line(row: Any) -> LogLine:
    return LogLine(*row)
