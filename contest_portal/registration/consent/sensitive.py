"""Keep the ethnic group apart: told only by whoever wants to, seen by its own school and the organisers, gone on withdrawal."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select

from contest_portal.accounts.actor import Actor
from contest_portal.contests.services import rulebook_of
from contest_portal.core import audit
from contest_portal.core.database import db, transaction
from contest_portal.core.errors import Invalid, NotFound, Problem
from contest_portal.core.i18n import lazy
from contest_portal.registration.consent.answering import (
    Answers,
    Way,
    check_record,
    may_record,
    person_in,
    write_answers,
)
from contest_portal.registration.consent.ethnic_groups import GROUPS, OTHER
from contest_portal.registration.consent.links import Opened, open_link, parent
from contest_portal.registration.consent.models import SensitiveDetail
from contest_portal.registration.consent.purposes import Purpose, State, asks_ethnic_group
from contest_portal.registration.consent.queries import standings_of
from contest_portal.registration.models import Entry, Participant


def check_asked(entry: Entry) -> None:
    """Raise NotFound where the edition does not ask for the ethnic group."""
    if not asks_ethnic_group(rulebook_of(entry.edition)):
        raise NotFound


def view_groups(actor: Actor, entry: Entry) -> list[tuple[Participant, str]]:
    """Return what the people of an entry told; every look is written into the log.

    Raises NotFound for whoever need not know, and where the edition does not ask.
    """
    check_asked(entry)
    if not may_record(actor, entry):
        raise NotFound
    with transaction():
        found = _groups([person.id for person in entry.participants])
        shown = [(person, found[person.id]) for person in entry.participants if person.id in found]
        audit.record(actor, "sensitive.viewed", entry.reference, after={"people": [person.id for person, _ in shown]})
    return shown


def tell_through_link(token: str, group: str | None, answers: Answers, address: str | None) -> str:
    """Keep or withdraw what a parent tells through a link; return the receipt's reference.

    Raises NotFound, Conflict, Invalid.
    """
    with transaction():
        opened = open_link(token)
        check_asked(opened.entry)
        way = Way("link", link_id=opened.link.id)
        return _tell(parent(address), opened, group, answers, way)


def tell_from_paper(actor: Actor, entry: Entry, person_id: int, group: str | None, answers: Answers, way: Way) -> str:
    """Keep or withdraw what was told on signed paper; raises NotFound, NotAllowed, Conflict, Invalid."""
    check_asked(entry)
    with transaction():
        check_record(actor, entry)
        person = person_in(entry, person_id)
        reference = write_answers(actor, entry, person, answers, replace(way, recorded_by=actor.user_id))
        _keep(entry, person, group, actor.user_id)
    return reference


def _tell(actor: Actor, opened: Opened, group: str | None, answers: Answers, way: Way) -> str:
    reference = write_answers(actor, opened.entry, opened.person, answers, way)
    _keep(opened.entry, opened.person, group, None)
    return reference


def _keep(entry: Entry, person: Participant, group: str | None, recorded_by: int | None) -> None:
    """Keep the group where its consent holds; write_answers() has removed it where it does not."""
    standing = standings_of([person], rulebook_of(entry.edition))[0]
    if standing.state(Purpose.ETHNIC_GROUP) is not State.AGREED:
        return
    if group not in (*GROUPS, OTHER):
        raise Invalid(
            problems=[Problem(lazy("Hãy chọn một dân tộc trong danh sách, hoặc chọn “Không khai”."), field="group")]
        )
    row = db.session.get(SensitiveDetail, person.id, populate_existing=True)
    if row is None:
        db.session.add(SensitiveDetail(participant_id=person.id, ethnic_group=group, recorded_by=recorded_by))
    else:
        row.ethnic_group, row.recorded_by = group, recorded_by


def _groups(participant_ids: Sequence[int]) -> dict[int, str]:
    wanted = SensitiveDetail.participant_id.in_(participant_ids)
    rows = db.session.execute(select(SensitiveDetail.participant_id, SensitiveDetail.ethnic_group).where(wanted))
    return {row.participant_id: row.ethnic_group for row in rows}
