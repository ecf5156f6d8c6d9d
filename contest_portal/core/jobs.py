"""Work that takes longer than a page may: done in the background of the server, watched through a row in the database.

A job belongs to whoever started it. The thread that works only sets figures in memory; another one writes them down a few
times a second and shows by the same stroke that the process lives. A job whose process died is begun again where its kind
can be repeated without harm, else it is marked as failed, with a sentence that says so.
"""

import logging
import secrets
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from flask import Flask, current_app
from sqlalchemy import JSON, CheckConstraint, Engine, Index, String, Text, delete, select, update
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.orm import Mapped, mapped_column

from contest_portal.core import clock
from contest_portal.core.database import Base, UTCDateTime, db, transaction
from contest_portal.core.errors import NotFound, PortalError
from contest_portal.core.i18n import current_language, language, lazy
from contest_portal.core.progress import Report

log = logging.getLogger(__name__)

# Python computes on one thread at a time: more would only make everybody's pages slow.
AT_ONCE: Final = 2
TICK: Final = 0.25
BEAT: Final = timedelta(seconds=5)
# Longer than SQLite's busiest writer keeps the others waiting.
STALE: Final = timedelta(seconds=60)
MOST_TRIES: Final = 2
KEPT: Final = timedelta(days=7)

BROKEN_OFF: Final = lazy("Máy chủ khởi động lại khi đang làm việc này. Chưa có gì bị ghi dở; hãy thử lại.")
BUSY: Final = lazy("Cơ sở dữ liệu đang bận hoặc không ghi được. Chưa có gì bị mất; hãy thử lại sau ít phút.")


class JobState(StrEnum):
    """Name how far a job is."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


ACTIVE: Final = (JobState.QUEUED, JobState.RUNNING)


class Job(Base):
    """Be one long piece of work of one person."""

    __tablename__ = "jobs"
    __table_args__ = (
        CheckConstraint("state IN ('queued', 'running', 'done', 'failed')", name="state"),
        Index("ix_jobs_state_heartbeat_at", "state", "heartbeat_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(43), unique=True)
    kind: Mapped[str] = mapped_column(String(40))
    user_id: Mapped[int | None] = mapped_column(index=True)
    language: Mapped[str] = mapped_column(String(5))
    # What the work needs to know, so that another process can begin it again.
    values: Mapped[dict[str, Any]] = mapped_column(JSON)
    # Paths of our own: where the page leads when the work is done, and when it failed.
    leads_to: Mapped[str] = mapped_column(String(300))
    leads_back: Mapped[str] = mapped_column(String(300))
    state: Mapped[str] = mapped_column(String(10), default=JobState.QUEUED)
    step: Mapped[str] = mapped_column(String(200), default="")
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    tries: Mapped[int] = mapped_column(default=0)
    result: Mapped[Any] = mapped_column(JSON, nullable=True)
    error: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
    heartbeat_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)

    @property
    def active(self) -> bool:
        """Tell whether the work still goes on."""
        return self.state in ACTIVE


Work = Callable[[Job, Report], dict[str, Any] | None]


@dataclass(frozen=True)
class Kind:
    """Say what one kind of job does, what its page is called, and whether it may be done again after a crash."""

    title: Any
    work: Work
    again: bool


KINDS: Final[dict[str, Kind]] = {}


def job_kind(name: str, title: Any, *, again: bool) -> Callable[[Work], Work]:
    """Declare what does the work of a kind; it returns what the job's result is to be."""

    def declare(work: Work) -> Work:
        KINDS[name] = Kind(title, work, again)
        return work

    return declare


def start(kind: str, user_id: int | None, values: dict[str, Any], *, leads_to: str, leads_back: str) -> Job:
    """Write a job down and hand it to the background; it outlives the request."""
    job = Job(
        token=secrets.token_urlsafe(32),
        kind=kind,
        user_id=user_id,
        language=current_language(),
        values=values,
        leads_to=leads_to,
        leads_back=leads_back,
    )
    with transaction():
        _forget_old()
        db.session.add(job)
    _desk().take(job.token)
    return job


def get_job(user_id: int | None, token: str) -> Job:
    """Return somebody's own job; one whose process died is begun again or marked as failed. Raises NotFound."""
    job = _find(token)
    if job is None or user_id is None or job.user_id != user_id:
        raise NotFound
    if job.active and job.heartbeat_at < clock.now() - STALE:
        _rescue(job)
    return job


def is_active(user_id: int | None, token: str, kind: str) -> bool:
    """Tell whether somebody's job of this kind is still under way."""
    try:
        job = get_job(user_id, token)
    except NotFound:
        return False
    return job.active and job.kind == kind


def title_of(job: Job) -> str:
    """Return what a job does, in the reader's language."""
    return str(KINDS[job.kind].title) if job.kind in KINDS else job.kind


def settle(seconds: float = 60) -> None:
    """Wait until this process has nothing left to do: for tests, and for commands that must not end before."""
    _desk().settle(seconds)


class Follower:
    """Hold how far one job is, as its thread last said."""

    def __init__(self) -> None:
        self.step, self.done, self.total = "", 0, 0
        self.changed = False
        self.written_at = clock.now()
        self._last: Any = None

    def report(self, step: Any, done: int = 0, total: int = 0) -> None:
        """Take note; costs nothing worth counting."""
        if step is not self._last:
            self._last, self.step = step, str(step)[:200]
        self.done, self.total, self.changed = done, total, True

    def due(self) -> bool:
        """Tell whether there is something to write down."""
        return self.changed or clock.now() - self.written_at >= BEAT

    def take(self) -> dict[str, Any]:
        """Return what is written down now."""
        self.changed, self.written_at = False, clock.now()
        return {"step": self.step, "done": self.done, "total": self.total, "heartbeat_at": self.written_at}


class Desk:
    """Do the jobs of one process, a few at a time."""

    def __init__(self, app: Flask, engine: Engine) -> None:
        self._app, self._engine = app, engine
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="job")
        self._live: dict[str, Follower] = {}
        self._futures: set[Future[None]] = set()
        self._lock = threading.Lock()
        self._ticker: threading.Thread | None = None

    def take(self, token: str) -> None:
        """Put a job into the queue of this process."""
        with self._lock:
            self._live[token] = Follower()
            future = self._pool.submit(self._run, token)
            self._futures.add(future)
            if self._ticker is None:
                self._ticker = threading.Thread(target=self._tick, name="job-ticker", daemon=True)
                self._ticker.start()
        future.add_done_callback(self._forget)

    def _forget(self, future: Future[None]) -> None:
        with self._lock:
            self._futures.discard(future)

    def settle(self, seconds: float) -> None:
        """Wait for everything that was taken, and for the last stroke of the pen."""
        with self._lock:
            futures, ticker = set(self._futures), self._ticker
        wait(futures, seconds)
        if ticker is not None:
            ticker.join(seconds)

    def _run(self, token: str) -> None:
        try:
            with self._app.app_context():
                _work(token, self._live[token])
        except Exception:
            log.exception("a job could not be ended: %s", token[:6])
        finally:
            with self._lock:
                self._live.pop(token, None)

    def _tick(self) -> None:
        """Write down how far the jobs are, until there are none."""
        pause = threading.Event()
        while True:
            pause.wait(TICK)
            with self._lock:
                live = dict(self._live)
                if not live:
                    self._ticker = None
                    return
            for token, follower in live.items():
                if follower.due():
                    self._write(token, follower.take())

    def _write(self, token: str, values: dict[str, Any]) -> None:
        # On SQLite this waits while a job itself writes, and may give up: the next stroke comes soon.
        try:
            with self._engine.begin() as connection:
                connection.execute(update(Job).where(Job.token == token, Job.state.in_(ACTIVE)).values(**values))
        except SQLAlchemyError:
            log.debug("progress of a job was not written down")


_opening = threading.Lock()


def _desk() -> Desk:
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    with _opening:
        if "jobs" not in app.extensions:
            app.extensions["jobs"] = Desk(app, db.engine)
    desk: Desk = app.extensions["jobs"]
    return desk


def _work(token: str, follower: Follower) -> None:
    job = _claim(token)
    if job is None:
        return
    with language(job.language):
        try:
            result = KINDS[job.kind].work(job, follower.report)
        except PortalError as error:
            _end(token, JobState.FAILED, error=str(error))
        except OperationalError as error:
            log.error("database unavailable in a job: %s", error.orig)
            _end(token, JobState.FAILED, error=str(BUSY))
        except Exception:
            reference = secrets.token_hex(4).upper()
            log.exception("unexpected error in a job, reference %s", reference)
            words = lazy("Hệ thống gặp lỗi và đã ghi lại, mã tra cứu %(reference)s. Hãy thử lại.", reference=reference)
            _end(token, JobState.FAILED, error=str(words))
        else:
            _end(token, JobState.DONE, result=result, done=follower.done, total=follower.total)


def _claim(token: str) -> Job | None:
    """Begin a queued job; of several processes one does."""
    with transaction():
        begun = update(Job).where(Job.token == token, Job.state == JobState.QUEUED)
        begun = begun.values(state=JobState.RUNNING, heartbeat_at=clock.now(), tries=Job.tries + 1)
        won = db.session.scalar(begun.returning(Job.id))
    return _find(token) if won is not None else None


def _end(token: str, state: JobState, **values: Any) -> None:
    db.session.rollback()
    with transaction():
        ended = update(Job).where(Job.token == token, Job.state == JobState.RUNNING)
        db.session.execute(ended.values(state=state, heartbeat_at=clock.now(), **values))


def _rescue(job: Job) -> None:
    """Begin a job again whose process died, where that does no harm; else say that it broke off."""
    kind = KINDS.get(job.kind)
    again = kind is not None and kind.again and job.tries < MOST_TRIES
    state, error = (JobState.QUEUED, None) if again else (JobState.FAILED, str(BROKEN_OFF))
    with transaction():
        lost = update(Job).where(Job.id == job.id, Job.state.in_(ACTIVE), Job.heartbeat_at == job.heartbeat_at)
        won = db.session.scalar(lost.values(state=state, error=error, heartbeat_at=clock.now()).returning(Job.id))
    if won is not None and again:
        _desk().take(job.token)
    db.session.refresh(job)


def _find(token: str) -> Job | None:
    return db.session.scalar(select(Job).where(Job.token == token).execution_options(populate_existing=True))


def _forget_old() -> None:
    """Remove what ended a week ago: results are kept where they belong."""
    old = delete(Job).where(Job.state.not_in(ACTIVE), Job.heartbeat_at < clock.now() - KEPT)
    db.session.execute(old.execution_options(synchronize_session=False))
