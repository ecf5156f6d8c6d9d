"""Minutes and signed scans of units, for tests."""

from datetime import date, time
from pathlib import Path
from typing import Any

from contest_portal.accounts.actor import SYSTEM
from contest_portal.contests.models import Unit
from contest_portal.contests.queries import get_edition, get_edition_unit
from contest_portal.screening.arrivals.services import Seen
from contest_portal.screening.custody.holding import Side
from contest_portal.screening.custody.services import Slip, make_slip
from contest_portal.screening.forwarding.services import grant_unasked
from contest_portal.screening.minutes.models import UnitMinutes
from contest_portal.screening.minutes.services import MinutesDetails, begin_minutes, keep_signed
from tests.factories.files import pdf_bytes
from tests.factories.screening import YOUTH, unit_entry

MEETING = MinutesDetails(
    held_on=date(2024, 5, 20),
    number="05/BB-BTC",
    began_at=time(8, 0),
    ended_at=time(11, 30),
    place="Phòng họp tầng 2",
    chair="Giáp Văn Bình",
    secretary="Ngô Thị Hoa",
    present=({"name": "Giáp Văn Bình", "title": "Trưởng ban"}, {"name": "Lương Văn Tài", "title": "Thành viên"}),
)


def make_minutes(unit: Unit, details: MinutesDetails = MEETING) -> UnitMinutes:
    """Begin minutes of a unit of the youth edition."""
    edition = get_edition(YOUTH)
    return begin_minutes(SYSTEM, edition, get_edition_unit(edition.id, unit.id), details)


def paper_things(unit: Unit, folder: Path) -> dict[str, Any]:
    """Give a unit minutes and a signed scan; return the tokens by kind."""
    edition = get_edition(YOUTH)
    place = get_edition_unit(edition.id, unit.id)
    scan = keep_signed(SYSTEM, edition, place, folder, pdf_bytes(), kind="summary", name="bang.pdf")
    asked = grant_unasked(SYSTEM, edition, place, 1, "Đơn vị đăng cai")
    entry = unit_entry(unit, title="Mô hình trên phiếu")
    slip = make_slip(SYSTEM, edition, place, Slip(Side.SCHOOL, Side.UNIT, entry.status_on), {entry.reference: Seen()})
    return {
        "handover": slip.token,
        "unit minutes": make_minutes(unit).token,
        "signed paper": scan.token,
        "quota request": asked.token,
    }
