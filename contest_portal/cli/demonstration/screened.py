"""What districts and communes did around their screening: boards, minutes, arrivals at the province, a request for more."""

from datetime import date, time, timedelta
from typing import Final

from sqlalchemy import select

from contest_portal.accounts.actor import SYSTEM
from contest_portal.contests.models import Edition, Unit
from contest_portal.contests.queries import get_edition, get_edition_unit
from contest_portal.core.database import db
from contest_portal.registration.models import Entry
from contest_portal.registration.status import Status
from contest_portal.screening.arrivals.services import Seen, confirm_arrivals
from contest_portal.screening.forwarding.services import ask_for_more
from contest_portal.screening.minutes.services import MinutesDetails, begin_minutes, issue_minutes
from contest_portal.screening.round.board import Seat, add_screener

ARRIVED_ON: Final = date(2024, 6, 3)
# Not every model was there when the province looked.
MISSING: Final = 4
BOARD: Final = (
    ("Giáp Thị Thu Hương", "Phó Chủ tịch UBND, Trưởng ban", "chair"),
    ("Ngô Văn Tuyến", "Chuyên viên Phòng Giáo dục và Đào tạo", "secretary"),
    ("Lương Thị Mai", "Bí thư Đoàn thanh niên", "member"),
)


def build_arrivals(unit: Unit) -> None:
    """Let the province have confirmed most of what came in 2024, and the demonstration's district have its minutes."""
    edition = get_edition("youth-2024")
    forwarded = db.session.scalars(
        select(Entry.reference)
        .where(Entry.edition_id == edition.id, Entry.status.in_((Status.FORWARDED, Status.SCORED)))
        .order_by(Entry.id)
    ).all()
    confirm_arrivals(SYSTEM, edition, dict.fromkeys(forwarded[:-MISSING], Seen("good")), ARRIVED_ON)
    _write_minutes(edition, unit)


def _write_minutes(edition: Edition, unit: Unit) -> None:
    place = get_edition_unit(edition.id, unit.id)
    chair, secretary, _member = (name for name, _title, _post in BOARD)
    details = MinutesDetails(
        held_on=date(2024, 5, 20) - timedelta(days=2),
        number="05/BB-BTC",
        began_at=time(8, 0),
        ended_at=time(11, 30),
        place=f"Phòng họp {unit.name}",
        chair=chair,
        secretary=secretary,
        present=tuple({"name": name, "title": title} for name, title, _post in BOARD),
    )
    issue_minutes(SYSTEM, edition, place, begin_minutes(SYSTEM, edition, place, details))


def build_board(edition: Edition, unit: Unit) -> None:
    """Seat a commune's board, and let the commune have asked to forward more than its quota."""
    place = get_edition_unit(edition.id, unit.id)
    for name, title, post in BOARD:
        add_screener(SYSTEM, edition, unit.id, Seat(name, title, post))
    ask_for_more(
        SYSTEM, edition, place, 3, "Nhiều bài của các trường đạt điểm cao, xin chuyển thêm để các em được dự thi."
    )
