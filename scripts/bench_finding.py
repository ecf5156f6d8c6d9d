"""Measure finding among many entries: `python3 -m scripts.bench_finding [--entries N] [--postgresql]`.

Prints for each list and search what the first page and the five hundredth cost, in milliseconds, and asserts nothing.
"""

import argparse
import logging
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from contest_portal.accounts.actor import SYSTEM, Actor
from contest_portal.app import create_app
from contest_portal.config import load_settings
from contest_portal.contests.queries import get_edition_with_rules
from contest_portal.contests.services import install_presets
from contest_portal.core.database import Base, db, transaction
from contest_portal.core.paging import Page, decode
from contest_portal.registration.filters import SORTS, Filters
from contest_portal.registration.listing import choices_for, list_entries
from contest_portal.registration.listing_people import list_people
from scripts.bench_world import BATCH, EDITION, _entries, _schools

PAGES, TURNS = 500, 7
SEARCHES = ("quyen", "nguyen thi hong anh", "sao bang", "sao bang 4321", "RB24-01", "khong co ai nhu the", "so 7")


def fill(count: int) -> None:
    """Make so many entries with their people and terms."""
    Base.metadata.create_all(db.engine)
    install_presets()
    edition = get_edition_with_rules(EDITION)
    schools = _schools(edition, 600)
    for start in range(0, count, BATCH):
        with transaction():
            _entries(edition, schools, range(start, min(count, start + BATCH)))
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE" if db.engine.dialect.name == "postgresql" else "SELECT 1")


def timed(act: Callable[[], Any]) -> float:
    """Return the median time of an act in milliseconds, the first time left out."""
    times = []
    for _turn in range(TURNS + 1):
        started = time.perf_counter()
        act()
        times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times[1:])


def lister(actor: Actor, list_page: Callable[..., Page[Any]], **asked: str) -> Callable[[str | None], Page[Any]]:
    """Return how one list turns to the page of a cursor."""
    filters = Filters.read({"edition": EDITION, **asked})
    choices = choices_for(filters, actor)
    return lambda cursor: list_page(actor, filters, choices, decode(cursor))


def show(name: str, page_of: Callable[[str | None], Page[Any]]) -> None:
    """Print what the first page and the five hundredth cost."""
    first = timed(lambda: page_of(None))
    cursor, pages = None, 1
    page = page_of(None)
    while page.next_cursor and pages < PAGES:
        cursor, pages = page.next_cursor, pages + 1
        page = page_of(cursor)
    last = timed(lambda: page_of(cursor))
    print(f"{name:44}{first:9.1f} ms{last:9.1f} ms on page {pages}", flush=True)


def main() -> None:
    """Fill, list, search."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=100_000)
    parser.add_argument(
        "--database", default="", help="Address of an empty database; SQLite in a new folder unless given."
    )
    wanted = parser.parse_args()
    logging.disable(logging.WARNING)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        os.environ["CONTEST_PORTAL_INSTANCE"] = folder
        if wanted.database:
            os.environ["DATABASE_URL"] = wanted.database
        app = create_app(load_settings())
        with app.app_context():
            started = time.perf_counter()
            fill(wanted.entries)
            print(f"{wanted.entries} entries in {time.perf_counter() - started:.0f} s, {Path(folder).name}")
            for sort in SORTS:
                show(f"sorted by {sort or 'newest'}", lister(SYSTEM, list_entries, sort=sort))
            show("people by name", lister(SYSTEM, list_people))
            for q in SEARCHES:
                show(f"search {q!r}", lister(SYSTEM, list_entries, q=q))
            show("search 'anh' by title", lister(SYSTEM, list_entries, q="anh", sort="title"))
            show("people 'quyen'", lister(SYSTEM, list_people, q="quyen"))


if __name__ == "__main__":
    main()
