"""What is kept of a list between its upload and its entries, on both databases, for several people at once."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from contest_portal.accounts.actor import Actor, Role
from contest_portal.contests.models import Edition, Membership
from contest_portal.contests.queries import get_edition
from contest_portal.core import clock, files, jobs
from contest_portal.core.database import db, transaction
from contest_portal.core.errors import Invalid, NotFound, Unusable
from contest_portal.core.jobs import JobState
from contest_portal.core.spreadsheets import Workbook, read_workbook
from contest_portal.registration.models import Entry, ImportBatch
from contest_portal.registration.tables import read_tables
from contest_portal.screening import imports
from contest_portal.screening.imports import Choices, batches, memory, working
from contest_portal.screening.imports.meanings import MEANINGS, keys_of, questions_about, with_meanings
from tests.at_once import at_once
from tests.factories.people import actor_for, make_user
from tests.factories.workbooks import TEAM_HEADS, team, teams, workbook

CODE = "robocon-2024"


@pytest.fixture
def edition(app: Flask) -> Edition:
    """Return the robot contest."""
    return get_edition(CODE)


@pytest.fixture
def actor(app: Flask) -> Actor:
    """Return an organiser."""
    return actor_for(make_user(Role.ORGANISER))


@pytest.fixture
def long_lists(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the shortest list be a long one."""
    monkeypatch.setattr(batches, "LARGE", 1)
    yield
    jobs.settle()


def staged(actor: Actor, edition: Edition, folder: Path, data: bytes) -> ImportBatch:
    """Upload a list."""
    return imports.stage(actor, edition, folder, data=data, file_name="ds.xlsx", unit=None, effective=clock.today())


def begun(actor: Actor, batch: ImportBatch, kind: str, folder: Path, **values: Any) -> jobs.Job:
    """Begin work on a list in the background and wait for it."""
    given = {"folder": str(folder), **values}
    token = working.begin(actor, batch, kind, given, leads_to="/", leads_back="/")
    jobs.settle()
    db.session.rollback()
    return jobs.get_job(actor.user_id, token)


def count(model: Any = Entry) -> int:
    """Count rows."""
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model)) or 0


class TestMemory:
    """What headings mean is each person's own, for one edition."""

    def test_the_last_word_counts(self, actor: Actor, edition: Edition) -> None:
        memory.remember(actor, edition, {"noi hoc": "school", "bua trua": ""})
        memory.remember(actor, edition, {"noi hoc": "unit"})
        assert memory.recall(actor, edition) == {"noi hoc": "unit", "bua trua": ""}

    def test_it_is_nobody_elses_and_of_no_other_edition(self, actor: Actor, edition: Edition) -> None:
        memory.remember(actor, edition, {"noi hoc": "school"})
        other = actor_for(make_user(Role.ORGANISER))
        assert memory.recall(other, edition) == {}
        assert memory.recall(actor, get_edition("youth-2024")) == {}
        memory.forget(other, edition)
        assert memory.recall(actor, edition) == {"noi hoc": "school"}
        memory.forget(actor, edition)
        assert memory.recall(actor, edition) == {}


class TestMeanings:
    """Every meaning that is offered is one the reader of tables understands."""

    @pytest.mark.parametrize("meaning", list(MEANINGS))
    def test_each_meaning_is_understood(self, meaning: str) -> None:
        heads = ["Tên đội", "Thành viên", "Cột lạ"]
        read = with_meanings(_read(heads, ["Sao Mai", "Lê Văn An", "x1"]), {"cot la": meaning})
        table = read_tables(read)[0]
        assert [column.index for column in table.columns] == [0, 1, 2]
        assert not table.ignored

    def test_a_column_left_out_is_not_read(self) -> None:
        read = with_meanings(_read(["Tên đội", "Thành viên", "Lớp"], ["Sao", "Lê Văn An", "7A"]), {"lop": ""})
        assert read_tables(read)[0].rows[0].people[0].class_name is None

    def test_headings_alike_are_told_apart(self) -> None:
        assert [key for _index, key in keys_of(["Khác", "khác ", 7, "", "KHÁC"])] == ["khac", "khac#2", "khac#3"]

    def test_hidden_sheets_and_sheets_without_a_table_are_not_asked_about(self) -> None:
        book = _read(["Tên đội", "Thành viên"], ["Sao Mai", "Lê Văn An"])
        notes = _read(["Việc phải làm", "Ai làm"], ["Gọi điện", "cô Hà"]).sheets[0]
        asked = questions_about(Workbook([book.sheets[0], notes]), {})
        assert (asked.questions, asked.missing) == ([], [])

    def test_a_million_odd_headings_ask_a_bounded_number_of_questions(self) -> None:
        heads = [f"cột lạ số {number} a" for number in range(290)]
        asked = questions_about(_read(heads, ["x"] * 290), {})
        assert len(asked.questions) == 60


def _read(*rows: list[Any]) -> Workbook:
    return read_workbook(workbook(*rows))


class TestBatches:
    """A list is kept for its owner, written once, and goes away."""

    def test_two_people_confirm_two_lists_of_the_same_teams_at_once(
        self, app: Flask, edition: Edition, tmp_path: Path
    ) -> None:
        data = teams(team(1), team(2))
        actors = [actor_for(make_user(Role.ORGANISER)) for _number in range(3)]
        tokens = [staged(actor, edition, tmp_path, data).token for actor in actors]

        def act(number: int) -> dict[str, Any]:
            batch = imports.get_batch(actors[number], tokens[number])
            return imports.confirm(actors[number], batch, tmp_path)

        outcomes = at_once(app, act, many=3)
        assert sorted(outcome["created"] for outcome in outcomes) == [0, 0, 2]
        assert sorted(outcome["unchanged"] for outcome in outcomes) == [0, 2, 2]
        assert count() == 2

    def test_one_list_confirmed_many_times_at_once_is_written_once(
        self, app: Flask, actor: Actor, edition: Edition, tmp_path: Path
    ) -> None:
        token = staged(actor, edition, tmp_path, teams(team(1))).token

        def act(_number: int) -> int:
            found = imports.confirm(actor, imports.get_batch(actor, token), tmp_path)
            return int(found["created"])

        results = at_once(app, act, many=5)
        # Whoever comes after the files have gone is told so; nobody writes a second time.
        assert set(results) <= {1, imports.UploadGone}
        assert count() == 1

    def test_files_go_after_a_day_whether_confirmed_or_not(
        self, actor: Actor, edition: Edition, tmp_path: Path
    ) -> None:
        partial = staged(actor, edition, tmp_path, teams(team(1), team(2, c5="31/2/2011")))
        imports.confirm(actor, partial, tmp_path, partial=True)
        staged(actor, edition, tmp_path, teams(team(3)))
        assert len(list(tmp_path.iterdir())) == 2
        with transaction():
            for batch in db.session.scalars(select(ImportBatch)):
                batch.uploaded_at -= batches.KEPT + timedelta(minutes=1)
        staged(actor, edition, tmp_path, teams(team(4)))
        assert len(list(tmp_path.iterdir())) == 1

    def test_choices_without_a_required_meaning_are_refused(
        self, actor: Actor, edition: Edition, tmp_path: Path
    ) -> None:
        heads = ["Nhóm bạn", "Các em"]
        batch = staged(actor, edition, tmp_path, workbook(heads, ["Sao Mai", "Lê Văn An"]))
        with pytest.raises(Invalid, match="Họ và tên"):
            imports.choose_columns(actor, batch, tmp_path, {"nhom ban": "title", "cac em": ""})
        assert memory.recall(actor, edition) == {}

    def test_a_post_lost_since_the_upload_writes_nothing(
        self, actor: Actor, edition: Edition, tmp_path: Path, long_lists: None
    ) -> None:
        batch = staged(actor, edition, tmp_path, teams(team(1)))
        with transaction():
            db.session.execute(_ended(actor))
        job = begun(actor, batch, "import.confirm", tmp_path)
        assert job.state == JobState.FAILED
        assert count() == 0


def _ended(actor: Actor) -> Any:
    return update(Membership).where(Membership.user_id == actor.user_id).values(ended_at=clock.now())


class TestInTheBackground:
    """Long lists: read, marked and written by a job, the same as by a page."""

    def test_reading_marking_and_writing(
        self, actor: Actor, edition: Edition, tmp_path: Path, long_lists: None
    ) -> None:
        batch = staged(actor, edition, tmp_path, teams(team(1), team(2, c5="31/2/2011")))
        assert imports.examined(actor, batch, tmp_path) is None
        assert begun(actor, batch, "import.read", tmp_path).result == {"step": "preview"}
        batch = imports.get_batch(actor, batch.token)
        found = imports.examined(actor, batch, tmp_path)
        assert found is not None
        assert found.counts == {"create": 1, "update": 0, "unchanged": 0, "rejected": 1}
        begun(actor, batch, "import.mark", tmp_path)
        batch = imports.get_batch(actor, batch.token)
        assert imports.marked(actor, batch, tmp_path).startswith(b"PK")
        job = begun(actor, batch, "import.confirm", tmp_path, partial=True)
        assert (job.result, count()) == ({"written": True}, 1)

    def test_what_cannot_be_read_fails_with_its_sentence(
        self, actor: Actor, edition: Edition, tmp_path: Path, long_lists: None
    ) -> None:
        job = begun(actor, staged(actor, edition, tmp_path, b"PK\x03\x04xx"), "import.read", tmp_path)
        assert job.state == JobState.FAILED
        assert "hỏng" in (job.error or "")

    def test_a_file_that_is_gone_fails_with_its_sentence(
        self, actor: Actor, edition: Edition, tmp_path: Path, long_lists: None
    ) -> None:
        batch = staged(actor, edition, tmp_path, teams(team(1)))
        files.discard(tmp_path, batch.stored_name)
        assert "chọn lại tệp" in (begun(actor, batch, "import.confirm", tmp_path).error or "")

    def test_killed_between_writing_and_saying_so_it_is_written_once(
        self, actor: Actor, edition: Edition, tmp_path: Path, long_lists: None
    ) -> None:
        batch = staged(actor, edition, tmp_path, teams(team(1)))
        job = begun(actor, batch, "import.confirm", tmp_path)
        with transaction():
            # As a process leaves it that is killed after its commit.
            job.state, job.heartbeat_at = JobState.RUNNING, clock.now() - 2 * jobs.STALE
        again = jobs.get_job(actor.user_id, job.token)
        jobs.settle()
        db.session.rollback()
        assert jobs.get_job(actor.user_id, again.token).state == JobState.DONE
        assert count() == 1

    def test_killed_in_the_middle_of_writing_nothing_is_half_there(
        self, actor: Actor, edition: Edition, tmp_path: Path, long_lists: None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        batch = staged(actor, edition, tmp_path, teams(team(1), team(2)))
        reached = threading.Event()

        def die(*_arguments: Any) -> None:
            reached.set()
            raise SystemExit

        with monkeypatch.context() as patched:
            patched.setattr("contest_portal.registration.imports.applying.write_events", die)
            patched.setattr("contest_portal.registration.imports.applying.audit.record", die)
            job = begun(actor, batch, "import.confirm", tmp_path)
        assert reached.is_set()
        assert (count(), job.state) == (0, JobState.RUNNING)
        with transaction():
            job.heartbeat_at = clock.now() - 2 * jobs.STALE
        jobs.get_job(actor.user_id, job.token)
        jobs.settle()
        assert count() == 2

    def test_progress_names_what_is_done(self, actor: Actor, edition: Edition) -> None:
        told: list[tuple[str, int, int]] = []
        rows = [team(number) for number in range(1, 451)]
        found = imports.examine(
            actor, edition, teams(*rows), Choices(), report=lambda *words: told.append((str(words[0]), *words[1:]))
        )
        assert found.counts["create"] == 450
        steps = list(dict.fromkeys(step for step, _done, _total in told))
        assert len(steps) >= 5
        assert ("Đang so từng dòng với thể lệ và hồ sơ đã có", 200, 450) in told


def test_an_old_list_of_somebody_else_is_not_found(app: Flask, actor: Actor, edition: Edition, tmp_path: Path) -> None:
    batch = staged(actor, edition, tmp_path, teams(team(1)))
    with pytest.raises(NotFound):
        imports.get_batch(actor_for(make_user(Role.ORGANISER)), batch.token)


def test_a_workbook_without_any_list_is_refused_at_once(actor: Actor, edition: Edition, tmp_path: Path) -> None:
    with pytest.raises(Unusable):
        staged(actor, edition, tmp_path, workbook(["Nhóm"], TEAM_HEADS[:1]))
    assert not any(tmp_path.iterdir())
