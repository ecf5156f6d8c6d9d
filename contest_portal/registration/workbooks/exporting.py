"""Write entries into a workbook that, read again, changes nothing."""

import tempfile
from collections.abc import Iterator, Mapping
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from contest_portal.accounts.actor import Actor
from contest_portal.contests.models import Edition, School
from contest_portal.contests.services import rulebook_of
from contest_portal.core import audit
from contest_portal.core.database import db, transaction
from contest_portal.core.spreadsheets import WorkbookWriter
from contest_portal.registration.columns import Kind
from contest_portal.registration.filters import Filters
from contest_portal.registration.listing import choices_for, filtered
from contest_portal.registration.models import Entry, Participant
from contest_portal.registration.queries import visible_entries
from contest_portal.registration.workbooks.lists import lists_of
from contest_portal.registration.workbooks.shape import Part, parts_of
from contest_portal.registration.workbooks.templates import begin_sheet, write_help, write_lists

Columns = tuple[list[Part], Mapping[Kind, list[str]]]

AT_ONCE: Final = 500
# Rows below the last entry that still offer lists, for those who add some.
SPARE: Final = 500
# A longer list goes on on another sheet: the reader takes 20,000 rows of one.
ROWS_A_SHEET: Final = 15_000


def export_of(actor: Actor, edition: Edition, filters: Filters | None = None) -> bytes:
    """Return the entries of an edition that the actor may see and the filters ask for; the log says who took them."""
    rules = rulebook_of(edition)
    parts, lists = parts_of(rules), lists_of(edition, rules, actor)
    ids = _ids(actor, edition, filters or Filters())
    with tempfile.TemporaryFile() as out:
        with WorkbookWriter(out, title=edition.title) as book:
            _write_entries(book, edition, (parts, lists), ids)
            write_help(book, edition, rules, parts)
            write_lists(book, lists)
        out.seek(0)
        data = out.read()
    with transaction():
        audit.record(actor, "entries.exported", edition.code, after={"entries": len(ids)})
    return data


def _ids(actor: Actor, edition: Edition, filters: Filters) -> list[int]:
    """Return whose rows are written, oldest first: numbers only, however many there are."""
    wanted = visible_entries(actor).where(Entry.edition_id == edition.id).with_only_columns(Entry.id)
    wanted = filtered(wanted, actor, filters, choices_for(filters, actor))
    return list(db.session.scalars(wanted.order_by(Entry.id)))


def _write_entries(book: WorkbookWriter, edition: Edition, columns: Columns, ids: list[int]) -> None:
    """Write the entries, each whole on one sheet."""
    prepared = min(len(ids) * 8, ROWS_A_SHEET) + SPARE
    sheets = written = 0
    sheet = None
    for rows in _rows(ids, columns[0]) if ids else [[]]:
        if sheet is None or written + len(rows) > ROWS_A_SHEET:
            sheets, written = sheets + 1, 0
            sheet = begin_sheet(book, edition, *columns, prepared=prepared, number=sheets)
        sheet.write_rows(rows)
        written += len(rows)


def _rows(ids: list[int], parts: list[Part]) -> Iterator[list[list[Any]]]:
    """Yield the rows of each entry, numbered on."""
    number = 0
    for start in range(0, len(ids), AT_ONCE):
        for entry in _portion(ids[start : start + AT_ONCE]):
            people: list[Participant | None] = [*entry.participants]
            yield [
                [str(number + place), *(part.value(entry, person) for part in parts[1:])]
                for place, person in enumerate(people or [None], start=1)
            ]
            number += len(people) or 1


def _portion(ids: list[int]) -> Iterator[Entry]:
    entries = db.session.scalars(
        select(Entry)
        .where(Entry.id.in_(ids))
        .order_by(Entry.id)
        .options(
            selectinload(Entry.participants),
            joinedload(Entry.school).lazyload(School.unit),
            joinedload(Entry.unit),
            joinedload(Entry.division),
            joinedload(Entry.field),
        )
    )
    yield from entries.all()
