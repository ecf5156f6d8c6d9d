"""Refuse to forward what is not complete; an organiser may, and says why."""

from collections.abc import Sequence
from typing import Final

from contest_portal.accounts.actor import Actor, Role
from contest_portal.core.errors import Invalid, Problem
from contest_portal.core.i18n import lazy
from contest_portal.registration.models import Entry
from contest_portal.screening.forwarding.completeness import shortcomings_of

# As many as a page of errors can carry.
NAMED: Final = 20


def check_complete(actor: Actor, entries: Sequence[Entry], reason: str | None) -> None:
    """Raise Invalid with what is missing of each entry, unless an organiser says why it goes all the same."""
    lacking = shortcomings_of(entries)
    if not lacking:
        return
    organises = actor.holds(Role.ORGANISER, edition_id=entries[0].edition_id)
    if organises and (reason or "").strip():
        return
    problems = [
        Problem(lazy("Hồ sơ %(reference)s chưa đủ: %(what)s", reference=entry.reference, what=lacking[entry.id][0]))
        for entry in entries
        if entry.id in lacking
    ][:NAMED]
    if organises:
        problems.append(Problem(lazy("Muốn chuyển khi chưa đủ, hãy ghi lý do."), field="reason"))
    raise Invalid(problems=problems)
