"""Test how consent stands in an edition, its workbook, the task of an entry's page and the public list; on both databases."""

import io
from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select, text

from contest_portal.accounts.actor import Actor
from contest_portal.core.audit import AuditRecord
from contest_portal.core.database import db, transaction
from contest_portal.core.errors import NotFound
from contest_portal.core.paging import decode
from contest_portal.core.spreadsheets import read_workbook
from contest_portal.registration.consent import links, overview, publishing
from contest_portal.registration.consent.models import Consent
from contest_portal.registration.consent.overview import Asked
from contest_portal.registration.consent.purposes import EVERYBODYS, Purpose, State
from contest_portal.registration.consent.queries import may_publish, standings_of
from contest_portal.registration.consent.task import task_of
from contest_portal.registration.models import Entry, EntryEvent
from contest_portal.registration.status import Status
from tests.factories.consent import answer_all, link_for, said
from tests.factories.people import make_school, unit_of
from tests.factories.registration import make_entry
from tests.unit.registration.conftest import Stage
from tests.unit.registration.test_consent import PUBLISH, TAKE_PART, book_of, child, entry, set_rule, today

__all__ = ["child", "entry", "today"]
pytestmark = pytest.mark.usefixtures("today")
PUPIL = {"birth_date": date(2011, 5, 20)}


@pytest.fixture
def several(stage: Stage) -> list[Entry]:
    """Return three teams of one child each: agreed, refused to be named, silent; a coach and a withdrawn team besides."""
    people = [{"full_name": name, **PUPIL} for name in ("Lê Văn An", "Lê Văn Bình", "Lê Văn Cường")]
    entries = [make_entry(stage.edition, school=stage.school, people=[person]) for person in people]
    make_entry(stage.edition, school=stage.school, people=[{"role": "coach"}])
    make_entry(stage.edition, status=Status.DRAFT, people=[])
    answer_all(entries[0])
    links.answer(link_for(entries[1]), said({TAKE_PART: True, PUBLISH: False}), None)
    return entries


def names(page: Any) -> list[str]:
    """Return the names on a page of a list."""
    return [row.full_name for row in page.items]


def test_people_are_counted_by_purpose(stage: Stage, several: list[Entry]) -> None:
    counts = overview.count_states(stage.edition)
    assert [[counts[purpose][state] for state in State] for purpose in EVERYBODYS] == [[2, 0, 1], [1, 1, 1], [1, 0, 2]]


def test_the_list_is_filtered_and_paged_by_name(stage: Stage, several: list[Entry]) -> None:
    everybody = overview.list_people(stage.edition, Asked(), None, size=2)
    assert names(everybody) == ["Lê Văn An", "Lê Văn Bình"]
    assert names(overview.list_people(stage.edition, Asked(), decode(everybody.next_cursor), size=2)) == [
        "Lê Văn Cường"
    ]
    asked = Asked.read("publish", "refused")
    assert names(overview.list_people(stage.edition, asked, None)) == ["Lê Văn Bình"]
    assert Asked.read("ethnic_group", "agreed") == Asked.read("publish", "x") == Asked.read("'", "") == Asked()
    assert names(overview.list_unpictured(stage.edition, None, 200)) == ["Lê Văn Bình", "Lê Văn Cường"]


def test_the_workbook_holds_everybody_and_the_log_who_took_it(
    stage: Stage, several: list[Entry], organiser: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Read in portions of two: nobody is lost or doubled between them.
    monkeypatch.setattr(overview, "PORTION", 2)
    out = io.BytesIO()
    overview.write_workbook(organiser, stage.edition, Asked(), out)
    rows = [row for row in read_workbook(out.getvalue()).sheets[0].rows if row[0].startswith("Lê")]
    assert [(row[0], *row[-3:]) for row in rows] == [
        ("Lê Văn An", "Đồng ý", "Đồng ý", "Đồng ý"),
        ("Lê Văn Bình", "Đồng ý", "Không đồng ý", "Chưa trả lời"),
        ("Lê Văn Cường", "Chưa trả lời", "Chưa trả lời", "Chưa trả lời"),
    ]
    logged = db.session.scalars(select(AuditRecord).where(AuditRecord.action == "consent.exported")).all()
    assert [row.actor_id for row in logged] == [organiser.user_id]


def test_the_task_says_what_is_needed(entry: Entry, stage: Stage) -> None:
    def task(*, recorded: bool) -> tuple[str, str]:
        found = task_of(standings_of(entry.participants, book_of(entry)), recorded=recorded)
        return found.status, found.tag

    assert (task(recorded=True), task(recorded=False)) == (("todo", ""), ("blocked", "Không bắt buộc"))
    links.answer(link_for(entry), said({PUBLISH: False}), None)
    assert task(recorded=True) == ("doing", "")
    for person in entry.participants:
        answer_all(entry, person)
    assert (task(recorded=True), task(recorded=False)) == (("done", ""), ("done", ""))


def test_answers_do_not_touch_what_is_registered(entry: Entry) -> None:
    version, state = entry.version, entry.check_state
    answer_all(entry)
    db.session.refresh(entry)
    assert (entry.version, entry.check_state) == (version, state)
    kinds = db.session.scalars(select(EntryEvent.kind).where(EntryEvent.entry_id == entry.id)).all()
    assert kinds[-1] == "consent"


def test_the_public_list_holds_accepted_entries_in_order(stage: Stage, several: list[Entry]) -> None:
    set_rule(several[0], public_list=True)
    with transaction():
        several[2].check_state = "ineligible"
    edition = publishing.get_published("robocon-2024")
    page = publishing.published_entries(edition, "", None)
    shown = publishing.names_for(page.items)
    assert [shown.get(row.id) for row in page.items if row.id in shown] == [(["Lê Văn An"], 0), ([], 1)]
    assert several[2].id not in {row.id for row in page.items}
    # Found by title and by school, in whatever letters; never by a person.
    for q, count in (
        (several[0].title.lower(), 1),
        ("tan dinh", 3),
        ("le van an", 0),
        ("%", 0),
        ("_", 0),
        ("'\"\\", 0),
    ):
        assert len(publishing.published_entries(edition, q, None).items) == count, q
    for rule, published in ((False, True), (True, False)):
        set_rule(several[0], public_list=rule)
        with transaction():
            edition.published = published
        with pytest.raises(NotFound):
            publishing.get_published("robocon-2024")


def test_the_public_list_is_paged(stage: Stage) -> None:
    for number in range(53):
        make_entry(stage.edition, title=f"Đội {number:02}", people=[])
    first = publishing.published_entries(stage.edition, "", None)
    second = publishing.published_entries(stage.edition, "", decode(first.next_cursor))
    assert [len(first.items), len(second.items)] == [50, 3]
    assert [row.title for row in (*first.items, *second.items)] == [f"Đội {number:02}" for number in range(53)]


def test_the_latest_answers_come_straight_from_an_index(entry: Entry) -> None:
    if db.engine.dialect.name != "sqlite":
        pytest.skip("the plan is asked of SQLite")
    query = select(func.max(Consent.id)).where(Consent.participant_id.in_([1, 2]), Consent.purpose == Purpose.PUBLISH)
    query = query.group_by(Consent.participant_id, Consent.side)
    compiled = query.compile(db.engine, compile_kwargs={"literal_binds": True})
    plan = " ".join(str(row) for row in db.session.execute(text(f"EXPLAIN QUERY PLAN {compiled}")))
    assert "ix_consents_participant_id_purpose_side_id" in plan
    assert "SCAN" not in plan and may_publish([1, 2]) == set()


def test_another_school_does_not_change_what_is_listed(stage: Stage, several: list[Entry]) -> None:
    make_entry(
        "youth-2024", school=make_school("Trường THCS Xa", unit_of("youth-2024")), people=[PUPIL | {"role": "author"}]
    )
    assert len(names(overview.list_people(stage.edition, Asked(), None))) == 3
