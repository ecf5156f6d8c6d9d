"""Who may see results before they are published."""

from contest_portal.accounts.actor import Actor, Role
from contest_portal.core.errors import NotFound


def sees_results(actor: Actor, edition_id: int) -> bool:
    """Tell whether the actor organises or audits the edition."""
    return actor.holds(Role.ORGANISER, Role.AUDITOR, edition_id=edition_id)


def check_sees_results(actor: Actor, edition_id: int) -> None:
    """Raise NotFound unless the actor may see the edition's results."""
    if not sees_results(actor, edition_id):
        raise NotFound
