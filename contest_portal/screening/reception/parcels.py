"""A parcel as it was taken in, and what does not fit together in what was written of it; pure."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from contest_portal.contests.rulebook import Rulebook
from contest_portal.core.errors import Problem
from contest_portal.core.i18n import lazy
from contest_portal.screening.conditions import Condition
from contest_portal.screening.reception.contents import expected_contents
from contest_portal.screening.reception.timing import is_late


@dataclass(frozen=True)
class Parcel:
    """Be what was taken in: when, by whom, what lay in it and in what state the model was."""

    received_on: date
    postmark_on: date | None = None
    brought_by: str | None = None
    received_by: str | None = None
    # Codes of what lay in it; None where nobody looked.
    contents: tuple[str, ...] | None = None
    condition: str | None = None
    condition_note: str | None = None
    note: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return what was written, ready for the history."""
        told = {
            "received_on": self.received_on.isoformat(),
            "postmark_on": self.postmark_on.isoformat() if self.postmark_on else None,
            "brought_by": self.brought_by,
            "received_by": self.received_by,
            "contents": list(self.contents) if self.contents is not None else None,
            "condition": self.condition,
            "condition_note": self.condition_note,
            "note": self.note,
        }
        return {name: value for name, value in told.items() if value is not None}


def parcel_problems(parcel: Parcel, book: Rulebook) -> list[Problem]:
    """Return what does not fit together; a late parcel is taken in where somebody says why."""
    return [problem for check in _CHECKS if (problem := check(parcel, book)) is not None]


def _postmark(parcel: Parcel, _book: Rulebook) -> Problem | None:
    if parcel.postmark_on is None or parcel.postmark_on <= parcel.received_on:
        return None
    return Problem(lazy("Dấu bưu điện không thể sau ngày nhận."), field="postmark_on", value=str(parcel.postmark_on))


def _contents(parcel: Parcel, book: Rulebook) -> Problem | None:
    known = {content.code for content in expected_contents(book)}
    if set(parcel.contents or ()) <= known:
        return None
    return Problem(lazy("Thành phần hồ sơ này không có trong thể lệ. Hãy chọn lại."), field="contents")


def _condition(parcel: Parcel, _book: Rulebook) -> Problem | None:
    if parcel.condition is None or parcel.condition in list(Condition):
        return None
    return Problem(lazy("Hãy chọn một tình trạng trong danh sách."), field="condition")


def _late(parcel: Parcel, book: Rulebook) -> Problem | None:
    if not is_late(book, parcel.received_on, parcel.postmark_on) or (parcel.note or "").strip():
        return None
    return Problem(lazy("Hồ sơ đến sau hạn nhận: hãy ghi chú vì sao vẫn nhận."), field="note")


_CHECKS = (_postmark, _contents, _condition, _late)
