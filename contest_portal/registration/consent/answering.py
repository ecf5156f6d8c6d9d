"""Write answers down: by a parent through a link, or by the school from signed paper; a withdrawal counts at once."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from sqlalchemy import delete, select

from contest_portal.accounts.actor import Actor
from contest_portal.contests.invitation_codes import ALPHABET
from contest_portal.contests.services import rulebook_of
from contest_portal.core import audit, clock
from contest_portal.core.database import db
from contest_portal.core.errors import Conflict, Invalid, NotAllowed, NotFound, Problem
from contest_portal.core.i18n import lazy
from contest_portal.core.vietnamese import clean_text
from contest_portal.registration import rules
from contest_portal.registration.consent import wordings
from contest_portal.registration.consent.models import Consent, SensitiveDetail
from contest_portal.registration.consent.purposes import (
    REPRESENTATIVES,
    Ages,
    Purpose,
    Relation,
    Side,
    State,
    sides_needed,
)
from contest_portal.registration.consent.queries import Standing, ages_in, standings_of
from contest_portal.registration.models import Entry, Participant
from contest_portal.registration.services.history import write_event
from contest_portal.registration.status import Status

LONGEST_NAME: Final = 150
Key = tuple[Purpose, Side]


@dataclass(frozen=True)
class Answers:
    """Hold what one sending says for one person: whatever is not in `given` was left unanswered."""

    given: Mapping[Key, bool]
    giver: str = ""
    relation: Relation | None = None
    # The number of the latest answer that was on the page.
    seen: int | None = None


@dataclass(frozen=True)
class Way:
    """Say how answers came: through a link, or from a signed sheet."""

    how: str
    link_id: int | None = None
    scan_id: int | None = None
    signed_on: date | None = None
    # The words that the sheet was printed with; those that hold now, unless it says otherwise.
    words: wordings.Set = field(default_factory=dict)
    recorded_by: int | None = None


def may_record(actor: Actor, entry: Entry) -> bool:
    """Tell whether the actor may ask for consent and record it: the entry's own school, and its organisers."""
    return rules.runs(actor, entry.edition_id) or rules.is_own(actor, entry)


def check_record(actor: Actor, entry: Entry) -> None:
    """Raise unless the actor may ask for consent and record it; no deadline ends that, a withdrawn entry does."""
    if not may_record(actor, entry):
        raise NotAllowed
    if entry.status == Status.WITHDRAWN:
        raise Conflict(lazy("Hồ sơ đã rút thì không cần đồng ý nữa."))


def person_in(entry: Entry, person_id: int) -> Participant:
    """Return a person who is in the entry now; raises NotFound."""
    found = next((person for person in entry.participants if person.id == person_id), None)
    if found is None:
        raise NotFound
    return found


def asked_of(ages: Ages, purposes: Iterable[Purpose]) -> list[Key]:
    """Return every answer that is asked for, in the order of the page."""
    return [(purpose, side) for purpose in purposes for side in sides_needed(purpose, ages)]


def write_answers(actor: Actor, entry: Entry, person: Participant, answers: Answers, way: Way) -> str:
    """Add a person's answers, inside the caller's transaction; return the reference of the receipt.

    Raises Invalid for answers that nobody asked for or without a giver, Conflict when somebody answered meanwhile.
    """
    # One after the other: of two parents who answer at once, the second sees what the first said.
    db.session.execute(select(Participant.id).where(Participant.id == person.id).with_for_update())
    book = rulebook_of(entry.edition)
    ages = ages_in(person, book)
    before = standings_of([person], book)[0]
    _check(answers, before)
    words = way.words or wordings.current_words(entry.edition_id, {purpose for purpose, _side in answers.given})
    reference = new_reference()
    for (purpose, side), given in answers.given.items():
        db.session.add(
            _row(person, purpose, side, given, answers, way, wordings.settle(words[purpose]), ages, reference)
        )
    # Flushed: what holds now is read again below.
    db.session.flush()
    after = standings_of([person], book)[0]
    _forget_the_sensitive(after)
    _write_down(actor, entry, answers, before, after, way)
    return reference


def withdrawal(standing: Standing) -> dict[Key, bool]:
    """Return the answers that take back every yes of a person."""
    return {
        (purpose, side): False
        for purpose, sides in standing.answers.items()
        for side, answer in sides.items()
        if answer.given
    }


def new_reference() -> str:
    """Return a reference for a receipt: DY-7K3MP-QWERT."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(10))
    return f"DY-{letters[:5]}-{letters[5:]}"


def _check(answers: Answers, standing: Standing) -> None:
    if answers.seen is not None and answers.seen != standing.seen:
        raise Conflict(
            lazy(
                "Vừa có người khác trả lời cho %(name)s. Hãy xem câu trả lời mới rồi quyết định.",
                name=standing.person.full_name,
            )
        )
    if not answers.given:
        raise Invalid(lazy("Chưa có câu trả lời nào. Hãy chọn “Đồng ý” hoặc “Không đồng ý” ở ít nhất một mục."))
    # A yes that was given before may be taken back by whoever gave it, also when it is no longer asked for.
    known = {(purpose, side) for purpose, sides in standing.answers.items() for side in sides}
    if set(answers.given) - set(asked_of(standing.ages, Purpose)) - known:
        raise Invalid(lazy("Có câu trả lời không đúng với độ tuổi của người dự thi."))
    if any(side is Side.REPRESENTATIVE for _purpose, side in answers.given):
        _check_giver(answers)


def _check_giver(answers: Answers) -> None:
    name = clean_text(answers.giver)
    problems = []
    if not name or len(name) > LONGEST_NAME:
        words = lazy("Hãy nhập họ và tên người trả lời, nhiều nhất %(most)s ký tự.", most=LONGEST_NAME)
        problems.append(Problem(words, field="giver"))
    if answers.relation not in REPRESENTATIVES:
        problems.append(
            Problem(lazy("Hãy chọn quan hệ với người dự thi: mẹ, cha hoặc người giám hộ."), field="relation")
        )
    if problems:
        raise Invalid(problems=problems)


def _row(
    person: Participant,
    purpose: Purpose,
    side: Side,
    given: bool,
    answers: Answers,
    way: Way,
    wording_id: int,
    ages: Ages,
    reference: str,
) -> Consent:
    representative = side is Side.REPRESENTATIVE
    own = Relation.ADULT if ages is Ages.ADULT else Relation.CHILD
    return Consent(
        participant_id=person.id,
        purpose=purpose.value,
        side=side.value,
        given=given,
        giver=clean_text(answers.giver) if representative else person.full_name,
        relation=(answers.relation or Relation.GUARDIAN).value if representative else own.value,
        how=way.how,
        wording_id=wording_id,
        at=clock.now(),
        signed_on=way.signed_on,
        recorded_by=way.recorded_by,
        scan_id=way.scan_id,
        link_id=way.link_id,
        reference=reference,
    )


def _forget_the_sensitive(standing: Standing) -> None:
    """Remove the ethnic group as soon as nobody agrees to it any more."""
    if standing.state(Purpose.ETHNIC_GROUP) is not State.AGREED:
        db.session.execute(delete(SensitiveDetail).where(SensitiveDetail.participant_id == standing.person.id))


def _write_down(actor: Actor, entry: Entry, answers: Answers, before: Standing, after: Standing, way: Way) -> None:
    """Tell the entry's history and the log what came of it, without what is sensitive and without who signed."""
    purposes = sorted({purpose for purpose, _side in answers.given})
    states = {p.value: _told(p, after) for p in purposes}
    withdrawn = [p.value for p in purposes if before.state(p) is State.AGREED and after.state(p) is not State.AGREED]
    details: dict[str, Any] = {"person": after.person.id, "states": states, "withdrawn": withdrawn}
    write_event(
        actor, entry, "consent", day=clock.today(), source="paper" if way.how == "paper" else "web", details=details
    )
    audit.record(actor, "consent.withdrawn" if withdrawn else "consent.recorded", entry.reference, after=details)


def _told(purpose: Purpose, standing: Standing) -> str:
    return "changed" if purpose is Purpose.ETHNIC_GROUP else standing.state(purpose).value


def hold_people(people: Sequence[Participant]) -> None:
    """Hold several people in one order, so that nobody waits in a circle."""
    ids = sorted(person.id for person in people)
    db.session.execute(select(Participant.id).where(Participant.id.in_(ids)).order_by(Participant.id).with_for_update())
