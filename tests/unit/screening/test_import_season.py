"""A whole season's list in one go, and the longest list there may be: in time, in few statements, with progress to see."""

import time
from pathlib import Path

from flask import Flask
from sqlalchemy import func, select

from contest_portal.accounts.actor import SYSTEM, Role
from contest_portal.contests.queries import get_edition
from contest_portal.core import clock, jobs
from contest_portal.core.database import db
from contest_portal.registration.models import Entry, Participant
from contest_portal.screening import imports
from contest_portal.screening.imports import import_workbook, working
from scripts.bench_import import make_list
from tests.counting import counted_statements
from tests.factories.people import actor_for, make_user

CODE = "robocon-2024"
NUMBERED = ("INSERT INTO schools", "INSERT INTO entries ")
TEAMS, LONGEST = 879, 10_000


def test_a_season_of_879_teams_is_imported_within_a_minute(app: Flask) -> None:
    data = make_list(TEAMS)
    begun = time.perf_counter()
    with counted_statements() as sent:
        outcome = import_workbook(SYSTEM, get_edition(CODE), data)
    assert time.perf_counter() - begun < 60
    assert (outcome.created, outcome.rejected, outcome.people) == (TEAMS, 0, 3 * TEAMS)
    assert db.session.scalar(select(func.count(Participant.id))) == 3 * TEAMS
    # Schools and entries need their numbers back, which SQLite gives one by one; the rest is few statements for all.
    assert len([statement for statement in sent if not statement.startswith(NUMBERED)]) < 60
    again = import_workbook(SYSTEM, get_edition(CODE), data)
    assert (again.created, again.updated, again.unchanged) == (0, 0, TEAMS)


def test_ten_thousand_rows_are_previewed_in_one_go_with_progress_to_see(portal: Flask, tmp_path: Path) -> None:
    with portal.app_context():
        actor, edition = actor_for(make_user(Role.ORGANISER)), get_edition(CODE)
        batch = imports.stage(
            actor, edition, tmp_path, data=make_list(LONGEST), file_name="a.xlsx", unit=None, effective=clock.today()
        )
        assert imports.is_large(batch)
        token = working.begin(actor, batch, "import.read", {"folder": str(tmp_path)}, leads_to="/", leads_back="/")
        seen: set[tuple[str, int, int]] = set()
        job = jobs.get_job(actor.user_id, token)
        while job.active:
            seen.add((job.step, job.done, job.total))
            time.sleep(0.1)
            db.session.rollback()
            job = jobs.get_job(actor.user_id, token)
        jobs.settle()
        assert job.state == jobs.JobState.DONE, job.error
        # The bar moved: several steps were seen, and within the long ones several figures.
        assert len({step for step, _done, _total in seen}) >= 3
        assert len({done for _step, done, total in seen if total >= LONGEST}) >= 3
        found = imports.examined(actor, imports.get_batch(actor, batch.token), tmp_path)
        assert found is not None
        assert found.counts == {"create": LONGEST, "update": 0, "unchanged": 0, "rejected": 0}
        assert db.session.scalar(select(func.count(Entry.id))) == 0
