"""What of an entry may be marked for mending: its details, its people, the documents that are asked for; pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from contest_portal.contests.asking import ConsentRule
from contest_portal.contests.eligibility import RuleProblem
from contest_portal.contests.rulebook import Need, Rulebook
from contest_portal.core.i18n import lazy
from contest_portal.registration.describing import FIELD_LABELS
from contest_portal.registration.models import Entry, Participant
from contest_portal.registration.tasks import DETAILS, part_of, person_of

# Of the details: the field of the entry, and the column that holds it.
_DETAILS: Final = ("title", "division_id", "field_id", "unit_id", "summary", "contact_phone", "contact_email")
_ASKED: Final = {"division_id": "division", "field_id": "field", "unit_id": "unit", "summary": "summary"}
# The rules' names of places are those of the form.
_FIELDS: Final = {"division": "division_id", "field": "field_id", "unit": "unit_id"}


@dataclass(frozen=True)
class Target:
    """Be one thing that may be marked: where it is, what it is called, and what the rules already say of it."""

    part: str
    label: Any
    field: str = ""
    said: str = ""

    @property
    def key(self) -> str:
        """Return the target's name in a form."""
        return f"{self.part}/{self.field}" if self.field else self.part


def targets_of(
    entry: Entry, book: Rulebook, people: Sequence[Participant], problems: Sequence[RuleProblem]
) -> list[Target]:
    """Return everything that may be marked on an entry, in the order in which it is shown."""
    return [
        *_of_details(book, people, problems),
        *(_of_person(person, people, problems) for person in people),
        *(
            Target(f"people:{rule.role}", _role_words(rule), said=_about(rule.role, people, problems))
            for rule in book.roles
        ),
        *(Target(f"document:{rule.kind}", rule.word) for rule in book.documents if rule.need is not Need.ABSENT),
        *(
            [Target("consent", lazy("Đồng ý của cha mẹ, người giám hộ"))]
            if book.consent is ConsentRule.RECORDED
            else []
        ),
    ]


def name_of(part: str, field: str, targets: Sequence[Target]) -> Any:
    """Return what a marked thing is called; a person who has left since is named no more."""
    known = next((target.label for target in targets if (target.part, target.field) == (part, field)), None)
    return known or FIELD_LABELS.get(field) or lazy("Mục đã được bớt khỏi hồ sơ")


def _of_details(book: Rulebook, people: Sequence[Participant], problems: Sequence[RuleProblem]) -> list[Target]:
    found = []
    for name in _DETAILS:
        asked = _ASKED.get(name)
        if asked and getattr(book.needs, asked) is Need.ABSENT:
            continue
        found.append(Target(DETAILS, FIELD_LABELS[name], name, _said(name, people, problems)))
    return found


def _said(name: str, people: Sequence[Participant], problems: Sequence[RuleProblem]) -> str:
    own = (p for p in problems if part_of(p, people) == DETAILS and _FIELDS.get(p.field or "", p.field) == name)
    return " ".join(str(problem.message) for problem in own)


def _of_person(person: Participant, people: Sequence[Participant], problems: Sequence[RuleProblem]) -> Target:
    own = [str(problem.message) for problem in problems if person_of(problem, people) is person]
    return Target(f"person:{person.id}", person.full_name, said=" ".join(own))


def _role_words(rule: Any) -> Any:
    return lazy("Số %(word)s", word=str(rule.word).lower())


def _about(role: str, people: Sequence[Participant], problems: Sequence[RuleProblem]) -> str:
    own = [p for p in problems if person_of(p, people) is None and part_of(p, people) == role]
    return " ".join(str(problem.message) for problem in own)
