"""Keep the scan of a list with signature and stamp, and what was on it."""

import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from contest_portal.accounts.actor import Actor
from contest_portal.contests.models import Edition, School
from contest_portal.core import audit, files, once
from contest_portal.core.database import db, transaction
from contest_portal.core.errors import Invalid, NotAllowed, Problem
from contest_portal.core.i18n import lazy
from contest_portal.registration import rules
from contest_portal.registration.models import Entry, SignedList
from contest_portal.registration.queries_desk import find_signed_token
from contest_portal.registration.signed_lists import code_of, content_of, same_code

# What a scanner or a telephone makes, told by its content and never by its name.
_SIGNS: Final[tuple[tuple[bytes, str, str], ...]] = (
    (b"%PDF-", "application/pdf", ".pdf"),
    (b"\xff\xd8\xff", "image/jpeg", ".jpg"),
    (b"\x89PNG\r\n\x1a\n", "image/png", ".png"),
)
LARGEST: Final = 10 * 1024 * 1024


def sniff(data: bytes) -> tuple[str, str] | None:
    """Return the media type and the ending of a scan; None for anything else."""
    return next(((kind, ending) for start, kind, ending in _SIGNS if data.startswith(start)), None)


def keep_signed_list(
    actor: Actor,
    edition: Edition,
    school: School,
    entries: Sequence[Entry],
    folder: Path,
    *,
    data: bytes,
    code: str,
    once_token: str | None = None,
) -> SignedList:
    """Keep a scan as the signed list of these entries; the same form sent twice keeps one.

    Raises NotAllowed, Invalid for no scan, for one of an older list, or where there is nothing to sign.
    """
    if school.id not in actor.school_ids and not rules.runs(actor, edition.id):
        raise NotAllowed
    kind = _checked(data)
    content = content_of(entries)
    if not content:
        raise Invalid(lazy("Nhà trường chưa nộp hồ sơ nào của kỳ thi này nên chưa có danh sách để ký."))
    if not same_code(code, code_of(content)):
        raise Invalid(problems=[Problem(_OLD, field="code")])
    stored, checksum = files.store(folder, data)
    with transaction():
        known = once.find_outcome(once_token)
        if known is not None:
            files.discard(folder, stored)
            return find_signed_token(known)
        row = SignedList(
            token=secrets.token_urlsafe(32),
            edition_id=edition.id,
            school_id=school.id,
            covers=content,
            checksum=checksum,
            file_name=f"danh-sach-{edition.code}{kind[1]}",
            stored_name=stored,
            media_type=kind[0],
            size=len(data),
            actor_id=actor.user_id,
            actor_name=actor.name,
        )
        db.session.add(row)
        audit.record(actor, "list.signed", school.name, after={"edition": edition.code, "entries": len(content)})
        once.remember(once_token, row.token)
    return row


_OLD: Final[Any] = lazy(
    "Mã này không phải mã của danh sách hiện nay: sau khi in, hồ sơ đã được sửa. Hãy in lại, ký, đóng dấu rồi tải lên."
)


def _checked(data: bytes) -> tuple[str, str]:
    kind = sniff(data)
    if kind is None:
        words = lazy("Tệp này không phải bản quét: hãy dùng tệp PDF, ảnh JPEG hoặc PNG.")
        raise Invalid(problems=[Problem(words, field="file")])
    if len(data) > LARGEST:
        raise Invalid(problems=[Problem(lazy("Tệp lớn hơn 10 MB. Hãy quét với độ nét thấp hơn."), field="file")])
    return kind
