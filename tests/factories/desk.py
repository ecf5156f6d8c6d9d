"""What stands on a school's desk, for tests: requests, signed lists, more time."""

import itertools
from typing import Any

from contest_portal.contests.models import School
from contest_portal.core import clock
from contest_portal.core.database import db, transaction
from contest_portal.registration.models import ChangeRequest, Entry, SignedList
from contest_portal.registration.signed_lists import content_of

_numbers = itertools.count(1)


def make_request(entry: Entry, **fields: Any) -> ChangeRequest:
    """Let a school have asked to change the title of an entry."""
    request = ChangeRequest(
        token=f"change{next(_numbers):037}",
        entry_id=entry.id,
        edition_id=entry.edition_id,
        part=fields.pop("part", "details"),
        before=fields.pop("before", {"title": entry.title}),
        proposed=fields.pop("proposed", {"title": f"{entry.title} mới"}),
        reason=fields.pop("reason", "Ghi nhầm tên"),
        state=fields.pop("state", "open"),
        entry_version=entry.version,
        asked_name="Cô Hoa",
        asked_at=clock.now(),
        **fields,
    )
    with transaction():
        db.session.add(request)
    return request


def make_signed_list(school: School, entries: list[Entry]) -> SignedList:
    """Let a school have brought its signed list; the scan itself is nowhere."""
    row = SignedList(
        token=f"signed{next(_numbers):037}",
        edition_id=entries[0].edition_id,
        school_id=school.id,
        covers=content_of(entries),
        checksum="0" * 64,
        file_name="danh-sach.pdf",
        stored_name="0" * 32,
        media_type="application/pdf",
        size=10,
        actor_name="Cô Hoa",
    )
    with transaction():
        db.session.add(row)
    return row
