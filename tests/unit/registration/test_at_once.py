"""Test what happens when people press the same button at the same moment, on both databases."""

import threading
from collections.abc import Callable
from typing import Any

from flask import Flask
from sqlalchemy import func, insert, select, text

from contest_portal.accounts.actor import Actor
from contest_portal.contests.queries import get_edition
from contest_portal.core.database import db
from contest_portal.core.errors import Conflict, Invalid
from contest_portal.registration.duplicates.models import DuplicatePair
from contest_portal.registration.duplicates.services import compare_waiting
from contest_portal.registration.models import Entry, EntryEvent, Participant
from contest_portal.registration.people import Person
from contest_portal.registration.queries import get_entry
from contest_portal.registration.rules import Closed
from contest_portal.registration.services import (
    Details,
    add_person,
    change_details,
    start_draft,
    submit_entry,
)
from tests.unit.registration.conftest import Stage

TOKEN = "3f2b8c0e5d6a4f7e9b1c2d3e4f5a6b7c"
MANY = 8


def at_once(app: Flask, act: Callable[[int], Any]) -> list[Any]:
    """Let many threads act at the same moment; return what each got, an error as itself."""
    # Nothing of the test's own stays open while the threads write.
    db.session.commit()
    barrier = threading.Barrier(MANY)
    results: list[Any] = [None] * MANY

    def run(number: int) -> None:
        with app.app_context():
            barrier.wait(10)
            try:
                results[number] = act(number)
            except Exception as error:
                results[number] = error
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(MANY)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


def count(model: Any, *conditions: Any) -> int:
    """Count rows."""
    return db.session.scalar(select(func.count()).select_from(model).where(*conditions)) or 0


def test_one_form_sent_many_times_begins_one_entry(app: Flask, stage: Stage) -> None:
    teacher, school_id = stage.teacher, stage.school.id

    def act(_number: int) -> str:
        school = db.session.get_one(type(stage.school), school_id)
        entry = start_draft(teacher, get_edition("robocon-2024"), title="Một", school=school, once_token=TOKEN)
        return entry.reference

    references = at_once(app, act)
    assert len(set(references)) == 1, references
    assert count(Entry) == 1


def test_one_form_sent_many_times_hands_in_once(app: Flask, stage: Stage) -> None:
    teacher, reference = stage.teacher, stage.ready().reference
    results = at_once(
        app, lambda _: submit_entry(teacher, get_entry(teacher, reference), declared=True, once_token=TOKEN)
    )
    assert sorted(results, key=str) == [False] * (MANY - 1) + [True]
    assert count(EntryEvent, EntryEvent.status_to == "submitted") == 1


def test_there_is_room_for_three_however_many_come_at_once(app: Flask, stage: Stage) -> None:
    teacher, reference = stage.teacher, stage.draft().reference

    def act(number: int) -> None:
        add_person(teacher, get_entry(teacher, reference), Person("member", f"Lê An {number}"))

    results = at_once(app, act)
    assert sorted(type(result) is Invalid for result in results) == [False] * 3 + [True] * (MANY - 3)
    assert count(Participant) == 3
    positions = db.session.scalars(select(Participant.position).order_by(Participant.position)).all()
    assert positions == [1, 2, 3]


def test_of_many_editors_one_saves_and_the_others_are_told(app: Flask, stage: Stage) -> None:
    entry = stage.draft()
    teacher, reference, seen = stage.teacher, entry.reference, entry.version

    def act(number: int) -> None:
        found = get_entry(teacher, reference)
        change_details(teacher, found, Details(f"Bản {number}", unit_id=found.unit_id), version=seen)

    results = at_once(app, act)
    assert sorted(str(type(result)) for result in results) == sorted([str(Conflict)] * (MANY - 1) + [str(type(None))])
    winner = results.index(None)
    db.session.expire_all()
    assert get_entry(teacher, reference).title == f"Bản {winner}"
    assert count(EntryEvent, EntryEvent.kind == "changed") == 1


def test_many_at_the_closing_second_are_each_decided_by_their_arrival(app: Flask, stage: Stage) -> None:
    teacher: Actor = stage.teacher
    references = [stage.ready(f"Đội {number}").reference for number in range(MANY)]

    def act(number: int) -> bool:
        entry = get_entry(teacher, references[number])
        arrived = entry.edition.closes_at if number % 2 else None
        return submit_entry(teacher, entry, declared=True, at=arrived)

    results = at_once(app, act)
    assert [result is True for result in results] == [True, False] * (MANY // 2)
    assert all(isinstance(result, Closed) for result in results[1::2])
    assert count(Entry, Entry.status == "submitted") == MANY // 2


def test_many_hand_in_at_the_closing_second_while_duplicates_are_searched(app: Flask, stage: Stage) -> None:
    """Each entry may be each other one: every pair is stored once, and nobody's handing in waits for it or fails."""
    teacher: Actor = stage.teacher
    titles = [f"Máy gieo hạt tự động {number}" for number in range(MANY)]
    references = [stage.ready(title).reference for title in titles]
    for reference in references[1::2]:
        submit_entry(teacher, get_entry(teacher, reference), declared=True)

    def act(number: int) -> bool:
        if number % 2:
            return compare_waiting() > 0
        return submit_entry(teacher, get_entry(teacher, references[number]), declared=True)

    results = at_once(app, act)
    assert results[::2] == [True] * (MANY // 2), results
    assert not [result for result in results if isinstance(result, Exception)], results
    compare_waiting()
    assert count(Entry, Entry.status == "submitted") == MANY
    pairs = MANY * (MANY - 1) // 2
    assert count(DuplicatePair, DuplicatePair.kind == "title") == pairs
    assert count(DuplicatePair, DuplicatePair.kind == "person") == pairs


def test_handing_in_waits_for_nobody_who_stores_pairs(app: Flask, stage: Stage) -> None:
    """A pair that names an entry keeps nobody from changing that entry, on PostgreSQL; SQLite's strokes are short."""
    teacher: Actor = stage.teacher
    entries = [stage.ready("Máy gieo hạt tự động") for _number in range(2)]
    submit_entry(teacher, entries[0], declared=True)
    if db.engine.dialect.name != "postgresql":
        compare_waiting()
        assert submit_entry(teacher, entries[1], declared=True)
        return
    with db.engine.begin() as held:
        first, second = (entry.id for entry in entries)
        row = {"key": "title:x", "edition_id": stage.edition.id, "kind": "title", "score": 100}
        held.execute(insert(DuplicatePair).values(first_id=first, second_id=second, **row))
        db.session.execute(text("SET lock_timeout = '2s'"))
        assert submit_entry(teacher, entries[1], declared=True)
