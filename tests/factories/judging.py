"""Panels, sheets and their judges, for tests."""

from collections.abc import Sequence
from decimal import Decimal
from random import Random
from typing import Any

from sqlalchemy import select

from contest_portal.accounts.actor import SYSTEM, Actor, Role
from contest_portal.accounts.models import User
from contest_portal.contests.models import Edition, Round
from contest_portal.contests.queries import get_edition, get_edition_with_rules
from contest_portal.core.database import db
from contest_portal.judging.models import Panel, ScoreSheet
from contest_portal.judging.queries import get_panel
from contest_portal.judging.queries_judge import open_sheet
from contest_portal.judging.services import Marks, NewPanel, assign, create_panel, save_sheet
from contest_portal.registration.models import Entry
from tests.factories.people import actor_for, make_user
from tests.factories.screening import YOUTH


def round_of(edition: Edition, code: str) -> Round:
    """Return a round of an edition by code."""
    return next(r for r in edition.rounds if r.code == code)


def make_judge(edition: str | None = YOUTH, full_name: str = "Phạm Văn Chấm", **fields: Any) -> User:
    """Make a judge for an edition, or for all."""
    return make_user(Role.JUDGE, edition=get_edition(edition) if edition else None, full_name=full_name, **fields)


def make_panel(
    judges: Sequence[User],
    code: str = YOUTH,
    round_code: str = "provincial",
    *,
    group: str | None = None,
    name: str = "Hội đồng 1",
) -> Panel:
    """Make a panel with these judges, for one division or field where it is named."""
    edition = get_edition_with_rules(code)
    new = NewPanel(
        round_of(edition, round_code),
        name,
        [judge.id for judge in judges],
        division=next((d for d in edition.divisions if d.code == group), None),
        field=next((f for f in edition.fields if f.code == group), None),
    )
    return get_panel(SYSTEM, create_panel(SYSTEM, edition, new).id)


def assign_all(panel: Panel, entries: Sequence[Entry] | None = None, seed: int = 1) -> list[ScoreSheet]:
    """Give entries to every judge of a panel; return the panel's sheets."""
    assign(SYSTEM, panel, references=[e.reference for e in entries] if entries else None, chance=Random(seed))
    return list(db.session.scalars(select(ScoreSheet).where(ScoreSheet.panel_id == panel.id).order_by(ScoreSheet.id)))


def sheet_for(panel: Panel, entry: Entry, judge: User) -> ScoreSheet:
    """Return the sheet of one judge for one entry."""
    return db.session.scalars(
        select(ScoreSheet)
        .where(ScoreSheet.panel_id == panel.id, ScoreSheet.entry_id == entry.id, ScoreSheet.judge_id == judge.id)
        .execution_options(populate_existing=True)
    ).one()


def score(judge: User | Actor, token: str, *points: str | None, submit: bool = True, **more: Any) -> ScoreSheet:
    """Fill in a sheet line by line as its judge, and hand it in."""
    actor = judge if isinstance(judge, Actor) else actor_for(judge)
    opened = open_sheet(actor, token)
    given = {line.id: Decimal(p) for line, p in zip(opened.lines, points, strict=True) if p is not None}
    version = more.pop("version", opened.sheet.version)
    return save_sheet(actor, opened, Marks(given, more.pop("remark", None), version), submit=submit)
