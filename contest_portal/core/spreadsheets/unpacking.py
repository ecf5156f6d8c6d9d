"""Unpack a workbook from a stranger, counting what really comes out.

What passes is packed anew from the parts that were looked at, so that the reader after us
cannot be shown another archive than the one that was checked.
"""

import io
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from contest_portal.core.errors import Unusable
from contest_portal.core.i18n import lazy
from contest_portal.core.spreadsheets.parts import PartScan, TooMuch
from contest_portal.core.vietnamese import format_number

CHUNK: Final = 256 * 1024
ZIP_MAGIC: Final = b"PK\x03\x04"
OLE_MAGIC: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_CENTRAL_ENTRY: Final = b"PK\x01\x02"
CONTENT_TYPES: Final = "[Content_Types].xml"
WORKBOOK_PART: Final = "xl/workbook.xml"

_SAVE_AGAIN: Final = lazy("Tệp bị hỏng nên không đọc được. Hãy mở bằng Excel, lưu lại dạng .xlsx rồi tải lên.")
_TOO_MUCH: Final = lazy(
    "Tệp khi giải nén quá lớn nên không được đọc. Hãy chỉ giữ bảng danh sách, xóa phần thừa rồi lưu lại dạng .xlsx."
)
NOT_A_WORKBOOK: Final = lazy("Tệp này không phải bảng tính. Hãy lưu danh sách dạng .xlsx, .xls hoặc .csv rồi tải lên.")


@dataclass(frozen=True, slots=True)
class Limits:
    """Bound what one workbook may cost; a real season's largest list uses a tenth of it."""

    file_bytes: int = 20 * 1024 * 1024
    unpacked_bytes: int = 64 * 1024 * 1024
    ratio: int = 250
    parts: int = 1000
    sheets: int = 50
    rows: int = 20_000
    columns: int = 300
    cells: int = 2_000_000
    elements: int = 1_500_000
    text_length: int = 32_767
    # All the text the cells show: one long string may be shown by every cell.
    text: int = 30_000_000


@dataclass(frozen=True, slots=True)
class Unpacked:
    """Hold the checked parts in an archive of our own, and what was seen in them."""

    archive: bytes
    scans: dict[str, PartScan]


def unpack(data: bytes, limits: Limits) -> Unpacked:
    """Check a workbook by its content and return its harmless parts; raises Unusable."""
    _check_parts(data, limits)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = _names(archive)
            _check_names(names, archive)
            return _repack(archive, names, limits)
    except TooMuch as error:
        raise Unusable(_TOO_MUCH) from error
    except (
        zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError,
        RuntimeError, ValueError, KeyError, OverflowError,
    ) as error:  # fmt: skip
        raise Unusable(_SAVE_AGAIN) from error


def check_size(data: bytes, limits: Limits) -> None:
    """Refuse a file that is empty or heavier than any list; raises Unusable."""
    if not data:
        raise Unusable(lazy("Tệp này trống. Hãy chọn tệp khác."))
    if len(data) > limits.file_bytes:
        most = format_number(limits.file_bytes // 1024 // 1024)
        raise Unusable(lazy("Tệp nặng quá %(most)s MB. Hãy xóa hình ảnh và trang thừa rồi lưu lại.", most=most))


def _check_parts(data: bytes, limits: Limits) -> None:
    # Counted in the raw bytes: listing a million parts would itself cost more than the whole reading may.
    if data.count(_CENTRAL_ENTRY) > limits.parts:
        raise Unusable(_TOO_MUCH)


def _names(archive: zipfile.ZipFile) -> list[str]:
    names = [info.filename for info in archive.infolist() if not info.is_dir()]
    if len({name.lower() for name in names}) != len(names):
        raise Unusable(_SAVE_AGAIN)
    return names


def _check_names(names: list[str], archive: zipfile.ZipFile) -> None:
    lowered = {name.lower() for name in names}
    if any(name.endswith("vbaproject.bin") for name in lowered):
        raise Unusable(
            lazy("Tệp có chứa macro nên không được nhận. Hãy lưu lại dạng .xlsx (không có macro) rồi tải lên.")
        )
    if "xl/workbook.bin" in lowered:
        raise Unusable(lazy("Tệp ở dạng .xlsb. Hãy mở bằng Excel, lưu lại dạng .xlsx rồi tải lên."))
    if WORKBOOK_PART not in names or CONTENT_TYPES not in names:
        raise Unusable(NOT_A_WORKBOOK)
    if any(info.flag_bits & 0x1 for info in archive.infolist()):
        raise Unusable(lazy("Tệp có mật khẩu nên không đọc được. Hãy bỏ mật khẩu, lưu lại dạng .xlsx rồi tải lên."))


def _repack(archive: zipfile.ZipFile, names: list[str], limits: Limits) -> Unpacked:
    scans: dict[str, PartScan] = {}
    budget = _Budget(limits)
    clean = io.BytesIO()
    with zipfile.ZipFile(clean, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as target:
        for name in filter(_is_markup, names):
            scans[name] = scan = PartScan(limits.elements)
            with target.open(name, "w") as part:
                for chunk in budget.chunks(archive, name):
                    scan.feed(chunk)
                    part.write(chunk)
            scan.close()
    return Unpacked(clean.getvalue(), scans)


def _is_markup(name: str) -> bool:
    return name.lower().endswith((".xml", ".rels"))


class _Budget:
    """Count the bytes that come out of all parts together."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.spent = 0

    def chunks(self, archive: zipfile.ZipFile, name: str) -> Iterator[bytes]:
        """Unpack one part piece by piece, stopping where it grows out of proportion."""
        packed = max(archive.getinfo(name).compress_size, 1)
        out = 0
        with archive.open(name) as stream:
            while chunk := stream.read(CHUNK):
                out += len(chunk)
                self.spent += len(chunk)
                # Small parts of repeated cells pack well and cost little.
                if self.spent > self.limits.unpacked_bytes or (out > 8 * CHUNK and out > packed * self.limits.ratio):
                    raise TooMuch
                yield chunk
