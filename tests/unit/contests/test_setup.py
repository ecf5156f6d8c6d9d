"""An edition's set-up: impact of a change, versions, copying, what is in use; on both databases."""

from copy import deepcopy
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from contest_portal.accounts.actor import Actor, Role
from contest_portal.contests.eligibility import DivisionRule, EntryFacts, PersonFacts
from contest_portal.contests.models_setup import EditionVersion
from contest_portal.contests.presets import load_preset
from contest_portal.contests.queries import get_edition
from contest_portal.contests.rulebook import Window, Words
from contest_portal.contests.setup.content import moved_row, new_code, with_row, without_row
from contest_portal.contests.setup.creating import open_draft
from contest_portal.contests.setup.impact import Law, compare
from contest_portal.contests.setup.queries import find_version, load_edition
from contest_portal.contests.setup.services import confirm, content_of, propose, save
from contest_portal.contests.setup.wording import changes
from contest_portal.core import clock
from contest_portal.core.database import db, transaction
from contest_portal.core.errors import Conflict, Invalid, NotAllowed, NotFound
from contest_portal.judging.models import Score, ScoreSheet
from contest_portal.registration.models import Entry, EntryEvent
from tests.factories.judging import assign_all, make_judge, make_panel
from tests.factories.people import actor_for, make_user
from tests.factories.registration import make_entry

DAY = date(2024, 5, 20)
RULES = load_preset("robocon").editions[0].rules
CODE = "robocon-2024"


def law(least: int, most: int, people: int = 3) -> Law:
    """Return the robot contest's rules with one division of these grades."""
    division = DivisionRule("B", Words("Bảng B", "Division B"), Window(grade_min=least, grade_max=most))
    rules = replace(RULES, people=replace(RULES.people, most=people))
    return Law(rules, [division], frozenset())


def team(*grades: int) -> EntryFacts:
    """Return a team of members in these grades, with a coach."""
    members = [PersonFacts("member", f"Em {n}", None, grade, f"{grade}A") for n, grade in enumerate(grades)]
    return EntryFacts([*members, PersonFacts("coach", "Cô Hoa")], division="B", school="Trường A", unit=None)


def test_a_change_names_who_newly_breaks_and_who_newly_keeps_the_rules() -> None:
    entries = [("RB24-1", team(6)), ("RB24-2", team(8)), ("RB24-3", team(10)), ("RB24-4", team(6, 10))]
    found = compare(entries, law(6, 9), law(7, 10), DAY)
    ways = [(reference, way) for reference, way, _texts, _count in found["rows"]]
    assert ways == [("RB24-1", "broken"), ("RB24-3", "kept"), ("RB24-4", "broken"), ("RB24-4", "kept")]
    assert (found["checked"], found["broken"], found["kept"]) == (4, 2, 2)
    assert found["reasons"] == [["broken", "grade", 2], ["kept", "grade", 2]]
    assert "lớp 7 đến lớp 10" in found["rows"][0][2][0]


GRADES = st.lists(st.integers(1, 12), min_size=1, max_size=4)
LAWS = st.tuples(st.integers(1, 6), st.integers(6, 12), st.integers(1, 4)).map(lambda values: law(*values))


@given(st.lists(GRADES, max_size=6), LAWS, LAWS)
def test_broken_one_way_is_kept_the_other_way(teams: list[list[int]], old: Law, new: Law) -> None:
    entries = [(f"RB24-{number}", team(*grades)) for number, grades in enumerate(teams)]
    there, back = compare(entries, old, new, DAY), compare(entries, new, old, DAY)
    assert (there["broken"], there["kept"]) == (back["kept"], back["broken"])
    # An entry without a fault under the new law is never said to break it.
    broken = {reference for reference, way, *_ in there["rows"] if way == "broken"}
    faulty = {reference for reference, entry in entries if new.errors(entry, DAY)}
    assert broken <= faulty
    assert compare(entries, old, old, DAY)["rows"] == []


@given(st.permutations(["a", "b", "c", "d"]), st.sampled_from("abcd"), st.booleans())
def test_moving_a_row_keeps_every_row(codes: list[str], moved: str, up: bool) -> None:
    content = {"fields": [{"code": code} for code in codes]}
    after = [row["code"] for row in moved_row(content, "fields", moved, up=up)["fields"]]
    assert sorted(after) == sorted(codes)
    assert abs(after.index(moved) - codes.index(moved)) <= 1


def test_a_code_is_short_plain_and_new() -> None:
    rows = [{"code": "giai-nhat"}]
    assert new_code(rows, "Giải nhất") == "giai-nhat-2"
    assert new_code(rows, "Đồ dùng dành cho học tập") == "do-dung-danh-cho"
    assert new_code(rows, "★") == "m"


@pytest.fixture
def organiser(app: Flask) -> Actor:
    """Return an organiser of every edition."""
    return actor_for(make_user(Role.ORGANISER, password=""))


def changed(actor: Actor, **values: Any) -> int:
    """Save some values of the robot contest; return the version."""
    edition = load_edition(actor, CODE)
    return save(actor, edition, edition.revision, content_of(edition) | values, "Đổi")


def test_each_change_is_a_version_and_old_ones_stay_as_they_were(organiser: Actor) -> None:
    before = content_of(load_edition(organiser, CODE))
    assert changed(organiser, contact="Chị Hoa") == 2
    assert changed(organiser, contact="Anh Nam") == 3
    assert changed(organiser, contact="Anh Nam") == 3, "what changes nothing makes no version"
    edition = load_edition(organiser, CODE)
    versions = [find_version(edition.id, number) for number in (1, 2, 3)]
    assert [version.content["contact"] for version in versions if version] == [before["contact"], "Chị Hoa", "Anh Nam"]
    assert versions[0] is not None and versions[0].content == before
    assert versions[2] is not None and versions[2].content == content_of(edition)
    (only,) = changes(versions[1].content, versions[2].content)  # type: ignore[union-attr]
    assert (only.label, only.before, only.after) == ("Liên hệ", "Chị Hoa", "Anh Nam")


@pytest.mark.parametrize("statement", ["UPDATE edition_versions SET number = 9", "DELETE FROM edition_versions"])
def test_versions_are_only_added(organiser: Actor, statement: str) -> None:
    changed(organiser, contact="Chị Hoa")
    with pytest.raises(DatabaseError, match="only grows"):
        db.session.execute(text(statement))
    db.session.rollback()


def test_the_second_of_two_on_one_version_is_refused(organiser: Actor) -> None:
    edition = load_edition(organiser, CODE)
    content = content_of(edition)
    save(organiser, edition, 0, content | {"contact": "Một"}, None)
    with pytest.raises(Conflict):
        save(organiser, edition, 0, content | {"contact": "Hai"}, None)
    assert get_edition(CODE).contact == "Một"


def test_rows_go_in_and_out_of_the_tables(organiser: Actor) -> None:
    edition = load_edition(organiser, CODE)
    content = content_of(edition)
    prize = {"code": "x", "name": "Giải X", "name_en": "X", "quantity": 2, "per": "edition", "amount": 5}
    content = without_row(with_row(content, "prizes", prize), "prizes", "first")
    content = without_row(content, "units", content["units"][0]["code"])
    save(organiser, edition, 0, content, None)
    again = content_of(load_edition(organiser, CODE))
    assert again == content
    assert [row["code"] for row in again["prizes"]][-1] == "x"


@pytest.mark.parametrize("source", ["edition:youth-2024", "preset:youth"])
def test_a_new_edition_has_everything_with_its_days_moved(organiser: Actor, source: str) -> None:
    old = content_of(load_edition(organiser, "youth-2024"))
    values = {"source": source, "number": 20, "year": 2026, "title": "Lần thứ 20", "unit_set": "bac-giang-2024"}
    values |= {"opens_at": clock.at_local(date(2024, 5, 1)), "closes_at": clock.at_local(date(2024, 7, 1))}
    values |= {"once": "a" * 32}
    made = open_draft(organiser, values)
    assert open_draft(organiser, values).id == made.id, "sent twice, it is opened once"
    new = content_of(load_edition(organiser, "youth-2026"))
    assert (new["rules"]["born_from"], old["rules"]["born_from"]) == ("2007-07-31", "2005-07-31")
    for part in ("fields", "prizes"):
        assert new[part] == old[part]
    assert [[row["criteria"], row["opens_at"]] for row in new["rounds"]] == [
        [r["criteria"], None] for r in old["rounds"]
    ]
    assert (made.published, made.is_open(), made.revision) == (False, False, 1)
    first = find_version(made.id, 1)
    assert first is not None and first.content == new


def test_only_who_organises_the_edition_may(app: Flask) -> None:
    youth = actor_for(make_user(Role.ORGANISER, edition=get_edition("youth-2024"), password=""))
    with pytest.raises(NotFound):
        load_edition(youth, CODE)
    edition = get_edition(CODE)
    for act in (save, propose):
        with pytest.raises(NotAllowed):
            act(youth, edition, 0, {}, *([None] if act is save else []))
    with pytest.raises(NotAllowed):
        open_draft(youth, {"source": "edition:youth-2024", "year": 2026, "number": 1, "title": "x", "unit_set": "x",
                           "opens_at": 1, "closes_at": 2})  # fmt: skip


def test_a_proposal_alters_nothing_and_is_confirmed_once(organiser: Actor) -> None:
    edition = get_edition(CODE)
    entry = make_entry(
        CODE, division=edition.divisions[1], people=[{"grade": 8, "class_name": "8A"}, {"role": "coach"}]
    )
    edition = load_edition(organiser, CODE)
    content = content_of(edition)
    wanted = deepcopy(content)
    wanted["divisions"][1]["window"]["grade_min"] = 9
    wanted["rules"]["school_quota"] = 1
    known = db.session.scalar(select(Entry.version).where(Entry.id == entry.id))
    draft = propose(organiser, edition, 0, wanted)
    assert draft is not None
    assert [row[:2] for row in draft.impact["rows"]] == [[entry.reference, "broken"]]
    assert content_of(load_edition(organiser, CODE)) == content
    with pytest.raises(Invalid):
        confirm(organiser, edition, draft, " ")
    assert confirm(organiser, edition, draft, "Theo kế hoạch") == 2
    assert confirm(organiser, edition, draft, "Theo kế hoạch") == 2
    assert db.session.scalar(select(Entry.version).where(Entry.id == entry.id)) == known
    events = db.session.scalars(select(EntryEvent).where(EntryEvent.entry_id == entry.id)).all()
    assert [event.kind for event in events] == ["moved"]
    assert len(db.session.scalars(select(EditionVersion)).all()) == 2


def test_what_is_used_cannot_go_and_points_stay_within_bounds(organiser: Actor) -> None:
    entry = make_entry(CODE, division=get_edition(CODE).divisions[1])
    panel = make_panel([make_judge(CODE, password="")], CODE, "final")
    assign_all(panel, [entry])
    edition = load_edition(organiser, CODE)
    content = content_of(edition)
    for part, code, words in (("divisions", "B", "1 hồ sơ"), ("rounds", "final", "1 hội đồng")):
        with pytest.raises(Invalid, match=words):
            propose(organiser, edition, 0, without_row(content, part, code))
    final = edition.rounds[1]
    with transaction():
        sheet = db.session.scalars(select(ScoreSheet)).one()
        db.session.add(Score(sheet_id=sheet.id, criterion_id=final.criteria[0].id, points=Decimal(18)))
    lower = deepcopy(content)
    lower["rounds"][1]["criteria"][0]["max_points"] = "17"
    with pytest.raises(Invalid, match="đã có điểm 18"):
        propose(organiser, edition, 0, lower)
    with pytest.raises(Invalid, match="không thêm hoặc bỏ"):
        propose(organiser, edition, 0, without_row(content, "criteria-final", "time"))
    lower["rounds"][1]["criteria"][0]["max_points"] = "18"
    assert propose(organiser, edition, 0, lower) is not None
