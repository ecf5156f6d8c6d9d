"""The menu of each role: endpoints as strings, so that no page imports another stage's."""

from typing import Any, NamedTuple

from contest_portal.accounts.actor import Actor
from contest_portal.accounts.permissions import may
from contest_portal.core.i18n import lazy


class Item(NamedTuple):
    """Name one page of the menu and the permission that shows it."""

    endpoint: str
    label: Any
    permission: str | None = None


ITEMS = (
    Item("pages.home", lazy("Trang chính")),
    Item("contests.index", lazy("Cuộc thi")),
    Item("registration.index", lazy("Hồ sơ dự thi"), "entry.list"),
    Item("registration.check_index", lazy("Duyệt hồ sơ"), "check.see"),
    Item("registration.change_requests", lazy("Yêu cầu thay đổi"), "change.see"),
    Item("registration.consents", lazy("Đồng ý của phụ huynh"), "consent.overview"),
    Item("screening.index", lazy("Sơ khảo"), "screening.see"),
    Item("screening.import_index", lazy("Nhập Excel"), "entry.import"),
    Item("judging.index", lazy("Chấm điểm"), "sheet.score"),
    Item("judging.panels", lazy("Hội đồng"), "panel.see"),
    Item("results.index", lazy("Kết quả"), "results.see"),
    Item("reporting.index", lazy("Báo cáo"), "reports.see"),
    Item("contests.schools", lazy("Trường"), "schools.see"),
    Item("contests.own_schools", lazy("Người của trường"), "colleagues.own"),
    Item("registration.announcements", lazy("Gửi thông báo"), "announcement.send"),
    Item("accounts.outbox_log", lazy("Thư đã gửi"), "outbox.see"),
    Item("accounts.users", lazy("Tài khoản"), "users.manage"),
    Item("accounts.audit", lazy("Nhật ký"), "audit.see"),
)


def menu_for(actor: Actor) -> list[Item]:
    """Return the pages this actor may open."""
    return [item for item in ITEMS if item.permission is None or may(actor, item.permission)]
