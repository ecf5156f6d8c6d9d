"""Hand in several drafts of a school together: one declaration, one act, one receipt."""

from contest_portal.registration.together.models import HandIn
from contest_portal.registration.together.queries import MOST, Draft, drafts_of, entries_of, get_hand_in, hand_in_of
from contest_portal.registration.together.services import submit_together

__all__ = ["MOST", "Draft", "HandIn", "drafts_of", "entries_of", "get_hand_in", "hand_in_of", "submit_together"]
