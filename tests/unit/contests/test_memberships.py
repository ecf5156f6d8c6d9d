"""Posts are given for a place, once, and ended, never the last administrator's; on both databases."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from contest_portal.accounts.actor import NOBODY, SYSTEM, Actor, Post, Role
from contest_portal.accounts.models import User
from contest_portal.accounts.services import set_active
from contest_portal.contests.memberships import end_post, find_or_add_school, give_post
from contest_portal.contests.models import Membership, School
from contest_portal.contests.queries import get_edition, posts_of
from contest_portal.contests.queries_memberships import find_unit_anywhere, find_unit_for, get_post, posts_held_by
from contest_portal.core.audit import AuditRecord
from contest_portal.core.database import db
from contest_portal.core.errors import Conflict, Invalid, NotAllowed, NotFound
from tests.at_once import at_once
from tests.factories import actor_for, make_school, make_user, unit_of

YOUTH = "youth-2024"
OTHERS = [Post(role) for role in Role if role is not Role.ADMINISTRATOR]
# Whoever may do everything but administer.
STRANGER = Actor(9, "Ai Đó", "ai.do", tuple(OTHERS))


def person(*roles: Role) -> User:
    """Return an account that nobody signs in with."""
    return make_user(*roles, password="")


def post_of(user: User) -> Membership:
    """Return an account's only post."""
    (found,) = posts_held_by(user.id)
    return found


def sentences(error: Invalid) -> list[tuple[str | None, str]]:
    """Return what is wrong, and where."""
    return [(problem.field, str(problem.message)) for problem in error.problems]


def test_a_post_holds_for_what_its_role_has(app: Flask) -> None:
    edition, unit, school = get_edition(YOUTH), unit_of(YOUTH), make_school()
    place: dict[str, Any] = {"edition": edition, "unit": unit, "school": school}
    given = {}
    # A screener's post comes with a place on a unit's board.
    for role in set(Role) - {Role.SCREENER}:
        user = person()
        give_post(SYSTEM, user, role, **place)
        (given[role],) = posts_of(user.id)
    assert given == {
        Role.SCHOOL: Post(Role.SCHOOL, edition.id, None, school.id),
        Role.COORDINATOR: Post(Role.COORDINATOR, edition.id, unit.id, None),
        Role.JUDGE: Post(Role.JUDGE, edition.id),
        Role.ORGANISER: Post(Role.ORGANISER, edition.id),
        # Accounts belong to no edition, so neither do those who administer them.
        Role.ADMINISTRATOR: Post(Role.ADMINISTRATOR),
        Role.AUDITOR: Post(Role.AUDITOR, edition.id),
    }


@pytest.mark.parametrize(
    ("role", "problem"),
    [(Role.SCHOOL, ("school", "Hãy chọn trường.")), (Role.COORDINATOR, ("unit", "Hãy chọn đơn vị."))],
)
def test_a_place_that_is_missing_is_asked_for(app: Flask, role: Role, problem: tuple[str, str]) -> None:
    user = person()
    with pytest.raises(Invalid) as caught:
        give_post(SYSTEM, user, role, edition=get_edition(YOUTH))
    assert sentences(caught.value) == [problem]
    assert posts_of(user.id) == ()


def test_the_same_post_twice_is_one_and_another_place_is_another(app: Flask) -> None:
    user = person()
    for code in (YOUTH, YOUTH, "robocon-2024"):
        give_post(SYSTEM, user, Role.JUDGE, edition=get_edition(code))
    give_post(SYSTEM, user, Role.JUDGE)
    give_post(SYSTEM, user, Role.JUDGE)
    assert [post.edition_id for post in posts_of(user.id)] == [
        get_edition(YOUTH).id,
        get_edition("robocon-2024").id,
        None,
    ]


def test_one_form_gives_one_post_whatever_it_says_the_second_time(app: Flask) -> None:
    user = person()
    give_post(SYSTEM, user, Role.JUDGE, once_token="token")
    give_post(SYSTEM, user, Role.AUDITOR, once_token="token")
    assert [post.role for post in posts_of(user.id)] == [Role.JUDGE]


def test_posts_given_at_the_same_moment_are_one(app: Flask) -> None:
    user = person()
    user_id = user.id

    def give(number: int) -> None:
        give_post(SYSTEM, db.session.get_one(User, user_id), Role.JUDGE, once_token=f"token {number % 2}")

    assert at_once(app, give, 8) == [None] * 8
    assert [post.role for post in posts_of(user_id)] == [Role.JUDGE]


@pytest.mark.parametrize("actor", [NOBODY, STRANGER], ids=["nobody", "everybody else"])
def test_only_administrators_give_and_end_posts(app: Flask, actor: Actor) -> None:
    user = person(Role.JUDGE)
    with pytest.raises(NotAllowed):
        give_post(actor, user, Role.ADMINISTRATOR)
    with pytest.raises(NotAllowed):
        end_post(actor, post_of(user), user)
    with pytest.raises(NotAllowed):
        find_or_add_school(actor, "Trường mới", unit_of(YOUTH))
    assert [post.role for post in posts_of(user.id)] == [Role.JUDGE]


def test_an_ended_post_is_kept_with_its_end_and_may_be_given_again(app: Flask) -> None:
    user = person(Role.JUDGE)
    post = post_of(user)
    end_post(SYSTEM, post, user)
    ended_at = post.ended_at
    end_post(SYSTEM, post, user)
    assert posts_of(user.id) == ()
    assert db.session.scalars(select(Membership.ended_at)).all() == [ended_at] != [None]
    give_post(SYSTEM, user, Role.JUDGE)
    assert len(posts_of(user.id)) == 1


def test_the_last_administrator_stays(app: Flask) -> None:
    user, closed = person(Role.ADMINISTRATOR), person(Role.ADMINISTRATOR)
    set_active(SYSTEM, closed, active=False)
    for actor in (actor_for(user), SYSTEM):
        with pytest.raises(Conflict, match="quản trị viên cuối cùng"):
            end_post(actor, post_of(user), user)
    assert posts_of(user.id) == (Post(Role.ADMINISTRATOR),)


def test_an_administrator_is_let_go_by_another_only(app: Flask) -> None:
    one, other = person(Role.ADMINISTRATOR), person(Role.ADMINISTRATOR)
    with pytest.raises(Conflict, match="tự bỏ vai trò quản trị"):
        end_post(actor_for(one), post_of(one), one)
    end_post(actor_for(other), post_of(one), one)
    assert posts_of(one.id) == ()
    assert posts_of(other.id) == (Post(Role.ADMINISTRATOR),)


def test_administrators_who_end_each_other_at_the_same_moment_leave_one(app: Flask) -> None:
    users = [person(Role.ADMINISTRATOR).id for _ in range(4)]

    def end_next(number: int) -> None:
        actor = Actor(users[number], "x", "x", (Post(Role.ADMINISTRATOR),))
        user = db.session.get_one(User, users[(number + 1) % 4])
        end_post(actor, post_of(user), user)

    assert sorted(map(str, at_once(app, end_next, 4))) == [str(Conflict), "None", "None", "None"]
    assert sum(len(posts_of(user)) for user in users) == 1


@pytest.mark.parametrize(
    ("role", "told"),
    [
        (Role.JUDGE, {"role": "judge", "edition": YOUTH}),
        (Role.COORDINATOR, {"role": "coordinator", "edition": YOUTH, "unit": "bac-giang-2024/217"}),
        (Role.SCHOOL, {"role": "school", "edition": YOUTH, "school": "Trường THCS Kép"}),
        (Role.ADMINISTRATOR, {"role": "administrator"}),
    ],
)
def test_the_log_tells_what_was_given_and_ended(app: Flask, role: Role, told: dict[str, str]) -> None:
    user, edition, unit = person(), get_edition(YOUTH), unit_of(YOUTH)
    make_user(Role.ADMINISTRATOR, password="")
    give_post(SYSTEM, user, role, edition=edition, unit=unit, school=make_school("Trường THCS Kép", unit))
    end_post(SYSTEM, post_of(user), user)
    rows = db.session.scalars(
        select(AuditRecord)
        .where(AuditRecord.subject == user.username, AuditRecord.action.startswith("post."))
        .order_by(AuditRecord.id)
    ).all()
    assert [(row.action, row.before, row.after) for row in rows] == [
        ("post.given", None, told),
        ("post.ended", told, None),
    ]


def test_a_school_is_found_however_it_is_written(app: Flask) -> None:
    unit = unit_of(YOUTH)
    school = find_or_add_school(SYSTEM, "  Trường THCS  Kép ", unit)
    assert (school.name, school.name_folded, school.unit_id) == ("Trường THCS Kép", "truong thcs kep", unit.id)
    assert find_or_add_school(SYSTEM, "TRƯỜNG THCS KÉP", None).id == school.id
    assert find_or_add_school(SYSTEM, "truong thcs kep", unit).id == school.id


def test_a_school_of_the_same_name_elsewhere_is_another(app: Flask) -> None:
    here, there = unit_of(YOUTH), unit_of(YOUTH, "Huyện Yên Thế")
    one = find_or_add_school(SYSTEM, "Trường THCS Kép", here)
    assert find_or_add_school(SYSTEM, "Trường THCS Kép", there).id != one.id
    with pytest.raises(Invalid) as caught:
        find_or_add_school(SYSTEM, "Trường THCS Kép", None)
    assert sentences(caught.value) == [
        ("school", "Không tìm thấy đúng một trường tên “Trường THCS Kép”. Hãy ghi cả đơn vị.")
    ]


def test_a_school_founded_by_many_at_once_is_one(app: Flask) -> None:
    got = at_once(app, lambda _number: find_or_add_school(SYSTEM, "Trường THCS Mới", unit_of(YOUTH)).id, 6)
    assert len(set(got)) == 1
    assert db.session.scalar(select(func.count()).where(School.name == "Trường THCS Mới")) == 1


def test_a_unit_is_the_editions_own_where_two_eras_share_a_name(app: Flask) -> None:
    edition = get_edition(YOUTH)
    found, anywhere = find_unit_for(edition, "Lạng Giang"), find_unit_for(None, "Lạng Giang")
    assert found is not None
    assert anywhere is not None
    assert (found.name, found.unit_set) == ("Huyện Lạng Giang", edition.unit_set)
    assert anywhere.unit_set != edition.unit_set
    assert find_unit_for(edition, anywhere.code) is None
    assert find_unit_anywhere("Huyện Không Có") is None


def test_a_post_is_found_under_its_holder_only(app: Flask) -> None:
    user, other = person(Role.JUDGE), person(Role.JUDGE)
    post = post_of(user)
    assert get_post(user.id, post.id).id == post.id
    for holder, post_id in ((other.id, post.id), (user.id, 999_999)):
        with pytest.raises(NotFound):
            get_post(holder, post_id)
