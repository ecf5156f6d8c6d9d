"""How long somebody who got a password wrong has to wait; pure."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from ipaddress import AddressValueError, IPv6Address
from typing import Final

# Failures older than this are forgotten.
WINDOW: Final = timedelta(minutes=30)
# So many may fail without waiting; the next one waits, and each further one twice as long.
FREE_FOR_ACCOUNT: Final = 5
MOST_FOR_ACCOUNT: Final = 12
FREE_FOR_ADDRESS: Final = 20
MOST_FOR_ADDRESS: Final = 60
# A whole school, or the hall of a final, may share one address: its wait doubles only so often.
STEP_FOR_ADDRESS: Final = 8
FIRST_WAIT: Final = timedelta(seconds=2)


def wait_after(failures: Sequence[datetime], now: datetime, *, free: int, most: int, step: int = 1) -> timedelta:
    """Return how long from now the next try has to wait, given the moments of recent failures.

    From `most` failures on nothing more is tried until the oldest of them leave the window.
    """
    recent = sorted(moment for moment in failures if moment > now - WINDOW)
    if len(recent) < free:
        return timedelta(0)
    if len(recent) >= most:
        return max(timedelta(0), recent[len(recent) - most] + WINDOW - now)
    wait = FIRST_WAIT * 2 ** ((len(recent) - free) // step)
    return max(timedelta(0), recent[-1] + min(wait, WINDOW) - now)


def network_of(address: str | None) -> str:
    """Return what failures from an address are counted under: one household has 2^64 addresses of IPv6."""
    text = (address or "").partition("%")[0]
    with suppress(AddressValueError):
        found = IPv6Address(text)
        if found.ipv4_mapped:
            return str(found.ipv4_mapped)
        return f"{IPv6Address(int(found) >> 64 << 64)}/64"
    return text[:64]
