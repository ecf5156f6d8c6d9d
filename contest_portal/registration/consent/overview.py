"""How consent stands in a whole edition: counts, the list with what is missing, who must not be photographed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, BinaryIO, Final

from sqlalchemy import Row, Select, func, select

from contest_portal.accounts.actor import Actor, Role
from contest_portal.contests.models import Edition, School
from contest_portal.contests.queries import all_editions, find_edition
from contest_portal.contests.rulebook import PersonRole
from contest_portal.contests.services import rulebook_of
from contest_portal.core import audit, clock
from contest_portal.core.database import db, transaction
from contest_portal.core.errors import NotFound
from contest_portal.core.filters import show_name
from contest_portal.core.i18n import _
from contest_portal.core.paging import PAGE_SIZE, Cursor, Page, keyset, make_page
from contest_portal.core.spreadsheets import Column, WorkbookWriter
from contest_portal.core.vietnamese import format_date, format_number
from contest_portal.registration.consent.purposes import (
    EVERYBODYS,
    PURPOSE_WORDS,
    STATE_WORDS,
    Purpose,
    State,
    is_for_pupils,
)
from contest_portal.registration.consent.queries import state_column
from contest_portal.registration.models import Entry, Participant
from contest_portal.registration.status import REGISTERED, Status

# As many as fit a few printed sheets.
PRINTED_SIZE: Final = 200
# What a workbook reads at a time.
PORTION: Final = 1000
# Drafts count too: whoever is to answer is asked before the entry is handed in.
_ALIVE: Final = frozenset(REGISTERED | {Status.DRAFT})


@dataclass(frozen=True)
class Asked:
    """Be what an organiser asks to see: one purpose in one state, or everybody."""

    purpose: Purpose | None = None
    state: State | None = None

    @classmethod
    def read(cls, purpose: str, state: str) -> "Asked":
        """Read what an address asks for; what is none of ours asks for everybody."""
        known = purpose in [p.value for p in EVERYBODYS] and state in list(State)
        return cls(Purpose(purpose), State(state)) if known else cls()


def editions_for(actor: Actor) -> list[Edition]:
    """Return the editions whose consent the actor oversees, the newest first."""
    return [e for e in all_editions() if actor.holds(Role.ORGANISER, Role.AUDITOR, edition_id=e.id)]


def get_overseen(actor: Actor, code: str) -> Edition:
    """Return an edition whose consent the actor oversees; raises NotFound."""
    edition = find_edition(code)
    if edition is None or not actor.holds(Role.ORGANISER, Role.AUDITOR, edition_id=edition.id):
        raise NotFound
    return edition


def count_states(edition: Edition) -> dict[Purpose, dict[State, int]]:
    """Return how many people agreed to each purpose, refused it, or have not answered."""
    people = _people(edition, _states(edition)).subquery()
    rows = db.session.execute(select(*people.c, func.count()).group_by(*people.c))
    found = {purpose: dict.fromkeys(State, 0) for purpose in EVERYBODYS}
    for *states, number in rows:
        for purpose, state in zip(EVERYBODYS, states, strict=True):
            found[purpose][State(state)] += number
    return found


def list_people(edition: Edition, asked: Asked, cursor: Cursor | None, size: int = PAGE_SIZE) -> Page[Row[Any]]:
    """Return one page of an edition's people in the order of names, with how their consent stands."""
    statement, used = keyset(_listed(edition, asked), [Participant.name_key, Participant.id], cursor, size=size)
    rows = db.session.execute(statement).all()
    return make_page(rows, used, lambda row: (row.name_key, row.id), size=size)


def list_unpictured(edition: Edition, cursor: Cursor | None, size: int) -> Page[Row[Any]]:
    """Return one page of everybody who has not agreed to be photographed: silence counts like a no."""
    place = [Participant.name_key, Participant.id]
    wanted = _listed(edition, Asked()).where(_states(edition)[Purpose.MEDIA] != State.AGREED.value)
    statement, used = keyset(wanted, place, cursor, size=size)
    rows = db.session.execute(statement).all()
    return make_page(rows, used, lambda row: (row.name_key, row.id), size=size)


def write_workbook(actor: Actor, edition: Edition, asked: Asked, target: BinaryIO) -> None:
    """Write everybody who is asked for into a workbook; the ethnic group is not in it. The log knows who took it."""
    columns = [
        Column(_("Họ và tên"), 28),
        Column(_("Lớp"), 10),
        Column(_("Trường hoặc đơn vị dự thi"), 32),
        Column(_("Mã hồ sơ"), 16),
        Column(_("Tên hồ sơ"), 32),
        *(Column(str(PURPOSE_WORDS[purpose]), 18) for purpose in EVERYBODYS),
    ]
    head = (_("Tình hình đồng ý"), show_name(edition), _("Tính đến ngày %(day)s", day=format_date(clock.today())))
    with WorkbookWriter(target, title=_("Tình hình đồng ý")) as book:
        sheet = book.add_sheet(_("Đồng ý"), columns, head=head, freeze_columns=1)
        sheet.write_rows(_cells(row) for row in _all(edition, asked))
    with transaction():
        audit.record(actor, "consent.exported", edition.code)


def _cells(row: Row[Any]) -> tuple[Any, ...]:
    states = (str(STATE_WORDS[State(getattr(row, purpose.value))]) for purpose in EVERYBODYS)
    return (row.full_name, row.class_name, row.school, row.reference, row.title, *states)


def _all(edition: Edition, asked: Asked) -> Iterator[Row[Any]]:
    cursor: Cursor | None = None
    while True:
        place = [Participant.name_key, Participant.id]
        statement, _used = keyset(_listed(edition, asked), place, cursor, size=PORTION - 1)
        rows: Sequence[Row[Any]] = db.session.execute(statement).all()
        yield from rows
        if len(rows) < PORTION:
            return
        cursor = Cursor((rows[-1].name_key, rows[-1].id))


def _listed(edition: Edition, asked: Asked) -> Select[Any]:
    states = _states(edition)
    shown = (
        Participant.id,
        Participant.full_name,
        Participant.name_key,
        Participant.class_name,
        Entry.reference,
        Entry.title,
        School.name.label("school"),
    )
    wanted = _people(edition, states).add_columns(*shown)
    if asked.purpose is not None and asked.state is not None:
        wanted = wanted.where(states[asked.purpose] == asked.state.value)
    return wanted.outerjoin(School, School.id == Entry.school_id)


def _people(edition: Edition, states: dict[Purpose, Any]) -> Select[Any]:
    """Return the query of everybody who takes part, coaches left out."""
    return (
        select(*(column.label(purpose.value) for purpose, column in states.items()))
        .select_from(Participant)
        .join(Entry, Entry.id == Participant.entry_id)
        .where(
            Participant.edition_id == edition.id,
            Participant.left_on.is_(None),
            Participant.role != PersonRole.COACH,
            Entry.status.in_(sorted(_ALIVE)),
        )
    )


def _states(edition: Edition, day: date | None = None) -> dict[Purpose, Any]:
    pupils = is_for_pupils(rulebook_of(edition))
    return {purpose: state_column(purpose, pupils=pupils, day=day or clock.today()) for purpose in EVERYBODYS}


def total_text(counts: dict[Purpose, dict[State, int]]) -> str:
    """Return how many people there are, in words."""
    return _("%(count)s người", count=format_number(sum(counts[Purpose.TAKE_PART].values())))
