"""Who may set up what is run."""

from contest_portal.accounts.actor import Actor, Role
from contest_portal.core.errors import NotAllowed


def check_may_open_edition(actor: Actor) -> None:
    """Raise NotAllowed unless the actor organises every edition."""
    if not actor.holds(Role.ORGANISER, Role.ADMINISTRATOR, edition_id=None):
        raise NotAllowed


def manages_schools(actor: Actor) -> bool:
    """Tell whether the actor keeps the list of schools and units: it belongs to every edition."""
    return actor.holds(Role.ORGANISER, Role.ADMINISTRATOR, edition_id=None)


def check_manages_schools(actor: Actor) -> None:
    """Raise NotAllowed unless the actor keeps the list of schools and units."""
    if not manages_schools(actor):
        raise NotAllowed


def sees_all_schools(actor: Actor) -> bool:
    """Tell whether the actor sees the schools of every unit."""
    return actor.holds(Role.ORGANISER, Role.ADMINISTRATOR, Role.AUDITOR, edition_id=None)
