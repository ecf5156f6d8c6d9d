"""Everything that is looked at when an entry's papers are checked, read once for the page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from contest_portal.contests.eligibility import RuleProblem
from contest_portal.contests.rulebook import Rulebook
from contest_portal.contests.services import rulebook_of
from contest_portal.registration.checking.queries import last_check
from contest_portal.registration.checking.states import CheckState, is_accepted, is_checked
from contest_portal.registration.checking.targets import Target, name_of, targets_of
from contest_portal.registration.checklist import Item, checklist_for
from contest_portal.registration.consent.queries import missing_consents
from contest_portal.registration.documents.queries import missing_documents
from contest_portal.registration.eligibility import check_stored
from contest_portal.registration.models import Entry, EntryEvent
from contest_portal.registration.queries_desk import latest_signed
from contest_portal.registration.signed_lists import content_of
from contest_portal.registration.status import Status


@dataclass(frozen=True)
class Marked:
    """Be one thing that was returned for mending."""

    part: str
    label: Any
    text: str


@dataclass(frozen=True)
class Papers:
    """Hold an entry, what the rules say of it, the list it is checked by, and what was decided last."""

    entry: Entry
    rules: Rulebook
    problems: Sequence[RuleProblem]
    items: Sequence[Item]
    targets: Sequence[Target]
    last: EntryEvent | None

    @property
    def marked(self) -> list[Marked]:
        """Return what was to be mended when the entry was returned last."""
        remarks = self.last.details["remarks"] if self.last else []
        return [Marked(r["part"], name_of(r["part"], r["field"], self.targets), r["text"]) for r in remarks]

    @property
    def is_returned(self) -> bool:
        """Tell whether the entry waits to be mended."""
        return self.entry.check_state == CheckState.INCOMPLETE

    @property
    def is_accepted(self) -> bool:
        """Tell whether panels may be given the entry: it has come as far as that, and its papers are in order."""
        base = Status.FORWARDED if self.rules.screening else Status.SUBMITTED
        return is_accepted(self.entry.status, self.entry.check_state, base, checked=self.rules.document_check)

    @property
    def is_shown(self) -> bool:
        """Tell whether there is anything to say of the check: the edition has one, and the entry was handed in."""
        return self.rules.document_check and is_checked(self.entry.status)

    @property
    def mend_until(self) -> datetime | None:
        """Return until when it may be mended."""
        return self.entry.mend_until


def papers_of(entry: Entry, events: Sequence[EntryEvent] | None = None) -> Papers:
    """Return what there is to check of an entry that was read with its people; events: its history, where it was read."""
    book = rulebook_of(entry.edition)
    people = entry.participants
    problems = check_stored(entry, people)
    return Papers(
        entry=entry,
        rules=book,
        problems=problems,
        items=checklist_for(
            entry,
            book,
            people,
            problems,
            documents=missing_documents(entry, book),
            consents=missing_consents(entry, book),
            signed=_signed(entry),
        ),
        targets=targets_of(entry, book, people, problems),
        last=last_check(entry.id) if events is None else _last_in(events),
    )


def _last_in(events: Sequence[EntryEvent]) -> EntryEvent | None:
    return next((event for event in reversed(events) if event.kind == "checked"), None)


def _signed(entry: Entry) -> bool | None:
    """Tell whether the newest signed list of the school shows the entry as it is; None where there is none."""
    found = latest_signed(entry.edition_id, entry.school_id) if entry.school_id is not None else None
    return None if found is None else content_of([entry]).items() <= found.covers.items()
