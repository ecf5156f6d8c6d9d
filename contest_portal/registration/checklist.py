"""The list that whoever checks the papers will go through, shown to the school before it hands the entry in; pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final

from contest_portal.contests.asking import ConsentRule
from contest_portal.contests.eligibility import RuleProblem, Severity
from contest_portal.contests.rulebook import Need, Rulebook
from contest_portal.core.errors import Problem
from contest_portal.core.i18n import lazy
from contest_portal.registration.models import Entry, Participant
from contest_portal.registration.tasks import DETAILS, part_of

DOCUMENTS: Final = "documents"
CONSENT: Final = "consent"
SIGNED: Final = "signed"


class Mark(StrEnum):
    """Say how a line of the list stands."""

    MET = "met"
    LOOK = "look"
    MISSING = "missing"
    # Nothing is asked for, or what is not asked for was not given.
    FREE = "free"


@dataclass(frozen=True)
class Item:
    """Be one line of the list: what is looked at, how it stands, and what is to be mended."""

    # "details", a role, "documents", "consent" or "signed".
    part: str
    label: Any
    mark: Mark
    notes: tuple[Any, ...] = ()


def checklist_for(
    entry: Entry,
    book: Rulebook,
    people: Sequence[Participant],
    problems: Sequence[RuleProblem],
    *,
    documents: Sequence[Problem] = (),
    consents: Sequence[Problem] = (),
    signed: bool | None = None,
) -> list[Item]:
    """Return the list of an entry: problems are the rules' findings, documents and consents what is missing of them.

    signed: whether the principal's signed list shows the entry as it is; None where there is no such list.
    """
    items = [_item(DETAILS, lazy("Thông tin %(entry)s", entry=book.entry_word), problems, people)]
    for rule in book.roles:
        count = sum(person.role == rule.role for person in people)
        label = lazy("%(word)s: %(count)s người", word=str(rule.word).capitalize(), count=count)
        item = _item(rule.role, label, problems, people)
        free = not count and rule.least == 0 and item.mark is Mark.MET
        items.append(replace(item, mark=Mark.FREE) if free else item)
    return [*items, _documents(book, documents), _consent(book, consents), _signed(signed)]


def is_ready(items: Iterable[Item]) -> bool:
    """Tell whether nothing on the list is missing."""
    return all(item.mark is not Mark.MISSING for item in items)


def count_missing(items: Iterable[Item]) -> int:
    """Return how many lines of the list something is missing in."""
    return sum(item.mark is Mark.MISSING for item in items)


def _item(part: str, label: Any, problems: Sequence[RuleProblem], people: Sequence[Participant]) -> Item:
    own = [problem for problem in problems if part_of(problem, people) == part]
    return Item(
        part, label, _mark(own), tuple(note for problem in own for note in (problem.message, problem.accepted) if note)
    )


def _mark(problems: Sequence[RuleProblem]) -> Mark:
    if any(problem.severity is Severity.ERROR for problem in problems):
        return Mark.MISSING
    return Mark.LOOK if problems else Mark.MET


def _documents(book: Rulebook, missing: Sequence[Problem]) -> Item:
    asked = [rule for rule in book.documents if rule.need is not Need.ABSENT]
    if missing:
        return Item(DOCUMENTS, lazy("Tài liệu"), Mark.MISSING, tuple(problem.message for problem in missing))
    required = any(rule.need is Need.REQUIRED for rule in asked)
    return Item(DOCUMENTS, lazy("Tài liệu"), Mark.MET if required else Mark.FREE)


def _consent(book: Rulebook, missing: Sequence[Problem]) -> Item:
    if missing:
        return Item(
            CONSENT,
            lazy("Đồng ý của cha mẹ, người giám hộ"),
            Mark.MISSING,
            tuple(problem.message for problem in missing),
        )
    if book.consent is ConsentRule.DECLARED:
        said = lazy("Nhà trường cam đoan đang giữ văn bản đồng ý khi nộp hồ sơ.")
        return Item(CONSENT, lazy("Đồng ý của cha mẹ, người giám hộ"), Mark.MET, (said,))
    return Item(CONSENT, lazy("Đồng ý của cha mẹ, người giám hộ"), Mark.MET)


def _signed(covered: bool | None) -> Item:
    label = lazy("Danh sách đăng ký có chữ ký, đóng dấu")
    if covered is None:
        return Item(SIGNED, label, Mark.FREE)
    note = lazy("Bản đã ký không còn khớp với hồ sơ này.")
    return Item(SIGNED, label, Mark.MET) if covered else Item(SIGNED, label, Mark.LOOK, (note,))
