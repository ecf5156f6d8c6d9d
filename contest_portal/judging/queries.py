"""Read panels and sheets for those who organise; what a judge reads is in queries_judge."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from contest_portal.accounts.actor import Actor, Role
from contest_portal.accounts.models import User
from contest_portal.contests.models import Edition, Membership, Round
from contest_portal.contests.queries import all_editions
from contest_portal.contests.services import rulebook_of
from contest_portal.core.database import db
from contest_portal.core.errors import NotFound
from contest_portal.core.paging import PAGE_SIZE, Cursor, Page, keyset, make_page
from contest_portal.judging.models import Panel, PanelJudge, ScoreSheet
from contest_portal.judging.rules import check_sees_panels
from contest_portal.registration.checking.states import HELD_BACK
from contest_portal.registration.models import Entry
from contest_portal.registration.status import Status

PANELS_A_PAGE = 20
SCORED_KINDS = ("judging", "arena")


@dataclass
class Progress:
    """Count sheets by status."""

    by_status: dict[str, int] = field(default_factory=dict)

    def add(self, status: str, number: int) -> None:
        """Count more sheets of a status."""
        self.by_status[status] = self.by_status.get(status, 0) + number

    @property
    def total(self) -> int:
        """Return how many sheets there are."""
        return sum(self.by_status.values())

    @property
    def draft(self) -> int:
        """Return how many sheets are begun."""
        return self.by_status.get("draft", 0)

    @property
    def submitted(self) -> int:
        """Return how many sheets are done."""
        return self.by_status.get("submitted", 0)


@dataclass
class PanelRow:
    """Be one panel with what it has done, as a whole and judge by judge."""

    panel: Panel
    whole: Progress
    judges: list[tuple[User, Progress]]


class SheetRow(NamedTuple):
    """Be one line of a panel's list, for those who may see everything."""

    id: int
    token: str
    number: int
    status: str
    total: Decimal | None
    reference: str
    title: str
    judge: str


def editions_for(actor: Actor) -> list[Edition]:
    """Return the editions whose panels the actor may see, the newest first."""
    return [e for e in all_editions() if actor.holds(Role.ORGANISER, Role.AUDITOR, edition_id=e.id)]


def base_status(edition: Edition) -> Status:
    """Return the status in which an entry comes before its first panel."""
    return Status.FORWARDED if rulebook_of(edition).screening else Status.SUBMITTED


def eligible_statuses(edition: Edition, round_: Round) -> tuple[Status, ...]:
    """Return the statuses a panel of this round takes: a later round also takes entries scored before."""
    earlier = [r for r in edition.rounds if r.kind in SCORED_KINDS and r.position < round_.position]
    return (base_status(edition), Status.SCORED) if earlier else (base_status(edition),)


def scored_rounds(edition: Edition) -> list[Round]:
    """Return the rounds of an edition that panels score and that have criteria."""
    return [r for r in edition.rounds if r.kind in SCORED_KINDS and r.criteria]


def get_panel(actor: Actor, panel_id: int) -> Panel:
    """Return a panel of an edition the actor may see; raises NotFound."""
    panel = db.session.scalar(
        select(Panel)
        .where(Panel.id == panel_id)
        .options(
            joinedload(Panel.round, innerjoin=True).joinedload(Round.edition, innerjoin=True),
            joinedload(Panel.division),
            joinedload(Panel.field),
            selectinload(Panel.judges),
        )
        .execution_options(populate_existing=True)
    )
    if panel is None:
        raise NotFound
    check_sees_panels(actor, panel.round.edition_id)
    return panel


def list_panels(edition_id: int, cursor: Cursor | None = None, size: int = PANELS_A_PAGE) -> Page[PanelRow]:
    """Return one page of an edition's panels with their progress."""
    query = (
        select(Panel)
        .join(Round, Round.id == Panel.round_id)
        .where(Round.edition_id == edition_id)
        .options(
            joinedload(Panel.round, innerjoin=True),
            joinedload(Panel.division),
            joinedload(Panel.field),
            selectinload(Panel.judges),
        )
    )
    statement, used = keyset(query, [Panel.id], cursor, size=size)
    page = make_page(list(db.session.scalars(statement)), used, lambda panel: (panel.id,), size=size)
    return Page(progress_of(page.items), page.next_cursor, page.previous_cursor)


def progress_of(panels: Sequence[Panel]) -> list[PanelRow]:
    """Return panels with what each judge has done."""
    counted = db.session.execute(
        select(ScoreSheet.panel_id, ScoreSheet.judge_id, ScoreSheet.status, func.count())
        .where(ScoreSheet.panel_id.in_([panel.id for panel in panels]))
        .group_by(ScoreSheet.panel_id, ScoreSheet.judge_id, ScoreSheet.status)
    )
    whole = {panel.id: Progress() for panel in panels}
    single: dict[tuple[int, int], Progress] = {}
    for panel_id, judge_id, status, number in counted:
        whole[panel_id].add(status, number)
        single.setdefault((panel_id, judge_id), Progress()).add(status, number)
    return [PanelRow(p, whole[p.id], [(u, single.get((p.id, u.id), Progress())) for u in judges_of(p)]) for p in panels]


def judges_of(panel: Panel) -> list[User]:
    """Return a panel's judges by name."""
    return sorted((seat.user for seat in panel.judges), key=lambda user: (user.name_key, user.id))


def list_sheets(panel_id: int, cursor: Cursor | None = None, size: int = PAGE_SIZE) -> Page[SheetRow]:
    """Return one page of a panel's sheets."""
    query: Any = (
        select(
            ScoreSheet.id,
            ScoreSheet.token,
            ScoreSheet.number,
            ScoreSheet.status,
            ScoreSheet.total,
            Entry.reference,
            Entry.title,
            User.full_name,
        )
        .join(Entry, Entry.id == ScoreSheet.entry_id)
        .join(User, User.id == ScoreSheet.judge_id)
        .where(ScoreSheet.panel_id == panel_id)
    )
    statement, used = keyset(query, [ScoreSheet.number, ScoreSheet.id], cursor, size=size)
    rows = [SheetRow(*row) for row in db.session.execute(statement)]
    return make_page(rows, used, lambda row: (row.number, row.id), size=size)


def get_panel_sheet(panel: Panel, token: str) -> ScoreSheet:
    """Return a sheet of this panel; raises NotFound."""
    sheet = db.session.scalar(
        select(ScoreSheet)
        .where(ScoreSheet.panel_id == panel.id, ScoreSheet.token == token)
        .options(joinedload(ScoreSheet.entry, innerjoin=True), joinedload(ScoreSheet.judge, innerjoin=True))
        .execution_options(populate_existing=True)
    )
    if sheet is None:
        raise NotFound
    return sheet


def judge_candidates(edition_id: int) -> Sequence[User]:
    """Return the people who hold a judge's post for an edition, by name."""
    posts = select(Membership.user_id).where(
        Membership.role == Role.JUDGE,
        Membership.ended_at.is_(None),
        or_(Membership.edition_id.is_(None), Membership.edition_id == edition_id),
    )
    return db.session.scalars(
        select(User).where(User.id.in_(posts), User.active.is_(True)).order_by(User.name_key, User.id)
    ).all()


def eligible_entries(panel: Panel) -> dict[str, int]:
    """Return the entries this panel may be given: reference and id."""
    edition = panel.round.edition
    query = select(Entry.reference, Entry.id).where(
        Entry.edition_id == edition.id, Entry.status.in_(eligible_statuses(edition, panel.round))
    )
    if rulebook_of(edition).document_check:
        # What has to be mended first, or is out, is not judged; what nobody has looked at yet may be.
        query = query.where(Entry.check_state.not_in(HELD_BACK))
    if panel.division_id is not None:
        query = query.where(Entry.division_id == panel.division_id)
    if panel.field_id is not None:
        query = query.where(Entry.field_id == panel.field_id)
    return {row.reference: row.id for row in db.session.execute(query)}


def sheets_by_round(entry_id: int) -> dict[int, list[str]]:
    """Return the statuses of an entry's sheets, round by round."""
    rows = db.session.execute(
        select(Panel.round_id, ScoreSheet.status)
        .join(Panel, Panel.id == ScoreSheet.panel_id)
        .where(ScoreSheet.entry_id == entry_id)
    )
    found: dict[int, list[str]] = {}
    for round_id, status in rows:
        found.setdefault(round_id, []).append(status)
    return found


def seats_of(panel_id: int) -> set[int]:
    """Return the ids of the judges who sit on a panel."""
    return set(db.session.scalars(select(PanelJudge.user_id).where(PanelJudge.panel_id == panel_id)))
