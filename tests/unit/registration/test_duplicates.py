"""Who and what may be there twice: found among thousands, stored once, decided with a reason, never refused."""

import time
from datetime import date

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update
from sqlalchemy.exc import DatabaseError

from contest_portal.accounts.actor import Actor
from contest_portal.contests.models import Edition
from contest_portal.contests.queries import get_edition
from contest_portal.core.database import db
from contest_portal.core.errors import Invalid, NotAllowed
from contest_portal.core.vietnamese import fold
from contest_portal.registration.duplicates.models import DuplicateDecision, DuplicatePair
from contest_portal.registration.duplicates.scoring import (
    ALIKE,
    Somebody,
    Titled,
    alike_titles,
    person_score,
    same_people,
    title_score,
)
from contest_portal.registration.duplicates.services import decide, search_edition
from contest_portal.registration.models import Entry
from contest_portal.registration.services import submit_entry
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


def test_an_earlier_edition_is_compared_too(app: Flask, organiser: Actor) -> None:
    """A work of last year under a new name of its file."""
    old = get_edition("robocon-2024")
    newer = next(
        (e for e in db.session.scalars(select(Edition)) if e.contest_id == old.contest_id and e.number > old.number),
        None,
    )
    if newer is None:
        pytest.skip("the presets hold one edition of this contest")
    make_entry(old, title="Máy gieo hạt tự động")
    make_entry(newer, title="Máy gieo hạt tự động")
    search_edition(organiser, newer)
    assert found() == [("title", "Máy gieo hạt tự động", "Máy gieo hạt tự động", True)]


def test_handing_in_finds_it_and_refuses_nothing(stage: Stage) -> None:
    """The school notices nothing; the pair waits for the organiser."""
    make_entry(title="Rồng Xanhh", people=[{"full_name": "Nguyen Thi Hong Anh", "birth_date": BORN}])
    entry = stage.ready()
    assert submit_entry(stage.teacher, entry, declared=True)
    assert found() == [("person", "Rồng Xanhh", "Rồng Xanh", False), ("title", "Rồng Xanhh", "Rồng Xanh", False)]


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
