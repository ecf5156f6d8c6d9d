"""A judge saves and hands in a sheet; an organiser may open it again."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from sqlalchemy import delete, insert, update
from sqlalchemy.orm.attributes import flag_modified

from contest_portal.accounts.actor import Actor
from contest_portal.core import audit, clock
from contest_portal.core.database import db, transaction
from contest_portal.core.errors import Conflict, Invalid, Problem
from contest_portal.core.i18n import lazy
from contest_portal.judging.models import Panel, Score, ScoreEvent, ScoreSheet
from contest_portal.judging.queries_judge import OpenSheet
from contest_portal.judging.rules import check_manages
from contest_portal.judging.scoring import changes, missing, problems_of, total_of
from contest_portal.judging.services.settling import hold_entry, settle

Change = tuple[int, Decimal | None, Decimal | None]


@dataclass(frozen=True)
class Marks:
    """Hold what a judge filled in, and the version of the sheet that was seen."""

    points: Mapping[int, Decimal] = field(default_factory=dict)
    remark: str | None = None
    version: int | None = None


def save_sheet(actor: Actor, opened: OpenSheet, marks: Marks, *, submit: bool = False) -> ScoreSheet:
    """Save a judge's own sheet, and hand it in where asked; every score that changes is written down.

    Raises Conflict when the sheet is locked or was changed meanwhile, Invalid naming every line to mend.
    """
    sheet = opened.sheet
    _check_open(actor, opened, marks)
    _check_points(opened, marks, submit=submit)
    changed = changes(opened.points, marks.points)
    remark = marks.remark or None
    if not changed and remark == sheet.remark and not submit:
        return sheet
    with transaction():
        entry = hold_entry(sheet.entry_id) if submit else None
        sheet.remark, sheet.total = remark, total_of(opened.lines, marks.points)
        sheet.status = "submitted" if submit else "draft"
        sheet.submitted_at = clock.now() if submit else None
        # The version counts changes of single scores too, and those may leave the total as it was.
        flag_modified(sheet, "total")
        # Flushed: the sheet's version decides first whether this judge's other window was faster.
        db.session.flush()
        _write_scores(actor, sheet, changed)
        if entry is not None:
            audit.record(actor, "sheet.submitted", f"sheet {sheet.id}", after={"total": str(sheet.total)})
            settle(actor, entry, opened.edition)
    return sheet


def reopen_sheet(actor: Actor, panel: Panel, sheet: ScoreSheet, reason: str) -> None:
    """Let a judge change a sheet that was handed in; the entry is no longer scored, and the reason is kept."""
    check_manages(actor, panel.round.edition_id)
    if not reason.strip():
        raise Invalid(problems=[Problem(lazy("Hãy ghi lý do mở lại phiếu."), field="reason")])
    if sheet.status != "submitted":
        raise Conflict(lazy("Phiếu này chưa nộp nên không cần mở lại."))
    with transaction():
        entry = hold_entry(sheet.entry_id)
        before = {"status": sheet.status, "total": str(sheet.total)}
        sheet.status, sheet.submitted_at = "draft", None
        # Flushed: what is handed in now decides whether the entry is still scored.
        db.session.flush()
        audit.record(actor, "sheet.reopened", f"sheet {sheet.id}", before=before, after={"reason": reason.strip()})
        settle(actor, entry, panel.round.edition, reason=reason.strip())


def _check_open(actor: Actor, opened: OpenSheet, marks: Marks) -> None:
    sheet = opened.sheet
    if sheet.judge_id != actor.user_id:
        raise Conflict(lazy("Phiếu này không phải của bạn."))
    if opened.locked:
        raise Conflict(lazy("Phiếu này đã nộp và đã khóa; nếu cần sửa, hãy đề nghị Ban Tổ chức mở lại."))
    if not opened.competes:
        raise Conflict(lazy("Bài dự thi này không còn dự thi ở vòng này nên không chấm được."))
    if marks.version != sheet.version:
        raise Conflict(lazy("Phiếu vừa được lưu ở một cửa sổ khác. Hãy xem lại hai bản rồi lưu."))


def _check_points(opened: OpenSheet, marks: Marks, *, submit: bool) -> None:
    problems = problems_of(opened.lines, marks.points)
    if submit:
        problems += missing(opened.lines, marks.points)
    unknown = marks.points.keys() - {line.id for line in opened.lines}
    if unknown:
        problems.append(Problem(lazy("Có tiêu chí không thuộc phiếu này.")))
    if problems:
        raise Invalid(problems=problems)


def _write_scores(actor: Actor, sheet: ScoreSheet, changed: list[Change]) -> None:
    # Statements of their own: one for each kind of change, however many lines a sheet has.
    new = [{"sheet_id": sheet.id, "criterion_id": c, "points": after} for c, before, after in changed if before is None]
    if new:
        db.session.execute(insert(Score), new)
    kept = [
        {"sheet_id": sheet.id, "criterion_id": c, "points": after}
        for c, before, after in changed
        if before is not None and after is not None
    ]
    if kept:
        db.session.execute(update(Score), kept)
    gone = [c for c, _before, after in changed if after is None]
    if gone:
        db.session.execute(delete(Score).where(Score.sheet_id == sheet.id, Score.criterion_id.in_(gone)))
    if changed:
        now = clock.now()
        db.session.execute(
            insert(ScoreEvent),
            [
                {
                    "sheet_id": sheet.id,
                    "criterion_id": c,
                    "before": before,
                    "after": after,
                    "actor_id": actor.user_id,
                    "recorded_at": now,
                }
                for c, before, after in changed
            ],
        )
