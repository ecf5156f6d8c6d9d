"""Put an import's plan into the words of its preview."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from contest_portal.core.i18n import _, lazy
from contest_portal.core.looks import status_label
from contest_portal.core.vietnamese import format_date, format_decimal
from contest_portal.registration.describing import FIELD_LABELS
from contest_portal.registration.imports import Action, Change, ImportPlan, PlanRow
from contest_portal.registration.tables import RowProblem

# As many rows of a kind as a page can carry; the figures above the table are of all of them.
SHOWN: Final = 200
# What needs a person comes first.
ORDER: Final = (Action.REJECTED, Action.UPDATE, Action.CREATE, Action.UNCHANGED)
WORDS: Final[dict[Action, tuple[str, Any]]] = {
    Action.CREATE: ("new", lazy("Thêm mới")),
    Action.UPDATE: ("changed", lazy("Cập nhật")),
    Action.UNCHANGED: ("unchanged", lazy("Không đổi")),
    Action.REJECTED: ("error", lazy("Không nhận")),
}
_LABELS: Final[dict[str, Any]] = {
    **FIELD_LABELS,
    "school_id": lazy("Trường"),
    "note": lazy("Ghi chú"),
    "joined": lazy("Thêm người"),
    "left": lazy("Bớt người"),
    "status": lazy("Trạng thái"),
    "score": lazy("Điểm sơ khảo"),
    "prize": lazy("Giải của đơn vị"),
}


@dataclass(frozen=True)
class PreviewRow:
    """Be one line of the preview."""

    row: int
    title: str
    school: str
    people: int
    status: str
    label: Any
    problems: list[str]
    changes: list[str]


def preview_rows(plan: ImportPlan) -> list[PreviewRow]:
    """Return the rows to show, those that need a person first."""
    chosen: list[PlanRow] = []
    for action in ORDER:
        chosen += [row for row in plan.rows if row.action is action][:SHOWN]
    return [_line(row) for row in chosen]


def left_out(plan: ImportPlan) -> list[str]:
    """Return which columns and rows of the tables were not read, so that nobody has to guess."""
    tables = list({id(row.table): row.table for row in plan.rows}.values())
    found: list[str] = []
    for table in tables:
        if table.ignored:
            columns = ", ".join(f"“{text}”" for text in table.ignored)
            found.append(_("Trang “%(sheet)s”: không dùng cột %(columns)s.", sheet=table.sheet, columns=columns))
        found += [
            _("Trang “%(sheet)s”, dòng %(row)s: “%(text)s”.", sheet=table.sheet, row=row, text=text)
            for row, text in table.skipped[:SHOWN]
        ]
    return found


def _line(row: PlanRow) -> PreviewRow:
    status, label = WORDS[row.action]
    changes = row.changes if row.action is Action.UPDATE else []
    return PreviewRow(
        row.parsed.row,
        row.wanted.title,
        row.wanted.school.name if row.wanted.school else "",
        len(row.wanted.people),
        status,
        label,
        [_problem(problem) for problem in sorted(row.problems, key=lambda found: not found.fatal)],
        list(dict.fromkeys(map(_change, changes))),
    )


def _problem(problem: RowProblem) -> str:
    place = f"{problem.column}{problem.row}" if problem.column else _("dòng %(row)s", row=problem.row)
    if problem.value:
        return _("%(place)s “%(value)s”: %(message)s", place=place, value=problem.value, message=problem.message)
    return _("%(place)s: %(message)s", place=place, message=problem.message)


def _change(change: Change) -> str:
    label = _LABELS.get(change.name, change.name)
    if change.before is None or change.after is None:
        return _("%(label)s: %(value)s", label=label, value=_plain(change, change.before or change.after))
    old, new = _plain(change, change.before), _plain(change, change.after)
    return _("%(label)s: “%(old)s” → “%(new)s”", label=label, old=old, new=new)


def _plain(change: Change, value: Any) -> str:
    if change.name == "status":
        return status_label(str(value))
    if isinstance(value, date):
        return format_date(value)
    return format_decimal(value) if isinstance(value, Decimal) else str(value)
