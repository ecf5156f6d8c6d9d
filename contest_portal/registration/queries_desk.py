"""Read what a desk shows: requests, signed lists, and all entries of a school with what each lacks."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from sqlalchemy import bindparam, select
from sqlalchemy.orm import joinedload, selectinload

from contest_portal.accounts.actor import Actor, Role
from contest_portal.contests.models import Edition, School
from contest_portal.contests.queries import all_editions
from contest_portal.core.database import db
from contest_portal.core.errors import NotFound
from contest_portal.core.paging import Cursor, Page, keyset, make_page
from contest_portal.registration.models import ChangeRequest, Entry, SignedList
from contest_portal.registration.queries import visible_entries
from contest_portal.registration.signed_lists import content_of, standing
from contest_portal.registration.status import REGISTERED

# As many entries as a school's desk shows at once; the list behind it has them all.
DESK: Final = 300


@dataclass(frozen=True)
class RequestFilters:
    """Hold what narrows the queue of requests."""

    edition: str = ""
    state: str = "open"


def requests_of(entry_id: int) -> Sequence[ChangeRequest]:
    """Return the requests about an entry, the newest first, its notes among them."""
    wanted = select(ChangeRequest).where(ChangeRequest.entry_id == entry_id, ChangeRequest.state != "withdrawn")
    return db.session.scalars(wanted.order_by(ChangeRequest.id.desc()).limit(50)).all()


def list_requests(actor: Actor, filters: RequestFilters, cursor: Cursor | None) -> Page[ChangeRequest]:
    """Return one page of the requests in the editions the actor runs or watches: those that wait, the oldest first."""
    scope = _editions(actor)
    wanted = select(ChangeRequest).where(ChangeRequest.state == filters.state, ChangeRequest.edition_id.in_(scope))
    if filters.edition:
        wanted = wanted.where(ChangeRequest.edition_id == _edition_id(filters.edition))
    wanted = wanted.options(
        joinedload(ChangeRequest.edition, innerjoin=True).lazyload(Edition.contest),
        joinedload(ChangeRequest.entry, innerjoin=True).joinedload(Entry.school).lazyload(School.unit),
    )
    statement, used = keyset(wanted, [ChangeRequest.id], cursor, descending=filters.state != "open")
    return make_page(db.session.scalars(statement).all(), used, lambda request: (request.id,))


def watched_editions(actor: Actor) -> list[Edition]:
    """Return the editions whose requests the actor may see."""
    return [e for e in all_editions() if actor.holds(Role.ORGANISER, Role.AUDITOR, edition_id=e.id)]


def _editions(actor: Actor) -> Any:
    ids = {post.edition_id for post in actor.posts if post.role in (Role.ORGANISER, Role.AUDITOR)}
    return select(Edition.id) if None in ids else select(Edition.id).where(Edition.id.in_(ids))


def _edition_id(code: str) -> Any:
    return select(Edition.id).where(Edition.code == code).scalar_subquery()


def registered_of(actor: Actor, edition: Edition, school_id: int) -> Sequence[Entry]:
    """Return what a school has handed in for an edition, as far as the actor may see it, in the order of references."""
    return db.session.scalars(
        visible_entries(actor)
        .where(Entry.edition_id == edition.id, Entry.school_id == school_id, Entry.status.in_(sorted(REGISTERED)))
        .order_by(Entry.title_key, Entry.id)
        .options(joinedload(Entry.division), joinedload(Entry.field), selectinload(Entry.participants))
        .execution_options(populate_existing=True)
    ).all()


def listed_school(actor: Actor, edition: Edition, school_id: int | None) -> School:
    """Return the school whose list is asked for: one's own, the only one where none is named, or one whose entries the
    actor may see; raises NotFound.
    """
    if school_id is None:
        own = sorted(actor.school_ids)
        school_id = own[0] if own else None
    found = db.session.get(School, school_id) if school_id is not None else None
    if found is None or not (found.id in actor.school_ids or _sees_any(actor, edition, found.id)):
        raise NotFound
    return found


def _sees_any(actor: Actor, edition: Edition, school_id: int) -> bool:
    seen = visible_entries(actor).where(Entry.edition_id == edition.id, Entry.school_id == school_id)
    return db.session.scalar(seen.with_only_columns(Entry.id).limit(1)) is not None


def latest_signed(edition_id: int, school_id: int) -> SignedList | None:
    """Return the newest signed list of a school in an edition."""
    return db.session.scalar(_latest_signed(), {"edition_id": edition_id, "school_id": school_id})


@cache
def _latest_signed() -> Any:
    of_both = (SignedList.edition_id == bindparam("edition_id")) & (SignedList.school_id == bindparam("school_id"))
    return select(SignedList).where(of_both).order_by(SignedList.id.desc()).limit(1)


def latest_signed_of(school_ids: Sequence[int]) -> dict[tuple[int, int], SignedList]:
    """Return the newest signed list of each edition and school."""
    rows = db.session.scalars(_signed_of(), {"school_ids": list(school_ids)})
    return {(row.edition_id, row.school_id): row for row in rows}


@cache
def _signed_of() -> Any:
    these = SignedList.school_id.in_(bindparam("school_ids", expanding=True))
    return select(SignedList).where(these).order_by(SignedList.id)


@dataclass(frozen=True)
class SignedRow:
    """Be one school of an edition with its newest signed list and the entries that should be on it."""

    school: School
    entries: Sequence[Entry]
    signed: SignedList | None

    @property
    def holds(self) -> bool:
        """Tell whether the signed list still is what is registered."""
        return self.signed is not None and standing(self.signed, content_of(self.entries)).holds


def list_signed(actor: Actor, edition: Edition, cursor: Cursor | None) -> Page[SignedRow]:
    """Return one page of the schools with entries that the actor may see, the Vietnamese way, each with its list."""
    seen = visible_entries(actor).where(Entry.edition_id == edition.id, Entry.status.in_(sorted(REGISTERED)))
    wanted = select(School).where(School.id.in_(seen.with_only_columns(Entry.school_id)))
    statement, used = keyset(wanted, [School.name_key, School.id], cursor)
    page = make_page(db.session.scalars(statement).all(), used, lambda school: (school.name_key, school.id))
    ids = [school.id for school in page.items]
    signed = latest_signed_of(ids)
    loaded = seen.where(Entry.school_id.in_(ids)).order_by(Entry.id).options(selectinload(Entry.participants))
    entries: dict[int | None, list[Entry]] = {}
    for entry in db.session.scalars(loaded):
        entries.setdefault(entry.school_id, []).append(entry)
    rows = [SignedRow(each, entries.get(each.id, []), signed.get((edition.id, each.id))) for each in page.items]
    return Page(rows, page.next_cursor, page.previous_cursor)


def find_signed_token(token: str) -> SignedList:
    """Return a signed list by its token; raises NotFound."""
    found = db.session.scalar(select(SignedList).where(SignedList.token == token))
    if found is None:
        raise NotFound
    return found


def own_entries(actor: Actor) -> Sequence[Entry]:
    """Return the entries of the actor's schools, the newest edition first, drafts ahead; the first DESK of them."""
    return db.session.scalars(_own_entries(), {"school_ids": list(actor.school_ids)}).all()


@cache
def _own_entries() -> Any:
    return (
        select(Entry)
        .where(Entry.school_id.in_(bindparam("school_ids", expanding=True)))
        .join(Entry.edition)
        .order_by(
            Edition.year.desc(), Edition.opens_at.desc(), Entry.edition_id, Entry.status != "draft", Entry.id.desc()
        )
        .limit(DESK)
        .options(
            joinedload(Entry.edition, innerjoin=True).lazyload(Edition.contest),
            joinedload(Entry.edition, innerjoin=True).selectinload(Edition.divisions),
            joinedload(Entry.edition, innerjoin=True).selectinload(Edition.deadline_events),
            joinedload(Entry.division),
            joinedload(Entry.field),
            joinedload(Entry.unit),
            joinedload(Entry.school).lazyload(School.unit),
            selectinload(Entry.participants),
            selectinload(Entry.overrides),
        )
    )


def waiting_requests(entry_ids: Sequence[int]) -> set[int]:
    """Return which of these entries have a request that waits for its answer."""
    if not entry_ids:
        return set()
    return set(db.session.scalars(_waiting(), {"entry_ids": list(entry_ids)}))


@cache
def _waiting() -> Any:
    these = ChangeRequest.entry_id.in_(bindparam("entry_ids", expanding=True))
    return select(ChangeRequest.entry_id).where(these, ChangeRequest.state == "open")
