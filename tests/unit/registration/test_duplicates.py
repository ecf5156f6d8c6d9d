"""Who and what may be there twice: found among thousands, stored once, decided with a reason, never refused."""

import time
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text, update
from sqlalchemy.exc import DatabaseError

from contest_portal.accounts.actor import SYSTEM, Actor
from contest_portal.contests.models import Edition
from contest_portal.contests.queries import get_edition
from contest_portal.contests.services import create_edition
from contest_portal.core import clock
from contest_portal.core.database import db, transaction
from contest_portal.core.errors import Invalid, NotAllowed
from contest_portal.core.vietnamese import fold
from contest_portal.registration.duplicates import services
from contest_portal.registration.duplicates.models import DuplicateDecision, DuplicatePair
from contest_portal.registration.duplicates.scoring import (
    ALIKE,
    LARGEST_BLOCK,
    Somebody,
    Titled,
    alike_titles,
    person_score,
    same_people,
    title_score,
)
from contest_portal.registration.duplicates.services import compare_waiting, decide, search_edition
from contest_portal.registration.models import UNCOMPARED, Entry
from contest_portal.registration.services import Details, change_details, submit_entry
from contest_portal.registration.status import Status
from tests.factories.registration import make_entry
from tests.unit.registration.conftest import Stage

BORN = date(2011, 5, 20)
AN = {"full_name": "Nguyễn Văn An", "birth_date": BORN}


def found() -> list[tuple[str, str, str, bool]]:
    """Return the stored pairs: kind, the two titles, whether one is of an earlier edition."""
    titles = {entry.id: entry.title for entry in db.session.scalars(select(Entry))}
    pairs = db.session.scalars(select(DuplicatePair).order_by(DuplicatePair.key))
    return sorted((pair.kind, titles[pair.first_id], titles[pair.second_id], pair.earlier) for pair in pairs)


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("Máy gieo hạt tự động", "May gieo hat tu dong", True),
        ("Máy gieo hạt tự động", "Máy gieo hạt tự độngg", True),
        ("Máy gieo hạt tự động", "Tự động máy gieo hạt", True),
        ("Máy gieo hạt tự động", "Máy hái quả tự động", False),
        ("Đội Rồng Xanh", "Đội Hổ Vàng", False),
    ],
)
def test_titles_are_alike_without_signs_in_any_order_and_with_a_slip(one: str, other: str, alike: bool) -> None:
    assert (title_score(fold(one), fold(other)) >= ALIKE) is alike


@given(st.text(max_size=40), st.text(max_size=40))
def test_alikeness_is_the_same_from_either_side_and_bounded(one: str, other: str) -> None:
    assert title_score(one, other) == title_score(other, one)
    assert 0 <= title_score(one, other) <= 100
    assert title_score(one, one) == (100 if one else 0)


@given(st.lists(st.sampled_from(["a b c", "a b d", "x y", "", "c b a"]), max_size=12))
def test_nothing_is_paired_with_itself_or_twice(titles: list[str]) -> None:
    pairs = alike_titles([Titled(number, title) for number, title in enumerate(titles)])
    keys = [(pair.first.id, pair.second.id) for pair in pairs]
    assert len(keys) == len(set(keys))
    assert all(first < second for first, second in keys)
    equal = {(i, j) for i, a in enumerate(titles) for j, b in enumerate(titles) if i < j and a == b and a}
    assert equal <= set(keys), "equal titles are always found"


def test_the_same_pairs_are_found_in_whatever_order_titles_were_read() -> None:
    """Also of hundreds of equal ones, which are shown each beside the next."""
    titles = [Titled(number, "may gieo hat") for number in range(LARGEST_BLOCK + 5)]
    pairs = [(pair.first.id, pair.second.id) for pair in alike_titles(titles)]
    assert pairs == [(number, number + 1) for number in range(LARGEST_BLOCK + 4)]
    assert [(pair.first.id, pair.second.id) for pair in alike_titles(titles[::-1])] == pairs


def test_a_person_is_told_by_name_and_day_of_birth() -> None:
    an = Somebody(1, 1, "nguyen van an", BORN, 7)
    assert person_score(an, Somebody(2, 2, "nguyen van an", BORN)) == 100
    assert person_score(an, Somebody(2, 2, "nguyen van an", date(2011, 5, 21), 7)) == 0
    assert person_score(an, Somebody(2, 2, "nguyen van an", None, 7)) == 80
    assert person_score(an, Somebody(2, 2, "nguyen van an", None, 8)) == 0
    assert person_score(an, Somebody(2, 1, "nguyen van an", BORN)) == 0, "one entry names its own people"
    assert [(p.first.id, p.second.id) for p in same_people([an, Somebody(2, 2, "nguyen van an", BORN)])] == [(1, 2)]


def test_ten_thousand_entries_are_compared_in_seconds() -> None:
    """Not the fifty million pairs that they make: those that share a rare word or their beginning."""
    words = [f"may{n}" for n in range(400)]
    titles = [Titled(n, f"{words[n % 400]} {words[n * 7 % 399]} {words[n * 13 % 397]} so {n}") for n in range(10_000)]
    titles.append(Titled(10_001, titles[5000].title + "x"))
    people = [Somebody(n, n, f"nguyen van {n % 3000}", date(2010, 1, 1 + n % 28)) for n in range(30_000)]
    start = time.perf_counter()
    pairs = alike_titles(titles)
    same_people(people)
    assert time.perf_counter() - start < 20
    assert (5000, 10_001) in {(pair.first.id, pair.second.id) for pair in pairs}


def test_an_edition_is_searched_with_the_earlier_ones(app: Flask, organiser: Actor) -> None:
    """People in two teams, titles alike; what was taken back and who guides are left out."""
    make_entry(
        title="Máy gieo hạt tự động", people=[AN, {"role": "coach", "full_name": "Trần Thầy", "birth_date": BORN}]
    )
    make_entry(title="May gieo hat tu dong", people=[{"role": "coach", "full_name": "Trần Thầy", "birth_date": BORN}])
    make_entry(title="Rồng Xanh", people=[AN])
    edition = get_edition("robocon-2024")
    assert search_edition(organiser, edition) == 2
    assert found() == [
        ("person", "Máy gieo hạt tự động", "Rồng Xanh", False),
        ("title", "Máy gieo hạt tự động", "May gieo hat tu dong", False),
    ]
    assert search_edition(organiser, edition) == 0, "found twice, it is stored once"


def next_edition(old: Edition) -> Edition:
    """Open the contest's next edition."""
    return create_edition(
        SYSTEM,
        "robocon",
        code="robocon-2025",
        number=old.number + 1,
        year=2025,
        title="Robocon 2025",
        opens_at=clock.now() - timedelta(days=5),
        closes_at=clock.now() + timedelta(days=5),
        unit_set="bac-giang-2024",
    )


def test_an_earlier_edition_is_compared_too(app: Flask, organiser: Actor) -> None:
    """A work and a pupil of last year, even where last year's list was imported after this year's."""
    old = get_edition("robocon-2024")
    newer = next_edition(old)
    make_entry(newer, title="Máy gieo hạt", people=[AN])
    make_entry(old, title="Máy gieo hạt", people=[AN])
    make_entry(old, title="May gieo hat")
    assert search_edition(organiser, newer) == 3, "what two of last year have in common is last year's"
    assert found() == [
        ("person", "Máy gieo hạt", "Máy gieo hạt", True),
        ("title", "May gieo hat", "Máy gieo hạt", True),
        ("title", "Máy gieo hạt", "Máy gieo hạt", True),
    ]
    pairs = db.session.scalars(select(DuplicatePair)).all()
    assert {pair.edition_id for pair in pairs} == {newer.id}
    search_edition(organiser, old)
    assert [pair[3] for pair in found()].count(False) == 1


def test_handing_in_refuses_nothing_and_the_portal_finds_it_soon(stage: Stage) -> None:
    """The school notices nothing; the pair waits for the organiser."""
    make_entry(title="Rồng Xanhh", people=[{"full_name": "Nguyen Thi Hong Anh", "birth_date": BORN}])
    entry = stage.ready()
    assert submit_entry(stage.teacher, entry, declared=True)
    assert found() == []
    assert compare_waiting() == 2
    assert found() == [("person", "Rồng Xanhh", "Rồng Xanh", False), ("title", "Rồng Xanhh", "Rồng Xanh", False)]
    assert compare_waiting() == 0, "compared once"


def test_lists_are_compared_by_the_portal_so_many_a_turn(app: Flask) -> None:
    """Nobody presses a button; drafts and what was taken back wait for nothing."""
    for number in range(7):
        make_entry(title="Máy gieo hạt", people=[{**AN, "birth_date": BORN + timedelta(days=number)}])
    make_entry(title="Máy gieo hạt", status=Status.DRAFT)
    assert [compare_waiting(3) for _turn in range(4)] == [3, 3, 1, 0]
    assert len(found()) == 7 * 6 / 2 + 7, "with the draft, which is named, and not compared"


def test_an_earlier_edition_is_compared_by_the_portal(app: Flask) -> None:
    old = get_edition("robocon-2024")
    make_entry(next_edition(old), title="Máy gieo hạt", people=[AN])
    make_entry(old, title="Máy gieo hạt", people=[AN])
    compare_waiting()
    assert found() == [("person", *["Máy gieo hạt"] * 2, True), ("title", *["Máy gieo hạt"] * 2, True)]


def test_a_changed_entry_is_compared_again(stage: Stage) -> None:
    make_entry(title="Rồng Vàng")
    entry = stage.ready()
    submit_entry(stage.teacher, entry, declared=True)
    compare_waiting()
    assert found() == []
    change_details(stage.teacher, entry, Details("Rong Vang", entry.division_id, contact_phone="0912345678"))
    assert compare_waiting() == 1
    assert found() == [("title", "Rồng Vàng", "Rong Vang", False)]


def test_what_changes_while_it_is_compared_stays_due(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its words of a moment ago were compared, not those of now."""
    entry = make_entry(title="Rồng Vàng")
    stored = services._keep

    def slow(*args: Any) -> int:
        with transaction():
            entry.title = "Rồng Đỏ"
        return stored(*args)

    with monkeypatch.context() as patched:
        patched.setattr(services, "_keep", slow)
        assert compare_waiting() == 1
    assert compare_waiting() == 1
    assert compare_waiting() == 0


def test_what_waits_is_found_through_its_index(app: Flask) -> None:
    """An empty look, every few seconds, at a portal of a hundred thousand entries."""
    wanted = select(Entry.edition_id, Entry.id, Entry.version).where(UNCOMPARED).order_by(Entry.edition_id, Entry.id)
    compiled = str(wanted.limit(5).compile(db.engine, compile_kwargs={"literal_binds": True}))
    explain = "EXPLAIN QUERY PLAN " if db.engine.dialect.name == "sqlite" else "EXPLAIN "
    if db.engine.dialect.name == "postgresql":
        db.session.execute(text("SET LOCAL enable_seqscan = off"))
    plan = " ".join(str(row) for row in db.session.execute(text(explain + compiled)))
    assert "ix_entries_uncompared" in plan


def test_a_decision_has_a_reason_and_is_only_added_to(app: Flask, organiser: Actor, stage: Stage) -> None:
    """Searched again, what was decided stays decided."""
    make_entry(title="Rồng Xanh")
    make_entry(title="Rồng Xanh")
    search_edition(organiser, stage.edition)
    pair = db.session.scalars(select(DuplicatePair)).one()
    with pytest.raises(Invalid, match="lý do"):
        decide(organiser, stage.edition, pair, "different", " ")
    with pytest.raises(NotAllowed):
        decide(stage.teacher, stage.edition, pair, "different", "x")
    decide(organiser, stage.edition, pair, "different", "Hai trường khác nhau")
    decide(organiser, stage.edition, pair, "different", "Bấm hai lần")
    search_edition(organiser, stage.edition)
    assert pair.state == "different"
    decisions = db.session.scalars(select(DuplicateDecision)).all()
    assert [(d.state, d.reason) for d in decisions] == [("different", "Hai trường khác nhau")]
    with pytest.raises(DatabaseError):
        db.session.execute(update(DuplicateDecision).values(reason="khác"))


def test_only_organisers_search(stage: Stage) -> None:
    with pytest.raises(NotAllowed):
        search_edition(stage.teacher, stage.edition)
