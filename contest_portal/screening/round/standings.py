"""Read how a unit's entries stand: one place for the ranking page, the minutes, the summary and forwarding."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import select

from contest_portal.contests.models import Division, Edition, EditionUnit, Field, School
from contest_portal.core.database import db
from contest_portal.registration.models import Entry
from contest_portal.registration.status import Status
from contest_portal.screening.models import ScreeningResult
from contest_portal.screening.queries import quota_of
from contest_portal.screening.round.models import Screener, ScreeningSheet, TieDecision
from contest_portal.screening.round.queries import pass_mark_for, prizes_for, round_of, tie_decisions_of
from contest_portal.screening.round.ranking import Candidate, Decided, Ranking, Tie, rank, split_ties
from contest_portal.screening.round.scoring import spread_of
from contest_portal.screening.states import FORWARDED

# Whatever reached the unit and is still in the contest.
RANKED: Final = (Status.RECEIVED, Status.SCREENED, Status.NOT_FORWARDED, *FORWARDED)


@dataclass(frozen=True)
class StandingRow:
    """Be one entry as it stands in its unit; without a score it has no place yet."""

    entry_id: int
    reference: str
    title: str
    status: str
    school: str
    group: str
    score: Decimal | None
    # What the unit has given, and what it would have by its score.
    prize: str | None
    place: int | None = None
    proposed: str | None = None
    tie: Tie | None = None
    above: bool = False
    passes: bool = True
    # The total of each screener's sheet that was handed in, by the screener's id.
    sheets: dict[int, Decimal] = field(default_factory=dict)

    @property
    def forwarded(self) -> bool:
        """Tell whether the unit sent it on."""
        return self.status in FORWARDED

    @property
    def spread(self) -> Decimal | None:
        """Return how far the screeners lie apart."""
        return spread_of(self.sheets.values())


@dataclass(frozen=True)
class Standings:
    """Be a unit's entries in their order, and what the order follows from."""

    rows: tuple[StandingRow, ...]
    ranking: Ranking
    within: str
    quota: int | None
    pass_mark: Decimal | None
    prizes: tuple[tuple[str, int], ...]
    # Whose sheets there are: id and name.
    screeners: tuple[tuple[int, str], ...]
    decisions: tuple[TieDecision, ...]

    @property
    def forwarded(self) -> int:
        """Return how many entries were forwarded."""
        return sum(row.forwarded for row in self.rows)

    @property
    def left(self) -> int | None:
        """Return how many more may be forwarded; None for any number."""
        return None if self.quota is None else max(0, self.quota - self.forwarded)

    @property
    def open_ties(self) -> list[Tie]:
        """Return the ties somebody has to decide: across the quota line or a prize."""
        return [tie for tie in self.ranking.ties if tie.matters]

    @property
    def first(self) -> list[str]:
        """Return what to forward next by the order: above the line, and not decided yet."""
        return [row.reference for row in self.rows if row.above and row.status == Status.SCREENED][: self.left]

    def split(self, forwarded: Collection[str]) -> list[Tie]:
        """Return the undecided ties of which these forwarded entries leave somebody out for want of room."""
        return split_ties(self.ranking, forwarded, self.quota)


def standings_of(edition: Edition, edition_unit: EditionUnit) -> Standings:
    """Return how a unit's entries stand now, the best first, those without a score last."""
    unit_id = edition_unit.unit_id
    entries = [_row(row) for row in db.session.execute(_entries(edition_unit))]
    within = round_of(edition.id, unit_id).rank_within
    quota, pass_mark = quota_of(edition, edition_unit), pass_mark_for(edition, unit_id)
    prizes, decisions = prizes_for(edition.id, unit_id), tie_decisions_of(edition.id, unit_id)
    ranking = rank(
        [_candidate(row) for row in entries if row["score"] is not None],
        [Decided(decision.score, tuple(decision.ordered)) for decision in decisions],
        within,
        quota=quota,
        pass_mark=pass_mark,
        prizes=prizes,
    )
    sheets = _sheets([row["entry_id"] for row in entries])
    rows = [_place(row, ranking, pass_mark, sheets[row["entry_id"]]) for row in entries]
    at = {reference: number for number, reference in enumerate(ranking.order)}
    rows.sort(key=lambda row: (at.get(row.reference, len(at)), row.reference))
    names = _screeners(edition_unit, {screener for row in rows for screener in row.sheets})
    return Standings(tuple(rows), ranking, within, quota, pass_mark, tuple(prizes), names, tuple(decisions))


def _entries(edition_unit: EditionUnit) -> Any:
    return (
        select(
            Entry.id.label("entry_id"),
            Entry.reference,
            Entry.title,
            Entry.status,
            School.name.label("school"),
            Division.name.label("division"),
            Field.name.label("field"),
            ScreeningResult.score,
            ScreeningResult.prize,
        )
        .outerjoin(School, School.id == Entry.school_id)
        .outerjoin(Division, Division.id == Entry.division_id)
        .outerjoin(Field, Field.id == Entry.field_id)
        .outerjoin(ScreeningResult, ScreeningResult.entry_id == Entry.id)
        .where(
            Entry.edition_id == edition_unit.edition_id,
            Entry.unit_id == edition_unit.unit_id,
            Entry.status.in_(RANKED),
        )
    )


def _row(row: Any) -> dict[str, Any]:
    found = dict(row._mapping)
    division, field_name = found.pop("division"), found.pop("field")
    return {**found, "school": found["school"] or "", "group": division or field_name or ""}


def _candidate(row: dict[str, Any]) -> Candidate:
    return Candidate(row["reference"], row["score"], row["group"], kept=row["status"] == Status.NOT_FORWARDED)


def _place(row: dict[str, Any], ranking: Ranking, pass_mark: Decimal | None, sheets: dict[int, Decimal]) -> StandingRow:
    reference, score = row["reference"], row["score"]
    return StandingRow(
        **row,
        place=ranking.places.get(reference),
        proposed=ranking.prizes.get(reference),
        tie=ranking.tie_of(reference),
        above=reference in ranking.above,
        passes=score is None or pass_mark is None or score >= pass_mark,
        sheets=sheets,
    )


def _sheets(ids: Collection[int]) -> dict[int, dict[int, Decimal]]:
    found: dict[int, dict[int, Decimal]] = defaultdict(dict)
    rows = db.session.execute(
        select(ScreeningSheet.entry_id, ScreeningSheet.screener_id, ScreeningSheet.total).where(
            ScreeningSheet.entry_id.in_(ids), ScreeningSheet.submitted_at.is_not(None)
        )
    )
    for entry_id, screener_id, total in rows:
        if total is not None:
            found[entry_id][screener_id] = total
    return found


def _screeners(edition_unit: EditionUnit, wanted: Collection[int]) -> tuple[tuple[int, str], ...]:
    rows: Sequence[Any] = db.session.execute(
        select(Screener.id, Screener.full_name)
        .where(Screener.edition_id == edition_unit.edition_id, Screener.unit_id == edition_unit.unit_id)
        .order_by(Screener.id)
    ).all()
    return tuple((screener, name) for screener, name in rows if screener in wanted)
