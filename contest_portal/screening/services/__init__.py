"""What a unit does: receive, screen, decide, complete; and the organiser who opens it again."""

from contest_portal.screening.services.entries import (
    Decision,
    Verdict,
    decide,
    receive,
    record_result,
    take_back,
)
from contest_portal.screening.services.paper import PaperEntry, PaperPerson, log_paper
from contest_portal.screening.services.units import (
    close_reception,
    complete_unit,
    receive_again,
    reopen_unit,
    unit_at_work,
)

__all__ = [
    "Decision",
    "PaperEntry",
    "PaperPerson",
    "Verdict",
    "close_reception",
    "complete_unit",
    "decide",
    "log_paper",
    "receive",
    "receive_again",
    "record_result",
    "reopen_unit",
    "take_back",
    "unit_at_work",
]
