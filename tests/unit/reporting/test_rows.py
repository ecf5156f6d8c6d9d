"""Every figure leads to its rows: as many as it says, and each one of those it counts."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from contest_portal.accounts.actor import SYSTEM
from contest_portal.contests.models import Edition
from contest_portal.contests.queries import get_edition
from contest_portal.core.database import db, transaction
from contest_portal.core.errors import NotFound
from contest_portal.core.paging import decode
from contest_portal.registration.services import move_entry
from contest_portal.registration.status import Status
from contest_portal.reporting.rows import page_of, rows_of, wanted
from contest_portal.reporting.tallies import TALLIES, EditionFigures, figures_of
from contest_portal.screening.services import complete_unit
from tests.counting import counted_statements
from tests.factories.people import make_school, unit_of
from tests.factories.registration import make_entry, make_participant, open_edition
from tests.factories.screening import YOUTH, unit_entry

ROBOCON = "robocon-2024"
DAYS = [date(2024, 5, day) for day in (4, 5, 10, 12, 14, 16, 20)]
Clock = Callable[..., datetime]


@pytest.fixture
def season(app: Flask, at: Clock) -> None:
    """Let a little of everything happen in two contests between the 5th and the 16th of May."""
    at(2024, 5, 20)
    robocon, youth = open_edition(ROBOCON), open_edition(YOUTH)
    school = make_school(unit=unit_of(robocon, "Huyện Yên Thế"))
    team = [{"role": "member"}, {"role": "coach"}]
    for number, division in enumerate([*robocon.divisions, None]):
        placed: dict[str, Any] = {"division": division, "school": school if number % 2 else None}
        entry = make_entry(robocon, happened_on=date(2024, 5, 5 + 2 * number), people=team, **placed)
        left = make_participant(entry, joined_on=date(2024, 5, 11))
        with transaction():
            left.left_on = date(2024, 5, 14)
    move_entry(SYSTEM, entry, Status.WITHDRAWN, happened_on=date(2024, 5, 16), reason="Rút")
    make_entry(robocon, status=Status.DRAFT, happened_on=date(2024, 5, 5), people=team)
    _youth(youth)


def _youth(youth: Edition) -> None:
    made = [
        unit_entry(status=status, day=date(2024, 5, 10))
        for status in (Status.FORWARDED, Status.NOT_FORWARDED, Status.SCREENED, Status.RECEIVED, Status.FORWARDED)
    ]
    move_entry(SYSTEM, made[0], Status.SCORED, happened_on=date(2024, 5, 14))
    complete_unit(SYSTEM, youth, unit_of(youth, "Huyện Yên Thế"), date(2024, 5, 12))


def _figures(figures: EditionFigures) -> Iterator[tuple[str, str | None, int]]:
    """Name every figure there is: tally, group and value."""
    for name, tally in TALLIES.items():
        if tally.by is None:
            yield name, None, getattr(figures, name)
    for status, number in figures.by_status.items():
        yield "by_status", status, number
    for group in figures.divisions or ():
        yield "by_division", group.code, group.count
    for group in figures.fields or ():
        yield "by_field", group.code, group.count
    for unit in figures.units:
        yield "by_unit", unit.code, unit.entries
        yield "entries", unit.code, unit.entries
        yield "people", unit.code, unit.people
        yield "forwarded", unit.code, unit.forwarded
        if unit.code:
            yield "units_completed", unit.code, int(unit.completed_on is not None)


def _count(statement: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(statement.subquery())) or 0


@pytest.mark.parametrize("code", [ROBOCON, YOUTH])
def test_every_figure_counts_exactly_its_rows_on_every_day(season: None, code: str) -> None:
    edition = get_edition(code)
    seen = set()
    for day in DAYS:
        for name, group, value in _figures(figures_of(edition, day)):
            assert _count(rows_of(edition, name, day, group)) == value, (day, name, group)
            seen |= {name} if value else set()
    never = {"by_field", "forwarded", "units_completed"} if code == ROBOCON else {"by_division", "teams", "coaches"}
    assert seen == set(TALLIES) - never


def test_rows_name_the_entry_and_its_status_on_that_day(season: None) -> None:
    edition = get_edition(YOUTH)
    on_the_12th = page_of(wanted(edition, "forwarded", date(2024, 5, 12)), None).items
    on_the_14th = page_of(wanted(edition, "forwarded", date(2024, 5, 14)), None).items
    assert [row.status for row in on_the_12th] == ["forwarded", "forwarded"]
    assert [row.status for row in on_the_14th] == ["scored", "forwarded"]
    assert [row.reference for row in on_the_12th] == [row.reference for row in on_the_14th]
    assert {row.unit for row in on_the_14th} == {"Huyện Lạng Giang"}


def test_people_come_by_given_name(app: Flask, at: Clock) -> None:
    at(2024, 5, 10)
    names = ("Nguyễn Văn Ân", "Trần Thị Anh", "Lê Văn An", "Đỗ Minh Ánh")
    make_entry(open_edition(ROBOCON), people=[{"full_name": name} for name in names])
    page = page_of(wanted(get_edition(ROBOCON), "people", date(2024, 5, 10)), None)
    assert [row.full_name for row in page.items] == ["Lê Văn An", "Trần Thị Anh", "Đỗ Minh Ánh", "Nguyễn Văn Ân"]


@pytest.mark.parametrize("name", ["entries", "people", "units_total"])
def test_pages_follow_one_another_without_a_gap(season: None, name: str) -> None:
    edition = get_edition(ROBOCON)
    asked = wanted(edition, name, date(2024, 5, 16))
    whole = [row.id for row in page_of(asked, None).items]
    found, cursor = [], None
    while True:
        with counted_statements() as sent:
            page = page_of(asked, cursor, size=2)
        assert len(sent) == 1
        found += [row.id for row in page.items]
        if page.next_cursor is None:
            break
        cursor = decode(page.next_cursor)
    assert found == whole
    assert len(whole) > 2


def test_a_figure_or_status_there_is_none_of_is_not_found(app: Flask) -> None:
    edition = get_edition(ROBOCON)
    for name, group in (("winners", None), ("by_status", "eaten")):
        with pytest.raises(NotFound):
            wanted(edition, name, date(2024, 5, 20), group)
    assert _count(rows_of(edition, "by_unit", date(2024, 5, 20), "no such unit")) == 0
