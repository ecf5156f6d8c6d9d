"""A unit asks that another takes an entry; nothing moves before it agrees, and past figures stay what they were."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm.attributes import set_committed_value

from contest_portal.accounts.actor import Actor, Role
from contest_portal.accounts.models_messages import Notice
from contest_portal.contests.models import Unit
from contest_portal.contests.queries import get_edition, get_edition_unit
from contest_portal.core import audit
from contest_portal.core.database import db, transaction
from contest_portal.core.errors import Conflict, Invalid, NotAllowed, NotFound
from contest_portal.registration.describing import describe_history
from contest_portal.registration.models import Entry
from contest_portal.registration.queries import history_of
from contest_portal.registration.services import withdraw_entry
from contest_portal.registration.status import Status
from contest_portal.reporting.queries import count_entries, count_people
from contest_portal.reporting.rows import count_of, page_of, wanted
from contest_portal.screening.models import UnitEvent
from contest_portal.screening.queries import find_reception
from contest_portal.screening.round.models import ScreeningSheet
from contest_portal.screening.round.sheets import Filled, save_own
from contest_portal.screening.services import complete_unit, receive
from contest_portal.screening.transfers.models import UnitTransfer
from contest_portal.screening.transfers.queries import count_waiting, find_asked, list_asked, other_units
from contest_portal.screening.transfers.services import (
    accept_transfer,
    ask_transfer,
    refuse_transfer,
    take_back_transfer,
)
from tests.at_once import at_once
from tests.factories.people import actor_for, make_school, make_user, unit_of
from tests.factories.screening import (
    YOUTH,
    coordinator_of,
    make_screener,
    organiser,
    set_quota,
    set_round,
    unit_entry,
    write_sheet,
)

HERE, THERE = "Huyện Lạng Giang", "Huyện Yên Thế"


@pytest.fixture
def sides(app: Flask) -> tuple[Unit, Unit, Actor, Actor]:
    """Return two units, and who coordinates each."""
    here, there = unit_of(YOUTH, HERE), unit_of(YOUTH, THERE)
    return here, there, coordinator_of(here), coordinator_of(there)


def told(actor: Actor) -> list[str]:
    """Return the kinds of what somebody was told."""
    found = db.session.scalars(select(Notice.kind).where(Notice.user_id == actor.user_id).order_by(Notice.id))
    return [kind.removeprefix("screening.transfer_") for kind in found]


def test_an_entry_moves_when_the_other_side_agrees(sides: Any) -> None:
    here, there, asker, taker = sides
    entry = unit_entry(here, Status.RECEIVED)
    reference, title = entry.reference, entry.title
    transfer = ask_transfer(asker, entry, there, "Trường thuộc huyện Yên Thế")
    assert (entry.unit_id, entry.status, transfer.state) == (here.id, Status.RECEIVED, "waiting")
    assert told(taker) == ["asked"]
    accept_transfer(taker, transfer.token, "Đồng ý")
    assert (entry.unit_id, entry.status, entry.reference, entry.title) == (
        there.id,
        Status.SUBMITTED,
        reference,
        title,
    )
    assert (transfer.state, transfer.answer) == ("accepted", "Đồng ý")
    assert (told(asker), told(taker)) == (["accepted"], ["asked", "accepted"])


def test_the_new_unit_receives_anew_and_the_old_line_stays_in_the_history(sides: Any) -> None:
    here, there, asker, taker = sides
    entry = unit_entry(here)
    receive(asker, entry, note="Nhận ở Lạng Giang")
    accept_transfer(taker, ask_transfer(asker, entry, there, "Nhầm huyện").token)
    assert find_reception(entry.id) is None
    moved = [event for event in history_of(entry) if event.details and "reception" in event.details]
    assert moved[-1].details["reception"]["note"] == "Nhận ở Lạng Giang"
    with pytest.raises(NotFound):
        receive(asker, entry)
    again = receive(taker, entry)
    assert (again.recorded_by, again.note) == (taker.user_id, None)
    words = [line.what for line in describe_history(entry, history_of(entry))]
    assert f"Chuyển sang đơn vị sơ khảo khác: {THERE}" in words


def test_the_school_is_told_and_stays_in_its_own_unit(sides: Any) -> None:
    here, there, asker, taker = sides
    school = make_school(unit=here)
    user = make_user(Role.SCHOOL, school=school)
    entry = unit_entry(here, school=school)
    accept_transfer(taker, ask_transfer(asker, entry, there, "Nhầm huyện").token)
    notice = db.session.scalars(select(Notice).where(Notice.user_id == user.id)).one()
    assert (notice.kind, notice.link) == ("screening.transfer_accepted", f"/entries/{entry.reference}")
    assert school.unit_id == here.id


def test_a_refusal_needs_words_and_changes_nothing(sides: Any) -> None:
    here, there, asker, taker = sides
    entry = unit_entry(here)
    transfer = ask_transfer(asker, entry, there, "Nhầm huyện")
    with pytest.raises(Invalid):
        refuse_transfer(taker, transfer.token, "  ")
    refuse_transfer(taker, transfer.token, "Trường không thuộc huyện")
    assert (entry.unit_id, transfer.state, told(asker)) == (here.id, "refused", ["refused"])
    with pytest.raises(Conflict):
        accept_transfer(taker, transfer.token)
    # Refused, the asker may ask again.
    assert ask_transfer(asker, entry, there, "Xin xem lại").state == "waiting"


def test_the_asker_takes_it_back_while_it_waits(sides: Any) -> None:
    here, there, asker, taker = sides
    transfer = ask_transfer(asker, unit_entry(here), there, "Nhầm huyện")
    take_back_transfer(asker, transfer.token)
    take_back_transfer(asker, transfer.token)
    assert (transfer.state, told(taker)) == ("taken_back", ["asked", "taken_back"])
    with pytest.raises(Conflict):
        accept_transfer(taker, transfer.token)
    other = ask_transfer(asker, unit_entry(here), there, "Nhầm huyện")
    accept_transfer(taker, other.token)
    with pytest.raises(Conflict):
        take_back_transfer(asker, other.token)


def test_who_may_ask_answer_and_take_back(sides: Any) -> None:
    here, there, asker, taker = sides
    entry = unit_entry(here)
    third = coordinator_of(unit_of(YOUTH, "Huyện Sơn Động"))
    for stranger in (taker, third):
        with pytest.raises(NotFound):
            ask_transfer(stranger, entry, there, "Lấy về")
    transfer = ask_transfer(asker, entry, there, "Nhầm huyện")
    for stranger in (asker, third):
        with pytest.raises(NotFound):
            accept_transfer(stranger, transfer.token)
        with pytest.raises(NotFound):
            refuse_transfer(stranger, transfer.token, "Không")
    with pytest.raises(NotFound):
        take_back_transfer(taker, transfer.token)
    with pytest.raises(NotFound):
        find_asked(third, transfer.token)
    with pytest.raises(NotFound):
        accept_transfer(taker, "A" * 32)
    assert (transfer.state, entry.unit_id) == ("waiting", here.id)


def test_the_organiser_answers_for_a_unit_or_moves_it_at_once(sides: Any) -> None:
    here, there, asker, taker = sides
    boss = organiser(get_edition(YOUTH))
    asked = ask_transfer(asker, unit_entry(here), there, "Nhầm huyện")
    accept_transfer(boss, asked.token)
    entry = unit_entry(here, Status.RECEIVED)
    with pytest.raises(NotAllowed):
        ask_transfer(asker, entry, there, "Tự chuyển", at_once=True)
    with pytest.raises(Invalid):
        ask_transfer(boss, entry, there, " ", at_once=True)
    transfer = ask_transfer(boss, entry, there, "Ban Tổ chức điều chỉnh", at_once=True)
    assert (transfer.state, entry.unit_id, entry.status) == ("accepted", there.id, Status.SUBMITTED)
    auditor = make_user(Role.AUDITOR)
    with pytest.raises(NotAllowed):
        ask_transfer(actor_for(auditor), unit_entry(here), there, "Chỉ xem")


def test_the_organiser_is_asked_where_nobody_coordinates(app: Flask) -> None:
    here, there = unit_of(YOUTH, HERE), unit_of(YOUTH, THERE)
    boss = organiser(get_edition(YOUTH))
    ask_transfer(coordinator_of(here), unit_entry(here), there, "Nhầm huyện")
    assert told(boss) == ["asked"]


@pytest.mark.parametrize("status", [Status.SCREENED, Status.FORWARDED, Status.NOT_FORWARDED, Status.DRAFT])
def test_what_is_screened_or_not_handed_in_stays(sides: Any, status: Status) -> None:
    here, there, asker, _taker = sides
    with pytest.raises(Conflict):
        ask_transfer(asker, unit_entry(here, status), there, "Nhầm huyện")


def test_a_submitted_sheet_holds_the_entry_and_a_begun_one_is_kept_in_the_log(sides: Any) -> None:
    here, there, asker, taker = sides
    set_round(here)
    screener = make_screener(here)
    marked, begun = unit_entry(here, Status.RECEIVED), unit_entry(here, Status.RECEIVED)
    write_sheet(marked, screener, {"new": "20", "use": "30"})
    write_sheet(begun, screener, {"new": "11"}, submitted=False)
    with pytest.raises(Conflict):
        ask_transfer(asker, marked, there, "Nhầm huyện")
    accept_transfer(taker, ask_transfer(asker, begun, there, "Nhầm huyện").token)
    left = select(func.count()).select_from(ScreeningSheet).where(ScreeningSheet.entry_id == begun.id)
    assert db.session.scalar(left) == 0
    kept = db.session.scalars(select(audit.AuditRecord).where(audit.AuditRecord.action == "transfer.drafts")).one()
    assert "11" in str(kept.before)


def test_only_one_request_waits_and_only_for_another_unit_of_the_edition(sides: Any) -> None:
    here, there, asker, _taker = sides
    entry = unit_entry(here)
    with pytest.raises(Invalid):
        ask_transfer(asker, entry, here, "Về chính mình")
    with pytest.raises(Invalid):
        ask_transfer(asker, entry, there, " ")
    ask_transfer(asker, entry, there, "Nhầm huyện", once_token="t")
    ask_transfer(asker, entry, there, "Nhầm huyện", once_token="t")
    with pytest.raises(Conflict):
        ask_transfer(asker, entry, unit_of(YOUTH, "Huyện Sơn Động"), "Nhầm huyện")
    assert db.session.scalar(select(func.count()).select_from(UnitTransfer)) == 1


def test_a_withdrawn_entry_can_no_longer_be_taken(sides: Any) -> None:
    here, there, asker, taker = sides
    entry = unit_entry(here)
    transfer = ask_transfer(asker, entry, there, "Nhầm huyện")
    withdraw_entry(organiser(), entry, reason="Nhà trường đổi ý")
    with pytest.raises(Conflict):
        accept_transfer(taker, transfer.token)
    assert entry.unit_id == here.id


@pytest.mark.parametrize("side", ["giving", "taking"])
@pytest.mark.parametrize("step", ["completed", "received_all"])
def test_a_unit_that_is_closed_neither_gives_nor_takes(sides: Any, side: str, step: str) -> None:
    here, there, asker, taker = sides
    entry = unit_entry(here)
    transfer = ask_transfer(asker, entry, there, "Nhầm huyện")
    closed = here if side == "giving" else there
    edition = get_edition(YOUTH)
    with transaction():
        kind = {"edition_id": edition.id, "unit_id": closed.id, "happened_on": date(2024, 5, 2)}
        db.session.add(UnitEvent(kind=step, **kind))
    with pytest.raises(Conflict):
        accept_transfer(taker, transfer.token)
    with pytest.raises(Conflict):
        ask_transfer(asker, unit_entry(here), there, "Nhầm huyện")
    db.session.rollback()
    with transaction():
        again = {"completed": "reopened", "received_all": "receiving_again"}[step]
        db.session.add(UnitEvent(kind=again, **kind))
    accept_transfer(taker, transfer.token)
    assert db.session.get_one(Entry, entry.id).unit_id == there.id


def test_requests_that_cross_do_not_wait_for_each_other(sides: Any, app: Flask) -> None:
    here, there, asker, taker = sides
    away, back = unit_entry(here), unit_entry(there)
    tokens = [
        ask_transfer(asker, away, there, "Nhầm huyện").token,
        ask_transfer(taker, back, here, "Nhầm huyện").token,
    ]
    ids, actors = (away.id, back.id), (taker, asker)
    db.session.commit()
    answers = at_once(app, lambda n: accept_transfer(actors[n], tokens[n]).state, 2)
    assert answers == ["accepted", "accepted"]
    db.session.expire_all()
    assert [db.session.get_one(Entry, i).unit_id for i in ids] == [there.id, here.id]


def test_two_answers_at_once_are_one(sides: Any, app: Flask) -> None:
    here, there, asker, taker = sides
    entry = unit_entry(here)
    token = ask_transfer(asker, entry, there, "Nhầm huyện").token
    db.session.commit()
    other = coordinator_of(there)
    acts = (lambda: accept_transfer(taker, token).state, lambda: refuse_transfer(other, token, "Không").state)
    answers = at_once(app, lambda number: acts[number](), 2)
    assert answers in (["accepted", Conflict], [Conflict, "refused"])


def test_a_transfer_counts_against_the_new_units_quota(sides: Any) -> None:
    here, there, asker, taker = sides
    set_quota(there, 0)
    entry = unit_entry(here)
    accept_transfer(taker, ask_transfer(asker, entry, there, "Nhầm huyện").token)
    with pytest.raises(Invalid):
        complete_unit(taker, get_edition(YOUTH), there)
    complete_unit(asker, get_edition(YOUTH), here)


def test_the_lists_of_both_sides_are_paged_and_show_little(sides: Any) -> None:
    here, there, asker, taker = sides
    for number in range(3):
        ask_transfer(asker, unit_entry(here, title=f"Bài {number}"), there, "Nhầm huyện")
    edition = get_edition(YOUTH)
    to, source = (get_edition_unit(edition.id, unit.id) for unit in (there, here))
    first = list_asked(to, "in", size=2)
    assert [row.title for row in first.items] == ["Bài 2", "Bài 1"]
    assert first.next_cursor is not None
    assert (count_waiting(to), count_waiting(source)) == (3, 0)
    assert len(list_asked(source, "out").items) == 3
    assert list_asked(source, "in").items == []
    hidden = {"participants", "contact_phone", "contact_email", "summary"}
    assert not hidden & set(first.items[0]._fields)
    assert here.id not in {unit.id for unit in other_units(edition.id, here.id)}


def test_figures_of_a_past_day_stay_what_they_were(sides: Any, at: Any) -> None:
    here, there, asker, taker = sides
    at(2024, 5, 1)
    school = make_school(unit=here)
    entry = unit_entry(here, school=school, day=date(2024, 4, 28))
    edition = get_edition(YOUTH)
    before = figures(edition.id, date(2024, 5, 10))
    at(2024, 5, 20)
    accept_transfer(taker, ask_transfer(asker, entry, there, "Nhầm huyện").token)
    assert figures(edition.id, date(2024, 5, 10)) == before == {here.id: (1, 1)}
    assert figures(edition.id, date(2024, 5, 19)) == before
    assert figures(edition.id, date(2024, 5, 20)) == {there.id: (1, 1)}
    at(2024, 5, 25)
    ask_transfer(organiser(), entry, here, "Chuyển lại", at_once=True)
    days = {day: figures(edition.id, date(2024, 5, day)) for day in (10, 22, 25)}
    assert days == {10: before, 22: {there.id: (1, 1)}, 25: before}
    asked = wanted(edition, "entries", date(2024, 5, 22), there.code)
    assert count_of(asked) == 1
    assert [row.unit for row in page_of(asked, None).items] == [THERE]
    assert count_of(wanted(edition, "entries", date(2024, 5, 22), here.code)) == 0


def figures(edition_id: int, day: date) -> dict[int | None, tuple[int, int]]:
    """Return how many entries and people each unit had on a day."""
    entries = {row.unit_id: row.number for row in count_entries([edition_id], day).get(edition_id, ())}
    people = {row.unit_id: row.number for row in count_people([edition_id], day).get(edition_id, ())}
    return {unit_id: (number, people[unit_id]) for unit_id, number in entries.items()}


def test_a_sheet_saved_from_an_old_page_does_not_follow_the_entry(sides: Any, app: Flask) -> None:
    here, there, asker, taker = sides
    set_round(here)
    user = make_user(Role.SCREENER, unit=here, edition=get_edition(YOUTH))
    make_screener(here, user=user)
    entry = unit_entry(here, Status.RECEIVED)
    screener = actor_for(user)
    token = ask_transfer(asker, entry, there, "Nhầm huyện").token
    # As the screener's request has it: read before the other unit took it over.
    assert entry.unit_id == here.id
    assert at_once(app, lambda _number: accept_transfer(taker, token).state, 1) == ["accepted"]
    set_committed_value(entry, "unit_id", here.id)
    set_committed_value(entry, "status", Status.RECEIVED)
    with pytest.raises(NotFound):
        save_own(screener, entry, Filled({"new": Decimal(9)}, version=0))
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(ScreeningSheet)) == 0
