"""Test how entries are handed in, taken back and begun again."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from contest_portal.accounts.actor import Actor
from contest_portal.core import clock
from contest_portal.core.database import transaction
from contest_portal.core.errors import Conflict, Invalid, NotAllowed
from contest_portal.registration.models import Entry
from contest_portal.registration.queries import get_entry, history_of, people_of
from contest_portal.registration.rules import Closed, check_open
from contest_portal.registration.services import (
    move_entry,
    remove_person,
    revive_entry,
    submit_entry,
    withdraw_entry,
)
from contest_portal.registration.status import Status
from tests.unit.registration.conftest import Stage

TOKEN = "3f2b8c0e5d6a4f7e9b1c2d3e4f5a6b7c"


def moves_of(entry: Entry) -> list[str | None]:
    """Return the stations of an entry so far."""
    return [event.status_to for event in history_of(entry) if event.kind == "moved"]


def test_handing_in_is_an_event_with_the_declaration(stage: Stage) -> None:
    entry = stage.ready()
    assert submit_entry(stage.teacher, entry, declared=True) is True
    event = history_of(entry)[-1]
    assert (event.status_from, event.status_to, event.happened_on) == ("draft", "submitted", clock.today())
    assert event.details == {"declaration": "information-correct-and-consent-of-parents", "edition_version": 0}


def test_the_same_form_hands_in_once(stage: Stage) -> None:
    entry = stage.ready()
    assert submit_entry(stage.teacher, entry, declared=True, once_token=TOKEN) is True
    assert submit_entry(stage.teacher, entry, declared=True, once_token=TOKEN) is False
    with pytest.raises(Conflict):
        submit_entry(stage.teacher, entry, declared=True)
    assert moves_of(entry) == ["draft", "submitted"]


def test_nothing_is_handed_in_undeclared_or_against_the_rules(stage: Stage) -> None:
    entry = stage.ready()
    with pytest.raises(Invalid):
        submit_entry(stage.teacher, entry, declared=False)
    coach = people_of(entry.id)[1]
    remove_person(stage.teacher, entry, coach.id)
    with pytest.raises(Invalid) as refusal:
        submit_entry(stage.teacher, entry, declared=True)
    assert [problem.rule for problem in refusal.value.problems] == ["count.coach"]  # type: ignore[attr-defined]
    assert moves_of(entry) == ["draft"]


def test_a_school_hands_in_as_many_as_the_rules_say(stage: Stage) -> None:
    first, second = stage.ready("Một"), stage.ready("Hai")
    with transaction():
        stage.edition.rules = {**stage.edition.rules, "school_quota": 1}
    submit_entry(stage.teacher, first, declared=True)
    with pytest.raises(Invalid) as refusal:
        submit_entry(stage.teacher, second, declared=True)
    assert [problem.rule for problem in refusal.value.problems] == ["school_quota"]  # type: ignore[attr-defined]
    withdraw_entry(stage.teacher, first, reason="Nhường đội bạn")
    assert submit_entry(stage.teacher, second, declared=True) is True


def test_the_closing_second_is_too_late_and_the_one_before_is_not(stage: Stage, at: Callable[..., datetime]) -> None:
    closing = at(2024, 6, 15, 17)
    at(2024, 6, 15, 16)
    with transaction():
        stage.edition.opens_at, stage.edition.closes_at = closing - timedelta(days=90), closing
    in_time, late = stage.ready("Một"), stage.ready("Hai")
    at(2024, 6, 15, 17)
    assert submit_entry(stage.teacher, in_time, declared=True, at=closing - timedelta(microseconds=1)) is True
    with pytest.raises(Closed) as refusal:
        submit_entry(stage.teacher, late, declared=True)
    assert str(refusal.value).startswith("Đã hết hạn đăng ký lúc 17:00 15/06/2024.")
    assert get_entry(stage.teacher, late.reference).status == "draft"


def test_nothing_is_handed_in_before_the_opening(stage: Stage) -> None:
    entry = stage.ready()
    with pytest.raises(Closed):
        submit_entry(stage.teacher, entry, declared=True, at=stage.edition.opens_at - timedelta(seconds=1))
    check_open(stage.edition, stage.edition.opens_at)
    assert moves_of(entry) == ["draft"]


def test_who_arrived_in_time_is_in_time_however_long_the_queue(stage: Stage) -> None:
    entry = stage.ready()
    arrived = stage.edition.closes_at - timedelta(seconds=1)
    clock.set_clock(lambda: stage.edition.closes_at + timedelta(days=1))
    assert submit_entry(stage.teacher, entry, declared=True, at=arrived) is True
    assert history_of(entry)[-1].happened_on == clock.local(arrived).date()


def test_an_organiser_hands_in_late_with_a_reason(stage: Stage, organiser: Actor) -> None:
    entry = stage.ready()
    with transaction():
        stage.edition.closes_at = clock.now()
    with pytest.raises(Invalid):
        submit_entry(organiser, entry, declared=True)
    assert submit_entry(organiser, entry, declared=True, reason="Mất điện toàn huyện") is True
    assert history_of(entry)[-1].reason == "Mất điện toàn huyện"


def test_an_entry_is_taken_back_once_with_a_reason(stage: Stage) -> None:
    entry = stage.ready()
    with pytest.raises(Invalid):
        withdraw_entry(stage.teacher, entry, reason="  ")
    for _ in range(2):
        withdraw_entry(stage.teacher, entry, reason="Chuyển trường")
    assert moves_of(entry) == ["draft", "withdrawn"]
    assert history_of(entry)[-1].reason == "Chuyển trường"


def test_taking_back_stays_possible_after_the_deadline_but_beginning_again_does_not(stage: Stage) -> None:
    entry = stage.ready()
    submit_entry(stage.teacher, entry, declared=True)
    with transaction():
        stage.edition.closes_at = clock.now() - timedelta(seconds=1)
    withdraw_entry(stage.teacher, entry, reason="Ốm")
    with pytest.raises(Closed):
        revive_entry(stage.teacher, entry)
    assert entry.status == "withdrawn"


def test_an_entry_is_begun_again_until_the_deadline(stage: Stage) -> None:
    entry = stage.ready()
    withdraw_entry(stage.teacher, entry, reason="Nhầm")
    for _ in range(2):
        revive_entry(stage.teacher, entry)
    assert submit_entry(stage.teacher, entry, declared=True) is True
    assert moves_of(entry) == ["draft", "withdrawn", "draft", "submitted"]


def test_only_a_withdrawn_entry_is_begun_again(stage: Stage) -> None:
    entry = stage.ready()
    submit_entry(stage.teacher, entry, declared=True)
    with pytest.raises(Conflict):
        revive_entry(stage.teacher, entry)


def test_what_the_unit_has_received_is_out_of_the_schools_hands(stage: Stage, organiser: Actor) -> None:
    entry = stage.ready()
    submit_entry(stage.teacher, entry, declared=True)
    move_entry(organiser, entry, Status.RECEIVED)
    with pytest.raises(Conflict):
        withdraw_entry(stage.teacher, entry, reason="Muộn")
    with pytest.raises(Conflict):
        remove_person(stage.teacher, entry, people_of(entry.id)[0].id)
    withdraw_entry(organiser, entry, reason="Theo đơn của trường")
    assert moves_of(entry) == ["draft", "submitted", "received", "withdrawn"]


def test_strangers_and_coordinators_neither_hand_in_nor_take_back(
    stage: Stage, stranger: Actor, coordinator: Actor
) -> None:
    entry = stage.ready()
    for actor in (stranger, coordinator):
        with pytest.raises(NotAllowed):
            submit_entry(actor, entry, declared=True)
        with pytest.raises(NotAllowed):
            withdraw_entry(actor, entry, reason="Không phải của mình")
    withdraw_entry(stage.teacher, entry, reason="Của mình")
    for actor in (stranger, coordinator):
        with pytest.raises(NotAllowed):
            revive_entry(actor, entry)
    assert moves_of(entry) == ["draft", "withdrawn"]
