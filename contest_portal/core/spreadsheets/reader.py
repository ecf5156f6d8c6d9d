"""Read a workbook into plain rows of plain values."""

import io
import posixpath
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, BinaryIO, Final

from contest_portal.core.errors import Unusable
from contest_portal.core.i18n import lazy
from contest_portal.core.spreadsheets.parts import PartScan
from contest_portal.core.spreadsheets.unpacking import CONTENT_TYPES, WORKBOOK_PART, Limits, Unpacked, unpack
from contest_portal.core.vietnamese import format_number, nfc

Cell = str | float | int | bool | date | datetime | time | timedelta
Merge = tuple[int, int, int, int]

_RELATIONSHIPS: Final = "xl/_rels/workbook.xml.rels"
_DAMAGED: Final = lazy("Tệp bị hỏng nên không đọc được. Hãy mở bằng Excel, lưu lại dạng .xlsx rồi tải lên.")
_MACRO: Final = lazy("Tệp có chứa macro nên không được nhận. Hãy lưu lại dạng .xlsx (không có macro) rồi tải lên.")


@dataclass(slots=True)
class Sheet:
    """Hold one sheet's values from A1 on; an empty cell is "", an error cell its code such as #REF!."""

    name: str
    hidden: bool
    rows: list[list[Any]]
    # First row, first column, last row, last column; counted from 0.
    merges: list[Merge] = field(default_factory=list)
    # Row and column, counted from 0, of cells whose formula failed.
    errors: dict[tuple[int, int], str] = field(default_factory=dict)


@dataclass(slots=True)
class Workbook:
    """Hold a workbook's sheets in their order."""

    sheets: list[Sheet]


def read_workbook(source: str | Path | bytes | BinaryIO, limits: Limits | None = None) -> Workbook:
    """Read a workbook of any origin within limits; raises Unusable with what to do about it."""
    limits = limits or Limits()
    unpacked = unpack(_load(source, limits), limits)
    names = _check_parts(unpacked, limits)
    return Workbook(_read_sheets(unpacked, names, limits))


def _load(source: str | Path | bytes | BinaryIO, limits: Limits) -> bytes:
    if isinstance(source, bytes):
        return source
    try:
        if isinstance(source, str | Path):
            with Path(source).open("rb") as stream:
                return stream.read(limits.file_bytes + 1)
        return source.read(limits.file_bytes + 1)
    except OSError as error:
        raise Unusable(lazy("Không mở được tệp. Hãy kiểm tra lại đường dẫn và quyền đọc tệp.")) from error


def _check_parts(unpacked: Unpacked, limits: Limits) -> dict[str, str]:
    """Check what the parts say of themselves; return the part of each sheet by its name."""
    scans = unpacked.scans
    if any("macroenabled" in kind.lower() for kind in scans[CONTENT_TYPES].types):
        raise Unusable(_MACRO)
    sheets = scans[WORKBOOK_PART].sheets
    if not sheets or _RELATIONSHIPS not in scans:
        raise Unusable(_DAMAGED)
    if len(sheets) > limits.sheets:
        raise Unusable(lazy("Tệp có quá %(most)s trang tính. Hãy chỉ giữ trang có danh sách.", most=limits.sheets))
    names = _sheet_parts(sheets, scans[_RELATIONSHIPS])
    # Two sheets in one part would be read twice; a hundred of them, a hundred times.
    if len(set(names.values())) != len(sheets):
        raise Unusable(_DAMAGED)
    _check_text(scans.values(), limits)
    for name, part in names.items():
        scan = scans.get(part)
        if scan is None:
            raise Unusable(_DAMAGED)
        _check_extent(name, scan, limits)
    return names


def _check_text(scans: Iterable[PartScan], limits: Limits) -> None:
    """Bound what the cells show of the shared strings, which may be one novel shown by every cell."""
    strings = max((scan.lengths for scan in scans), key=len)
    if len(strings) > limits.cells:
        raise Unusable(_too_large(limits))
    try:
        shown = sum(strings[index] for scan in scans for index in scan.shown)
    except IndexError as error:
        raise Unusable(_DAMAGED) from error
    if shown > limits.text:
        raise Unusable(_too_large(limits))


def _sheet_parts(sheets: list[dict[str, str]], relationships: PartScan) -> dict[str, str]:
    targets = {link.get("Id"): link.get("Target", "") for link in relationships.links}
    return {sheet.get("name", ""): _resolve(targets.get(_relation_id(sheet), "")) for sheet in sheets}


def _relation_id(sheet: dict[str, str]) -> str | None:
    return next((value for key, value in sheet.items() if key == "id" or key.endswith(":id")), None)


def _resolve(target: str) -> str:
    return posixpath.normpath(target.lstrip("/") if target.startswith("/") else posixpath.join("xl", target))


def _check_extent(name: str, scan: PartScan, limits: Limits) -> None:
    # The reader after us lays a sheet out as a full rectangle: one value in the last corner would be 17 thousand million cells.
    if scan.last_row > limits.rows or scan.last_column > limits.columns:
        raise Unusable(
            lazy(
                "Trang “%(sheet)s” quá lớn: nhiều nhất %(rows)s dòng và %(columns)s cột. Hãy xóa dòng, cột thừa rồi lưu lại.",
                sheet=name[:31],
                rows=format_number(limits.rows),
                columns=format_number(limits.columns),
            )
        )
    if scan.last_row * scan.last_column > limits.cells or scan.merges > limits.rows or len(scan.errors) > limits.rows:
        raise Unusable(_too_large(limits))


def _too_large(limits: Limits) -> Any:
    most = format_number(limits.cells)
    return lazy("Tệp có hơn %(most)s ô. Hãy chia thành nhiều tệp nhỏ hơn.", most=most)


def _read_sheets(unpacked: Unpacked, names: dict[str, str], limits: Limits) -> list[Sheet]:
    import python_calamine  # noqa: PLC0415 - loaded when the first workbook comes

    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(unpacked.archive))
        sheets, cells = [], 0
        for meta in book.sheets_metadata:
            if meta.typ != python_calamine.SheetTypeEnum.WorkSheet:
                continue
            source = book.get_sheet_by_name(meta.name)
            rows = source.to_python(skip_empty_area=False)
            cells += sum(map(len, rows))
            if cells > limits.cells:
                raise Unusable(_too_large(limits))
            hidden = meta.visible != python_calamine.SheetVisibleEnum.Visible
            scan = unpacked.scans[names[meta.name]]
            sheets.append(_make_sheet(meta.name, hidden, rows, source.merged_cell_ranges or [], scan, limits))
    except (KeyboardInterrupt, SystemExit, MemoryError, Unusable):
        raise
    except BaseException as error:
        # BaseException: a panic of the Rust reader is not an Exception, and must not end the server.
        raise Unusable(_DAMAGED) from error
    return sheets


def _make_sheet(
    name: str, hidden: bool, rows: list[list[Any]], merged: list[Any], scan: PartScan, limits: Limits
) -> Sheet:
    errors = {(row - 1, column - 1): code for (row, column), code in scan.errors.items()}
    for (row, column), code in errors.items():
        if row < len(rows) and column < len(rows[row]):
            rows[row][column] = code
    for cells in rows:
        cells[:] = [_clean(cell, limits) if cell.__class__ is str and cell else cell for cell in cells]
    merges = [(top, left, bottom, right) for (top, left), (bottom, right) in merged]
    _check_merges(rows, merges)
    return Sheet(name, hidden, rows, merges, errors)


def _clean(text: str, limits: Limits) -> str:
    if len(text) > limits.text_length:
        raise Unusable(
            lazy("Có ô chứa hơn %(most)s ký tự. Hãy rút ngắn nội dung ô đó.", most=format_number(limits.text_length))
        )
    return nfc(text)


def _check_merges(rows: list[list[Any]], merges: list[Merge]) -> None:
    # Real merges never overlap; overlapping ones make filling them quadratic.
    height, width = len(rows), max(map(len, rows), default=0)
    area = sum(
        max(min(bottom + 1, height) - top, 0) * max(min(right + 1, width) - left, 0)
        for top, left, bottom, right in merges
    )
    if area > height * width:
        raise Unusable(_DAMAGED)


def column_letter(index: int) -> str:
    """Return the letters Excel shows over a column counted from 0: A, Z, AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
