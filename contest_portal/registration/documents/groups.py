"""Put an entry's documents in order for a page: each kind that is asked for, what is there and what is missing; pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from contest_portal.contests.asking import DOCUMENT_WORDS, DocumentKind, DocumentRule
from contest_portal.contests.rulebook import Need, Rulebook
from contest_portal.core.errors import Problem
from contest_portal.core.i18n import _
from contest_portal.registration.documents.models import Document
from contest_portal.registration.documents.queries import missing_of
from contest_portal.registration.models import Participant


@dataclass(frozen=True)
class Group:
    """Be the documents of one kind."""

    kind: str
    word: Any
    documents: Sequence[Document]
    missing: Sequence[Problem] = ()
    # None: it is asked for no more, but what is there is still shown.
    rule: DocumentRule | None = None

    @property
    def required(self) -> bool:
        """Tell whether the entry cannot be handed in without."""
        return self.rule is not None and self.rule.need is Need.REQUIRED


def groups_of(
    book: Rulebook, documents: Sequence[Document], people: Sequence[Participant], *, restricted: bool
) -> list[Group]:
    """Return the kinds that the edition asks for and those that are there; private ones only to whoever may see them."""
    asked = [rule for rule in book.documents if rule.need is not Need.ABSENT]
    asked = [rule for rule in asked if restricted or rule.kind is not DocumentKind.BIRTH_CERTIFICATE]
    groups = [_group(rule, documents, people, book) for rule in asked]
    known = {rule.kind.value for rule in asked}
    others = dict.fromkeys(document.kind for document in documents if document.kind not in known)
    return groups + [Group(kind, _word(kind), [d for d in documents if d.kind == kind]) for kind in others]


def task_of(groups: Sequence[Group]) -> tuple[str, str, str]:
    """Return how far an entry is with its documents, as its page shows it: status, tag and hint."""
    count = sum(len(group.documents) for group in groups)
    missing = sum(len(group.missing) for group in groups)
    if missing:
        return ("doing" if count else "todo"), "", _("Còn thiếu %(count)s tài liệu bắt buộc.", count=missing)
    if not count and not any(group.required for group in groups):
        return "blocked", _("Không bắt buộc"), _("Ảnh, thuyết minh, bản vẽ, video.")
    return "done", "", _("Đã có %(count)s tài liệu.", count=count)


def _group(rule: DocumentRule, documents: Sequence[Document], people: Sequence[Participant], book: Rulebook) -> Group:
    own = [document for document in documents if document.kind == rule.kind]
    missing = missing_of(rule, own, people, book) if rule.need is Need.REQUIRED else []
    return Group(rule.kind.value, rule.word, own, missing, rule)


def _word(kind: str) -> Any:
    return DOCUMENT_WORDS[DocumentKind(kind)] if kind in list(DocumentKind) else kind
