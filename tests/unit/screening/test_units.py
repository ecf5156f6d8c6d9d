"""A unit completes, is opened again, and is counted as of any day."""

import threading
from collections.abc import Callable
from datetime import date, datetime

import pytest
from flask import Flask
from sqlalchemy import select

from contest_portal.accounts.actor import SYSTEM, Role
from contest_portal.contests.models import EditionUnit
from contest_portal.contests.queries import get_edition
from contest_portal.core.audit import AuditRecord
from contest_portal.core.database import db
from contest_portal.core.errors import Conflict, Invalid, NotAllowed, NotFound, PortalError
from contest_portal.registration.models import Entry
from contest_portal.registration.status import Status
from contest_portal.screening import queries
from contest_portal.screening.queries import units_completed
from contest_portal.screening.services import Decision, complete_unit, decide, receive, reopen_unit, take_back
from contest_portal.screening.states import UnitState
from tests.factories.people import actor_for, make_user, unit_of
from tests.factories.screening import YOUTH, coordinator_of, organiser, set_quota, unit_entry


def test_a_unit_whose_entries_are_all_decided_completes(app: Flask, at: Callable[..., datetime]) -> None:
    at(2024, 5, 30)
    edition, unit = get_edition(YOUTH), unit_of(YOUTH)
    for status in (Status.FORWARDED, Status.NOT_FORWARDED, Status.DRAFT):
        unit_entry(unit, status)
    actor = coordinator_of(unit)
    complete_unit(actor, edition, unit, date(2024, 5, 29))
    row = next(row for row in queries.unit_rows(actor, edition) if row.unit.id == unit.id)
    assert (row.counts.state, row.counts.completed_on) == (UnitState.COMPLETE, date(2024, 5, 29))
    last = db.session.scalars(select(AuditRecord).order_by(AuditRecord.id.desc())).first()
    assert last is not None
    assert (last.action, last.subject) == ("unit.completed", f"youth-2024/{unit.code}")


def test_a_unit_with_undecided_entries_is_told_how_many_and_which(app: Flask) -> None:
    unit = unit_of(YOUTH)
    waiting = [unit_entry(unit, status) for status in (Status.SUBMITTED, Status.RECEIVED, Status.SCREENED)]
    unit_entry(unit, Status.FORWARDED)
    with pytest.raises(Invalid) as refused:
        complete_unit(SYSTEM, get_edition(YOUTH), unit)
    named = ", ".join(sorted(entry.reference for entry in waiting))
    assert str(refused.value) == f"Còn 3 hồ sơ chưa có quyết định: {named}. Hãy quyết định xong rồi hoàn thành."
    assert units_completed(get_edition(YOUTH).id) == []


def test_after_completion_nothing_of_the_unit_changes(app: Flask) -> None:
    edition, unit = get_edition(YOUTH), unit_of(YOUTH)
    forwarded, kept = unit_entry(unit, Status.FORWARDED), unit_entry(unit, Status.NOT_FORWARDED)
    complete_unit(SYSTEM, edition, unit)
    late = unit_entry(unit, Status.SUBMITTED)
    acts: list[Callable[[], object]] = [
        lambda: receive(SYSTEM, late),
        lambda: take_back(SYSTEM, forwarded, "Nhầm"),
        lambda: decide(SYSTEM, set_quota(unit, 9), [kept.reference], Decision.FORWARD),
        lambda: complete_unit(SYSTEM, edition, unit),
    ]
    for act in acts:
        with pytest.raises(Conflict) as refused:
            act()
        assert "đã hoàn thành sơ khảo ngày" in str(refused.value)
    statuses = {entry.reference: entry.status for entry in db.session.scalars(select(Entry))}
    assert statuses == {
        forwarded.reference: Status.FORWARDED,
        kept.reference: Status.NOT_FORWARDED,
        late.reference: Status.SUBMITTED,
    }


def test_only_an_organiser_opens_a_unit_again_and_says_why(app: Flask) -> None:
    edition, unit = get_edition(YOUTH), unit_of(YOUTH)
    entry = unit_entry(unit, Status.FORWARDED)
    complete_unit(SYSTEM, edition, unit)
    for actor in (coordinator_of(unit), actor_for(make_user(Role.AUDITOR)), organiser(get_edition("robocon-2024"))):
        with pytest.raises(NotAllowed):
            reopen_unit(actor, edition, unit, "Bổ sung")
    with pytest.raises(Invalid):
        reopen_unit(organiser(), edition, unit, "  ")
    reopen_unit(organiser(edition), edition, unit, "Bổ sung một hồ sơ nộp muộn")
    take_back(coordinator_of(unit), entry, "Nhầm")
    assert entry.status == Status.SCREENED
    assert [e.kind for e in queries.events_of_unit(edition.id, unit.id)] == ["completed", "reopened"]


def test_a_unit_that_is_not_complete_is_not_opened_again(app: Flask) -> None:
    with pytest.raises(Conflict):
        reopen_unit(SYSTEM, get_edition(YOUTH), unit_of(YOUTH), "Bổ sung")


def test_a_unit_completes_neither_tomorrow_nor_before_it_was_opened_again(
    app: Flask, at: Callable[..., datetime]
) -> None:
    at(2024, 5, 20)
    edition, unit = get_edition(YOUTH), unit_of(YOUTH)
    with pytest.raises(Invalid):
        complete_unit(SYSTEM, edition, unit, date(2024, 5, 21))
    complete_unit(SYSTEM, edition, unit, date(2024, 5, 10))
    reopen_unit(SYSTEM, edition, unit, "Bổ sung", date(2024, 5, 15))
    with pytest.raises(Invalid):
        complete_unit(SYSTEM, edition, unit, date(2024, 5, 14))
    complete_unit(SYSTEM, edition, unit, date(2024, 5, 15))


def test_completed_units_are_counted_as_of_any_day(app: Flask, at: Callable[..., datetime]) -> None:
    at(2024, 6, 30)
    edition = get_edition(YOUTH)
    first, second = unit_of(YOUTH), unit_of(YOUTH, "Huyện Yên Thế")
    complete_unit(SYSTEM, edition, first, date(2024, 5, 10))
    reopen_unit(SYSTEM, edition, first, "Bổ sung", date(2024, 5, 20))
    complete_unit(SYSTEM, edition, first, date(2024, 5, 28))
    complete_unit(SYSTEM, edition, second, date(2024, 5, 20))

    def names(day: date | None) -> set[tuple[str, date]]:
        return {(row.name, row.completed_on) for row in units_completed(edition.id, day)}

    assert names(date(2024, 5, 9)) == set()
    assert names(date(2024, 5, 10)) == {(first.name, date(2024, 5, 10))}
    assert names(date(2024, 5, 20)) == {(second.name, date(2024, 5, 20))}
    assert (
        names(date(2024, 5, 28)) == names(None) == {(first.name, date(2024, 5, 28)), (second.name, date(2024, 5, 20))}
    )


def test_two_events_of_one_day_count_in_the_order_they_were_recorded(app: Flask, at: Callable[..., datetime]) -> None:
    at(2024, 5, 20)
    edition, unit = get_edition(YOUTH), unit_of(YOUTH)
    complete_unit(SYSTEM, edition, unit)
    reopen_unit(SYSTEM, edition, unit, "Nhầm")
    assert units_completed(edition.id, date(2024, 5, 20)) == []
    complete_unit(SYSTEM, edition, unit)
    assert [row.code for row in units_completed(edition.id, date(2024, 5, 20))] == [unit.code]


def test_a_coordinator_sees_only_own_units_and_an_organiser_all(app: Flask) -> None:
    edition = get_edition(YOUTH)
    unit, other = unit_of(YOUTH), unit_of(YOUTH, "Huyện Yên Thế")
    assert [row.unit.id for row in queries.unit_rows(coordinator_of(unit), edition)] == [unit.id]
    assert len(queries.unit_rows(organiser(edition), edition)) == 10
    assert len(queries.unit_rows(actor_for(make_user(Role.AUDITOR)), edition)) == 10
    assert queries.unit_rows(organiser(get_edition("robocon-2024")), edition) == []
    with pytest.raises(NotFound):
        queries.get_unit(coordinator_of(unit), edition, other.code)
    with pytest.raises(NotFound):
        queries.get_unit(organiser(), edition, "999")


def test_the_editions_of_a_post_are_those_it_names(app: Flask) -> None:
    unit = unit_of(YOUTH)
    youth, robocon = get_edition(YOUTH), get_edition("robocon-2024")
    assert [e.code for e in queries.editions_for(coordinator_of(unit, youth))] == [YOUTH]
    assert queries.editions_for(coordinator_of(unit, robocon)) == []
    assert queries.editions_for(actor_for(make_user(Role.JUDGE))) == []


def test_two_coordinators_cannot_both_take_the_last_place(both: Flask) -> None:
    """Two threads, two sessions, one place: one is forwarded, the other is told."""
    with both.app_context():
        unit = unit_of(YOUTH)
        key = (get_edition(YOUTH).id, unit.id)
        references = [unit_entry(unit, Status.SCREENED, score=score).reference for score in ("80", "81")]
        set_quota(unit, 1)
        db.session.remove()
    barrier, answers = threading.Barrier(2), []

    def forward(reference: str) -> None:
        with both.app_context():
            edition_unit = db.session.get_one(EditionUnit, key)
            barrier.wait(timeout=20)
            try:
                decide(SYSTEM, edition_unit, [reference], Decision.FORWARD)
                answers.append("forwarded")
            except PortalError as error:
                answers.append(type(error).__name__)

    threads = [threading.Thread(target=forward, args=(reference,)) for reference in references]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    with both.app_context():
        statuses = sorted(db.session.scalars(select(Entry.status)))
    assert sorted(answers) == ["Invalid", "forwarded"]
    assert statuses == ["forwarded", "screened"]
