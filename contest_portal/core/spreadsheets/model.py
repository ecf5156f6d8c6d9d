"""What a workbook is once it is read: plain rows of plain values, whatever file they came in."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

Cell = str | float | int | bool | date | datetime | time | timedelta
Merge = tuple[int, int, int, int]
Place = tuple[int, int]


@dataclass(slots=True)
class Sheet:
    """Hold one sheet's values from A1 on; an empty cell is "", an error cell its code such as #REF!.

    Rows and columns are counted from 0.
    """

    name: str
    hidden: bool
    rows: list[list[Any]]
    # First row, first column, last row, last column.
    merges: list[Merge] = field(default_factory=list)
    # Cells whose formula failed.
    errors: dict[Place, str] = field(default_factory=dict)
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    # Fonts from before Unicode that cells are drawn in.
    fonts: dict[Place, str] = field(default_factory=dict)
    # Cells as they were, where cleaning took a sign away: what Unicode does not show is a letter in old encodings.
    raw: dict[Place, str] = field(default_factory=dict)


@dataclass(slots=True)
class Workbook:
    """Hold a workbook's sheets in their order."""

    sheets: list[Sheet]


def column_letter(index: int) -> str:
    """Return the letters Excel shows over a column counted from 0: A, Z, AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
