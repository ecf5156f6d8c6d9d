"""What people do to an entry: bring it to life, change it, hand it in, take it back."""

from contest_portal.registration.services.history import check_date, move_entry, new_reference, write_event

__all__ = ["check_date", "move_entry", "new_reference", "write_event"]
