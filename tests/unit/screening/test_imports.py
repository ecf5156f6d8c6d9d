"""A unit's list comes in with its scores and decisions; on both databases."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from contest_portal.accounts.actor import SYSTEM, Actor, Role
from contest_portal.contests.models import Edition, Unit
from contest_portal.contests.queries import get_edition
from contest_portal.core import clock
from contest_portal.core.database import db, transaction
from contest_portal.core.errors import NotFound, Unusable
from contest_portal.registration.models import Entry, EntryEvent, ImportBatch
from contest_portal.registration.services import move_entry
from contest_portal.registration.status import Status
from contest_portal.screening import imports
from contest_portal.screening.imports import Outcome, import_workbook
from contest_portal.screening.models import Reception, ScreeningResult
from contest_portal.screening.services import complete_unit, reopen_unit
from tests.factories.people import actor_for, make_school, make_user, unit_of
from tests.factories.registration import open_edition
from tests.factories.screening import YOUTH, coordinator_of, organiser, set_quota, unit_entry
from tests.factories.workbooks import team, teams, work, works

DAY, LATER = date(2024, 5, 20), date(2024, 5, 25)


@pytest.fixture
def youth(app: Flask) -> Edition:
    """Return the youth contest."""
    return get_edition(YOUTH)


@pytest.fixture
def unit(youth: Edition) -> Unit:
    """Return the unit whose lists come in."""
    return unit_of(youth)


def brought(data: bytes, actor: Actor = SYSTEM, effective: date | None = DAY, **more: Any) -> Outcome:
    """Import a workbook into the youth contest."""
    return import_workbook(actor, get_edition(YOUTH), data, effective=effective, **more)


def figures(outcome: Outcome) -> tuple[int, int, int, int]:
    """Return created, updated, unchanged and rejected."""
    return outcome.created, outcome.updated, outcome.unchanged, outcome.rejected


def entries() -> list[Entry]:
    """Return what is stored, read anew."""
    db.session.expire_all()
    return list(db.session.scalars(select(Entry).order_by(Entry.id)))


def way_of(entry: Entry) -> list[tuple[str, date]]:
    """Return the stations an entry went through, with their days."""
    wanted = (
        select(EntryEvent).where(EntryEvent.entry_id == entry.id, EntryEvent.kind == "moved").order_by(EntryEvent.id)
    )
    return [(event.status_to or "", event.happened_on) for event in db.session.scalars(wanted)]


def result_of(entry: Entry) -> tuple[Decimal | None, str | None]:
    """Return an entry's score and prize."""
    found = db.session.get_one(ScreeningResult, entry.id, populate_existing=True)
    return found.score, found.prize


def test_scores_prizes_and_decisions_come_with_the_entries(unit: Unit) -> None:
    outcome = brought(works(work(1, c7=88.5, c8="Nhất", c9="x"), work(2, c7="57,5")))
    assert figures(outcome) == (2, 0, 0, 0)
    assert (outcome.people, outcome.problems, outcome.written) == (4, [], True)
    sent, kept = entries()
    assert (sent.status, kept.status) == ("forwarded", "not_forwarded")
    assert way_of(sent) == [("received", DAY), ("screened", DAY), ("forwarded", DAY)]
    assert (result_of(sent), result_of(kept)) == ((Decimal("88.5"), "Nhất"), (Decimal("57.5"), None))
    reception = db.session.get_one(Reception, sent.id)
    assert (reception.received_on, sent.unit_id) == (DAY, unit.id)


def test_same_list_again_changes_nothing_even_when_the_unit_is_done(youth: Edition, unit: Unit) -> None:
    data = works(work(1, c9="x"), work(2))
    brought(data)
    assert figures(brought(data, effective=LATER)) == (0, 0, 2, 0)
    complete_unit(SYSTEM, youth, unit, LATER)
    assert figures(brought(data, effective=LATER)) == (0, 0, 2, 0)
    changed = brought(works(work(1, c7=90.0, c9="x"), work(2)), effective=LATER)
    assert figures(changed) == (0, 0, 1, 1)
    assert "đã hoàn thành" in changed.problems[0]["message"]
    reopen_unit(SYSTEM, youth, unit, "Sửa điểm", LATER)
    assert figures(brought(works(work(1, c7=90.0, c9="x"), work(2)), effective=LATER)) == (0, 1, 1, 0)


def test_corrected_scores_and_decisions_are_taken_over(unit: Unit) -> None:
    brought(works(work(1, c7=80.0, c9="x"), work(2, c7=70.0)))
    corrected = works(work(1, c7=82.0, c8="Nhì"), work(2, c7=70.0, c9="x"))
    assert figures(brought(corrected, effective=LATER)) == (0, 2, 0, 0)
    one, two = entries()
    assert (one.status, result_of(one)) == ("not_forwarded", (Decimal(82), "Nhì"))
    assert (two.status, result_of(two)) == ("forwarded", (Decimal(70), None))
    assert way_of(two)[-1] == ("forwarded", LATER)
    assert figures(brought(corrected, effective=LATER)) == (0, 0, 2, 0)


def test_list_without_scores_is_only_received(unit: Unit) -> None:
    outcome = brought(works(work(1, c7=""), work(2, c7="")))
    assert figures(outcome) == (2, 0, 0, 0)
    assert [entry.status for entry in entries()] == ["received", "received"]
    scored = works(work(1, c7=80.0), work(2, c7=70.0))
    assert figures(brought(scored, effective=LATER)) == (0, 2, 0, 0)
    assert [entry.status for entry in entries()] == ["screened", "screened"]
    assert way_of(entries()[0]) == [("received", DAY), ("screened", LATER)]
    assert figures(brought(works(work(1, c9="x"), work(2, c7=70.0)), effective=LATER)) == (0, 2, 0, 0)
    assert [entry.status for entry in entries()] == ["forwarded", "not_forwarded"]


def test_entry_that_came_through_the_portal_is_received_and_scored(youth: Edition, unit: Unit) -> None:
    school = make_school("Trường THCS Số 1", unit)
    mine = unit_entry(
        unit,
        Status.SUBMITTED,
        title="Mô hình 1",
        school=school,
        day=date(2024, 5, 1),
        people=[{"role": "author", "full_name": "Lê Văn Bn"}],
    )
    outcome = brought(works(work(1, c9="x")))
    assert figures(outcome) == (0, 1, 0, 0)
    (entry,) = entries()
    assert (entry.id, entry.status) == (mine.id, "forwarded")
    assert way_of(entry)[1:] == [("received", DAY), ("screened", DAY), ("forwarded", DAY)]
    assert db.session.get_one(Reception, entry.id).received_on == DAY


@pytest.mark.parametrize(
    ("cells", "column", "words"),
    [({"c7": 101.0}, "H", "từ 0 đến 100"), ({"c7": 80.3}, "H", "bội số"), ({"c9": "có lẽ"}, "J", "đánh dấu x")],
)
def test_impossible_findings_are_refused(unit: Unit, cells: dict[str, Any], column: str, words: str) -> None:
    outcome = brought(works(work(1, **cells), work(2)))
    assert figures(outcome) == (0, 0, 0, 1)
    assert [(p["row"], p["column"], p["severity"]) for p in outcome.problems] == [(4, column, "error")]
    assert words in outcome.problems[0]["message"]
    assert entries() == []


def test_one_more_than_the_quota_is_refused(unit: Unit) -> None:
    set_quota(unit, 2)
    outcome = brought(works(*(work(number, c9="x") for number in (1, 2, 3))))
    assert figures(outcome) == (0, 0, 0, 1)
    assert (outcome.problems[0]["row"], outcome.problems[0]["column"]) == (6, "J")
    assert figures(brought(works(work(1, c9="x"), work(2, c9="x"), work(3)))) == (3, 0, 0, 0)
    # One place is given up and another taken in the same list.
    assert figures(brought(works(work(1), work(2, c9="x"), work(3, c9="x")), effective=LATER)) == (0, 2, 1, 0)
    more = brought(works(work(4, c9="x")), effective=LATER)
    assert figures(more) == (0, 0, 0, 1)
    assert "2 hồ sơ" in more.problems[0]["message"]


def test_scored_entry_stays_forwarded(unit: Unit) -> None:
    brought(works(work(1, c9="x"), work(2, c9="x")))
    move_entry(SYSTEM, entries()[0], Status.SCORED, happened_on=LATER)
    outcome = brought(works(work(1), work(2, c9="x")), effective=LATER)
    assert figures(outcome) == (0, 0, 1, 1)
    assert "chấm cấp tỉnh" in outcome.problems[0]["message"]
    assert figures(brought(works(work(1, c9="x"), work(2, c9="x")), effective=LATER)) == (0, 0, 2, 0)


def test_rejected_row_keeps_the_whole_file_out_unless_asked_otherwise(unit: Unit) -> None:
    data = works(work(1), work(2, c4="31/2/2011\n02/02/2010"))
    outcome = brought(data)
    assert (figures(outcome), outcome.written, outcome.people) == ((0, 0, 0, 1), False, 2)
    assert entries() == []
    dry = brought(data, dry_run=True)
    assert (figures(dry), dry.written) == ((1, 0, 0, 1), False)
    assert entries() == []
    partial = brought(data, partial=True)
    assert (figures(partial), partial.written) == ((1, 0, 0, 1), True)
    assert [entry.title for entry in entries()] == ["Mô hình 1"]


def test_school_brings_drafts_and_does_not_judge_itself(youth: Edition, unit: Unit) -> None:
    open_edition(YOUTH)
    school = make_school("Trường THCS Số 1", unit)
    actor = actor_for(make_user(Role.SCHOOL, school=school))
    outcome = brought(works(work(1, c9="x")), actor, None)
    assert figures(outcome) == (1, 0, 0, 0)
    assert [entry.status for entry in entries()] == ["draft"]
    assert list(db.session.scalars(select(ScreeningResult))) == []


def test_coordinator_brings_the_own_units_list(unit: Unit) -> None:
    actor = coordinator_of(unit)
    assert figures(brought(works(work(1, c9="x")), actor)) == (1, 0, 0, 0)
    stranger = coordinator_of(unit_of(YOUTH, "Huyện Yên Thế"))
    assert figures(brought(works(work(2, c9="x")), stranger)) == (0, 0, 0, 1)


def test_robot_teams_have_no_unit_round(app: Flask) -> None:
    outcome = import_workbook(SYSTEM, get_edition("robocon-2024"), teams(team(1)), effective=DAY)
    assert figures(outcome) == (1, 0, 0, 0)
    assert list(db.session.scalars(select(Reception))) == []


class TestUploads:
    """A workbook between its preview and its confirmation."""

    @pytest.fixture
    def actor(self, youth: Edition) -> Actor:
        """Return an organiser."""
        return organiser()

    def stage(self, actor: Actor, folder: Path, data: bytes) -> ImportBatch:
        """Upload a workbook."""
        return imports.stage(
            actor, get_edition(YOUTH), folder, data=data, file_name="Danh sách.xlsx", unit=None, effective=DAY
        )

    def test_nothing_is_written_before_the_confirmation(self, actor: Actor, tmp_path: Path) -> None:
        batch = self.stage(actor, tmp_path, works(work(1, c9="x")))
        assert imports.examined(actor, batch, tmp_path).people == 2
        assert entries() == []
        (stored,) = tmp_path.iterdir()
        assert stored.name == batch.stored_name
        assert "Danh" not in stored.name

    def test_confirming_twice_writes_once(self, actor: Actor, tmp_path: Path) -> None:
        batch = self.stage(actor, tmp_path, works(work(1, c9="x")))
        first = imports.confirm(actor, batch, tmp_path)
        assert (first["created"], first["written"]) == (1, True)
        assert imports.confirm(actor, batch, tmp_path) == first
        assert len(entries()) == 1
        assert list(tmp_path.iterdir()) == []

    def test_rejected_rows_leave_the_upload_to_be_confirmed_in_part(self, actor: Actor, tmp_path: Path) -> None:
        batch = self.stage(actor, tmp_path, works(work(1), work(2, c2="Vũ trụ")))
        assert not imports.confirm(actor, batch, tmp_path)["written"]
        assert batch.confirmed_at is None
        assert imports.confirm(actor, batch, tmp_path, partial=True)["created"] == 1
        assert batch.confirmed_at is not None

    def test_upload_is_its_owners(self, actor: Actor, tmp_path: Path) -> None:
        batch = self.stage(actor, tmp_path, works(work(1)))
        assert imports.get_batch(actor, batch.token).id == batch.id
        for other in (organiser(), SYSTEM):
            with pytest.raises(NotFound):
                imports.get_batch(other, batch.token)

    def test_forgotten_upload_is_removed_by_the_next(self, actor: Actor, tmp_path: Path) -> None:
        old = self.stage(actor, tmp_path, works(work(1)))
        with transaction():
            old.uploaded_at = clock.now() - imports.batches.KEPT * 2
        new = self.stage(actor, tmp_path, works(work(2)))
        assert [file.name for file in tmp_path.iterdir()] == [new.stored_name]
        with pytest.raises(imports.UploadGone):
            imports.examined(actor, old, tmp_path)

    def test_unusable_file_is_not_kept(self, actor: Actor, tmp_path: Path) -> None:
        with pytest.raises(Unusable):
            self.stage(actor, tmp_path, b"no workbook")
        assert list(tmp_path.iterdir()) == []
        assert list(db.session.scalars(select(ImportBatch))) == []

    def test_two_confirmations_at_once_write_once(self, both: Flask, tmp_path: Path) -> None:
        with both.app_context():
            actor = organiser()
            token = self.stage(actor, tmp_path, works(*(work(number, c9="x") for number in range(1, 6)))).token
            db.session.remove()

        def confirm() -> dict[str, Any]:
            with both.app_context():
                return imports.confirm(actor, imports.get_batch(actor, token), tmp_path)

        with ThreadPoolExecutor(2) as pool:
            outcomes = [future.result() for future in [pool.submit(confirm), pool.submit(confirm)]]
        assert outcomes[0] == outcomes[1]
        assert outcomes[0]["created"] == 5
        with both.app_context():
            assert len(entries()) == 5


def test_two_lists_of_one_unit_at_once_write_each_work_once(both: Flask) -> None:
    def bring(score: float) -> tuple[int, int, int, int]:
        with both.app_context():
            return figures(brought(works(*(work(number, c7=score) for number in range(1, 6)))))

    with ThreadPoolExecutor(2) as pool:
        outcomes = [future.result() for future in [pool.submit(bring, 80.0), pool.submit(bring, 81.0)]]
    assert sorted(outcomes) == [(0, 5, 0, 0), (5, 0, 0, 0)]
    with both.app_context():
        assert len(entries()) == 5
