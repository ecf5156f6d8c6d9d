"""Lists of schools, invitations and requests for access, for tests."""

import itertools
from pathlib import Path
from typing import Any

from sqlalchemy import select

from contest_portal.accounts.actor import SYSTEM, Actor, Role
from contest_portal.contests.invitations import invite_person
from contest_portal.contests.models import Membership, School, Unit
from contest_portal.contests.models_schools import AccessRequest, Invitation
from contest_portal.contests.school_lists import stage_list
from contest_portal.contests.school_lists_planning import Options
from contest_portal.core import clock
from contest_portal.core.database import db, transaction
from tests.factories.workbooks import workbook

HEADS = ["STT", "Mã trường", "Tên trường", "Đơn vị", "Cấp học", "Địa chỉ", "Điện thoại", "Email", "Người phụ trách"]
_numbers = itertools.count(1)


def school_list(*rows: list[Any]) -> bytes:
    """Return a workbook of schools under the usual headings."""
    return workbook(["UBND TỈNH BẮC NINH"], ["DANH SÁCH TRƯỜNG"], [], HEADS, *rows)


def school_row(number: int, name: str, unit: str, **cells: Any) -> list[Any]:
    """Return one school's row."""
    row = {"code": f"24{number:06}", "level": "THCS", "address": "Thôn Đông", "phone": "0912 345 678",
           "email": f"truong{number}@bacninh.edu.vn", "head": "Nguyễn Văn Hiệu"} | cells  # fmt: skip
    return [number, row["code"], name, unit, row["level"], row["address"], row["phone"], row["email"], row["head"]]


def make_request(unit: Unit, name: str = "Trường THCS Mới", **fields: Any) -> AccessRequest:
    """Make a request for access, as if somebody had sent the form."""
    request = AccessRequest(
        reference=f"YC{next(_numbers):08}",
        unit_id=unit.id,
        school_name=name,
        full_name=fields.pop("full_name", "Trần Thị Xin"),
        position="Phó Hiệu trưởng",
        phone="0912345678",
        network="203.0.113.9",
        **fields,
    )
    with transaction():
        db.session.add(request)
    return request


def newest_invitation(school: School) -> Invitation:
    """Return a school's newest invitation."""
    wanted = select(Invitation).where(Invitation.school_id == school.id).order_by(Invitation.id.desc()).limit(1)
    return db.session.scalars(wanted).one()


def school_things(mine: School, user_id: int) -> dict[str, Any]:
    """Return what a school, its unit and the organisers have of it: an invitation, a post, a request, a set of units."""
    invite_person(SYSTEM, mine, full_name="Người Mới", email=None)
    assert mine.unit is not None
    return {
        "school": mine.id,
        "invitation": newest_invitation(mine).id,
        "school post": _post(user_id),
        "access request": make_request(mine.unit).reference,
        "unit set": mine.unit.unit_set,
    }


def foreign_school_things(theirs: School, far: School, other_user_id: int) -> dict[str | Role, dict[str, list[Any]]]:
    """Return by role what belongs to other schools and other units."""
    invite_person(SYSTEM, theirs, full_name="Người Khác", email=None)
    invitation, post = newest_invitation(theirs).id, _post(other_user_id)
    assert far.unit is not None
    request = make_request(far.unit, "Trường THCS Xa").reference
    kept = {"invitation": [invitation], "school post": [post]}
    return {
        Role.SCHOOL: {"school": [theirs.id, far.id], **kept},
        Role.COORDINATOR: {"school": [far.id], "access request": [request]},
        Role.ORGANISER: dict(kept),
        Role.ADMINISTRATOR: dict(kept),
    }


def _post(user_id: int) -> int:
    return db.session.scalars(select(Membership.id).where(Membership.user_id == user_id)).one()


def stage_school_list(actor: Actor, folder: Path) -> str:
    """Upload a small list of schools; return its token."""
    data = school_list(school_row(1, "Trường THCS Kép", "Xã Kép"))
    options = Options(clock.today())
    return stage_list(actor, folder, data=data, file_name="Danh sách trường.xlsx", options=options).token
