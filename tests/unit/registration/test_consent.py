"""Test consent: kept per purpose and side, the latest answer holds, a withdrawal counts at once; on both databases."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError

from contest_portal.contests.rulebook import Rulebook
from contest_portal.contests.services import rulebook_of
from contest_portal.core import clock
from contest_portal.core.database import db, transaction
from contest_portal.registration.consent import links
from contest_portal.registration.consent.models import Consent, ConsentWording
from contest_portal.registration.consent.purposes import (
    EVERYBODYS,
    Ages,
    Purpose,
    Side,
    State,
    ages_of,
    sides_needed,
    state_of,
    years_before,
)
from contest_portal.registration.consent.queries import (
    may_picture,
    may_publish,
    standings_of,
    state_column,
)
from contest_portal.registration.consent.wordings import (
    current_words,
)
from contest_portal.registration.models import Entry, Participant
from tests.counting import counted_statements
from tests.factories.consent import answer_all, link_for, said
from tests.factories.registration import make_participant
from tests.unit.registration.conftest import Stage

TAKE_PART = (Purpose.TAKE_PART, Side.REPRESENTATIVE)
PUBLISH = (Purpose.PUBLISH, Side.REPRESENTATIVE)
OWN_PUBLISH = (Purpose.PUBLISH, Side.OWN)
MEDIA = (Purpose.MEDIA, Side.REPRESENTATIVE)
OWN_MEDIA = (Purpose.MEDIA, Side.OWN)
ETHNIC = (Purpose.ETHNIC_GROUP, Side.REPRESENTATIVE)
DAY = date(2026, 11, 23)


@pytest.fixture
def entry(stage: Stage) -> Entry:
    """Return a team with one child of an age to have a say, and a coach."""
    return stage.ready()


@pytest.fixture
def child(entry: Entry) -> Participant:
    """Return the child."""
    return entry.participants[0]


@pytest.fixture
def today(at: Any) -> None:
    """Let it be a day on which the child is 13."""
    at(2024, 6, 1)


def book_of(entry: Entry, **changes: Any) -> Rulebook:
    """Return an entry's rules, changed."""
    return replace(rulebook_of(entry.edition), **changes)


def set_rule(entry: Entry, **values: str) -> None:
    """Change a rule of the entry's edition."""
    with transaction():
        entry.edition.rules = {**entry.edition.rules, **values}


def state(entry: Entry, person: Participant, purpose: Purpose) -> State:
    """Return how a person's consent stands, as the database has it."""
    return standings_of([person], rulebook_of(entry.edition))[0].state(purpose)


# Who must say yes


@pytest.mark.parametrize(
    ("born", "role", "pupils", "ages"),
    [
        (date(2008, 11, 23), "member", True, Ages.ADULT),
        (date(2008, 11, 24), "member", True, Ages.YOUNG),
        (date(2019, 11, 23), "member", True, Ages.YOUNG),
        (date(2019, 11, 24), "member", True, Ages.SMALL),
        (None, "member", True, Ages.YOUNG),
        (None, "author", False, Ages.ADULT),
        (None, "coach", True, Ages.ADULT),
    ],
)
def test_the_law_looks_at_the_day(born: date | None, role: str, pupils: bool, ages: Ages) -> None:
    assert ages_of(born, role, pupils=pupils, day=DAY) is ages


def test_from_seven_years_on_a_child_has_a_say_in_what_is_published() -> None:
    both = (Side.REPRESENTATIVE, Side.OWN)
    assert sides_needed(Purpose.PUBLISH, Ages.YOUNG) == sides_needed(Purpose.MEDIA, Ages.YOUNG) == both
    assert sides_needed(Purpose.TAKE_PART, Ages.YOUNG) == sides_needed(Purpose.PUBLISH, Ages.SMALL) == both[:1]
    assert sides_needed(Purpose.TAKE_PART, Ages.ADULT) == sides_needed(Purpose.ETHNIC_GROUP, Ages.ADULT) == both[1:]


def test_silence_is_no_consent_and_one_no_is_a_no() -> None:
    def found(**answers: bool) -> State:
        return state_of(Purpose.PUBLISH, Ages.YOUNG, {Side(side): given for side, given in answers.items()})

    assert found() is found(representative=True) is found(own=True) is State.UNANSWERED
    assert found(representative=True, own=False) is found(representative=False) is State.REFUSED
    assert found(representative=True, own=True) is State.AGREED


def test_a_birthday_on_the_last_of_february_comes_on_the_first_of_march() -> None:
    for day in (date(2028, 2, 29), date(2026, 2, 28), date(2026, 3, 1)):
        cut = years_before(day, 18)
        assert ages_of(cut, "member", pupils=True, day=day) is Ages.ADULT
        assert ages_of(cut + timedelta(days=1), "member", pupils=True, day=day) is Ages.YOUNG


# The latest answer holds


def test_answers_are_kept_with_who_gave_them_when_how_and_to_which_words(
    entry: Entry, child: Participant, today: None
) -> None:
    reference = links.answer(link_for(entry), said({TAKE_PART: True, PUBLISH: False, OWN_PUBLISH: True}), None)
    rows = db.session.scalars(select(Consent).order_by(Consent.id)).all()
    kept = [(r.purpose, r.side, r.given, r.giver, r.relation, r.how, r.reference) for r in rows]
    assert kept == [
        ("take_part", "representative", True, "Nguyễn Văn Cha", "father", "link", reference),
        ("publish", "representative", False, "Nguyễn Văn Cha", "father", "link", reference),
        ("publish", "own", True, child.full_name, "child", "link", reference),
    ]
    assert {row.at for row in rows} == {clock.now()}
    words = db.session.get_one(ConsentWording, rows[0].wording_id)
    assert (words.purpose, words.version, words.edition_id) == ("take_part", 1, None)
    assert words.text == current_words(entry.edition_id, EVERYBODYS)[Purpose.TAKE_PART].text
    assert state(entry, child, Purpose.TAKE_PART) is State.AGREED
    assert state(entry, child, Purpose.PUBLISH) is State.REFUSED
    assert state(entry, child, Purpose.MEDIA) is State.UNANSWERED


def test_answers_and_their_words_only_grow(entry: Entry, today: None) -> None:
    answer_all(entry)
    for change in (update(Consent).values(given=False), update(ConsentWording).values(text="khác")):
        with pytest.raises(DBAPIError, match="only grows"), transaction():
            db.session.execute(change)


_ANSWERS = st.lists(
    st.tuples(st.sampled_from([TAKE_PART, PUBLISH, OWN_PUBLISH, MEDIA, OWN_MEDIA]), st.booleans()), max_size=12
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_ANSWERS)
@example([(PUBLISH, True), (OWN_PUBLISH, True), (PUBLISH, False)])
def test_the_latest_answer_of_each_side_holds_at_once(entry: Entry, said_in_order: list[Any]) -> None:
    child = make_participant(entry, birth_date=date(2011, 5, 20))
    token = link_for_added(entry, child)
    latest: dict[Any, bool] = {}
    for key, yes in said_in_order:
        links.answer(token, said({key: yes}), None)
        latest[key] = yes
        # Asked after every single answer: nothing is kept that could be older than the answer itself.
        assert (child.id in may_publish([child.id])) is (
            latest.get(PUBLISH) is True and latest.get(OWN_PUBLISH) is True
        )
        assert (child.id in may_picture([child.id])) is (latest.get(MEDIA) is True and latest.get(OWN_MEDIA) is True)
    sides = {p: {s: yes for (q, s), yes in latest.items() if q is p} for p in EVERYBODYS}
    for purpose in EVERYBODYS:
        expected = state_of(purpose, Ages.YOUNG, sides[purpose])
        assert state(entry, child, purpose) is expected
        assert in_sql(child, purpose) == expected


def link_for_added(entry: Entry, person: Participant) -> str:
    """Return a link for somebody who was just added."""
    db.session.expire(entry, ["participants"])
    return link_for(entry, person)


def in_sql(person: Participant, purpose: Purpose, *, pupils: bool = True) -> str:
    """Return what the database itself says of a person's consent."""
    column = state_column(purpose, pupils=pupils, day=clock.today())
    return str(db.session.scalar(select(column).where(Participant.id == person.id)))


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.none() | st.dates(date(2004, 1, 1), date(2024, 1, 1)),
    st.sampled_from(["member", "coach"]),
    st.booleans(),
    st.dictionaries(st.sampled_from(list(Side)), st.booleans()),
    st.sampled_from(list(Purpose)),
)
def test_the_database_and_the_rule_agree(
    entry: Entry, born: date | None, role: str, pupils: bool, answers: dict[Side, bool], purpose: Purpose
) -> None:
    person = make_participant(entry, birth_date=born, role=role)
    with transaction():
        for side, yes in answers.items():
            db.session.add(row_of(person, purpose, side, yes))
    ages = ages_of(born, role, pupils=pupils, day=clock.today())
    assert in_sql(person, purpose, pupils=pupils) == state_of(purpose, ages, answers)


def row_of(person: Participant, purpose: Purpose, side: Side, given_: bool) -> Consent:
    """Return a stored answer as if it had been given."""
    words = db.session.scalars(select(ConsentWording.id).where(ConsentWording.purpose == purpose)).first()
    if words is None:
        row = ConsentWording(purpose=purpose, version=9, text="x", text_en="x")
        db.session.add(row)
        db.session.flush()
        words = row.id
    return Consent(
        participant_id=person.id,
        purpose=purpose,
        side=side,
        given=given_,
        giver="A",
        relation="father",
        how="paper",
        wording_id=words,
        reference="DY",
    )


def test_who_may_be_named_is_asked_in_three_statements(entry: Entry, today: None) -> None:
    people = [make_participant(entry, birth_date=date(2011, 5, 20)) for _number in range(30)]
    db.session.expire(entry, ["participants"])
    for person in people[:3]:
        answer_all(entry, person)
    ids = [person.id for person in people]
    few, many = (counted(ids[:3]), counted(ids))
    assert few == many <= 4
    assert may_publish(ids) == set(ids[:3])
    assert may_publish([]) == may_publish([999_999]) == set()


def counted(ids: list[int]) -> int:
    """Return how many statements the question takes."""
    db.session.expire_all()
    with counted_statements() as statements:
        may_publish(ids)
    return len(statements)
