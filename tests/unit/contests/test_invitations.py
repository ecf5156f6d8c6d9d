"""A code makes one account for one school, once, and tells nothing to whoever guesses; on both databases."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask, current_app
from sqlalchemy import func, select

from contest_portal.accounts.actor import NOBODY, SYSTEM, Actor, Post, Role
from contest_portal.accounts.models import SignInFailure, User
from contest_portal.accounts.models_messages import Notice
from contest_portal.accounts.signing import TooManyTries
from contest_portal.contests import invitations
from contest_portal.contests.colleagues import end_colleague
from contest_portal.contests.invitation_codes import hash_code
from contest_portal.contests.invitations import NewAccount, WrongCode
from contest_portal.contests.models import Membership, School
from contest_portal.contests.models_schools import Invitation
from contest_portal.contests.queries import posts_of
from contest_portal.contests.queries_schools import SchoolFilter, access_of, all_wanted, get_unit, people_of_school
from contest_portal.core import clock
from contest_portal.core.audit import AuditRecord
from contest_portal.core.database import db
from contest_portal.core.errors import Conflict, Invalid, NotAllowed, NotFound
from contest_portal.core.outbox import OutboxLetter
from tests.at_once import at_once
from tests.counting import counted_statements
from tests.factories import actor_for, make_school, make_user
from tests.factories.schools import newest_invitation

ADDRESS = "203.0.113.9"


@pytest.fixture
def school(app: Flask) -> School:
    """Return a school of today without anybody."""
    return make_school("Trường THCS Kép", get_unit("bac-ninh-2025", "07399"))


def account(username: str = "thcs.kep", password: str = "con trâu đi trước cái cày") -> NewAccount:
    """Return what an invited person fills in."""
    return NewAccount(username=username, password=password, full_name="Nguyễn Thị Hạnh", phone="0912345678")


def slip_for(school: School, days: int = 30) -> str:
    """Return a printed code for a school."""
    (slip,) = invitations.make_slips(SYSTEM, [school], days)
    return slip.code


def users() -> int:
    """Count the accounts."""
    return db.session.scalar(select(func.count()).select_from(User)) or 0


def test_a_code_makes_an_account_with_the_schools_post(school: School) -> None:
    user = invitations.accept(slip_for(school).lower(), account(), address=ADDRESS)
    assert posts_of(user.id) == (Post(Role.SCHOOL, None, None, school.id),)
    assert (user.username, user.full_name, user.phone) == ("thcs.kep", "Nguyễn Thị Hạnh", "0912345678")
    invitation = newest_invitation(school)
    assert (invitation.state, invitation.used_by) == ("used", user.id)


def test_only_a_hash_of_a_code_is_kept_and_the_log_has_none(school: School) -> None:
    code = slip_for(school)
    invitation = newest_invitation(school)
    assert invitation.code_hash == hash_code(code)
    kept = [str(row.after) + row.subject for row in db.session.scalars(select(AuditRecord))]
    assert not any(code in text or hash_code(code) in text for text in kept)


@pytest.mark.parametrize("what", ["wrong", "used", "revoked", "expired"])
def test_wrong_used_revoked_and_expired_codes_are_answered_alike(
    school: School, at: Callable[..., Any], what: str
) -> None:
    at(2026, 3, 1)
    code = slip_for(school)
    if what == "wrong":
        code = code[::-1]
    if what == "used":
        invitations.accept(code, account("ai.do"), address=ADDRESS)
    if what == "revoked":
        invitations.revoke_invitation(SYSTEM, newest_invitation(school))
    if what == "expired":
        at(2026, 4, 1)
    before = users()
    with counted_statements() as expected, pytest.raises(WrongCode):
        invitations.look_at("22222-22222-22222-22222", ADDRESS)
    with counted_statements() as sent, pytest.raises(WrongCode, match="không đúng, đã được dùng hoặc đã hết hạn"):
        invitations.look_at(code, ADDRESS)
    # The same work for each, so that not even the time tells them apart.
    assert sent == expected
    with pytest.raises(WrongCode):
        invitations.accept(code, account(), address=ADDRESS)
    assert users() == before


def test_the_closing_second_of_a_code_is_too_late(school: School, at: Callable[..., Any]) -> None:
    moment = at(2026, 3, 1)
    code = slip_for(school, days=7)
    clock.set_clock(lambda: moment + timedelta(days=7, seconds=-1))
    assert invitations.look_at(code, ADDRESS).school_id == school.id
    clock.set_clock(lambda: moment + timedelta(days=7))
    with pytest.raises(WrongCode):
        invitations.look_at(code, ADDRESS)


def test_guesses_from_one_address_slow_down_and_others_are_not_hurt(school: School, at: Callable[..., Any]) -> None:
    at(2026, 3, 1)
    code = slip_for(school)
    for number in range(20):
        with pytest.raises(WrongCode):
            invitations.look_at(f"GUESS-{number}", ADDRESS)
    with pytest.raises(TooManyTries):
        invitations.look_at(code, ADDRESS)
    assert invitations.look_at(code, "198.51.100.1").school_id == school.id
    assert db.session.scalar(select(func.count()).select_from(SignInFailure)) == 20


def test_of_many_who_use_one_code_at_once_one_gets_an_account(school: School) -> None:
    code, school_id = slip_for(school), school.id

    def join(number: int) -> Any:
        return invitations.accept(code, account(f"nguoi.thu.{number}abc"), address=ADDRESS).id

    got = at_once(_app(), join, 6)
    assert sorted(isinstance(one, int) for one in got) == [False] * 5 + [True]
    assert {one for one in got if not isinstance(one, int)} == {WrongCode}
    assert len(people_of_school(school_id)) == 1
    assert users() == 1


def _app() -> Any:
    """Return the portal itself, for other threads."""
    return current_app._get_current_object()  # type: ignore[attr-defined]


def test_one_form_sent_twice_makes_one_account(school: School) -> None:
    code = slip_for(school)
    one, other = (invitations.accept(code, account(), address=ADDRESS, once_token="form") for _ in range(2))
    assert one.id == other.id
    assert users() == 1


@pytest.mark.parametrize(
    ("given", "field"),
    [
        (account(password="12345678"), "password"),
        (account(password="matkhau2024"), "password"),
        (account(password="ngắn"), "password"),
        (account("kh"), "username"),
        (account("có dấu"), "username"),
        (account("da.co.nguoi"), "username"),
    ],
)
def test_what_is_not_accepted_leaves_the_code_open(school: School, given: NewAccount, field: str) -> None:
    make_user(username="da.co.nguoi")
    code = slip_for(school)
    with pytest.raises(Invalid) as caught:
        invitations.accept(code, given, address=ADDRESS)
    assert [problem.field for problem in caught.value.problems] == [field]
    assert invitations.look_at(code, ADDRESS).state == "invited"


def test_a_new_sheet_revokes_the_old_ones_but_not_a_colleagues_word(school: School) -> None:
    member = actor_for(make_user(Role.SCHOOL, school=school, password=""))
    word = invitations.invite_person(member, school, full_name="Lê Đồng Nghiệp", email=None, by_colleague=True)
    old, new = slip_for(school), slip_for(school)
    with pytest.raises(WrongCode):
        invitations.look_at(old, ADDRESS)
    for code in (new, word.code):
        assert invitations.look_at(code, ADDRESS).school_id == school.id


def test_letters_go_to_schools_with_an_address_once(school: School) -> None:
    school.email = "kep@bacninh.edu.vn"
    db.session.commit()
    silent = make_school("Trường THPT Kép", school.unit)
    for _ in range(2):
        reached, unreached = invitations.mail_invitations(SYSTEM, [school, silent], 30, "form")
    assert (reached, unreached) == ([school], [silent])
    (letter,) = db.session.scalars(select(OutboxLetter)).all()
    assert letter.address == "kep@bacninh.edu.vn"
    assert "Mời Trường THCS Kép" in letter.subject
    code = letter.body.partition("nhập mã: ")[2].split()[0]
    assert len(code.replace("-", "")) == 30
    assert invitations.look_at(code, ADDRESS).school_id == school.id
    assert [s.id for s in all_wanted(SYSTEM, SchoolFilter(account="invited"))] == [school.id]


def test_hundreds_of_slips_cost_a_few_statements(school: School) -> None:
    schools = [make_school(f"Trường THCS Số {number}", school.unit) for number in range(60)]
    with counted_statements() as sent:
        slips = invitations.make_slips(SYSTEM, schools, 30)
    assert len(sent) < 10
    assert len({slip.code for slip in slips}) == 60
    found = access_of([one.id for one in schools])
    assert {come.invitation.state for come in found.values() if come.invitation} == {"invited"}


def test_none_and_too_many_schools_are_refused(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(invitations, "MOST_AT_ONCE", 1)
    for schools in ([], [school, school]):
        with pytest.raises(Invalid):
            invitations.make_slips(SYSTEM, schools, 30)


@pytest.mark.parametrize("role", [Role.SCHOOL, Role.COORDINATOR, Role.AUDITOR])
def test_only_keepers_of_the_list_invite_schools(school: School, role: Role) -> None:
    actor = actor_for(make_user(role, school=school, unit=school.unit, password=""))
    other = make_school("Trường THPT Kép", school.unit)
    acts: list[Callable[[], Any]] = [
        lambda: invitations.make_slips(actor, [school], 30),
        lambda: invitations.mail_invitations(actor, [school], 30),
        lambda: invitations.invite_person(actor, school, full_name="X", email=None),
        lambda: invitations.invite_person(actor, other, full_name="X", email=None, by_colleague=True),
    ]
    for act in acts:
        with pytest.raises(NotAllowed):
            act()
    assert db.session.scalars(select(Invitation)).all() == []


def test_somebody_with_an_account_acts_for_one_more_school(school: School) -> None:
    first = make_school("Trường THPT Kép", school.unit)
    user = make_user(Role.SCHOOL, school=first, password="")
    code = slip_for(school)
    invitations.accept_as(actor_for(user), code)
    assert actor_for(user).school_ids == {first.id, school.id}
    with pytest.raises(WrongCode):
        invitations.accept_as(actor_for(make_user(password="")), code)
    with pytest.raises(NotAllowed):
        invitations.accept_as(NOBODY, slip_for(school))


def test_colleagues_are_told_who_joined(school: School) -> None:
    first = make_user(Role.SCHOOL, school=school, password="")
    word = invitations.invite_person(actor_for(first), school, full_name="Lê A", email=None, by_colleague=True)
    invitations.accept(word.code, account(), address=ADDRESS)
    (notice,) = db.session.scalars(select(Notice)).all()
    assert (notice.user_id, notice.kind, notice.values["name"]) == (first.id, "school.joined", "Nguyễn Thị Hạnh")


def test_a_colleagues_post_ends_with_what_was_offered(school: School) -> None:
    one, other = (make_user(Role.SCHOOL, school=school, password="") for _ in range(2))
    word = invitations.invite_person(actor_for(other), school, full_name="Lê A", email=None, by_colleague=True)
    (post,) = [post for post, user in people_of_school(school.id) if user.id == other.id]
    end_colleague(actor_for(one), school, post.id)
    assert posts_of(other.id) == ()
    with pytest.raises(WrongCode):
        invitations.look_at(word.code, ADDRESS)


def test_the_last_one_of_a_school_is_ended_by_the_organiser_only(school: School) -> None:
    user = make_user(Role.SCHOOL, school=school, password="")
    ((post, _user),) = people_of_school(school.id)
    with pytest.raises(Conflict, match="cuối cùng"):
        end_colleague(actor_for(user), school, post.id)
    end_colleague(SYSTEM, school, post.id)
    assert people_of_school(school.id) == []


def test_two_colleagues_who_end_each_other_leave_one(school: School) -> None:
    posts = [(make_user(Role.SCHOOL, school=school, password=""), None) for _ in range(2)]
    ids = [user.id for user, _none in posts]
    held = {user.id: post.id for post, user in people_of_school(school.id)}
    school_id = school.id

    def end_other(number: int) -> Any:
        actor = Actor(ids[number], "x", "x", (Post(Role.SCHOOL, school_id=school_id),))
        end_colleague(actor, db.session.get_one(School, school_id), held[ids[1 - number]])

    got = at_once(_app(), end_other, 2)
    assert sorted(map(str, got)) == [str(Conflict), "None"]
    assert len(people_of_school(school_id)) == 1


def test_posts_of_other_schools_are_not_there(school: School) -> None:
    one, _two = (make_user(Role.SCHOOL, school=school, password="") for _ in range(2))
    other = make_school("Trường THPT Kép", school.unit)
    stranger = make_user(Role.SCHOOL, school=other, password="")
    foreign = db.session.scalars(select(Membership.id).where(Membership.user_id == stranger.id)).one()
    with pytest.raises(NotFound):
        end_colleague(actor_for(one), school, foreign)
    with pytest.raises(NotAllowed):
        end_colleague(actor_for(stranger), school, foreign)
    assert len(posts_of(stranger.id)) == 1
