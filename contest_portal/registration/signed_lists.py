"""The list that a principal signs: what is on it, the code that ties the paper to it, and whether it still holds; pure."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from contest_portal.core.vietnamese import nfc
from contest_portal.registration.models import Entry, SignedList

_CODE_LENGTH = 8


@dataclass(frozen=True)
class Standing:
    """Say how a signed list stands beside what is registered now: which entries are new, changed or gone."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """Tell whether the signed list is still what is registered."""
        return not (self.added or self.changed or self.gone)


def content_of(entries: Iterable[Entry]) -> dict[str, str]:
    """Return for each entry a seal of what the paper shows of it; what the paper does not show may change."""
    return {entry.reference: _seal(entry) for entry in entries}


def code_of(content: Mapping[str, str]) -> str:
    """Return the short code printed on the list, by which a scan names what it was printed from."""
    text = json.dumps(sorted(content.items()), separators=(",", ":"))
    whole = hashlib.sha256(text.encode()).hexdigest()[:_CODE_LENGTH].upper()
    return f"{whole[:4]}-{whole[4:]}"


def same_code(typed: str, code: str) -> bool:
    """Tell whether a typed code is this one, however it is spaced and written."""
    return "".join(c for c in typed.upper() if c.isalnum()) == code.replace("-", "")


def standing(signed: SignedList, content: Mapping[str, str]) -> Standing:
    """Compare a signed list with what is registered now."""
    covered = signed.covers
    return Standing(
        added=tuple(sorted(content.keys() - covered.keys())),
        changed=tuple(sorted(r for r in content.keys() & covered.keys() if content[r] != covered[r])),
        gone=tuple(sorted(covered.keys() - content.keys())),
    )


def _seal(entry: Entry) -> str:
    people = [
        [p.role, nfc(p.full_name), p.birth_date.isoformat() if p.birth_date else "", p.class_name or ""]
        for p in entry.participants
    ]
    shown = [entry.title, entry.division_id, entry.field_id, people]
    return hashlib.sha256(json.dumps(shown, ensure_ascii=False).encode()).hexdigest()[:16]
