"""Test what the list of entries finds, and what it costs."""

from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, insert, select, text
from werkzeug.datastructures import MultiDict

from contest_portal.accounts.actor import SYSTEM, Actor, Role
from contest_portal.contests.queries import get_edition
from contest_portal.core import clock
from contest_portal.core.database import db, transaction
from contest_portal.core.paging import Page, decode
from contest_portal.registration.filters import Filters
from contest_portal.registration.listing import choices_for, filtered, list_entries
from contest_portal.registration.models import Entry
from contest_portal.registration.queries import visible_entries
from contest_portal.registration.status import Status
from tests.factories.people import actor_for, make_school, make_user, unit_of
from tests.factories.registration import make_entry, make_participant

pytestmark = pytest.mark.usefixtures("app")


def listed(actor: Actor = SYSTEM, cursor: str | None = None, **filters: str) -> Page[Any]:
    """Return one page of the list."""
    wanted = Filters.read(MultiDict(filters))
    return list_entries(actor, wanted, choices_for(wanted, actor), decode(cursor))


def titles(actor: Actor = SYSTEM, **filters: str) -> list[str]:
    """Return the titles on the first page."""
    return [row.title for row in listed(actor, **filters).items]


def add_many(count: int, status: str = "submitted", edition: str = "robocon-2024") -> None:
    """Add many entries at once, without their history."""
    found = get_edition(edition)
    rows = [
        {
            "reference": f"RB24-{number:06d}",
            "edition_id": found.id,
            "title": f"Đội số {number}",
            "title_folded": f"doi so {number}",
            "status": status,
            "status_on": date(2024, 5, 20),
            "created_at": clock.now(),
            "version": 1,
        }
        for number in range(count)
    ]
    with transaction():
        db.session.execute(insert(Entry), rows)


def test_the_newest_is_first_with_all_its_names() -> None:
    edition = get_edition("robocon-2024")
    unit = unit_of(edition)
    school = make_school("Trường THCS Tân Dĩnh", unit)
    make_entry(edition, title="Cũ")
    newest = make_entry(edition, title="Mới", school=school, division=edition.divisions[1])
    row = listed().items[0]
    assert (row.reference, row.title, row.status, row.school, row.unit) == (
        newest.reference,
        "Mới",
        "submitted",
        "Trường THCS Tân Dĩnh",
        unit.short_name,
    )
    assert row.division == edition.divisions[1].name
    assert titles() == ["Mới", "Cũ"]


def test_each_filter_narrows_the_list() -> None:
    edition, youth = get_edition("robocon-2024"), get_edition("youth-2024")
    unit = unit_of(edition)
    make_entry(edition, title="A", division=edition.divisions[0], unit_id=unit.id)
    make_entry(edition, title="B", division=edition.divisions[1], status=Status.DRAFT)
    make_entry(youth, title="Y", field=youth.fields[2])
    assert titles(edition="robocon-2024") == ["B", "A"]
    assert titles(edition="robocon-2024", status="draft") == ["B"]
    assert titles(edition="robocon-2024", unit=unit.code) == ["A"]
    assert titles(edition="robocon-2024", division=edition.divisions[1].code) == ["B"]
    assert titles(edition="youth-2024", field=youth.fields[2].code) == ["Y"]
    assert titles(edition="youth-2024", field=youth.fields[0].code) == []
    assert titles(status="draft") == ["B"]


def test_what_is_no_choice_is_not_asked_for() -> None:
    make_entry(title="A")
    assert titles(edition="không có", status="xyz", unit="999", division="Z", field="Z") == ["A"]


@pytest.mark.parametrize(
    "q", ["Rồng Xanh", "rong xanh", "RONG", "xanh", "  rồng   xanh ", "Đặng Thị Quý", "dang thi qui", "quy"]
)
def test_a_title_or_a_person_is_found_with_and_without_diacritics(q: str) -> None:
    entry = make_entry(title="Đội Rồng Xanh", people=[])
    make_participant(entry, full_name="Đặng Thị Quý")
    make_entry(title="Sao Mai", people=[])
    assert titles(q=q) == ["Đội Rồng Xanh"]


def test_who_has_left_is_not_found() -> None:
    entry = make_entry(people=[])
    make_participant(entry, full_name="Đặng Thị Quý", left_on=clock.today(), left_at=clock.now())
    assert titles(q="Đặng Thị Quý") == []


def test_a_reference_is_found_by_its_beginning() -> None:
    entry = make_entry(title="Rồng Xanh")
    make_entry(title="Sao Mai")
    for q in (entry.reference, entry.reference.lower(), f" {entry.reference[:4]} {entry.reference[4:]}"):
        assert titles(q=q) == ["Rồng Xanh"]
    assert titles(q="RB24-") == ["Sao Mai", "Rồng Xanh"]
    assert titles(q="RB24-%") == []


@pytest.mark.parametrize("q", ["%", "_", "\\", "'", '"', "\ufffe", "😀", "a" * 5000, "\u0301", "();--", "RB24-'\""])
def test_odd_searches_are_only_text(q: str) -> None:
    make_entry(title="Rồng Xanh")
    assert titles(q=q) in ([], ["Rồng Xanh"])


def test_signs_between_words_are_no_words() -> None:
    make_entry(title="100% xanh")
    make_entry(title="Sao_Mai")
    assert titles(q="%") == titles(q="_") == []
    assert titles(q="100%") == ["100% xanh"]
    assert titles(q="mai_sao") == ["Sao_Mai"]


def test_each_sees_only_what_is_theirs() -> None:
    own, other = unit_of("robocon-2024"), unit_of("robocon-2024", "Huyện Sơn Động")
    school = make_school(unit=own)
    make_entry(title="Của trường", school=school)
    make_entry(title="Nháp của trường", school=school, status=Status.DRAFT)
    make_entry(title="Cùng huyện", unit_id=own.id)
    make_entry(title="Huyện khác", unit_id=other.id)
    make_entry("youth-2024", title="Cuộc thi khác", unit_id=own.id)
    seen = {
        Role.SCHOOL: ["Nháp của trường", "Của trường"],
        Role.COORDINATOR: ["Cuộc thi khác", "Cùng huyện", "Của trường"],
        Role.JUDGE: [],
        Role.AUDITOR: ["Cuộc thi khác", "Huyện khác", "Cùng huyện", "Nháp của trường", "Của trường"],
    }
    for role, expected in seen.items():
        assert titles(actor_for(make_user(role, school=school, unit=own))) == expected, role
    one = actor_for(make_user(Role.ORGANISER, edition=get_edition("youth-2024")))
    assert titles(one) == ["Cuộc thi khác"]
    assert titles(one, edition="robocon-2024") == []


def test_pages_lead_on_and_back() -> None:
    add_many(120)
    first = listed(edition="robocon-2024")
    assert (len(first.items), first.previous_cursor) == (50, None)
    second = listed(cursor=first.next_cursor, edition="robocon-2024")
    third = listed(cursor=second.next_cursor, edition="robocon-2024")
    assert ([len(p.items) for p in (second, third)], third.next_cursor) == ([50, 20], None)
    ids = [row.id for page in (first, second, third) for row in page.items]
    assert ids == sorted(ids, reverse=True)
    assert len(set(ids)) == 120
    back = listed(cursor=third.previous_cursor, edition="robocon-2024")
    assert [row.id for row in back.items] == [row.id for row in second.items]


def test_the_count_stops_at_a_thousand() -> None:
    add_many(1000)
    assert listed().total_text == "1.000 hồ sơ"
    make_entry()
    assert listed().total_text == "hơn 1.000 hồ sơ"
    assert listed(status="draft").total_text == "0 hồ sơ"


def test_the_list_costs_the_same_number_of_queries_however_long_it_is() -> None:
    edition = get_edition("robocon-2024")
    school = make_school(unit=unit_of(edition))
    counts = []
    for more in (1, 2, 297):
        for _ in range(min(more, 3)):
            make_entry(edition, school=school, division=edition.divisions[0])
        if more > 3:
            add_many(more - 3)
        db.session.expire_all()
        counts.append(count_queries(lambda: listed(edition="robocon-2024", q="o")))
    assert counts == [5, 5, 5]


def count_queries(act: Any) -> int:
    """Count the statements that an act sends to the database."""
    seen: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement != "BEGIN":
            seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        act()
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return len(seen)


@pytest.mark.parametrize(
    ("filters", "index"),
    [
        ({"edition": "robocon-2024"}, "ix_entries_edition_id_id"),
        ({"edition": "robocon-2024", "status": "submitted"}, "ix_entries_edition_id_status_id"),
        ({"edition": "robocon-2024", "division": "B"}, "ix_entries_edition_id_division_id_id"),
        ({"edition": "robocon-2024", "unit": "217"}, "ix_entries_edition_id_unit_id_id"),
        ({"edition": "robocon-2024", "unit": "217", "status": "submitted"}, "ix_entries_edition_id_unit_id_status_id"),
        ({"edition": "youth-2024", "field": "1"}, "ix_entries_edition_id_"),
        ({"q": "RB24-7K"}, "reference"),
    ],
)
def test_every_filter_reads_an_index_in_its_own_order(app: Flask, filters: dict[str, str], index: str) -> None:
    if db.engine.dialect.name != "sqlite":
        pytest.skip("SQLite tells its plan without rows; PostgreSQL chooses by their number")
    wanted = Filters.read(MultiDict(filters))
    statement = filtered(
        visible_entries(SYSTEM).with_only_columns(Entry.id), SYSTEM, wanted, choices_for(wanted, SYSTEM)
    )
    ordered = statement.order_by(Entry.id.desc()).limit(51)
    compiled = ordered.compile(db.engine, compile_kwargs={"literal_binds": True})
    plan = " ".join(row[3] for row in db.session.execute(text(f"EXPLAIN QUERY PLAN {compiled}")))
    assert index in plan or (index == "reference" and "sqlite_autoindex_entries" in plan), plan
    assert index == "reference" or "TEMP B-TREE" not in plan, plan


def test_a_school_reads_its_own_index(app: Flask) -> None:
    if db.engine.dialect.name != "sqlite":
        pytest.skip("SQLite tells its plan without rows; PostgreSQL chooses by their number")
    actor = actor_for(make_user(Role.SCHOOL, school=make_school()))
    statement = visible_entries(actor).with_only_columns(Entry.id).order_by(Entry.id.desc()).limit(51)
    compiled = statement.compile(db.engine, compile_kwargs={"literal_binds": True})
    plan = " ".join(row[3] for row in db.session.execute(text(f"EXPLAIN QUERY PLAN {compiled}")))
    assert "ix_entries_school_id_id" in plan
    assert db.session.scalar(select(Entry.id).limit(1)) is None
