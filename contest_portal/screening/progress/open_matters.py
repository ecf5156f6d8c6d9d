"""What a unit still has open before it declares that it is done: what forbids it, and what deserves a look."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import and_, func, or_, select

from contest_portal.contests.models import Edition, EditionUnit
from contest_portal.contests.services import rulebook_of
from contest_portal.core.database import db
from contest_portal.core.i18n import lazy
from contest_portal.registration.models import Entry
from contest_portal.registration.status import Status
from contest_portal.screening.arrivals.models import Arrival
from contest_portal.screening.custody.models import Handover, HandoverLine
from contest_portal.screening.custody.queries import newest_line
from contest_portal.screening.minutes.models import SignedPaper, UnitMinutes
from contest_portal.screening.models import Reception
from contest_portal.screening.queries import undecided_references, waiting_transfers
from contest_portal.screening.reception.contents import missing_contents
from contest_portal.screening.reception.timing import is_late
from contest_portal.screening.round.models import Screener, ScreeningSheet
from contest_portal.screening.round.queries import round_of
from contest_portal.screening.round.standings import Standings, standings_of

# As many references as a line can carry.
NAMED: Final = 5
# What forbids declaring reception complete; everything that blocks forbids declaring screening complete.
FOR_RECEPTION: Final = ("not_received", "transfers")

WORDS: Final[dict[str, Any]] = {
    "not_received": lazy("Hồ sơ nộp qua cổng chưa ghi nhận"),
    "not_screened": lazy("Hồ sơ đã nhận chưa có kết quả sơ khảo"),
    "not_decided": lazy("Hồ sơ đã chấm chưa quyết định chuyển lên tỉnh hay không"),
    "transfers": lazy("Yêu cầu chuyển hồ sơ giữa các đơn vị chưa được trả lời"),
    "late": lazy("Hồ sơ đến sau hạn nhận"),
    "incomplete": lazy("Hồ sơ thiếu giấy tờ"),
    "sheets": lazy("Hồ sơ còn thiếu phiếu của thành viên ban chấm"),
    "ties": lazy("Nhóm đồng điểm chưa phân định"),
    "lent": lazy("Mô hình đang cho mượn hoặc trên đường bàn giao"),
    "quota": lazy("Suất chuyển lên tỉnh chưa dùng, trong khi còn hồ sơ bị giữ lại"),
    "minutes": lazy("Chưa ban hành biên bản chấm"),
    "unsigned": lazy("Biên bản đã ban hành chưa có bản quét chữ ký"),
    "not_arrived": lazy("Hồ sơ đã chuyển nhưng tỉnh chưa xác nhận đã đến"),
}


@dataclass(frozen=True)
class Matter:
    """Be one thing that is open: how many, the first references, and the page on which it is mended."""

    kind: str
    blocking: bool
    count: int
    references: tuple[str, ...] = ()
    endpoint: str = "screening.unit"
    values: dict[str, str] = field(default_factory=dict)

    @property
    def label(self) -> Any:
        """Return what is open, in words."""
        return WORDS[self.kind]

    @property
    def more(self) -> int:
        """Return how many are not named."""
        return max(0, self.count - len(self.references)) if self.references else 0


def open_matters(edition: Edition, edition_unit: EditionUnit) -> list[Matter]:
    """Return what a unit has open now, what forbids completion first."""
    found = [*_blocking(edition_unit), *_parcels(edition, edition_unit), *_sheets(edition_unit)]
    found += [*_standings(edition, edition_unit), *_models(edition_unit), *_papers(edition_unit)]
    return [matter for matter in (*found, _not_arrived(edition_unit)) if matter.count]


def blocking_reception(matters: Sequence[Matter]) -> list[Matter]:
    """Return what forbids declaring reception complete."""
    return [matter for matter in matters if matter.kind in FOR_RECEPTION]


def blocking_screening(matters: Sequence[Matter]) -> list[Matter]:
    """Return what forbids declaring screening complete."""
    return [matter for matter in matters if matter.blocking]


def _matter(kind: str, references: Sequence[str], endpoint: str = "screening.unit", **values: str) -> Matter:
    return Matter(kind, False, len(references), tuple(references[:NAMED]), endpoint, values)


def _blocking(edition_unit: EditionUnit) -> Iterator[Matter]:
    steps = (("not_received", Status.SUBMITTED), ("not_screened", Status.RECEIVED), ("not_decided", Status.SCREENED))
    for kind, status in steps:
        found = undecided_references(edition_unit.edition_id, edition_unit.unit_id, (status,))
        yield Matter(kind, True, len(found), tuple(found[:NAMED]), values={"status": status.value})
    waiting = waiting_transfers(edition_unit.edition_id, edition_unit.unit_id)
    yield Matter("transfers", True, len(waiting), tuple(waiting[:NAMED]))


def _of(edition_unit: EditionUnit, *statuses: Status) -> Any:
    return and_(
        Entry.edition_id == edition_unit.edition_id,
        Entry.unit_id == edition_unit.unit_id,
        Entry.status.in_(statuses or [status for status in Status if status not in (Status.DRAFT, Status.WITHDRAWN)]),
    )


def _parcels(edition: Edition, edition_unit: EditionUnit) -> Iterator[Matter]:
    book = rulebook_of(edition)
    rows = db.session.execute(
        select(Entry.reference, Reception.received_on, Reception.postmark_on, Reception.contents)
        .join(Reception, Reception.entry_id == Entry.id)
        .where(_of(edition_unit))
        .order_by(Entry.reference)
    ).all()
    yield _matter("late", [row.reference for row in rows if is_late(book, row.received_on, row.postmark_on)])
    yield _matter("incomplete", [row.reference for row in rows if missing_contents(row.contents, book)])


def _sheets(edition_unit: EditionUnit) -> Iterator[Matter]:
    """Name the entries that lack a sheet of somebody who marks; a unit that agrees on one score has no sheets."""
    edition_id, unit_id = edition_unit.edition_id, edition_unit.unit_id
    if round_of(edition_id, unit_id).marking != "sheets":
        return
    marking = and_(Screener.edition_id == edition_id, Screener.unit_id == unit_id)
    marking &= Screener.marks.is_(True) & Screener.ended_at.is_(None)
    handed_in = and_(
        ScreeningSheet.entry_id == Entry.id,
        ScreeningSheet.screener_id == Screener.id,
        ScreeningSheet.submitted_at.is_not(None),
    )
    lacking = (
        select(Entry.reference)
        .join(Screener, marking)
        .outerjoin(ScreeningSheet, handed_in)
        .where(_of(edition_unit, Status.RECEIVED, Status.SCREENED), ScreeningSheet.id.is_(None))
        .distinct()
        .order_by(Entry.reference)
    )
    yield _matter("sheets", db.session.scalars(lacking).all(), "screening.marking")


def _standings(edition: Edition, edition_unit: EditionUnit) -> Iterator[Matter]:
    standings = standings_of(edition, edition_unit)
    tied = [reference for tie in standings.open_ties for reference in tie.references]
    yield Matter("ties", False, len(standings.open_ties), tuple(tied[:NAMED]), "screening.ranking")
    yield _quota(standings)


def _quota(standings: Standings) -> Matter:
    """Count the places a unit might still use: no more than there are entries that stayed and reach the pass mark."""
    kept = [row.reference for row in standings.rows if row.status == Status.NOT_FORWARDED and row.passes]
    unused = min(standings.left or 0, len(kept))
    return Matter("quota", False, unused, tuple(kept[: min(NAMED, unused)]), values={"status": "not_forwarded"})


def _models(edition_unit: EditionUnit) -> Iterator[Matter]:
    """Name the entries whose newest slip is not confirmed, or gave the model back before the decision."""
    away = or_(
        Handover.confirmed_at.is_(None),
        and_(Handover.taker == "school", Entry.status.in_((Status.RECEIVED, Status.SCREENED))),
    )
    found = (
        select(Entry.reference)
        .join(HandoverLine, HandoverLine.id == newest_line())
        .join(Handover, Handover.id == HandoverLine.handover_id)
        .where(_of(edition_unit), away)
        .order_by(Entry.reference)
    )
    yield _matter("lent", db.session.scalars(found).all())


def _papers(edition_unit: EditionUnit) -> Iterator[Matter]:
    here = and_(UnitMinutes.edition_id == edition_unit.edition_id, UnitMinutes.unit_id == edition_unit.unit_id)
    latest = db.session.scalar(
        select(UnitMinutes.id).where(here, UnitMinutes.issued_at.is_not(None)).order_by(UnitMinutes.id.desc()).limit(1)
    )
    yield Matter("minutes", False, int(latest is None and _has_entries(edition_unit)), endpoint="screening.papers")
    signed = select(SignedPaper.id).where(SignedPaper.minutes_id == latest, SignedPaper.removed_at.is_(None)).limit(1)
    unsigned = latest is not None and db.session.scalar(signed) is None
    yield Matter("unsigned", False, int(unsigned), endpoint="screening.papers")


def _has_entries(edition_unit: EditionUnit) -> bool:
    return bool(db.session.scalar(select(func.count()).select_from(Entry).where(_of(edition_unit))))


def _not_arrived(edition_unit: EditionUnit) -> Matter:
    found = (
        select(Entry.reference)
        .outerjoin(Arrival, Arrival.entry_id == Entry.id)
        .where(_of(edition_unit, Status.FORWARDED), Arrival.entry_id.is_(None))
        .order_by(Entry.reference)
    )
    return _matter("not_arrived", db.session.scalars(found).all(), status=Status.FORWARDED.value)
