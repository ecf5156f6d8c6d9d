"""Tell an entry's one history, from the school to the award, with what each station saw of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final

from contest_portal.contests.asking import DOCUMENT_WORDS
from contest_portal.core.i18n import _
from contest_portal.core.vietnamese import format_date, format_decimal, parse_date
from contest_portal.registration.describing import HistoryLine, describe_history
from contest_portal.registration.models import Entry, EntryEvent
from contest_portal.screening.conditions import WORDS, Condition


def life_of(entry: Entry, events: Sequence[EntryEvent]) -> list[HistoryLine]:
    """Return every event of an entry, the latest first, each with what its station wrote down.

    Not for schools: it holds the unit's scores and remarks before they are published.
    """
    lines = describe_history(entry, events)
    return [
        replace(line, changes=[*line.changes, *_told(event)])
        for line, event in zip(lines, reversed(events), strict=True)
    ]


def _told(event: EntryEvent) -> Iterator[str]:
    details = event.details if isinstance(event.details, dict) else {}
    for part, tell in _PARTS.items():
        found = details.get(part)
        if isinstance(found, dict):
            after = found.get("after")
            yield from tell(after if isinstance(after, dict) else found)


def _reception(told: Mapping[str, Any]) -> Iterator[str]:
    if told.get("postmark_on"):
        yield _("Dấu bưu điện: %(day)s", day=format_date(parse_date(told["postmark_on"])))
    if told.get("brought_by"):
        yield _("Người giao: %(name)s", name=told["brought_by"])
    if told.get("contents"):
        named = ", ".join(str(DOCUMENT_WORDS.get(code, _("mô hình"))) for code in told["contents"])
        yield _("Trong hồ sơ có: %(what)s", what=named)
    yield from _state(told)


def _state(told: Mapping[str, Any]) -> Iterator[str]:
    if told.get("condition") in list(Condition):
        words = str(WORDS[Condition(told["condition"])])
        note = told.get("condition_note")
        yield _("Mô hình: %(state)s", state=f"{words} ({note})" if note else words)
    if told.get("note"):
        yield _("Ghi chú: %(note)s", note=told["note"])


def _screening(told: Mapping[str, Any]) -> Iterator[str]:
    if told.get("score") is not None:
        yield _("Điểm của đơn vị: %(score)s", score=format_decimal(Decimal(str(told["score"]))))
    if told.get("sheets"):
        yield _("Từ %(number)s phiếu chấm", number=len(told["sheets"]))
    if told.get("prize"):
        yield _("Giải của đơn vị: %(prize)s", prize=told["prize"])
    if told.get("remark"):
        yield _("Nhận xét: %(remark)s", remark=told["remark"])


_PARTS: Final = {"reception": _reception, "screening": _screening, "arrival": _state, "handover": _state}
