"""Write a plan as one act, in as few statements for 400 rows as for 4."""

from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import date
from typing import Any

from sqlalchemy import insert, inspect, select
from sqlalchemy.orm.attributes import flag_modified

from contest_portal.accounts.actor import Actor
from contest_portal.contests.models import Edition, School
from contest_portal.core import audit, clock
from contest_portal.core.database import db, transaction
from contest_portal.core.vietnamese import fold
from contest_portal.registration.imports.model import Action, ImportPlan, PlanRow, WantedSchool
from contest_portal.registration.models import Entry, Participant
from contest_portal.registration.people import Person
from contest_portal.registration.references import new_reference
from contest_portal.registration.services import event_values, move_entries, new_participant, write_events
from contest_portal.registration.services.people import fill_participant, registered
from contest_portal.registration.services.rechecking import look_again
from contest_portal.registration.status import Status

SOURCE = "import"


def lock_edition(edition: Edition) -> None:
    """Let imports of one edition wait for each other, so that none plans on what the other is writing."""
    db.session.execute(select(Edition.id).where(Edition.id == edition.id).with_for_update())


def apply_plan(actor: Actor, plan: ImportPlan, *, file_name: str = "") -> None:
    """Write the rows that are created or updated; the rows know their entries afterwards."""
    with transaction():
        _add_schools(plan)
        _create(actor, plan)
        _update(actor, plan)
        counts = {action.value: plan.count(action) for action in Action}
        after = {"file": file_name, "effective": plan.effective.isoformat(), "people": plan.people, **counts}
        audit.record(actor, "entries.imported", plan.edition.code, after=after)


def _rows(plan: ImportPlan, action: Action) -> list[PlanRow]:
    return [row for row in plan.rows if row.action is action]


def _add_schools(plan: ImportPlan) -> None:
    """Add each new school that an accepted row names, under the row's unit."""
    wanted: dict[int, WantedSchool] = {}
    for row in plan.accepted:
        if row.action is not Action.UNCHANGED and row.wanted.school is not None and row.wanted.school.found is None:
            wanted[id(row.wanted.school)] = row.wanted.school
    for school in wanted.values():
        kind = "school" if school.folded.startswith(("truong", "th ", "thcs", "thpt", "tieu hoc")) else "organisation"
        place_id = school.place_id or school.unit_id
        school.found = School(name=school.name, name_folded=school.folded, unit_id=place_id, kind=kind)
    db.session.add_all([school.found for school in wanted.values()])
    # Flushed: the entries need the schools' ids.
    db.session.flush()


def _create(actor: Actor, plan: ImportPlan) -> None:
    rows = _rows(plan, Action.CREATE)
    for row in rows:
        row.entry = _new_entry(actor, plan.edition, row)
    entries = [(row.entry, row.wanted.happened_on) for row in rows if row.entry is not None]
    move_entries(actor, entries, plan.born, source=SOURCE)
    people: list[dict[str, Any]] = []
    for entry, row in zip((entry for entry, _day in entries), rows, strict=True):
        day = row.wanted.happened_on
        people += [_values(new_participant(entry, person, n, day)) for n, person in enumerate(row.wanted.people)]
    if people:
        db.session.execute(insert(Participant).execution_options(render_nulls=True), people)


def _values(person: Participant) -> dict[str, Any]:
    """Return a new person's columns: hundreds go into one statement."""
    columns = inspect(Participant).column_attrs.keys()
    return {name: getattr(person, name) for name in columns if name not in ("id", "joined_at")}


def _new_entry(actor: Actor, edition: Edition, row: PlanRow) -> Entry:
    wanted = row.wanted
    return Entry(
        reference=new_reference(edition),
        edition_id=edition.id,
        edition=edition,
        title=wanted.title,
        title_folded=fold(wanted.title)[:300],
        division_id=wanted.division.id if wanted.division else None,
        field_id=wanted.field.id if wanted.field else None,
        unit_id=wanted.unit.id if wanted.unit else None,
        school_id=wanted.school.found.id if wanted.school and wanted.school.found else None,
        note=wanted.note,
        made_on=wanted.made_on,
        entrant=wanted.entrant or "people",
        contact_name=wanted.contact_name,
        created_by=actor.user_id,
    )


def _update(actor: Actor, plan: ImportPlan) -> None:
    rows = [(row, row.entry) for row in _rows(plan, Action.UPDATE) if row.entry is not None]
    written: list[tuple[Entry, list[tuple[Any, dict[str, Any], dict[str, Any]]]]] = []
    for row, entry in rows:
        parts = [*_change_details(row, entry), *_change_people(plan, row, entry)]
        if parts:
            # The version counts changes of the people too, and those touch no column of the entry.
            flag_modified(entry, "title")
            written.append((entry, parts))
    db.session.flush()
    events = []
    for entry, parts in written:
        for part, before, after in parts:
            name = f"person:{part.id}" if isinstance(part, Participant) else part
            details = {"part": name, "version": entry.version, "before": before, "after": after}
            events.append(event_values(actor, entry, "changed", day=plan.effective, source=SOURCE, details=details))
    write_events(events)
    for entry, _parts in written:
        look_again(actor, entry, source=SOURCE)
    _advance(actor, rows, plan.effective)
    for _row, entry in rows:
        db.session.expire(entry, ["division", "field", "unit", "school", "participants"])


def _change_details(row: PlanRow, entry: Entry) -> list[tuple[Any, dict[str, Any], dict[str, Any]]]:
    if "school_id" in row.details and row.wanted.school is not None and row.wanted.school.found is not None:
        row.details["school_id"] = row.wanted.school.found.id
    if not row.details:
        return []
    before = {name: getattr(entry, name) for name in row.details}
    for name, value in row.details.items():
        setattr(entry, name, value)
    entry.title_folded = fold(entry.title)[:300]
    return [("details", before, dict(row.details))]


def _change_people(plan: ImportPlan, row: PlanRow, entry: Entry) -> list[tuple[Any, dict[str, Any], dict[str, Any]]]:
    parts: list[tuple[Any, dict[str, Any], dict[str, Any]]] = []
    for stored, person, changed in row.people.kept:
        if changed:
            parts.append(_change_person(stored, person, changed))
    for stored in row.people.left:
        stored.left_on, stored.left_at = plan.effective, clock.now()
        parts.append((stored, {"role": stored.role, "full_name": stored.full_name}, {}))
    position = max((p.position for p in entry.participants), default=-1)
    for number, person in enumerate(row.people.joined, start=1):
        stored = new_participant(entry, person, position + number, plan.effective)
        db.session.add(stored)
        parts.append((stored, {}, {"role": person.role, **registered(stored)}))
    return parts


def _change_person(
    stored: Participant, person: Person, changed: dict[str, Any]
) -> tuple[Any, dict[str, Any], dict[str, Any]]:
    kept = {"role": stored.role, "full_name": stored.full_name}
    before = registered(stored)
    # What the row leaves blank stays as it was.
    blank = {field.name: getattr(stored, field.name) for field in fields(Person) if getattr(person, field.name) is None}
    fill_participant(stored, replace(person, **blank))
    after = registered(stored)
    return (
        stored,
        kept | {name: before[name] for name in changed},
        {"role": stored.role, "full_name": stored.full_name} | {name: after[name] for name in changed},
    )


def _advance(actor: Actor, rows: Sequence[tuple[PlanRow, Entry]], day: date) -> None:
    """Hand in drafts, and receive what a unit's list names."""
    moving = [(entry, change) for row, entry in rows for change in row.changes if change.part == "status"]
    drafts = [(entry, day) for entry, change in moving if change.before == Status.DRAFT]
    move_entries(actor, drafts, Status.SUBMITTED, source=SOURCE)
    received = [(entry, day) for entry, change in moving if change.after == Status.RECEIVED]
    move_entries(actor, received, Status.RECEIVED, source=SOURCE)
