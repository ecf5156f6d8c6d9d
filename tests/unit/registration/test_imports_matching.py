"""Which stored entry a row speaks of, and what of its people changed."""

from datetime import date

import pytest

from contest_portal.registration.imports.comparing import compare_people
from contest_portal.registration.imports.matching import Identity, match
from contest_portal.registration.imports.places import place_key
from contest_portal.registration.models import Participant
from contest_portal.registration.people import Person

THAN_TOC = Identity("than toc", "truong a", 1, frozenset({"an", "binh"}), "RB24-1")


def one(
    title: str = "than toc", school: str = "truong a", unit: int | None = 1, names: str = "an binh", reference: str = ""
) -> Identity:
    """Return an identity in few words."""
    return Identity(title, school, unit, frozenset(names.split()), reference)


@pytest.mark.parametrize(
    ("row", "found"),
    [
        (one("khac", "truong x", 9, "chi", "RB24-1"), 0),
        (one(), 0),
        (one(names="an chi"), 0),
        (one(names="chi dung"), 0),
        (one(school="truong b", names="an chi"), 0),
        (one(school="truong b", unit=2, names="an chi"), None),
        (one(school="truong b", names="chi"), None),
        (one("ten moi"), 0),
        (one("ten moi", names="an"), None),
        (one("ten moi", school="truong b"), None),
    ],
)
def test_kinship_of_a_row(row: Identity, found: int | None) -> None:
    """Know an entry by reference, title and school, title and people, or school and people."""
    assert match([row], [THAN_TOC]) == [found]


def test_same_title_in_two_schools_are_two_teams() -> None:
    """Leave a team alone that only bears the name of another."""
    stored = [one(school="truong a"), one(school="truong b", names="chi dung")]
    assert match([one(school="truong b", names="chi dung"), one(school="truong a")], stored) == [1, 0]
    assert match([one(school="truong c", names="em")], stored) == [None]


def test_each_stored_entry_is_matched_once() -> None:
    """Give two works of one name in one school each their own."""
    stored = [one(names="an"), one(names="chi")]
    assert match([one(names="chi"), one(names="an")], stored) == [1, 0]
    assert match([one(names="chi"), one(names="chi dung")], stored[1:]) == [0, None]
    assert match([one(names="em"), one(names="ga")], stored) == [None, None]


def test_surest_kinship_first() -> None:
    """Let no weak kinship of an early row take what belongs surely to a later one."""
    assert match([one("ten moi"), one()], [THAN_TOC]) == [None, 0]


def stored(name: str, born: date | None = None, role: str = "member", **more: object) -> Participant:
    """Return somebody who is registered."""
    return Participant(role=role, full_name=name, name_folded=name.lower(), birth_date=born, **more)


def test_people_stay_join_and_leave() -> None:
    """Pair people by name, mend what differs, and let the rest join and leave."""
    an, binh, hlv = stored("An", date(2011, 1, 1)), stored("Binh", date(2011, 2, 2)), stored("Ha", role="coach")
    plan = compare_people(
        [an, binh, hlv],
        [Person("member", "An", date(2011, 1, 1), "7A"), Person("member", "Chi"), Person("coach", "Ha")],
    )
    assert [(row, changed) for row, _person, changed in plan.kept] == [(an, {"class_name": "7A"}), (hlv, {})]
    assert [person.full_name for person in plan.joined] == ["Chi"]
    assert plan.left == [binh]
    assert not plan.empty


def test_mended_name_is_not_another_person() -> None:
    """Know somebody by the day of birth whose name was misspelt, in the same role only."""
    row = stored("Hoang An", date(2011, 1, 1))
    plan = compare_people([row], [Person("member", "Hoàn An", date(2011, 1, 1))])
    assert [(found, changed) for found, _person, changed in plan.kept] == [(row, {"full_name": "Hoàn An"})]
    assert compare_people([row], [Person("coach", "Hoàn An", date(2011, 1, 1))]).left == [row]


def test_blank_cells_change_nothing() -> None:
    """Leave what a list does not say."""
    row = stored("An", date(2011, 1, 1), class_name="7A", phone="0912345678")
    assert compare_people([row], [Person("member", "An")]).empty


def test_two_people_of_one_name_are_told_apart_by_birth() -> None:
    """Pair namesakes by their days of birth first."""
    older, younger = stored("An", date(2010, 1, 1)), stored("An", date(2012, 1, 1))
    plan = compare_people(
        [older, younger], [Person("member", "An", date(2012, 1, 1)), Person("member", "An", date(2010, 1, 1))]
    )
    assert [row for row, _person, _changed in plan.kept] == [younger, older]
    assert plan.empty


@pytest.mark.parametrize(
    ("text", "key"),
    [("TP. Bắc Giang", "thanh pho bac giang"), ("TX Việt Yên", "thi xa viet yen"), ("H. Lục Ngạn", "huyen luc ngan"), ("Y dược", "y duoc"), ("Hà", "ha")],
)  # fmt: skip
def test_short_forms_of_places(text: str, key: str) -> None:
    """Read the short forms of kinds of units."""
    assert place_key(text) == key
