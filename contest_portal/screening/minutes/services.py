"""Keep a unit's minutes: begin, write, issue once and for all; and keep the scans that were signed."""

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, time
from pathlib import Path
from typing import IO, Any, Final

from contest_portal.accounts.actor import Actor
from contest_portal.contests.models import Edition, EditionUnit
from contest_portal.core import audit, clock, once
from contest_portal.core.database import db, transaction
from contest_portal.core.errors import Conflict, Invalid, Problem, TooLarge, Unusable
from contest_portal.core.i18n import lazy
from contest_portal.core.papers.model import Paper
from contest_portal.core.vietnamese import format_date
from contest_portal.registration.documents.names import safe_name
from contest_portal.registration.documents.sniffing import SCANS
from contest_portal.registration.documents.storing import MEGABYTE, keep
from contest_portal.screening.minutes.composing import compose
from contest_portal.screening.minutes.models import SignedPaper, UnitMinutes
from contest_portal.screening.minutes.queries import get_minutes_of_token, latest_minutes, with_token
from contest_portal.screening.rules import check_acts_for_unit

MOST_BYTES: Final = 20 * MEGABYTE
ENDINGS: Final = ("pdf", "jpg", "jpeg", "png", "webp")

Person = Mapping[str, str]


@dataclass(frozen=True)
class MinutesDetails:
    """Be what a secretary writes down of a meeting; figures and scores come by themselves."""

    held_on: date
    number: str | None = None
    began_at: time | None = None
    ended_at: time | None = None
    place: str | None = None
    chair: str | None = None
    secretary: str | None = None
    present: tuple[Person, ...] = ()
    absent: tuple[Person, ...] = ()
    opinions: str | None = None
    conclusion: str | None = None


def begin_minutes(
    actor: Actor, edition: Edition, edition_unit: EditionUnit, details: MinutesDetails, *, once_token: str | None = None
) -> UnitMinutes:
    """Begin a unit's minutes; the same form sent twice begins one."""
    check_acts_for_unit(actor, edition.id, edition_unit.unit_id)
    _check(details)
    with transaction():
        known = once.find_outcome(once_token)
        if known is not None:
            return get_minutes_of_token(known)
        minutes = UnitMinutes(
            token=secrets.token_urlsafe(24),
            edition_id=edition.id,
            unit_id=edition_unit.unit_id,
            created_by=actor.user_id,
            **_values(details),
        )
        db.session.add(minutes)
        once.remember(once_token, minutes.token)
        audit.record(actor, "minutes.begun", _subject(edition, edition_unit), after={"held_on": str(details.held_on)})
        return minutes


def change_minutes(actor: Actor, minutes: UnitMinutes, details: MinutesDetails, *, version: int) -> None:
    """Write a draft anew; raises Conflict when somebody else changed it, or once it is issued."""
    check_acts_for_unit(actor, minutes.edition_id, minutes.unit_id)
    _check(details)
    with transaction():
        _hold_draft(minutes)
        if minutes.version != version:
            raise Conflict
        for name, value in _values(details).items():
            setattr(minutes, name, value)


def issue_minutes(actor: Actor, edition: Edition, edition_unit: EditionUnit, minutes: UnitMinutes) -> None:
    """Freeze what the minutes say, with the figures of this moment; later changes make new minutes.

    Raises Conflict once it is issued, Invalid where who chaired or wrote is not said.
    """
    check_acts_for_unit(actor, minutes.edition_id, minutes.unit_id)
    with transaction():
        _hold_draft(minutes)
        _check_issuable(minutes)
        content = compose(edition, edition_unit, minutes).to_dict()
        minutes.content = content
        minutes.checksum = checksum_of(content)
        minutes.issued_at, minutes.issued_by = clock.now(), actor.user_id
        audit.record(actor, "minutes.issued", _subject(edition, edition_unit), after={"checksum": minutes.checksum})


def paper_of(edition: Edition, edition_unit: EditionUnit, minutes: UnitMinutes) -> Paper:
    """Return the minutes as they were issued, or as they would be issued now."""
    if minutes.issued_at is not None:
        return Paper.from_dict(minutes.content)
    return compose(edition, edition_unit, minutes)


def still_holds(edition: Edition, edition_unit: EditionUnit, minutes: UnitMinutes) -> bool:
    """Tell whether issued minutes still say what is in the portal now."""
    return checksum_of(compose(edition, edition_unit, minutes).to_dict()) == minutes.checksum


def discard_draft(actor: Actor, edition: Edition, edition_unit: EditionUnit, minutes: UnitMinutes) -> None:
    """Take a draft away; what was issued stays."""
    check_acts_for_unit(actor, minutes.edition_id, minutes.unit_id)
    with transaction():
        _hold_draft(minutes)
        db.session.delete(minutes)
        audit.record(actor, "minutes.discarded", _subject(edition, edition_unit))


def keep_signed(
    actor: Actor,
    edition: Edition,
    edition_unit: EditionUnit,
    folder: Path,
    data: bytes | IO[bytes],
    *,
    kind: str,
    name: str,
    minutes: UnitMinutes | None = None,
    once_token: str | None = None,
) -> SignedPaper:
    """Keep the scan of a signed paper; the same form sent twice keeps one.

    Raises Invalid for what is no scan by its content, or minutes that were not issued.
    """
    check_acts_for_unit(actor, edition.id, edition_unit.unit_id)
    if minutes is not None and minutes.issued_at is None:
        words = lazy("Biên bản này chưa ban hành: hãy ban hành, in, ký rồi mới tải bản quét lên.")
        raise Invalid(problems=[Problem(words, field="kind")])
    with transaction():
        known = once.find_outcome(once_token)
        if known is not None:
            return with_token(SignedPaper, known)
        try:
            file = keep(folder, data, accept=SCANS, most=MOST_BYTES)
        except (Unusable, TooLarge) as error:
            raise Invalid(problems=[Problem(error.message, field="file")]) from error
        paper = SignedPaper(
            token=secrets.token_urlsafe(24),
            edition_id=edition.id,
            unit_id=edition_unit.unit_id,
            kind=kind,
            minutes_id=minutes.id if minutes else None,
            file_id=file.id,
            original_name=safe_name(name, file.ending),
            uploaded_by=actor.user_id,
            uploaded_name=actor.name,
        )
        db.session.add(paper)
        once.remember(once_token, paper.token)
        audit.record(actor, "paper.kept", _subject(edition, edition_unit), after={"kind": kind, "sha256": file.sha256})
        return paper


def remove_signed(actor: Actor, edition: Edition, edition_unit: EditionUnit, paper: SignedPaper) -> None:
    """Take a scan out of the list, where the wrong paper was scanned; the log keeps that it was there."""
    check_acts_for_unit(actor, paper.edition_id, paper.unit_id)
    with transaction():
        db.session.refresh(paper, with_for_update=True)
        if paper.removed_at is None:
            paper.removed_at = clock.now()
            audit.record(actor, "paper.removed", _subject(edition, edition_unit), before={"kind": paper.kind})


def usual_details(edition_unit: EditionUnit, board: list[Any], place: str | None) -> MinutesDetails:
    """Return what new minutes begin with: the board as it was last time, else as it is set up."""
    last = latest_minutes(edition_unit.edition_id, edition_unit.unit_id)
    if last is not None:
        return MinutesDetails(
            held_on=clock.today(),
            place=last.place,
            chair=last.chair,
            secretary=last.secretary,
            present=tuple(last.present),
            absent=tuple(last.absent),
        )
    return MinutesDetails(
        held_on=clock.today(),
        place=place,
        chair=_named(board, "chair"),
        secretary=_named(board, "secretary"),
        present=tuple({"name": person.full_name, "title": person.job_title or ""} for person in board),
    )


def checksum_of(content: Any) -> str:
    """Return the SHA-256 of what a document is made of."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _named(board: list[Any], post: str) -> str | None:
    return next((person.full_name for person in board if person.post == post), None)


def _values(details: MinutesDetails) -> dict[str, Any]:
    values = {field.name: getattr(details, field.name) for field in fields(MinutesDetails)}
    return values | {name: [dict(person) for person in values[name]] for name in ("present", "absent")}


def _check(details: MinutesDetails) -> None:
    if details.held_on > clock.today():
        words = lazy("Ngày họp %(day)s còn ở phía trước.", day=format_date(details.held_on))
        raise Invalid(problems=[Problem(words, field="held_on")])
    if details.began_at and details.ended_at and details.ended_at <= details.began_at:
        raise Invalid(problems=[Problem(lazy("Giờ kết thúc phải sau giờ bắt đầu."), field="ended_at")])


def _check_issuable(minutes: UnitMinutes) -> None:
    missing = {
        "chair": lazy("Hãy ghi ai chủ trì."),
        "secretary": lazy("Hãy ghi ai là thư ký."),
        "place": lazy("Hãy ghi địa điểm họp."),
        "began_at": lazy("Hãy ghi giờ bắt đầu."),
        "ended_at": lazy("Hãy ghi giờ kết thúc."),
        "present": lazy("Hãy ghi những người có mặt."),
    }
    problems = [Problem(words, field=name) for name, words in missing.items() if not getattr(minutes, name)]
    if problems:
        raise Invalid(problems=problems)


def _hold_draft(minutes: UnitMinutes) -> None:
    db.session.refresh(minutes, with_for_update=True)
    if minutes.issued_at is not None:
        raise Conflict(lazy("Biên bản đã ban hành thì không sửa được nữa; hãy lập biên bản mới."))


def _subject(edition: Edition, edition_unit: EditionUnit) -> str:
    return f"{edition.code}/{edition_unit.unit.code}"
