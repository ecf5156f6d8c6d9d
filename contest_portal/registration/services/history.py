"""Write an entry's history; the one door every status change goes through."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import insert

from contest_portal.accounts.actor import Actor
from contest_portal.core import clock
from contest_portal.core.database import db, transaction
from contest_portal.core.errors import Conflict, Invalid
from contest_portal.core.i18n import lazy
from contest_portal.core.vietnamese import format_date
from contest_portal.registration.models import Entry, EntryEvent
from contest_portal.registration.status import LABELS, Status, allowed


def move_entry(
    actor: Actor,
    entry: Entry,
    to: Status,
    *,
    happened_on: date | None = None,
    source: str = "web",
    reason: str | None = None,
    details: Any = None,
) -> EntryEvent:
    """Change an entry's status and write the event of it.

    Raises Conflict when the way does not exist, Invalid when the date lies before the latest event or ahead.
    """
    day = happened_on or clock.today()
    before = _check_way(entry, to)
    check_date(entry, day)
    with transaction():
        entry.status = to
        entry.status_on = day
        # Flushed: a new entry needs its id before its event can name it.
        db.session.add(entry)
        db.session.flush()
        return write_event(
            actor,
            entry,
            "moved",
            day=day,
            source=source,
            status_from=before,
            status_to=to,
            reason=reason,
            details=details,
        )


def move_entries(
    actor: Actor, moves: Sequence[tuple[Entry, date]], to: Status, *, source: str, reason: str | None = None
) -> None:
    """Let many entries through the same door, each on its own day, in a handful of statements.

    Raises Conflict and Invalid as move_entry() does, and then moves none.
    """
    befores = []
    for entry, day in moves:
        befores.append(_check_way(entry, to))
        check_date(entry, day)
    with transaction():
        for entry, day in moves:
            entry.status, entry.status_on = to, day
            db.session.add(entry)
        # Flushed once for all: new entries need their ids before their events can name them.
        db.session.flush()
        write_events(
            [
                event_values(
                    actor, entry, "moved", day=day, source=source, status_from=before, status_to=to, reason=reason
                )
                for (entry, day), before in zip(moves, befores, strict=True)
            ]
        )


def _check_way(entry: Entry, to: Status) -> Status | None:
    """Return the status the entry comes from; raises Conflict where no way leads on."""
    before = Status(entry.status) if entry.status else None
    if not allowed(before, to):
        raise Conflict(
            lazy(
                "Hồ sơ %(reference)s đang ở trạng thái “%(before)s” nên không chuyển sang “%(after)s” được.",
                reference=entry.reference,
                before=LABELS[before] if before else "–",
                after=LABELS[to],
            )
        )
    return before


def check_date(entry: Entry, day: date) -> None:
    """Raise Invalid for a day before the entry's latest event, or after today."""
    if day > clock.today():
        raise Invalid(lazy("Ngày %(day)s còn ở phía trước: hãy nhập ngày việc đã xảy ra.", day=format_date(day)))
    if entry.status_on and day < entry.status_on:
        raise Invalid(
            lazy(
                "Ngày %(day)s sớm hơn lần thay đổi gần nhất của hồ sơ %(reference)s (%(last)s).",
                day=format_date(day),
                reference=entry.reference,
                last=format_date(entry.status_on),
            )
        )


def write_event(actor: Actor, entry: Entry, kind: str, *, day: date, source: str, **more: Any) -> EntryEvent:
    """Add one event to an entry's history; called inside the caller's transaction."""
    event = EntryEvent(**event_values(actor, entry, kind, day=day, source=source, **more))
    db.session.add(event)
    return event


def write_events(events: Sequence[dict[str, Any]]) -> None:
    """Add many events of event_values() in one statement."""
    if events:
        db.session.execute(insert(EntryEvent).execution_options(render_nulls=True), list(events))


def event_values(
    actor: Actor,
    entry: Entry,
    kind: str,
    *,
    day: date,
    source: str,
    status_from: str | None = None,
    status_to: str | None = None,
    reason: str | None = None,
    details: Any = None,
) -> dict[str, Any]:
    """Return what is written of one event."""
    return {
        "entry_id": entry.id,
        "edition_id": entry.edition_id,
        "kind": kind,
        "status_from": status_from,
        "status_to": status_to,
        "happened_on": day,
        "recorded_at": clock.now(),
        "actor_id": actor.user_id,
        "actor_name": actor.username,
        "source": source,
        "reason": reason,
        "details": details,
    }
