"""Read consent: what holds now is the latest answer of each side, never anything kept beside it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, bindparam, case, func, literal, or_, select
from sqlalchemy.orm import aliased

from contest_portal.contests.asking import ConsentRule
from contest_portal.contests.models import Edition
from contest_portal.contests.rulebook import PersonRole, Rulebook
from contest_portal.contests.services import rulebook_of
from contest_portal.core import clock
from contest_portal.core.database import db
from contest_portal.core.errors import NotFound, Problem
from contest_portal.core.i18n import lazy
from contest_portal.registration.consent.models import Consent, ConsentLink, ConsentWording
from contest_portal.registration.consent.purposes import (
    OF_AGE,
    OWN_SAY_FROM,
    Ages,
    Purpose,
    Side,
    State,
    ages_of,
    is_for_pupils,
    state_of,
    years_before,
)
from contest_portal.registration.models import Entry, Participant

# A database takes only so many values in one statement.
PORTION: Final = 1000
Latest = dict[Purpose, dict[Side, Consent]]


@dataclass(frozen=True)
class Standing:
    """Be how one person's consent stands now."""

    person: Participant
    ages: Ages
    answers: Latest = field(default_factory=dict)

    def state(self, purpose: Purpose) -> State:
        """Return what the answers to one purpose come to."""
        given = {side: answer.given for side, answer in self.answers.get(purpose, {}).items()}
        return state_of(purpose, self.ages, given)

    @property
    def seen(self) -> int:
        """Return the number of the latest answer: whoever answers says which one they had seen."""
        return max((answer.id for sides in self.answers.values() for answer in sides.values()), default=0)


def may_publish(participant_ids: Iterable[int]) -> set[int]:
    """Return who of these may be named in public now: the one question every page that publishes people asks."""
    return _agreed(participant_ids, Purpose.PUBLISH)


def may_picture(participant_ids: Iterable[int]) -> set[int]:
    """Return who of these may be photographed and filmed, and shown, now."""
    return _agreed(participant_ids, Purpose.MEDIA)


def _agreed(participant_ids: Iterable[int], purpose: Purpose) -> set[int]:
    wanted = sorted(set(participant_ids))
    portions = (wanted[start : start + PORTION] for start in range(0, len(wanted), PORTION))
    return {person_id for portion in portions for person_id in _agreed_portion(portion, purpose)}


def _agreed_portion(ids: Sequence[int], purpose: Purpose) -> Iterable[int]:
    people = db.session.execute(_facts(), {"ids": ids}).all()
    editions = {row.edition_id: _pupils(row.edition_id) for row in people}
    given: dict[int, dict[Side, bool]] = {}
    for row in db.session.execute(_latest_given(), {"ids": ids, "purpose": purpose.value}):
        given.setdefault(row.participant_id, {})[Side(row.side)] = row.given
    for row in people:
        ages = ages_of(row.birth_date, row.role, pupils=editions[row.edition_id], day=clock.today())
        if state_of(purpose, ages, given.get(row.id, {})) is State.AGREED:
            yield row.id


# What is the same for every request is put together once: that costs more than running it.
@cache
def _facts() -> Any:
    return (
        select(Participant.id, Participant.role, Participant.birth_date, Entry.edition_id)
        .join(Entry, Entry.id == Participant.entry_id)
        .where(Participant.id.in_(bindparam("ids", expanding=True)))
    )


def _pupils(edition_id: int) -> bool:
    return is_for_pupils(rulebook_of(db.session.get_one(Edition, edition_id)))


@cache
def _latest_given() -> Any:
    newest = (
        select(func.max(Consent.id))
        .where(Consent.participant_id.in_(bindparam("ids", expanding=True)), Consent.purpose == bindparam("purpose"))
        .group_by(Consent.participant_id, Consent.side)
    )
    return select(Consent.participant_id, Consent.side, Consent.given).where(Consent.id.in_(newest))


def standings_of(people: Sequence[Participant], rules: Rulebook) -> list[Standing]:
    """Return how the consent of some people of one edition stands, in their order."""
    latest = latest_answers([person.id for person in people])
    return [Standing(person, ages_in(person, rules), latest.get(person.id, {})) for person in people]


def ages_in(person: Participant, rules: Rulebook) -> Ages:
    """Tell how the law sees a person of an edition today."""
    return ages_of(person.birth_date, person.role, pupils=is_for_pupils(rules), day=clock.today())


def latest_answers(participant_ids: Sequence[int]) -> dict[int, Latest]:
    """Return the latest answer of each side to each purpose, by person; read anew, also inside a transaction."""
    found: dict[int, Latest] = {}
    for row in db.session.scalars(_latest(), {"ids": list(participant_ids)}):
        found.setdefault(row.participant_id, {}).setdefault(Purpose(row.purpose), {})[Side(row.side)] = row
    return found


@cache
def _latest() -> Any:
    newest = (
        select(func.max(Consent.id))
        .where(Consent.participant_id.in_(bindparam("ids", expanding=True)))
        .group_by(Consent.participant_id, Consent.purpose, Consent.side)
    )
    return select(Consent).where(Consent.id.in_(newest)).order_by(Consent.id)


def missing_consents(entry: Entry, book: Rulebook) -> list[Problem]:
    """Return what keeps an entry from being handed in: a minor's taking part that nobody has agreed to in the portal.

    Where the edition takes the school's word for it, nothing does.
    """
    if book.consent is not ConsentRule.RECORDED:
        return []
    return [missing_of(standing) for standing in lacking(entry.id, book)]


def lacking(entry_id: int, book: Rulebook) -> list[Standing]:
    """Return the minors of an entry whose taking part is not agreed to in the portal, whatever the edition makes of it."""
    people = db.session.scalars(_minors_candidates(), {"entry_id": entry_id}).all()
    return [standing for standing in standings_of(people, book) if is_lacking(standing)]


def is_lacking(standing: Standing) -> bool:
    """Tell whether a minor's taking part is not agreed to in the portal."""
    return standing.ages is not Ages.ADULT and standing.state(Purpose.TAKE_PART) is not State.AGREED


@cache
def _minors_candidates() -> Any:
    return (
        select(Participant)
        .where(
            Participant.entry_id == bindparam("entry_id"),
            Participant.left_on.is_(None),
            Participant.role != PersonRole.COACH,
        )
        .order_by(Participant.position, Participant.id)
    )


def missing_of(standing: Standing) -> Problem:
    """Say whose consent is missing, and what to do about it."""
    name = standing.person.full_name
    if standing.state(Purpose.TAKE_PART) is State.REFUSED:
        words = lazy(
            "Cha mẹ hoặc người giám hộ của %(name)s không đồng ý cho dự thi. Hãy trao đổi lại với gia đình, hoặc bớt %(name)s "
            "khỏi hồ sơ.",
            name=name,
        )
        return Problem(words, value=name)
    words = lazy(
        "Chưa có đồng ý cho dự thi của cha mẹ hoặc người giám hộ của %(name)s. Hãy gửi liên kết, hoặc ghi lại phiếu giấy đã ký.",
        name=name,
    )
    return Problem(words, value=name)


def history_for(participant_ids: Sequence[int]) -> Sequence[Any]:
    """Return every answer ever given for some people of one entry, the newest first, with the version of the words."""
    wanted = (
        select(Consent, ConsentWording.version)
        .join(ConsentWording, ConsentWording.id == Consent.wording_id)
        .where(Consent.participant_id.in_(participant_ids))
        .order_by(Consent.id.desc())
        .limit(200)
    )
    return db.session.execute(wanted).all()


def answers_with_reference(reference: str, participant_id: int) -> Sequence[Consent]:
    """Return the answers of one sending for one person."""
    wanted = select(Consent).where(Consent.reference == reference, Consent.participant_id == participant_id)
    return db.session.scalars(wanted.order_by(Consent.id)).all()


def get_scanned(entry_id: int, scan_id: int) -> Consent:
    """Return an answer of this entry's people that a scan belongs to; raises NotFound."""
    found = db.session.scalar(
        select(Consent)
        .join(Participant, Participant.id == Consent.participant_id)
        .where(Participant.entry_id == entry_id, Consent.scan_id == scan_id)
        .order_by(Consent.id)
        .limit(1)
    )
    if found is None:
        raise NotFound
    return found


def links_of(participant_ids: Sequence[int]) -> dict[int, list[ConsentLink]]:
    """Return the links of each person that may still be used, the newest first."""
    rows = db.session.scalars(
        select(ConsentLink)
        .where(
            ConsentLink.participant_id.in_(participant_ids),
            ConsentLink.revoked_at.is_(None),
            ConsentLink.expires_at > clock.now(),
        )
        .order_by(ConsentLink.id.desc())
    )
    found: dict[int, list[ConsentLink]] = {}
    for row in rows:
        found.setdefault(row.participant_id, []).append(row)
    return found


def state_column(purpose: Purpose, *, pupils: bool, day: date) -> ColumnElement[str]:
    """Return the state of one purpose as a column of Participant: what state_of() says, asked of the database."""
    representative, own = _newest(purpose, Side.REPRESENTATIVE), _newest(purpose, Side.OWN)
    adult, young = _is(Ages.ADULT, pupils, day), _is(Ages.YOUNG, pupils, day)
    showing = purpose in (Purpose.PUBLISH, Purpose.MEDIA)
    own_needed = or_(adult, young) if showing else adult
    refused = or_(and_(~adult, representative.is_(False)), and_(own_needed, own.is_(False)))
    silent = or_(and_(~adult, representative.is_(None)), and_(own_needed, own.is_(None)))
    return case(
        (refused, literal(State.REFUSED.value)),
        (silent, literal(State.UNANSWERED.value)),
        else_=literal(State.AGREED.value),
    )


def _newest(purpose: Purpose, side: Side) -> Any:
    answer = aliased(Consent)
    return (
        select(answer.given)
        .where(answer.participant_id == Participant.id, answer.purpose == purpose.value, answer.side == side.value)
        .order_by(answer.id.desc())
        .limit(1)
        .correlate(Participant)
        .scalar_subquery()
    )


def _is(ages: Ages, pupils: bool, day: date) -> ColumnElement[bool]:
    """Return the condition that ages_of() finds a person to be of these ages; never NULL."""
    born = func.coalesce(Participant.birth_date, _unknown(pupils, day))
    of_age, has_say = years_before(day, OF_AGE), years_before(day, OWN_SAY_FROM)
    coach = Participant.role == PersonRole.COACH
    if ages is Ages.ADULT:
        return or_(coach, born <= of_age)
    return and_(~coach, born > of_age, born <= has_say)


def _unknown(pupils: bool, day: date) -> date:
    """Return a birth date that stands for an unknown one."""
    return years_before(day, OWN_SAY_FROM if pupils else OF_AGE)


def answered_since(link_id: int, since: datetime) -> int:
    """Return how many answers came through a link since a moment."""
    wanted = select(func.count()).where(Consent.link_id == link_id, Consent.at > since)
    return db.session.scalar(wanted) or 0


def names_by_entry(entry_ids: Sequence[int]) -> Mapping[int, list[Any]]:
    """Return the people who take part in some entries, coaches left out, by entry."""
    found: dict[int, list[Any]] = {}
    for row in db.session.execute(_taking_part(), {"ids": list(entry_ids)}):
        found.setdefault(row.entry_id, []).append(row)
    return found


@cache
def _taking_part() -> Any:
    return (
        select(Participant.id, Participant.entry_id, Participant.full_name)
        .where(
            Participant.entry_id.in_(bindparam("ids", expanding=True)),
            Participant.left_on.is_(None),
            Participant.role != PersonRole.COACH,
        )
        .order_by(Participant.entry_id, Participant.position, Participant.id)
    )
