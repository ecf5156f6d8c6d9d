"""How long somebody who got a password wrong has to wait; pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

# Failures older than this are forgotten.
WINDOW: Final = timedelta(minutes=30)
# So many may fail without waiting; the next one waits, and each further one twice as long.
FREE_FOR_ACCOUNT: Final = 5
MOST_FOR_ACCOUNT: Final = 12
FREE_FOR_ADDRESS: Final = 20
MOST_FOR_ADDRESS: Final = 60
FIRST_WAIT: Final = timedelta(seconds=2)


def wait_after(failures: Sequence[datetime], now: datetime, *, free: int, most: int) -> timedelta:
    """Return how long from now the next try has to wait, given the moments of recent failures.

    From `most` failures on nothing more is tried until the oldest of them leave the window.
    """
    recent = sorted(moment for moment in failures if moment > now - WINDOW)
    if len(recent) < free:
        return timedelta(0)
    if len(recent) >= most:
        return max(timedelta(0), recent[len(recent) - most] + WINDOW - now)
    wait = FIRST_WAIT * 2 ** (len(recent) - free)
    return max(timedelta(0), recent[-1] + min(wait, WINDOW) - now)
