"""Keep an uploaded workbook between its preview and its confirmation; nothing else is written before."""

import secrets
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

from sqlalchemy import select

from contest_portal.accounts.actor import Actor
from contest_portal.contests.models import Edition, Unit
from contest_portal.core import audit, clock, files
from contest_portal.core.database import db, transaction
from contest_portal.core.errors import NotFound
from contest_portal.core.i18n import lazy
from contest_portal.core.vietnamese import clean_text
from contest_portal.registration.imports import import_scope
from contest_portal.registration.models import ImportBatch
from contest_portal.screening.imports.planning import ScreenedPlan
from contest_portal.screening.imports.workbooks import import_workbook, read_plan

# Uploaded lists name children: what nobody confirms goes away.
KEPT: Final = timedelta(hours=24)
LONGEST_NAME: Final = 255


class UploadGone(NotFound):
    """Say that an upload nobody confirmed was removed again."""

    default = lazy("Tệp đã tải lên không còn được giữ. Hãy chọn lại tệp.")


def stage(
    actor: Actor, edition: Edition, folder: Path, *, data: bytes, file_name: str, unit: Unit | None, effective: date
) -> ImportBatch:
    """Keep a workbook that can be read, for its preview; raises Unusable, NotAllowed, Invalid."""
    read_plan(actor, edition, data, unit=unit, effective=effective)
    _discard_forgotten(folder)
    stored_name, checksum = files.store(folder, data)
    batch = ImportBatch(
        token=secrets.token_urlsafe(32),
        edition_id=edition.id,
        user_id=actor.user_id,
        unit_id=unit.id if unit else None,
        file_name=clean_text(file_name)[-LONGEST_NAME:] or "?",
        stored_name=stored_name,
        checksum=checksum,
        effective=effective,
    )
    with transaction():
        db.session.add(batch)
        db.session.flush()
        audit.record(actor, "import.staged", edition.code, after={"file": batch.file_name, "sha256": checksum})
    return batch


def get_batch(actor: Actor, token: str) -> ImportBatch:
    """Return the actor's own upload; raises NotFound for anybody else's."""
    batch = db.session.scalar(
        select(ImportBatch).where(ImportBatch.token == token, ImportBatch.user_id == (actor.user_id or 0))
    )
    if batch is None:
        raise NotFound
    return batch


def preview(actor: Actor, batch: ImportBatch, folder: Path) -> ScreenedPlan:
    """Return what confirming would do as things stand now."""
    data = _load(folder, batch)
    return read_plan(actor, batch.edition, data, unit=batch.unit, effective=batch.effective)


def confirm(actor: Actor, batch: ImportBatch, folder: Path, *, partial: bool = False) -> dict[str, Any]:
    """Import an upload once; confirming again returns what came of it and changes nothing.

    Where rows are rejected and `partial` is not asked for, nothing is written and the upload stays.
    """
    with transaction():
        import_scope(actor, batch.edition)
        # Held: of two confirmations that arrive together, the second waits and finds it done.
        db.session.refresh(batch, with_for_update=True)
        if batch.confirmed_at is not None:
            done: dict[str, Any] = batch.outcome
            return done
        data = _load(folder, batch)
        outcome = import_workbook(
            actor,
            batch.edition,
            data,
            unit=batch.unit,
            effective=batch.effective,
            partial=partial,
            file_name=batch.file_name,
        )
        if outcome.written:
            batch.confirmed_at, batch.outcome = clock.now(), outcome.to_dict()
    if outcome.written:
        files.discard(folder, batch.stored_name)
    return outcome.to_dict()


def _load(folder: Path, batch: ImportBatch) -> bytes:
    try:
        return files.load(folder, batch.stored_name)
    except NotFound as error:
        raise UploadGone from error


def _discard_forgotten(folder: Path) -> None:
    """Remove the files of uploads that nobody confirmed within a day."""
    forgotten = select(ImportBatch.stored_name).where(
        ImportBatch.confirmed_at.is_(None), ImportBatch.uploaded_at < clock.now() - KEPT
    )
    for name in db.session.scalars(forgotten):
        files.discard(folder, name)
