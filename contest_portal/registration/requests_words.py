"""Put a request to change an entry into words."""

from typing import Any, Final

from contest_portal.core.i18n import _, lazy
from contest_portal.registration.models import ChangeRequest

STATES: Final[dict[str, Any]] = {
    "open": lazy("Đang chờ"),
    "approved": lazy("Đã đồng ý"),
    "refused": lazy("Không đồng ý"),
    "withdrawn": lazy("Đã rút yêu cầu"),
    "kept": lazy("Giữ lại, chưa gửi"),
}
_WHAT: Final[dict[str, Any]] = {
    "details": lazy("Sửa thông tin"),
    "withdraw": lazy("Rút hồ sơ"),
}
_ABOUT: Final[dict[str, Any]] = {
    "person": lambda name: _("Sửa %(name)s", name=name),
    "new": lambda name: _("Thêm %(name)s", name=name),
    "leave": lambda name: _("Bớt %(name)s", name=name),
}


def what_of(request: ChangeRequest) -> str:
    """Say what a request is about."""
    kind = request.part.partition(":")[0]
    if kind in _WHAT:
        return str(_WHAT[kind])
    name = request.before.get("full_name") or request.proposed.get("full_name") or _("một người")
    return str(_ABOUT[kind](name))
