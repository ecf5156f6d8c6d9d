"""Keep scans of signed sheets: known by their content, stored once per entry, handed only to those who may record."""

import hashlib
from pathlib import Path
from typing import Final

from sqlalchemy import select

from contest_portal.accounts.actor import Actor
from contest_portal.core import audit, files
from contest_portal.core.database import db, transaction
from contest_portal.core.errors import Invalid, NotFound, Problem
from contest_portal.core.i18n import lazy
from contest_portal.registration.consent.answering import may_record
from contest_portal.registration.consent.models import ConsentScan
from contest_portal.registration.models import Entry

MOST_BYTES: Final = 10 * 1024 * 1024
ENDINGS: Final = ("pdf", "jpg", "jpeg", "png")
# What a scan begins with, whatever its name says.
_KINDS: Final = {b"%PDF-": "application/pdf", b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}
_SUFFIXES: Final = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}


def kind_of(data: bytes) -> str:
    """Return a scan's kind by its content; raises Invalid for anything that is no scan."""
    found = next((kind for start, kind in _KINDS.items() if data.startswith(start)), None)
    if found is None:
        raise Invalid(
            problems=[Problem(lazy("Tệp này không phải bản quét. Hãy chọn tệp PDF, JPG hoặc PNG."), field="scan")]
        )
    return found


def keep_scan(actor: Actor, entry: Entry, folder: Path, data: bytes, file_name: str) -> int:
    """Store a scan and return its number, inside the caller's transaction; the same content is stored once.

    Raises Invalid.
    """
    kind = kind_of(data)
    checksum = hashlib.sha256(data).hexdigest()
    same = (ConsentScan.entry_id == entry.id) & (ConsentScan.checksum == checksum)
    known = db.session.scalar(select(ConsentScan.id).where(same))
    if known is not None:
        return known
    stored_name, _checksum = files.store(folder, data)
    row = ConsentScan(
        entry_id=entry.id,
        checksum=checksum,
        stored_name=stored_name,
        file_name=file_name[-255:],
        mimetype=kind,
        size=len(data),
        uploaded_by=actor.user_id,
    )
    db.session.add(row)
    # Flushed: the answers name its id.
    db.session.flush()
    return row.id


def read_scan(actor: Actor, entry: Entry, scan_id: int, folder: Path) -> tuple[bytes, str, str]:
    """Return a scan of this entry, its kind and a safe name; the look is logged. Raises NotFound."""
    row = db.session.get(ConsentScan, scan_id)
    if row is None or row.entry_id != entry.id or not may_record(actor, entry):
        raise NotFound
    data = files.load(folder, row.stored_name)
    with transaction():
        audit.record(actor, "consent.scan_seen", entry.reference, after={"scan": row.id})
    return data, row.mimetype, f"phieu-dong-y-{entry.reference}-{row.id}.{_SUFFIXES[row.mimetype]}"
