"""Keep scans of signed sheets: apart from an entry's documents, and handed only to those who may record consent."""

from pathlib import Path
from typing import IO, Final

from sqlalchemy import select

from contest_portal.accounts.actor import Actor
from contest_portal.core import audit
from contest_portal.core.database import db, transaction
from contest_portal.core.errors import Invalid, NotFound, Problem, TooLarge, Unusable
from contest_portal.registration.consent.answering import may_record
from contest_portal.registration.consent.models import ConsentScan
from contest_portal.registration.documents.sniffing import SCANS
from contest_portal.registration.documents.storing import MEGABYTE, get_file, keep, read
from contest_portal.registration.models import Entry

MOST_BYTES: Final = 10 * MEGABYTE
ENDINGS: Final = ("pdf", "jpg", "jpeg", "png", "webp")


def keep_scan(actor: Actor, entry: Entry, folder: Path, data: bytes | IO[bytes]) -> int:
    """Store a scan and return its number, inside the caller's transaction; the same content is stored once.

    Raises Invalid for what is no scan by its content, whatever it is called.
    """
    try:
        file = keep(folder, data, accept=SCANS, most=MOST_BYTES)
    except (Unusable, TooLarge) as error:
        raise Invalid(problems=[Problem(error.message, field="scan")]) from error
    same = (ConsentScan.entry_id == entry.id) & (ConsentScan.file_id == file.id)
    known = db.session.scalar(select(ConsentScan.id).where(same))
    if known is not None:
        return known
    row = ConsentScan(entry_id=entry.id, file_id=file.id, uploaded_by=actor.user_id)
    db.session.add(row)
    # Flushed: the answers name its id.
    db.session.flush()
    return row.id


def read_scan(actor: Actor, entry: Entry, scan_id: int, folder: Path) -> tuple[bytes, str, str]:
    """Return a scan of this entry, its kind and a safe name; the look is logged. Raises NotFound."""
    row = db.session.get(ConsentScan, scan_id)
    file = get_file(row.file_id) if row is not None and row.entry_id == entry.id else None
    if file is None or not may_record(actor, entry):
        raise NotFound
    data = read(folder, file)
    with transaction():
        audit.record(actor, "consent.scan_seen", entry.reference, after={"scan": scan_id})
    return data, file.mime, f"phieu-dong-y-{entry.reference}-{scan_id}{file.ending}"
