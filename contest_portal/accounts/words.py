"""What roles are called."""

from typing import Any, Final

from contest_portal.accounts.actor import Role
from contest_portal.core.i18n import lazy

ROLES: Final[dict[Role, Any]] = {
    Role.SCHOOL: lazy("Nhà trường"),
    Role.COORDINATOR: lazy("Cán bộ đơn vị sơ khảo"),
    Role.SCREENER: lazy("Người chấm sơ khảo"),
    Role.JUDGE: lazy("Giám khảo"),
    Role.ORGANISER: lazy("Ban Tổ chức"),
    Role.ADMINISTRATOR: lazy("Quản trị viên"),
    Role.AUDITOR: lazy("Người giám sát (chỉ đọc)"),
}


def role_name(role: Role | str) -> str:
    """Return what a role is called in the reader's language."""
    return str(ROLES[Role(role)])
