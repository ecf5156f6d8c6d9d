"""What the people of a unit are told: that it was opened again, and that it is behind."""

from typing import Final

from contest_portal.accounts.messages import letter, notify
from contest_portal.contests.models import Edition, Unit
from contest_portal.contests.queries_memberships import users_of_unit
from contest_portal.core.database import db
from contest_portal.core.i18n import lazy
from contest_portal.core.vietnamese import format_date
from contest_portal.screening.models import UnitEvent

REOPENED = letter(
    "screening.unit_reopened",
    subject=lazy("Ban Tổ chức đã mở lại sơ khảo của %(unit)s"),
    body=lazy(
        "Ban Tổ chức đã mở lại sơ khảo của %(unit)s (%(edition)s) ngày %(day)s.\n\nLý do: %(reason)s\n\n"
        "Sau khi bổ sung xong, xin khai hoàn thành sơ khảo lại."
    ),
)
_FIGURES: Final = lazy(
    "%(unit)s chưa khai hoàn thành sơ khảo %(edition)s.\n\n"
    "Hồ sơ chưa ghi nhận: %(waiting)s\nHồ sơ chưa chấm: %(received)s\nHồ sơ chưa quyết định: %(screened)s\n"
    "Hồ sơ đã chuyển lên tỉnh: %(forwarded)s\n\n"
    "Trang của đơn vị ghi rõ từng việc còn lại. Xong các việc đó, xin khai hoàn thành sơ khảo."
)
BEHIND = letter("screening.unit_behind", subject=lazy("%(unit)s chưa hoàn thành sơ khảo"), body=_FIGURES)
BEHIND_DUE = letter(
    "screening.unit_behind_due", subject=lazy("%(unit)s chưa hoàn thành sơ khảo, hạn %(due)s"), body=_FIGURES
)


def tell_reopened(edition: Edition, unit: Unit, event: UnitEvent) -> None:
    """Tell the unit's people that it was opened again, and why; inside the caller's transaction."""
    values = {
        "unit": unit.name,
        "edition": edition.title,
        "day": format_date(event.happened_on),
        "reason": event.reason or "",
    }
    # Flushed: the event's own number is what keeps anybody from being told twice.
    db.session.flush()
    link = f"/screening/{edition.code}/{unit.code}"
    notify(users_of_unit(edition.id, unit.id), REOPENED.kind, values, key=f"unit_reopened:{event.id}", link=link)
