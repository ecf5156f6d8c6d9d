"""Tell whether a workbook was typed before Unicode, show what it would become, and convert it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

from contest_portal.core.legacy import Encoding, convert, recognise
from contest_portal.core.spreadsheets.model import Place, Sheet, Workbook

SAMPLES: Final = 12


@dataclass(frozen=True)
class Legacy:
    """Say how a workbook was typed, how that is known, and how some of its cells would read."""

    encoding: Encoding
    # "font" or "pattern".
    known_by: str
    cells: int
    # (sheet, before, after)
    samples: tuple[tuple[str, str, str], ...]


def legacy_of(workbook: Workbook) -> Legacy | None:
    """Return what speaks for an old encoding: first the cells' fonts, then the words themselves; None for ordinary text."""
    by_font = [change for sheet in workbook.sheets for change in _changes(sheet, None)]
    if by_font:
        first = next(code for sheet in workbook.sheets for code in sheet.fonts.values())
        return _legacy(Encoding(first), "font", by_font)
    encoding = recognise(text for sheet in workbook.sheets for _place, text in _texts(sheet))
    if encoding is None:
        return None
    by_pattern = [change for sheet in workbook.sheets for change in _changes(sheet, encoding)]
    return _legacy(encoding, "pattern", by_pattern)


def converted(workbook: Workbook, legacy: Legacy | None = None) -> Workbook:
    """Return the workbook in Unicode: the cells that fonts speak of, or every cell where the words did."""
    encoding = legacy.encoding if legacy is not None and legacy.known_by == "pattern" else None
    return Workbook([_converted(sheet, encoding) for sheet in workbook.sheets])


def _legacy(encoding: Encoding, known_by: str, changes: list[tuple[str, Place, str, str]]) -> Legacy:
    told = list(dict.fromkeys((sheet, before, after) for sheet, _place, before, after in changes))
    return Legacy(encoding, known_by, len(changes), tuple(told[:SAMPLES]))


def _converted(sheet: Sheet, encoding: Encoding | None) -> Sheet:
    rows = [list(cells) for cells in sheet.rows]
    for _name, (row, column), _before, after in _changes(sheet, encoding):
        rows[row][column] = after
    return replace(sheet, rows=rows, fonts={}, raw={})


def _changes(sheet: Sheet, encoding: Encoding | None) -> Iterator[tuple[str, Place, str, str]]:
    """Yield every cell that would read otherwise; without an encoding, those whose font names one."""
    for place, text in _texts(sheet):
        known = encoding or sheet.fonts.get(place)
        after = convert(text, known) if known else text
        if after != text:
            yield sheet.name, place, text, after


def _texts(sheet: Sheet) -> Iterator[tuple[Place, str]]:
    """Yield the texts that may be more than plain letters, as they were before cleaning; capitals of a font always."""
    for row, cells in enumerate(sheet.rows):
        for column, cell in enumerate(cells):
            if _may_tell(cell, sheet.fonts.get((row, column))):
                yield (row, column), sheet.raw.get((row, column), cell)


def _may_tell(cell: Any, font: str | None) -> bool:
    return cell.__class__ is str and bool(cell) and (font is not None or not cell.isascii())
