"""What keeps an entry from being forwarded: only what is complete goes to the province."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm.attributes import set_committed_value

from contest_portal.contests.asking import ConsentRule, Need
from contest_portal.contests.eligibility import errors_in
from contest_portal.contests.models import School
from contest_portal.contests.rulebook import Rulebook
from contest_portal.contests.services import rulebook_of
from contest_portal.core.database import db
from contest_portal.core.i18n import lazy
from contest_portal.registration.consent.queries import is_lacking, missing_of, standings_of
from contest_portal.registration.documents.models import Document
from contest_portal.registration.documents.queries import missing_of as missing_document
from contest_portal.registration.eligibility import check_stored
from contest_portal.registration.models import Entry, Participant, RuleOverride
from contest_portal.screening.models import Reception
from contest_portal.screening.reception.contents import missing_contents

# How many entries a school or a unit has is the matter of their registration.
_NOT_OF_ONE_ENTRY = frozenset({"school_quota", "unit_quota"})


def shortcomings_of(entries: Sequence[Entry]) -> dict[int, list[Any]]:
    """Return what is missing of each entry, as sentences; complete ones are not among the keys.

    All entries are of one edition. Read in the same number of statements however many they are.
    """
    if not entries:
        return {}
    known = _Known(entries)
    told = {entry.id: list(known.lacks(entry)) for entry in entries}
    return {entry_id: sentences for entry_id, sentences in told.items() if sentences}


class _Known:
    """Hold what is stored of some entries, read at once."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        """Read people, exceptions, documents and parcels."""
        ids = [entry.id for entry in entries]
        self.book: Rulebook = rulebook_of(entries[0].edition)
        self.people = _by_entry(
            select(Participant)
            .where(Participant.entry_id.in_(ids), Participant.left_on.is_(None))
            .order_by(Participant.position, Participant.id)
        )
        overrides = _by_entry(select(RuleOverride).where(RuleOverride.entry_id.in_(ids)).order_by(RuleOverride.id))
        for entry in entries:
            set_committed_value(entry, "overrides", overrides.get(entry.id, []))
        # Held, so that asking an entry for its school asks the database nothing.
        self.schools = db.session.scalars(
            select(School).where(School.id.in_({entry.school_id for entry in entries} - {None}))
        ).all()
        self.asked = [rule for rule in self.book.documents if rule.need is Need.REQUIRED]
        self.documents = (
            _by_entry(select(Document).where(Document.entry_id.in_(ids), Document.removed_at.is_(None)))
            if self.asked
            else {}
        )
        self.receptions = {
            reception.entry_id: reception
            for reception in db.session.scalars(select(Reception).where(Reception.entry_id.in_(ids)))
        }
        self.without_consent = self._without_consent()

    def lacks(self, entry: Entry) -> Any:
        """Yield what is missing of one entry."""
        people = self.people.get(entry.id, [])
        for problem in errors_in(check_stored(entry, people, others=(0, 0))):
            if problem.rule.partition(".")[0] not in _NOT_OF_ONE_ENTRY:
                yield problem.message
        for rule in self.asked:
            if not self._came_on_paper(entry, rule.kind):
                yield from (
                    p.message for p in missing_document(rule, self.documents.get(entry.id, []), people, self.book)
                )
        yield from self.without_consent.get(entry.id, [])
        reception = self.receptions.get(entry.id)
        for content in missing_contents(reception.contents if reception else None, self.book):
            if not self._uploaded(entry, content.code):
                yield lazy("Trong hồ sơ giấy chưa có %(what)s.", what=content.label)
        if entry.check_state == "ineligible":
            yield lazy("Ban Tổ chức đã duyệt hồ sơ và kết luận không đủ điều kiện.")

    def _came_on_paper(self, entry: Entry, kind: str) -> bool:
        reception = self.receptions.get(entry.id)
        return reception is not None and kind in (reception.contents or ())

    def _uploaded(self, entry: Entry, kind: str) -> bool:
        return any(document.kind == kind for document in self.documents.get(entry.id, []))

    def _without_consent(self) -> dict[int, list[Any]]:
        if self.book.consent is not ConsentRule.RECORDED:
            return {}
        pupils = [person for people in self.people.values() for person in people if person.role != "coach"]
        found: dict[int, list[Any]] = defaultdict(list)
        for standing in standings_of(pupils, self.book):
            if is_lacking(standing):
                found[standing.person.entry_id].append(missing_of(standing).message)
        return found


def _by_entry(statement: Any) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in db.session.scalars(statement):
        found[row.entry_id].append(row)
    return found
