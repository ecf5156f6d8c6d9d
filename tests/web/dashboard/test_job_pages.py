"""The page on which one waits for long work."""

from typing import Any

import pytest
from flask import Flask

from contest_portal.accounts.actor import Role
from contest_portal.core.database import db, transaction
from contest_portal.core.jobs import Job
from tests.client import CheckingClient
from tests.factories.people import make_user


@pytest.fixture
def owner(portal: Flask, client: CheckingClient) -> int:
    """Sign somebody in; return who it is."""
    with portal.app_context():
        user = make_user(Role.ORGANISER, password="").id
        db.session.remove()
    client.sign_in(user)
    return user


def waiting(portal: Flask, user_id: int, **values: Any) -> str:
    """Let another process do somebody's long work; return where it is watched."""
    given: dict[str, Any] = {"state": "running", "step": "Đang đọc bảng tính", "done": 1500, "total": 10_000} | values
    with portal.app_context():
        job = Job(
            token="j" * 43, kind="test.page", user_id=user_id, language="vi", values={},
            leads_to="/contests", leads_back="/entries/", **given,
        )  # fmt: skip
        with transaction():
            db.session.add(job)
        db.session.remove()
    return "/jobs/" + "j" * 43


def test_progress_is_shown_and_asked_again_without_script(portal: Flask, client: CheckingClient, owner: int) -> None:
    page = client.get_page(waiting(portal, owner))
    assert "Đang đọc bảng tính 1.500/10.000" in page.text
    bar = page.soup.select_one("progress")
    assert bar is not None
    assert (bar["value"], bar["max"]) == ("1500", "10000")
    assert page.soup.select_one('noscript meta[http-equiv="refresh"][content="2"]') is not None
    assert page.link("Xem lại tiến độ") == page.path


def test_a_step_without_a_known_end_shows_a_bar_that_moves(portal: Flask, client: CheckingClient, owner: int) -> None:
    page = client.get_page(waiting(portal, owner, total=0, done=0))
    assert not page.soup.select("progress[value]")


def test_a_queued_job_says_that_it_waits(portal: Flask, client: CheckingClient, owner: int) -> None:
    assert "Đang chờ đến lượt" in client.get_page(waiting(portal, owner, state="queued", step="", total=0)).text


def test_script_is_told_in_json(portal: Flask, client: CheckingClient, owner: int) -> None:
    answer = client.get(waiting(portal, owner) + "/state")
    assert answer.json == {"active": True, "step": "Đang đọc bảng tính", "done": 1500, "total": 10_000}
    assert answer.headers["Cache-Control"] == "no-store"


def test_finished_work_leads_on(portal: Flask, client: CheckingClient, owner: int) -> None:
    address = waiting(portal, owner, state="done")
    assert client.get(address).location == "/contests"
    assert client.get(f"{address}/state").json["active"] is False


def test_failed_work_says_why_and_leads_back(portal: Flask, client: CheckingClient, owner: int) -> None:
    page = client.get_page(waiting(portal, owner, state="failed", error="Tệp này trống. Hãy chọn tệp khác."))
    assert "Tệp này trống. Hãy chọn tệp khác." in page.text
    assert page.link("Quay lại và thử lại") == "/entries/"
    assert not page.soup.select("noscript, [data-job]")


def test_somebody_elses_work_does_not_exist(portal: Flask, client: CheckingClient, owner: int) -> None:
    address = waiting(portal, owner)
    with portal.app_context():
        stranger = make_user(Role.ADMINISTRATOR, password="").id
    client.sign_in(stranger)
    client.get_page(address, status=404)
    assert client.get(f"{address}/state").status_code == 404
