"""Lines 15, 16 and 17 of what people must be able to trust.

15: "saved" is on disk, an act is whole, a post sent twice is one, the second of two editors loses nothing.
16: the closing second, with many at once. 17: who did what is only added to, and tampering shows.
"""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import InstrumentedAttribute

from contest_portal.accounts.actor import SYSTEM, Role
from contest_portal.accounts.models import SignIn, User
from contest_portal.contests.models import Membership
from contest_portal.contests.queries import get_edition
from contest_portal.core import audit, clock
from contest_portal.core.audit import AuditRecord
from contest_portal.core.database import Base, db, transaction
from contest_portal.judging.models import Panel
from contest_portal.registration.models import Entry, EntryEvent, Participant
from contest_portal.registration.people import Person
from contest_portal.registration.queries import find_by_reference
from contest_portal.registration.services import Details, add_person, change_details, create_entry, start_draft
from tests.client import CheckingClient, Page
from tests.factories.people import PASSWORD, actor_for, make_school, make_user, unit_of
from tests.factories.registration import open_edition
from tests.house.crowd import at_once, sender
from tests.house.visiting import browser_of, nothing_changes, snapshot
from tests.house.world import ROBOCON, YOUTH, build_world
from tests.page_rules import attribute

_clocks = threading.local()
ROOT = Path(__file__).resolve().parents[2]


def whole_draft(name: str) -> tuple[int, str]:
    """Make a school with a draft that lacks nothing; return its account and the draft's reference."""
    edition = get_edition(ROBOCON)
    school = make_school(name, unit_of(edition))
    user = make_user(Role.SCHOOL, school=school, password="")
    teacher = actor_for(user)
    entry = start_draft(teacher, edition, title=f"Đội {name}", school=school)
    division = next(d for d in edition.divisions if d.code == "B")
    change_details(teacher, entry, Details(entry.title, division.id, unit_id=entry.unit_id, contact_phone="0912345678"))
    add_person(teacher, entry, Person("member", "Nguyễn Thị Hồng Ánh", date(2011, 5, 20), "7A2"))
    add_person(teacher, entry, Person("coach", "Trần Văn Bình"))
    return user.id, entry.reference


# Line 15: a post sent twice is one.


def first_choice(page: Page, name: str) -> str:
    """Return the first real choice of a list or of radio buttons."""
    options = page.soup.select(f"main select[name={name}] option, main input[name={name}]")
    return next(attribute(o, "value") for o in options if attribute(o, "value"))


def new_panel(page: Page) -> dict[str, Any]:
    return {"name": "Hội đồng đôi", "round": first_choice(page, "round"), "judges": [first_choice(page, "judges")]}


def on_paper(page: Page) -> dict[str, Any]:
    people = {"people-0-full_name": "Trần Thị Bích", "people-0-birth_date": "8/3/2011", "people-0-class_name": "7A1"}
    return {
        "title": "Máy gieo hạt",
        "school": first_choice(page, "school"),
        "group": first_choice(page, "group"),
    } | people


CREATING: dict[str, tuple[Role, str, Any, Callable[[Page], dict[str, Any]]]] = {
    "entry": (Role.SCHOOL, f"/entries/new?edition={ROBOCON}", Entry.id, lambda _: {"title": "Rồng Xanh"}),
    "person": (
        Role.SCHOOL,
        "/entries/{entry}/people/author/new",
        Participant.id,
        lambda _: {"full_name": "Lê An", "birth_date": "1/2/2011"},
    ),
    "paper": (Role.COORDINATOR, f"/screening/{YOUTH}/{{unit}}/paper", Entry.id, on_paper),
    "panel": (Role.ORGANISER, f"/judging/panels/new/{YOUTH}", Panel.id, new_panel),
    "account": (
        Role.ADMINISTRATOR,
        "/users/new",
        User.id,
        lambda _: {"username": "giam.khao.moi", "full_name": "Đỗ Văn Mới"},
    ),
    "post": (Role.ADMINISTRATOR, "/users/{user}/posts", Membership.id, lambda _: {"role": "auditor"}),
}


# Where a page has more than one form.
BUTTONS = {"post": "Giao vai trò"}


@pytest.mark.parametrize("name", CREATING)
def test_line_15_the_same_form_twice_at_once_counts_once(both: Flask, name: str) -> None:
    role, address, column, typed = CREATING[name]
    world = build_world(both)
    client = browser_of(both, world, role, looking=True)
    page = client.get_page(address.format(**world.things))
    before = count(both, column)
    answers = at_once([sender(both, client, page, BUTTONS.get(name), **typed(page)) for _ in range(4)])
    assert [a.status_code for a in answers] == [302] * 4
    assert len({a.location for a in answers}) == 1
    assert count(both, column) - before == 1


def count(app: Flask, column: InstrumentedAttribute[int]) -> int:
    """Return how many rows a table has."""
    with app.app_context():
        return db.session.scalar(select(func.count(column))) or 0


def test_line_15_handing_in_by_a_double_click_hands_in_once(both: Flask) -> None:
    with both.app_context():
        open_edition(ROBOCON)
        user_id, reference = whole_draft("Trường THCS Tân Dĩnh")
    client = both.test_client()
    client.sign_in(user_id)
    page = client.get_page(f"/entries/{reference}/check")
    answers = at_once([sender(both, client, page, "Nộp hồ sơ", declared=True) for _ in range(4)])
    assert {(a.status_code, a.location) for a in answers} == {(302, f"/entries/{reference}/receipt")}
    with both.app_context():
        assert db.session.scalar(select(func.count()).where(EntryEvent.status_to == "submitted")) == 1


# Line 15: two people on one form.


def test_line_15_of_two_at_the_same_moment_one_is_shown_both_versions(both: Flask) -> None:
    world = build_world(both)
    clients = [
        browser_of(both, world, Role.SCHOOL, looking=True),
        browser_of(both, world, Role.ORGANISER, looking=True),
    ]
    pages = [client.get_page(f"/entries/{world.things['entry']}/details") for client in clients]
    titles = ["Tên của nhà trường", "Tên của Ban Tổ chức"]
    phone = {"contact_phone": "0912345678"}
    acts = [sender(both, c, p, None, title=t, **phone) for c, p, t in zip(clients, pages, titles, strict=True)]
    answers = at_once(acts)
    assert sorted(a.status_code for a in answers) == [302, 409]
    lost = next(number for number, answer in enumerate(answers) if answer.status_code == 409)
    shown = answers[lost].get_data(as_text=True)
    assert all(title in shown for title in titles)
    with both.app_context():
        entry = find_by_reference(world.things["entry"])
        assert entry is not None
        assert entry.title == titles[1 - lost]


# Line 15: an answer "saved" is on disk; an act is whole or not at all.

CHILD = """
import os, signal, sys
from pathlib import Path
from contest_portal.app import create_app
from contest_portal.accounts.actor import SYSTEM
from contest_portal.config import Settings
from contest_portal.contests.queries import get_edition
from contest_portal.core.database import transaction
from contest_portal.registration.services import create_entry
folder, url, when = sys.argv[1:]
app = create_app(Settings(instance=Path(folder), database_url=url, secret_key="x" * 40, testing=True))
with app.app_context():
    edition = get_edition("robocon-2024")
    if when == "saved":
        print(create_entry(SYSTEM, edition, title="Đội bền").reference, flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
    with transaction():
        print(create_entry(SYSTEM, edition, title="Đội dở dang").reference, flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no kill -9")
@pytest.mark.parametrize("when", ["saved", "half way"])
def test_line_15_what_is_acknowledged_survives_kill_9(both: Flask, when: str, tmp_path: Path) -> None:
    url = both.config["SQLALCHEMY_DATABASE_URI"]
    child = subprocess.run(
        [sys.executable, "-c", CHILD, str(tmp_path), url, when],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        cwd=ROOT,
        env=os.environ | {"PYTHONIOENCODING": "utf-8"},
    )
    assert child.returncode == -signal.SIGKILL, child.stderr
    reference = child.stdout.strip()
    assert reference.startswith("RB24-")
    with both.app_context():
        entry = find_by_reference(reference)
        events = db.session.scalar(select(func.count()).select_from(EntryEvent)) or 0
        if when == "saved":
            assert entry is not None
            assert (entry.title, entry.status, events) == ("Đội bền", "submitted", 1)
        else:
            assert (entry, events) == (None, 0)
        assert audit.first_broken() is None


def test_line_15_sqlite_waits_for_the_disk(portal: Flask) -> None:
    with portal.app_context():
        settings = [
            db.session.scalar(text(f"PRAGMA {name}")) for name in ("journal_mode", "synchronous", "foreign_keys")
        ]
    assert settings == ["wal", 2, 1]  # 2: FULL, each commit is synced.


def test_line_15_an_act_that_fails_at_its_end_leaves_nothing(both: Flask) -> None:
    with both.app_context(), nothing_changes(both), pytest.raises(RuntimeError, match="power"), transaction():
        create_entry(SYSTEM, get_edition(ROBOCON), title="Đội dở dang", people=[Person("member", "Lê An")])
        raise RuntimeError("power cut")


# Line 16: the closing second, decided by the server's clock at arrival.


def test_line_16_the_closing_second_is_exact_with_many_at_once(both: Flask) -> None:
    with both.app_context():
        edition = open_edition(ROBOCON)
        closes = clock.now().replace(microsecond=0) + timedelta(minutes=5)
        with transaction():
            edition.closes_at = closes
        drafts = [whole_draft(f"Trường THCS Số {number}") for number in range(8)]
    # Four arrive in the last microsecond, two in the closing second itself, two after it.
    tick = timedelta(microseconds=1)
    arrivals = [closes - tick] * 4 + [closes] * 2 + [closes + tick, closes + timedelta(seconds=1)]
    acts = []
    for user_id, reference in drafts:
        client: CheckingClient = both.test_client()  # type: ignore[assignment]
        client.sign_in(user_id)
        acts.append(sender(both, client, client.get_page(f"/entries/{reference}/check"), "Nộp hồ sơ", declared=True))
    answers = at_once([arriving(act, moment) for act, moment in zip(acts, arrivals, strict=True)])
    assert [a.status_code for a in answers] == [302] * 4 + [409] * 4
    with both.app_context():
        found = [find_by_reference(reference) for _user, reference in drafts]
        assert [entry.status for entry in found if entry] == ["submitted"] * 4 + ["draft"] * 4
    assert "Đã hết hạn đăng ký lúc" in answers[4].get_data(as_text=True)


def arriving(act: Callable[[], Any], moment: Any) -> Callable[[], Any]:
    """Return the act with a clock of its own thread that shows this moment."""

    def run() -> Any:
        _clocks.moment = moment
        clock.set_clock(lambda: getattr(_clocks, "moment", moment))
        return act()

    return run


# Line 17: only ever added to, readable by staff, tamper-evident, without secrets.

GROWING = ["audit_records", "entry_events", "unit_events", "score_events"]


@pytest.mark.parametrize("table", GROWING)
@pytest.mark.parametrize("statement", ["UPDATE {table} SET id = id + 1000", "DELETE FROM {table}"])
def test_line_17_the_database_itself_refuses_to_rewrite_history(both: Flask, table: str, statement: str) -> None:
    world = build_world(both)
    client = browser_of(both, world, Role.JUDGE, looking=True)
    page = client.get_page(f"/judging/{world.things['sheet']}")
    first = next(attribute(box, "name") for box in page.soup.select("main input[data-points]"))
    client.submit(page, "Lưu nháp", fields={first: "5"})
    assert snapshot(both)[table][0] > 0
    with both.app_context(), nothing_changes(both), pytest.raises(DBAPIError, match="only grows"):
        db.session.execute(text(statement.format(table=table)))


def test_line_17_every_table_of_events_is_guarded() -> None:
    told = sorted(t for t in Base.metadata.tables if t.endswith("_events") or t == "audit_records")
    # What became of deadlines is guarded too; tests/unit/core/test_database.py knows every guarded table.
    assert told == sorted([*GROWING, "deadline_events"])


TAMPERING = {
    "changed": "UPDATE audit_records SET actor_name = 'somebody.else' WHERE id = {id}",
    "removed": "DELETE FROM audit_records WHERE id = {id}",
    "sealed anew": "UPDATE audit_records SET action = 'nothing', seal = '0000' WHERE id = {id}",
}


@pytest.mark.parametrize("how", TAMPERING)
def test_line_17_tampering_with_the_log_is_named(app: Flask, how: str) -> None:
    open_edition(ROBOCON)
    whole_draft("Trường THCS Tân Dĩnh")
    assert audit.first_broken() is None
    ids = list(db.session.scalars(select(AuditRecord.id).order_by(AuditRecord.id)))
    assert len(ids) > 3
    # Somebody with the keys of the database itself takes the guard away first.
    on_postgresql = db.engine.dialect.name == "postgresql"
    names = ["audit_records_no_change"] if on_postgresql else ["audit_records_no_update", "audit_records_no_delete"]
    for name in names:
        db.session.execute(text(f"DROP TRIGGER {name}" + (" ON audit_records" if on_postgresql else "")))
    db.session.execute(text(TAMPERING[how].format(id=ids[1])))
    db.session.commit()
    db.session.expire_all()
    assert audit.first_broken() == (ids[2] if how == "removed" else ids[1])


def test_line_17_the_log_tells_who_what_when_and_from_where(portal: Flask) -> None:
    world = build_world(portal)
    client = browser_of(portal, world, Role.SCHOOL, looking=True)
    form = client.get_page(f"/entries/{world.things['entry']}/details")
    client.submit(form, title="Tên mới", contact_phone="0912345678")
    with portal.app_context():
        row = db.session.scalars(select(AuditRecord).order_by(AuditRecord.id.desc())).first()
        assert row is not None
        user = db.session.get_one(User, world.users[Role.SCHOOL])
        assert (row.actor_id, row.actor_name, row.address) == (user.id, user.username, "127.0.0.1")
        assert (row.action, row.subject) == ("entry.changed", world.things["entry"])
        assert clock.now() - row.at < timedelta(minutes=1)
    # Staff read it, nobody else does.
    shown = browser_of(portal, world, Role.AUDITOR, looking=True).get_page("/audit").text
    assert world.things["entry"] in shown


def test_line_17_no_secret_is_kept_anywhere(portal: Flask, client: CheckingClient) -> None:
    fresh = "một mật khẩu hoàn toàn khác"
    with portal.app_context():
        make_user(Role.ORGANISER, username="to.chuc", password=PASSWORD)
    client.submit(client.get_page("/sign-in"), username="to.chuc", password="mật khẩu gõ nhầm", status=422)
    client.submit(client.get_page("/sign-in"), username="to.chuc", password=PASSWORD)
    form = client.get_page("/account/password")
    client.submit(form, current=PASSWORD, new=fresh)
    with client.session_transaction() as session:
        token = session["sign_in"]
    with portal.app_context():
        assert db.session.scalar(select(func.count()).select_from(SignIn)) == 2
        kept = json.dumps(
            [[str(v) for v in row] for t in Base.metadata.sorted_tables for row in db.session.execute(select(t))],
            ensure_ascii=False,
        )
    assert "account.password_changed" in kept
    for secret in (PASSWORD, fresh, "mật khẩu gõ nhầm", token):
        assert secret not in kept
