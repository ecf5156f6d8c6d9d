"""Read the documents of entries, always within what the actor may see."""

from collections import Counter
from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import joinedload

from contest_portal.accounts.actor import Actor, Role
from contest_portal.contests.asking import DocumentRule
from contest_portal.contests.rulebook import Need, Rulebook
from contest_portal.core.database import db
from contest_portal.core.errors import NotFound, Problem
from contest_portal.core.i18n import lazy
from contest_portal.registration.documents.kinds import OF_THE_WORK, RESTRICTED
from contest_portal.registration.documents.models import Document, StoredFile
from contest_portal.registration.models import Entry, Participant


def documents_of(entry_id: int) -> list[Document]:
    """Return the documents that an entry has now, in the order in which they came."""
    return list(db.session.scalars(_documents(), {"entry_id": entry_id}))


@cache
def _documents() -> Any:
    wanted = select(Document).where(Document.entry_id == bindparam("entry_id"), Document.removed_at.is_(None))
    return wanted.options(joinedload(Document.file)).order_by(Document.id)


def shown_documents(actor: Actor, entry: Entry) -> list[Document]:
    """Return the documents of an entry that the actor may see; the entry itself was read within the actor's scope."""
    found = documents_of(entry.id)
    return found if may_see_restricted(actor, entry) else [doc for doc in found if doc.kind not in RESTRICTED]


def get_document(actor: Actor, entry: Entry, token: str) -> Document:
    """Return one document of an entry that the actor may see; raises NotFound in the same words for any other."""
    for document in shown_documents(actor, entry):
        if document.token == token:
            return document
    raise NotFound


def may_see_restricted(actor: Actor, entry: Entry) -> bool:
    """Tell whether the actor may see what is private to the people of an entry."""
    own = entry.school_id is not None and entry.school_id in actor.school_ids
    return own or actor.holds(Role.ORGANISER, edition_id=entry.edition_id)


def shown_to_judges(entry_id: int) -> list[Document]:
    """Return what judges may be shown of a work; its names and its people's papers stay behind."""
    return [document for document in documents_of(entry_id) if document.kind in OF_THE_WORK]


def stored_by_school(school_id: int | None) -> int:
    """Return how many bytes a school's documents take, each content counted once."""
    if school_id is None:
        return 0
    wanted = (
        select(StoredFile.id)
        .join(Document, Document.file_id == StoredFile.id)
        .join(Entry, Entry.id == Document.entry_id)
        .where(Entry.school_id == school_id, Document.removed_at.is_(None))
    )
    return int(db.session.scalar(select(func.sum(StoredFile.size)).where(StoredFile.id.in_(wanted))) or 0)


def missing_documents(entry: Entry, book: Rulebook) -> list[Problem]:
    """Return what an edition asks for and an entry does not have yet; nothing is read where nothing is asked."""
    needed = [rule for rule in book.documents if rule.need is Need.REQUIRED]
    if not needed:
        return []
    found = documents_of(entry.id)
    return [problem for rule in needed for problem in missing_of(rule, found, entry.participants, book)]


def missing_of(
    rule: DocumentRule, found: Sequence[Document], people: Sequence[Participant], book: Rulebook
) -> list[Problem]:
    """Return what is missing of one kind: the document, or that of each person who takes part."""
    have = Counter(document.participant_id for document in found if document.kind == rule.kind)
    word = rule.word
    if not rule.per_person:
        lacks = lazy("Chưa có %(word)s. Hãy tải lên ở mục Tài liệu.", word=word)
        return [] if have else [Problem(lacks, field=f"document:{rule.kind}")]
    return [
        Problem(
            lazy("%(name)s chưa có %(word)s. Hãy tải lên ở mục Tài liệu.", name=person.full_name, word=word),
            field=f"document:{rule.kind}",
        )
        for person in people
        if person.role == book.person_role and not have[person.id]
    ]
