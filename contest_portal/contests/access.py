"""Ask for access to the portal for one's school, and answer that."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import select

from contest_portal.accounts.actor import NOBODY, Actor
from contest_portal.accounts.messages import letter, mail_to, notify
from contest_portal.accounts.queries import hold_tries
from contest_portal.accounts.signing import TooManyTries
from contest_portal.accounts.throttle import network_of
from contest_portal.contests.invitation_codes import ALPHABET
from contest_portal.contests.invitations import Slip, invite_person
from contest_portal.contests.models import School, Unit
from contest_portal.contests.models_schools import AccessRequest
from contest_portal.contests.nearness import nearest
from contest_portal.contests.queries_invitations import requests_from, schools_at
from contest_portal.contests.queries_schools import coordinators_of, exists_on, keepers_of_schools
from contest_portal.contests.rules import check_manages_schools
from contest_portal.contests.schools import SchoolData, add_school
from contest_portal.core import audit, clock, once
from contest_portal.core.database import db, transaction
from contest_portal.core.errors import Conflict, Invalid, NotAllowed, Problem
from contest_portal.core.i18n import lazy
from contest_portal.core.vietnamese import clean_text, fold, parse_phone

# A department's office may write for several schools from one address; more is somebody's machine.
MOST_FROM_ADDRESS: Final = 10
WITHIN: Final = timedelta(hours=1)

REQUESTED = letter(
    "access.requested",
    subject=lazy("%(school)s xin tài khoản"),
    body=lazy(
        "%(name)s (%(position)s) xin tài khoản cho %(school)s, %(unit)s. Hãy xem và trả lời yêu cầu %(reference)s."
    ),
)
REFUSED = letter(
    "access.refused",
    subject=lazy("Yêu cầu tài khoản %(reference)s chưa được duyệt"),
    body=lazy("Yêu cầu tài khoản cho %(school)s chưa được duyệt. Lý do: %(reason)s"),
)


@dataclass(frozen=True)
class Asking:
    """Hold what somebody without an account writes."""

    unit: Unit
    school_name: str
    full_name: str
    position: str
    phone: str
    email: str | None = None
    school_id: int | None = None


def suggestions(unit: Unit, name: str) -> list[School]:
    """Return the unit's schools whose names are like what was typed, whether anybody acts for them or not."""
    known = {school.name: school for school in schools_at(unit.id)}
    return [known[found] for found in nearest(name, known)]


def ask_for_access(asking: Asking, *, address: str | None, once_token: str | None = None) -> str:
    """Keep a request and tell those who answer it; return its reference.

    The same form sent twice, and the same wish by the same person, is one. Raises TooManyTries, Invalid.
    """
    network = network_of(address)
    _check_place(asking)
    with transaction():
        known = once.find_outcome(once_token)
        if known is not None:
            return known
        hold_tries()
        found = _same_wish(asking)
        reference = found.reference if found else _keep(asking, network).reference
        once.remember(once_token, reference)
    return reference


def recommend(actor: Actor, request: AccessRequest) -> None:
    """Let a unit's coordinator say that the school and the person are known; raises NotAllowed for other units."""
    if request.unit_id not in actor.unit_ids():
        raise NotAllowed
    with transaction():
        _hold(request)
        if request.recommended_at is None:
            request.recommended_at, request.recommended_by = clock.now(), actor.user_id
            audit.record(actor, "access.recommended", request.reference)


def approve(actor: Actor, request: AccessRequest, school_id: int | None) -> Slip:
    """Invite who asked, for the school that was chosen or for a new one; return the invitation.

    Raises NotAllowed, Conflict when it was answered before, Invalid for a school elsewhere or a name that is taken.
    """
    check_manages_schools(actor)
    with transaction():
        _hold(request)
        school = _school_for(actor, request, school_id)
        slip = invite_person(actor, school, full_name=request.full_name, email=request.email)
        _decide(actor, request, "approved")
        request.school_id = school.id
        audit.record(actor, "access.approved", request.reference, after={"school": school.name})
    return slip


def refuse(actor: Actor, request: AccessRequest, reason: str) -> None:
    """Say no, with the reason; raises NotAllowed, Conflict when it was answered before, Invalid without a reason."""
    check_manages_schools(actor)
    said = clean_text(reason)[:500]
    if not said:
        raise Invalid(problems=[Problem(lazy("Hãy ghi lý do để người xin biết phải làm gì."), field="reason")])
    with transaction():
        _hold(request)
        _decide(actor, request, "refused")
        request.reason = said
        audit.record(actor, "access.refused", request.reference, after={"reason": said})
        if request.email:
            values = {"reference": request.reference, "school": request.school_name, "reason": said}
            mail_to(request.email, REFUSED.kind, values, key=f"access.refused:{request.reference}")


def _check_place(asking: Asking) -> None:
    if not exists_on(asking.unit, clock.today()):
        raise Invalid(problems=[Problem(lazy("Đơn vị này không còn. Hãy chọn lại đơn vị."), field="unit")])
    if asking.school_id is not None and asking.school_id not in {school.id for school in schools_at(asking.unit.id)}:
        raise Invalid(problems=[Problem(lazy("Hãy chọn một trường trong danh sách."), field="school")])


def _keep(asking: Asking, network: str) -> AccessRequest:
    now = clock.now()
    if requests_from(network, now - WITHIN) >= MOST_FROM_ADDRESS:
        raise TooManyTries(WITHIN)
    request = AccessRequest(
        reference="YC" + "".join(secrets.choice(ALPHABET) for _ in range(8)),
        unit_id=asking.unit.id,
        unit=asking.unit,
        school_id=asking.school_id,
        network=network,
        **_person(asking),
    )
    db.session.add(request)
    # Flushed: those who answer are told of it by its reference.
    db.session.flush()
    audit.record(NOBODY, "access.requested", request.reference, after={"school": request.school_name})
    _tell(request)
    return request


def _person(asking: Asking) -> dict[str, Any]:
    return {
        "school_name": clean_text(asking.school_name)[:200],
        "full_name": clean_text(asking.full_name)[:150],
        "position": clean_text(asking.position)[:150],
        "email": asking.email or None,
        "phone": (parse_phone(asking.phone) or "")[:30],
    }


def _same_wish(asking: Asking) -> AccessRequest | None:
    wanted = _person(asking)
    waiting = select(AccessRequest).where(AccessRequest.unit_id == asking.unit.id, AccessRequest.state == "waiting")
    alike = (AccessRequest.phone == wanted["phone"], AccessRequest.school_name == wanted["school_name"])
    return db.session.scalars(waiting.where(*alike).limit(1)).first()


def _tell(request: AccessRequest) -> None:
    told = {
        "school": request.school_name,
        "unit": request.unit.name,
        "name": request.full_name,
        "position": request.position,
        "reference": request.reference,
    }
    receivers: Sequence[int] = [*keepers_of_schools(), *coordinators_of(request.unit_id)]
    link = f"/schools/requests/{request.reference}"
    notify(receivers, REQUESTED.kind, told, key=f"access:{request.reference}", link=link)


def _hold(request: AccessRequest) -> None:
    db.session.refresh(request, with_for_update={"of": AccessRequest})
    if request.state != "waiting":
        raise Conflict(lazy("Yêu cầu này đã được trả lời."))


def _decide(actor: Actor, request: AccessRequest, state: str) -> None:
    request.state, request.decided_at, request.decided_by = state, clock.now(), actor.user_id


def _school_for(actor: Actor, request: AccessRequest, school_id: int | None) -> School:
    here = {school.id: school for school in schools_at(request.unit_id)}
    if school_id is not None:
        if school_id not in here:
            raise Invalid(problems=[Problem(lazy("Hãy chọn một trường trong danh sách."), field="school")])
        return here[school_id]
    same = [school for school in here.values() if school.name_folded == fold(request.school_name)]
    return same[0] if same else add_school(actor, SchoolData(request.school_name), request.unit)
