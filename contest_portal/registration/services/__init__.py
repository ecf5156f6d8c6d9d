"""What people do to an entry: bring it to life, change it, hand it in, take it back."""

from contest_portal.registration.indexing import index_entries
from contest_portal.registration.references import new_reference
from contest_portal.registration.services.changing import write_change
from contest_portal.registration.services.entries import Details, change_details, create_entry, start_draft
from contest_portal.registration.services.history import (
    check_date,
    event_values,
    move_entries,
    move_entry,
    write_event,
    write_events,
)
from contest_portal.registration.services.people import add_person, change_person, new_participant, remove_person
from contest_portal.registration.services.submission import revive_entry, submit_entry, withdraw_entry

__all__ = [
    "Details",
    "add_person",
    "change_details",
    "change_person",
    "check_date",
    "create_entry",
    "event_values",
    "index_entries",
    "move_entries",
    "move_entry",
    "new_participant",
    "new_reference",
    "remove_person",
    "revive_entry",
    "start_draft",
    "submit_entry",
    "withdraw_entry",
    "write_change",
    "write_event",
    "write_events",
]
