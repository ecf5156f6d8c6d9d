"""References: what an entry is called in addresses, letters and over the telephone."""

import re
import secrets
from typing import Final

from contest_portal.contests.models import Edition

# Without 0/O, 1/I/L and vowels: read out over a phone, and never a word.
REFERENCE_LETTERS = "23456789BCDFGHJKMNPQRSTVWXYZ"
REFERENCE_LENGTH = 6
_REFERENCE: Final = re.compile(rf"[A-Z]{{2,4}}\d{{2}}-[{REFERENCE_LETTERS}]{{{REFERENCE_LENGTH}}}")


def new_reference(edition: Edition) -> str:
    """Return a reference that tells the edition and nothing else; 28^6 keep it from being guessed."""
    return f"{edition.prefix}-" + "".join(secrets.choice(REFERENCE_LETTERS) for _ in range(REFERENCE_LENGTH))


def is_reference(text: str) -> bool:
    """Tell whether a text has the form of a reference; other bodies number their entries otherwise."""
    return _REFERENCE.fullmatch(text.upper()) is not None
