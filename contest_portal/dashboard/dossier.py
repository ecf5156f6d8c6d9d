"""Everything the stages know of one entry, for those who follow it from the school to the result."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from contest_portal.accounts.actor import Actor, Role
from contest_portal.contests.services import rulebook_of
from contest_portal.core.database import db
from contest_portal.dashboard.life import life_of
from contest_portal.judging.models import ScoreSheet
from contest_portal.registration.describing import describe_details, group_people
from contest_portal.registration.models import Entry
from contest_portal.registration.queries import get_entry, history_of
from contest_portal.screening.arrivals.queries import find_arrival
from contest_portal.screening.queries import find_reception, find_result, has_screening
from contest_portal.screening.round.settling import standing_of


def dossier_of(actor: Actor, reference: str) -> dict[str, Any]:
    """Return an entry's life so far; raises NotFound outside what the actor may see."""
    entry = get_entry(actor, reference)
    judged = actor.holds(Role.ORGANISER, Role.AUDITOR, edition_id=entry.edition_id)
    sheets = _sheets(entry)
    book = rulebook_of(entry.edition)
    return {
        "entry": entry,
        "details": describe_details(entry, book),
        "groups": group_people(entry, book),
        "history": life_of(entry, history_of(entry)),
        "reception": find_reception(entry.id),
        "result": find_result(entry.id),
        "screened": standing_of(entry) if has_screening(entry.edition) else None,
        "arrival": find_arrival(entry.id),
        "assigned": len(sheets),
        "submitted": sum(sheet.status == "submitted" for sheet in sheets),
        # A unit sees how far judging has come, but not who judges its entries, nor how before the results are out.
        "sheets": sheets if judged else None,
    }


def _sheets(entry: Entry) -> list[ScoreSheet]:
    query = (
        select(ScoreSheet)
        .where(ScoreSheet.entry_id == entry.id)
        .options(joinedload(ScoreSheet.judge), joinedload(ScoreSheet.panel))
        .order_by(ScoreSheet.panel_id, ScoreSheet.id)
    )
    return list(db.session.scalars(query))
