"""Keep files under names of our own, in one folder that no address leads into."""

import hashlib
import os
import re
import secrets
from pathlib import Path
from typing import IO, Final

from contest_portal.core.errors import NotFound

_BLOCK: Final = 1024 * 1024
_STORED_NAME: Final = re.compile(r"[0-9a-f]{32}")


def store(folder: Path, data: bytes) -> tuple[str, str]:
    """Write a file and return its stored name and SHA-256; it is on disk when this returns."""
    folder.mkdir(parents=True, exist_ok=True)
    name = secrets.token_hex(16)
    descriptor = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
    return name, hashlib.sha256(data).hexdigest()


def store_stream(folder: Path, source: IO[bytes]) -> tuple[str, str, int]:
    """Copy a large file in blocks and return its stored name, SHA-256 and size; it is on disk when this returns."""
    folder.mkdir(parents=True, exist_ok=True)
    name, digest, size = secrets.token_hex(16), hashlib.sha256(), 0
    source.seek(0)
    descriptor = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        while block := source.read(_BLOCK):
            out.write(block)
            digest.update(block)
            size += len(block)
        out.flush()
        os.fsync(out.fileno())
    return name, digest.hexdigest(), size


def load(folder: Path, name: str) -> bytes:
    """Return a stored file; raises NotFound for a name that is not one of ours, and for a file that is gone."""
    try:
        return _path(folder, name).read_bytes()
    except FileNotFoundError as error:
        raise NotFound from error


def path_of(folder: Path, name: str) -> Path:
    """Return where a stored file lies, to be sent in pieces; raises NotFound for one that is gone."""
    path = _path(folder, name)
    if not path.is_file():
        raise NotFound
    return path


def discard(folder: Path, name: str) -> None:
    """Remove a stored file; one that is gone already is no mistake."""
    _path(folder, name).unlink(missing_ok=True)


def _path(folder: Path, name: str) -> Path:
    if not _STORED_NAME.fullmatch(name):
        raise NotFound
    return folder / name
