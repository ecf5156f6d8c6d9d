"""What the figures cost: six statements for any number of editions, each of them from the indexes made for it."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from contest_portal.contests.queries import all_editions, get_edition
from contest_portal.core.database import db
from contest_portal.registration.status import Status
from contest_portal.reporting.rows import page_of, wanted
from contest_portal.reporting.tallies import figures_for, figures_of
from contest_portal.reporting.workbook_rows import entry_rows, person_rows
from tests.counting import counted_statements
from tests.factories.registration import make_entry
from tests.factories.screening import YOUTH, unit_entry

ROBOCON = "robocon-2024"
DAY = date(2024, 5, 20)
LOG = "ix_entry_events_edition_id_entry_id_happened_on_id"
PEOPLE = "ix_participants_entry_id_left_on"

Clock = Callable[..., datetime]


@pytest.fixture
def entries(app: Flask, at: Clock) -> None:
    """Register two teams and a work, and another team on a later day."""
    at(2024, 5, 25)
    for day in (18, 20, 22):
        make_entry(ROBOCON, happened_on=date(2024, 5, day))
    unit_entry(status=Status.FORWARDED, day=date(2024, 5, 19))


def test_editions_counted_together_are_those_counted_alone(entries: None) -> None:
    editions = all_editions()
    together = figures_for(editions, DAY)
    assert together == [figures_of(edition, DAY) for edition in editions]
    counted = {figures.edition: (figures.entries, figures.forwarded) for figures in together}
    assert counted[ROBOCON] == (2, 0)
    assert counted[YOUTH] == (1, 1)
    assert sum(entries for entries, _forwarded in counted.values()) == 3


def test_no_edition_has_no_figures(app: Flask) -> None:
    assert figures_for([], DAY) == []


@pytest.mark.parametrize("number", [1, 2, 4])
def test_any_number_of_editions_is_counted_in_six_statements(entries: None, number: int) -> None:
    editions = all_editions()[:number]
    assert len(editions) == number
    with counted_statements() as sent:
        figures_for(editions, DAY)
    assert len(sent) == 6


def _plans(act: Callable[[], Any]) -> list[str]:
    """Return how the database would answer each statement over the log that an act sends."""
    sent: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        sent.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        act()
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    connection = db.session.connection()
    explain = "EXPLAIN QUERY PLAN " if connection.dialect.name == "sqlite" else "EXPLAIN "
    if connection.dialect.name != "sqlite":
        # Of three rows PostgreSQL reads all; the question is what it can do with a hundred thousand.
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
    over_log = [(statement, parameters) for statement, parameters in sent if "entry_events" in statement]
    return [
        "\n".join(str(row[-1]) for row in connection.exec_driver_sql(explain + statement, parameters))
        for statement, parameters in over_log
    ]


READERS: dict[str, Callable[[], Any]] = {
    "figures": lambda: figures_for(all_editions(), DAY),
    "rows of entries": lambda: page_of(wanted(get_edition(YOUTH), "forwarded", DAY), None),
    "rows of people": lambda: page_of(wanted(get_edition(ROBOCON), "people", DAY), None),
    "workbook of entries": lambda: list(entry_rows(get_edition(ROBOCON), DAY)),
    "workbook of people": lambda: list(person_rows(get_edition(ROBOCON), DAY)),
}


def _scan(table: str) -> str:
    return f"SCAN {table}" if db.engine.dialect.name == "sqlite" else f"Seq Scan on {table}"


@pytest.mark.parametrize("reader", READERS)
def test_the_log_and_the_people_are_read_by_their_indexes(entries: None, reader: str) -> None:
    plans = _plans(READERS[reader])
    assert len(plans) == (2 if reader == "figures" else 1)
    for plan in plans:
        assert _scan("entry_events") not in plan, plan
        assert _scan("participants") not in plan, plan
        if db.engine.dialect.name == "sqlite":
            assert LOG in plan, plan
    if reader != "rows of entries" and db.engine.dialect.name == "sqlite":
        assert PEOPLE in plans[-1], plans[-1]
