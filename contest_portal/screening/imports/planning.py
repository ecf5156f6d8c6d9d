"""Work out what a list says of the unit's own round: scores, prizes, who goes on."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final

from sqlalchemy import func, select

from contest_portal.accounts.actor import Actor
from contest_portal.contests.models import Edition, EditionUnit, Unit
from contest_portal.contests.services import rulebook_of
from contest_portal.core.database import db
from contest_portal.core.i18n import lazy
from contest_portal.core.progress import Report, quiet
from contest_portal.core.vietnamese import format_date, format_decimal
from contest_portal.registration.columns import Kind
from contest_portal.registration.imports import Action, Change, ImportPlan, PlanRow, plan_import
from contest_portal.registration.models import Entry
from contest_portal.registration.status import Status
from contest_portal.registration.tables import ParsedTable
from contest_portal.screening.arrivals.queries import arrived_in
from contest_portal.screening.arrivals.services import actor_organises
from contest_portal.screening.declarations import receptions_closed
from contest_portal.screening.imports.prizes import Given, PrizeBook
from contest_portal.screening.models import ScreeningResult
from contest_portal.screening.queries import Scale, quota_of, scale_of, units_completed
from contest_portal.screening.round.queries import pass_mark_for
from contest_portal.screening.states import FORWARDED, score_problem

LONGEST_PRIZE: Final = 60
# Stations of the unit's round, in their order; a list only ever leads forward or from one decision to the other.
_DECIDED: Final = (Status.FORWARDED, Status.NOT_FORWARDED, Status.SCORED)


@dataclass
class Finding:
    """Be what a list says that the unit found of one entry, and what of it is new."""

    row: PlanRow
    score: Decimal | None = None
    prize: str | None = None
    decision: Status | None = None
    stored: ScreeningResult | None = None
    result_changed: bool = False
    # The stations still to go through, in their order.
    moves: list[Status] = field(default_factory=list)

    @property
    def entry(self) -> Entry:
        """Return the row's entry; a new one is there once the plan is applied."""
        if self.row.entry is None:
            raise LookupError(self.row.parsed.row)
        return self.row.entry


@dataclass
class ScreenedPlan:
    """Be an import's plan with the unit's findings."""

    plan: ImportPlan
    findings: list[Finding] = field(default_factory=list)


def plan_screened(
    actor: Actor,
    edition: Edition,
    tables: Sequence[ParsedTable],
    *,
    unit: Unit | None = None,
    effective: date | None = None,
    report: Report = quiet,
) -> ScreenedPlan:
    """Plan an import, with the unit's findings where a unit's list is imported; raises as plan_import() does."""
    plan = plan_import(actor, edition, tables, unit=unit, effective=effective, report=report)
    screened = ScreenedPlan(plan)
    if plan.born is Status.RECEIVED:
        _Screener(actor, edition, screened).plan_all()
    return screened


class _Screener:
    """Add findings to one plan."""

    def __init__(self, actor: Actor, edition: Edition, screened: ScreenedPlan) -> None:
        self.organises = actor_organises(actor, edition.id)
        self.edition, self.screened, self.plan = edition, screened, screened.plan
        self.scales: dict[int | None, Scale] = {}
        self.pass_marks: dict[int | None, Decimal | None] = {}
        self.prizes = PrizeBook(edition.id)
        entries = [row.entry for row in self.plan.rows if row.entry is not None]
        self.results = _results_of(entries)
        self.arrived = arrived_in(edition.id)
        self.completed = {unit.unit_id: unit.completed_on for unit in units_completed(edition.id)}
        self.closed = receptions_closed(edition.id)

    def plan_all(self) -> None:
        """Read what each row found, then hold units to their quotas and to their completion."""
        # A list without a single mark was sent before the decision.
        decided: dict[int, bool] = defaultdict(bool)
        for row in self.plan.rows:
            decided[id(row.table)] |= bool(row.parsed.forwarded)
        for row in self.plan.accepted:
            finding = self._read(row, decided=decided[id(row.table)])
            if finding is not None and not row.rejected:
                self.screened.findings.append(finding)
        self._check_locked()
        self._check_prizes()
        self._check_quotas()
        self._check_completed()
        self._check_closed()
        self.screened.findings = [finding for finding in self.screened.findings if not finding.row.rejected]

    def _read(self, row: PlanRow, *, decided: bool) -> Finding | None:
        if row.entry is not None and row.entry.status == Status.WITHDRAWN:
            return None
        parsed = row.parsed
        found = parsed.unit_score is not None or parsed.unit_prize is not None or bool(parsed.forwarded)
        if not found:
            return None
        finding = Finding(row, parsed.unit_score, (parsed.unit_prize or "")[:LONGEST_PRIZE] or None)
        if decided and parsed.forwarded is not None:
            finding.decision = Status.FORWARDED if parsed.forwarded else Status.NOT_FORWARDED
        self._check_score(finding)
        self._settle_prize(finding)
        if row.entry is not None:
            finding.stored = self.results.get(row.entry.id)
        self._compare(finding)
        return finding

    def _check_score(self, finding: Finding) -> None:
        row, score = finding.row, finding.score
        if score is None:
            return
        letter = row.table.column_of(Kind.UNIT_SCORE)
        scale, pass_mark = self._bounds(_unit_id(row))
        problem = score_problem(score, scale.most, scale.step)
        if problem is not None:
            row.complain(letter, score, problem)
        elif finding.decision is Status.FORWARDED and pass_mark is not None and score < pass_mark:
            message = lazy("Dưới %(mark)s điểm thì không chuyển lên tỉnh được.", mark=format_decimal(pass_mark))
            row.complain(letter, score, message)

    def _bounds(self, unit_id: int | None) -> tuple[Scale, Decimal | None]:
        """Return between which scores the row's unit marks; each unit's is looked up once."""
        if unit_id not in self.scales:
            self.scales[unit_id] = scale_of(self.edition.id, unit_id)
            edition_mark = rulebook_of(self.edition).pass_mark
            usual = None if edition_mark is None else Decimal(edition_mark)
            self.pass_marks[unit_id] = usual if unit_id is None else pass_mark_for(self.edition, unit_id)
        return self.scales[unit_id], self.pass_marks[unit_id]

    def _settle_prize(self, finding: Finding) -> None:
        """Call a prize as the unit calls it, or say that it has none of that name."""
        if finding.prize is None:
            return
        row, typed = finding.row, finding.prize
        finding.prize, problem = self.prizes.settle(_unit_id(row), typed)
        if problem is not None:
            row.complain(row.table.column_of(Kind.UNIT_PRIZE), typed, problem)

    def _check_prizes(self) -> None:
        """Refuse the rows that give more of a prize than the unit has."""
        found = self.screened.findings
        given = [
            Given(
                place,
                unit_id,
                finding.prize,
                finding.row.entry.reference if finding.row.entry else finding.row.wanted.title,
            )
            for place, finding in enumerate(found)
            if finding.prize and (unit_id := _unit_id(finding.row)) is not None
        ]
        for place, problem in self.prizes.over(given):
            row = found[place].row
            row.complain(row.table.column_of(Kind.UNIT_PRIZE), found[place].prize, problem)

    def _compare(self, finding: Finding) -> None:
        row = finding.row
        before = Status(row.entry.status) if row.entry is not None else None
        finding.moves = _way(before, finding.decision)
        stored = finding.stored
        finding.result_changed = _differs(finding, stored)
        if finding.result_changed:
            row.changes += [
                Change("screening", name, getattr(stored, name, None), value)
                for name, value in (("score", finding.score), ("prize", finding.prize))
                if value is not None and value != getattr(stored, name, None)
            ]
        if before is Status.SCORED and finding.decision is Status.NOT_FORWARDED:
            message = lazy("Hồ sơ đã được chấm cấp tỉnh nên không rút lại quyết định gửi được.")
            row.complain(row.table.column_of(Kind.FORWARDED), "", message)
        if finding.decision is Status.NOT_FORWARDED and row.entry is not None and row.entry.id in self.arrived:
            message = lazy("Ban Tổ chức cấp tỉnh đã nhận hồ sơ này nên không bỏ dấu gửi được.")
            row.complain(row.table.column_of(Kind.FORWARDED), "", message)
        if finding.moves:
            start = before.value if before is not None else Status.RECEIVED.value
            row.changes.append(Change("screening", "status", start, finding.moves[-1].value))
        if row.action is Action.UNCHANGED and (finding.moves or finding.result_changed):
            row.action = Action.UPDATE
            self._check_day(row)

    def _check_day(self, row: PlanRow) -> None:
        if row.entry is not None and self.plan.effective < row.entry.status_on:
            message = lazy(
                "Ngày hiệu lực %(day)s sớm hơn lần thay đổi gần nhất của hồ sơ (%(last)s): hãy chọn ngày muộn hơn.",
                day=format_date(self.plan.effective),
                last=format_date(row.entry.status_on),
            )
            row.complain(row.table.column_of(Kind.TITLE), row.wanted.title, message)

    def _check_quotas(self) -> None:
        """Refuse the rows that forward more than a unit may, counting what stays forwarded."""
        chosen: dict[int, list[Finding]] = defaultdict(list)
        undone: Counter[int] = Counter()
        for finding in self.screened.findings:
            unit_id = _unit_id(finding.row)
            before = finding.row.entry.status if finding.row.entry is not None else None
            if unit_id is None or finding.row.rejected:
                continue
            if finding.moves and finding.moves[-1] is Status.FORWARDED:
                chosen[unit_id].append(finding)
            elif finding.moves and before in FORWARDED:
                undone[unit_id] += 1
        if chosen:
            forwarded = _count_forwarded(self.edition, chosen)
            for unit_id, findings in chosen.items():
                self._check_quota(unit_id, findings, forwarded.get(unit_id, 0) - undone[unit_id])

    def _check_quota(self, unit_id: int, findings: Sequence[Finding], taken: int) -> None:
        edition_unit = db.session.get_one(EditionUnit, (self.edition.id, unit_id))
        quota = quota_of(self.edition, edition_unit)
        if quota is None:
            return
        for finding in findings[max(0, quota - taken) :]:
            message = lazy(
                "Đơn vị chỉ được gửi %(quota)s hồ sơ; danh sách này đưa lên %(total)s: hãy bỏ bớt dấu x.",
                quota=quota,
                total=taken + len(findings),
            )
            finding.row.complain(finding.row.table.column_of(Kind.FORWARDED), "x", message)

    def _check_locked(self) -> None:
        """Refuse what a unit's own list changes of an entry that it forwarded and does not recall."""
        recalled = {id(finding.row) for finding in self.screened.findings if finding.moves}
        for row in self.plan.accepted:
            changes = row.action is not Action.UNCHANGED and row.entry is not None and row.entry.status in FORWARDED
            if changes and not self.organises and id(row) not in recalled:
                message = lazy("Hồ sơ đã chuyển lên tỉnh nên đã khóa: hãy rút lại quyết định trước khi sửa.")
                row.complain(row.table.column_of(Kind.TITLE), row.wanted.title, message)

    def _check_completed(self) -> None:
        """Refuse every change of a unit that has completed its round; a list that changes nothing is no harm."""
        for row in self.plan.accepted:
            day = self.completed.get(_unit_id(row) or 0)
            if day is not None and row.action is not Action.UNCHANGED:
                message = lazy(
                    "Đơn vị đã hoàn thành sơ khảo ngày %(day)s nên không thay đổi được nữa. Ban Tổ chức có thể mở lại.",
                    day=format_date(day),
                )
                row.complain(row.table.column_of(Kind.TITLE), row.wanted.title, message)

    def _check_closed(self) -> None:
        """Refuse what a unit would receive after it declared that it had received everything."""
        for row in self.plan.accepted:
            day = self.closed.get(_unit_id(row) or 0)
            if day is not None and not row.rejected and brings_in(row):
                message = lazy(
                    "Đơn vị đã khai nhận xong hồ sơ ngày %(day)s nên không nhận thêm. Đơn vị có thể khai nhận trở lại.",
                    day=format_date(day),
                )
                row.complain(row.table.column_of(Kind.TITLE), row.wanted.title, message)


def brings_in(row: PlanRow) -> bool:
    """Tell whether a row brings a unit something it has not received before."""
    return row.action is Action.CREATE or any(change.part == "status" for change in row.changes)


def _way(before: Status | None, decision: Status | None) -> list[Status]:
    """Return the stations from where an entry stands to where the list leads it."""
    if before is Status.SCORED or (decision is not None and before is decision):
        return []
    if before in _DECIDED:
        return [decision] if decision is not None else []
    start = [] if before is Status.SCREENED else [Status.SCREENED]
    return [*start, decision] if decision is not None else start


def _differs(finding: Finding, stored: ScreeningResult | None) -> bool:
    if stored is None:
        return True
    return (finding.score is not None and finding.score != stored.score) or (
        finding.prize is not None and finding.prize != stored.prize
    )


def _unit_id(row: PlanRow) -> int | None:
    if row.wanted.unit is not None:
        return row.wanted.unit.id
    return row.entry.unit_id if row.entry is not None else None


def _results_of(entries: Sequence[Entry]) -> dict[int, ScreeningResult]:
    if not entries:
        return {}
    ids = {entry.id for entry in entries}
    edition = entries[0].edition_id
    rows = db.session.scalars(
        select(ScreeningResult).join(Entry, Entry.id == ScreeningResult.entry_id).where(Entry.edition_id == edition)
    )
    return {result.entry_id: result for result in rows if result.entry_id in ids}


def _count_forwarded(edition: Edition, units: Iterable[int]) -> dict[int, int]:
    rows = db.session.execute(
        select(Entry.unit_id, func.count())
        .where(Entry.edition_id == edition.id, Entry.unit_id.in_(list(units)), Entry.status.in_(FORWARDED))
        .group_by(Entry.unit_id)
    )
    return {unit_id: count for unit_id, count in rows if unit_id is not None}
