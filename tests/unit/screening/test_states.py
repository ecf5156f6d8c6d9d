"""Where a unit stands, what it does next, and the bounds of its score."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contest_portal.registration.status import Status
from contest_portal.screening.states import COLOURS, LABELS, UnitCounts, UnitState, next_thing, score_problem

DONE = date(2024, 5, 31)


@pytest.mark.parametrize(
    ("by_status", "completed_on", "state", "todo"),
    [
        ({}, None, UnitState.NOT_STARTED, "log"),
        ({"draft": 3, "withdrawn": 2}, None, UnitState.NOT_STARTED, "log"),
        ({"submitted": 2}, None, UnitState.NOT_STARTED, "receive"),
        ({"submitted": 1, "received": 1}, None, UnitState.RECEIVING, "receive"),
        ({"received": 4}, None, UnitState.RECEIVING, "screen"),
        ({"received": 1, "screened": 1}, None, UnitState.SCREENING, "screen"),
        ({"screened": 2, "forwarded": 1}, None, UnitState.SCREENING, "decide"),
        ({"forwarded": 2, "not_forwarded": 1}, None, UnitState.SCREENING, "complete"),
        ({"scored": 2}, None, UnitState.SCREENING, "complete"),
        ({"forwarded": 2}, DONE, UnitState.COMPLETE, "nothing"),
        ({}, DONE, UnitState.COMPLETE, "nothing"),
    ],
)
def test_a_unit_stands_where_its_entries_are(
    by_status: dict[str, int], completed_on: date | None, state: UnitState, todo: str
) -> None:
    counts = UnitCounts(by_status, completed_on)
    assert (counts.state, next_thing(counts)) == (state, todo)


@given(st.dictionaries(st.sampled_from(list(Status)), st.integers(0, 50)), st.one_of(st.none(), st.integers(0, 60)))
def test_the_figures_of_a_unit_add_up(by_status: dict[str, int], quota: int | None) -> None:
    counts = UnitCounts(by_status, quota=quota)
    assert counts.total == counts.undecided + counts.forwarded + counts.count(Status.NOT_FORWARDED)
    assert counts.total + counts.count(Status.DRAFT, Status.WITHDRAWN) == sum(by_status.values())
    assert counts.left == (None if quota is None else max(0, quota - counts.forwarded))


def test_every_state_has_its_word_and_colour() -> None:
    assert set(LABELS) == set(COLOURS) == set(UnitState)
    assert [str(LABELS[state]) for state in UnitState] == [
        "Chưa bắt đầu",
        "Đang nhận hồ sơ",
        "Đang sơ khảo",
        "Đã hoàn thành",
    ]


@pytest.mark.parametrize(
    ("score", "sentence"),
    [
        ("0", None),
        ("99.5", None),
        ("100", None),
        ("100.5", "Điểm phải từ 0 đến 100."),
        ("-1", "Điểm phải từ 0 đến 100."),
        ("7.3", "Điểm phải là bội số của 0,5."),
    ],
)
def test_a_score_keeps_to_its_bounds_and_step(score: str, sentence: str | None) -> None:
    found = score_problem(Decimal(score), Decimal(100), Decimal("0.50"))
    assert (None if found is None else str(found)) == sentence
