"""Who may set up what is run."""

from contest_portal.accounts.actor import Actor, Role
from contest_portal.core.errors import NotAllowed


def check_may_open_edition(actor: Actor) -> None:
    """Raise NotAllowed unless the actor organises every edition."""
    if not actor.holds(Role.ORGANISER, Role.ADMINISTRATOR, edition_id=None):
        raise NotAllowed
