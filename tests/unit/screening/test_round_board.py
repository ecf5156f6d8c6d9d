"""Who sits on a unit's board, and how a member comes to an account; on both databases."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from contest_portal.accounts.actor import NOBODY, SYSTEM, Post, Role
from contest_portal.accounts.models import SignInFailure, User
from contest_portal.accounts.models_messages import Notice
from contest_portal.accounts.permissions import may
from contest_portal.accounts.signing import TooManyTries
from contest_portal.contests.invitation_codes import hash_code
from contest_portal.contests.invitations import NewAccount, WrongCode
from contest_portal.contests.memberships import give_post
from contest_portal.contests.models import Edition, Membership
from contest_portal.contests.queries import get_edition, posts_of
from contest_portal.core import clock
from contest_portal.core.audit import AuditRecord
from contest_portal.core.database import db
from contest_portal.core.errors import Conflict, Invalid, NotAllowed, NotFound
from contest_portal.registration.status import Status
from contest_portal.screening.round import joining
from contest_portal.screening.round.board import Seat, add_screener, change_screener, end_screener
from contest_portal.screening.round.models import Screener
from contest_portal.screening.round.queries import (
    find_open_seat,
    former_screeners,
    get_screener,
    screeners_of,
    usernames_of,
)
from contest_portal.screening.services import complete_unit
from tests.at_once import at_once
from tests.factories.people import actor_for, make_user, unit_of
from tests.factories.screening import YOUTH, coordinator_of, make_screener, unit_entry, write_sheet

ADDRESS = "203.0.113.9"


def edition() -> Edition:
    """Return the youth edition."""
    return get_edition(YOUTH)


def here() -> tuple[int, int]:
    """Return the ids that name Lạng Giang in the youth edition."""
    return edition().id, unit_of(YOUTH).id


def names() -> list[str]:
    """Return the present board in its order."""
    return [member.full_name for member in screeners_of(*here())]


def code_for(screener: Screener) -> str:
    """Return a fresh code for a member of the board."""
    return joining.make_code(SYSTEM, edition(), screener.unit_id, screener.token)


def account(username: str = "cham.so.khao", password: str = "con trâu đi trước cái cày") -> NewAccount:
    """Return what somebody who comes with a code fills in."""
    return NewAccount(username=username, password=password, full_name="Vũ Thị Chấm")


def users() -> int:
    """Count the accounts."""
    return db.session.scalar(select(func.count()).select_from(User)) or 0


class TestBoard:
    """A board has a chair, secretaries and members; one person sits there once."""

    def test_the_chair_comes_first_then_people_by_their_given_names(self, app: Flask) -> None:
        for name, post in (
            ("Nguyễn Văn Đạt", "member"),
            ("Trần Thị Ánh", "member"),
            ("Lê Văn Dũng", "member"),
            ("Vũ Thị Yến", "secretary"),
            ("Giáp Văn Zin", "chair"),
        ):
            make_screener(full_name=name, post=post)
        assert names() == ["Giáp Văn Zin", "Vũ Thị Yến", "Trần Thị Ánh", "Lê Văn Dũng", "Nguyễn Văn Đạt"]

    def test_only_those_who_mark_are_asked_for_sheets(self, app: Flask) -> None:
        make_screener(full_name="Vũ Thị Ghi", post="secretary", marks=False)
        make_screener(full_name="Vũ Thị Chấm")
        assert [s.full_name for s in screeners_of(*here(), marking=True)] == ["Vũ Thị Chấm"]
        assert len(screeners_of(*here())) == 2

    def test_a_person_sits_on_a_board_once(self, app: Flask) -> None:
        make_screener(full_name="Vũ Thị Chấm", job_title="Giáo viên Trường THCS Kép")
        for again in ("Vũ Thị Chấm", "vũ thị  CHẤM"):
            with pytest.raises(Invalid) as refused:
                make_screener(full_name=again, job_title="Giáo viên Trường THCS Kép")
            assert "mỗi người chỉ có một chỗ" in str(refused.value)
            assert refused.value.problems[0].field == "full_name"
        # Two people may have one name, and one may help in two units.
        make_screener(full_name="Vũ Thị Chấm", job_title="Giáo viên Trường THCS Vôi")
        make_screener(unit_of(YOUTH, "Huyện Yên Thế"), full_name="Vũ Thị Chấm", job_title="Giáo viên Trường THCS Kép")
        assert names() == ["Vũ Thị Chấm", "Vũ Thị Chấm"]

    def test_there_is_one_chair(self, app: Flask) -> None:
        make_screener(full_name="Giáp Văn Nghĩa", post="chair")
        with pytest.raises(Invalid) as refused:
            make_screener(full_name="Vũ Thị Chấm", post="chair")
        assert str(refused.value) == "Ban đã có Trưởng ban là Giáp Văn Nghĩa. Hãy đổi nhiệm vụ của người đó trước."

    def test_a_post_that_does_not_exist_is_not_found(self, app: Flask) -> None:
        with pytest.raises(NotFound):
            make_screener(post="king")

    def test_the_same_form_sent_twice_puts_one(self, app: Flask) -> None:
        found = [
            add_screener(SYSTEM, edition(), here()[1], Seat("Vũ Thị Chấm"), once_token="b" * 32).token for _time in "ab"
        ]
        assert len(set(found)) == 1
        assert names() == ["Vũ Thị Chấm"]

    def test_a_member_is_written_anew_on_the_version_that_was_seen(self, app: Flask) -> None:
        screener = make_screener()
        seat = Seat("Vũ Thị Chấm", "Hiệu phó", "secretary", marks=False)
        change_screener(SYSTEM, edition(), here()[1], screener.token, seat, version=screener.version)
        found = get_screener(*here(), screener.token)
        assert (found.job_title, found.post, found.marks) == ("Hiệu phó", "secretary", False)
        with pytest.raises(Conflict):
            change_screener(SYSTEM, edition(), here()[1], screener.token, Seat("Ai đó"), version=1)
        assert names() == ["Vũ Thị Chấm"]

    def test_somebody_who_has_marked_goes_on_marking(self, app: Flask) -> None:
        screener = make_screener()
        write_sheet(unit_entry(status=Status.RECEIVED), screener, {"novelty": "7"}, submitted=False)
        with pytest.raises(Invalid) as refused:
            change_screener(
                SYSTEM, edition(), here()[1], screener.token, Seat("Vũ Thị Chấm", marks=False), version=screener.version
            )
        assert str(refused.value) == "Người này đã chấm 1 hồ sơ nên vẫn là người chấm."
        assert refused.value.problems[0].field == "marks"

    def test_the_acts_are_written_down(self, app: Flask) -> None:
        screener = make_screener()
        end_screener(SYSTEM, edition(), here()[1], screener.token)
        acts = db.session.scalars(select(AuditRecord.action).where(AuditRecord.action.like("screener.%"))).all()
        assert acts == ["screener.added", "screener.ended"]

    def test_a_board_has_at_most_fifty_people(self, app: Flask) -> None:
        for number in range(50):
            make_screener(full_name=f"Người số {number}")
        with pytest.raises(Invalid) as refused:
            make_screener()
        assert str(refused.value) == "Một ban có nhiều nhất 50 người."

    def test_only_those_who_act_for_the_unit_change_its_board(self, app: Flask) -> None:
        screener, unit = make_screener(), unit_of(YOUTH)
        stranger = coordinator_of(unit_of(YOUTH, "Huyện Yên Thế"), edition())
        auditor = actor_for(make_user(Role.AUDITOR))
        colleague = actor_for(make_user(Role.SCREENER, unit=unit, edition=edition()))
        acts: list[Callable[[Any], object]] = [
            lambda who: add_screener(who, edition(), unit.id, Seat("Ai đó")),
            lambda who: change_screener(who, edition(), unit.id, screener.token, Seat("Ai đó"), version=1),
            lambda who: end_screener(who, edition(), unit.id, screener.token),
            lambda who: joining.make_code(who, edition(), unit.id, screener.token),
        ]
        for who, refusal in ((stranger, NotFound), (auditor, NotAllowed), (colleague, NotFound)):
            for act in acts:
                with pytest.raises(refusal):
                    act(who)
        assert names() == ["Vũ Thị Chấm"]

    def test_a_member_is_found_under_the_own_unit_only(self, app: Flask) -> None:
        screener = make_screener()
        far = unit_of(YOUTH, "Huyện Yên Thế")
        with pytest.raises(NotFound):
            get_screener(here()[0], far.id, screener.token)
        neighbour = coordinator_of(far, edition())
        with pytest.raises(NotFound):
            end_screener(neighbour, edition(), far.id, screener.token)

    def test_a_complete_unit_changes_its_board_no_more(self, app: Flask) -> None:
        screener = make_screener()
        complete_unit(SYSTEM, edition(), unit_of(YOUTH))
        with pytest.raises(Conflict):
            end_screener(SYSTEM, edition(), here()[1], screener.token)


class TestCode:
    """A code makes one account for one seat, once, and tells nothing to whoever guesses."""

    def test_it_makes_an_account_with_the_screeners_post(self, app: Flask) -> None:
        screener = make_screener()
        user = joining.accept(code_for(screener).lower(), account(), address=ADDRESS)
        assert posts_of(user.id) == (Post(Role.SCREENER, *here()),)
        found = get_screener(*here(), screener.token)
        assert (found.user_id, found.code_hash, found.code_expires_at) == (user.id, None, None)
        assert usernames_of(screeners_of(*here())) == {user.id: "cham.so.khao"}

    def test_a_screener_may_score_and_nothing_else_of_screening(self, app: Flask) -> None:
        actor = actor_for(joining.accept(code_for(make_screener()), account(), address=ADDRESS))
        assert may(actor, "screening.score")
        for permission in (
            "screening.see",
            "screening.do",
            "screening.board",
            "entry.see",
            "entry.list",
            "dossier.see",
        ):
            assert not may(actor, permission), permission
        assert actor.unit_ids() == frozenset()

    def test_only_a_hash_is_kept_and_the_log_has_none(self, app: Flask) -> None:
        screener = make_screener()
        code = code_for(screener)
        assert get_screener(*here(), screener.token).code_hash == hash_code(code)
        kept = [f"{row.before}{row.after}{row.subject}" for row in db.session.scalars(select(AuditRecord))]
        assert not any(code in text or hash_code(code) in text for text in kept)

    @pytest.mark.parametrize("what", ["wrong", "used", "replaced", "expired", "ended"])
    def test_codes_that_are_no_good_are_answered_alike(self, app: Flask, at: Callable[..., Any], what: str) -> None:
        at(2024, 4, 1)
        screener = make_screener()
        code = code_for(screener)
        if what == "wrong":
            code = "AAAAA-BBBBB-CCCCC-DDDDD"
        elif what == "used":
            joining.accept(code, account(), address=ADDRESS)
        elif what == "replaced":
            code_for(screener)
        elif what == "expired":
            at(2024, 4, 16)
        else:
            end_screener(SYSTEM, edition(), here()[1], screener.token)
        before = users()
        for act in (
            lambda: joining.look_at(code, ADDRESS),
            lambda: joining.accept(code, account("nguoi.khac"), address=ADDRESS),
            lambda: joining.accept_as(actor_for(make_user()), code),
        ):
            with pytest.raises(WrongCode) as refused:
                act()
            assert str(refused.value) == str(WrongCode.default)
        assert users() == before + 1

    def test_it_is_good_for_fourteen_days(self, app: Flask, at: Callable[..., Any]) -> None:
        at(2024, 4, 1)
        code = code_for(make_screener())
        at(2024, 4, 14)
        assert find_open_seat(hash_code(code)) is not None
        at(2024, 4, 15)
        assert find_open_seat(hash_code(code)) is None

    def test_guesses_are_slowed_down(self, app: Flask) -> None:
        tried = 0
        with pytest.raises(TooManyTries):
            for tried in range(200):
                with pytest.raises(WrongCode):
                    joining.look_at(f"{tried:05}-AAAAA-BBBBB-CCCCC", ADDRESS)
        assert 0 < tried < 199
        kept = db.session.scalars(select(SignInFailure)).first()
        assert kept is not None
        # A right code is told nothing more from there either.
        with pytest.raises(TooManyTries):
            joining.look_at(code_for(make_screener()), ADDRESS)

    def test_of_many_with_one_code_one_gets_the_account(self, app: Flask) -> None:
        code = code_for(make_screener())
        before = users()
        answers = at_once(app, lambda n: joining.accept(code, account(f"nguoi.{n}"), address=ADDRESS).username, 4)
        db.session.rollback()
        assert (answers.count(WrongCode), users()) == (3, before + 1)

    def test_the_same_form_sent_twice_makes_one_account(self, app: Flask) -> None:
        code = code_for(make_screener())
        made = [joining.accept(code, account(), address=ADDRESS, once_token="c" * 32).id for _time in "ab"]
        assert made[0] == made[1]

    @pytest.mark.parametrize(
        ("wrong", "field"), [({"username": "lang.giang"}, "username"), ({"password": "123"}, "password")]
    )
    def test_a_refused_account_leaves_the_code_good(self, app: Flask, wrong: dict[str, str], field: str) -> None:
        make_user(username="lang.giang")
        code = code_for(make_screener())
        with pytest.raises(Invalid) as refused:
            joining.accept(code, account(**wrong), address=ADDRESS)
        assert refused.value.problems[0].field == field
        assert find_open_seat(hash_code(code)) is not None

    def test_somebody_with_an_account_takes_the_seat_with_it(self, app: Flask) -> None:
        actor = coordinator_of(unit_of(YOUTH), edition())
        screener = make_screener()
        assert joining.accept_as(actor, code_for(screener)).id == screener.id
        assert actor.user_id is not None
        roles = [post.role for post in posts_of(actor.user_id)]
        assert roles == [Role.COORDINATOR, Role.SCREENER]
        assert users() == 1

    def test_an_account_has_one_seat_on_a_board(self, app: Flask) -> None:
        user = make_user()
        make_screener(full_name="Vũ Thị Chấm", user=user)
        code = code_for(make_screener(full_name="Lê Văn Khác"))
        with pytest.raises(Conflict) as refused:
            joining.accept_as(actor_for(user), code)
        assert "đã có chỗ trong ban (Vũ Thị Chấm); mỗi người chỉ có một chỗ" in str(refused.value)
        assert find_open_seat(hash_code(code)) is not None
        far = make_screener(unit_of(YOUTH, "Huyện Yên Thế"))
        assert joining.accept_as(actor_for(user), code_for(far)).unit_id == far.unit_id

    def test_a_visitor_takes_no_seat(self, app: Flask) -> None:
        with pytest.raises(NotAllowed):
            joining.accept_as(NOBODY, code_for(make_screener()))

    def test_the_coordinators_are_told(self, app: Flask) -> None:
        coordinator = coordinator_of(unit_of(YOUTH), edition())
        coordinator_of(unit_of(YOUTH, "Huyện Yên Thế"), edition())
        joining.accept(code_for(make_screener()), account(), address=ADDRESS)
        (notice,) = db.session.scalars(select(Notice).where(Notice.kind == "screener.joined")).all()
        assert notice.user_id == coordinator.user_id
        assert notice.link == f"/screening/youth-2024/{unit_of(YOUTH).code}/round/board"

    def test_who_has_an_account_or_does_not_mark_gets_no_code(self, app: Flask) -> None:
        for screener, words in (
            (make_screener(full_name="Vũ Thị Chấm", user=make_user()), "Vũ Thị Chấm đã có tài khoản nên không cần mã."),
            (
                make_screener(full_name="Lê Thị Ghi", marks=False),
                "Lê Thị Ghi không chấm điểm nên không cần tài khoản.",
            ),
        ):
            with pytest.raises(Conflict) as refused:
                code_for(screener)
            assert str(refused.value) == words

    def test_whoever_leaves_the_board_loses_the_post_of_this_board_only(self, app: Flask) -> None:
        user = make_user()
        here_seat = make_screener(user=user)
        make_screener(unit_of(YOUTH, "Huyện Yên Thế"), user=user)
        end_screener(SYSTEM, edition(), here()[1], here_seat.token)
        assert posts_of(user.id) == (Post(Role.SCREENER, edition().id, unit_of(YOUTH, "Huyện Yên Thế").id),)
        ended = db.session.scalars(select(Membership).where(Membership.ended_at.is_not(None))).one()
        assert (ended.user_id, ended.unit_id) == (user.id, here()[1])
        assert [s.full_name for s in former_screeners(*here())] == ["Vũ Thị Chấm"]
        assert names() == []
        # And may come again, on a seat of its own.
        again = make_screener(user=user)
        assert (again.id != here_seat.id, len(posts_of(user.id))) == (True, 2)

    def test_nobody_else_gives_a_screeners_post(self, app: Flask) -> None:
        with pytest.raises(Invalid) as refused:
            give_post(SYSTEM, make_user(), Role.SCREENER, edition=edition(), unit=unit_of(YOUTH))
        assert "do đơn vị thêm vào ban sơ khảo" in str(refused.value)

    def test_a_code_that_has_run_out_is_kept_as_run_out(self, app: Flask, at: Callable[..., Any]) -> None:
        at(2024, 4, 1)
        screener = make_screener()
        code_for(screener)
        found = get_screener(*here(), screener.token)
        assert found.code_expires_at == clock.now() + timedelta(days=14)
