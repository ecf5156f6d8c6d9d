"""Small real files of each kind, and files that pretend."""

import io
import itertools
import zipfile
from pathlib import Path

from PIL import Image

from contest_portal.core.database import db, transaction
from contest_portal.registration.documents.models import Document
from contest_portal.registration.documents.storing import keep
from contest_portal.registration.models import Entry

_numbers = itertools.count(1)


def image_bytes(
    form: str = "JPEG", size: tuple[int, int] = (60, 40), colour: str = "navy", *, place: bool = False
) -> bytes:
    """Return a picture; place: with the metadata of a telephone, GPS included."""
    image = Image.new("RGB", size, colour)
    exif = Image.Exif()
    if place:
        exif[0x010F] = "Telephone of Nguyen Van An"
        exif.get_ifd(0x8825)[1] = "N"
        exif.get_ifd(0x8825)[2] = (21.0, 16.0, 23.0)
    out = io.BytesIO()
    image.save(out, form, exif=exif.tobytes())
    return out.getvalue()


def pdf_bytes(words: str = "Thuyet minh") -> bytes:
    """Return the smallest of PDF files."""
    return f"%PDF-1.4\n1 0 obj<</Title({words})>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n".encode()


def docx_bytes(**parts: str) -> bytes:
    """Return a Word document with further parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in {"[Content_Types].xml": "<Types/>", "word/document.xml": "<document/>", **parts}.items():
            packed.writestr(name, content)
    return out.getvalue()


def film_bytes(length: int = 4000) -> bytes:
    """Return what begins as an MP4 does."""
    return b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + b"\x00" * length


def bomb_png() -> bytes:
    """Return a small PNG that would take a gigabyte to decode."""
    out = io.BytesIO()
    Image.new("1", (32_000, 32_000)).save(out, "PNG")
    return out.getvalue()


def make_photo(entry: Entry, folder: Path) -> Document:
    """Add a photograph to an entry, without an event."""
    number = next(_numbers)
    with transaction():
        file = keep(folder, image_bytes(colour=f"#{number:06x}"))
        document = Document(
            token=f"{number:032x}", entry_id=entry.id, kind="photo", file_id=file.id, original_name="anh.jpg"
        )
        db.session.add(document)
    return document


SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
EXE = b"MZ\x90\x00\x03\x00\x00\x00" + b"\x00" * 500
HTML = b"<!doctype html><script>alert(1)</script>"
HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + b"\x00" * 100
