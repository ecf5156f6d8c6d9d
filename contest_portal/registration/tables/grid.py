"""Look at a sheet as a grid in which a merged cell says the same everywhere."""

from collections import defaultdict
from typing import Any

from contest_portal.core.spreadsheets import Merge, Sheet
from contest_portal.core.vietnamese import clean_text


class Grid:
    """Answer what stands in a cell, alone or merged; rows and columns are counted from 0."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.rows = sheet.rows
        self.height = len(sheet.rows)
        self.width = max(map(len, sheet.rows), default=0)
        self._texts: list[list[str] | None] = [None] * self.height
        # By row and not by cell: one merge may cover the whole sheet.
        self._merges: dict[int, list[Merge]] = defaultdict(list)
        for merge in sheet.merges:
            for row in range(merge[0], min(merge[2] + 1, self.height)):
                self._merges[row].append(merge)

    def raw(self, row: int, column: int) -> Any:
        """Return what is written in the cell itself."""
        cells = self.rows[row]
        return cells[column] if column < len(cells) else ""

    def value(self, row: int, column: int) -> Any:
        """Return what the cell shows: a merged cell's value in every part of it."""
        return self.raw(*self.origin(row, column)) if self._merges else self.raw(row, column)

    def origin(self, row: int, column: int) -> tuple[int, int]:
        """Return the first cell of the merged area this cell belongs to, or the cell itself."""
        for top, left, _bottom, right in self._merges.get(row, ()):
            if left <= column <= right:
                return top, left
        return row, column

    def text(self, row: int, column: int) -> str:
        """Return what the cell shows as one line of text."""
        if self._merges:
            row, column = self.origin(row, column)
        texts = self._texts[row] or self.texts(row)
        return texts[column] if column < len(texts) else ""

    def texts(self, row: int) -> list[str]:
        """Return what is written in a row's cells, each as one line of text."""
        found = self._texts[row]
        if found is None:
            found = self._texts[row] = [as_text(cell) if cell != "" else "" for cell in self.rows[row]]
        return found

    def error(self, row: int, column: int) -> str | None:
        """Return the code of a formula that failed in this cell."""
        return self.sheet.errors.get(self.origin(row, column)) if self.sheet.errors else None

    def filled(self, row: int) -> list[int]:
        """Return the columns of a row in which something is written, a merged cell counted once."""
        return [column for column, text in enumerate(self.texts(row)) if text]


def as_text(cell: Any) -> str:
    """Return a cell as one line of text; whole numbers without a point."""
    if cell.__class__ is str:
        return clean_text(cell)
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell)
