"""What should lie in a parcel that reaches a unit, and what is missing of it; pure."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

from contest_portal.contests.asking import Need
from contest_portal.contests.rulebook import EntryKind, Rulebook
from contest_portal.core.i18n import lazy

MODEL: Final = "model"


@dataclass(frozen=True)
class Content:
    """Be one thing that may lie in a parcel."""

    code: str
    label: Any
    required: bool


def expected_contents(book: Rulebook) -> list[Content]:
    """Return what an edition expects in a parcel: its documents, and the model where works are shown."""
    papers = [
        Content(rule.kind.value, rule.word, rule.need is Need.REQUIRED)
        for rule in book.documents
        if rule.need is not Need.ABSENT
    ]
    model = Content(MODEL, lazy("Mô hình, sản phẩm"), required=False)
    return [*papers, model] if book.entry_kind is EntryKind.WORK else papers


def missing_contents(contents: Collection[str] | None, book: Rulebook) -> list[Content]:
    """Return what a parcel should have held and did not; nothing where nobody looked into it."""
    if contents is None:
        return []
    return [content for content in expected_contents(book) if content.required and content.code not in contents]


def absent_contents(contents: Collection[str] | None, book: Rulebook) -> list[Content]:
    """Return everything a parcel did not hold, required or not; nothing where nobody looked into it."""
    return [] if contents is None else [c for c in expected_contents(book) if c.code not in contents]
