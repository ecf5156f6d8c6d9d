"""Administrators make, change, close and open accounts; nobody else does; on both databases."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from contest_portal.accounts.actor import NOBODY, SYSTEM, Actor, Post, Role
from contest_portal.accounts.models import SignIn, User
from contest_portal.accounts.passwords import matches, problem_with
from contest_portal.accounts.queries import get_user, list_users
from contest_portal.accounts.services import change_user, create_user, new_password, reset_password, set_active
from contest_portal.accounts.signing import sign_in
from contest_portal.core.audit import AuditRecord
from contest_portal.core.database import db
from contest_portal.core.errors import Conflict, Invalid, NotAllowed, NotFound
from contest_portal.core.paging import decode
from tests.at_once import at_once
from tests.factories import actor_for, make_user
from tests.factories.people import PASSWORD

STRANGER = Actor(9, "Ai Đó", "ai.do", tuple(Post(role) for role in Role if role is not Role.ADMINISTRATOR))


def make(username: str = "thcs.kep", full_name: str = "Nguyễn Thị Hạnh", **more: Any) -> User:
    """Make an account as the system."""
    return create_user(SYSTEM, username=username, full_name=full_name, **more)


def problems(act: Callable[[], Any]) -> list[str | None]:
    """Return the fields that an act finds wrong."""
    with pytest.raises(Invalid) as caught:
        act()
    return [problem.field for problem in caught.value.problems]


def count() -> int:
    """Count the accounts."""
    return db.session.scalar(select(func.count()).select_from(User)) or 0


def test_an_account_is_kept_clean_and_findable(app: Flask) -> None:
    user = make("  THCS.Kep ", "  Nguyễn  Thị Hạnh\u200b ", email="hanh@example.vn", phone="0912345678")
    assert (user.username, user.full_name, user.name_folded) == ("thcs.kep", "Nguyễn Thị Hạnh", "nguyen thi hanh")
    assert (user.email, user.phone, user.active, user.demonstration, user.password_hash) == (
        "hanh@example.vn",
        "0912345678",
        True,
        False,
        None,
    )


def test_everything_wrong_is_said_at_once(app: Flask) -> None:
    assert problems(lambda: make("á b", " ", password="12345678")) == ["username", "full_name", "password"]
    assert count() == 0


@pytest.mark.parametrize("name", ["thcs.kep", "THCS.KEP", "thcskep", "thcs-kep", "thc5.kep"])
def test_a_name_that_is_or_looks_taken_is_refused(app: Flask, name: str) -> None:
    make("thcs.kep")
    assert problems(lambda: make(name)) == ["username"]
    assert count() == 1


@pytest.mark.parametrize("name", ["ệ" * 150, "W" * 400, "x" * 149 + " y", "ﬁﬂ Å", "'; DROP TABLE users; --"])
def test_any_name_of_a_person_can_be_kept(app: Flask, name: str) -> None:
    user = make(full_name=name)
    db.session.expire_all()
    assert user.full_name == get_user(user.id).full_name
    assert len(user.full_name) <= 150
    assert [found.id for found in list_users("", None).items] == [user.id]


def test_one_form_makes_one_account(app: Flask) -> None:
    first = make(once_token="token")
    assert make(once_token="token").id == first.id
    assert count() == 1


def test_one_form_sent_many_times_at_once_makes_one_account(app: Flask) -> None:
    got = at_once(app, lambda _number: make(once_token="token").id, 6)
    assert len(set(got)) == 1
    assert isinstance(got[0], int)
    assert count() == 1


def test_one_name_wanted_by_many_at_once_is_given_once(app: Flask) -> None:
    got = at_once(app, lambda number: make(once_token=f"token {number}").id, 6)
    assert sorted(map(str, got))[1:] == [str(Invalid)] * 5
    assert count() == 1


@pytest.mark.parametrize("actor", [NOBODY, STRANGER], ids=["nobody", "everybody else"])
def test_only_administrators_touch_accounts(app: Flask, actor: Actor) -> None:
    user = make_user()
    stored = user.password_hash
    acts: list[Callable[[], Any]] = [
        lambda: create_user(actor, username="moi.tao", full_name="x"),
        lambda: change_user(actor, user, full_name="x", email=None, phone=None),
        lambda: set_active(actor, user, active=False),
        lambda: reset_password(actor, user),
    ]
    for act in acts:
        with pytest.raises(NotAllowed):
            act()
    db.session.refresh(user)
    assert (count(), user.password_hash, user.active) == (1, stored, True)


def test_a_change_on_an_older_version_is_refused_and_nothing_lost(app: Flask) -> None:
    user = make()
    seen = user.version
    change_user(SYSTEM, user, full_name="Trần Văn Ước", email="uoc@example.vn", phone=None, version=seen)
    with pytest.raises(Conflict):
        change_user(SYSTEM, user, full_name="Khác", email=None, phone=None, version=seen)
    db.session.expire_all()
    assert (user.full_name, user.name_folded, user.email) == ("Trần Văn Ước", "tran van uoc", "uoc@example.vn")
    row = db.session.scalars(select(AuditRecord).where(AuditRecord.action == "user.changed")).one()
    assert row.before == {"full_name": "Nguyễn Thị Hạnh", "email": None, "phone": None}
    assert row.after == {"full_name": "Trần Văn Ước", "email": "uoc@example.vn", "phone": None}


def test_a_person_keeps_a_name(app: Flask) -> None:
    user = make()
    assert problems(lambda: change_user(SYSTEM, user, full_name=" \u200b", email=None, phone=None)) == ["full_name"]


def test_changes_at_the_same_moment_are_won_by_one(app: Flask) -> None:
    user = make()
    user_id, version = user.id, user.version

    def change(number: int) -> None:
        change_user(SYSTEM, get_user(user_id), full_name=f"Tên {number}", email=None, phone=None, version=version)

    got = at_once(app, change, 6)
    assert sorted(map(str, got)) == [str(Conflict)] * 5 + ["None"]
    db.session.expire_all()
    assert get_user(user_id).full_name == f"Tên {got.index(None)}"


def test_closing_ends_sign_ins_and_opening_brings_none_back(app: Flask) -> None:
    user = make_user()
    sign_in(user.username, PASSWORD, address=None, device=None)
    set_active(SYSTEM, user, active=False)
    set_active(SYSTEM, user, active=False)
    set_active(SYSTEM, user, active=True)
    assert None not in db.session.scalars(select(SignIn.ended_at)).all()
    acts = db.session.scalars(select(AuditRecord.action).order_by(AuditRecord.id)).all()
    assert acts[-2:] == ["user.closed", "user.opened"]


def test_nobody_closes_their_own_account(app: Flask) -> None:
    user = make_user(Role.ADMINISTRATOR, password="")
    with pytest.raises(Conflict, match="tài khoản của chính mình"):
        set_active(actor_for(user), user, active=False)
    assert user.active


def test_a_given_password_is_strong_readable_and_never_the_same() -> None:
    given = {new_password() for _ in range(200)}
    assert len(given) == 200
    for password in given:
        assert re.fullmatch(r"([a-hjkmnp-z2-9]{4}-){3}[a-hjkmnp-z2-9]{4}", password)
        assert problem_with(password) is None


def test_a_reset_replaces_the_password_and_ends_sign_ins(app: Flask) -> None:
    user = make_user(demonstration=True)
    sign_in(user.username, PASSWORD, address=None, device=None)
    given = reset_password(SYSTEM, user)
    db.session.expire_all()
    assert matches(user.password_hash, given)
    assert not matches(user.password_hash, PASSWORD)
    assert not user.demonstration
    assert None not in db.session.scalars(select(SignIn.ended_at)).all()


def test_a_chosen_password_is_judged_like_any(app: Flask) -> None:
    user = make("thcs.kep")
    assert problems(lambda: reset_password(SYSTEM, user, "thcs.kep1")) == ["password"]
    assert user.password_hash is None
    assert reset_password(SYSTEM, user, "ngõ nhỏ phố tôi 7") == "ngõ nhỏ phố tôi 7"
    assert matches(user.password_hash, "ngõ nhỏ phố tôi 7")


@pytest.mark.parametrize("user_id", [0, -1, 999_999, 2**31, 2**63, 10**20])
def test_no_number_but_an_accounts_finds_one(app: Flask, user_id: int) -> None:
    make()
    with pytest.raises(NotFound):
        get_user(user_id)


def test_pages_of_the_list_hold_everybody_once_in_order(app: Flask) -> None:
    names = ["Trần Văn Ước", "Đặng Thị Ánh", "Bùi Đình Đạt", "Lê An", "Lê An", "Nguyễn Ân", "Đỗ Ăn"]
    for number, name in enumerate(names):
        make(f"nguoi.{'abcdefg'[number]}", name)
    seen, cursor = [], None
    while True:
        page = list_users("", cursor, size=2)
        seen += [user.full_name for user in page.items]
        cursor = decode(page.next_cursor)
        if cursor is None:
            break
    assert seen == ["Lê An", "Lê An", "Đặng Thị Ánh", "Đỗ Ăn", "Nguyễn Ân", "Bùi Đình Đạt", "Trần Văn Ước"]


@pytest.mark.parametrize(
    ("q", "found"),
    [("anh", 1), ("ÁNH", 1), ("NGUOI.A", 1), ("Example.VN", 1), ("%", 0), ("_", 0), ("\\", 0), ("'", 0), ("", 2)],
)
def test_people_are_found_by_part_of_a_name_or_address(app: Flask, q: str, found: int) -> None:
    make("nguoi.a", "Đặng Thị Ánh")
    make("nguoi.b", "Bùi Đình Đạt", email="dat@example.vn")
    assert len(list_users(q, None).items) == found
