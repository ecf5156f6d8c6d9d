"""Long work: done in the background, watched by its owner, never lost without a word."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError

from contest_portal.core import clock, jobs
from contest_portal.core.database import db, transaction
from contest_portal.core.errors import NotFound, Unusable
from contest_portal.core.i18n import lazy, set_language
from contest_portal.core.jobs import Job, JobState
from contest_portal.core.progress import followed, quiet
from tests.at_once import at_once

OWNER, STRANGER = 41, 42


class Worker:
    """Be the work of a test's own kind of job."""

    def __init__(self) -> None:
        self.act: Any = lambda _job, _report: None
        self.turns = 0

    def __call__(self, job: Job, report: Any) -> Any:
        """Count the turn, then do what the test asked for."""
        self.turns += 1
        return self.act(job, report)


@pytest.fixture
def worker() -> Iterator[Worker]:
    """Declare two kinds of job for one test: one that may be repeated, and one that may not."""
    made = Worker()
    for name, again in (("test.again", True), ("test.once", False)):
        jobs.job_kind(name, lazy("Đang thử"), again=again)(made)
    yield made
    for name in ("test.again", "test.once"):
        del jobs.KINDS[name]


def begin(kind: str = "test.again", **values: Any) -> Job:
    """Start a job of the owner's."""
    return jobs.start(kind, OWNER, values, leads_to="/entries/", leads_back="/contests")


def ended(job: Job) -> Job:
    """Wait for the job and return it as the database has it."""
    jobs.settle()
    db.session.rollback()
    return jobs.get_job(OWNER, job.token)


def seen(job: Job, seconds: float = 10) -> Iterator[Job]:
    """Yield the job as its page sees it, again and again."""
    pause = threading.Event()
    for _time in range(int(seconds / 0.05)):
        db.session.rollback()
        yield jobs.get_job(OWNER, job.token)
        pause.wait(0.05)


def abandoned(kind: str = "test.again", tries: int = 1, **values: Any) -> Job:
    """Leave a job behind as a process does that was killed a while ago."""
    job = Job(
        token="x" * 43, kind=kind, user_id=OWNER, language="vi", values=values, leads_to="/", leads_back="/",
        state=JobState.RUNNING, tries=tries, heartbeat_at=clock.now() - jobs.STALE - timedelta(seconds=1),
    )  # fmt: skip
    with transaction():
        db.session.add(job)
    return job


def test_work_is_done_and_its_result_kept(app: Flask, worker: Worker) -> None:
    worker.act = lambda job, _report: {"sum": sum(job.values["numbers"])}
    job = ended(begin(numbers=[1, 2, 3]))
    assert (job.state, job.result, job.error, worker.turns) == (JobState.DONE, {"sum": 6}, None, 1)


def test_progress_is_written_down_while_the_work_goes_on(app: Flask, worker: Worker) -> None:
    shown = threading.Event()

    def act(_job: Job, report: Any) -> None:
        report(lazy("Đang đếm"), 30, 120)
        shown.wait(10)

    worker.act = act
    job = begin()
    met = next(now for now in seen(job) if now.done)
    assert (met.state, met.step, met.done, met.total) == (JobState.RUNNING, "Đang đếm", 30, 120)
    shown.set()
    assert ended(job).state == JobState.DONE


def test_progress_is_written_at_most_a_few_times_a_second(app: Flask, worker: Worker) -> None:
    follower = jobs.Follower()
    for done in range(10_000):
        follower.report("x", done, 10_000)
    assert follower.take()["done"] == 9_999
    assert not follower.due()
    assert jobs.TICK >= 0.25


def test_page_of_a_job_is_its_owners_alone(app: Flask, worker: Worker) -> None:
    job = ended(begin())
    for user_id in (STRANGER, None):
        with pytest.raises(NotFound):
            jobs.get_job(user_id, job.token)
    with pytest.raises(NotFound):
        jobs.get_job(OWNER, "y" * 43)


def test_a_failure_says_why_in_the_owners_language(app: Flask, worker: Worker) -> None:
    def act(_job: Job, _report: Any) -> None:
        raise Unusable(lazy("Tệp này trống. Hãy chọn tệp khác."))

    worker.act = act
    job = ended(begin())
    assert (job.state, job.error) == (JobState.FAILED, "Tệp này trống. Hãy chọn tệp khác.")
    set_language("en")
    other = ended(begin())
    assert other.language == "en"
    assert "Tệp" not in (other.error or "")


def test_what_nobody_foresaw_is_a_sentence_with_a_reference(app: Flask, worker: Worker) -> None:
    worker.act = lambda _job, _report: 1 / 0
    job = ended(begin())
    assert job.state == JobState.FAILED
    assert "mã tra cứu" in (job.error or "")
    assert "division" not in (job.error or "")


def test_a_lost_database_is_told_calmly(app: Flask, worker: Worker) -> None:
    def act(_job: Job, _report: Any) -> None:
        raise OperationalError("SELECT 1", {}, Exception("gone"))

    worker.act = act
    assert ended(begin()).error == str(jobs.BUSY)


def test_what_a_job_wrote_before_it_failed_is_not_kept(app: Flask, worker: Worker) -> None:
    def act(_job: Job, _report: Any) -> None:
        with transaction():
            db.session.add(Job(token="z" * 43, kind="x", language="vi", values={}, leads_to="/", leads_back="/"))
            db.session.flush()
            raise Unusable

    worker.act = act
    ended(begin())
    assert db.session.scalar(select(Job).where(Job.token == "z" * 43)) is None


def test_a_job_whose_process_died_is_begun_again(app: Flask, worker: Worker) -> None:
    worker.act = lambda job, _report: dict(job.values)
    job = ended(jobs.get_job(OWNER, abandoned(file="a").token))
    assert (job.state, job.result, job.tries) == (JobState.DONE, {"file": "a"}, 2)


@pytest.mark.parametrize(("kind", "tries"), [("test.once", 1), ("test.again", jobs.MOST_TRIES), ("gone", 1)])
def test_what_may_not_be_repeated_is_said_to_have_broken_off(app: Flask, worker: Worker, kind: str, tries: int) -> None:
    job = jobs.get_job(OWNER, abandoned(kind, tries).token)
    assert (job.state, job.error) == (JobState.FAILED, str(jobs.BROKEN_OFF))
    assert worker.turns == 0


def test_of_many_who_look_at_a_dead_job_one_begins_it_again(app: Flask, worker: Worker) -> None:
    token = abandoned().token
    at_once(app, lambda _number: jobs.get_job(OWNER, token), many=6)
    job = jobs.get_job(OWNER, token)
    ended(job)
    assert worker.turns == 1


def test_a_job_that_still_beats_is_left_alone(app: Flask, worker: Worker) -> None:
    job = abandoned()
    with transaction():
        db.session.execute(update(Job).values(heartbeat_at=clock.now() - jobs.STALE / 2))
    assert jobs.get_job(OWNER, job.token).state == JobState.RUNNING
    assert worker.turns == 0


def test_a_waiting_job_beats_too(app: Flask, worker: Worker) -> None:
    gate = threading.Event()
    worker.act = lambda _job, _report: gate.wait(10) and None
    every = [begin() for _number in range(jobs.AT_ONCE + 1)]
    states = []
    for now in seen(every[0]):
        if now.state == JobState.RUNNING:
            states = [jobs.get_job(OWNER, job.token).state for job in every]
            if states.count(JobState.RUNNING) == jobs.AT_ONCE:
                break
    assert states == [JobState.RUNNING] * jobs.AT_ONCE + [JobState.QUEUED]
    gate.set()
    jobs.settle()
    assert [ended(job).state for job in every] == [JobState.DONE] * 3


def test_jobs_that_ended_long_ago_are_forgotten(app: Flask, worker: Worker) -> None:
    old = ended(begin()).token
    with transaction():
        db.session.execute(update(Job).values(heartbeat_at=clock.now() - jobs.KEPT - timedelta(hours=1)))
    ended(begin())
    with pytest.raises(NotFound):
        jobs.get_job(OWNER, old)


def test_items_are_followed() -> None:
    told: list[tuple[int, int]] = []
    assert list(followed(range(450), lambda _step, done, total: told.append((done, total)), "x")) == list(range(450))
    assert told == [(0, 450), (200, 450), (400, 450), (450, 450)]
    assert list(followed("ab", quiet, "x")) == ["a", "b"]
