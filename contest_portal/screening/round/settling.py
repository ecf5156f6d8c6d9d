"""Turn the sheets of an entry into its score; called inside the transaction that holds the unit."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import joinedload

from contest_portal.accounts.actor import Actor
from contest_portal.core import audit, clock
from contest_portal.core.database import db
from contest_portal.core.errors import Conflict, NotFound
from contest_portal.core.i18n import lazy
from contest_portal.registration.models import Entry
from contest_portal.registration.services import move_entry, write_event
from contest_portal.registration.status import LABELS, Status
from contest_portal.screening.models import ScreeningResult
from contest_portal.screening.round.criteria import SHEETS
from contest_portal.screening.round.models import Screener, ScreeningSheet
from contest_portal.screening.round.queries import round_of, screeners_of
from contest_portal.screening.round.scoring import mean_of

OPEN = (Status.RECEIVED, Status.SCREENED)


@dataclass(frozen=True)
class Standing:
    """Be how far the marking of one entry has come."""

    submitted: tuple[ScreeningSheet, ...]
    missing: tuple[Screener, ...]

    @property
    def score(self) -> Decimal | None:
        """Return the mean of what was handed in."""
        return mean_of([sheet.total for sheet in self.submitted if sheet.total is not None])


def check_open(entry: Entry) -> None:
    """Raise Conflict for an entry that is not there yet, or is decided, NotFound for one that has gone to another unit."""
    # Read again: it may have been taken over since the page was opened, and the unit is held only now.
    if db.session.scalar(select(Entry.unit_id).where(Entry.id == entry.id)) != entry.unit_id:
        raise NotFound
    if entry.status not in OPEN:
        raise Conflict(
            lazy(
                "Hồ sơ %(reference)s đang ở trạng thái “%(status)s” nên không ghi phiếu chấm được.",
                reference=entry.reference,
                status=LABELS[Status(entry.status)],
            )
        )


def standing_of(entry: Entry) -> Standing:
    """Return whose sheets of an entry were handed in, and who still owes one.

    What was handed in counts also after its screener left the board.
    """
    # Flushed: one of the sheets may have been written a moment ago in this very transaction.
    db.session.flush()
    sheets = db.session.scalars(
        select(ScreeningSheet)
        .where(ScreeningSheet.entry_id == entry.id, ScreeningSheet.submitted_at.is_not(None))
        .options(joinedload(ScreeningSheet.screener))
        .order_by(ScreeningSheet.screener_id)
    ).all()
    given = {sheet.screener_id for sheet in sheets}
    board = screeners_of(entry.edition_id, entry.unit_id or 0, marking=True)
    return Standing(tuple(sheets), tuple(screener for screener in board if screener.id not in given))


def settle(actor: Actor, entry: Entry) -> None:
    """Write the score once every screener has handed in, and anew whenever a sheet of a scored entry changes."""
    standing = standing_of(entry)
    if entry.status == Status.SCREENED or (standing.submitted and not standing.missing):
        write_score(actor, entry, standing)


def settle_waiting(actor: Actor, edition_id: int, unit_id: int) -> None:
    """Score what waited only for somebody who no longer marks: whoever is left has handed in everything."""
    if round_of(edition_id, unit_id).marking != SHEETS:
        return
    # Flushed: who left the board did so a moment ago in this very transaction.
    db.session.flush()
    waiting = db.session.scalars(
        select(Entry)
        .where(
            Entry.edition_id == edition_id,
            Entry.unit_id == unit_id,
            Entry.status == Status.RECEIVED,
            exists().where(ScreeningSheet.entry_id == Entry.id, ScreeningSheet.submitted_at.is_not(None)),
        )
        .order_by(Entry.reference)
    ).all()
    for entry in waiting:
        settle(actor, entry)


def unsettle(actor: Actor, entry: Entry, reason: str) -> None:
    """Send an entry back to where it waits for its score, now that one of its sheets is open again."""
    result = db.session.get(ScreeningResult, entry.id, populate_existing=True)
    before = None if result is None or result.score is None else str(result.score)
    if result is not None:
        result.score = None
    if entry.status == Status.SCREENED:
        details = {"screening": {"score": None, "before": before}}
        move_entry(actor, entry, Status.RECEIVED, happened_on=clock.today(), reason=reason, details=details)


def write_score(actor: Actor, entry: Entry, standing: Standing, reason: str | None = None) -> None:
    """Write the mean of what was handed in, and from which sheets it comes."""
    result = db.session.get(ScreeningResult, entry.id, populate_existing=True)
    before = None if result is None else result.score
    if entry.status == Status.SCREENED and before == standing.score and reason is None:
        return
    day = max(clock.today(), entry.status_on)
    row = result or ScreeningResult(entry_id=entry.id)
    row.score, row.decided_on = standing.score, day
    row.recorded_at, row.recorded_by = clock.now(), actor.user_id
    db.session.add(row)
    told = {"score": str(standing.score), "prize": row.prize, "remark": row.remark, "sheets": told_of(standing)}
    plain_before = None if before is None else {"score": str(before)}
    audit.record(actor, "screening.result", entry.reference, before=plain_before, after=told)
    _tell(actor, entry, told, reason)


def told_of(standing: Standing) -> list[dict[str, Any]]:
    """Return from which sheets a score comes, for the history."""
    return [{"screener": sheet.screener.full_name, "total": str(sheet.total)} for sheet in standing.submitted]


def _tell(actor: Actor, entry: Entry, told: dict[str, Any], reason: str | None) -> None:
    """Move the entry on, or write that its score is another."""
    day, details = max(clock.today(), entry.status_on), {"screening": told}
    if entry.status == Status.RECEIVED:
        move_entry(actor, entry, Status.SCREENED, happened_on=day, reason=reason, details=details)
    else:
        write_event(actor, entry, "changed", day=day, source="web", details=details, reason=reason)


def names_of(screeners: Sequence[Screener]) -> str:
    """Write the names of screeners in a sentence."""
    return ", ".join(screener.full_name for screener in screeners)
