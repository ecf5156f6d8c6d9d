"""One account for each role, with a password that everybody may know: such accounts serve only on this machine."""

from dataclasses import dataclass
from typing import Final

from contest_portal.accounts.actor import SYSTEM, Role
from contest_portal.accounts.models import User
from contest_portal.accounts.services import create_user
from contest_portal.contests.memberships import give_post
from contest_portal.contests.models import Edition, School, Unit

PASSWORD: Final = "song-thuong-2024"


@dataclass(frozen=True)
class Part:
    """Describe one account of the demonstration."""

    role: Role
    username: str
    full_name: str
    task: str


PARTS: Final = (
    Part(Role.SCHOOL, "truong.kep", "Nguyễn Thị Hồng Hạnh", "Trường THCS Kép: đăng ký đội và mô hình"),
    Part(
        Role.COORDINATOR, "lang.giang", "Giáp Văn Nghĩa", "Huyện Lạng Giang, Xã Kép: nhận, chấm sơ khảo, gửi lên tỉnh"
    ),
    Part(Role.JUDGE, "giam.khao", "Đặng Quốc Việt", "Giám khảo: chấm trên máy tính bảng"),
    Part(Role.ORGANISER, "to.chuc", "Trần Thu Hiền", "Ban Tổ chức: hội đồng, kết quả, báo cáo"),
    Part(Role.ADMINISTRATOR, "quan.tri", "Lê Minh Quân", "Quản trị: tài khoản và phân quyền"),
    Part(Role.AUDITOR, "kiem.tra", "Hoàng Phương Lan", "Giám sát: chỉ đọc, gồm cả nhật ký"),
)


def cast_people() -> dict[Role, User]:
    """Make the accounts and the posts that need no school, unit or edition."""
    people = {
        part.role: create_user(
            SYSTEM, username=part.username, full_name=part.full_name, password=PASSWORD, demonstration=True
        )
        for part in PARTS
    }
    for role in (Role.ORGANISER, Role.ADMINISTRATOR, Role.AUDITOR, Role.JUDGE):
        give_post(SYSTEM, people[role], role)
    return people


def cast_judge(number: int, full_name: str, edition: Edition) -> User:
    """Make one more judge, who does not sign in."""
    user = create_user(SYSTEM, username=f"giam.khao.{number}", full_name=full_name)
    give_post(SYSTEM, user, Role.JUDGE, edition=edition)
    return user


def post_school(user: User, school: School) -> None:
    """Let an account register for a school."""
    give_post(SYSTEM, user, Role.SCHOOL, school=school)


def post_coordinator(user: User, unit: Unit) -> None:
    """Let an account screen for a unit."""
    give_post(SYSTEM, user, Role.COORDINATOR, unit=unit)
