"""Screeners' sheets and the score they make, on both databases."""

import threading
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import func, select

from contest_portal.accounts.actor import SYSTEM, Actor, Role
from contest_portal.contests.queries import get_edition
from contest_portal.core.audit import AuditRecord, first_broken
from contest_portal.core.database import db
from contest_portal.core.errors import Conflict, Invalid, NotAllowed, NotFound, PortalError
from contest_portal.registration.models import Entry
from contest_portal.registration.queries import history_of
from contest_portal.registration.status import Status
from contest_portal.screening.queries import find_result
from contest_portal.screening.round.board import end_screener
from contest_portal.screening.round.models import Screener, ScreeningSheet
from contest_portal.screening.round.sheet_queries import (
    find_sheet,
    my_entries,
    my_entry,
    neighbours,
    next_unmarked,
    points_of,
    seats_of,
)
from contest_portal.screening.round.sheets import Filled, close_with_fewer, reopen, save_own, type_in, type_in_many
from contest_portal.screening.services import Decision, Verdict, complete_unit, decide, record_result, take_back
from tests.factories.people import actor_for, make_user, unit_of
from tests.factories.screening import YOUTH, coordinator_of, make_screener, set_quota, set_round, unit_entry

WHOLE = {"new": "24.5", "use": "30"}


def _filled(version: int = 0, remark: str | None = None, **points: str) -> Filled:
    return Filled({code: Decimal(value) for code, value in points.items()}, remark, version)


def _marker(name: str = "Vũ Thị Chấm") -> tuple[Actor, Screener]:
    """Return somebody with an account who marks for the usual unit."""
    user = make_user(full_name=name)
    seat = make_screener(full_name=name, user=user)
    return actor_for(user), seat


def _score(entry: Entry) -> Decimal | None:
    result = find_result(entry.id)
    return result.score if result else None


def test_a_half_filled_sheet_is_kept_with_every_point_and_nobody_is_scored(app: Flask) -> None:
    set_round(unit_of(YOUTH))
    actor, seat = _marker()
    entry = unit_entry(status=Status.RECEIVED)
    sheet = save_own(actor, entry, _filled(new="24.5", remark="  Còn xem  thêm "))
    assert (points_of(sheet), sheet.total, sheet.remark) == ({"new": Decimal("24.5")}, None, "Còn xem thêm")
    assert (sheet.submitted_at, sheet.typed_by, sheet.version) == (None, None, 1)
    again = save_own(actor, entry, _filled(1, use="30"))
    assert (points_of(again), again.version, again.id) == ({"use": Decimal(30)}, 2, sheet.id)
    assert (entry.status, _score(entry)) == (Status.RECEIVED, None)
    assert find_sheet(entry.id, seat.id) is not None


def test_the_last_sheet_makes_the_score_and_history_says_from_which(app: Flask) -> None:
    set_round(unit_of(YOUTH))
    (one, _), (two, _) = _marker("Lê Một"), _marker("Lê Hai")
    make_screener(full_name="Lê Thư Ký", post="secretary", marks=False)
    entry = unit_entry(status=Status.RECEIVED)
    sheet = save_own(one, entry, _filled(**WHOLE), submit=True)
    assert sheet.total == Decimal("84.5")
    assert (entry.status, _score(entry)) == (Status.RECEIVED, None)
    save_own(two, entry, _filled(new="25", use="30"), submit=True)
    assert (entry.status, _score(entry)) == (Status.SCREENED, Decimal("84.75"))
    event = history_of(entry)[-1]
    assert (event.status_from, event.status_to) == ("received", "screened")
    assert event.details["screening"]["sheets"] == [
        {"screener": "Lê Một", "total": "84.5"},
        {"screener": "Lê Hai", "total": "85"},
    ]
    assert first_broken() is None


@pytest.mark.parametrize(
    ("points", "field", "sentence"),
    [
        ({"new": "31"}, "points_new", "Điểm phải từ 0 đến 30."),
        ({"new": "-1"}, "points_new", "Điểm phải từ 0 đến 30."),
        ({"use": "7.3"}, "points_use", "Điểm phải là bội số của 0,5."),
        ({"other": "1"}, None, "Có tiêu chí không thuộc phiếu này."),
    ],
)
def test_bad_points_are_refused_on_the_server(app: Flask, points: dict[str, str], field: str, sentence: str) -> None:
    set_round(unit_of(YOUTH))
    actor, _seat = _marker()
    entry = unit_entry(status=Status.RECEIVED)
    with pytest.raises(Invalid) as refused:
        save_own(actor, entry, _filled(**points))
    assert [(p.field, str(p.message)) for p in refused.value.problems] == [(field, sentence)]
    assert db.session.scalar(select(func.count()).select_from(ScreeningSheet)) == 0


def test_only_a_whole_sheet_is_handed_in(app: Flask) -> None:
    set_round(unit_of(YOUTH))
    actor, _seat = _marker()
    entry = unit_entry(status=Status.RECEIVED)
    with pytest.raises(Invalid) as refused:
        save_own(actor, entry, _filled(new="20"), submit=True)
    assert [p.field for p in refused.value.problems] == ["points_use"]


def test_another_window_that_was_quicker_is_told(app: Flask) -> None:
    set_round(unit_of(YOUTH))
    actor, _seat = _marker()
    entry = unit_entry(status=Status.RECEIVED)
    save_own(actor, entry, _filled(new="20"))
    with pytest.raises(Conflict):
        save_own(actor, entry, _filled(0, new="10"))
    with pytest.raises(Conflict):
        save_own(actor, entry, Filled({"new": Decimal(10)}))


@pytest.mark.parametrize("status", [Status.SUBMITTED, Status.FORWARDED, Status.NOT_FORWARDED])
def test_only_entries_that_are_there_and_undecided_are_marked(app: Flask, status: Status) -> None:
    entry = unit_entry(status=status)
    set_round(unit_of(YOUTH))
    actor, _seat = _marker()
    with pytest.raises(Conflict):
        save_own(actor, entry, _filled(**WHOLE))


def test_nothing_is_marked_in_a_complete_unit(app: Flask) -> None:
    entry = unit_entry(status=Status.FORWARDED)
    set_round(unit_of(YOUTH))
    actor, _seat = _marker()
    complete_unit(SYSTEM, get_edition(YOUTH), unit_of(YOUTH))
    with pytest.raises(Conflict):
        save_own(actor, entry, _filled(**WHOLE))


def test_strangers_and_those_who_left_or_do_not_mark_find_nothing(app: Flask) -> None:
    unit, edition = unit_of(YOUTH), get_edition(YOUTH)
    set_round(unit)
    set_round(unit_of(YOUTH, "Huyện Yên Thế"))
    entry, far = unit_entry(status=Status.RECEIVED), unit_entry(unit_of(YOUTH, "Huyện Yên Thế"), Status.RECEIVED)
    actor, seat = _marker()
    assert my_entry(actor, entry.reference)[1].id == seat.id
    with pytest.raises(NotFound):
        my_entry(actor, far.reference)
    with pytest.raises(NotFound):
        save_own(actor, far, _filled(**WHOLE))
    end_screener(SYSTEM, edition, unit.id, seat.token)
    with pytest.raises(NotFound):
        save_own(actor, entry, _filled(**WHOLE))
    with pytest.raises(NotFound):
        my_entry(actor, entry.reference)
    assert seats_of(actor) == []
    for other in (coordinator_of(unit), actor_for(make_user(Role.JUDGE))):
        with pytest.raises(NotFound):
            save_own(other, entry, _filled(**WHOLE))


def test_a_unit_with_one_agreed_score_takes_no_sheets(app: Flask) -> None:
    actor, _seat = _marker()
    entry = unit_entry(status=Status.RECEIVED)
    with pytest.raises(Conflict):
        save_own(actor, entry, _filled(**WHOLE))
    with pytest.raises(NotFound):
        my_entry(actor, entry.reference)


def test_a_score_made_by_sheets_is_not_typed_over(app: Flask) -> None:
    unit = unit_of(YOUTH)
    set_round(unit)
    actor, _seat = _marker()
    entry = unit_entry(status=Status.RECEIVED)
    with pytest.raises(Invalid):
        record_result(SYSTEM, entry, Verdict(entry.status_on, Decimal(90)))
    save_own(actor, entry, _filled(**WHOLE), submit=True)
    with pytest.raises(Invalid):
        record_result(SYSTEM, entry, Verdict(entry.status_on, Decimal(90)), version=1)
    result = record_result(SYSTEM, entry, Verdict(entry.status_on, Decimal("84.5"), "Giải nhì"), version=1)
    assert (result.score, result.prize) == (Decimal("84.5"), "Giải nhì")


def test_a_sheet_that_was_handed_in_is_opened_by_the_coordinator_with_a_reason(app: Flask) -> None:
    unit = unit_of(YOUTH)
    set_round(unit)
    (one, seat), (two, _) = _marker("Lê Một"), _marker("Lê Hai")
    coordinator, entry = coordinator_of(unit), unit_entry(status=Status.RECEIVED)
    for actor in (one, two):
        save_own(actor, entry, _filled(**WHOLE), submit=True)
    with pytest.raises(Conflict):
        save_own(one, entry, _filled(1, **WHOLE))
    with pytest.raises(Invalid):
        reopen(coordinator, entry, seat.token, "  ")
    with pytest.raises((NotFound, NotAllowed)):
        reopen(one, entry, seat.token, "Tôi muốn sửa")
    sheet = reopen(coordinator, entry, seat.token, "Cộng nhầm")
    assert (entry.status, _score(entry)) == (Status.RECEIVED, None)
    assert history_of(entry)[-1].reason == "Cộng nhầm"
    with pytest.raises(Conflict):
        reopen(coordinator, entry, seat.token, "Lần nữa")
    save_own(one, entry, _filled(sheet.version, new="20.5", use="30"), submit=True)
    assert (entry.status, _score(entry)) == (Status.SCREENED, Decimal("82.5"))
    decide(coordinator, set_quota(unit, None), [entry.reference], Decision.FORWARD)
    with pytest.raises(Conflict):
        reopen(coordinator, entry, seat.token, "Quá muộn")
    take_back(coordinator, entry, "Xin sửa")
    reopen(coordinator, entry, seat.token, "Nay sửa được")
    last = db.session.scalars(
        select(AuditRecord).where(AuditRecord.action == "screening.sheet_reopened").order_by(AuditRecord.id.desc())
    ).first()
    assert last is not None
    assert last.after["reason"] == "Nay sửa được"
    assert first_broken() is None


def test_a_coordinator_scores_from_fewer_sheets_with_a_reason(app: Flask) -> None:
    unit = unit_of(YOUTH)
    set_round(unit)
    (one, _), (late, _) = _marker("Lê Một"), _marker("Lê Muộn")
    coordinator, entry = coordinator_of(unit), unit_entry(status=Status.RECEIVED)
    with pytest.raises(Conflict):
        close_with_fewer(coordinator, entry, "Chưa ai chấm")
    save_own(one, entry, _filled(**WHOLE), submit=True)
    with pytest.raises(Invalid):
        close_with_fewer(coordinator, entry, "")
    assert close_with_fewer(coordinator, entry, "Lê Muộn ốm") == Decimal("84.5")
    assert (entry.status, history_of(entry)[-1].reason) == (Status.SCREENED, "Lê Muộn ốm")
    # Whoever comes after all is counted, until the entry is decided.
    save_own(late, entry, _filled(new="20.5", use="30"), submit=True)
    assert _score(entry) == Decimal("82.5")
    assert history_of(entry)[-1].kind == "changed"
    with pytest.raises(Conflict):
        close_with_fewer(coordinator, entry, "Không thiếu ai")


def test_whoever_left_after_handing_in_still_counts_and_is_owed_by_nobody(app: Flask) -> None:
    unit, edition = unit_of(YOUTH), get_edition(YOUTH)
    set_round(unit)
    (one, gone), (two, _) = _marker("Lê Một"), _marker("Lê Hai")
    entry = unit_entry(status=Status.RECEIVED)
    save_own(one, entry, _filled(**WHOLE), submit=True)
    end_screener(SYSTEM, edition, unit.id, gone.token)
    save_own(two, entry, _filled(new="25", use="30"), submit=True)
    assert (entry.status, _score(entry)) == (Status.SCREENED, Decimal("84.75"))


def test_what_waited_only_for_somebody_who_left_is_scored(app: Flask) -> None:
    unit, edition = unit_of(YOUTH), get_edition(YOUTH)
    set_round(unit)
    (one, _), (_two, leaving) = _marker("Lê Một"), _marker("Lê Hai")
    entry, untouched = unit_entry(status=Status.RECEIVED), unit_entry(status=Status.RECEIVED)
    save_own(one, entry, _filled(**WHOLE), submit=True)
    assert entry.status == Status.RECEIVED
    end_screener(coordinator_of(unit), edition, unit.id, leaving.token)
    assert (entry.status, _score(entry)) == (Status.SCREENED, Decimal("84.5"))
    assert untouched.status == Status.RECEIVED


def test_a_paper_sheet_is_typed_in_for_a_member_without_an_account(app: Flask) -> None:
    unit = unit_of(YOUTH)
    set_round(unit)
    paper, (own, with_account) = make_screener(full_name="Ông Giấy"), _marker("Lê Một")
    coordinator, entry = coordinator_of(unit), unit_entry(status=Status.RECEIVED)
    sheet = type_in(coordinator, entry, paper.token, _filled(**WHOLE), submit=True)
    assert (sheet.typed_by, sheet.submitted_at is None) == (coordinator.user_id, False)
    with pytest.raises(Conflict):
        type_in(coordinator, entry, with_account.token, _filled(**WHOLE))
    with pytest.raises((NotFound, NotAllowed)):
        type_in(own, entry, paper.token, _filled(1, **WHOLE))
    with pytest.raises(NotFound):
        type_in(coordinator_of(unit_of(YOUTH, "Huyện Yên Thế")), entry, paper.token, _filled(1, **WHOLE))


def test_a_pile_is_typed_in_whole_or_not_at_all(app: Flask) -> None:
    unit = unit_of(YOUTH)
    set_round(unit)
    paper, coordinator = make_screener(full_name="Ông Giấy"), coordinator_of(unit)
    first, second, third = (unit_entry(status=Status.RECEIVED) for _ in range(3))
    key = (get_edition(YOUTH).id, unit.id, paper.token)
    with pytest.raises(Invalid) as refused:
        type_in_many(coordinator, *key, [(first, _filled(**WHOLE)), (second, _filled(new="99"))])
    assert [p.field for p in refused.value.problems] == [f"{second.reference}:points_new"]
    assert find_sheet(first.id, paper.id) is None
    rows = [(first, _filled(**WHOLE)), (second, _filled(new="9")), (third, _filled())]
    assert type_in_many(coordinator, *key, rows) == (1, 1)
    assert (first.status, second.status) == (Status.SCREENED, Status.RECEIVED)
    assert find_sheet(third.id, paper.id) is None
    # Pressed once more with what the page now shows: nothing is written twice.
    assert type_in_many(coordinator, *key, [(second, _filled(1, new="9"))]) == (0, 0)
    assert type_in_many(coordinator, *key, [(second, _filled(1, new="9", use="10"))]) == (1, 0)
    assert _score(second) == Decimal(29)


def test_a_screener_sees_progress_neighbours_and_what_is_left(app: Flask) -> None:
    set_round(unit_of(YOUTH))
    actor, seat = _marker()
    other, _ = _marker("Lê Hai")
    entries = sorted((unit_entry(status=Status.RECEIVED) for _ in range(3)), key=lambda entry: entry.reference)
    unit_entry(status=Status.SUBMITTED)
    first, middle, last = (entry.reference for entry in entries)
    save_own(actor, entries[1], _filled(**WHOLE), submit=True)
    save_own(other, entries[0], _filled(**WHOLE), submit=True)
    save_own(actor, entries[2], _filled(new="1"))
    assert [(found.done, found.all) for found in seats_of(actor)] == [(1, 3)]
    assert [(row.reference, row.state) for row in my_entries(seat).items] == [
        (first, "todo"),
        (middle, "done"),
        (last, "doing"),
    ]
    assert neighbours(seat, middle) == (first, last)
    assert neighbours(seat, first) == (None, middle)
    assert (next_unmarked(seat, middle), next_unmarked(seat, last)) == (last, first)


def test_two_first_savings_at_once_give_one_sheet(both: Flask) -> None:
    with both.app_context():
        set_round(unit_of(YOUTH))
        actor, _seat = _marker()
        entry_id = unit_entry(status=Status.RECEIVED).id
        db.session.remove()
    barrier, answers = threading.Barrier(2), []

    def post(points: str) -> None:
        with both.app_context():
            entry = db.session.get_one(Entry, entry_id)
            barrier.wait(timeout=20)
            try:
                save_own(actor, entry, _filled(new=points))
                answers.append("saved")
            except PortalError as error:
                answers.append(type(error).__name__)

    threads = [threading.Thread(target=post, args=(points,)) for points in ("10", "20")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    with both.app_context():
        assert db.session.scalar(select(func.count()).select_from(ScreeningSheet)) == 1
    assert sorted(answers) == ["Conflict", "saved"]
