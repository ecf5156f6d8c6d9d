"""Whether a parcel came in time: by the day it arrived, or by its postmark where the edition counts that; pure."""

from datetime import date

from contest_portal.contests.rulebook import Rulebook


def counted_day(book: Rulebook, received_on: date, postmark_on: date | None) -> date:
    """Return the day that decides: the postmark where the edition counts it and there is one."""
    return postmark_on if book.postmark_counts and postmark_on is not None else received_on


def is_late(book: Rulebook, received_on: date, postmark_on: date | None) -> bool:
    """Tell whether a parcel came after the edition's last day; that day itself is in time."""
    return book.receive_until is not None and counted_day(book, received_on, postmark_on) > book.receive_until
