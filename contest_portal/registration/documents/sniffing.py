"""Tell what a file is by its content, never by its name; whatever is not known well is refused."""

import zipfile
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import IO, Any, Final

import filetype

from contest_portal.core.errors import Unusable
from contest_portal.core.i18n import lazy

HEAD: Final = 8192
_TAIL: Final = 4096
# A Word document of a school has some dozens of parts; a bomb has thousands, or gigabytes.
_MOST_PARTS: Final = 2_000
_MOST_UNPACKED: Final = 200 * 1024 * 1024


@dataclass(frozen=True)
class Kind:
    """Be a kind of file that the portal knows."""

    mime: str
    ending: str
    # What a person calls it.
    word: str


PDF: Final = Kind("application/pdf", ".pdf", "PDF")
DOCX: Final = Kind("application/vnd.openxmlformats-officedocument.wordprocessingml.document", ".docx", "Word (.docx)")
JPEG: Final = Kind("image/jpeg", ".jpg", "JPEG")
PNG: Final = Kind("image/png", ".png", "PNG")
WEBP: Final = Kind("image/webp", ".webp", "WebP")
MP4: Final = Kind("video/mp4", ".mp4", "MP4")
MOV: Final = Kind("video/quicktime", ".mov", "MOV")
WEBM: Final = Kind("video/webm", ".webm", "WebM")

IMAGES: Final = (JPEG, PNG, WEBP)
PAPERS: Final = (PDF, DOCX)
VIDEOS: Final = (MP4, MOV, WEBM)
# What a scanner or a telephone makes of a signed paper.
SCANS: Final = (PDF, JPEG, PNG, WEBP)

_HEIC: Final = frozenset({"image/heic", "image/heif", "image/avif"})
_BY_MIME: Final[Mapping[str, Kind]] = {kind.mime: kind for kind in (*IMAGES, *PAPERS, *VIDEOS)} | {
    "application/zip": DOCX,
    "video/x-m4v": MP4,
    "video/x-matroska": WEBM,
}


class NotThisKind(Unusable):
    """Refuse a file for what it is."""


def sniff(file: IO[bytes], accept: Collection[Kind]) -> Kind:
    """Return what a file is by its content; raises NotThisKind with what would do."""
    file.seek(0)
    head = file.read(HEAD)
    if not head:
        raise NotThisKind(lazy("Tệp rỗng. Hãy chọn lại tệp."))
    guessed = filetype.guess_mime(head)
    if guessed in _HEIC:
        raise NotThisKind(
            lazy("Ảnh HEIC của điện thoại chưa dùng được. Hãy đổi sang JPEG (chọn “Tương thích nhất”) rồi tải lên.")
        )
    kind = _BY_MIME.get(guessed or "")
    if kind not in accept or kind is None or not _CHECKS.get(kind, _any)(file, head):
        raise NotThisKind(lazy("Nội dung tệp không phải %(kinds)s. Hãy chọn tệp khác.", kinds=names_of(accept)))
    return kind


def names_of(kinds: Collection[Kind]) -> Any:
    """Return the kinds as a person reads them."""
    names = [kind.word for kind in kinds]
    return names[0] if len(names) == 1 else lazy("%(first)s hoặc %(last)s", first=", ".join(names[:-1]), last=names[-1])


def endings_of(kinds: Collection[Kind]) -> str:
    """Return the endings that a browser's file picker offers; what a file is, is told by its content."""
    more = (".jpeg",) if JPEG in kinds else ()
    return ",".join((*(kind.ending for kind in kinds), *more))


def _any(_file: IO[bytes], _head: bytes) -> bool:
    return True


def _is_pdf(file: IO[bytes], head: bytes) -> bool:
    """Tell whether a PDF begins and ends as one: half an upload does not, nor a page of HTML that pretends."""
    file.seek(0, 2)
    file.seek(max(0, file.tell() - _TAIL))
    return head.startswith(b"%PDF-") and b"%%EOF" in file.read()


def _is_docx(file: IO[bytes], head: bytes) -> bool:
    """Tell whether a zip is a Word document without macros, and of an ordinary size when unpacked."""
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as parts:
            infos = parts.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return False
    names = {info.filename for info in infos}
    ordinary = len(infos) <= _MOST_PARTS and sum(info.file_size for info in infos) <= _MOST_UNPACKED
    macros = any(name.lower().endswith("vbaproject.bin") for name in names)
    return (
        head.startswith(b"PK\x03\x04")
        and {"[Content_Types].xml", "word/document.xml"} <= names
        and ordinary
        and not macros
    )


def _is_film(_file: IO[bytes], head: bytes) -> bool:
    """Tell whether the first box of a film is of a size that one has."""
    return head[4:8] == b"ftyp" and 8 <= int.from_bytes(head[:4], "big") <= HEAD


def _is_webm(_file: IO[bytes], head: bytes) -> bool:
    return head.startswith(b"\x1aE\xdf\xa3") and b"webm" in head[:64]


_CHECKS: Final[Mapping[Kind, Callable[[IO[bytes], bytes], bool]]] = {
    PDF: _is_pdf,
    DOCX: _is_docx,
    MP4: _is_film,
    MOV: _is_film,
    WEBM: _is_webm,
}
