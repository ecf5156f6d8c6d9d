"""A school's desk: all its entries by edition, what each lacks, how much time is left, and the one next thing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from contest_portal.accounts.actor import Actor
from contest_portal.contests.models import Edition, School
from contest_portal.core import clock
from contest_portal.core.errors import Problem
from contest_portal.registration import deadlines, rules
from contest_portal.registration.models import Entry, SignedList
from contest_portal.registration.queries_desk import latest_signed_of, own_entries, waiting_requests
from contest_portal.registration.reviewing import problems_in
from contest_portal.registration.signed_lists import content_of, standing
from contest_portal.registration.status import REGISTERED, Status


@dataclass(frozen=True)
class Line:
    """Be one entry on the desk: what it lacks, and whether something waits for the school or for an answer."""

    entry: Entry
    problems: Sequence[Problem]
    mending: bool
    waiting: bool

    @property
    def is_draft(self) -> bool:
        """Tell whether it is still to be handed in."""
        return self.entry.status == Status.DRAFT


@dataclass(frozen=True)
class ListLine:
    """Say how the signed list of one school stands: none yet, one that holds, or one that no longer does."""

    school: School
    signed: SignedList | None
    holds: bool


@dataclass(frozen=True)
class EditionDesk:
    """Hold a school's entries of one edition, until when it may work on them, and what to do next."""

    edition: Edition
    lines: Sequence[Line]
    lists: Sequence[ListLine]
    closes: datetime
    left: str
    days: int

    @property
    def unsigned(self) -> ListLine | None:
        """Return the first school whose signed list is missing or no longer holds."""
        return next((each for each in self.lists if not each.holds), None)

    @property
    def todo(self) -> tuple[str, Line | None]:
        """Name the one next thing and what it is about: mend, finish, submit, sign, wait or nothing."""
        mending = [line for line in self.lines if line.mending]
        drafts = [line for line in self.lines if line.is_draft] if self.left else []
        unfinished = [line for line in drafts if line.problems]
        if mending:
            return "mend", min(mending, key=lambda line: line.entry.mend_until or self.closes)
        if drafts and not unfinished:
            return "submit", None
        if unfinished:
            return "finish", unfinished[0]
        flawed = [line for line in self.lines if line.problems and not line.is_draft] if self.left else []
        if flawed:
            return "finish", flawed[0]
        if self.unsigned is not None:
            return "sign", None
        return "nothing", None


def desks_of(actor: Actor, schools: Sequence[School]) -> list[EditionDesk]:
    """Return the desk of each edition the actor's schools have entries in, the newest first; a fixed number of queries."""
    now = clock.now()
    entries = own_entries(actor)
    waiting = waiting_requests([entry.id for entry in entries])
    signed = latest_signed_of([school.id for school in schools])
    return [
        _desk(edition, list(group), schools, waiting, signed, now)
        for edition, group in groupby(entries, key=lambda entry: entry.edition)
    ]


def _desk(
    edition: Edition,
    entries: list[Entry],
    schools: Sequence[School],
    waiting: set[int],
    signed: dict[tuple[int, int], SignedList],
    now: datetime,
) -> EditionDesk:
    here = {entry.school_id for entry in entries}
    mine = [school for school in schools if school.id in here]
    closes = max(deadlines.closes_for(entry) for entry in entries)
    # What can no longer be mended is not looked for.
    live = [e for e in entries if e.status != Status.WITHDRAWN and (now < closes or rules.is_mending(e, now))]
    problems = problems_in(live)
    lines = [Line(e, problems.get(e.id, []), rules.is_mending(e, now), e.id in waiting) for e in entries]
    lists = [_list(edition, school, entries, signed) for school in mine]
    days = max(0, (clock.local(closes).date() - clock.local(now).date()).days)
    asked = [line for line in lists if line is not None]
    return EditionDesk(edition, lines, asked, closes, deadlines.time_left(closes, now), days)


def _list(
    edition: Edition, school: School, entries: Sequence[Entry], signed: dict[tuple[int, int], SignedList]
) -> ListLine | None:
    """Return how the signed list of a school stands; None where it has handed nothing in."""
    listed = [entry for entry in entries if entry.school_id == school.id and entry.status in REGISTERED]
    found = signed.get((edition.id, school.id))
    if not listed and found is None:
        return None
    return ListLine(school, found, found is not None and standing(found, content_of(listed)).holds)
