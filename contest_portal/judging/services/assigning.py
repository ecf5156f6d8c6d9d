"""An organiser gives entries to a panel's judges, and takes back what nobody has begun."""

import secrets
from collections.abc import Collection, Sequence
from random import Random

from sqlalchemy import select

from contest_portal.accounts.actor import Actor
from contest_portal.core import audit, clock
from contest_portal.core.database import db, transaction
from contest_portal.core.errors import Conflict, Invalid, Problem
from contest_portal.core.i18n import lazy
from contest_portal.judging.assigning import NewSheet, plan
from contest_portal.judging.models import Panel, ScoreSheet
from contest_portal.judging.queries import eligible_entries, seats_of
from contest_portal.judging.rules import check_manages
from contest_portal.judging.services.panels import hold_panel
from contest_portal.judging.services.settling import hold_entry, settle

NAMED = 10


def assign(
    actor: Actor,
    panel: Panel,
    *,
    references: Sequence[str] | None = None,
    judge_ids: Collection[int] | None = None,
    chance: Random | None = None,
) -> int:
    """Give entries (all eligible ones, or those named) to judges (all of the panel, or those named).

    Returns how many sheets were added; what is assigned already stays. Raises Invalid for an entry or a judge
    that is not this panel's.
    """
    check_manages(actor, panel.round.edition_id)
    with transaction():
        hold_panel(panel.id)
        judges = _chosen_judges(panel.id, judge_ids)
        entries = _chosen_entries(panel, references)
        rows = db.session.execute(
            select(ScoreSheet.entry_id, ScoreSheet.judge_id, ScoreSheet.number).where(ScoreSheet.panel_id == panel.id)
        ).all()
        existing = {(row.entry_id, row.judge_id) for row in rows}
        numbers = {row.entry_id: row.number for row in rows}
        sheets = plan(entries, judges, existing, numbers, chance or secrets.SystemRandom())
        _add_sheets(panel, sheets)
        audit.record(actor, "panel.assigned", f"panel {panel.id}", after={"sheets": len(sheets)})
    return len(sheets)


def remove_assignment(actor: Actor, panel: Panel, sheet: ScoreSheet) -> None:
    """Take back a sheet nobody has begun; the entry may thereby be fully scored."""
    check_manages(actor, panel.round.edition_id)
    if sheet.status != "assigned":
        raise Conflict(lazy("Giám khảo đã bắt đầu chấm phiếu này nên không gỡ phân công được."))
    with transaction():
        entry = hold_entry(sheet.entry_id)
        db.session.delete(sheet)
        # Flushed: what is left decides whether the entry is scored.
        db.session.flush()
        audit.record(actor, "sheet.removed", entry.reference, before={"panel": panel.id, "judge": sheet.judge_id})
        settle(actor, entry, panel.round.edition)


def _add_sheets(panel: Panel, sheets: Sequence[NewSheet]) -> None:
    now = clock.now()
    # One moment for all: when a sheet was made tells nothing about its entry.
    db.session.add_all(
        ScoreSheet(
            token=secrets.token_urlsafe(16),
            panel_id=panel.id,
            entry_id=sheet.entry_id,
            judge_id=sheet.judge_id,
            number=sheet.number,
            status="assigned",
            assigned_at=now,
        )
        for sheet in sheets
    )


def _chosen_judges(panel_id: int, judge_ids: Collection[int] | None) -> set[int]:
    seated = seats_of(panel_id)
    chosen = seated if judge_ids is None else set(judge_ids)
    if not chosen:
        raise Invalid(problems=[Problem(lazy("Hội đồng chưa có giám khảo nào."), field="judges")])
    if chosen - seated:
        raise Invalid(problems=[Problem(lazy("Có người không thuộc hội đồng này."), field="judges")])
    return chosen


def _chosen_entries(panel: Panel, references: Sequence[str] | None) -> list[int]:
    eligible = eligible_entries(panel)
    if references is None:
        chosen = list(eligible.values())
    else:
        unknown = [reference for reference in references if reference not in eligible]
        if unknown:
            raise Invalid(problems=[Problem(_unknown_sentence(unknown), field="references")])
        chosen = [eligible[reference] for reference in references]
    if not chosen:
        raise Invalid(problems=[Problem(lazy("Chưa có hồ sơ nào đủ điều kiện để phân công."), field="references")])
    return chosen


def _unknown_sentence(references: Sequence[str]) -> object:
    named = ", ".join(references[:NAMED]) + (", …" if len(references) > NAMED else "")
    return lazy("Các hồ sơ này không thuộc hội đồng hoặc chưa đủ điều kiện chấm: %(references)s.", references=named)
