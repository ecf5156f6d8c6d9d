"""Record what parents signed on paper, for one child or several at once, with the scan that shows it."""

from collections.abc import Callable, Mapping
from datetime import date

from contest_portal.accounts.actor import Actor
from contest_portal.core import clock
from contest_portal.core.database import transaction
from contest_portal.core.errors import Invalid, Problem
from contest_portal.core.i18n import lazy
from contest_portal.registration.consent.answering import (
    Answers,
    Way,
    check_record,
    hold_people,
    person_in,
    write_answers,
)
from contest_portal.registration.consent.wordings import Set
from contest_portal.registration.models import Entry


def record_paper(
    actor: Actor,
    entry: Entry,
    sheets: Mapping[int, Answers],
    *,
    signed_on: date,
    words: Set,
    keep_scan: Callable[[], int],
) -> dict[int, str]:
    """Write down the answers of signed sheets, all or none; return each person's receipt reference.

    keep_scan stores the scan and returns its number; called once everything else is known to be right. Raises NotFound,
    NotAllowed, Conflict, Invalid.
    """
    if not sheets:
        raise Invalid(lazy("Chưa có câu trả lời nào. Hãy ghi lại ít nhất một phiếu."))
    if signed_on > clock.today():
        raise Invalid(
            problems=[Problem(lazy("Ngày ký còn ở phía trước. Hãy xem lại ngày ghi trên phiếu."), field="signed_on")]
        )
    with transaction():
        check_record(actor, entry)
        people = [person_in(entry, person_id) for person_id in sheets]
        hold_people(people)
        way = Way("paper", scan_id=keep_scan(), signed_on=signed_on, words=words, recorded_by=actor.user_id)
        return {person.id: write_answers(actor, entry, person, sheets[person.id], way) for person in people}
