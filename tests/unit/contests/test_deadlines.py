"""Test whose word about a deadline counts; and that no word ever takes time away."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from contest_portal.contests.deadlines import closing_time, newest_words, seen_over

BASE = datetime(2024, 5, 20, 10, tzinfo=UTC)


@dataclass(frozen=True)
class Word:
    """Be one event of a deadline."""

    closes_at: datetime | None
    unit_id: int | None = None
    school_id: int | None = None
    kind: str = "extended"


def hours(number: int) -> datetime:
    return BASE + timedelta(hours=number)


moments = st.none() | st.integers(-48, 240).map(hours)
scopes = st.sampled_from([(None, None), (1, None), (2, None), (None, 7), (None, 8)])
words = st.builds(
    lambda closes, scope, kind: Word(closes, *scope, kind),
    moments,
    scopes,
    st.sampled_from(["extended"] * 4 + ["passed"]),
)


def test_without_a_word_the_edition_decides() -> None:
    assert closing_time(BASE, [], 1, 7) == BASE


def test_a_unit_and_a_school_have_their_own_time_and_others_do_not() -> None:
    events = [Word(hours(5), unit_id=1), Word(hours(9), school_id=7)]
    assert closing_time(BASE, events, 1, 7) == hours(9)
    assert closing_time(BASE, events, 1, 8) == hours(5)
    assert closing_time(BASE, events, 2, 8) == BASE
    assert closing_time(BASE, events) == BASE


def test_a_later_word_takes_the_place_of_an_earlier_one_for_the_same() -> None:
    events = [Word(hours(9)), Word(hours(5))]
    assert closing_time(BASE, events) == hours(5)
    assert closing_time(BASE, [*events, Word(None)]) == BASE


@given(st.lists(words, max_size=12), st.sampled_from([None, 1, 2]), st.sampled_from([None, 7, 8]))
def test_nothing_closes_before_the_edition_and_a_narrow_word_takes_nothing_from_a_wide_one(
    events: list[Word], unit: int | None, school: int | None
) -> None:
    closes = closing_time(BASE, events, unit, school)
    assert closes >= BASE
    assert closes >= closing_time(BASE, events)
    newest = newest_words(events)
    told = [newest.get(scope) for scope in ((None, None), (unit, None), (None, school))]
    assert closes in {BASE, *told}
    assert all(moment is None or moment <= closes for moment in told)


@given(st.lists(words, max_size=12), st.sampled_from([1, 2]), st.sampled_from([7, 8]))
def test_words_for_others_change_nothing(events: list[Word], unit: int, school: int) -> None:
    mine = [e for e in events if e.unit_id in (None, unit) and e.school_id in (None, school)]
    assert closing_time(BASE, events, unit, school) == closing_time(BASE, mine, unit, school)


def test_a_deadline_seen_to_be_over_is_remembered_up_to_when_it_was_seen() -> None:
    events = [Word(hours(1), kind="passed")]
    assert seen_over(events, BASE)
    assert not seen_over(events, hours(2))
    assert not seen_over([Word(hours(3))], BASE)
