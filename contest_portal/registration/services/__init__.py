"""What people do to an entry: bring it to life, change it, hand it in, take it back."""

from contest_portal.registration.indexing import index_entries
from contest_portal.registration.references import new_reference
from contest_portal.registration.services.changing import write_change
from contest_portal.registration.services.copying import copy_entry
from contest_portal.registration.services.entries import Details, change_details, create_entry, start_draft
from contest_portal.registration.services.extending import Scope, extend, note_passed, take_back
from contest_portal.registration.services.history import (
    check_date,
    event_values,
    move_entries,
    move_entry,
    write_event,
    write_events,
)
from contest_portal.registration.services.overriding import find_problem, override
from contest_portal.registration.services.people import add_person, change_person, new_participant, remove_person
from contest_portal.registration.services.requesting import (
    ask_change,
    decide_request,
    find_own,
    keep_late,
    withdraw_request,
)
from contest_portal.registration.services.signing import keep_signed_list
from contest_portal.registration.services.submission import revive_entry, submit_entry, withdraw_entry

__all__ = [
    "Details",
    "Scope",
    "add_person",
    "ask_change",
    "change_details",
    "change_person",
    "check_date",
    "copy_entry",
    "create_entry",
    "decide_request",
    "event_values",
    "extend",
    "find_own",
    "find_problem",
    "index_entries",
    "keep_late",
    "keep_signed_list",
    "move_entries",
    "move_entry",
    "new_participant",
    "new_reference",
    "note_passed",
    "override",
    "remove_person",
    "revive_entry",
    "start_draft",
    "submit_entry",
    "take_back",
    "withdraw_entry",
    "withdraw_request",
    "write_change",
    "write_event",
    "write_events",
]
