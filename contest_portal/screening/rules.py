"""Who may look into a unit, and who may act for it."""

from contest_portal.accounts.actor import Actor, Role
from contest_portal.core.errors import NotAllowed, NotFound

SEEING = (Role.ORGANISER, Role.AUDITOR)


def sees_all_units(actor: Actor, edition_id: int) -> bool:
    """Tell whether the actor sees every unit of an edition."""
    return actor.holds(*SEEING, edition_id=edition_id)


def may_see_unit(actor: Actor, edition_id: int, unit_id: int) -> bool:
    """Tell whether the actor sees this unit's entries."""
    return sees_all_units(actor, edition_id) or unit_id in actor.unit_ids(edition_id)


def may_act_for_unit(actor: Actor, edition_id: int, unit_id: int) -> bool:
    """Tell whether the actor may receive, screen and forward for this unit."""
    return actor.holds(Role.ORGANISER, edition_id=edition_id) or unit_id in actor.unit_ids(edition_id)


def check_sees_unit(actor: Actor, edition_id: int, unit_id: int) -> None:
    """Raise NotFound for a unit that is not the actor's to see."""
    if not may_see_unit(actor, edition_id, unit_id):
        raise NotFound


def check_acts_for_unit(actor: Actor, edition_id: int, unit_id: int) -> None:
    """Raise NotFound for a stranger's unit, NotAllowed for one the actor only reads."""
    check_sees_unit(actor, edition_id, unit_id)
    if not may_act_for_unit(actor, edition_id, unit_id):
        raise NotAllowed


def check_organises(actor: Actor, edition_id: int) -> None:
    """Raise NotAllowed unless the actor organises the edition."""
    if not actor.holds(Role.ORGANISER, edition_id=edition_id):
        raise NotAllowed
