"""Look at a sheet as a grid in which a merged cell says the same everywhere."""

from typing import Any

from contest_portal.core.spreadsheets import Sheet
from contest_portal.core.vietnamese import clean_text


class Grid:
    """Answer what stands in a cell, alone or merged; rows and columns are counted from 0."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.rows = sheet.rows
        self.height = len(sheet.rows)
        self.width = max(map(len, sheet.rows), default=0)
        self._origin = {
            (row, column): (top, left)
            for top, left, bottom, right in sheet.merges
            for row in range(top, min(bottom + 1, self.height))
            for column in range(left, min(right + 1, self.width))
        }

    def raw(self, row: int, column: int) -> Any:
        """Return what is written in the cell itself."""
        cells = self.rows[row]
        return cells[column] if column < len(cells) else ""

    def value(self, row: int, column: int) -> Any:
        """Return what the cell shows: a merged cell's value in every part of it."""
        origin = self._origin.get((row, column))
        return self.raw(row, column) if origin is None else self.raw(*origin)

    def origin(self, row: int, column: int) -> tuple[int, int]:
        """Return the first cell of the merged area this cell belongs to, or the cell itself."""
        return self._origin.get((row, column), (row, column))

    def text(self, row: int, column: int) -> str:
        """Return what the cell shows as one line of text."""
        return as_text(self.value(row, column))

    def error(self, row: int, column: int) -> str | None:
        """Return the code of a formula that failed in this cell."""
        return self.sheet.errors.get(self.origin(row, column)) if self.sheet.errors else None

    def filled(self, row: int) -> list[int]:
        """Return the columns of a row in which something is written, a merged cell counted once."""
        return [column for column, cell in enumerate(self.rows[row]) if cell != "" and as_text(cell)]


def as_text(cell: Any) -> str:
    """Return a cell as one line of text; whole numbers without a point."""
    if cell.__class__ is str:
        return clean_text(cell)
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell)
