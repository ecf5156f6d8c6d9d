"""Keep a school within the edition's rule of substitution once its team was handed in."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from sqlalchemy import select

from contest_portal.accounts.actor import Actor
from contest_portal.contests.services import rulebook_of
from contest_portal.core import clock
from contest_portal.core.database import db
from contest_portal.core.errors import Invalid, Problem
from contest_portal.core.i18n import lazy
from contest_portal.core.vietnamese import format_date
from contest_portal.registration import rules
from contest_portal.registration.models import Entry, EntryEvent, Participant
from contest_portal.registration.status import REGISTERED
from contest_portal.registration.substitution import Excess, Member, excess_of, read_later, replaced

_NEWCOMER: Final = 0


@dataclass(frozen=True)
class Swap:
    """Be what is about to happen to the team: somebody comes (person_id is None), leaves (name is None) or changes."""

    role: str
    person_id: int | None = None
    name: str | None = None
    born: date | None = None


def check_swap(actor: Actor, entry: Entry, swap: Swap) -> None:
    """Raise Invalid for a school's change that replaces more of the team than the rule allows, or later."""
    book = rulebook_of(entry.edition)
    bounded = book.substitution_percent is not None or book.substitution_until is not None
    if not bounded or swap.role != book.person_role or rules.runs(actor, entry.edition_id):
        return
    if entry.status not in REGISTERED:
        return
    team, changes = _team(entry, swap.role), changes_since(entry)
    before = replaced(team, read_later(changes))
    after_team, change = _imagined(team, swap)
    excess = excess_of(book, after_team, read_later([*changes, change]), before, clock.today())
    if excess is not None:
        raise Invalid(problems=[Problem(_words(excess, str(book.people.word)), field="full_name")])


def changes_since(entry: Entry) -> list[dict[str, Any]]:
    """Return what was changed since the entry was first handed in."""
    first = (
        select(EntryEvent.id)
        .where(
            EntryEvent.entry_id == entry.id, EntryEvent.kind == "moved", EntryEvent.status_to.in_(sorted(REGISTERED))
        )
        .order_by(EntryEvent.id)
        .limit(1)
        .scalar_subquery()
    )
    wanted = select(EntryEvent.details).where(
        EntryEvent.entry_id == entry.id, EntryEvent.kind == "changed", EntryEvent.id > first
    )
    return [details for details in db.session.scalars(wanted.order_by(EntryEvent.id)) if isinstance(details, dict)]


def _team(entry: Entry, role: str) -> list[Member]:
    rows = db.session.execute(
        select(Participant.id, Participant.full_name, Participant.birth_date, Participant.left_on).where(
            Participant.entry_id == entry.id, Participant.role == role
        )
    )
    return [Member(row.id, row.full_name, row.birth_date, here=row.left_on is None) for row in rows]


def _imagined(team: Sequence[Member], swap: Swap) -> tuple[list[Member], dict[str, Any]]:
    """Return the team as it would be, and the change as it would be written down."""
    part = f"person:{swap.person_id or _NEWCOMER}"
    if swap.person_id is None:
        return [*team, Member(_NEWCOMER, swap.name or "", swap.born)], {
            "part": part,
            "before": {},
            "after": {"role": 1},
        }
    stored = next((member for member in team if member.id == swap.person_id), None)
    if stored is None:
        return list(team), {}
    before = {"full_name": stored.name, "birth_date": stored.born.isoformat() if stored.born else None}
    if swap.name is None:
        gone = [replace(m, here=False) if m is stored else m for m in team]
        return gone, {"part": part, "before": before, "after": {}}
    changed = [replace(m, name=swap.name, born=swap.born) if m is stored else m for m in team]
    return changed, {"part": part, "before": before, "after": {"full_name": swap.name}}


def _words(excess: Excess, word: str) -> Any:
    if excess.until is not None:
        return lazy(
            "Thể lệ chỉ cho thay %(word)s đến hết ngày %(day)s. Nếu thật cần thay, hãy gửi công văn cho Ban Tổ chức.",
            word=word,
            day=format_date(excess.until),
        )
    return lazy(
        "Thể lệ cho thay nhiều nhất %(percent)s%% %(word)s so với lúc nộp, tức %(most)s người; "
        "sửa như vậy là đã thay %(count)s người. Hãy giữ lại người cũ, hoặc gửi công văn cho Ban Tổ chức.",
        percent=excess.percent,
        word=word,
        most=excess.most,
        count=excess.count,
    )
