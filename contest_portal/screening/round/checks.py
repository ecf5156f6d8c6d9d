"""Hold a result to the sheets it comes from, and forwarding to the ties that are not decided."""

from collections.abc import Collection
from decimal import Decimal
from typing import Any

from contest_portal.contests.models import Edition, EditionUnit
from contest_portal.core.database import db
from contest_portal.core.errors import Invalid, Problem
from contest_portal.core.i18n import lazy
from contest_portal.core.vietnamese import format_decimal
from contest_portal.registration.models import Entry
from contest_portal.registration.status import Status
from contest_portal.screening.round.criteria import SHEETS
from contest_portal.screening.round.queries import round_of
from contest_portal.screening.round.ranking import Tie
from contest_portal.screening.round.standings import standings_of


def check_by_sheets(entry: Entry, score: Decimal | None, stored: Decimal | None) -> None:
    """Raise Invalid for a score typed in where the screeners' own sheets make it."""
    if round_of(entry.edition_id, entry.unit_id or 0).marking != SHEETS:
        return
    if entry.status == Status.RECEIVED or score != stored:
        sentence = lazy(
            "Đơn vị chấm bằng phiếu riêng nên điểm do các phiếu tính ra. Hãy nộp đủ phiếu, hoặc chốt điểm ở trang Phiếu chấm."
        )
        raise Invalid(problems=[Problem(sentence, field="score", value=None if score is None else str(score))])


def check_forwarding(edition: Edition, edition_unit: EditionUnit, references: Collection[str]) -> None:
    """Raise Invalid where forwarding these would leave out others of the same score that have no room any more.

    Called inside the transaction that holds the unit, before the entries move.
    """
    if not references:
        return
    # Flushed: a result may have been written a moment ago in this very transaction.
    db.session.flush()
    standings = standings_of(edition, edition_unit)
    forwarded = {row.reference for row in standings.rows if row.forwarded} | set(references)
    for tie in standings.split(forwarded):
        if not set(references).isdisjoint(tie.references):
            raise Invalid(_undecided_sentence(tie))


def _undecided_sentence(tie: Tie) -> Any:
    return lazy(
        "%(references)s cùng %(score)s điểm nhưng hạn mức không đủ cho tất cả. Hãy mở trang Xếp hạng của đơn vị, "
        "chọn “Xếp thứ tự” ở mức điểm này và ghi lý do, rồi chuyển tiếp.",
        references=", ".join(tie.references),
        score=format_decimal(tie.score),
    )
