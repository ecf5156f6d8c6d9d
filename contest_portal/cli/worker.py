"""What the portal does by itself while it serves: letters leave, schools are reminded, entries are compared."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from contest_portal.core import clock, mail, outbox
from contest_portal.core.database import db
from contest_portal.registration.announcing import remind
from contest_portal.registration.duplicates.services import compare_waiting

log = logging.getLogger(__name__)

# Letters are looked for often; schools are reminded of days, so seldom is enough.
LETTERS_EVERY: Final = 10.0
REMINDERS_EVERY: Final = 600.0
COMPARING_EVERY: Final = 10.0


@dataclass(frozen=True)
class Chore:
    """Be something to do again and again."""

    every: float
    do: Callable[[], Any]


def deliver() -> int:
    """Send the letters whose time has come, where a mail server is configured."""
    return outbox.deliver_due() if mail.configured() else 0


def send_reminders() -> int:
    """Remind schools of deadlines; each reminder goes out once, whichever process is first."""
    return remind(clock.now())


def compare_entries() -> int:
    """Compare what was handed in or imported lately with everything else; nobody waits for it."""
    return compare_waiting()


CHORES: Final = (
    Chore(LETTERS_EVERY, deliver),
    Chore(REMINDERS_EVERY, send_reminders),
    Chore(COMPARING_EVERY, compare_entries),
)


class Worker(threading.Thread):
    """Do the chores beside the requests; one that fails is tried again at its next turn."""

    def __init__(self, app: Flask, chores: Sequence[Chore] = CHORES, pause: float = LETTERS_EVERY) -> None:
        """Keep the application and what is to be done."""
        # A daemon: a letter it holds when the server stops is found again by core.outbox.
        super().__init__(name="worker", daemon=True)
        self._app, self._chores, self._pause = app, chores, pause
        self._due = [0.0] * len(chores)
        self._ended = threading.Event()

    def run(self) -> None:
        """Work until stop() is called."""
        while not self._ended.wait(self._pause):
            self.turn(time.monotonic())

    def stop(self) -> None:
        """End after the chore under way."""
        self._ended.set()

    def turn(self, now: float) -> None:
        """Do every chore whose time has come."""
        for place, chore in enumerate(self._chores):
            if now >= self._due[place]:
                self._due[place] = now + chore.every
                self._do(chore)

    def _do(self, chore: Chore) -> None:
        with self._app.app_context():
            try:
                chore.do()
            except SQLAlchemyError as error:
                # A database that is away for a while comes back; requests say so to whoever waits.
                log.warning("%s was put off: %s", chore.do.__name__, type(error).__name__)
            except Exception:
                log.exception("%s failed", chore.do.__name__)
            finally:
                db.session.remove()
