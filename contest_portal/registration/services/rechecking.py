"""Put an entry back into the queue of the document check, where what was checked is no longer what is registered."""

from contest_portal.accounts.actor import Actor
from contest_portal.core import clock
from contest_portal.core.database import db
from contest_portal.registration import rules
from contest_portal.registration.checking.states import CheckState
from contest_portal.registration.models import Entry
from contest_portal.registration.services.history import write_event

_DECIDED = (CheckState.ELIGIBLE, CheckState.INELIGIBLE)


def look_again(actor: Actor, entry: Entry, *, source: str = "web") -> None:
    """Let an entry that was decided on wait for its check again after somebody else than an organiser has changed it."""
    if entry.check_state in _DECIDED and not rules.runs(actor, entry.edition_id):
        begin_again(actor, entry, source=source)


def begin_again(actor: Actor, entry: Entry, *, source: str = "web") -> None:
    """Let an entry wait for its check whatever was decided before; called inside the caller's transaction."""
    before = entry.check_state or CheckState.PENDING
    if before == CheckState.PENDING:
        return
    entry.check_state, entry.mend_until = CheckState.PENDING, None
    # Flushed: the event names the version that it made.
    db.session.flush()
    write_event(
        actor,
        entry,
        "checked",
        day=clock.today(),
        source=source,
        status_from=before,
        status_to=CheckState.PENDING,
        details={"version": entry.version, "remarks": [], "mend_until": None},
    )
