"""Where units stand on any day, who is behind and why, and reminding them; on both databases."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from contest_portal.accounts.actor import SYSTEM, Role
from contest_portal.accounts.messages import LETTERS
from contest_portal.accounts.models_messages import Notice
from contest_portal.contests.models import Edition, EditionUnit, Unit
from contest_portal.contests.queries import get_edition, get_edition_unit
from contest_portal.core.database import db, transaction
from contest_portal.core.errors import Invalid, NotAllowed, NotFound
from contest_portal.core.outbox import OutboxLetter
from contest_portal.registration.models import Entry, EntryEvent
from contest_portal.registration.status import Status
from contest_portal.screening.models import UnitEvent
from contest_portal.screening.progress import services
from contest_portal.screening.progress.behind import Due, reasons_for
from contest_portal.screening.progress.map import UnitMap, standings_on, unit_map
from contest_portal.screening.progress.models import UnitReminder
from contest_portal.screening.progress.queries import latest_sending, units_behind
from contest_portal.screening.progress.standing import RECEIVED, SCREENED, UnitStanding
from contest_portal.screening.progress.words import units_word
from contest_portal.screening.queries import units_completed
from contest_portal.screening.services import (
    Decision,
    Verdict,
    close_reception,
    complete_unit,
    receive,
    record_result,
    reopen_unit,
)
from contest_portal.screening.states import UnitCounts, UnitState
from contest_portal.screening.transfers.models import UnitTransfer
from tests.counting import counted_statements
from tests.factories.people import actor_for, make_user, unit_of
from tests.factories.screening import YOUTH, coordinator_of, organiser, unit_entry

FIRST = date(2024, 5, 1)


@pytest.fixture
def youth(app: Flask, at: Callable[..., datetime]) -> Edition:
    """Return the youth contest at the end of June."""
    at(2024, 6, 30)
    return get_edition(YOUTH)


def day(number: int) -> date:
    """Return a day of May."""
    return date(2024, 5, number)


def on(edition: Edition, unit: Unit, when: date) -> UnitStanding:
    """Return how a unit stood on a day."""
    found = get_edition_unit(edition.id, unit.id)
    return standings_on(edition, [found], when)[unit.id]


@pytest.mark.parametrize(
    ("kinds", "words"),
    [
        ({"district"}, "huyện"),
        ({"district", "town", "city"}, "huyện, thị, thành phố"),
        ({"commune", "ward"}, "xã, phường"),
        ({"ward"}, "phường"),
        ({"cluster"}, "cụm"),
        ({"school"}, "trường"),
        ({"school", "cluster"}, "đơn vị"),
        (set(), "đơn vị"),
    ],
)
def test_units_are_called_by_their_kinds(kinds: set[str], words: str) -> None:
    assert str(units_word(kinds)) == words


def test_a_unit_as_of_each_day_of_its_way(youth: Edition, at: Callable[..., datetime]) -> None:
    unit = unit_of(youth)
    entry = unit_entry(unit, Status.SUBMITTED, day=day(2))
    receive(SYSTEM, entry, day(5))
    record_result(SYSTEM, entry, Verdict(day(8), decision=Decision.FORWARD))
    close_reception(SYSTEM, youth, unit, day(10))
    complete_unit(SYSTEM, youth, unit, day(12))
    reopen_unit(SYSTEM, youth, unit, "Bổ sung", day(14))
    states = {number: on(youth, unit, day(number)).state.value for number in (1, 4, 5, 7, 8, 11, 12, 13, 14)}
    assert states == {
        1: "not_started",
        4: "not_started",
        5: "receiving",
        7: "receiving",
        8: "screening",
        11: "screening",
        12: "complete",
        13: "complete",
        14: "screening",
    }
    then = on(youth, unit, day(12))
    assert (then.received_on, then.screened_on, then.closed_on) == (day(5), day(8), day(10))
    assert (then.received, then.screened, then.counts.forwarded, then.counts.total) == (1, 1, 1, 1)
    assert (on(youth, unit, day(6)).screened_on, on(youth, unit, day(6)).counts.completed_on) == (None, None)


def test_a_transferred_entry_counts_where_it_was(youth: Edition) -> None:
    here, there = unit_of(youth), unit_of(youth, "Huyện Yên Thế")
    entry = unit_entry(here, Status.RECEIVED, day=day(3))
    with transaction():
        moved = {"edition_id": youth.id, "entry_id": entry.id, "token": "A" * 32, "reason": "Nhầm", "asked_on": day(6)}
        sides = {"from_unit_id": here.id, "to_unit_id": there.id, "state": "accepted", "decided_on": day(8)}
        db.session.add(UnitTransfer(**moved, **sides))
        entry.unit_id = there.id
    assert [on(youth, unit, day(7)).received for unit in (here, there)] == [1, 0]
    assert [on(youth, unit, day(8)).received for unit in (here, there)] == [0, 1]


def replayed(events: list[tuple[int, str]], until: int, pair: tuple[str, str]) -> date | None:
    """Return since when a declaration holds, one event after the other."""
    since: date | None = None
    for number, kind in events:
        if number <= until and kind in pair:
            since = FIRST + timedelta(number) if kind == pair[0] else None
    return since


WAY = (Status.SUBMITTED, Status.RECEIVED, Status.SCREENED, Status.FORWARDED, Status.NOT_FORWARDED, Status.WITHDRAWN)
DAYS = st.integers(0, 12)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    declarations=st.lists(
        st.tuples(DAYS, st.sampled_from(["received_all", "receiving_again", "completed", "reopened"])), max_size=7
    ).map(sorted),
    steps=st.lists(st.tuples(DAYS, st.sampled_from(WAY)), max_size=7).map(
        lambda found: sorted(found, key=lambda s: s[0])
    ),
    until=DAYS,
)
def test_a_day_is_what_replaying_the_events_until_then_gives(
    youth: Edition, declarations: list[tuple[int, str]], steps: list[tuple[int, Status]], until: int
) -> None:
    unit = unit_of(youth)
    try:
        entry = _bare_entry(youth, unit)
        for number, kind in declarations:
            db.session.add(
                UnitEvent(edition_id=youth.id, unit_id=unit.id, kind=kind, happened_on=FIRST + timedelta(number))
            )
            db.session.flush()
        for number, status in steps:
            db.session.add(_moved(entry, status, FIRST + timedelta(number)))
            db.session.flush()
        when = FIRST + timedelta(until)
        found = on(youth, unit, when)
        seen = [(FIRST + timedelta(number), status) for number, status in steps if number <= until]
        assert found.counts.completed_on == replayed(declarations, until, ("completed", "reopened"))
        assert found.counts.closed_on == replayed(declarations, until, ("received_all", "receiving_again"))
        assert dict(found.counts.by_status) == ({seen[-1][1]: 1} if seen else {})
        assert found.received_on == min((d for d, status in seen if status in RECEIVED), default=None)
        assert found.screened_on == min((d for d, status in seen if status in SCREENED), default=None)
        tally = [row.unit_id for row in units_completed(youth.id, when)]
        assert tally == ([unit.id] if found.state is UnitState.COMPLETE else [])
    finally:
        db.session.rollback()


def _bare_entry(edition: Edition, unit: Unit) -> Any:
    """Store an entry without a history, never committed."""
    entry = Entry(
        edition_id=edition.id,
        unit_id=unit.id,
        reference="TN24-ZZZZZZ",
        title="Mô hình",
        title_folded="mo hinh",
        status=Status.DRAFT,
        status_on=FIRST,
    )
    db.session.add(entry)
    db.session.flush()
    return entry


def _moved(entry: Any, status: Status, happened_on: date) -> EntryEvent:
    return EntryEvent(
        entry_id=entry.id,
        edition_id=entry.edition_id,
        kind="moved",
        status_to=status.value,
        happened_on=happened_on,
        actor_name="Hệ thống",
        source="web",
    )


def test_the_map_holds_every_unit_for_the_organiser_and_the_own_for_a_coordinator(youth: Edition) -> None:
    unit = unit_of(youth)
    unit_entry(unit, Status.FORWARDED, day=day(5))
    complete_unit(SYSTEM, youth, unit, day(12))
    for actor in (organiser(youth), actor_for(make_user(Role.AUDITOR))):
        found = unit_map(actor, youth, day(12))
        assert (len(found.tiles), [tile.unit.id for tile in found.complete]) == (10, [unit.id])
        assert {tile.unit.id for tile in found.complete} == {row.unit_id for row in units_completed(youth.id, day(12))}
    assert str(found.word) == "huyện, thị, thành phố"
    assert unit_map(SYSTEM, youth, day(11)).complete == []
    own = unit_map(coordinator_of(unit, youth), youth, day(12))
    assert [tile.unit.id for tile in own.tiles] == [unit.id]
    assert own.by_state[-1] == (UnitState.COMPLETE, 1)


def test_the_map_and_the_laggards_ask_as_much_for_99_units_as_for_three(youth: Edition) -> None:
    unit_entry(unit_of(youth), Status.RECEIVED, day=day(5))
    actor, asked = organiser(youth), []
    for units in (3, 99):
        _give_units(youth, units)
        db.session.expire_all()
        edition = get_edition(YOUTH)
        with counted_statements() as sent:
            shown: UnitMap = unit_map(actor, edition, day(20))
            behind = units_behind(edition)
        assert len(shown.tiles) == units
        assert len(behind) == units
        asked.append(len(sent))
    assert asked[0] == asked[1] <= 11


def _give_units(edition: Edition, number: int) -> None:
    """Let exactly so many units take part; the first of the edition stay."""
    with transaction():
        there = list(db.session.scalars(select(EditionUnit).where(EditionUnit.edition_id == edition.id)))
        for surplus in there[number:]:
            db.session.delete(surplus)
        for position in range(len(there), number):
            unit = Unit(
                unit_set="nay", code=f"x{position}", name=f"Xã {position}", short_name=f"{position}", kind="commune"
            )
            db.session.add(unit)
            db.session.flush()
            db.session.add(EditionUnit(edition_id=edition.id, unit_id=unit.id))


def standing(
    by_status: dict[str, int] | None = None, moved: int | None = None, completed: int | None = None
) -> UnitStanding:
    """Return how a unit stands, in days of May."""
    counts = UnitCounts(by_status or {}, day(completed) if completed else None)
    return UnitStanding(counts, moved_on=day(moved) if moved else None)


DUE = Due(day(10), day(20))


@pytest.mark.parametrize(
    ("found", "waiting", "today", "words"),
    [
        (standing(), None, 10, []),
        (standing(), None, 11, ["chưa ghi nhận hồ sơ nào, dù hạn nhận đã qua ngày 10/05/2024"]),
        (standing({"received": 1}, moved=15), None, 20, []),
        (standing({"received": 1}, moved=20), None, 21, ["quá hạn hoàn thành 20/05/2024 đã 1 ngày"]),
        (standing({"received": 1}, moved=9), None, 15, []),
        (standing({"received": 1}, moved=8), None, 15, ["7 ngày không có việc gì mới, lần cuối ngày 08/05/2024"]),
        (
            standing({"submitted": 2, "received": 1}, moved=14),
            day(8),
            15,
            ["2 hồ sơ nộp qua cổng chờ ghi nhận, lâu nhất từ ngày 08/05/2024"],
        ),
        (standing({"submitted": 2, "received": 1}, moved=14), day(9), 15, []),
        (standing({"forwarded": 1}, moved=1, completed=2), None, 30, []),
    ],
)
def test_why_a_unit_is_behind_in_words(found: UnitStanding, waiting: date | None, today: int, words: list[str]) -> None:
    assert [str(reason) for reason in reasons_for(found, waiting, DUE, day(today))] == words


def test_without_a_last_day_no_unit_is_past_it() -> None:
    assert reasons_for(standing({"received": 1}, moved=30), None, Due(day(10)), day(31)) == []


@pytest.fixture
def late(youth: Edition) -> Edition:
    """Return the youth contest after the day on which units should be done."""
    with transaction():
        youth.rules = {**youth.rules, "screening_until": "2024-05-31"}
    return youth


def test_one_press_reminds_all_that_are_behind_by_mail_and_inbox(late: Edition) -> None:
    done, slow, empty = (unit_of(late, name) for name in ("Huyện Yên Thế", "Huyện Lạng Giang", "Huyện Tân Yên"))
    complete_unit(SYSTEM, late, done, day(20))
    unit_entry(slow, Status.SUBMITTED)
    make_user(Role.COORDINATOR, unit=done, edition=late)
    people = [make_user(Role.COORDINATOR, unit=slow, edition=late, email=f"a{n}@example.edu.vn") for n in range(2)]
    with transaction():
        people[1].language = "en"
    other = make_user(Role.COORDINATOR, unit=empty, edition=late)
    assert services.remind(organiser(late), late) == 2
    notices = db.session.scalars(select(Notice).where(Notice.kind == "screening.unit_behind_due")).all()
    assert {notice.user_id for notice in notices} == {person.id for person in (*people, other)}
    mine = next(notice for notice in notices if notice.user_id == people[0].id)
    assert mine.link == f"/screening/youth-2024/{slow.code}/open"
    body = LETTERS[mine.kind].body_with(mine.values)
    assert "Hồ sơ chưa ghi nhận: 1" in body
    assert LETTERS[mine.kind].subject_with(mine.values) == "Huyện Lạng Giang chưa hoàn thành sơ khảo, hạn 31/05/2024"
    letters = db.session.scalars(select(OutboxLetter).where(OutboxLetter.kind == "screening.unit_behind_due")).all()
    assert {letter.address for letter in letters} == {"a0@example.edu.vn", "a1@example.edu.vn"}
    assert all(str(slow.name) in letter.subject and "31/05/2024" in letter.subject for letter in letters)
    sent = {(row.unit_id, row.people, row.state) for row in latest_sending(late.id)}
    assert sent == {(slow.id, 2, "not_started"), (empty.id, 1, "not_started")}


def test_nobody_is_reminded_twice_within_a_day_unless_it_is_asked_for(
    late: Edition, at: Callable[..., datetime]
) -> None:
    unit = unit_of(late)
    make_user(Role.COORDINATOR, unit=unit, edition=late)
    actor = organiser(late)
    assert services.remind(actor, late, [unit.code], once_token="x" * 32) == 1
    assert services.remind(actor, late, [unit.code], once_token="x" * 32) == 1
    with pytest.raises(Invalid, match="trong vòng một ngày"):
        services.remind(actor, late, [unit.code])
    assert services.remind(actor, late, [unit.code], again=True) == 1
    at(2024, 7, 2)
    assert services.remind(actor, late, [unit.code]) == 1
    reminders = db.session.scalars(select(UnitReminder)).all()
    assert [(row.unit_id, row.actor_name) for row in reminders] == [(unit.id, actor.name)] * 3


def test_a_unit_without_people_is_named_and_not_counted_as_reminded(late: Edition) -> None:
    unit = unit_of(late)
    make_user(Role.COORDINATOR, unit=unit, edition=get_edition("robocon-2024"))
    make_user(Role.COORDINATOR, unit=unit, edition=late).active = False
    db.session.commit()
    choice = services.choose(units_behind(late))
    assert (list(choice.reached), choice.people, unit.id in {laggard.unit.id for laggard in choice.nobody}) == (
        [],
        0,
        True,
    )
    with pytest.raises(Invalid, match="chưa có ai có tài khoản"):
        services.remind(organiser(late), late, [unit.code])
    assert db.session.scalars(select(UnitReminder)).all() == []


def test_only_an_organiser_of_the_edition_reminds_and_only_units_that_are_behind(late: Edition) -> None:
    unit, done = unit_of(late), unit_of(late, "Huyện Yên Thế")
    complete_unit(SYSTEM, late, done, day(20))
    for actor in (
        coordinator_of(unit, late),
        actor_for(make_user(Role.AUDITOR)),
        organiser(get_edition("robocon-2024")),
    ):
        with pytest.raises(NotAllowed):
            services.remind(actor, late)
    for code in (done.code, "999"):
        with pytest.raises(NotFound):
            services.remind(organiser(late), late, [code])
