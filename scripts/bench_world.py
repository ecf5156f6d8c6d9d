"""Fill databases for the bench: the portal's own and the floor's, with the same number of rows."""

import json
import os
import secrets
import sys
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import insert, select

from contest_portal.accounts.actor import SYSTEM, Role
from contest_portal.accounts.models import SignIn, User
from contest_portal.accounts.services import create_user
from contest_portal.accounts.sessions import TOKEN, hash_token
from contest_portal.app import create_app
from contest_portal.config import load_settings
from contest_portal.contests.models import Edition, Membership, School
from contest_portal.contests.queries import get_edition_with_rules, units_of
from contest_portal.contests.services import install_presets
from contest_portal.core import clock
from contest_portal.core.database import db, transaction
from contest_portal.core.vietnamese import fold, name_key
from contest_portal.judging.models import ScoreSheet
from contest_portal.judging.services import NewPanel, assign, create_panel
from contest_portal.registration.indexing import index_entries
from contest_portal.registration.models import Entry, EntryEvent, Participant

EDITION = "robocon-2024"
BATCH = 5_000
SHEETS_A_JUDGE = 40
FAMILY = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng")
MIDDLE = ("Thị Hồng", "Văn", "Quý", "Minh", "Đức", "Thu", "Gia", "Bảo", "Khánh", "Tuấn", "Phương")
GIVEN = ("Ánh", "Đạt", "Ước", "Anh", "Ân", "Bình", "Dũng", "Giang", "Hà", "Lan", "Nam", "Sơn", "Yến")


def fill_portal(instance: Path, entries: int, visitors: int) -> None:
    """Make a portal with so many entries; write the visitors' cookies and sheets to world.json."""
    os.environ["CONTEST_PORTAL_INSTANCE"] = str(instance)
    app = create_app(load_settings())
    with app.app_context():
        upgrade()
        install_presets()
        edition = _open(get_edition_with_rules(EDITION))
        schools = _schools(edition, visitors)
        for start in range(0, entries, BATCH):
            with transaction():
                _entries(edition, schools, range(start, min(entries, start + BATCH)))
        world = {
            "schools": [_cookie(app, _user(Role.SCHOOL, school=school)) for school in schools],
            "organisers": [_cookie(app, _user(Role.ORGANISER)) for _ in range(visitors)],
            **_judges(app, edition, visitors),
        }
    (instance / "world.json").write_text(json.dumps(world), encoding="utf-8")


def _open(edition: Edition) -> Edition:
    with transaction():
        edition.opens_at, edition.closes_at = clock.now() - timedelta(days=9), clock.now() + timedelta(days=9)
    return edition


def _schools(edition: Edition, count: int) -> list[School]:
    units = units_of(edition.id)
    schools = []
    for number in range(count):
        name = f"Trường THCS Số {number}"
        schools.append(School(name=name, name_folded=fold(name), unit_id=units[number % len(units)].id))
    with transaction():
        db.session.add_all(schools)
    return schools


def _entries(edition: Edition, schools: Sequence[School], numbers: range) -> None:
    known = db.session.scalar(select(Entry.id).order_by(Entry.id.desc()).limit(1)) or 0
    ids = [known + place + 1 for place in range(len(numbers))]
    db.session.execute(insert(Entry), list(_entry_rows(edition, schools, numbers, ids)))
    people = [row for number, entry_id in zip(numbers, ids, strict=True) for row in _people_rows(number, entry_id)]
    db.session.execute(insert(Participant), people)
    db.session.execute(insert(EntryEvent), [_event_row(edition, entry_id) for entry_id in ids])
    index_entries(ids)


def _entry_rows(
    edition: Edition, schools: Sequence[School], numbers: range, ids: Sequence[int]
) -> Iterator[dict[str, Any]]:
    for number, entry_id in zip(numbers, ids, strict=True):
        school = schools[number % len(schools)]
        title = f"Đội Sao Băng {number}"
        yield {
            "id": entry_id,
            "reference": f"RB24-{number:06d}",
            "edition_id": edition.id,
            "title": title,
            "title_folded": fold(title),
            "division_id": edition.divisions[number % 3].id,
            "unit_id": school.unit_id,
            "school_id": school.id,
            "status": "submitted" if number % 10 else "withdrawn",
            "status_on": clock.today(),
            "created_at": clock.now(),
            "version": 1,
        }


def _people_rows(number: int, entry_id: int) -> Iterator[dict[str, Any]]:
    """Yield three people whose names are spread as real ones are: some common, some had by one entry in a thousand."""
    for position, role in enumerate(("member", "member", "coach")):
        turn = number * 3 + position
        name = f"{FAMILY[turn % 7]} {MIDDLE[turn // 7 % 11]} {GIVEN[turn // 77 % 13]}"
        if turn % 1000 == 0:
            name += " Ngọc Quyên"
        yield {
            "entry_id": entry_id,
            "role": role,
            "position": position,
            "full_name": name,
            "name_folded": fold(name),
            "name_key": name_key(name),
            "joined_on": clock.today(),
            "joined_at": clock.now(),
        }


def _event_row(edition: Edition, entry_id: int) -> dict[str, Any]:
    return {
        "entry_id": entry_id,
        "edition_id": edition.id,
        "kind": "moved",
        "status_to": "submitted",
        "happened_on": clock.today(),
        "recorded_at": clock.now(),
        "actor_name": "bench",
        "source": "import",
    }


def _user(role: Role, school: School | None = None) -> User:
    user = create_user(SYSTEM, username=f"bench.{secrets.token_hex(6)}", full_name="Nguyễn Văn Thử")
    with transaction():
        db.session.add(Membership(user_id=user.id, role=role, school_id=school.id if school else None))
    return user


def _cookie(app: Flask, user: User) -> dict[str, str]:
    token = secrets.token_urlsafe(32)
    with transaction():
        db.session.add(SignIn(token_hash=hash_token(token), user_id=user.id))
    signer: Any = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    return {"session": signer.dumps({TOKEN: token})}


def _judges(app: Flask, edition: Edition, count: int) -> dict[str, Any]:
    users = [_user(Role.JUDGE) for _ in range(count)]
    panel = create_panel(SYSTEM, edition, NewPanel(edition.rounds[0], "Hội đồng thử", [user.id for user in users]))
    query = select(Entry.reference).where(Entry.status == "submitted").order_by(Entry.id).limit(SHEETS_A_JUDGE)
    assign(SYSTEM, panel, references=db.session.scalars(query).all())
    rows = db.session.execute(select(ScoreSheet.judge_id, ScoreSheet.token).order_by(ScoreSheet.id)).all()
    sheets = [[token for judge, token in rows if judge == user.id] for user in users]
    criteria = [criterion.id for criterion in edition.rounds[0].criteria]
    return {"judges": [_cookie(app, user) for user in users], "sheets": sheets, "criteria": criteria}


def fill_floor(folder: Path, rows: int) -> None:
    """Make the floor's database with so many rows."""
    from scripts import bench_floor

    os.environ["FLOOR_DATABASE"] = f"sqlite:///{(folder / 'floor.sqlite3').as_posix()}"
    with bench_floor.create_app().app_context():
        bench_floor.db.create_all()
        for start in range(0, rows, BATCH):
            batch = [
                {"reference": f"R-{n}", "title": f"Đội {n}", "school": "Trường", "unit": "Huyện", "status": "submitted"}
                for n in range(start, min(rows, start + BATCH))
            ]
            bench_floor.db.session.execute(insert(bench_floor.Row), batch)
            bench_floor.db.session.commit()


if __name__ == "__main__":
    fill_portal(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
    fill_floor(Path(sys.argv[1]), int(sys.argv[2]))
