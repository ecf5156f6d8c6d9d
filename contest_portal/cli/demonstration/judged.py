"""Panels of the youth contest at work: most sheets handed in, some begun, some untouched."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from random import Random
from typing import Final

from sqlalchemy import select

from contest_portal.accounts.actor import SYSTEM, Actor
from contest_portal.accounts.models import User
from contest_portal.cli.demonstration.cast import cast_judge
from contest_portal.cli.demonstration.names import Inventor
from contest_portal.contests.models import Edition, Round
from contest_portal.contests.queries import get_edition_with_rules, posts_of
from contest_portal.core.database import db
from contest_portal.judging.models import Panel, ScoreSheet
from contest_portal.judging.queries_judge import Line, open_sheet
from contest_portal.judging.services import Marks, NewPanel, assign, create_panel, save_sheet

JUDGES: Final = 5
JUDGES_A_PANEL: Final = 3
# Of the first judge's sheets these many, at the end, are left to try: untouched, and begun.
UNTOUCHED: Final = 6
BEGUN: Final = 2


def build_judging(inventor: Inventor, first: User, tick: Callable[[int], None]) -> None:
    """Make a panel for each field, assign what was forwarded, and score nearly all of it."""
    edition = get_edition_with_rules("youth-2024")
    judged = next(r for r in edition.rounds if r.kind == "judging")
    judges = [first, *(cast_judge(n, inventor.person(), edition) for n in range(2, JUDGES + 1))]
    for position, field in enumerate(edition.fields):
        seats = [judges[(position + step) % JUDGES] for step in range(JUDGES_A_PANEL)]
        panel = _panel(edition, judged, position, [judge.id for judge in seats])
        assign(SYSTEM, panel, chance=Random(position))
        # The last field's panel has not begun: an organiser sees what that looks like.
        if field is not edition.fields[-1]:
            for judge in seats:
                _score(panel, judge, inventor.random, spare=judge is first and position == 0)
        tick(1)


def _panel(edition: Edition, judged: Round, position: int, judge_ids: Sequence[int]) -> Panel:
    field = edition.fields[position]
    name = f"Hội đồng {position + 1}: {field.name}"[:150]
    return create_panel(SYSTEM, edition, NewPanel(judged, name, judge_ids, field=field))


def _score(panel: Panel, judge: User, chance: Random, *, spare: bool) -> None:
    actor = Actor(judge.id, judge.full_name, judge.username, posts_of(judge.id))
    query = select(ScoreSheet.token).where(ScoreSheet.panel_id == panel.id, ScoreSheet.judge_id == judge.id)
    tokens = db.session.scalars(query.order_by(ScoreSheet.number)).all()
    done = len(tokens) - UNTOUCHED if spare else len(tokens)
    for place, token in enumerate(tokens[:done]):
        opened = open_sheet(actor, token)
        begun = spare and place >= done - BEGUN
        lines = opened.lines[:2] if begun else opened.lines
        marks = Marks({line.id: _points(line, chance) for line in lines}, version=opened.sheet.version)
        save_sheet(actor, opened, marks, submit=not begun)


def _points(line: Line, chance: Random) -> Decimal:
    steps = int(line.max_points / line.step)
    return line.step * chance.randint(steps // 2, steps)
