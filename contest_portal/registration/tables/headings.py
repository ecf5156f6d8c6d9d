"""Find the heading rows of a table, and what is said above them."""

import re
from dataclasses import dataclass
from typing import Any, Final

from contest_portal.core.errors import Unusable
from contest_portal.core.i18n import lazy
from contest_portal.core.vietnamese import clean_text, fold
from contest_portal.registration.columns import LABELS, Heading, Kind, read_heading
from contest_portal.registration.tables.grid import Grid
from contest_portal.registration.tables.model import TableColumn

# Title lines stand above a heading; a heading further down is none.
DEEPEST_HEADING: Final = 60
MOST_LEVELS: Final = 3
LONGEST_LINE: Final = 300
_UNIT_LINE: Final = re.compile(
    r"^(?:ubnd|uy ban nhan dan|phong giao duc|phong gd|don vi|ban to chuc\b.*?)\b.*?"
    r"\b((?:huyen|thi xa|thanh pho|tp\.?|tx\.?|xa|phuong|thi tran|cum|dac khu)\s+\S.*)$"
)
_SCHOOL_LINE: Final = re.compile(
    r"^truong\s+(?:tieu hoc|thcs|thpt|th|ptdt|pho thong|trung hoc|cao dang|dai hoc|mam non)\b.*$"
)

_UNIT_SECTION: Final = re.compile(r"^(?:huyen|thi xa|thanh pho|tp|tx)\.?\s+\S+(?:\s+\S+){0,2}$")
_ORDINAL: Final = re.compile(r"^\s*\(?(?:[IVXLCivxlc]{1,6}|[A-Za-z]|\d{1,3})\s*[.)/:\-]\s*")


@dataclass(frozen=True, slots=True)
class Headings:
    """Say where the heading is (rows counted from 0) and what its columns hold."""

    first: int
    last: int
    columns: list[TableColumn]
    ignored: list[str]


def find_headings(grid: Grid) -> Headings:
    """Return the table's heading; raises Unusable, naming the columns that are missing."""
    scores = [_score(grid, row) for row in range(min(grid.height, DEEPEST_HEADING))]
    best = max(range(len(scores)), key=lambda row: (scores[row], -row), default=None)
    if best is None or scores[best] < 2:
        raise Unusable(_missing(grid, set()))
    first, last = _extend(grid, best)
    headings = _read_columns(grid, first, last)
    kinds = {column.kind for column in headings.columns}
    if not {Kind.TITLE, Kind.PERSON} <= kinds:
        raise Unusable(_missing(grid, kinds))
    return headings


def headings_at(grid: Grid, row: int) -> Headings | None:
    """Return the heading of another table that begins on this row; None where it does not name what a table needs."""
    headings = _read_columns(grid, *_extend(grid, row))
    kinds = {column.kind for column in headings.columns}
    return headings if {Kind.TITLE, Kind.PERSON} <= kinds else None


def is_heading_row(grid: Grid, row: int) -> bool:
    """Tell whether a row repeats the heading, as lists made by pasting do."""
    filled = grid.filled(row)
    known = sum(is_heading(grid.text(row, column)) for column in filled)
    return known >= 2 and known * 2 > len(filled)


def is_heading(text: str) -> bool:
    """Tell whether a text is a heading we know."""
    return bool(text) and len(text) <= 90 and read_heading(text) is not None


def _score(grid: Grid, row: int) -> int:
    return sum(is_heading(grid.text(row, column)) for column in grid.filled(row))


def _extend(grid: Grid, row: int) -> tuple[int, int]:
    """Return the first and last row of a heading of several levels."""
    first = last = row
    while first > 0 and last - first + 1 < MOST_LEVELS and _spans_down(grid, first - 1, first):
        first -= 1
    while last + 1 < grid.height and last - first + 1 < MOST_LEVELS and _is_lower_level(grid, last + 1):
        last += 1
    return first, last


def _spans_down(grid: Grid, upper: int, lower: int) -> bool:
    """Tell whether the row above is a level of the same heading: it has a known column that reaches down or over."""
    filled = grid.filled(upper)
    if not any(is_heading(grid.text(upper, column)) for column in filled):
        return False
    return any(grid.origin(lower, column)[0] == upper for column in filled) or not grid.raw(lower, filled[0])


def _is_lower_level(grid: Grid, row: int) -> bool:
    filled = grid.filled(row)
    if len(filled) == 1 and not any(grid.origin(row, column)[0] < row for column in range(grid.width)):
        # "Lĩnh vực: Phần mềm tin học" alone below a heading begins a section.
        return False
    return (
        bool(filled)
        and all(is_heading(grid.text(row, column)) for column in filled)
        and _spans_down(grid, row - 1, row)
    )


def _read_columns(grid: Grid, first: int, last: int) -> Headings:
    columns, ignored, above = [], [], ""
    for index in range(grid.width):
        texts = _levels(grid, first, last, index)
        # Without merging, an upper heading stands over the first of its columns only.
        if texts[0]:
            above = texts[0]
        elif any(texts):
            texts[0] = above
        words = list(dict.fromkeys(text for text in texts if text))
        if not words:
            continue
        heading = _heading(words)
        if heading is None:
            ignored.append(" – ".join(words))
        else:
            columns.append(TableColumn(index, heading, " – ".join(words)))
    return Headings(first, last, columns, ignored)


def _levels(grid: Grid, first: int, last: int, column: int) -> list[str]:
    return [grid.text(row, column) for row in range(first, last + 1)]


def _heading(words: list[str]) -> Heading | None:
    return read_heading(words[-1], " ".join(words[:-1]))


def _missing(grid: Grid, kinds: set[Kind]) -> Any:
    wanted = [kind for kind in (Kind.TITLE, Kind.PERSON) if kind not in kinds]
    return lazy(
        "Trang “%(sheet)s” không có dòng tiêu đề đọc được: thiếu cột %(columns)s. "
        "Hãy ghi tên cột ở dòng đầu bảng rồi tải lại.",
        sheet=grid.sheet.name,
        columns=_Listed([LABELS[kind] for kind in wanted]),
    )


class _Listed:
    """Print several labels in the reader's language."""

    def __init__(self, labels: list[Any]) -> None:
        self.labels = labels

    def __str__(self) -> str:
        return "; ".join(f"“{label}”" for label in self.labels)


def hints(grid: Grid, first: int, start: int = 0) -> tuple[str | None, str | None]:
    """Return the unit and the school that the lines above the heading name."""
    unit = school = None
    for row in range(max(start, first - DEEPEST_HEADING), first):
        for column in grid.filled(row):
            line = clean_text(str(grid.raw(row, column)))
            unit = unit or _part(_UNIT_LINE, line, 1)
            school = school or _part(_SCHOOL_LINE, line, 0)
    return unit, school


def section_hints(text: str) -> tuple[str | None, str | None]:
    """Return the unit or the school that a line between rows names: "II. Huyện Yên Thế", "1. Trường THCS Kép"."""
    line = _ORDINAL.sub("", text, count=1)
    unit = _part(_UNIT_LINE, line, 1) or _part(_UNIT_SECTION, line, 0)
    return unit, _part(_SCHOOL_LINE, line, 0)


def _part(pattern: re.Pattern[str], line: str, group: int) -> str | None:
    if len(line) > LONGEST_LINE:
        return None
    folded = fold(line)
    found = pattern.match(folded)
    if found is None or len(folded) != len(line):
        return None
    return line[found.start(group) :].strip(" .,:-")
