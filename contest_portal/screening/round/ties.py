"""Decide ties: the unit's own order of entries of one score, with its reason, kept for good."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from contest_portal.accounts.actor import Actor
from contest_portal.contests.models import Edition, EditionUnit
from contest_portal.core import audit, clock
from contest_portal.core.database import db
from contest_portal.core.errors import Conflict, Invalid, Problem
from contest_portal.core.i18n import lazy
from contest_portal.core.vietnamese import clean_text
from contest_portal.registration.models import Entry
from contest_portal.registration.services import write_event
from contest_portal.screening.queries import entries_by_reference
from contest_portal.screening.round.models import TieDecision
from contest_portal.screening.round.ranking import Tie
from contest_portal.screening.round.standings import Standings, standings_of
from contest_portal.screening.services.units import unit_at_work

CHANGED: Final = lazy("Điểm hoặc danh sách hồ sơ đồng điểm vừa thay đổi. Hãy xem lại bảng xếp hạng rồi sắp thứ tự lại.")


def decide_tie(
    actor: Actor,
    edition: Edition,
    edition_unit: EditionUnit,
    ordered: Sequence[str],
    reason: str | None,
    decided_on: date | None = None,
) -> TieDecision:
    """Put tied entries in order; an earlier order of the same entries stays in the record and holds no more.

    Raises Invalid without a reason, Conflict when these are not exactly the entries of one score any more, or when
    one of them was already forwarded or kept back.
    """
    said, day = clean_text(reason or "", lines=True), decided_on or clock.today()
    problems = list(_problems(said, day))
    if problems:
        raise Invalid(problems=problems)
    with unit_at_work(actor, edition.id, edition_unit.unit_id) as locked:
        standings = standings_of(edition, locked)
        tie = standings.ranking.tie_of(ordered[0]) if ordered else None
        if tie is None or sorted(tie.references) != sorted(ordered):
            raise Conflict(CHANGED)
        _check_undecided(standings, tie)
        row = TieDecision(
            edition_id=edition.id,
            unit_id=locked.unit_id,
            score=tie.score,
            ordered=list(ordered),
            reason=said,
            decided_on=day,
            recorded_at=clock.now(),
            recorded_by=actor.user_id,
            actor_name=actor.name or actor.username,
        )
        db.session.add(row)
        _tell(actor, edition, locked, row, tie)
        return row


def _problems(reason: str, day: date) -> list[Problem]:
    found = []
    if not reason:
        found.append(Problem(lazy("Hãy ghi lý do xếp thứ tự này, ví dụ căn cứ vào tiêu chí nào."), field="reason"))
    if day > clock.today():
        found.append(Problem(lazy("Ngày này còn ở phía trước: hãy nhập ngày đã quyết định."), field="decided_on"))
    return found


def _check_undecided(standings: Standings, tie: Tie) -> None:
    rows = [row for row in standings.rows if row.reference in tie.references]
    gone = [row.reference for row in rows if row.forwarded]
    # All of them, or none: only then does their order change nothing that was done.
    if gone and len(gone) < len(rows):
        raise Conflict(
            lazy(
                "%(references)s đã được chuyển lên tỉnh. Hãy rút lại quyết định đó trước khi sắp thứ tự lại.",
                references=", ".join(gone),
            )
        )


def _tell(actor: Actor, edition: Edition, edition_unit: EditionUnit, row: TieDecision, tie: Tie) -> None:
    """Write the decision down in the log and in the history of each entry, with its own place only."""
    before = {"ordered": list(tie.references)} if tie.decided else None
    after = {"score": str(row.score), "ordered": row.ordered, "reason": row.reason}
    audit.record(actor, "screening.tie", f"{edition.code}/{edition_unit.unit.code}", before=before, after=after)
    places = {reference: tie.place + number for number, reference in enumerate(row.ordered)}
    for entry in entries_by_reference(edition_unit, row.ordered):
        _write_place(actor, entry, places[entry.reference], row)


def _write_place(actor: Actor, entry: Entry, place: int, row: TieDecision) -> None:
    # Without the reason: it may speak of the other entries, and their schools read their own history.
    day = max(row.decided_on, entry.status_on)
    write_event(actor, entry, "tie", day=day, source="web", details={"place": place})
