"""What the portal does by itself: in turn, and whatever fails is tried again."""

import time
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from contest_portal.cli.main import cli
from contest_portal.cli.worker import CHORES, Chore, Worker, deliver
from contest_portal.core.database import db
from contest_portal.registration.duplicates.models import DuplicatePair
from tests.factories.registration import make_entry


def test_chores_come_round_when_their_time_has_come(portal: Flask) -> None:
    done: list[str] = []
    worker = Worker(portal, [Chore(10, lambda: done.append("often")), Chore(600, lambda: done.append("seldom"))])
    for now in (0.0, 5.0, 10.0, 20.0, 600.0):
        worker.turn(now)
    assert done == ["often", "seldom", "often", "often", "often", "seldom"]


def test_a_chore_that_fails_stops_no_other_and_is_tried_again(portal: Flask, caplog: pytest.LogCaptureFixture) -> None:
    done: list[str] = []

    def lost() -> None:
        raise OperationalError("select", {}, Exception("gone"))

    def broken() -> None:
        raise ValueError("odd")

    worker = Worker(portal, [Chore(1, lost), Chore(1, broken), Chore(1, lambda: done.append("x"))])
    worker.turn(0)
    worker.turn(1)
    assert done == ["x", "x"]
    assert [record.getMessage() for record in caplog.records] == [
        "lost was put off: OperationalError",
        "broken failed",
    ] * 2


def test_a_worker_works_until_it_is_stopped(portal: Flask) -> None:
    done: list[str] = []
    worker = Worker(portal, [Chore(0, lambda: done.append("x"))], pause=0.01)
    worker.start()
    for _ in range(200):
        if len(done) > 2:
            break
        time.sleep(0.01)
    worker.stop()
    worker.join(5)
    assert len(done) > 2
    assert not worker.is_alive()


def test_without_a_mail_server_no_letter_is_tried(portal: Flask) -> None:
    with portal.app_context():
        assert deliver() == 0
    assert [chore.do.__name__ for chore in CHORES] == ["deliver", "send_reminders", "compare_entries"]


def test_the_worker_compares_what_nobody_compared(portal: Flask) -> None:
    """A list that was imported, without anybody pressing a button."""
    with portal.app_context():
        for _number in range(2):
            make_entry(title="Máy gieo hạt tự động")
    Worker(portal).turn(0)
    with portal.app_context():
        assert db.session.scalar(select(func.count()).select_from(DuplicatePair)) == 1


def test_the_command_says_how_many_letters_are_where(tmp_path: Path) -> None:
    environment = {"CONTEST_PORTAL_INSTANCE": str(tmp_path)}
    assert CliRunner().invoke(cli, ["init"], env=environment).exit_code == 0
    result = CliRunner().invoke(cli, ["mail"], env=environment)
    assert result.exit_code == 0, result.output
    assert result.output == (
        "0 people reminded.\nNo mail server is configured (MAIL_SERVER, MAIL_SENDER): no letter leaves.\n"
    )
    configured = environment | {"MAIL_SERVER": "127.0.0.1", "MAIL_SENDER": "a@b.vn"}
    assert "0 letters tried." in CliRunner().invoke(cli, ["mail"], env=configured).output
