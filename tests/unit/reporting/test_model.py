"""Any history, any day: the figures agree with a few lines of plain Python."""

from datetime import date, timedelta
from typing import NamedTuple

from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select

from contest_portal.contests.queries import get_edition
from contest_portal.core.database import db
from contest_portal.registration.models import Entry, EntryEvent, Participant
from contest_portal.registration.status import REGISTERED, Status
from contest_portal.reporting.tallies import figures_of

YOUTH = "youth-2024"
FIRST = date(2024, 5, 1)
LAST = 6


class Event(NamedTuple):
    """Be one event of a made-up history: its day and where it led; None changed no status."""

    day: int
    to: Status | None


class Stay(NamedTuple):
    """Be one person's time in an entry."""

    role: str
    joined: int
    left: int | None


days = st.integers(0, LAST)
events = st.lists(st.builds(Event, days, st.none() | st.sampled_from(Status)), max_size=6)
stays = st.lists(st.builds(Stay, st.sampled_from(["author", "coach"]), days, st.none() | days), max_size=3)
histories = st.lists(st.tuples(events, stays), max_size=5)


def _write(history: list[tuple[list[Event], list[Stay]]]) -> None:
    """Write a history as it is, also one that no service would allow."""
    edition = get_edition(YOUTH)
    for number, (happened, stayed) in enumerate(history):
        values = {"reference": f"YT24-{number}", "title": "x", "title_folded": "x", "status": "draft"}
        db.session.execute(insert(Entry).values(**values, edition_id=edition.id, status_on=FIRST))
        entry_id = db.session.scalar(select(Entry.id).where(Entry.reference == values["reference"]))
        for event in happened:
            kind = "moved" if event.to else "changed"
            db.session.execute(
                insert(EntryEvent).values(
                    entry_id=entry_id, edition_id=edition.id, kind=kind, status_to=event.to,
                    happened_on=_day(event.day), actor_name="x", source="web",
                )
            )  # fmt: skip
        for stay in stayed:
            person = {"full_name": "x", "name_folded": "x", "name_key": "x", "entry_id": entry_id, "role": stay.role}
            left_on = None if stay.left is None else _day(stay.left)
            db.session.execute(insert(Participant).values(**person, joined_on=_day(stay.joined), left_on=left_on))


def _day(number: int) -> date:
    return FIRST + timedelta(days=number)


def _status(happened: list[Event], day: int) -> Status | None:
    moved = [(event.day, number, event.to) for number, event in enumerate(happened) if event.to and event.day <= day]
    return max(moved)[2] if moved else None


def _reached(happened: list[Event], day: int) -> bool:
    status = _status(happened, day)
    before = any(event.to == Status.FORWARDED and event.day <= day for event in happened)
    return status == Status.FORWARDED or (status == Status.SCORED and before)


def _inside(stay: Stay, day: int) -> bool:
    return stay.joined <= day and (stay.left is None or stay.left > day)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(histories, days)
def test_figures_agree_with_the_plain_model(
    app: Flask, history: list[tuple[list[Event], list[Stay]]], day: int
) -> None:
    _write(history)
    try:
        found = figures_of(get_edition(YOUTH), _day(day))
    finally:
        db.session.rollback()
    statuses = [_status(happened, day) for happened, _stayed in history]
    registered = [(h, s) for (h, s), status in zip(history, statuses, strict=True) if status in REGISTERED]
    present = [stay.role for _happened, stayed in registered for stay in stayed if _inside(stay, day)]
    assert found.by_status == {status: statuses.count(status) for status in Status}
    assert found.entries == len(registered)
    assert (found.members, found.coaches) == (present.count("author"), present.count("coach"))
    assert found.people == present.count("author")
    assert found.forwarded == sum(_reached(happened, day) for happened, _stayed in history)
