"""Invite people of a school: by letter, on a printed slip, or by a colleague; let each code make one account."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import insert, update

from contest_portal.accounts.actor import SYSTEM, Actor, Role
from contest_portal.accounts.messages import letter, mail_to, notify
from contest_portal.accounts.models import User
from contest_portal.accounts.queries import get_user, hold_tries
from contest_portal.accounts.services import create_user
from contest_portal.accounts.signing import check_patience, counter_of_code, remember_failure
from contest_portal.contests.invitation_codes import LINKED_GROUPS, PRINTED_GROUPS, hash_code, new_code
from contest_portal.contests.models import Membership, School
from contest_portal.contests.models_schools import Invitation
from contest_portal.contests.queries_invitations import find_open_invitation
from contest_portal.contests.queries_memberships import users_of_school
from contest_portal.contests.rules import check_manages_schools, manages_schools
from contest_portal.core import audit, clock, once
from contest_portal.core.database import db, transaction
from contest_portal.core.errors import Invalid, NotAllowed, Problem
from contest_portal.core.i18n import lazy
from contest_portal.core.vietnamese import clean_text, format_date

DAYS: Final = (7, 14, 30, 60)
# As many slips as one print holds; a larger province is invited unit by unit.
MOST_AT_ONCE: Final = 500

INVITED = letter(
    "school.invited",
    subject=lazy("Mời %(school)s lập tài khoản trên cổng cuộc thi"),
    body=lazy(
        "Ban Tổ chức mời nhà trường %(school)s lập tài khoản để đăng ký dự thi trực tuyến.\n\n"
        "Hãy mở cổng cuộc thi, chọn “Tôi có mã mời” rồi nhập mã: %(code)s\n\n"
        "Mã dùng được một lần, đến hết ngày %(until)s. Đừng chuyển thư này cho người ngoài nhà trường."
    ),
    secret=True,
)
COLLEAGUE_INVITED = letter(
    "school.colleague_invited",
    subject=lazy("Mời bạn cùng phụ trách tài khoản của %(school)s"),
    body=lazy(
        "%(by)s mời bạn lập tài khoản của mình để cùng phụ trách hồ sơ dự thi của %(school)s.\n\n"
        "Hãy mở cổng cuộc thi, chọn “Tôi có mã mời” rồi nhập mã: %(code)s\n\n"
        "Mã dùng được một lần, đến hết ngày %(until)s."
    ),
    secret=True,
)
JOINED = letter(
    "school.joined",
    subject=lazy("%(name)s đã lập tài khoản của %(school)s"),
    body=lazy(
        "%(name)s vừa dùng mã mời để lập tài khoản của %(school)s. "
        "Nếu đây không phải là người của trường, hãy kết thúc vai trò đó ngay."
    ),
)


class WrongCode(Invalid):
    """Answer for a wrong, a used, a revoked and an expired code alike."""

    default = lazy("Mã mời không đúng, đã được dùng hoặc đã hết hạn. Hãy kiểm tra lại từng chữ, hoặc xin mã mới.")

    def __init__(self) -> None:
        """Put the sentence at the code."""
        super().__init__(self.default, [Problem(self.default, field="code")])


@dataclass(frozen=True)
class Slip:
    """Hold one invitation with its code, which is known at this moment only."""

    school: School
    code: str


@dataclass(frozen=True)
class NewAccount:
    """Hold what an invited person says of an account to be made."""

    username: str
    password: str
    full_name: str
    email: str | None = None
    phone: str | None = None


def make_slips(actor: Actor, schools: Sequence[School], days: int) -> list[Slip]:
    """Make a code for each school, to be printed now; what was open for them before is revoked.

    Raises NotAllowed, Invalid for none or too many schools.
    """
    check_manages_schools(actor)
    _check_number(schools)
    slips = [Slip(school, new_code(PRINTED_GROUPS)) for school in schools]
    with transaction():
        _revoke_open([school.id for school in schools])
        _store(actor, slips, "sheet", days)
        _tell_log(actor, "sheet", schools)
    return slips


def mail_invitations(
    actor: Actor, schools: Sequence[School], days: int, once_token: str | None = None
) -> tuple[list[School], list[School]]:
    """Write to each school that has an address; return who is written to and who has none.

    What was open for the former is revoked; the same form sent twice writes once. Raises NotAllowed, Invalid.
    """
    check_manages_schools(actor)
    _check_number(schools)
    reached, unreached = [s for s in schools if s.email], [s for s in schools if not s.email]
    slips = [Slip(school, new_code(LINKED_GROUPS)) for school in reached]
    with transaction():
        if once.find_outcome(once_token) is None:
            _revoke_open([school.id for school in reached])
            _store(actor, slips, "mail", days)
            for slip in slips:
                _mail(INVITED.kind, slip, slip.school.email or "", days)
            _tell_log(actor, "mail", reached)
            once.remember(once_token, "mailed")
    return reached, unreached


def invite_person(
    actor: Actor, school: School, *, full_name: str, email: str | None, days: int = 14, by_colleague: bool = False
) -> Slip:
    """Invite one more person of a school: by letter where there is an address, else by a code to hand over.

    Whoever acts for the school may do so for it, whoever keeps the list for any. Raises NotAllowed.
    """
    if not (school.id in actor.school_ids if by_colleague else manages_schools(actor)):
        raise NotAllowed
    slip = Slip(school, new_code(LINKED_GROUPS if email else PRINTED_GROUPS))
    kind = COLLEAGUE_INVITED.kind if by_colleague else INVITED.kind
    with transaction():
        way = "colleague" if by_colleague else "mail" if email else "sheet"
        _store(actor, [slip], way, days, full_name=clean_text(full_name)[:150] or None, email=email or None)
        if email:
            _mail(kind, slip, email, days, by=actor.name)
        audit.record(actor, "school.invited", school.name, after={"way": way, "full_name": full_name})
    return slip


def revoke_invitation(actor: Actor, invitation: Invitation) -> None:
    """Take an open invitation back; raises NotAllowed for whoever may not invite for its school."""
    if not manages_schools(actor) and invitation.school_id not in actor.school_ids:
        raise NotAllowed
    with transaction():
        db.session.refresh(invitation, with_for_update={"of": Invitation})
        if invitation.state != "invited":
            return
        invitation.revoked_at = clock.now()
        audit.record(actor, "invitation.revoked", invitation.school.name)


def revoke_open_by(user_id: int, school_id: int) -> None:
    """Take back what somebody who leaves a school has offered, inside the caller's transaction."""
    _revoke(Invitation.school_id == school_id, Invitation.created_by == user_id)


def look_at(code: str, address: str | None) -> Invitation:
    """Return the open invitation with this code, counting a wrong one; raises WrongCode, TooManyTries."""
    counter = counter_of_code("invitation", hash_code(code), address)
    check_patience(counter)
    found = find_open_invitation(hash_code(code))
    if found is not None:
        return found
    with transaction():
        hold_tries()
        check_patience(counter)
        remember_failure(counter)
    raise WrongCode


def accept(code: str, account: NewAccount, *, address: str | None, once_token: str | None = None) -> User:
    """Make the account an invitation is for, with its post; the same form sent twice makes one.

    Of two people with one code the second is told as for any used one. Raises WrongCode, Invalid for a name that is
    taken or not accepted and for an easy password.
    """
    with transaction():
        known = once.find_number(once_token)
        if known is not None:
            return get_user(known)
        invitation = find_open_invitation(hash_code(code), hold=True)
        if invitation is None:
            raise WrongCode
        user = create_user(
            SYSTEM,
            username=account.username,
            full_name=account.full_name,
            password=account.password,
            email=account.email,
            phone=account.phone,
        )
        once.remember(once_token, str(user.id))
        _use(invitation, user, Actor(user.id, user.full_name, user.username, (), address))
    return user


def accept_as(actor: Actor, code: str) -> School:
    """Let somebody who has an account act for one more school; raises WrongCode, NotAllowed for a visitor."""
    if actor.user_id is None:
        raise NotAllowed
    with transaction():
        invitation = find_open_invitation(hash_code(code), hold=True)
        if invitation is None:
            raise WrongCode
        if invitation.school_id not in actor.school_ids:
            _use(invitation, get_user(actor.user_id), actor)
    return invitation.school


def _use(invitation: Invitation, user: User, actor: Actor) -> None:
    school = invitation.school
    colleagues = users_of_school(school.id)
    db.session.add(Membership(user_id=user.id, role=Role.SCHOOL.value, school_id=school.id))
    invitation.used_at, invitation.used_by = clock.now(), user.id
    audit.record(actor, "invitation.used", school.name, after={"user": user.username, "way": invitation.way})
    told = {"name": user.full_name, "school": school.name}
    link = f"/schools/{school.id}/people"
    notify(colleagues, JOINED.kind, told, key=f"joined:{invitation.id}", link=link)


def _check_number(schools: Sequence[School]) -> None:
    if not schools:
        raise Invalid(problems=[Problem(lazy("Hãy chọn ít nhất một trường."), field="schools")])
    if len(schools) > MOST_AT_ONCE:
        words = lazy("Mỗi lần mời nhiều nhất %(most)s trường. Hãy lọc theo đơn vị.", most=MOST_AT_ONCE)
        raise Invalid(problems=[Problem(words, field="schools")])


def _store(actor: Actor, slips: Sequence[Slip], way: str, days: int, **more: Any) -> None:
    if not slips:
        return
    now = clock.now()
    rows = [
        {
            "school_id": slip.school.id,
            "code_hash": hash_code(slip.code),
            "way": way,
            "full_name": more.get("full_name"),
            "email": more.get("email", slip.school.email if way == "mail" else None),
            "created_at": now,
            "created_by": actor.user_id,
            "expires_at": now + timedelta(days=days),
        }
        for slip in slips
    ]
    db.session.execute(insert(Invitation), rows)


def _mail(kind: str, slip: Slip, address: str, days: int, by: str = "") -> None:
    until = clock.local(clock.now() + timedelta(days=days)).date()
    values = {"school": slip.school.name, "code": slip.code, "until": format_date(until), "by": by}
    mail_to(address, kind, values, key=f"invitation:{hash_code(slip.code)}", link=f"/join?code={slip.code}")


def _revoke_open(school_ids: Sequence[int]) -> None:
    # What a colleague has offered is the colleague's matter.
    _revoke(Invitation.school_id.in_(school_ids), Invitation.way != "colleague")


def _revoke(*conditions: Any) -> None:
    still_open = (Invitation.used_at.is_(None), Invitation.revoked_at.is_(None))
    db.session.execute(update(Invitation).where(*conditions, *still_open).values(revoked_at=clock.now()))


def _tell_log(actor: Actor, way: str, schools: Sequence[School]) -> None:
    names = [school.name for school in schools[:50]]
    audit.record(actor, "school.invited", way, after={"way": way, "schools": names, "count": len(schools)})
