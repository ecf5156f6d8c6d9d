"""The list of entries: filters that live in the address, pages by keyset, a count that stops at a thousand."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Integer, Row, Select, String, bindparam, func, literal, select, union_all

from contest_portal.accounts.actor import Actor
from contest_portal.contests.models import Contest, Division, Edition, EditionUnit, Field, School, Unit
from contest_portal.core.database import db
from contest_portal.core.i18n import _, current_language
from contest_portal.core.looks import status_label
from contest_portal.core.paging import PAGE_SIZE, Cursor, Page, encode, keyset, make_page
from contest_portal.core.vietnamese import format_number
from contest_portal.registration.filters import CHECK_STATES, SORTS, Filters
from contest_portal.registration.finding import Search, search_for
from contest_portal.registration.models import Entry
from contest_portal.registration.queries import visible_entries
from contest_portal.registration.status import Status
from contest_portal.registration.terms import read_query

COUNTED: Final = 1000
# How many entries one page goes through at most to find those with problems, and how many at a time.
SIFTED, SIFTED_AT_ONCE = 2000, 200


class Choice(NamedTuple):
    """Be one choice of a filter."""

    id: int
    code: str
    name: str
    prefix: str = ""


@dataclass(frozen=True)
class Choices:
    """Hold what the filters offer: editions always, the rest once an edition is chosen."""

    editions: Sequence[Choice]
    edition: Choice | None
    statuses: Sequence[Choice]
    units: Sequence[Choice] = ()
    divisions: Sequence[Choice] = ()
    fields: Sequence[Choice] = ()
    checks: Sequence[Choice] = ()
    # Chosen by a link, not from a list: a province has too many.
    school: Choice | None = None


def choices_for(filters: Filters, actor: Actor) -> Choices:
    """Return what the filters offer: one query, one more for each of an edition and a school that are chosen."""
    english = current_language() == "en"
    editions = [Choice(*row) for row in db.session.execute(_editions(english=english))]
    statuses = [Choice(0, status, status_label(status)) for status in Status]
    checks = [Choice(0, state, status_label(state)) for state in CHECK_STATES]
    edition = next((choice for choice in editions if choice.code == filters.edition), None)
    school = _school(filters.school, actor) if filters.school else None
    if edition is None:
        return Choices(editions, None, statuses, checks=checks, school=school)
    parts = db.session.execute(_parts(english=english), {"edition": edition.id}).all()
    kinds = {kind: [Choice(row.id, row.code, row.name) for row in parts if row.kind == kind] for kind in _KINDS}
    return Choices(editions, edition, statuses, kinds["unit"], kinds["division"], kinds["field"], checks, school)


def _school(written: str, actor: Actor) -> Choice | None:
    """Return the school of this number, if the actor may see an entry of it."""
    if not written.isascii() or not written.isdigit() or len(written) > 9:
        return None
    entries = visible_entries(actor).where(Entry.school_id == School.id).with_only_columns(Entry.id).correlate(School)
    found = db.session.execute(select(School.id, School.name).where(School.id == int(written), entries.exists()))
    row = found.one_or_none()
    return Choice(row.id, str(row.id), row.name) if row else None


_KINDS: Final = ("unit", "division", "field")


# Statements that are the same for every request are put together once: that costs more than running them.
@cache
def _editions(*, english: bool) -> Any:
    title = Edition.title_en if english else Edition.title
    return (
        select(Edition.id, Edition.code, title, Edition.prefix)
        .join(Contest, Contest.id == Edition.contest_id)
        .order_by(Edition.year.desc(), Contest.position, Edition.id.desc())
    )


@cache
def _parts(*, english: bool) -> Any:
    edition = bindparam("edition", type_=Integer())

    def of(model: Any, kind: str) -> Select[Any]:
        name = model.name_en if english else model.name
        return select(*_columns(model, kind, name)).where(model.edition_id == edition)

    units = (
        select(*_columns(Unit, "unit", Unit.name))
        .join(EditionUnit, EditionUnit.unit_id == Unit.id)
        .where(EditionUnit.edition_id == edition)
    )
    return union_all(units, of(Division, "division"), of(Field, "field")).order_by("kind", "position", "id")


def _columns(model: Any, kind: str, name: Any) -> list[Any]:
    return [
        literal(kind, String()).label("kind"),
        model.position.label("position"),
        model.id.label("id"),
        model.code.label("code"),
        name.label("name"),
    ]


def list_entries(
    actor: Actor,
    filters: Filters,
    choices: Choices,
    cursor: Cursor | None,
    *conditions: ColumnElement[bool],
    flawed: Callable[[Sequence[int]], Iterable[int]] | None = None,
) -> Page[Row[Any]]:
    """Return one page of the entries the actor may see, in the order that was asked for.

    conditions: what the page itself requires; flawed: tells which of some entries have problems, where only those
    are wanted.
    """
    sort = SORTS[filters.sort if choices.edition else ""]
    columns = [getattr(Entry, name) for name in sort.columns]
    wanted = filtered(visible_entries(actor).with_only_columns(Entry.id), actor, filters, choices).where(*conditions)
    if flawed is not None and filters.problems:
        return _sift(wanted.with_only_columns(*columns), columns, cursor, flawed, descending=sort.descending)
    statement, used = keyset(wanted, columns, cursor, descending=sort.descending)
    if used is None:
        # The first page is read together with its count: a search goes through the names once.
        statement = statement.limit(COUNTED + 1)
    ids = db.session.scalars(statement).all()
    total = _say(len(ids)) if used is None else _count(wanted)
    return make_page(_rows(ids[: PAGE_SIZE + 1]), used, _keys_of(columns), total_text=total)


def list_ids(
    actor: Actor, filters: Filters, choices: Choices, *conditions: ColumnElement[bool], most: int
) -> list[int]:
    """Return the ids of the first entries of a list, in its order."""
    statement, _used = keyset(
        *_ordered(actor, filters, choices, conditions), None, size=most - 1, descending=_down(filters)
    )
    return [row.id for row in db.session.execute(statement)]


def neighbour(
    actor: Actor,
    filters: Filters,
    choices: Choices,
    entry: Entry,
    *conditions: ColumnElement[bool],
    backwards: bool = False,
) -> str | None:
    """Return the reference of the entry that stands next to this one in a list, whether or not this one is in it."""
    wanted, columns = _ordered(actor, filters, choices, conditions)
    cursor = Cursor(tuple(getattr(entry, column.key) for column in columns), backwards)
    statement, _used = keyset(wanted, columns, cursor, size=0, descending=_down(filters))
    row = db.session.execute(statement.add_columns(Entry.reference)).first()
    return row.reference if row else None


def _ordered(
    actor: Actor, filters: Filters, choices: Choices, conditions: Iterable[ColumnElement[bool]]
) -> tuple[Select[Any], list[Any]]:
    """Return the query of a list and the columns of its order; an edition has to be chosen."""
    columns = [getattr(Entry, name) for name in SORTS[filters.sort].columns]
    wanted = visible_entries(actor).with_only_columns(*columns)
    return filtered(wanted, actor, filters, choices).where(*conditions), columns


def _down(filters: Filters) -> bool:
    return SORTS[filters.sort].descending


def _keys_of(columns: Sequence[Any]) -> Callable[[Row[Any]], tuple[Any, ...]]:
    return lambda row: tuple(getattr(row, column.key) for column in columns)


def _sift(
    wanted: Select[Any],
    columns: Sequence[Any],
    cursor: Cursor | None,
    flawed: Callable[[Sequence[int]], Iterable[int]],
    *,
    descending: bool,
) -> Page[Row[Any]]:
    """Go through the list from the cursor on and keep the entries that have problems.

    What is wrong with an entry follows from rules that may change, so it is found out anew. A page goes through a bounded
    number of entries; it may be short and still have a next one.
    """
    place = Cursor(cursor.keys) if cursor and not cursor.backwards else None
    kept: list[int] = []
    last = None
    for _portion in range(SIFTED // SIFTED_AT_ONCE):
        statement, place = keyset(wanted, columns, place, size=SIFTED_AT_ONCE - 1, descending=descending)
        rows = db.session.execute(statement).all()
        found = set(flawed([row.id for row in rows]))
        for last in rows:
            if last.id in found:
                kept.append(last.id)
            if len(kept) == PAGE_SIZE:
                return Page(_rows(kept), encode(Cursor(tuple(last))))
        if len(rows) < SIFTED_AT_ONCE:
            return Page(_rows(kept))
        place = Cursor(tuple(rows[-1]))
    return Page(_rows(kept), encode(Cursor(tuple(last))) if last else None)


def _rows(ids: Sequence[int]) -> list[Row[Any]]:
    """Return the rows of one page, in the order of its ids."""
    rows = db.session.execute(_shown(english=current_language() == "en"), {"ids": list(ids)})
    found = {row.id: row for row in rows}
    return [found[entry_id] for entry_id in ids if entry_id in found]


@cache
def _shown(*, english: bool) -> Any:
    """Join the names to the rows of one page only."""
    return (
        select(
            Entry.id,
            Entry.reference,
            Entry.title,
            Entry.status,
            Entry.status_on,
            Entry.check_state,
            Entry.title_key,
            Entry.school_key,
            Entry.school_id,
            Entry.mend_until,
            (Division.name_en if english else Division.name).label("division"),
            (Field.name_en if english else Field.name).label("field"),
            Unit.short_name.label("unit"),
            School.name.label("school"),
        )
        .select_from(Entry)
        .outerjoin(Division, Division.id == Entry.division_id)
        .outerjoin(Field, Field.id == Entry.field_id)
        .outerjoin(Unit, Unit.id == Entry.unit_id)
        .outerjoin(School, School.id == Entry.school_id)
        .where(Entry.id.in_(bindparam("ids", expanding=True)))
    )


def filtered(wanted: Select[Any], actor: Actor, filters: Filters, choices: Choices) -> Select[Any]:
    """Narrow a query of entries to what the filters ask."""
    return placed(wanted, filters, choices).where(*searched(filters.q, actor, choices).conditions)


def placed(wanted: Select[Any], filters: Filters, choices: Choices) -> Select[Any]:
    """Narrow a query of entries to what the filters ask besides the search."""
    if choices.edition:
        wanted = wanted.where(Entry.edition_id == choices.edition.id)
    if choices.school:
        wanted = wanted.where(Entry.school_id == choices.school.id)
    wanted = wanted.where(*filters.plain_conditions())
    for column, offered, code in (
        (Entry.unit_id, choices.units, filters.unit),
        (Entry.division_id, choices.divisions, filters.division),
        (Entry.field_id, choices.fields, filters.field),
    ):
        chosen = next((choice.id for choice in offered if choice.code == code), None)
        if chosen is not None:
            wanted = wanted.where(column == chosen)
    return wanted


def searched(q: str, actor: Actor, choices: Choices) -> Search:
    """Return what a search asks of an entry: every word, a reference, a telephone number."""
    if not q:
        return Search()
    by_prefix: dict[str, list[int]] = {}
    for edition in choices.editions:
        by_prefix.setdefault(edition.prefix, []).append(edition.id)
    places = [choices.edition.id] if choices.edition else [edition.id for edition in choices.editions]
    return search_for(read_query(q, by_prefix), actor, places, by_prefix)


def _count(wanted: Select[Any]) -> str:
    few = wanted.order_by(None).limit(COUNTED + 1).subquery()
    return _say(db.session.scalar(select(func.count()).select_from(few)) or 0)


def _say(count: int) -> str:
    if count > COUNTED:
        return _("hơn %(count)s hồ sơ", count=format_number(COUNTED))
    return _("%(count)s hồ sơ", count=format_number(count))
