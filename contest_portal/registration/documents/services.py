"""Add and take out the documents of an entry; what is taken out stays in its history."""

import secrets
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from sqlalchemy import func, select

from contest_portal.accounts.actor import Actor
from contest_portal.contests.asking import DocumentKind, DocumentRule
from contest_portal.contests.services import rulebook_of
from contest_portal.core import audit, clock
from contest_portal.core.database import db, transaction
from contest_portal.core.errors import Conflict, Invalid, NotFound, Problem
from contest_portal.core.i18n import lazy
from contest_portal.core.vietnamese import clean_text
from contest_portal.registration.documents.kinds import ACCEPTED, RESTRICTED
from contest_portal.registration.documents.models import Document, StoredFile
from contest_portal.registration.documents.names import LONGEST_NAME, read_link, safe_name
from contest_portal.registration.documents.queries import get_document, stored_by_school
from contest_portal.registration.documents.storing import MEGABYTE, keep
from contest_portal.registration.models import Entry
from contest_portal.registration.services.changing import allow_change, hold
from contest_portal.registration.services.history import write_event
from contest_portal.registration.services.rechecking import look_again


def add_file(
    actor: Actor,
    entry: Entry,
    kind: str,
    folder: Path,
    data: IO[bytes],
    name: str | None,
    *,
    person_id: int | None = None,
    title: str | None = None,
    room: int,
    most: int,
    reason: str | None = None,
    at: datetime | None = None,
) -> Document:
    """Add a file; the same file sent twice is one document. room: bytes a school may keep; most: bytes of any file.

    Raises NotFound for a kind the edition does not ask for, NotAllowed, rules.Closed, Conflict, Invalid, Unusable, TooLarge.
    """
    with transaction():
        rule = _begin(actor, entry, kind, person_id, at=at, reason=reason)
        file = keep(folder, data, accept=ACCEPTED[rule.kind], most=min(rule.megabytes * MEGABYTE, most))
        known = _same(entry, kind, person_id, Document.file_id == file.id)
        if known is not None:
            return known
        _check_room(entry, file, room)
        document = _new(actor, entry, rule, person_id, title, file=file, original_name=safe_name(name, file.ending))
        return _written(actor, entry, document, reason)


def add_link(
    actor: Actor,
    entry: Entry,
    kind: str,
    link: str | None,
    *,
    title: str | None = None,
    reason: str | None = None,
    at: datetime | None = None,
) -> Document:
    """Add the link to a video; it is shown with its host and never fetched.

    Raises NotFound, NotAllowed, rules.Closed, Conflict, Invalid.
    """
    with transaction():
        rule = _begin(actor, entry, kind, None, at=at, reason=reason)
        if not rule.link:
            raise NotFound
        address = read_link(link)
        if address is None:
            words = lazy("Liên kết phải bắt đầu bằng https:// và không có dấu cách, ví dụ https://youtu.be/abc.")
            raise Invalid(problems=[Problem(words, field="link")])
        known = _same(entry, kind, None, Document.link == address)
        if known is not None:
            return known
        return _written(actor, entry, _new(actor, entry, rule, None, title, link=address), reason)


def remove_document(
    actor: Actor, entry: Entry, token: str, *, reason: str | None = None, at: datetime | None = None
) -> Document:
    """Take a document out; asked twice, it is out once. Its content stays while the history may be asked about it.

    Raises NotFound, NotAllowed, rules.Closed, Conflict, Invalid.
    """
    with transaction():
        hold(entry)
        allow_change(actor, entry, at=at, reason=reason)
        document = get_document(actor, entry, token)
        document.removed_at = clock.now()
        _tell(actor, entry, "document_removed", document, reason)
        audit.record(actor, "document.removed", entry.reference, before=_sealed(document))
        look_again(actor, entry)
    return document


def open_document(actor: Actor, entry: Entry, token: str) -> Document:
    """Return a document to be shown; a look at somebody's birth certificate is written into the log.

    Raises NotFound.
    """
    document = get_document(actor, entry, token)
    if document.kind in RESTRICTED:
        with transaction():
            audit.record(actor, "document.viewed", entry.reference, after=_sealed(document))
    return document


def _begin(
    actor: Actor, entry: Entry, kind: str, person_id: int | None, *, at: datetime | None, reason: str | None
) -> DocumentRule:
    """Hold the entry, check that the actor may change it, and that the edition asks for this of this person."""
    hold(entry)
    allow_change(actor, entry, at=at, reason=reason)
    book = rulebook_of(entry.edition)
    rule = book.document(kind)
    if rule is None:
        raise NotFound
    own = {person.id for person in entry.participants if person.role == book.person_role}
    if rule.per_person and person_id not in own:
        raise Invalid(problems=[Problem(lazy("Hãy chọn tài liệu này là của ai."), field="person")])
    return rule


def _same(entry: Entry, kind: str, person_id: int | None, content: Any) -> Document | None:
    """Return the document that is there already with the same content."""
    wanted = select(Document).where(
        Document.entry_id == entry.id, Document.kind == kind, Document.removed_at.is_(None), content
    )
    return db.session.scalar(wanted.where(Document.participant_id == person_id).limit(1))


def _check_room(entry: Entry, file: StoredFile, room: int) -> None:
    used = stored_by_school(entry.school_id)
    if used + file.size > room:
        raise Conflict(
            lazy(
                "Tài liệu của đơn vị đã chiếm %(used)s MB trong %(room)s MB được dùng. Hãy bỏ bớt tài liệu cũ rồi tải lại.",
                used=used // MEGABYTE,
                room=room // MEGABYTE,
            )
        )


def _new(
    actor: Actor, entry: Entry, rule: DocumentRule, person_id: int | None, title: str | None, **content: Any
) -> Document:
    """Return a new document, unless there are as many as the edition takes."""
    person = person_id if rule.per_person else None
    count = db.session.scalar(
        select(func.count()).where(
            Document.entry_id == entry.id,
            Document.kind == rule.kind,
            Document.participant_id == person,
            Document.removed_at.is_(None),
        )
    )
    if (count or 0) >= rule.most:
        words = lazy("Đã đủ %(most)s tài liệu loại này. Muốn thay, hãy bỏ bớt rồi tải lại.", most=rule.most)
        raise Conflict(words)
    return Document(
        token=secrets.token_hex(16),
        entry_id=entry.id,
        kind=DocumentKind(rule.kind).value,
        participant_id=person,
        title=clean_text(title or "")[:LONGEST_NAME] or None,
        uploaded_by=actor.user_id,
        uploaded_name=actor.username,
        **content,
    )


def _written(actor: Actor, entry: Entry, document: Document, reason: str | None) -> Document:
    db.session.add(document)
    db.session.flush()
    _tell(actor, entry, "document_added", document, reason)
    audit.record(actor, "document.added", entry.reference, after=_sealed(document))
    look_again(actor, entry)
    return document


def _tell(actor: Actor, entry: Entry, kind: str, document: Document, reason: str | None) -> None:
    """Write into the entry's history what was added or taken out; a private paper is not named."""
    name = "" if document.kind in RESTRICTED else document.title or document.original_name or document.link or ""
    details = {"document": document.kind, "name": name, "token": document.token}
    write_event(actor, entry, kind, day=clock.today(), source="web", reason=reason, details=details)


def _sealed(document: Document) -> dict[str, Any]:
    """Return what the log keeps of a document: which, of whom, and the seal of its content; no name."""
    sha256 = document.file.sha256 if document.file else None
    return {"kind": document.kind, "person": document.participant_id, "sha256": sha256, "token": document.token}
