"""What happens at a unit's desk after a parcel was taken in: corrections, and many at once."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from contest_portal.accounts.actor import Actor
from contest_portal.contests.models import EditionUnit
from contest_portal.core import audit, clock
from contest_portal.core.database import db
from contest_portal.core.errors import Conflict, Invalid, NotFound, Problem
from contest_portal.core.i18n import lazy
from contest_portal.core.vietnamese import format_date
from contest_portal.registration.models import Entry
from contest_portal.registration.services import write_event
from contest_portal.registration.status import Status
from contest_portal.screening.models import Reception
from contest_portal.screening.queries import entries_by_reference
from contest_portal.screening.reception.parcels import Parcel
from contest_portal.screening.services.entries import check_parcel, receive_parcel, write_parcel
from contest_portal.screening.services.units import unit_at_work


def parcel_of(reception: Reception) -> Parcel:
    """Return what is written of a parcel."""
    return Parcel(
        received_on=reception.received_on,
        postmark_on=reception.postmark_on,
        brought_by=reception.brought_by,
        received_by=reception.received_by,
        contents=None if reception.contents is None else tuple(reception.contents),
        condition=reception.condition,
        condition_note=reception.condition_note,
        note=reception.note,
    )


def correct_reception(actor: Actor, entry: Entry, parcel: Parcel, *, version: int) -> Reception:
    """Write anew what was seen of a parcel; what stood there before stays in the entry's history.

    Raises NotFound where nothing was received, Conflict when somebody else corrected it or the entry has gone on,
    Invalid for what does not fit together.
    """
    with unit_at_work(actor, entry.edition_id, entry.unit_id):
        reception = db.session.get(Reception, entry.id, populate_existing=True)
        if reception is None:
            raise NotFound
        if entry.status not in (Status.RECEIVED, Status.SCREENED):
            raise Conflict(
                lazy("Hồ sơ %(reference)s đã có quyết định nên không sửa lần nhận được nữa.", reference=entry.reference)
            )
        if reception.version != version:
            raise Conflict
        check_parcel(entry.edition, parcel)
        _check_day(parcel)
        before = parcel_of(reception).to_dict()
        if before == parcel.to_dict():
            return reception
        write_parcel(reception, parcel)
        reception.recorded_at, reception.recorded_by = clock.now(), actor.user_id
        details: dict[str, Any] = {"reception": {"before": before, "after": parcel.to_dict()}}
        write_event(
            actor, entry, "reception", day=max(parcel.received_on, entry.status_on), source="web", details=details
        )
        audit.record(actor, "reception.corrected", entry.reference, before=before, after=parcel.to_dict())
        return reception


def receive_many(actor: Actor, edition_unit: EditionUnit, references: Sequence[str], parcel: Parcel) -> list[Entry]:
    """Take several entries in at once, brought together on one day: all of them or none."""
    with unit_at_work(actor, edition_unit.edition_id, edition_unit.unit_id) as locked:
        entries = entries_by_reference(locked, references)
        if len(entries) != len(set(references)):
            raise NotFound
        if not entries:
            raise Invalid(lazy("Hãy chọn ít nhất một hồ sơ."))
        for entry in entries:
            # What lay in each parcel is looked at one by one.
            receive_parcel(actor, entry, replace(parcel, contents=None, condition=None, condition_note=None))
        return entries


def _check_day(parcel: Parcel) -> None:
    if parcel.received_on > clock.today():
        words = lazy(
            "Ngày %(day)s còn ở phía trước: hãy nhập ngày việc đã xảy ra.", day=format_date(parcel.received_on)
        )
        raise Invalid(problems=[Problem(words, field="received_on")])
