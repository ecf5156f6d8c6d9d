"""A school asks to be let in, its unit says it is known, the organisers answer; on both databases."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from contest_portal.accounts.actor import SYSTEM, Role
from contest_portal.accounts.models_messages import Notice
from contest_portal.accounts.signing import TooManyTries
from contest_portal.contests import access, invitations
from contest_portal.contests.access import Asking
from contest_portal.contests.models import School, Unit
from contest_portal.contests.models_schools import AccessRequest, Invitation
from contest_portal.contests.queries_invitations import get_request, list_requests
from contest_portal.contests.queries_schools import get_unit
from contest_portal.core.database import db
from contest_portal.core.errors import Conflict, Invalid, NotAllowed, NotFound
from contest_portal.core.outbox import OutboxLetter
from tests.at_once import at_once
from tests.factories import actor_for, make_school, make_user
from tests.factories.schools import make_request

ADDRESS = "203.0.113.9"


@pytest.fixture
def unit(app: Flask) -> Unit:
    """Return a commune of today."""
    return get_unit("bac-ninh-2025", "07399")


def asking(unit: Unit, name: str = "Trường THCS Kép", **fields: Any) -> Asking:
    """Return what somebody writes."""
    return Asking(unit, name, "Trần Thị Xin", "Phó Hiệu trưởng", fields.pop("phone", "0912 345 678"), **fields)


def ask(unit: Unit, name: str = "Trường THCS Kép", **fields: Any) -> AccessRequest:
    """Send a request; return what was kept."""
    reference = access.ask_for_access(asking(unit, name, **fields), address=ADDRESS)
    return get_request(SYSTEM, reference)


def count(model: Any) -> int:
    """Count a table's rows."""
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_a_request_is_kept_and_those_who_answer_are_told(unit: Unit) -> None:
    organiser = make_user(Role.ORGANISER, password="", email="btc@example.vn")
    own = make_user(Role.COORDINATOR, unit=unit, password="")
    make_user(Role.COORDINATOR, unit=get_unit("bac-ninh-2025", "07432"), password="")
    request = ask(unit)
    assert (request.school_name, request.phone, request.state) == ("Trường THCS Kép", "0912345678", "waiting")
    told = db.session.scalars(select(Notice).order_by(Notice.user_id)).all()
    assert [notice.user_id for notice in told] == [organiser.id, own.id]
    assert {notice.link for notice in told} == {f"/schools/requests/{request.reference}"}
    assert [letter.address for letter in db.session.scalars(select(OutboxLetter))] == ["btc@example.vn"]


def test_the_same_form_and_the_same_wish_are_one_request(unit: Unit) -> None:
    first = access.ask_for_access(asking(unit), address=ADDRESS, once_token="form")
    assert access.ask_for_access(asking(unit, "Khác"), address=ADDRESS, once_token="form") == first
    assert access.ask_for_access(asking(unit), address="198.51.100.1", once_token="other form") == first
    assert count(AccessRequest) == 1


def test_many_requests_from_one_address_are_slowed_down(unit: Unit) -> None:
    for number in range(access.MOST_FROM_ADDRESS):
        ask(unit, f"Trường số {number}")
    with pytest.raises(TooManyTries):
        ask(unit, "Trường nữa")
    access.ask_for_access(asking(unit, "Trường nữa"), address="198.51.100.1")
    assert count(AccessRequest) == access.MOST_FROM_ADDRESS + 1


def test_what_is_asked_for_at_once_is_kept_within_the_bound(app: Flask, unit: Unit) -> None:
    unit_id = unit.id

    def send(number: int) -> str:
        place = db.session.get_one(Unit, unit_id)
        return access.ask_for_access(asking(place, f"Trường số {number}"), address=ADDRESS)

    got = at_once(app, send, 12)
    assert sum(isinstance(one, str) for one in got) == count(AccessRequest) == access.MOST_FROM_ADDRESS


def test_schools_are_suggested_whether_they_have_accounts_or_not(unit: Unit) -> None:
    with_account, without = make_school("Trường THCS Kép", unit), make_school("Trường Tiểu học Kép", unit)
    make_school("Trường THCS Kép", get_unit("bac-ninh-2025", "07432"))
    before = [school.id for school in access.suggestions(unit, "thcs kép")]
    make_user(Role.SCHOOL, school=with_account, password="")
    assert [school.id for school in access.suggestions(unit, "thcs kép")] == before == [with_account.id, without.id]


def test_a_school_of_another_unit_and_a_unit_that_is_no_more_are_refused(unit: Unit) -> None:
    foreign = make_school("Trường THCS Tân Dĩnh", get_unit("bac-ninh-2025", "07432"))
    with pytest.raises(Invalid):
        ask(unit, school_id=foreign.id)
    with pytest.raises(Invalid):
        ask(get_unit("bac-giang-2024", "217"))
    assert count(AccessRequest) == 0


def test_approving_founds_the_school_and_invites_by_letter(unit: Unit) -> None:
    request = ask(unit, "Trường THCS Mới", email="xin@example.vn")
    slip = access.approve(SYSTEM, request, None)
    assert (slip.school.name, slip.school.unit_id) == ("Trường THCS Mới", unit.id)
    letters = db.session.scalars(select(OutboxLetter).where(OutboxLetter.address == "xin@example.vn")).all()
    assert len(letters) == 1
    assert slip.code in letters[0].body
    assert invitations.look_at(slip.code, ADDRESS).full_name == "Trần Thị Xin"
    assert request.state == "approved"


def test_approving_for_a_known_school_founds_none(unit: Unit) -> None:
    school = make_school("Trường THCS Kép", unit)
    assert access.approve(SYSTEM, ask(unit, school_id=school.id), school.id).school.id == school.id
    assert access.approve(SYSTEM, ask(unit, "TRƯỜNG THCS KÉP", phone="0987654321"), None).school.id == school.id
    assert count(School) == 1


def test_a_request_is_answered_once(app: Flask, unit: Unit) -> None:
    reference = ask(unit).reference
    got = at_once(app, lambda _n: access.approve(SYSTEM, get_request(SYSTEM, reference), None).code, 4)
    assert sum(isinstance(one, str) for one in got) == 1
    assert [one for one in got if not isinstance(one, str)] == [Conflict] * 3
    assert (count(Invitation), count(School)) == (1, 1)
    with pytest.raises(Conflict):
        access.refuse(SYSTEM, get_request(SYSTEM, reference), "Muộn rồi")


def test_refusing_tells_why(unit: Unit) -> None:
    request = ask(unit, email="xin@example.vn")
    with pytest.raises(Invalid):
        access.refuse(SYSTEM, request, "  ")
    access.refuse(SYSTEM, request, "Trường đã có tài khoản; hãy hỏi cô Hạnh.")
    (letter,) = db.session.scalars(select(OutboxLetter)).all()
    assert "hãy hỏi cô Hạnh" in letter.body
    assert (request.state, count(Invitation)) == ("refused", 0)


def test_a_coordinator_recommends_and_sees_the_own_units_requests_only(unit: Unit) -> None:
    own, foreign = make_request(unit), make_request(get_unit("bac-ninh-2025", "07432"))
    actor = actor_for(make_user(Role.COORDINATOR, unit=unit, password=""))
    assert [request.id for request in list_requests(actor, "waiting", None).items] == [own.id]
    access.recommend(actor, own)
    assert own.recommended_by == actor.user_id
    with pytest.raises(NotFound):
        get_request(actor, foreign.reference)
    with pytest.raises(NotAllowed):
        access.recommend(actor, foreign)
    for act in (lambda: access.approve(actor, own, None), lambda: access.refuse(actor, own, "Không")):
        with pytest.raises(NotAllowed):
            act()
    assert own.state == "waiting"
