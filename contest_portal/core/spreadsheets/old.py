"""Read an .xls file (BIFF8 in an OLE container), looked through before anybody else opens it.

Source for the records: Microsoft's [MS-XLS], sections 2.4.149 (LabelSst), 2.4.265 (SST), 2.4.122 (Font), 2.4.353 (XF),
2.4.117 (FilePass), 2.4.221 (Row), 2.4.53 (ColInfo).
"""

import io
import struct
from array import array
from collections.abc import Iterator
from typing import Any, Final

from contest_portal.core.errors import Unusable
from contest_portal.core.i18n import lazy
from contest_portal.core.legacy import encoding_of_font
from contest_portal.core.spreadsheets.cleaning import DAMAGED, LOCKED, MACRO, make_sheet, too_large
from contest_portal.core.spreadsheets.model import Place, Sheet, Workbook
from contest_portal.core.spreadsheets.unpacking import NOT_A_WORKBOOK, Limits
from contest_portal.core.vietnamese import format_number

_BOF, _EOF, _FILEPASS, _CONTINUE = 0x809, 0x0A, 0x2F, 0x3C
_FONT, _XF, _SST, _ROW, _COLINFO = 0x31, 0xE0, 0xFC, 0x208, 0x7D
_LABEL_SST: Final = 0xFD
# A cell each: row, column and format stand first. The last two hold a stretch of cells.
_CELLS: Final = frozenset({0x06, 0x203, 0x204, _LABEL_SST, 0x27E, 0x205, 0xBD, 0xBE})
_STRETCHES: Final = frozenset({0xBD, 0xBE})
_WORKSHEET: Final = 0x10
_MOST_RECORDS: Final = 3_000_000
# An .xlsx with a password comes in the same container.
_LOCKED_STREAM: Final = "EncryptedPackage".encode("utf-16-le")


def read_old(data: bytes, limits: Limits) -> Workbook:
    """Read an .xls file within limits; raises Unusable with what to do about it."""
    if _LOCKED_STREAM in data:
        raise Unusable(LOCKED)
    looked = _Look(limits)
    looked.through(_workbook_stream(data))
    return Workbook(_read_sheets(data, looked, limits))


def _workbook_stream(data: bytes) -> bytes:
    """Return the stream with the cells; raises Unusable for other files of the kind, locked ones and macros."""
    import olefile  # noqa: PLC0415 - loaded when the first old workbook comes

    try:
        with olefile.OleFileIO(io.BytesIO(data)) as container:
            names = {"/".join(path).lower() for path in container.listdir(streams=True, storages=True)}
            if any("_vba_project" in name or name.startswith("macros") for name in names):
                raise Unusable(MACRO)
            if "workbook" not in names:
                raise Unusable(NOT_A_WORKBOOK)
            return bytes(container.openstream("Workbook").read())
    except Unusable:
        raise
    except Exception as error:
        # Whatever a stranger's container does to the library, it is a damaged file.
        raise Unusable(DAMAGED) from error


class _Look:
    """Look a workbook's records through: how large it is, what its cells show, its fonts, what is hidden."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.sheets: list[_SheetLook] = []
        self._fonts: list[str] = []
        self._formats: list[int] = []
        self._lengths = array("L")
        self._shown = 0
        self._cells = 0
        self._sst: list[bytes] = []
        self._reading_sst = False

    def through(self, stream: bytes) -> None:
        """Read every record's head; raises Unusable."""
        try:
            for number, (kind, body) in enumerate(_records(stream)):
                if number > _MOST_RECORDS:
                    raise Unusable(too_large(self.limits))
                self._take(kind, body)
        except (struct.error, IndexError, ValueError) as error:
            raise Unusable(DAMAGED) from error
        if self._shown > self.limits.text or self._cells > self.limits.cells:
            raise Unusable(too_large(self.limits))

    def encoding_of(self, cell_format: int) -> str | None:
        """Return the old encoding that a cell's font tells."""
        if cell_format >= len(self._formats):
            return None
        font = self._formats[cell_format]
        # There is no font 4: whoever counts skips it.
        place = font - 1 if font > 4 else font
        return encoding_of_font(self._fonts[place]) if place < len(self._fonts) else None

    def _take(self, kind: int, body: bytes) -> None:
        if self._reading_sst and kind != _CONTINUE:
            self._reading_sst = False
            self._lengths = _string_lengths(self._sst)
            self._sst = []
        handle = _HANDLERS.get(kind)
        if handle is not None:
            handle(self, body)
        elif kind in _CELLS and self.sheets:
            self._take_cell(kind, body)

    def _take_cell(self, kind: int, body: bytes) -> None:
        row, column, cell_format = struct.unpack_from("<HHH", body)
        sheet = self.sheets[-1]
        last = struct.unpack_from("<H", body, len(body) - 2)[0] if kind in _STRETCHES else column
        sheet.grow(row, last, self.limits)
        self._cells += last - column + 1
        if kind == _LABEL_SST:
            self._shown += self._lengths[struct.unpack_from("<I", body, 6)[0]]
            sheet.formats[row, column] = cell_format

    def _begin(self, body: bytes) -> None:
        version, substream = struct.unpack_from("<HH", body)
        if version != 0x0600:
            raise Unusable(lazy("Tệp do Excel quá cũ (trước 1997) tạo ra. Hãy lưu lại dạng .xlsx rồi tải lên."))
        if substream == _WORKSHEET:
            self.sheets.append(_SheetLook())
            if len(self.sheets) > self.limits.sheets:
                most = self.limits.sheets
                raise Unusable(lazy("Tệp có quá %(most)s trang tính. Hãy chỉ giữ trang có danh sách.", most=most))

    def _locked(self, _body: bytes) -> None:
        raise Unusable(LOCKED)

    def _take_font(self, body: bytes) -> None:
        length, wide = body[14], body[15] & 1
        self._fonts.append(body[16 : 16 + length * (1 + wide)].decode("utf-16-le" if wide else "latin-1", "replace"))

    def _take_format(self, body: bytes) -> None:
        self._formats.append(struct.unpack_from("<H", body)[0])

    def _take_strings(self, body: bytes) -> None:
        self._sst, self._reading_sst = [body], True

    def _take_more(self, body: bytes) -> None:
        if self._reading_sst:
            self._sst.append(body)

    def _take_row(self, body: bytes) -> None:
        if self.sheets and body[12] & 0x20:
            self.sheets[-1].hidden_rows.add(struct.unpack_from("<H", body)[0])

    def _take_columns(self, body: bytes) -> None:
        first, last, _width, _format, options = struct.unpack_from("<HHHHH", body)
        if self.sheets and options & 1:
            self.sheets[-1].hidden_columns.update(range(first, min(last, self.limits.columns) + 1))


class _SheetLook:
    """Hold what was seen of one sheet."""

    def __init__(self) -> None:
        self.hidden_rows: set[int] = set()
        self.hidden_columns: set[int] = set()
        # The format of each cell with text, where fonts matter.
        self.formats: dict[Place, int] = {}

    def grow(self, row: int, column: int, limits: Limits) -> None:
        """Refuse a cell farther out than any list goes: the reader after us lays a sheet out as a full rectangle."""
        if row >= limits.rows or column >= limits.columns:
            raise Unusable(
                lazy(
                    "Bảng tính quá lớn: nhiều nhất %(rows)s dòng và %(columns)s cột. Hãy xóa dòng, cột thừa rồi lưu lại.",
                    rows=format_number(limits.rows),
                    columns=format_number(limits.columns),
                )
            )


_HANDLERS: Final[dict[int, Any]] = {
    _BOF: _Look._begin,
    _FILEPASS: _Look._locked,
    _FONT: _Look._take_font,
    _XF: _Look._take_format,
    _SST: _Look._take_strings,
    _CONTINUE: _Look._take_more,
    _ROW: _Look._take_row,
    _COLINFO: _Look._take_columns,
}


def _records(stream: bytes) -> Iterator[tuple[int, bytes]]:
    place, end = 0, len(stream) - 4
    while place <= end:
        kind, length = struct.unpack_from("<HH", stream, place)
        body = stream[place + 4 : place + 4 + length]
        if len(body) < length:
            raise ValueError("a record that is cut off")
        yield kind, body
        place += 4 + length
        if kind == 0 and length == 0:
            return


def _string_lengths(parts: list[bytes]) -> "array[int]":
    """Return the length of each shared string, which may run on from one record into the next."""
    lengths = array("L")
    reader = _Pieces(parts)
    unique = struct.unpack("<II", reader.take(8))[1]
    for _ in range(unique):
        count, flags = struct.unpack("<HB", reader.take(3))
        runs = struct.unpack("<H", reader.take(2))[0] if flags & 8 else 0
        extra = struct.unpack("<I", reader.take(4))[0] if flags & 4 else 0
        reader.skip_text(count, wide=bool(flags & 1))
        reader.skip(4 * runs + extra)
        lengths.append(count)
    return lengths


class _Pieces:
    """Read on through records that continue each other."""

    def __init__(self, parts: list[bytes]) -> None:
        self._parts, self._part, self._place = parts, 0, 0

    def take(self, count: int) -> bytes:
        """Return the next bytes; raises ValueError where there are none."""
        taken = b""
        while len(taken) < count:
            piece = self._parts[self._part][self._place : self._place + count - len(taken)]
            taken += piece
            self._place += len(piece)
            if len(taken) < count:
                self._next()
        return taken

    def skip(self, count: int) -> None:
        """Go past some bytes."""
        while count:
            step = min(count, len(self._parts[self._part]) - self._place)
            self._place += step
            count -= step
            if count:
                self._next()

    def skip_text(self, count: int, *, wide: bool) -> None:
        """Go past some letters; where a text runs on, the next record says anew how wide its letters are."""
        while count:
            here = (len(self._parts[self._part]) - self._place) // (1 + wide)
            step = min(count, here)
            self._place += step * (1 + wide)
            count -= step
            if count:
                self._next()
                wide = bool(self._parts[self._part][0] & 1)
                self._place = 1

    def _next(self) -> None:
        self._part += 1
        self._place = 0
        if self._part >= len(self._parts):
            raise ValueError("strings that are cut off")


def _read_sheets(data: bytes, looked: _Look, limits: Limits) -> list[Sheet]:
    import python_calamine  # noqa: PLC0415 - loaded when the first workbook comes

    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        metas = [meta for meta in book.sheets_metadata if meta.typ == python_calamine.SheetTypeEnum.WorkSheet]
        sheets = []
        for number, meta in enumerate(metas):
            seen = looked.sheets[number] if len(metas) == len(looked.sheets) else _SheetLook()
            source = book.get_sheet_by_name(meta.name)
            merges = [(top, left, bottom, right) for (top, left), (bottom, right) in source.merged_cell_ranges or []]
            sheets.append(
                make_sheet(
                    meta.name,
                    source.to_python(skip_empty_area=False),
                    limits,
                    hidden=meta.visible != python_calamine.SheetVisibleEnum.Visible,
                    merges=merges,
                    hidden_rows=frozenset(seen.hidden_rows),
                    hidden_columns=frozenset(seen.hidden_columns),
                    fonts=_fonts(seen, looked),
                )
            )
    except (KeyboardInterrupt, SystemExit, MemoryError, Unusable):
        raise
    except BaseException as error:
        # BaseException: a panic of the Rust reader is not an Exception, and must not end the server.
        raise Unusable(DAMAGED) from error
    return sheets


def _fonts(seen: _SheetLook, looked: _Look) -> dict[Place, str]:
    found = {place: looked.encoding_of(number) for place, number in seen.formats.items()}
    return {place: encoding for place, encoding in found.items() if encoding is not None}
