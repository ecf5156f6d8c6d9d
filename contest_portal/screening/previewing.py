"""Put an import's plan into the words of its preview."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from contest_portal.core.i18n import _, lazy
from contest_portal.core.looks import status_label, tag
from contest_portal.core.paging import Cursor, Page, decode, encode
from contest_portal.core.vietnamese import format_date, format_decimal, format_number
from contest_portal.registration.describing import FIELD_LABELS
from contest_portal.registration.imports import Action, Change, ImportPlan, PlanRow
from contest_portal.registration.tables import RowProblem

# As many lines of text that were not read as anybody looks through.
SHOWN: Final = 200
PAGE: Final = 50
# What needs a person comes first.
WITH_PROBLEMS: Final = "problems"
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


def preview_rows(plan: ImportPlan) -> list[dict[str, Any]]:
    """Return every row ready to be shown and kept, those that need a person first."""
    rank = {action: number for number, action in enumerate(ORDER)}
    return [_line(row) for row in sorted(plan.rows, key=lambda row: rank[row.action])]


def left_out(plan: ImportPlan) -> list[str]:
    """Return which columns and rows of the tables were not read, and which are hidden, so that nobody has to guess."""
    tables = list({id(row.table): row.table for row in plan.rows}.values())
    found: list[str] = []
    for table in tables:
        if table.ignored:
            columns = ", ".join(f"“{text}”" for text in table.ignored)
            found.append(_("Trang “%(sheet)s”: không dùng cột %(columns)s.", sheet=table.sheet, columns=columns))
        if table.hidden:
            columns = ", ".join(table.hidden)
            found.append(
                _("Trang “%(sheet)s”: cột đang ẩn vẫn được đọc: %(columns)s.", sheet=table.sheet, columns=columns)
            )
        found += [
            _("Trang “%(sheet)s”, dòng %(row)s: “%(text)s”.", sheet=table.sheet, row=row, text=text)
            for row, text in table.skipped[:SHOWN]
        ]
    return found


def _line(row: PlanRow) -> dict[str, Any]:
    changes = row.changes if row.action is Action.UPDATE else []
    return {
        "sheet": row.table.sheet,
        "row": row.parsed.row,
        "title": row.wanted.title,
        "school": row.wanted.school.name if row.wanted.school else "",
        "people": len(row.wanted.people),
        "action": row.action.value,
        "problems": [_problem(problem) for problem in sorted(row.problems, key=lambda found: not found.fatal)],
        "changes": list(dict.fromkeys(map(_change, changes))),
    }


def _problem(problem: RowProblem) -> dict[str, Any]:
    return {
        "row": problem.row,
        "column": problem.column,
        "value": problem.value,
        "message": str(problem.message),
        "fatal": problem.fatal,
    }


def row_tag(action: str) -> Any:
    """Return what becomes of a row as a coloured word."""
    status, words = WORDS[Action(action)]
    return tag(status, words)


def problem_text(problem: Mapping[str, Any]) -> str:
    """Return a problem as one sentence: where, what stands there, what to do."""
    place = f"{problem['column']}{problem['row']}" if problem["column"] else _("dòng %(row)s", row=problem["row"])
    if problem["value"]:
        words = {"place": place, "value": problem["value"], "message": problem["message"]}
        return _("%(place)s “%(value)s”: %(message)s", **words)
    return _("%(place)s: %(message)s", place=place, message=problem["message"])


@dataclass(frozen=True)
class Shown:
    """Be one page of a preview's rows, filtered as the address says."""

    chosen: str
    tabs: list[tuple[str, str, int]]
    page: Page[Mapping[str, Any]]


def shown_rows(rows: Sequence[Mapping[str, Any]], counts: Mapping[str, int], args: Mapping[str, str]) -> Shown:
    """Return the page of rows that the address asks for; a wrong address shows the first of all."""
    chosen = args.get("show", "")
    if chosen not in counts and chosen != WITH_PROBLEMS:
        chosen = ""
    problems = sum(bool(row["problems"]) for row in rows)
    tabs = [("", _("Tất cả"), len(rows)), (WITH_PROBLEMS, _("Có chỗ cần xem"), problems)]
    tabs += [(action.value, str(WORDS[action][1]), counts.get(action.value, 0)) for action in ORDER]
    wanted = [row for row in rows if _is_shown(row, chosen)]
    cursor = decode(args.get("cursor"))
    start = cursor.keys[0] if cursor is not None and isinstance(cursor.keys[0], int) else 0
    start = min(max(start, 0), max(len(wanted) - 1, 0)) // PAGE * PAGE
    return Shown(chosen, [tab for tab in tabs if tab[2] or tab[0] == chosen], _page(wanted, start))


def _is_shown(row: Mapping[str, Any], chosen: str) -> bool:
    return not chosen or (bool(row["problems"]) if chosen == WITH_PROBLEMS else row["action"] == chosen)


def _page(rows: Sequence[Mapping[str, Any]], start: int) -> Page[Mapping[str, Any]]:
    end = min(start + PAGE, len(rows))
    words = {"first": format_number(start + 1), "last": format_number(end), "all": format_number(len(rows))}
    return Page(
        rows[start:end],
        next_cursor=encode(Cursor((end,))) if end < len(rows) else None,
        previous_cursor=encode(Cursor((start - PAGE,))) if start else None,
        total_text=_("Dòng %(first)s–%(last)s trong %(all)s", **words) if len(rows) > PAGE else "",
    )


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
