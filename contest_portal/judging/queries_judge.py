"""Read what a judge may see: the own sheets, and of a blind round nothing that tells whose work it is."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import and_, bindparam, func, select
from sqlalchemy.orm import joinedload, lazyload, load_only

from contest_portal.accounts.actor import Actor, Role
from contest_portal.contests.models import Criterion, Edition, Round, School, Unit
from contest_portal.core.database import db
from contest_portal.core.errors import NotFound
from contest_portal.core.i18n import local_name
from contest_portal.core.paging import PAGE_SIZE, Cursor, Page, keyset, make_page
from contest_portal.judging.blinding import blind_title
from contest_portal.judging.models import Panel, Score, ScoreSheet
from contest_portal.judging.queries import Progress, base_status
from contest_portal.judging.scoring import Line
from contest_portal.registration.models import Entry, Participant
from contest_portal.registration.status import Status


@dataclass(frozen=True)
class Subject:
    """Be what a judge learns of an entry; in a blind round only the number, the group and the blinded title."""

    number: int
    title: str
    summary: str | None = None
    reference: str | None = None
    school: str | None = None
    unit: str | None = None
    people: tuple[str, ...] = ()


@dataclass
class OpenSheet:
    """Be a sheet with its lines and the points given so far."""

    sheet: ScoreSheet
    edition: Edition
    lines: tuple[Line, ...]
    points: dict[int, Decimal]

    @property
    def locked(self) -> bool:
        """Tell whether the sheet was handed in."""
        return self.sheet.status == "submitted"

    @property
    def most(self) -> Decimal:
        """Return how many points a sheet can have in all."""
        return sum((line.max_points for line in self.lines), Decimal(0))

    @property
    def competes(self) -> bool:
        """Tell whether the entry is still in the contest."""
        return self.sheet.entry.status in (base_status(self.edition), Status.SCORED)


@dataclass(frozen=True)
class MySheet:
    """Be one line of a judge's list."""

    id: int
    token: str
    number: int
    status: str
    total: Decimal | None
    title: str
    panel: str


@dataclass(frozen=True)
class MyPanel:
    """Be one panel of a judge's, with the judge's own progress."""

    id: int
    name: str
    round: str
    edition: Edition
    progress: Progress


def open_sheet(actor: Actor, token: str) -> OpenSheet:
    """Return a judge's own sheet; raises NotFound for everybody else's."""
    sheet: ScoreSheet | None = db.session.scalar(_sheet_of_judge(), {"token": token, "judge_id": actor.user_id})
    if sheet is None or not actor.holds(Role.JUDGE, edition_id=sheet.panel.round.edition_id):
        raise NotFound
    return with_lines(sheet)


def with_lines(sheet: ScoreSheet) -> OpenSheet:
    """Read a sheet's lines and points."""
    rows = db.session.execute(_lines_of_sheet(), {"sheet_id": sheet.id, "round_id": sheet.panel.round_id}).all()
    lines = tuple(Line(row.id, local_name(row), row.max_points, row.step, row.guidance) for row in rows)
    points = {row.id: row.points for row in rows if row.points is not None}
    return OpenSheet(sheet, sheet.panel.round.edition, lines, points)


def subject_of(sheet: ScoreSheet) -> Subject:
    """Return what the judge of a sheet may learn of its entry."""
    entry = sheet.entry
    names = _names_of([entry.id]).get(entry.id, [])
    if sheet.panel.round.blind:
        return Subject(sheet.number, _blinded(entry, names))
    return Subject(
        number=sheet.number,
        title=entry.title,
        summary=entry.summary,
        reference=entry.reference,
        school=entry.school.name if entry.school else None,
        unit=entry.unit.name if entry.unit else None,
        people=tuple(name for name, left in names if not left),
    )


def my_panels(actor: Actor) -> list[MyPanel]:
    """Return the panels on which the actor has sheets, with the actor's own progress."""
    counted = db.session.execute(
        select(ScoreSheet.panel_id, ScoreSheet.status, func.count())
        .join(Panel, Panel.id == ScoreSheet.panel_id)
        .join(Round, Round.id == Panel.round_id)
        .where(*_own(actor))
        .group_by(ScoreSheet.panel_id, ScoreSheet.status)
    )
    progress: dict[int, Progress] = {}
    for panel_id, status, number in counted:
        progress.setdefault(panel_id, Progress()).add(status, number)
    panels = db.session.scalars(
        select(Panel)
        .where(Panel.id.in_(progress))
        .options(joinedload(Panel.round, innerjoin=True).joinedload(Round.edition, innerjoin=True))
        .order_by(Panel.id)
    )
    return [MyPanel(p.id, p.name, local_name(p.round), p.round.edition, progress[p.id]) for p in panels]


def my_sheets(
    actor: Actor, *, panel_id: int | None = None, cursor: Cursor | None = None, size: int = PAGE_SIZE
) -> Page[MySheet]:
    """Return one page of the actor's sheets, by number."""
    query = (
        select(ScoreSheet)
        .join(Panel, Panel.id == ScoreSheet.panel_id)
        .join(Round, Round.id == Panel.round_id)
        .where(*_own(actor))
        .options(*_whole_sheet())
    )
    if panel_id is not None:
        query = query.where(ScoreSheet.panel_id == panel_id)
    statement, used = keyset(query, [ScoreSheet.number, ScoreSheet.id], cursor, size=size)
    sheets = list(db.session.scalars(statement))
    names = _names_of([sheet.entry_id for sheet in sheets if sheet.panel.round.blind])
    rows = [_my_sheet(sheet, names.get(sheet.entry_id, [])) for sheet in sheets]
    return make_page(rows, used, lambda row: (row.number, row.id), size=size)


def next_sheet(actor: Actor, after: ScoreSheet) -> str | None:
    """Return the token of the panel's next sheet the actor has not handed in."""
    return db.session.scalar(
        select(ScoreSheet.token)
        .where(
            ScoreSheet.judge_id == actor.user_id,
            ScoreSheet.panel_id == after.panel_id,
            ScoreSheet.status != "submitted",
            ScoreSheet.id != after.id,
        )
        .order_by(ScoreSheet.number < after.number, ScoreSheet.number)
        .limit(1)
    )


# The two statements of every sheet opened or saved, put together once: a tenth of the page's time.
@cache
def _sheet_of_judge() -> Any:
    return (
        select(ScoreSheet)
        .where(ScoreSheet.token == bindparam("token"), ScoreSheet.judge_id == bindparam("judge_id"))
        .options(*_whole_sheet())
        .execution_options(populate_existing=True)
    )


@cache
def _lines_of_sheet() -> Any:
    of_sheet = and_(Score.criterion_id == Criterion.id, Score.sheet_id == bindparam("sheet_id"))
    line = (Criterion.id, Criterion.name, Criterion.name_en, Criterion.max_points, Criterion.step, Criterion.guidance)
    return (
        select(*line, Score.points)
        .outerjoin(Score, of_sheet)
        .where(Criterion.round_id == bindparam("round_id"))
        .order_by(Criterion.position, Criterion.id)
    )


def _whole_sheet() -> tuple[Any, ...]:
    to_round = joinedload(ScoreSheet.panel, innerjoin=True).joinedload(Panel.round, innerjoin=True)
    entry = joinedload(ScoreSheet.entry, innerjoin=True)
    return (
        to_round.joinedload(Round.edition, innerjoin=True).options(lazyload(Edition.contest), load_only(Edition.rules)),
        entry.joinedload(Entry.school).options(lazyload(School.unit), load_only(School.name)),
        entry.joinedload(Entry.unit).load_only(Unit.name),
    )


def _own(actor: Actor) -> list[Any]:
    posts = [post.edition_id for post in actor.posts if post.role is Role.JUDGE]
    mine: list[Any] = [ScoreSheet.judge_id == actor.user_id]
    if None not in posts:
        mine.append(Round.edition_id.in_(posts))
    return mine


def _my_sheet(sheet: ScoreSheet, names: list[tuple[str, bool]]) -> MySheet:
    title = _blinded(sheet.entry, names) if sheet.panel.round.blind else sheet.entry.title
    return MySheet(sheet.id, sheet.token, sheet.number, sheet.status, sheet.total, title, sheet.panel.name)


def _names_of(entry_ids: Iterable[int]) -> dict[int, list[tuple[str, bool]]]:
    # Those who left too: a title may carry the name of somebody who is no longer in the team.
    rows = db.session.execute(
        select(Participant.entry_id, Participant.full_name, Participant.left_on)
        .where(Participant.entry_id.in_(list(entry_ids)))
        .order_by(Participant.position, Participant.id)
    )
    found: dict[int, list[tuple[str, bool]]] = {}
    for entry_id, full_name, left_on in rows:
        found.setdefault(entry_id, []).append((full_name, left_on is not None))
    return found


def _blinded(entry: Entry, names: list[tuple[str, bool]]) -> str:
    places = [entry.school.name if entry.school else None, entry.unit.name if entry.unit else None]
    return blind_title(entry.title, [*places, *(name for name, _left in names)])
