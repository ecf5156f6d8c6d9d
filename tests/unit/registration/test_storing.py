"""What is uploaded is told by its content, made harmless and stored once."""

import io
from pathlib import Path

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import func, select

from contest_portal.core import files
from contest_portal.core.database import db, transaction
from contest_portal.core.errors import PortalError, TooLarge, Unusable
from contest_portal.registration.documents.models import StoredFile
from contest_portal.registration.documents.sniffing import (
    DOCX,
    IMAGES,
    JPEG,
    PAPERS,
    PDF,
    SCANS,
    VIDEOS,
    Kind,
    names_of,
    sniff,
)
from contest_portal.registration.documents.storing import keep, read
from tests.factories.files import EXE, HEIC, HTML, SVG, bomb_png, docx_bytes, film_bytes, image_bytes, pdf_bytes

GOOD = {
    "jpeg": (image_bytes(), IMAGES, "image/jpeg"),
    "png": (image_bytes("PNG"), IMAGES, "image/png"),
    "webp": (image_bytes("WEBP"), IMAGES, "image/webp"),
    "pdf": (pdf_bytes(), PAPERS, "application/pdf"),
    "docx": (docx_bytes(), PAPERS, DOCX.mime),
    "mp4": (film_bytes(), VIDEOS, "video/mp4"),
}
BAD = {
    "svg as png": (SVG, IMAGES, "không phải"),
    "html as pdf": (HTML, PAPERS, "không phải"),
    "program as pdf": (EXE, PAPERS, "không phải"),
    "empty": (b"", PAPERS, "rỗng"),
    "half a pdf": (b"%PDF-1.7\n1 0 obj", PAPERS, "không phải"),
    "half a jpeg": (image_bytes(size=(900, 900))[:2000], IMAGES, "hỏng"),
    "program behind a picture's first bytes": (b"\xff\xd8\xff\xe0" + EXE, IMAGES, "hỏng"),
    "pdf where pictures are asked for": (pdf_bytes(), IMAGES, "không phải"),
    "zip": (docx_bytes()[:40], PAPERS, "không phải"),
    "macros": (docx_bytes(**{"word/vbaProject.bin": "x"}), PAPERS, "không phải"),
    "workbook as docx": (docx_bytes().replace(b"word/document.xml", b"xl12/document.xml"), PAPERS, "không phải"),
    "unpacks to gigabytes": (docx_bytes(**{"word/a": "0" * 210_000_000}), PAPERS, "không phải"),
    "telephone's own": (HEIC, IMAGES, "Tương thích nhất"),
    "bomb": (bomb_png(), IMAGES, "điểm ảnh"),
    "film without its first box": (b"\x00\x00\x00\x00ftypmp42", VIDEOS, "không phải"),
}


@pytest.mark.parametrize("name", GOOD)
def test_a_good_file_is_kept_for_what_it_is(app: Flask, tmp_path: Path, name: str) -> None:
    """Its content decides, and it can be read again."""
    data, accept, mime = GOOD[name]
    with transaction():
        file = keep(tmp_path, data, accept=accept)
    assert file.mime == mime
    assert len(read(tmp_path, file)) == file.size


@pytest.mark.parametrize("name", BAD)
def test_a_file_that_pretends_gets_a_sentence(app: Flask, tmp_path: Path, name: str) -> None:
    """Nothing of it is kept."""
    data, accept, words = BAD[name]
    with transaction(), pytest.raises(Unusable, match=words):
        keep(tmp_path, data, accept=accept)
    assert list(tmp_path.iterdir()) == []
    assert db.session.scalar(select(func.count()).select_from(StoredFile)) == 0


def test_too_much_is_refused_before_it_is_looked_at(app: Flask, tmp_path: Path) -> None:
    """The sentence says how much would do."""
    with transaction(), pytest.raises(TooLarge, match="1 MB"):
        keep(tmp_path, EXE + b"0" * 1_100_000, most=1024 * 1024)


def test_same_content_is_stored_once(app: Flask, tmp_path: Path) -> None:
    """Also when it comes in another act, as bytes or as a file."""
    with transaction():
        first = keep(tmp_path, image_bytes(place=True))
    with transaction():
        second = keep(tmp_path, io.BytesIO(image_bytes(place=True)))
    assert first.id == second.id
    assert len(list(tmp_path.iterdir())) == 2, "the picture and its thumbnail"


def test_somebody_else_stored_the_same_a_moment_earlier(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then theirs is used and ours leaves nothing behind."""
    with transaction():
        first = keep(tmp_path, pdf_bytes())
    answers = iter([None, first])
    monkeypatch.setattr("contest_portal.registration.documents.storing.find_content", lambda _: next(answers))
    with transaction():
        assert keep(tmp_path, pdf_bytes()) is first
    assert len(list(tmp_path.iterdir())) == 1


def test_a_picture_loses_what_it_tells_of_its_place(app: Flask, tmp_path: Path) -> None:
    """Neither the picture nor its thumbnail keeps EXIF or GPS, nor a tail behind the picture."""
    with transaction():
        file = keep(tmp_path, image_bytes(place=True, size=(800, 600)) + b"<script>tail</script>")
    stored, small = read(tmp_path, file), files.load(tmp_path, file.thumbnail_name or "")
    assert b"Telephone" in image_bytes(place=True), "the test's own picture tells"
    for data in (stored, small):
        assert b"Telephone" not in data
        assert b"script" not in data
        assert dict(Image.open(io.BytesIO(data)).getexif()) == {}
    assert (file.width, file.height) == (800, 600)
    assert max(Image.open(io.BytesIO(small)).size) == 320


def test_a_telephones_large_picture_is_made_smaller(app: Flask, tmp_path: Path) -> None:
    """Fifty million points of a JPEG need not be decoded to be shown."""
    with transaction():
        file = keep(tmp_path, image_bytes(size=(8000, 6000)))
    assert (file.width, file.height) == (4000, 3000)


def test_see_through_pictures_stay_so(app: Flask, tmp_path: Path) -> None:
    """Their thumbnail stands on white."""
    out = io.BytesIO()
    Image.new("RGBA", (50, 50), (0, 0, 0, 0)).save(out, "PNG")
    with transaction():
        file = keep(tmp_path, out.getvalue(), accept=IMAGES)
    assert Image.open(io.BytesIO(read(tmp_path, file))).getpixel((1, 1)) == (0, 0, 0, 0)
    assert Image.open(io.BytesIO(files.load(tmp_path, file.thumbnail_name or ""))).getpixel((1, 1)) == (255, 255, 255)


@pytest.mark.parametrize(
    ("kinds", "words"), [((PDF,), "PDF"), (SCANS, "PDF, JPEG, PNG hoặc WebP"), ((PDF, JPEG), "PDF hoặc JPEG")]
)
def test_kinds_are_named(kinds: tuple[Kind, ...], words: str) -> None:
    """The sentence lists what would do."""
    assert str(names_of(kinds)) == words


def test_sniffing_reads_only_what_it_needs() -> None:
    """A film's content is told by its first bytes."""
    assert sniff(io.BytesIO(film_bytes()), VIDEOS).ending == ".mp4"


def test_every_refusal_is_the_portals_own() -> None:
    """So that pages can show it."""
    assert issubclass(Unusable, PortalError)
