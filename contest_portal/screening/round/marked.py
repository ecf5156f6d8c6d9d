"""Read what was already marked and decided in a unit: it holds the rules of its round fast."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import contains_eager

from contest_portal.core.database import db
from contest_portal.core.i18n import lazy
from contest_portal.registration.models import Entry
from contest_portal.registration.status import Status
from contest_portal.screening.models import ScreeningResult
from contest_portal.screening.round.models import Screener, ScreeningMark, ScreeningSheet


@dataclass(frozen=True)
class Marked:
    """Count what was already marked in a unit: it holds the criteria and the way of marking fast."""

    sheets: int = 0
    results: int = 0

    def __bool__(self) -> bool:
        return bool(self.sheets or self.results)

    @property
    def sentence(self) -> Any:
        """Say why how the unit marks can no longer change, and what to do."""
        return lazy(
            "Đã có %(sheets)s phiếu chấm và %(results)s hồ sơ có điểm, nên cách chấm và tiêu chí không đổi được nữa. "
            "Nếu phải đổi, hãy dùng “Chấm lại từ đầu”.",
            sheets=self.sheets,
            results=self.results,
        )


def marked_in(edition_id: int, unit_id: int) -> Marked:
    """Count the sheets with points and the results with a score of a unit's entries that are not withdrawn."""
    here = _entries_in(edition_id, unit_id)
    sheets = select(func.count()).select_from(ScreeningSheet).join(Entry, Entry.id == ScreeningSheet.entry_id)
    results = select(func.count()).select_from(ScreeningResult).join(Entry, Entry.id == ScreeningResult.entry_id)
    return Marked(
        db.session.scalar(sheets.where(here, has_points())) or 0,
        db.session.scalar(results.where(here, ScreeningResult.score.is_not(None))) or 0,
    )


def has_points() -> ColumnElement[bool]:
    """Return the condition of a sheet on which something is marked."""
    return or_(ScreeningSheet.submitted_at.is_not(None), exists().where(ScreeningMark.sheet_id == ScreeningSheet.id))


def sheets_with_points(edition_id: int, unit_id: int) -> Sequence[ScreeningSheet]:
    """Return the sheets of a unit's entries on which something is marked."""
    return db.session.scalars(
        select(ScreeningSheet)
        .join(Entry, Entry.id == ScreeningSheet.entry_id)
        .where(_entries_in(edition_id, unit_id), has_points())
        .order_by(ScreeningSheet.id)
        .execution_options(populate_existing=True)
    ).all()


def decided_in(edition_id: int, unit_id: int) -> Sequence[str]:
    """Return the references of a unit's entries whose forwarding is decided, or that were judged since."""
    decided = (Status.FORWARDED, Status.NOT_FORWARDED, Status.SCORED)
    return db.session.scalars(
        select(Entry.reference)
        .where(_entries_in(edition_id, unit_id), Entry.status.in_(decided))
        .order_by(Entry.reference)
    ).all()


def results_in(edition_id: int, unit_id: int) -> Sequence[ScreeningResult]:
    """Return what a unit found of its entries that are not withdrawn."""
    return db.session.scalars(
        select(ScreeningResult)
        .join(ScreeningResult.entry)
        .where(_entries_in(edition_id, unit_id))
        .options(contains_eager(ScreeningResult.entry))
        .order_by(Entry.reference)
        .execution_options(populate_existing=True)
    ).all()


def forwarded_below(edition_id: int, unit_id: int, mark: Decimal) -> Sequence[str]:
    """Return the references of what a unit has forwarded with a lower score."""
    return db.session.scalars(
        select(Entry.reference)
        .join(ScreeningResult, ScreeningResult.entry_id == Entry.id)
        .where(
            _entries_in(edition_id, unit_id),
            Entry.status.in_((Status.FORWARDED, Status.SCORED)),
            ScreeningResult.score < mark,
        )
        .order_by(Entry.reference)
    ).all()


def prizes_given(edition_id: int, unit_id: int, prize: str | None = None) -> dict[str, list[str]]:
    """Return which entries of a unit have each prize, or this one."""
    query = (
        select(ScreeningResult.prize, Entry.reference)
        .join(Entry, Entry.id == ScreeningResult.entry_id)
        .where(_entries_in(edition_id, unit_id), ScreeningResult.prize.is_not(None))
        .order_by(Entry.reference)
    )
    if prize is not None:
        query = query.where(ScreeningResult.prize == prize)
    given: dict[str, list[str]] = {}
    for name, reference in db.session.execute(query):
        given.setdefault(name or "", []).append(reference)
    return given


def _entries_in(edition_id: int, unit_id: int) -> ColumnElement[bool]:
    return and_(Entry.edition_id == edition_id, Entry.unit_id == unit_id, Entry.status != Status.WITHDRAWN)


def sheets_of_screener(screener: Screener) -> tuple[int, int]:
    """Return how many sheets somebody has begun, and how many of them are handed in."""
    handed_in = func.count(ScreeningSheet.submitted_at)
    query = select(func.count(), handed_in).where(ScreeningSheet.screener_id == screener.id, has_points())
    begun, submitted = db.session.execute(query).one()
    return begun, submitted
