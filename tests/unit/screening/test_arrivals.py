"""The province confirms what arrived; from then on the unit cannot recall it, and the organiser can with a reason."""

from datetime import date, timedelta

import pytest
from flask import Flask

from contest_portal.contests.models import Edition
from contest_portal.contests.queries import get_edition, get_edition_unit
from contest_portal.core import clock
from contest_portal.core.database import db
from contest_portal.core.errors import Conflict, Invalid, NotAllowed, NotFound
from contest_portal.registration.models import Entry, EntryEvent
from contest_portal.registration.status import Status
from contest_portal.screening.arrivals import queries
from contest_portal.screening.arrivals.models import Arrival
from contest_portal.screening.arrivals.services import Seen, confirm_arrivals, undo_arrival
from contest_portal.screening.imports import import_workbook
from contest_portal.screening.services import Decision, complete_unit, decide, take_back
from tests.counting import counted_statements
from tests.factories import unit_of
from tests.factories.screening import YOUTH, coordinator_of, organiser, set_quota, unit_entry
from tests.factories.workbooks import work, works

SENT, DAY = date(2024, 5, 18), date(2024, 5, 20)


@pytest.fixture
def edition(app: Flask) -> Edition:
    """Return the youth contest."""
    return get_edition(YOUTH)


def sent(**more: object) -> Entry:
    """Return an entry that its unit forwarded."""
    return unit_entry(status=Status.FORWARDED, day=SENT, **more)


def arrived(edition: Edition, **more: object) -> Entry:
    """Return an entry that is at the province."""
    entry = sent(**more)
    confirm_arrivals(organiser(), edition, {entry.reference: Seen("good", "Đủ phụ kiện")}, DAY)
    return entry


def kinds_of(entry: Entry) -> list[str]:
    """Return the kinds of an entry's events in their order."""
    rows = db.session.query(EntryEvent.kind).filter_by(entry_id=entry.id).order_by(EntryEvent.id)
    return [kind for (kind,) in rows]


def test_each_arrival_is_confirmed_with_its_day_and_state_and_stands_in_the_history(edition: Edition) -> None:
    one, other = sent(), sent()
    made = confirm_arrivals(organiser(), edition, {one.reference: Seen("broken", "Vỡ nắp")}, DAY)
    assert [entry.id for entry in made] == [one.id]
    found = queries.find_arrival(one.id)
    assert found is not None
    assert (found.arrived_on, found.condition, found.note) == (DAY, "broken", "Vỡ nắp")
    assert kinds_of(one)[-1] == "arrived"
    assert queries.arrived_among([one.id, other.id]) == {one.id}
    assert one.status == Status.FORWARDED


def test_confirming_twice_writes_once(edition: Edition) -> None:
    entry = arrived(edition)
    assert confirm_arrivals(organiser(), edition, {entry.reference: Seen()}, DAY + timedelta(days=1)) == []
    assert kinds_of(entry).count("arrived") == 1


def test_all_or_none_and_only_what_was_forwarded(edition: Edition) -> None:
    entry, kept = sent(), unit_entry(status=Status.SCREENED, day=SENT)
    with pytest.raises(NotFound):
        confirm_arrivals(organiser(), edition, {entry.reference: Seen(), kept.reference: Seen()}, DAY)
    with pytest.raises(Invalid):
        confirm_arrivals(organiser(), edition, {}, DAY)
    assert db.session.query(Arrival).count() == 0


@pytest.mark.parametrize("day", [SENT - timedelta(days=1), date(2999, 1, 1)])
def test_a_day_before_it_was_sent_or_ahead_is_refused(edition: Edition, day: date) -> None:
    with pytest.raises(Invalid) as refused:
        confirm_arrivals(organiser(), edition, {sent().reference: Seen()}, day)
    assert [problem.field for problem in refused.value.problems] == ["arrived_on"]


def test_an_unknown_state_is_refused(edition: Edition) -> None:
    with pytest.raises(Invalid):
        confirm_arrivals(organiser(), edition, {sent().reference: Seen("stolen")}, DAY)


def test_a_unit_confirms_nothing(edition: Edition) -> None:
    entry = sent()
    with pytest.raises(NotAllowed):
        confirm_arrivals(coordinator_of(unit_of(YOUTH)), edition, {entry.reference: Seen()}, DAY)
    with pytest.raises(NotAllowed):
        undo_arrival(coordinator_of(unit_of(YOUTH)), entry, "Thử")


def test_a_unit_recalls_what_has_not_arrived_and_nothing_else(edition: Edition) -> None:
    on_the_way, there = sent(), arrived(edition)
    coordinator = coordinator_of(unit_of(YOUTH))
    take_back(coordinator, on_the_way, "Chấm nhầm")
    assert on_the_way.status == Status.SCREENED
    with pytest.raises(Conflict) as refused:
        take_back(coordinator, there, "Chấm nhầm")
    assert there.reference in str(refused.value)
    with pytest.raises(Conflict):
        decide(coordinator, get_edition_unit(edition.id, there.unit_id or 0), [there.reference], Decision.KEEP)
    db.session.refresh(there)
    assert there.status == Status.FORWARDED


def test_the_organiser_recalls_with_a_reason_and_the_arrival_goes_with_it(edition: Edition) -> None:
    entry = arrived(edition)
    take_back(organiser(), entry, "Trùng với hồ sơ khác")
    assert (entry.status, queries.find_arrival(entry.id)) == (Status.SCREENED, None)
    assert kinds_of(entry)[-2:] == ["arrival_undone", "moved"]


def test_an_arrival_written_by_mistake_is_taken_back_with_a_reason(edition: Edition) -> None:
    entry = arrived(edition)
    with pytest.raises(Invalid):
        undo_arrival(organiser(), entry, " ")
    undo_arrival(organiser(), entry, "Quét nhầm mã")
    assert (entry.status, queries.find_arrival(entry.id)) == (Status.FORWARDED, None)
    event = db.session.query(EntryEvent).filter_by(entry_id=entry.id, kind="arrival_undone").one()
    assert event.details["before"]["condition"] == "good"
    with pytest.raises(Conflict):
        undo_arrival(organiser(), entry, "Lần nữa")


def test_a_list_does_not_recall_what_the_province_holds(edition: Edition) -> None:
    unit = unit_of(edition)
    import_workbook(organiser(), edition, works(work(1, c9="x"), work(2, c9="x")), effective=SENT)
    first, second = db.session.query(Entry).order_by(Entry.id)
    confirm_arrivals(organiser(), edition, {first.reference: Seen()}, clock.today())
    outcome = import_workbook(
        coordinator_of(unit), edition, works(work(1), work(2, c9="x")), effective=clock.today(), unit=unit
    )
    assert outcome.rejected == 1
    db.session.refresh(first)
    assert first.status == Status.FORWARDED
    assert second.status == Status.FORWARDED


def test_arrivals_go_on_after_the_unit_is_complete(edition: Edition) -> None:
    entry = sent()
    complete_unit(coordinator_of(unit_of(YOUTH)), edition, unit_of(YOUTH))
    confirm_arrivals(organiser(), edition, {entry.reference: Seen()}, clock.today())
    assert queries.arrived_in(edition.id) == {entry.id}


def test_lists_and_figures_are_by_unit_and_by_what_is_missing(edition: Edition) -> None:
    there, missing = arrived(edition), sent()
    far = sent(unit=unit_of(YOUTH, "Huyện Yên Thế"))
    assert [line.reference for line in queries.list_sent(edition).items] == [
        far.reference,
        missing.reference,
        there.reference,
    ]
    unit_code = unit_of(YOUTH).code
    own = queries.list_sent(edition, unit_code=unit_code, missing=True).items
    assert [line.reference for line in own] == [missing.reference]
    figures = {row.code: (row.sent, row.arrived) for row in queries.arrivals_by_unit(edition, SENT)}
    assert figures == {unit_code: (2, 1), unit_of(YOUTH, "Huyện Yên Thế").code: (1, 0)}


def test_it_is_told_who_forwarded_when_and_what_is_overdue(edition: Edition) -> None:
    unit = unit_of(YOUTH)
    coordinator = coordinator_of(unit, full_name="Trần Thị Gửi")
    old, there = sent(), arrived(edition)
    again = unit_entry(status=Status.SCREENED, day=SENT)
    place = get_edition_unit(edition.id, unit.id)
    decide(coordinator, place, [again.reference], Decision.FORWARD, SENT)
    take_back(coordinator, again, "Xem lại", SENT)
    decide(coordinator, place, [again.reference], Decision.FORWARD, DAY)
    lines = {line.reference: line for line in queries.list_sent(edition).items}
    assert (lines[again.reference].sent_by, lines[again.reference].sent_on) == ("Trần Thị Gửi", DAY)
    assert {lines[old.reference].sent_on, lines[there.reference].sent_on} == {SENT}
    late = queries.list_sent(edition, missing=True, overdue=DAY - timedelta(days=1)).items
    assert [line.reference for line in late] == [old.reference]
    for day, number in ((DAY - timedelta(days=1), 1), (DAY, 2), (SENT - timedelta(days=1), 0)):
        (figures,) = queries.arrivals_by_unit(edition, day)
        assert (figures.sent, figures.arrived, figures.overdue) == (3, 1, number)


def test_lists_cost_the_same_for_many(edition: Edition) -> None:
    set_quota(unit_of(YOUTH), 100)
    counts = []
    for many in (1, 3, 30):
        for _ in range(many):
            sent()
        with counted_statements() as statements:
            queries.list_sent(edition)
            queries.arrivals_by_unit(edition, DAY)
        counts.append(len(statements))
    assert counts == [2, 2, 2]
