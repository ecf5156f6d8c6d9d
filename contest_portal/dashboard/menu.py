"""The menu of each role: endpoints as strings, so that no page imports another stage's."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from flask import url_for

from contest_portal.accounts.actor import Actor
from contest_portal.accounts.permissions import may
from contest_portal.core.i18n import lazy


class Item(NamedTuple):
    """Name one page of the menu and the permission that shows it."""

    endpoint: str
    label: Any
    permission: str | None = None
    # Wanted by few or seldom: shown behind "Thêm", so that the daily work stays on one line.
    more: bool = False


class Menu(NamedTuple):
    """Be the menu of one person: what is always shown, what is behind "Thêm", and which item is lit."""

    main: list[Item]
    more: list[Item]
    lit: str | None = None


ITEMS = (
    Item("pages.home", lazy("Trang chính")),
    Item("contests.index", lazy("Cuộc thi")),
    Item("registration.index", lazy("Hồ sơ dự thi"), "entry.list"),
    Item("registration.check_index", lazy("Duyệt hồ sơ"), "check.see"),
    Item("screening.index", lazy("Sơ khảo"), "screening.see"),
    Item("screening.sheets", lazy("Phiếu sơ khảo"), "screening.score"),
    Item("screening.import_index", lazy("Nhập Excel"), "entry.import"),
    Item("judging.index", lazy("Chấm điểm"), "sheet.score"),
    Item("judging.panels", lazy("Hội đồng"), "panel.see"),
    Item("results.index", lazy("Kết quả"), "results.see"),
    Item("reporting.index", lazy("Báo cáo"), "reports.see"),
    Item("contests.own_schools", lazy("Người của trường"), "colleagues.own"),
    Item("registration.change_requests", lazy("Yêu cầu thay đổi"), "change.see", more=True),
    Item("registration.consents", lazy("Đồng ý của phụ huynh"), "consent.overview", more=True),
    Item("contests.schools", lazy("Trường"), "schools.see", more=True),
    Item("contests.setups", lazy("Thiết lập kỳ thi"), "edition.manage", more=True),
    Item("registration.announcements", lazy("Gửi thông báo"), "announcement.send", more=True),
    Item("accounts.outbox_log", lazy("Thư đã gửi"), "outbox.see", more=True),
    Item("accounts.users", lazy("Tài khoản"), "users.manage"),
    Item("accounts.audit", lazy("Nhật ký"), "audit.see", more=True),
)
# Behind "Thêm" is worth a press only for several pages.
FEWEST_MORE = 2

# Pages that are not in the menu light the first item of their part of the portal, but for these.
ELSEWHERE = {
    "contests.memberships": "accounts.users",
    "accounts.inbox": None,
    "accounts.me": None,
    "accounts.password": None,
    "accounts.letters_language": None,
    "accounts.confirm": None,
}


def menu_for(actor: Actor, endpoint: str | None = None, path: str = "") -> Menu:
    """Return the pages this actor may open, and which of them the page with this endpoint and path belongs to."""
    open_to = [item for item in ITEMS if item.permission is None or may(actor, item.permission)]
    more = [item for item in open_to if item.more]
    if len(more) < FEWEST_MORE:
        return Menu(open_to, [], lit_by(endpoint, path, open_to))
    return Menu([item for item in open_to if not item.more], more, lit_by(endpoint, path, open_to))


def lit_by(endpoint: str | None, path: str, items: Sequence[Item]) -> str | None:
    """Return which item a page lights: its own, the one its path lies under, or the first of its part of the portal."""
    if endpoint in ELSEWHERE:
        return ELSEWHERE[endpoint]
    shown = [item.endpoint for item in items]
    if endpoint is None or endpoint in shown:
        return endpoint
    above = [known for known in shown if known.startswith(endpoint.partition(".")[0] + ".")]
    under = [known for known in above if path.startswith(url_for(known).rstrip("/") + "/")]
    return max(under, key=lambda known: len(url_for(known)), default=next(iter(above), None))
