"""Read a workbook into plain rows of plain values."""

import io
import posixpath
from collections.abc import Iterable
from pathlib import Path
from typing import Any, BinaryIO, Final

from contest_portal.core.errors import Unusable
from contest_portal.core.i18n import lazy
from contest_portal.core.spreadsheets.cleaning import DAMAGED, MACRO, make_sheet, too_large
from contest_portal.core.spreadsheets.fonts import fonts_in
from contest_portal.core.spreadsheets.model import Sheet, Workbook
from contest_portal.core.spreadsheets.old import read_old
from contest_portal.core.spreadsheets.parts import PartScan
from contest_portal.core.spreadsheets.texts import read_text
from contest_portal.core.spreadsheets.unpacking import (
    CONTENT_TYPES,
    OLE_MAGIC,
    WORKBOOK_PART,
    ZIP_MAGIC,
    Limits,
    Unpacked,
    check_size,
    unpack,
)
from contest_portal.core.vietnamese import format_number

_RELATIONSHIPS: Final = "xl/_rels/workbook.xml.rels"


def read_workbook(source: str | Path | bytes | BinaryIO, limits: Limits | None = None) -> Workbook:
    """Read a list of any origin within limits: .xlsx, .xls or text; raises Unusable with what to do about it.

    What a file is, its content says; nobody believes its name.
    """
    limits = limits or Limits()
    data = _load(source, limits)
    check_size(data, limits)
    if data.startswith(OLE_MAGIC):
        return read_old(data, limits)
    if data.startswith(ZIP_MAGIC):
        unpacked = unpack(data, limits)
        return Workbook(_read_sheets(unpacked, _check_parts(unpacked, limits), limits))
    return read_text(data, limits)


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
        raise Unusable(MACRO)
    sheets = scans[WORKBOOK_PART].sheets
    if not sheets or _RELATIONSHIPS not in scans:
        raise Unusable(DAMAGED)
    if len(sheets) > limits.sheets:
        raise Unusable(lazy("Tệp có quá %(most)s trang tính. Hãy chỉ giữ trang có danh sách.", most=limits.sheets))
    names = _sheet_parts(sheets, scans[_RELATIONSHIPS])
    # Two sheets in one part would be read twice; a hundred of them, a hundred times.
    if len(set(names.values())) != len(sheets):
        raise Unusable(DAMAGED)
    _check_text(scans.values(), limits)
    for name, part in names.items():
        scan = scans.get(part)
        if scan is None:
            raise Unusable(DAMAGED)
        _check_extent(name, scan, limits)
    return names


def _check_text(scans: Iterable[PartScan], limits: Limits) -> None:
    """Bound what the cells show of the shared strings, which may be one novel shown by every cell."""
    strings = max((scan.lengths for scan in scans), key=len)
    if len(strings) > limits.cells:
        raise Unusable(too_large(limits))
    try:
        shown = sum(strings[index] for scan in scans for index in scan.shown)
    except IndexError as error:
        raise Unusable(DAMAGED) from error
    if shown > limits.text:
        raise Unusable(too_large(limits))


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
        raise Unusable(too_large(limits))


def _seen(scan: PartScan) -> dict[str, Any]:
    """Return what was seen of a sheet while it was unpacked, counted from 0."""
    return {
        "errors": {(row - 1, column - 1): code for (row, column), code in scan.errors.items()},
        "hidden_rows": frozenset(row - 1 for row in scan.hidden_rows if row <= scan.last_row),
        "hidden_columns": frozenset(
            column - 1
            for first, last in scan.hidden_columns
            for column in range(first, min(last, scan.last_column) + 1)
        ),
    }


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
                raise Unusable(too_large(limits))
            hidden = meta.visible != python_calamine.SheetVisibleEnum.Visible
            scan = unpacked.scans[names[meta.name]]
            merges = [(top, left, bottom, right) for (top, left), (bottom, right) in source.merged_cell_ranges or []]
            sheet = make_sheet(meta.name, rows, limits, hidden=hidden, merges=merges, **_seen(scan))
            sheet.fonts = fonts_in(unpacked, names[meta.name])
            sheets.append(sheet)
    except (KeyboardInterrupt, SystemExit, MemoryError, Unusable):
        raise
    except BaseException as error:
        # BaseException: a panic of the Rust reader is not an Exception, and must not end the server.
        raise Unusable(DAMAGED) from error
    return sheets
