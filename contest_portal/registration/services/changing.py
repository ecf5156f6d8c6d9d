"""What every change of an entry shares: the row held, versions compared, the change written down."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.orm.attributes import flag_modified

from contest_portal.accounts.actor import Actor
from contest_portal.core import audit, clock
from contest_portal.core.database import db
from contest_portal.core.errors import Conflict
from contest_portal.registration import rules
from contest_portal.registration.models import Entry, EntryEvent
from contest_portal.registration.proposals import plain
from contest_portal.registration.services.history import write_event
from contest_portal.registration.services.rechecking import look_again


def hold(entry: Entry) -> None:
    """Read the entry again and keep others from changing it until the transaction ends."""
    columns = [column.key for column in inspect(Entry).column_attrs]
    # Not its key: whoever writes a row that names this entry needs not wait, and cannot wait in a circle.
    db.session.refresh(entry, columns, with_for_update={"key_share": True})
    forget_places(entry)
    # Read again: whoever acts while a deadline is moved is decided by what holds now.
    db.session.expire(entry.edition, ["deadline_events"])


def forget_places(entry: Entry) -> None:
    """Let the entry's division, field, unit and people be read again when they are asked for."""
    db.session.expire(entry, ["division", "field", "unit", "participants"])


def allow_change(actor: Actor, entry: Entry, *, at: datetime | None, reason: str | None) -> None:
    """Raise unless the actor may change the entry, which is held."""
    moment = at or clock.now()
    rules.check_change(actor, entry, moment)
    rules.check_reason(actor, entry, reason, moment)


def check_version(entry: Entry, version: int | None, part: str) -> None:
    """Raise Conflict when this part of the entry was changed after the version a person saw.

    Somebody adding a coach does not stand in the way of somebody writing the summary.
    """
    if version is None or version == entry.version:
        return
    rows = db.session.scalars(
        select(EntryEvent.details).where(EntryEvent.entry_id == entry.id, EntryEvent.kind == "changed")
    )
    if any(_touches(details, version, part) for details in rows):
        raise Conflict


def _touches(details: Any, version: int, part: str) -> bool:
    known: Mapping[str, Any] = details if isinstance(details, dict) else {}
    later = known.get("version")
    return (later is None or later > version) and known.get("part", part) == part


def write_change(
    actor: Actor,
    entry: Entry,
    part: str,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    *,
    reason: str | None = None,
    source: str = "web",
) -> None:
    """Write a change into the entry's history, and into the log without what it was about."""
    # The version counts changes of the people too, and those touch no column of the entry.
    flag_modified(entry, "title")
    db.session.flush()
    details = {"part": part, "version": entry.version, "before": _plain(before), "after": _plain(after)}
    write_event(actor, entry, "changed", day=clock.today(), source=source, reason=reason, details=details)
    audit.record(actor, "entry.changed", entry.reference, after={"part": part, "fields": sorted({*before, *after})})
    look_again(actor, entry, source=source)


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: plain(value) for name, value in values.items()}
