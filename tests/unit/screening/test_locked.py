"""What a unit forwarded is locked for it: every door is tried, before the province has it and after."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from contest_portal.accounts.actor import Actor
from contest_portal.contests.models import Edition
from contest_portal.contests.queries import get_edition
from contest_portal.core import clock
from contest_portal.core.database import db, transaction
from contest_portal.core.errors import Conflict, NotAllowed
from contest_portal.registration.models import Entry, EntryEvent
from contest_portal.registration.people import Person
from contest_portal.registration.services import add_person, change_details, remove_person, withdraw_entry
from contest_portal.registration.services.entries import details_of
from contest_portal.registration.status import Status
from contest_portal.screening.arrivals.queries import find_arrival
from contest_portal.screening.arrivals.services import Seen, confirm_arrivals
from contest_portal.screening.imports import Outcome, import_workbook
from contest_portal.screening.models import ScreeningResult
from contest_portal.screening.reception.parcels import Parcel
from contest_portal.screening.reception.services import correct_reception
from contest_portal.screening.round.sheets import Filled, type_in
from contest_portal.screening.services import Verdict, receive, record_result
from contest_portal.screening.services.entries import add_reception
from contest_portal.screening.transfers.services import ask_transfer
from tests.factories.judging import assign_all, make_judge, make_panel
from tests.factories.people import unit_of
from tests.factories.screening import YOUTH, coordinator_of, make_screener, organiser, set_round, unit_entry
from tests.factories.workbooks import work, works

SENT = date(2024, 5, 18)


@pytest.fixture
def edition(app: Flask) -> Edition:
    """Return the youth contest."""
    return get_edition(YOUTH)


def by_sheet(actor: Actor, entry: Entry) -> None:
    """Type in a sheet of a member without an account."""
    unit = unit_of(YOUTH)
    set_round(unit)
    type_in(actor, entry, make_screener(unit).token, Filled({"new": Decimal(20)}, version=0))


DOORS: dict[str, Callable[[Actor, Entry], Any]] = {
    "reception": receive,
    "correction": lambda actor, entry: correct_reception(actor, entry, Parcel(SENT, note="Sửa"), version=1),
    "result": lambda actor, entry: record_result(actor, entry, Verdict(clock.today(), Decimal(99)), version=1),
    "sheet": by_sheet,
    "transfer": lambda actor, entry: ask_transfer(actor, entry, unit_of(YOUTH, "Huyện Yên Thế"), "Nhầm đơn vị"),
    "details": lambda actor, entry: change_details(actor, entry, replace(details_of(entry), title="Tên khác")),
    "one more person": lambda actor, entry: add_person(actor, entry, Person("author", "Lê Văn Thêm")),
    "one person less": lambda actor, entry: remove_person(actor, entry, entry.participants[0].id),
    "withdrawal": lambda actor, entry: withdraw_entry(actor, entry, reason="Thôi"),
}


@pytest.mark.parametrize("arrived", [False, True])
@pytest.mark.parametrize("door", DOORS)
def test_a_unit_changes_nothing_of_what_it_forwarded(edition: Edition, door: str, arrived: bool) -> None:
    entry = unit_entry(status=Status.FORWARDED, day=SENT)
    with transaction():
        add_reception(organiser(), entry, Parcel(SENT))
    if arrived:
        confirm_arrivals(organiser(), edition, {entry.reference: Seen()}, SENT)
    events = db.session.query(EntryEvent).filter_by(entry_id=entry.id).count()
    with pytest.raises((Conflict, NotAllowed)):
        DOORS[door](coordinator_of(unit_of(YOUTH)), entry)
    db.session.expire_all()
    assert entry.status == Status.FORWARDED
    assert db.session.query(EntryEvent).filter_by(entry_id=entry.id).count() == events
    assert db.session.get_one(ScreeningResult, entry.id).score == Decimal(80)
    assert len(entry.participants) == 1


@pytest.mark.parametrize("door", ["correction", "result", "sheet"])
def test_the_same_doors_are_open_before(edition: Edition, door: str) -> None:
    entry = unit_entry(status=Status.SCREENED, day=SENT)
    with transaction():
        add_reception(organiser(), entry, Parcel(SENT))
    DOORS[door](coordinator_of(unit_of(YOUTH)), entry)
    wrote = db.session.query(EntryEvent).filter_by(entry_id=entry.id).filter(EntryEvent.kind != "moved").count()
    assert (entry.status, wrote) == (Status.SCREENED, 0 if door == "sheet" else 1)


def brought(actor: Actor, edition: Edition, *rows: list[Any]) -> Outcome:
    """Import the unit's list today."""
    return import_workbook(actor, edition, works(*rows), effective=clock.today(), unit=unit_of(edition))


@pytest.mark.parametrize("change", [{"c7": 95.0}, {"c8": "Nhất"}, {"c4": "19/11/2011\n02/02/2010"}])
def test_a_units_list_changes_nothing_of_what_it_forwarded(edition: Edition, change: dict[str, Any]) -> None:
    coordinator = coordinator_of(unit_of(YOUTH))
    import_workbook(organiser(), edition, works(work(1, c9="x"), work(2, c9="x")), effective=SENT)
    outcome = brought(coordinator, edition, work(1, c9="x", **change), work(2, c9="x"))
    assert (outcome.updated, outcome.unchanged, outcome.rejected) == (0, 1, 1)
    assert "rút lại quyết định trước khi sửa" in outcome.problems[0]["message"]
    recalled = brought(coordinator, edition, work(1, **change), work(2, c9="x"))
    assert (recalled.updated, recalled.rejected) == (1, 0)


def test_the_organisers_list_corrects_what_was_forwarded(edition: Edition) -> None:
    import_workbook(organiser(), edition, works(work(1, c9="x")), effective=SENT)
    assert brought(organiser(), edition, work(1, c9="x", c7=95.0)).updated == 1


def test_judges_do_not_wait_for_the_arrival(edition: Edition) -> None:
    entry = unit_entry(status=Status.FORWARDED, day=SENT)
    judge = make_judge()
    sheets = assign_all(make_panel([judge]), [entry])
    assert [sheet.entry_id for sheet in sheets] == [entry.id]
    assert find_arrival(entry.id) is None
