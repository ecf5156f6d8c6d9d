"""The queue of one edition's document check, as an address asks for it: what waits, the oldest first."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, NamedTuple

from sqlalchemy import select

from contest_portal.accounts.actor import Actor
from contest_portal.contests.models import Edition
from contest_portal.core.database import db
from contest_portal.core.paging import Cursor, Page
from contest_portal.registration.checking.queries import handed_in
from contest_portal.registration.checking.states import CheckState
from contest_portal.registration.filters import Filters
from contest_portal.registration.listing import Choices, choices_for, list_entries, list_ids, neighbour
from contest_portal.registration.models import Entry
from contest_portal.registration.reviewing import entries_with_all, flawed, problems_in

OLDEST_FIRST: Final = "oldest"


class Neighbours(NamedTuple):
    """Name the entries before and after one, in the queue's order."""

    before: str | None
    after: str | None


@dataclass(frozen=True)
class Queue:
    """Be one edition's queue for one person, with the filters of the address."""

    actor: Actor
    edition: Edition
    filters: Filters
    choices: Choices

    @classmethod
    def read(cls, actor: Actor, edition: Edition, args: Mapping[str, str]) -> "Queue":
        """Read the queue that an address asks for: of this edition, waiting, the oldest first unless it says otherwise."""
        asked = Filters.read(args)
        filters = replace(
            asked,
            edition=edition.code,
            status="",
            check=asked.check or CheckState.PENDING.value,
            sort=asked.sort or OLDEST_FIRST,
        )
        return cls(actor, edition, filters, choices_for(filters, actor))

    def page(self, cursor: Cursor | None) -> Page[Any]:
        """Return one page of the queue."""
        return list_entries(self.actor, self.filters, self.choices, cursor, handed_in(), flawed=flawed)

    def ids(self, most: int) -> list[int]:
        """Return the entries that the filters leave, the first ones of the queue."""
        found = list_ids(self.actor, self.filters, self.choices, handed_in(), most=most)
        if not self.filters.problems:
            return found
        wrong = flawed(found)
        return [entry_id for entry_id in found if entry_id in wrong]

    def ids_of(self, references: list[str]) -> list[int]:
        """Return the entries of these references that belong to the edition."""
        wanted = select(Entry.id).where(Entry.edition_id == self.edition.id, Entry.reference.in_(references))
        return list(db.session.scalars(wanted.order_by(Entry.id)))

    def neighbours(self, entry: Entry) -> Neighbours:
        """Return what stands before and after an entry."""
        return Neighbours(self._beside(entry, backwards=True), self._beside(entry))

    def next_reference(self, entry: Entry) -> str | None:
        """Return the entry to go on with after this one: the next of the queue, or else its first."""
        after = self._beside(entry)
        if after is not None:
            return after
        first = list_ids(self.actor, self.filters, self.choices, handed_in(), Entry.id != entry.id, most=1)
        return db.session.get_one(Entry, first[0]).reference if first else None

    def _beside(self, entry: Entry, *, backwards: bool = False) -> str | None:
        return neighbour(self.actor, self.filters, self.choices, entry, handed_in(), backwards=backwards)


def flaws_of(entry_ids: list[int]) -> dict[int, int]:
    """Return how many things are wrong with each entry of one page of a queue."""
    return {entry_id: len(problems) for entry_id, problems in problems_in(entries_with_all(entry_ids)).items()}
