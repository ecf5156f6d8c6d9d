"""Keep what is uploaded: told by its content, made harmless, and stored once."""

import hashlib
import io
from collections.abc import Collection
from pathlib import Path
from typing import IO, Any, Final

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from contest_portal.core import files
from contest_portal.core.database import db
from contest_portal.core.errors import TooLarge
from contest_portal.core.i18n import lazy
from contest_portal.registration.documents.models import StoredFile
from contest_portal.registration.documents.pictures import remake
from contest_portal.registration.documents.sniffing import IMAGES, SCANS, Kind, sniff

MEGABYTE: Final = 1024 * 1024
_BLOCK: Final = 1024 * 1024


def keep(
    folder: Path, data: bytes | IO[bytes], *, accept: Collection[Kind] = SCANS, most: int = 10 * MEGABYTE
) -> StoredFile:
    """Return the stored file of this content, storing it where it is new; call it inside your transaction.

    accept: which kinds will do (sniffing.SCANS, PAPERS, IMAGES, VIDEOS); most: bytes. Pictures are made anew without
    their metadata; everything else is kept as it is. Raises Unusable or TooLarge with a sentence for the person.
    """
    file = io.BytesIO(data) if isinstance(data, bytes) else data
    if size_of(file) > most:
        raise TooLarge(
            lazy(
                "Tệp lớn hơn %(most)s MB. Hãy chọn tệp nhỏ hơn hoặc giảm dung lượng rồi tải lên.", most=most // MEGABYTE
            )
        )
    kind = sniff(file, accept)
    digest = digest_of(file)
    return find_content(digest) or _store(folder, file, kind, digest)


def find_content(digest: str) -> StoredFile | None:
    """Return what is stored of a content, by the SHA-256 of what was uploaded."""
    return db.session.scalar(select(StoredFile).where(StoredFile.sha256 == digest))


def get_file(file_id: int) -> StoredFile | None:
    """Return a stored file by its id."""
    return db.session.get(StoredFile, file_id)


def read(folder: Path, file: StoredFile) -> bytes:
    """Return a stored file's content; raises NotFound when it is gone from the disk."""
    return files.load(folder, file.stored_name)


def digest_of(file: IO[bytes]) -> str:
    """Return the SHA-256 of a file, read in blocks."""
    file.seek(0)
    digest = hashlib.sha256()
    while block := file.read(_BLOCK):
        digest.update(block)
    return digest.hexdigest()


def size_of(file: IO[bytes]) -> int:
    """Return a file's length in bytes."""
    return file.seek(0, 2)


def _store(folder: Path, file: IO[bytes], kind: Kind, digest: str) -> StoredFile:
    row = StoredFile(sha256=digest, mime=kind.mime, ending=kind.ending)
    if kind in IMAGES:
        picture = remake(file, kind)
        row.stored_name, row.checksum = files.store(folder, picture.data)
        row.thumbnail_name, _ = files.store(folder, picture.thumbnail)
        row.size, row.width, row.height = len(picture.data), picture.width, picture.height
    else:
        row.stored_name, row.checksum, row.size = files.store_stream(folder, file)
    return _insert(folder, row)


def _insert(folder: Path, row: StoredFile) -> StoredFile:
    """Add the row, or return that of somebody who stored the same content a moment earlier."""
    names: list[Any] = [row.stored_name, row.thumbnail_name]
    try:
        with db.session.begin_nested():
            db.session.add(row)
            db.session.flush()
    except IntegrityError:
        for name in filter(None, names):
            files.discard(folder, name)
        found = find_content(row.sha256)
        if found is None:
            raise
        return found
    return row
