"""Bring a list of schools in: keep the file, show what it would do, write it once it is confirmed."""

import secrets
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from contest_portal.accounts.actor import Actor
from contest_portal.contests.models import School, Unit
from contest_portal.contests.models_schools import SchoolList, keys_of
from contest_portal.contests.rules import check_manages_schools
from contest_portal.contests.school_lists_planning import FIELDS, Act, Options, Plan, Planned, plan_list
from contest_portal.contests.school_lists_reading import read_school_list
from contest_portal.contests.schools import hold_schools, place_schools
from contest_portal.core import audit, clock, files
from contest_portal.core.database import db, transaction
from contest_portal.core.errors import Invalid, NotFound
from contest_portal.core.i18n import lazy
from contest_portal.core.spreadsheets import read_workbook
from contest_portal.core.vietnamese import clean_text, fold

KEPT: Final = timedelta(hours=24)


class ListGone(NotFound):
    """Say that a list nobody confirmed was removed again."""

    default = lazy("Tệp đã tải lên không còn được giữ. Hãy chọn lại tệp.")


def stage_list(actor: Actor, folder: Path, *, data: bytes, file_name: str, options: Options) -> SchoolList:
    """Keep a list that can be read, for its preview; raises Unusable, NotAllowed."""
    check_manages_schools(actor)
    read_school_list(read_workbook(data))
    _discard_forgotten(folder)
    stored_name, checksum = files.store(folder, data)
    kept = SchoolList(
        token=secrets.token_urlsafe(32),
        user_id=actor.user_id,
        file_name=clean_text(file_name)[-255:] or "?",
        stored_name=stored_name,
        checksum=checksum,
        options=_packed(options),
    )
    with transaction():
        db.session.add(kept)
        told = {"file": kept.file_name, "sha256": checksum}
        audit.record(actor, "schools.staged", kept.file_name, after=told)
    return kept


def get_list(actor: Actor, token: str) -> SchoolList:
    """Return the actor's own upload; raises NotFound for anybody else's."""
    mine = select(SchoolList).where(SchoolList.token == token, SchoolList.user_id == (actor.user_id or 0))
    found = db.session.scalar(mine)
    if found is None:
        raise NotFound
    return found


def preview_list(kept: SchoolList, folder: Path) -> Plan:
    """Return what confirming would do as things stand now; raises ListGone."""
    try:
        data = files.load(folder, kept.stored_name)
    except NotFound as error:
        raise ListGone from error
    return plan_list(read_school_list(read_workbook(data)), _unpacked(kept.options))


def confirm_list(actor: Actor, kept: SchoolList, folder: Path, *, partial: bool = False) -> dict[str, Any]:
    """Write a list once; confirming again returns what came of it and changes nothing.

    Where rows are refused and `partial` is not asked for, nothing is written and the file stays. Raises NotAllowed.
    """
    check_manages_schools(actor)
    try:
        with transaction():
            hold_schools()
            db.session.refresh(kept, with_for_update=True)
            if kept.confirmed_at is not None:
                return kept.outcome or {}
            plan = preview_list(kept, folder)
            outcome = {act.value: plan.count(act) for act in Act}
            if outcome[Act.REFUSED] and not partial:
                return {**outcome, "written": False}
            _write(actor, plan, _unpacked(kept.options).day, kept.file_name)
            kept.confirmed_at, kept.outcome = clock.now(), {**outcome, "written": True}
            told = {**outcome, "file": kept.file_name, "sha256": kept.checksum}
            audit.record(actor, "schools.imported", kept.file_name, after=told)
    except IntegrityError as error:
        raise Invalid(lazy("Hai dòng sẽ thành một trường. Hãy xem lại mã và tên trong tệp.")) from error
    files.discard(folder, kept.stored_name)
    return kept.outcome or {}


def _write(actor: Actor, plan: Plan, day: date, file_name: str) -> None:
    new = [_new_school(planned) for planned in plan.rows if planned.act is Act.NEW]
    if new:
        db.session.execute(insert(School), new)
    changed = [(p, p.school) for p in plan.rows if p.act is Act.CHANGED and p.school is not None]
    for planned, school in changed:
        for name, value in planned.values.items():
            setattr(school, name, value)
        school.name_folded = fold(school.name)
    moves = [(school, planned.unit) for planned, school in changed if planned.moves and planned.unit is not None]
    place_schools(actor, moves, day, str(lazy("Theo danh sách %(file)s", file=file_name)))
    db.session.flush()


def _new_school(planned: Planned) -> dict[str, Any]:
    """Return a new school's row; written many at once, so that its keys are not left to the mapper."""
    known: dict[str, Any] = {**dict.fromkeys(FIELDS), **planned.values}
    return {
        **known,
        "name_folded": fold(planned.name),
        "unit_id": planned.unit.id if planned.unit else None,
        **keys_of(planned.name, known["code"], known["aliases"]),
    }


def _packed(options: Options) -> dict[str, Any]:
    unit_id = options.unit.id if options.unit else None
    return {"day": options.day.isoformat(), "unit": unit_id, "moved": options.moved}


def _unpacked(stored: dict[str, Any]) -> Options:
    unit = db.session.get(Unit, stored["unit"]) if stored["unit"] else None
    return Options(date.fromisoformat(stored["day"]), unit, bool(stored["moved"]))


def _discard_forgotten(folder: Path) -> None:
    """Remove the files of lists that nobody confirmed within a day."""
    forgotten = select(SchoolList.stored_name).where(
        SchoolList.confirmed_at.is_(None), SchoolList.uploaded_at < clock.now() - KEPT
    )
    for name in db.session.scalars(forgotten):
        files.discard(folder, name)
