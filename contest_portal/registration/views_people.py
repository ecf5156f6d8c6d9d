"""Pages of an entry's people: added, changed and taken out one by one."""

from typing import Any

from flask import flash, g, redirect, render_template, url_for

from contest_portal.accounts.guards import requires
from contest_portal.contests.rulebook import ParticipantRule
from contest_portal.contests.services import rulebook_of
from contest_portal.core import clock
from contest_portal.core.errors import NotFound
from contest_portal.core.i18n import _
from contest_portal.core.web import render_form
from contest_portal.registration import rules, services
from contest_portal.registration.blueprint import bp
from contest_portal.registration.describing import describe_person
from contest_portal.registration.eligibility import check_stored
from contest_portal.registration.forms import EditPersonForm, LeaveForm, NewPersonForm
from contest_portal.registration.models import Entry, Participant
from contest_portal.registration.queries import get_entry
from contest_portal.registration.tasks import notes_by_person
from contest_portal.registration.views_changing import (
    SAVED,
    Change,
    mark_remarks,
    prefill,
    remarks_by_person,
    remarks_of,
    send,
)
from contest_portal.registration.views_entry import meet_newer, require_hands


@bp.get("/<reference>/people/<role>")
@requires("entry.edit")
def people(reference: str, role: str) -> Any:
    """List the people of one role, with what the rules say of each."""
    found = _load(reference)
    problems = check_stored(found, found.participants)
    return render_template(
        "registration/people.html",
        entry=found,
        rule=_rule(found, role),
        people=[person for person in found.participants if person.role == role],
        notes=notes_by_person(problems, found.participants),
        may_change=rules.may_change(g.actor, found),
        may_ask=rules.may_ask(g.actor, found, clock.now()),
        remarks=remarks_by_person(found),
    )


@bp.route("/<reference>/people/<role>/new", methods=["GET", "POST"])
@requires("entry.edit")
def add_person(reference: str, role: str) -> Any:
    """Add one person."""
    arrived = clock.now()
    found = _load(reference)
    rule = _rule(found, role)
    form = NewPersonForm()
    change = Change(found, f"new:{role}", arrived)
    form.ask(rulebook_of(found.edition), role)
    form.drop_reason(needed=change.needs_reason)
    prefill(form, change)

    def act() -> None:
        services.add_person(
            g.actor, found, form.person(role), once_token=form.once.data, reason=form.reason_given(), at=arrived
        )

    outcome = send(form, change, lambda: form.person(role), act)
    if outcome == SAVED:
        flash(_("Đã thêm %(name)s.", name=form.full_name.data), "success")
        return redirect(url_for("registration.people", reference=reference, role=role))
    return outcome or render_form(
        "registration/person.html",
        form,
        entry=found,
        rule=rule,
        stored=None,
        person=None,
        remarks=[],
        **change.context(),
    )


@bp.route("/<reference>/people/<int:person_id>/edit", methods=["GET", "POST"])
@requires("entry.edit")
def edit_person(reference: str, person_id: int) -> Any:
    """Change what is registered of one person."""
    arrived = clock.now()
    found = _load(reference)
    person = _person(found, person_id)
    role = person.role
    form = EditPersonForm()
    change = Change(found, f"person:{person_id}", arrived)
    form.ask(rulebook_of(found.edition), role)
    form.drop_reason(needed=change.needs_reason)
    if not form.is_submitted():
        form.show(person)
        form.version.data = found.version
        prefill(form, change)

    def act() -> None:
        services.change_person(
            g.actor,
            found,
            person_id,
            form.person(role, person),
            version=form.version.data,
            reason=form.reason_given(),
            at=arrived,
        )

    outcome = send(form, change, lambda: form.person(role, person), act)
    if outcome == SAVED:
        flash(_("Đã lưu %(name)s.", name=form.full_name.data), "success")
        return redirect(url_for("registration.people", reference=reference, role=role))
    if outcome:
        return outcome
    stored = describe_person(person) if meet_newer(form, found) else None
    return render_form(
        "registration/person.html",
        form,
        entry=found,
        rule=_rule(found, role),
        stored=stored,
        person=person,
        remarks=mark_remarks(form, remarks_of(found), change.part),
        **change.context(),
    )


@bp.route("/<reference>/people/<int:person_id>/remove", methods=["GET", "POST"])
@requires("entry.edit")
def remove_person(reference: str, person_id: int) -> Any:
    """Ask once more, then let a person leave."""
    arrived = clock.now()
    found = _load(reference)
    person = _person(found, person_id)
    form = LeaveForm()
    change = Change(found, f"leave:{person_id}", arrived)
    form.drop_reason(needed=change.needs_reason)

    def act() -> None:
        services.remove_person(g.actor, found, person_id, reason=form.reason_given(), at=arrived)

    outcome = send(form, change, dict, act)
    if outcome == SAVED:
        flash(_("Đã bớt %(name)s.", name=person.full_name), "success")
        return redirect(url_for("registration.people", reference=reference, role=person.role))
    return outcome or render_form(
        "registration/remove_person.html", form, entry=found, person=person, remarks=[], **change.context()
    )


def _load(reference: str) -> Entry:
    found = get_entry(g.actor, reference)
    require_hands(found)
    return found


def _rule(entry: Entry, role: str) -> ParticipantRule:
    rule = rulebook_of(entry.edition).rule_for(role)
    if rule is None:
        raise NotFound
    return rule


def _person(entry: Entry, person_id: int) -> Participant:
    for person in entry.participants:
        if person.id == person_id:
            return person
    raise NotFound
