"""Let many act at the same moment, each in its own thread with its own connection."""

import threading
from collections.abc import Callable
from typing import Any

from flask import Flask

from contest_portal.core.database import db

MANY = 12


def at_once(app: Flask, act: Callable[[int], Any], many: int = MANY) -> list[Any]:
    """Let threads act at the same moment; return what each got, an error as its class."""
    db.session.commit()
    barrier = threading.Barrier(many)
    results: list[Any] = [None] * many

    def run(number: int) -> None:
        with app.app_context():
            barrier.wait(10)
            try:
                results[number] = act(number)
            except Exception as error:
                results[number] = type(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(many)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results
