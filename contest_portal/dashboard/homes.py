"""What waits for somebody who has signed in: one part for each of the roles held, each with the next thing to do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select

from contest_portal.accounts.actor import Actor, Role
from contest_portal.contests.models import Edition, Round, School, Unit
from contest_portal.contests.queries import all_editions, open_editions, schools_of
from contest_portal.contests.reach import closes_for_school
from contest_portal.contests.rulebook import Rulebook
from contest_portal.contests.services import rulebook_of
from contest_portal.core import clock
from contest_portal.core.database import db
from contest_portal.dashboard.desks import EditionDesk, desks_of
from contest_portal.judging.models import Panel, ScoreSheet
from contest_portal.judging.queries_judge import MyPanel, my_panels
from contest_portal.registration.checking.queries import count_waiting
from contest_portal.registration.models import Entry
from contest_portal.registration.queries import visible_entries
from contest_portal.registration.status import Status
from contest_portal.reporting.rules import editions_of
from contest_portal.reporting.tallies import EditionFigures, figures_for
from contest_portal.screening.queries import editions_for, unit_rows
from contest_portal.screening.round.sheet_queries import seats_of
from contest_portal.screening.states import UnitCounts, next_thing


@dataclass(frozen=True)
class SchoolHome:
    """Hold what a school looks for: its entries by edition, and what is open."""

    drafts: int
    submitted: int
    desks: Sequence[EditionDesk]
    open_editions: Sequence[Edition]


@dataclass(frozen=True)
class UnitHome:
    """Hold where one unit stands in one edition, and what to do there next."""

    edition: Edition
    unit: Unit
    counts: UnitCounts
    todo: str


@dataclass(frozen=True)
class EditionHome:
    """Hold an edition's figures for those who run it or watch it."""

    edition: Edition
    rules: Rulebook
    figures: EditionFigures
    sheets: int
    submitted_sheets: int
    # Papers that nobody has looked at yet; counted up to a thousand.
    unchecked: int = 0

    @property
    def funnel(self) -> list[tuple[str, int]]:
        """Return how many entries came how far, as status codes and numbers."""
        status = self.figures.by_status
        screened = sum(
            status.get(s, 0) for s in (Status.SCREENED, Status.FORWARDED, Status.NOT_FORWARDED, Status.SCORED)
        )
        steps = [("submitted", self.figures.entries)]
        if self.rules.screening:
            steps += [("screened", screened), ("forwarded", self.figures.forwarded)]
        return [*steps, ("scored", status.get(Status.SCORED, 0))]

    @property
    def todo(self) -> str:
        """Name the one next thing: registering, screening, panels, sheets or results."""
        if self.edition.is_open():
            return "registering"
        if self.rules.screening and self.figures.units_completed < self.figures.units_total:
            return "screening"
        if not self.sheets:
            return "panels"
        return "sheets" if self.submitted_sheets < self.sheets else "results"


def school_home(actor: Actor) -> SchoolHome:
    """Return what waits for somebody who registers for a school."""
    own = visible_entries(actor).where(Entry.school_id.in_(actor.school_ids))
    rows = db.session.execute(own.with_only_columns(Entry.status, func.count()).group_by(Entry.status))
    schools = schools_of(actor)
    counted: dict[str, int] = {row[0]: row[1] for row in rows}
    drafts, withdrawn = counted.get(Status.DRAFT, 0), counted.get(Status.WITHDRAWN, 0)
    return SchoolHome(drafts, sum(counted.values()) - drafts - withdrawn, desks_of(actor, schools), _open_for(schools))


def open_now() -> list[Edition]:
    """Return the editions that take registrations at this moment, the one that closes first ahead."""
    return sorted((e for e in all_editions() if e.is_open()), key=lambda e: e.closes_for())


def _open_for(schools: Sequence[School]) -> list[Edition]:
    """Return the editions that one of these schools may register for now, extensions included."""
    now = clock.now()
    found = [e for e in open_editions(now) if any(now < closes_for_school(e, s) for s in schools)]
    return sorted(found, key=lambda edition: edition.closes_for())


def unit_homes(actor: Actor) -> list[UnitHome]:
    """Return where a coordinator's units stand; what is open or not finished comes first."""
    found = [
        UnitHome(edition, row.unit, row.counts, next_thing(row.counts))
        for edition in editions_for(actor)
        for row in unit_rows(actor, edition)
        if row.unit.id in actor.unit_ids(edition.id)
    ]
    return sorted(found, key=lambda home: (home.todo == "nothing", -home.edition.year))


def judge_home(actor: Actor) -> list[MyPanel]:
    """Return the panels on which a judge has sheets, those with sheets left ahead."""
    return sorted(my_panels(actor), key=lambda mine: mine.progress.submitted >= mine.progress.total)


def edition_homes(actor: Actor, as_of: date | None) -> list[EditionHome]:
    """Return the figures of every edition that has begun, for those who may read them."""
    editions = [e for e in editions_of(actor) if e.opens_at <= clock.now()]
    progress = _sheets([edition.id for edition in editions])
    waiting = count_waiting([edition.id for edition in editions if rulebook_of(edition).document_check])
    homes = []
    for edition, figures in zip(editions, figures_for(editions, as_of), strict=True):
        if figures.entries or edition.is_open():
            total, done = progress.get(edition.id, (0, 0))
            unchecked = waiting.get(edition.id, 0)
            homes.append(EditionHome(edition, rulebook_of(edition), figures, total, done, unchecked))
    return homes


def days_left(closes_at: Any) -> int:
    """Return the days until a deadline, counting the one it falls on."""
    return max(0, (clock.local(closes_at - timedelta(seconds=1)).date() - clock.today()).days)


def _sheets(edition_ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    rows = db.session.execute(
        select(Round.edition_id, ScoreSheet.status, func.count())
        .join(Panel, Panel.id == ScoreSheet.panel_id)
        .join(Round, Round.id == Panel.round_id)
        .where(Round.edition_id.in_(edition_ids))
        .group_by(Round.edition_id, ScoreSheet.status)
    )
    found: dict[int, tuple[int, int]] = {}
    for edition_id, status, number in rows:
        total, done = found.get(edition_id, (0, 0))
        found[edition_id] = (total + number, done + (number if status == "submitted" else 0))
    return found


def parts_for(actor: Actor, as_of: date | None) -> dict[str, Any]:
    """Return the parts of a home for the roles somebody holds."""
    return {
        "school": school_home(actor) if actor.has(Role.SCHOOL) else None,
        "units": unit_homes(actor) if actor.has(Role.COORDINATOR) else None,
        "seats": seats_of(actor) if actor.has(Role.SCREENER) else None,
        "panels": judge_home(actor) if actor.has(Role.JUDGE) else None,
        "editions": edition_homes(actor, as_of) if actor.has(Role.ORGANISER, Role.AUDITOR) else None,
    }
