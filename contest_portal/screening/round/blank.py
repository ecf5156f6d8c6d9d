"""Sheets to print and fill in by hand: one page an entry."""

from typing import Any

from contest_portal.contests.models import Edition, EditionUnit
from contest_portal.core.filters import show_name
from contest_portal.core.papers.pdf import typeset
from contest_portal.core.vietnamese import format_decimal
from contest_portal.registration.models import Entry
from contest_portal.screening.round.criteria import CriterionLine, most_of
from contest_portal.screening.round.models import Screener
from contest_portal.screening.round.queries import criteria_for
from contest_portal.screening.round.sheet_queries import entries_to_mark


def blank_sheets(edition: Edition, edition_unit: EditionUnit, screener: Screener) -> bytes:
    """Return a member's empty sheets of everything there is to mark, as PDF."""
    return typeset("/screening/round/blank_sheets.typ", blank_data(edition, edition_unit, screener))


def blank_data(edition: Edition, edition_unit: EditionUnit, screener: Screener) -> dict[str, Any]:
    """Return what is printed on the sheets."""
    lines = criteria_for(edition, edition_unit.unit_id)
    return {
        "edition": show_name(edition),
        "unit": edition_unit.unit.name,
        "screener": screener.full_name,
        "most": format_decimal(most_of(lines)),
        "lines": [_line(line) for line in lines],
        "entries": [_entry(entry) for entry in entries_to_mark(edition_unit)],
    }


def _line(line: CriterionLine) -> dict[str, str]:
    return {
        "name": line.name,
        "guidance": line.guidance or "",
        "most": format_decimal(line.max_points),
        "step": format_decimal(line.step),
        "weight": format_decimal(line.weight),
    }


def _entry(entry: Entry) -> dict[str, str]:
    group = entry.division or entry.field
    return {"reference": entry.reference, "title": entry.title, "group": show_name(group) if group else ""}
