"""The list of entries: filters that live in the address, pages by keyset, a count that stops at a thousand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, NamedTuple, Self

from sqlalchemy import Integer, Row, Select, String, bindparam, func, literal, select, union_all
from sqlalchemy.orm import aliased

from contest_portal.accounts.actor import Actor
from contest_portal.contests.models import Contest, Division, Edition, EditionUnit, Field, School, Unit
from contest_portal.core.database import db
from contest_portal.core.i18n import _, current_language
from contest_portal.core.looks import status_label
from contest_portal.core.paging import PAGE_SIZE, Cursor, Page, keyset, make_page
from contest_portal.core.vietnamese import clean_text, fold, format_number
from contest_portal.registration.models import Entry, Participant
from contest_portal.registration.queries import visible_entries
from contest_portal.registration.references import REFERENCE_LENGTH
from contest_portal.registration.status import Status

COUNTED: Final = 1000
LONGEST_SEARCH: Final = 100


@dataclass(frozen=True)
class Filters:
    """Hold what the address asks for; whatever is not possible is as if it had not been asked."""

    edition: str = ""
    status: str = ""
    unit: str = ""
    division: str = ""
    field: str = ""
    q: str = ""

    @classmethod
    def read(cls, args: Mapping[str, str]) -> Self:
        """Read the filters of an address."""
        texts = {name: clean_text(args.get(name, ""))[:LONGEST_SEARCH] for name in cls.__dataclass_fields__}
        if texts["status"] not in list(Status):
            texts["status"] = ""
        return cls(**texts)


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


def choices_for(filters: Filters) -> Choices:
    """Return what the filters offer, in one query, or two once an edition is chosen."""
    english = current_language() == "en"
    editions = [Choice(*row) for row in db.session.execute(_editions(english=english))]
    statuses = [Choice(0, status, status_label(status)) for status in Status]
    edition = next((choice for choice in editions if choice.code == filters.edition), None)
    if edition is None:
        return Choices(editions, None, statuses)
    parts = db.session.execute(_parts(english=english), {"edition": edition.id}).all()
    kinds = {kind: [Choice(row.id, row.code, row.name) for row in parts if row.kind == kind] for kind in _KINDS}
    return Choices(editions, edition, statuses, kinds["unit"], kinds["division"], kinds["field"])


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


def list_entries(actor: Actor, filters: Filters, choices: Choices, cursor: Cursor | None) -> Page[Row[Any]]:
    """Return one page of the entries the actor may see, the newest first."""
    wanted = _filtered(visible_entries(actor).with_only_columns(Entry.id), filters, choices)
    statement, used = keyset(wanted, [Entry.id], cursor, descending=True)
    if used is None:
        # The first page is read together with its count: a search goes through the names once.
        statement = statement.limit(COUNTED + 1)
    ids = db.session.scalars(statement).all()
    total = _say(len(ids)) if used is None else _count(wanted)
    return make_page(_rows(ids[: PAGE_SIZE + 1]), used, lambda row: (row.id,), total_text=total)


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


def _filtered(wanted: Select[Any], filters: Filters, choices: Choices) -> Select[Any]:
    if choices.edition:
        wanted = wanted.where(Entry.edition_id == choices.edition.id)
    if filters.status:
        wanted = wanted.where(Entry.status == filters.status)
    for column, offered, code in (
        (Entry.unit_id, choices.units, filters.unit),
        (Entry.division_id, choices.divisions, filters.division),
        (Entry.field_id, choices.fields, filters.field),
    ):
        chosen = next((choice.id for choice in offered if choice.code == code), None)
        if chosen is not None:
            wanted = wanted.where(column == chosen)
    return _searched(wanted, filters.q, choices) if filters.q else wanted


def _searched(wanted: Select[Any], q: str, choices: Choices) -> Select[Any]:
    """Find a reference by its beginning, or else a title or a person by any part, with or without diacritics."""
    folded, plain = fold(q), q.upper().replace(" ", "")
    other = aliased(Entry)
    if any(plain.startswith(f"{edition.prefix}-") for edition in choices.editions):
        # The bounds, right in every collation, let the database read only this stretch of the index; LIKE alone would not.
        bounds = (other.reference >= plain, other.reference <= plain + "Z" * REFERENCE_LENGTH)
        return wanted.where(
            Entry.id.in_(select(other.id).where(*bounds, other.reference.startswith(plain, autoescape=True)))
        )
    titles = select(other.id).where(other.title_folded.contains(folded, autoescape=True))
    if choices.edition:
        titles = titles.where(other.edition_id == choices.edition.id)
    people = select(Participant.entry_id).where(
        Participant.name_folded.contains(folded, autoescape=True), Participant.left_on.is_(None)
    )
    return wanted.where(Entry.id.in_(union_all(titles, people)))


def _count(wanted: Select[Any]) -> str:
    few = wanted.order_by(None).limit(COUNTED + 1).subquery()
    return _say(db.session.scalar(select(func.count()).select_from(few)) or 0)


def _say(count: int) -> str:
    if count > COUNTED:
        return _("hơn %(count)s hồ sơ", count=format_number(COUNTED))
    return _("%(count)s hồ sơ", count=format_number(count))
