"""Read everything that stands on the page of one sheet."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from contest_portal.contests.models import EditionUnit
from contest_portal.contests.services import rulebook_of
from contest_portal.core.errors import NotFound
from contest_portal.core.i18n import lazy, local_name
from contest_portal.registration.models import Entry
from contest_portal.registration.status import Status
from contest_portal.screening.queries import entry_of_reference, find_result
from contest_portal.screening.round.criteria import CriterionLine, most_of
from contest_portal.screening.round.models import Screener, ScreeningSheet
from contest_portal.screening.round.queries import criteria_in
from contest_portal.screening.round.settling import OPEN, Standing, standing_of
from contest_portal.screening.round.sheet_queries import find_sheet, points_of


@dataclass(frozen=True)
class Opened:
    """Be one screener's sheet of one entry, begun or not, with its lines and what was given so far."""

    entry: Entry
    seat: Screener
    sheet: ScreeningSheet | None
    lines: tuple[CriterionLine, ...]
    points: dict[str, Decimal]

    @property
    def version(self) -> int:
        """Return the version of what is stored; 0 for nothing."""
        return self.sheet.version if self.sheet else 0

    @property
    def locked(self) -> bool:
        """Tell whether the sheet was handed in."""
        return self.sheet is not None and self.sheet.submitted_at is not None

    @property
    def markable(self) -> bool:
        """Tell whether the entry is there and undecided."""
        return self.entry.status in OPEN

    @property
    def most(self) -> Decimal:
        """Return the highest total."""
        return most_of(self.lines)

    @property
    def subject(self) -> list[tuple[Any, Any]]:
        """Return what a screener learns of the entry: no birth dates, telephones or addresses of anybody."""
        entry = self.entry
        group = entry.division or entry.field
        texts = entry.texts or {}
        rows = [
            (lazy("Mã hồ sơ"), entry.reference),
            (lazy("Nhóm"), local_name(group) if group else None),
            (lazy("Tóm tắt"), (entry.summary or "").splitlines()),
            *((part.name, (texts.get(part.code) or "").splitlines()) for part in rulebook_of(entry.edition).sections),
        ]
        return [row for row in rows if row[1]]


def entry_in_unit(edition_unit: EditionUnit, reference: str) -> Entry:
    """Return an entry of a unit; raises NotFound, also for a draft, which is nobody's but its school's."""
    found = entry_of_reference(edition_unit.edition_id, edition_unit.unit_id, reference)
    if found.status == Status.DRAFT:
        raise NotFound
    return found


def open_sheet(entry: Entry, seat: Screener) -> Opened:
    """Return a screener's sheet of an entry as it stands now."""
    sheet = find_sheet(entry.id, seat.id)
    lines = tuple(criteria_in(seat.edition_id, seat.unit_id))
    return Opened(entry, seat, sheet, lines, points_of(sheet))


def results_shown(opened: Opened) -> tuple[Standing, Decimal] | None:
    """Return everybody's totals and the score, once everybody has handed in: nobody marks by another's points."""
    if not opened.locked:
        return None
    standing, result = standing_of(opened.entry), find_result(opened.entry.id)
    if standing.missing or result is None or result.score is None:
        return None
    return standing, result.score
