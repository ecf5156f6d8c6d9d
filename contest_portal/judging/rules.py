"""Who may make panels, who may look on, and whose sheet a sheet is."""

from contest_portal.accounts.actor import Actor, Role
from contest_portal.core.errors import NotAllowed, NotFound


def check_sees_panels(actor: Actor, edition_id: int) -> None:
    """Raise NotFound unless the actor organises or audits the edition."""
    if not actor.holds(Role.ORGANISER, Role.AUDITOR, edition_id=edition_id):
        raise NotFound


def check_manages(actor: Actor, edition_id: int) -> None:
    """Raise NotFound for a stranger's edition, NotAllowed for one the actor only reads."""
    check_sees_panels(actor, edition_id)
    if not manages(actor, edition_id):
        raise NotAllowed


def manages(actor: Actor, edition_id: int) -> bool:
    """Tell whether the actor organises the edition."""
    return actor.holds(Role.ORGANISER, edition_id=edition_id)
