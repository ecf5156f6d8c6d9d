"""Requests between units, for tests."""

from contest_portal.accounts.actor import SYSTEM
from contest_portal.contests.models import Unit
from contest_portal.screening.transfers.services import ask_transfer
from tests.factories.screening import unit_entry


def transfer_things(unit: Unit, far: Unit, third: Unit) -> tuple[str, str]:
    """Let a unit ask another to take an entry, and that one a third; return the tokens of both requests."""
    own = ask_transfer(SYSTEM, unit_entry(unit), far, "Trường thuộc đơn vị kia")
    theirs = ask_transfer(SYSTEM, unit_entry(far), third, "Trường thuộc đơn vị thứ ba")
    return own.token, theirs.token
