"""Keep an uploaded workbook between its preview and its confirmation; nothing else is written before."""

import secrets
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

from sqlalchemy import select

from contest_portal.accounts.actor import Actor
from contest_portal.contests.models import Edition, Unit
from contest_portal.core import audit, clock, files
from contest_portal.core.database import db, transaction
from contest_portal.core.errors import Invalid, NotFound, Unusable
from contest_portal.core.i18n import lazy
from contest_portal.core.progress import Report, quiet
from contest_portal.core.spreadsheets import mark
from contest_portal.core.vietnamese import clean_text
from contest_portal.registration.columns import LABELS
from contest_portal.registration.imports import import_scope
from contest_portal.registration.models import ImportBatch
from contest_portal.screening.imports.examining import Choices, Examination, examine, read_chosen
from contest_portal.screening.imports.meanings import questions_about
from contest_portal.screening.imports.memory import forget, recall, remember
from contest_portal.screening.imports.workbooks import tables_of, write_tables

# Uploaded lists name children: they go away after a day, confirmed or not.
KEPT: Final = timedelta(hours=24)
LONGEST_NAME: Final = 255
# About 2,000 rows: what is longer is read in the background, with progress to look at.
LARGE: Final = 150_000
# As many problems as the page of what was done shows; the marked workbook has them all.
MOST_PROBLEMS: Final = 1000


class UploadGone(NotFound):
    """Say that an upload was removed again."""

    default = lazy("Tệp đã tải lên không còn được giữ. Hãy chọn lại tệp.")


def stage(
    actor: Actor, edition: Edition, folder: Path, *, data: bytes, file_name: str, unit: Unit | None, effective: date
) -> ImportBatch:
    """Keep a workbook for its preview; a short one is read at once. Raises Unusable, NotAllowed, Invalid."""
    import_scope(actor, edition)
    choices = Choices(columns=recall(actor, edition))
    if not data:
        raise Unusable(lazy("Tệp này trống. Hãy chọn tệp khác."))
    if len(data) < LARGE:
        examine(actor, edition, data, choices, unit=unit, effective=effective)
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
        choices={**choices.to_dict(), "large": len(data) >= LARGE},
    )
    with transaction():
        db.session.add(batch)
        db.session.flush()
        audit.record(actor, "import.staged", edition.code, after={"file": batch.file_name, "sha256": checksum})
    return batch


def get_batch(actor: Actor, token: str) -> ImportBatch:
    """Return the actor's own upload; raises NotFound for anybody else's."""
    batch = db.session.scalar(
        select(ImportBatch)
        .where(ImportBatch.token == token, ImportBatch.user_id == (actor.user_id or 0))
        .execution_options(populate_existing=True)
    )
    if batch is None:
        raise NotFound
    return batch


def is_large(batch: ImportBatch) -> bool:
    """Tell whether a list is so long that it is worked on in the background."""
    return bool((batch.choices or {}).get("large"))


def chosen(batch: ImportBatch) -> Choices:
    """Return what the person said about reading a list."""
    return Choices.from_dict(batch.choices)


def examined(actor: Actor, batch: ImportBatch, folder: Path) -> Examination | None:
    """Return what is to be shown of a list as things stand now; None for a long one that must be read first.

    Raises UploadGone, Unusable.
    """
    if not is_large(batch):
        return _examine(actor, batch, folder, quiet)
    if batch.examined_name is None:
        return None
    try:
        return Examination.from_json(files.load(folder, batch.examined_name))
    except NotFound as error:
        raise UploadGone from error


def examine_batch(actor: Actor, batch: ImportBatch, folder: Path, report: Report = quiet) -> Examination:
    """Read a long list and keep what came of it; raises UploadGone, Unusable and what a plan raises."""
    found = _examine(actor, batch, folder, report)
    name, _checksum = files.store(folder, found.to_json())
    _keep(batch, folder, examined_name=name, marked_name=None)
    return found


def choose_letters(batch: ImportBatch, folder: Path, answer: str) -> None:
    """Keep whether letters of an old encoding are to be converted."""
    _choose(batch, folder, Choices(answer, chosen(batch).columns))


def choose_columns(actor: Actor, batch: ImportBatch, folder: Path, said: Mapping[str, str]) -> None:
    """Keep what the person says of columns, also for the next list.

    Raises Invalid where no column would say what every list must, UploadGone, Unusable.
    """
    before = chosen(batch)
    choices = Choices(before.letters, {**before.columns, **said})
    workbook = read_chosen(_load(folder, batch.stored_name), Choices(choices.letters))
    missing = questions_about(workbook, choices.columns).missing
    if missing:
        names = ", ".join(f"“{LABELS[kind]}”" for kind in missing)
        raise Invalid(lazy("Chưa cột nào được chọn là %(names)s: hãy chọn ý nghĩa này cho một cột.", names=names))
    with transaction():
        remember(actor, batch.edition, choices.columns)
        _choose(batch, folder, choices)


def forget_columns(actor: Actor, batch: ImportBatch, folder: Path) -> None:
    """Forget what the person said of headings in this edition, and ask again about this list."""
    with transaction():
        forget(actor, batch.edition)
        _choose(batch, folder, Choices(chosen(batch).letters))


def marked(actor: Actor, batch: ImportBatch, folder: Path) -> bytes:
    """Return the uploaded workbook with its problems marked in it; raises UploadGone, Unusable."""
    if batch.marked_name is not None:
        return _load(folder, batch.marked_name)
    found = examined(actor, batch, folder)
    if found is None:
        raise UploadGone
    return mark(_load(folder, batch.stored_name), found.marks, found.sheets)


def mark_batch(actor: Actor, batch: ImportBatch, folder: Path) -> None:
    """Mark the problems of a long list in it, to be fetched afterwards; raises UploadGone, Unusable."""
    name, _checksum = files.store(folder, marked(actor, batch, folder))
    _keep(batch, folder, marked_name=name)


def confirm(
    actor: Actor, batch: ImportBatch, folder: Path, *, partial: bool = False, report: Report = quiet
) -> dict[str, Any]:
    """Write what the preview showed, planned anew; asked twice, it is written once. Returns the outcome.

    Where rows are rejected and `partial` is not asked for, nothing is written and the upload stays.
    """
    if _is_done(batch):
        return _outcome_of(batch)
    # Read before anything is locked: others work on meanwhile.
    tables = tables_of(_load(folder, batch.stored_name), chosen(batch), report)
    with transaction():
        import_scope(actor, batch.edition)
        # Held: of two confirmations that arrive together, the second waits and finds it done.
        db.session.refresh(batch, with_for_update=True)
        if _is_done(batch):
            return _outcome_of(batch)
        outcome = write_tables(
            actor,
            batch.edition,
            tables,
            unit=batch.unit,
            effective=batch.effective,
            partial=partial,
            file_name=batch.file_name,
            report=report,
        )
        if outcome.written:
            found = outcome.to_dict()
            found["problems"] = found["problems"][:MOST_PROBLEMS]
            batch.confirmed_at, batch.outcome = clock.now(), found
    if outcome.written and not outcome.rejected:
        _discard(batch, folder)
    return outcome.to_dict()


def _choose(batch: ImportBatch, folder: Path, choices: Choices) -> None:
    """Keep the choices; what was made of the list before them goes."""
    with transaction():
        batch.choices = {**(batch.choices or {}), **choices.to_dict()}
        _keep(batch, folder, examined_name=None, marked_name=None)


def _is_done(batch: ImportBatch) -> bool:
    return batch.confirmed_at is not None


def _outcome_of(batch: ImportBatch) -> dict[str, Any]:
    done: dict[str, Any] = batch.outcome
    return done


def _examine(actor: Actor, batch: ImportBatch, folder: Path, report: Report) -> Examination:
    data = _load(folder, batch.stored_name)
    return examine(actor, batch.edition, data, chosen(batch), unit=batch.unit, effective=batch.effective, report=report)


def _load(folder: Path, name: str) -> bytes:
    try:
        return files.load(folder, name)
    except NotFound as error:
        raise UploadGone from error


def _keep(batch: ImportBatch, folder: Path, **names: str | None) -> None:
    """Keep the names of what was made of a list; what they replace goes."""
    old = [getattr(batch, key) for key in names]
    with transaction():
        for key, name in names.items():
            setattr(batch, key, name)
    for name in filter(None, old):
        files.discard(folder, name)


def _discard(batch: ImportBatch, folder: Path) -> None:
    """Remove every file of a list."""
    for name in filter(None, (batch.stored_name, batch.examined_name, batch.marked_name)):
        files.discard(folder, name)
    with transaction():
        batch.discarded_at = clock.now()


def _discard_forgotten(folder: Path) -> None:
    """Remove the files of lists that were uploaded more than a day ago."""
    forgotten = select(ImportBatch).where(
        ImportBatch.discarded_at.is_(None), ImportBatch.uploaded_at < clock.now() - KEPT
    )
    for batch in db.session.scalars(forgotten.limit(200)).all():
        _discard(batch, folder)
