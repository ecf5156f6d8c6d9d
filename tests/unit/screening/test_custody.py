"""Models go from hand to hand by slips: who holds one is known, numbers are never given twice, nothing is deleted."""

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from contest_portal.accounts.actor import SYSTEM
from contest_portal.contests.models import Edition, EditionUnit
from contest_portal.contests.queries import get_edition, get_edition_unit
from contest_portal.core import clock
from contest_portal.core.database import db, transaction
from contest_portal.core.errors import Conflict, Invalid, NotAllowed, NotFound
from contest_portal.core.paging import decode
from contest_portal.registration.models import Entry, EntryEvent
from contest_portal.registration.status import Status
from contest_portal.screening.arrivals.queries import find_arrival
from contest_portal.screening.arrivals.services import Seen, confirm_arrivals
from contest_portal.screening.custody import queries, services
from contest_portal.screening.custody.holding import STEPS, Holder, Log, Side, Step, holder_of
from contest_portal.screening.custody.models import Handover
from contest_portal.screening.custody.services import Slip
from contest_portal.screening.reception.parcels import Parcel
from contest_portal.screening.services import complete_unit, take_back
from contest_portal.screening.services.entries import add_reception
from tests.at_once import at_once
from tests.counting import counted_statements
from tests.factories import unit_of
from tests.factories.screening import YOUTH, coordinator_of, organiser, unit_entry

SENT, DAY = date(2024, 5, 18), date(2024, 5, 20)
TO_PROVINCE = Slip(Side.UNIT, Side.PROVINCE, DAY, "Ông Nghĩa", "Bà Hòa", "Một xe")


@pytest.fixture
def edition(app: Flask) -> Edition:
    """Return the youth contest."""
    return get_edition(YOUTH)


@pytest.fixture
def place(edition: Edition) -> EditionUnit:
    """Return the unit whose models go about."""
    return get_edition_unit(edition.id, unit_of(edition).id)


def held(status: Status = Status.FORWARDED, **more: Any) -> Entry:
    """Return an entry whose model is with its unit."""
    entry = unit_entry(status=status, day=SENT, **more)
    with transaction():
        add_reception(organiser(), entry, Parcel(SENT))
    return entry


def slip_of(place: EditionUnit, *entries: Entry, slip: Slip = TO_PROVINCE, condition: str = "good") -> Handover:
    """Write a slip as the unit's coordinator, or the organiser where the province gives."""
    actor = organiser() if slip.giver is Side.PROVINCE else coordinator_of(place.unit)
    models = {entry.reference: Seen(condition) for entry in entries}
    return services.make_slip(actor, get_edition(YOUTH), place, slip, models)


def holder(entry: Entry) -> Holder:
    """Return who holds an entry's model."""
    return queries.holders_of([entry.id])[entry.id]


def test_the_whole_way_from_the_school_to_the_province_and_back(edition: Edition, place: EditionUnit) -> None:
    waiting = unit_entry(status=Status.SUBMITTED, day=SENT)
    assert holder(waiting).side is Side.SCHOOL
    slip_of(place, waiting, slip=Slip(Side.SCHOOL, Side.UNIT, DAY))
    assert (holder(waiting).side, holder(waiting).on_the_way) == (Side.UNIT, False)
    entry = held()
    assert holder(entry).side is Side.UNIT
    going = slip_of(place, entry)
    assert (holder(entry).side, holder(entry).towards) == (Side.UNIT, Side.PROVINCE)
    services.confirm_slip(organiser(), edition, going, DAY + timedelta(days=1))
    assert (holder(entry).side, holder(entry).since) == (Side.PROVINCE, DAY + timedelta(days=1))
    back = slip_of(place, entry, slip=Slip(Side.PROVINCE, Side.UNIT, DAY + timedelta(days=2)), condition="broken")
    services.confirm_slip(coordinator_of(place.unit), edition, back, DAY + timedelta(days=3))
    assert (holder(entry).side, holder(entry).condition) == (Side.UNIT, "broken")
    home = slip_of(place, entry, slip=Slip(Side.UNIT, Side.SCHOOL, DAY + timedelta(days=4)))
    assert (holder(entry).side, holder(entry).towards) == (Side.UNIT, Side.SCHOOL)
    services.confirm_slip(coordinator_of(place.unit), edition, home, DAY + timedelta(days=5))
    assert (holder(entry).side, holder(entry).since) == (Side.SCHOOL, DAY + timedelta(days=5))
    kinds = [kind for (kind,) in db.session.query(EntryEvent.kind).filter_by(entry_id=entry.id)]
    assert (kinds.count("handover"), kinds.count("handover_received")) == (3, 3)


def test_confirming_at_the_province_is_the_arrival_of_what_was_forwarded(edition: Edition, place: EditionUnit) -> None:
    sent, kept = held(), held(Status.NOT_FORWARDED, score="40")
    going = slip_of(place, sent, kept)
    services.confirm_slip(organiser(), edition, going, DAY)
    arrival = find_arrival(sent.id)
    assert arrival is not None
    assert (arrival.arrived_on, arrival.condition) == (DAY, "good")
    assert find_arrival(kept.id) is None
    with pytest.raises(Conflict):
        services.confirm_slip(organiser(), edition, going, DAY)


def test_a_model_that_is_elsewhere_is_on_no_slip(edition: Edition, place: EditionUnit) -> None:
    entry, at_school = held(), unit_entry(status=Status.SUBMITTED, day=SENT)
    slip_of(place, entry)
    for other in (entry, at_school):
        with pytest.raises(Invalid) as refused:
            slip_of(place, other)
        assert other.reference in str(refused.value)


def test_only_steps_along_the_way_and_only_from_ones_own_side(edition: Edition, place: EditionUnit) -> None:
    entry = held()
    with pytest.raises(Invalid):
        slip_of(place, entry, slip=Slip(Side.SCHOOL, Side.PROVINCE, DAY))
    stranger = coordinator_of(unit_of(YOUTH, "Huyện Yên Thế"))
    with pytest.raises(NotFound):
        services.make_slip(stranger, edition, place, TO_PROVINCE, {entry.reference: Seen()})
    with pytest.raises(NotAllowed):
        back = Slip(Side.PROVINCE, Side.UNIT, DAY)
        services.make_slip(coordinator_of(place.unit), edition, place, back, {entry.reference: Seen()})
    going = slip_of(place, entry)
    with pytest.raises(NotAllowed):
        services.confirm_slip(coordinator_of(place.unit), edition, going, DAY)
    with pytest.raises(NotFound):
        queries.get_slip(stranger, going.token)


@pytest.mark.parametrize(
    ("slip", "condition"),
    [(Slip(Side.UNIT, Side.PROVINCE, date(2999, 1, 1)), "good"), (TO_PROVINCE, "stolen")],
)
def test_a_day_ahead_and_an_unknown_state_are_refused(place: EditionUnit, slip: Slip, condition: str) -> None:
    with pytest.raises(Invalid):
        slip_of(place, held(), slip=slip, condition=condition)


def test_foreign_entries_and_no_entries_are_refused(place: EditionUnit) -> None:
    far = held(unit=unit_of(YOUTH, "Huyện Yên Thế"))
    with pytest.raises(NotFound):
        slip_of(place, far)
    with pytest.raises(Invalid):
        slip_of(place)


@pytest.mark.parametrize("day", [DAY - timedelta(days=1), date(2999, 1, 1)])
def test_it_cannot_come_before_it_went_nor_in_the_future(edition: Edition, place: EditionUnit, day: date) -> None:
    with pytest.raises(Invalid) as refused:
        services.confirm_slip(organiser(), edition, slip_of(place, held()), day)
    assert [problem.field for problem in refused.value.problems] == ["confirmed_on"]


def test_numbers_run_within_a_unit_and_one_form_makes_one_slip(edition: Edition, place: EditionUnit) -> None:
    actor, entry, other = coordinator_of(place.unit), held(), held()
    first = services.make_slip(actor, edition, place, TO_PROVINCE, {entry.reference: Seen()}, once_token="o" * 20)
    again = services.make_slip(actor, edition, place, TO_PROVINCE, {entry.reference: Seen()}, once_token="o" * 20)
    second = slip_of(place, other)
    assert (first.id, first.number[-4:], second.number[-4:]) == (again.id, "0001", "0002")


def test_slips_of_one_second_have_numbers_of_their_own(app: Flask) -> None:
    references = [held(score=str(90 - n)).reference for n in range(6)]

    def write(number: int) -> str:
        edition = get_edition(YOUTH)
        here = get_edition_unit(edition.id, unit_of(edition).id)
        return services.make_slip(SYSTEM, edition, here, TO_PROVINCE, {references[number]: Seen()}).number

    assert len(set(at_once(app, write, many=6))) == 6


def test_models_go_back_after_the_unit_is_complete(edition: Edition, place: EditionUnit) -> None:
    entry = held(Status.NOT_FORWARDED, score="40")
    complete_unit(coordinator_of(place.unit), edition, place.unit)
    home = slip_of(place, entry, slip=Slip(Side.UNIT, Side.SCHOOL, clock.today()))
    services.confirm_slip(coordinator_of(place.unit), edition, home)
    assert holder(entry).side is Side.SCHOOL


def test_many_are_known_in_the_same_number_of_statements(place: EditionUnit) -> None:
    counts = []
    for many in (1, 3, 30):
        entries = [held(Status.RECEIVED) for _ in range(many)]
        slip_of(place, *entries)
        with counted_statements() as sent:
            assert len(queries.holders_of([entry.id for entry in entries])) == many
        counts.append(len(sent))
    assert counts == [1, 1, 1]


def test_lists_are_of_a_unit_or_of_what_is_on_the_way(edition: Edition, place: EditionUnit) -> None:
    there, going = slip_of(place, held()), slip_of(place, held())
    services.confirm_slip(organiser(), edition, there, DAY)
    assert [slip.id for slip in queries.list_slips(edition.id, unit_id=place.unit_id).items] == [going.id, there.id]
    assert [slip.id for slip in queries.list_slips(edition.id, waiting=True).items] == [going.id]
    assert [entry.id for entry in queries.list_held(place, Side.PROVINCE).items] == [there.lines[0].entry_id]


def test_what_did_not_come_goes_back_by_a_slip_of_its_own(edition: Edition, place: EditionUnit) -> None:
    here, lost = held(), held()
    going = slip_of(place, here, lost)
    with pytest.raises(Invalid) as refused:
        services.confirm_slip(organiser(), edition, going, DAY, [])
    assert [problem.field for problem in refused.value.problems] == ["came"]
    with pytest.raises(NotFound):
        services.confirm_slip(organiser(), edition, going, DAY, [held().reference])
    back = services.confirm_slip(organiser(), edition, going, DAY, [here.reference])
    assert back is not None
    assert (back.number[-4:], back.giver, back.taker) == ("0002", "province", "unit")
    assert going.number in (back.note or "")
    assert (holder(here).side, holder(lost).side, holder(lost).on_the_way) == (Side.PROVINCE, Side.UNIT, False)
    assert find_arrival(here.id) is not None
    assert find_arrival(lost.id) is None


def test_a_wrong_slip_is_cancelled_with_a_reason_and_stays_to_be_read(edition: Edition, place: EditionUnit) -> None:
    entry, coordinator = held(), coordinator_of(place.unit)
    before = holder(entry)
    going = slip_of(place, entry)
    with pytest.raises(Invalid):
        services.cancel_slip(coordinator, going, " ")
    with pytest.raises(NotFound):
        services.cancel_slip(coordinator_of(unit_of(YOUTH, "Huyện Yên Thế")), going, "Nhầm")
    services.cancel_slip(coordinator, going, "Chọn nhầm mô hình")
    assert holder(entry) == before
    event = db.session.query(EntryEvent).filter_by(entry_id=entry.id, kind="handover_cancelled").one()
    assert (event.reason, event.details["handover"]["number"]) == ("Chọn nhầm mô hình", going.number)
    assert queries.get_slip(coordinator, going.token).cancelled
    assert [slip.id for slip in queries.list_slips(edition.id, unit_id=place.unit_id).items] == [going.id]
    assert queries.list_slips(edition.id, waiting=True).items == []
    for again in (services.cancel_slip, lambda *given: services.confirm_slip(organiser(), edition, going, DAY)):
        with pytest.raises(Conflict):
            again(coordinator, going, "Lần nữa")
    assert slip_of(place, entry).number.endswith("0002")


def test_what_a_school_brought_is_cancelled_until_it_went_on(edition: Edition, place: EditionUnit) -> None:
    brought, gone = (unit_entry(status=Status.SUBMITTED, day=SENT) for _ in range(2))
    desk = Slip(Side.SCHOOL, Side.UNIT, DAY)
    slips = [slip_of(place, brought, slip=desk), slip_of(place, gone, slip=desk)]
    home = slip_of(place, gone, slip=Slip(Side.UNIT, Side.SCHOOL, DAY))
    services.cancel_slip(coordinator_of(place.unit), slips[0], "Trường khác")
    assert holder(brought).side is Side.SCHOOL
    with pytest.raises(Conflict):
        services.cancel_slip(coordinator_of(place.unit), slips[1], "Trường khác")
    services.cancel_slip(coordinator_of(place.unit), home, "Chưa trả")
    assert services.may_be_cancelled(slips[1])


def test_a_confirmed_slip_is_not_cancelled(edition: Edition, place: EditionUnit) -> None:
    entry = held()
    going = slip_of(place, entry)
    services.confirm_slip(organiser(), edition, going, DAY)
    with pytest.raises(Conflict):
        services.cancel_slip(organiser(), going, "Nhầm")
    assert holder(entry).side is Side.PROVINCE


def test_a_model_does_not_go_before_it_came(place: EditionUnit) -> None:
    with pytest.raises(Invalid) as refused:
        slip_of(place, held(), slip=Slip(Side.UNIT, Side.PROVINCE, SENT - timedelta(days=1)))
    assert [problem.field for problem in refused.value.problems] == ["happened_on"]


def test_an_arrival_says_that_what_was_on_the_way_has_come(edition: Edition, place: EditionUnit) -> None:
    entry = held()
    slip_of(place, entry)
    confirm_arrivals(organiser(), edition, {entry.reference: Seen("flawed")}, DAY)
    assert (holder(entry).side, holder(entry).on_the_way, holder(entry).condition) == (Side.PROVINCE, False, "flawed")
    assert [found.id for found in queries.list_held(place, Side.PROVINCE).items] == [entry.id]


def test_what_a_unit_recalled_meanwhile_does_not_arrive(edition: Edition, place: EditionUnit) -> None:
    entry = held()
    going = slip_of(place, entry)
    take_back(coordinator_of(place.unit), entry, "Chấm lại", DAY)
    services.confirm_slip(organiser(), edition, going, DAY)
    assert find_arrival(entry.id) is None
    assert holder(entry).side is Side.PROVINCE


def test_a_slip_is_found_by_its_code_and_its_number(edition: Edition, place: EditionUnit) -> None:
    going = slip_of(place, held())
    actor = coordinator_of(place.unit)
    for scanned in (going.number.lower(), going.token, f"https://hoi-thi.example/screening/slips/{going.token}"):
        found = queries.find_scanned_slip(actor, edition.id, scanned)
        assert found is not None
        assert found.id == going.id
    assert queries.find_scanned_slip(actor, edition.id, "TN24-217-9999") is None
    assert queries.find_scanned_slip(coordinator_of(unit_of(YOUTH, "Huyện Yên Thế")), edition.id, going.number) is None


def test_lists_agree_with_what_is_said_of_each(edition: Edition, place: EditionUnit) -> None:
    waiting, mine, going, there = unit_entry(status=Status.SUBMITTED, day=SENT), held(), held(), held()
    slip_of(place, going)
    services.confirm_slip(organiser(), edition, slip_of(place, there), DAY)
    every = [waiting, mine, going, there]
    holders = queries.holders_of([entry.id for entry in every])
    for side in Side:
        told = {entry.id for entry in every if holders[entry.id].side is side and not holders[entry.id].on_the_way}
        assert {entry.id for entry in queries.list_held(place, side).items} == told
        assert len(told) == 1


def test_what_is_held_is_listed_page_by_page(place: EditionUnit) -> None:
    every = sorted(held(Status.RECEIVED).reference for _ in range(5))
    first = queries.list_held(place, Side.UNIT, size=3)
    rest = queries.list_held(place, Side.UNIT, size=3, cursor=decode(first.next_cursor))
    assert [entry.reference for entry in [*first.items, *rest.items]] == every
    assert rest.next_cursor is None


DAYS = st.dates(date(2024, 1, 1), date(2024, 12, 31))


@given(st.sampled_from(sorted(STEPS)), DAYS, st.one_of(st.none(), DAYS), st.one_of(st.none(), DAYS))
def test_an_unconfirmed_slip_is_on_the_way_and_a_confirmed_one_has_arrived(
    way: tuple[Side, Side], given_on: date, received: date | None, arrived: date | None
) -> None:
    nothing = Log(received=False)
    going = holder_of(Step(*way, given_on, None, None, "1"), nothing)
    assert (going.side, going.towards, going.on_the_way) == (way[0], way[1], True)
    there = holder_of(Step(*way, given_on, given_on, None, "1"), nothing)
    assert (there.side, there.on_the_way) == (way[1], False)
    logged = holder_of(None, Log(received is not None, received, arrived))
    assert logged.side is (Side.PROVINCE if arrived else Side.UNIT if received else Side.SCHOOL)


def test_a_transferred_entry_begins_anew_with_the_other_unit(edition: Edition, place: EditionUnit) -> None:
    entry = held(Status.RECEIVED)
    before = services.make_slip(
        coordinator_of(place.unit), edition, place, Slip(Side.UNIT, Side.SCHOOL, DAY), {entry.reference: Seen()}
    )
    other = get_edition_unit(edition.id, unit_of(YOUTH, "Huyện Yên Thế").id)
    with transaction():
        entry.unit_id, entry.status = other.unit_id, Status.SUBMITTED
    assert queries.holders_of([entry.id])[entry.id].side is Side.SCHOOL
    assert queries.list_held(other, Side.UNIT).items == []
    with pytest.raises(Invalid):
        services.make_slip(coordinator_of(other.unit), edition, other, TO_PROVINCE, {entry.reference: Seen()})
    assert before.unit_id == place.unit_id


def test_two_contests_that_begin_their_numbers_alike_do_not_meet(edition: Edition, place: EditionUnit) -> None:
    first = slip_of(place, held())
    with transaction():
        first.edition_id = get_edition("robocon-2024").id
    assert slip_of(place, held(score="70")).number[-4:] == "0002"
