"""Whose figures somebody may read."""

from collections.abc import Sequence

from contest_portal.accounts.actor import Actor, Role
from contest_portal.contests.models import Edition
from contest_portal.contests.queries import all_editions, get_edition
from contest_portal.core.errors import NotFound

READERS = (Role.ORGANISER, Role.AUDITOR)


def may_report(actor: Actor, edition: Edition) -> bool:
    """Tell whether a person organises or watches an edition."""
    return actor.holds(*READERS, edition_id=edition.id)


def editions_of(actor: Actor) -> Sequence[Edition]:
    """Return the editions a person may report on, the newest first."""
    return [edition for edition in all_editions() if may_report(actor, edition)]


def reported_edition(actor: Actor, code: str) -> Edition:
    """Return an edition a person may report on; raises NotFound for any other."""
    edition = get_edition(code)
    if not may_report(actor, edition):
        raise NotFound
    return edition
