"""Fill in sheets: a screener the own ones, a coordinator those that a member without an account wrote on paper."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from contest_portal.accounts.actor import Actor
from contest_portal.core import audit, clock
from contest_portal.core.database import db
from contest_portal.core.errors import Conflict, Invalid, NotFound, Problem
from contest_portal.core.i18n import lazy
from contest_portal.core.vietnamese import clean_text
from contest_portal.registration.models import Entry
from contest_portal.screening.round.criteria import SHEETS, CriterionLine, total_of
from contest_portal.screening.round.models import Screener, ScreeningMark, ScreeningSheet
from contest_portal.screening.round.queries import criteria_in, get_screener, round_of, seat_of
from contest_portal.screening.round.scoring import sheet_problems
from contest_portal.screening.round.settling import check_open, names_of, settle, standing_of, unsettle, write_score
from contest_portal.screening.round.sheet_queries import find_sheet
from contest_portal.screening.services.units import unit_at_work, unit_held

OTHER_WINDOW: Final = lazy("Phiếu vừa được lưu ở một cửa sổ khác. Hãy xem lại hai bản rồi lưu.")
LOCKED: Final = lazy("Phiếu này đã nộp và đã khóa; nếu cần sửa, hãy đề nghị người phụ trách của đơn vị mở lại.")


@dataclass(frozen=True)
class Filled:
    """Hold what stands on a sheet, and the version that was seen: 0 where there was none yet."""

    points: Mapping[str, Decimal] = field(default_factory=dict)
    remark: str | None = None
    version: int | None = None


def save_own(actor: Actor, entry: Entry, filled: Filled, *, submit: bool = False) -> ScreeningSheet:
    """Save a screener's own sheet, half filled too, and hand it in where asked.

    Raises NotFound for somebody without a seat on the entry's board, Conflict when the sheet is locked or was saved
    elsewhere, Invalid naming every line to mend.
    """
    unit_id = entry.unit_id or 0
    with unit_held(entry.edition_id, unit_id):
        seat = seat_of(entry.edition_id, unit_id, actor.user_id or 0)
        if seat is None or not seat.marks:
            raise NotFound
        return _save(actor, entry, seat, filled, submit=submit)


def type_in(actor: Actor, entry: Entry, token: str, filled: Filled, *, submit: bool = False) -> ScreeningSheet:
    """Type in what a member without an account wrote on paper; raises as save_own() does."""
    with unit_at_work(actor, entry.edition_id, entry.unit_id):
        seat = _paper_seat(entry.edition_id, entry.unit_id or 0, token)
        return _save(actor, entry, seat, filled, submit=submit, typed_by=actor.user_id)


def type_in_many(
    actor: Actor, edition_id: int, unit_id: int, token: str, rows: Sequence[tuple[Entry, Filled]]
) -> tuple[int, int]:
    """Type in a pile of paper sheets, all or none: whole ones are handed in; return how many were, and how many wait.

    Rows in which nothing changed are left alone. Problems name their field as "reference:field".
    """
    with unit_at_work(actor, edition_id, unit_id):
        seat = _paper_seat(edition_id, unit_id, token)
        lines = criteria_in(edition_id, unit_id)
        changed = [(entry, filled) for entry, filled in rows if _differs(seat, entry, filled)]
        problems = [problem for entry, filled in changed for problem in _located(entry, lines, filled)]
        if problems:
            raise Invalid(problems=problems)
        whole = [total_of(lines, filled.points) is not None for _entry, filled in changed]
        for (entry, filled), submit in zip(changed, whole, strict=True):
            _save(actor, entry, seat, filled, submit=submit, typed_by=actor.user_id)
        return sum(whole), len(whole) - sum(whole)


def reopen(actor: Actor, entry: Entry, token: str, reason: str) -> ScreeningSheet:
    """Let a sheet that was handed in be changed, before the entry is decided; its score waits until then."""
    said = _reason(reason, lazy("Hãy ghi lý do mở lại phiếu."))
    with unit_at_work(actor, entry.edition_id, entry.unit_id):
        check_open(entry)
        seat = get_screener(entry.edition_id, entry.unit_id or 0, token)
        sheet = find_sheet(entry.id, seat.id)
        if sheet is None or sheet.submitted_at is None:
            raise Conflict(lazy("Phiếu này chưa nộp nên không cần mở lại."))
        before = told_sheet(sheet)
        sheet.submitted_at = None
        audit.record(actor, "screening.sheet_reopened", entry.reference, before=before, after={"reason": said})
        unsettle(actor, entry, said)
        return sheet


def close_with_fewer(actor: Actor, entry: Entry, reason: str) -> Decimal:
    """Score an entry from the sheets there are, though some are missing; the reason and who is missing are kept."""
    said = _reason(reason, lazy("Hãy ghi lý do chốt điểm khi còn thiếu phiếu."))
    with unit_at_work(actor, entry.edition_id, entry.unit_id):
        _check_by_sheets(entry)
        check_open(entry)
        standing = standing_of(entry)
        if standing.score is None:
            raise Conflict(lazy("Chưa có phiếu nào được nộp nên chưa chốt điểm được."))
        if not standing.missing:
            raise Conflict(lazy("Hồ sơ này không thiếu phiếu nào."))
        missing = {"missing": names_of(standing.missing), "reason": said}
        audit.record(actor, "screening.closed_with_fewer", entry.reference, after=missing)
        write_score(actor, entry, standing, said)
        return standing.score


def _save(
    actor: Actor, entry: Entry, seat: Screener, filled: Filled, *, submit: bool, typed_by: int | None = None
) -> ScreeningSheet:
    _check_by_sheets(entry)
    check_open(entry)
    lines = criteria_in(entry.edition_id, entry.unit_id or 0)
    problems = sheet_problems(lines, filled.points, whole=submit)
    if problems:
        raise Invalid(problems=problems)
    stored = find_sheet(entry.id, seat.id)
    _check_unlocked(stored, filled)
    sheet = stored or ScreeningSheet(entry_id=entry.id, screener_id=seat.id, started_at=clock.now())
    before = told_sheet(stored) if stored is not None else None
    _write(sheet, lines, filled, typed_by)
    if submit:
        sheet.submitted_at = clock.now()
    db.session.add(sheet)
    # Flushed: the version, and of two first savings at once the table's own rule, decide before anything is told.
    db.session.flush()
    if submit:
        audit.record(actor, "screening.sheet_submitted", entry.reference, before=before, after=told_sheet(sheet))
        settle(actor, entry)
    return sheet


def _check_unlocked(stored: ScreeningSheet | None, filled: Filled) -> None:
    if stored is not None and stored.submitted_at is not None:
        raise Conflict(LOCKED)
    if (stored.version if stored else 0) != filled.version:
        raise Conflict(OTHER_WINDOW)


def _write(sheet: ScreeningSheet, lines: Sequence[CriterionLine], filled: Filled, typed_by: int | None) -> None:
    known = {mark.criterion_code: mark for mark in sheet.marks}
    for code in known.keys() - filled.points.keys():
        sheet.marks.remove(known[code])
    for code, points in filled.points.items():
        if code in known:
            known[code].points = points
        else:
            sheet.marks.append(ScreeningMark(criterion_code=code, points=points))
    sheet.total, sheet.remark = total_of(lines, filled.points), clean_text(filled.remark or "", lines=True) or None
    # Written at every saving, so that the version counts changes of single points too.
    sheet.typed_by, sheet.saved_at = typed_by, clock.now()


def told_sheet(sheet: ScreeningSheet) -> dict[str, Any]:
    """Return what stands on a sheet, for the log."""
    return {
        "screener": sheet.screener_id,
        "points": {mark.criterion_code: str(mark.points) for mark in sheet.marks},
        "total": None if sheet.total is None else str(sheet.total),
    }


def _check_by_sheets(entry: Entry) -> None:
    if round_of(entry.edition_id, entry.unit_id or 0).marking != SHEETS:
        raise Conflict(lazy("Đơn vị này cho một điểm thống nhất, không chấm bằng phiếu riêng."))


def _paper_seat(edition_id: int, unit_id: int, token: str) -> Screener:
    seat = get_screener(edition_id, unit_id, token)
    if not seat.marks:
        raise NotFound
    if seat.user_id is not None:
        raise Conflict(
            lazy("%(name)s có tài khoản nên tự ghi phiếu của mình; không nhập hộ được.", name=seat.full_name)
        )
    return seat


def _differs(seat: Screener, entry: Entry, filled: Filled) -> bool:
    stored = find_sheet(entry.id, seat.id)
    if stored is None:
        return bool(filled.points)
    # Whoever typed over an older version is told so, also where the points happen to agree.
    points = {mark.criterion_code: mark.points for mark in stored.marks}
    return stored.version != filled.version or points != dict(filled.points) or _waits(stored)


def _waits(sheet: ScreeningSheet) -> bool:
    return sheet.total is not None and sheet.submitted_at is None


def _located(entry: Entry, lines: Sequence[CriterionLine], filled: Filled) -> list[Problem]:
    return [
        Problem(problem.message, field=f"{entry.reference}:{problem.field}", value=problem.value)
        for problem in sheet_problems(lines, filled.points)
    ]


def _reason(reason: str | None, sentence: Any) -> str:
    said = clean_text(reason or "", lines=True)
    if not said:
        raise Invalid(problems=[Problem(sentence, field="reason")])
    return said


__all__ = [
    "Filled",
    "close_with_fewer",
    "reopen",
    "save_own",
    "told_sheet",
    "type_in",
    "type_in_many",
]
