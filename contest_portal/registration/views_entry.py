"""Pages of one entry: its tasks, what is registered, its details."""

from typing import Any

from flask import flash, g, redirect, render_template, url_for

from contest_portal.accounts.guards import requires
from contest_portal.contests.queries import units_of
from contest_portal.contests.reach import screening_unit_of
from contest_portal.contests.rulebook import Need
from contest_portal.contests.services import rulebook_of
from contest_portal.core import clock
from contest_portal.core.errors import NotAllowed
from contest_portal.core.forms import PortalForm
from contest_portal.core.i18n import _
from contest_portal.core.web import render_form
from contest_portal.registration import rules, services
from contest_portal.registration.blueprint import bp
from contest_portal.registration.checking.papers import papers_of
from contest_portal.registration.describing import describe_details, describe_history
from contest_portal.registration.desk import copied_of, desk_of
from contest_portal.registration.forms import DetailsForm, details_form
from contest_portal.registration.models import Entry
from contest_portal.registration.queries import get_entry, history_of
from contest_portal.registration.tasks import tasks_for
from contest_portal.registration.views_changing import SAVED, Change, mark_remarks, prefill, remarks_of, send


@bp.get("/<reference>")
@requires("entry.see")
def entry(reference: str) -> Any:
    """Show an entry: to those who may change it what is left to do, to everybody what is registered and its history."""
    found = get_entry(g.actor, reference)
    book = rulebook_of(found.edition)
    events = history_of(found)
    papers = papers_of(found, events)
    problems = papers.problems
    return render_template(
        "registration/entry.html",
        papers=papers,
        may_mend=rules.may_mend(g.actor, found),
        entry=found,
        rules=book,
        details=describe_details(found, book),
        tasks=tasks_for(book, found, found.participants, problems),
        problems=problems,
        history=describe_history(found, events),
        copied=copied_of(found, events),
        may_change=rules.may_change(g.actor, found),
        may_withdraw=rules.may_withdraw(g.actor, found),
        may_revive=rules.may_revive(g.actor, found),
        desk=desk_of(g.actor, found, clock.now()),
    )


@bp.route("/<reference>/details", methods=["GET", "POST"])
@requires("entry.edit")
def details(reference: str) -> Any:
    """Change what an entry is called, where it competes and how to reach those who made it."""
    arrived = clock.now()
    found = get_entry(g.actor, reference)
    require_hands(found)
    change = Change(found, "details", arrived)
    form = _details_form(found, change)

    def act() -> None:
        services.change_details(
            g.actor,
            found,
            form.details(found),
            version=form.version.data,
            reason=form.reason_given(),
            at=arrived,
        )

    names = {"division_id": "division", "field_id": "field", "unit_id": "unit"}
    outcome = send(form, change, lambda: form.details(found), act, names)
    if outcome == SAVED:
        flash(_("Đã lưu thông tin."), "success")
        return redirect(url_for("registration.entry", reference=reference))
    if outcome:
        return outcome
    newer = meet_newer(form, found)
    stored = [detail.pair for detail in describe_details(found, rulebook_of(found.edition))] if newer else None
    remarks = mark_remarks(form, remarks_of(found), "details")
    return render_form(
        "registration/details.html", form, entry=found, stored=stored, remarks=remarks, **change.context()
    )


def require_hands(entry: Entry) -> None:
    """Raise NotAllowed for those who may see the entry but never change it; what time forbids is the service's to say."""
    if not rules.runs(g.actor, entry.edition_id) and not rules.is_own(g.actor, entry):
        raise NotAllowed


def meet_newer(form: PortalForm, entry: Entry) -> bool:
    """Tell whether somebody saved first; the form then carries the newer version, so that saving again is a decision."""
    if g.get("form_code") != 409 or form.version.data == entry.version:
        return False
    form.version.raw_data, form.version.data = None, entry.version
    return True


def _details_form(entry: Entry, change: Change) -> DetailsForm:
    book = rulebook_of(entry.edition)
    # The unit that screens a school is given; it is asked for only where no unit of the edition does.
    given = (
        entry.school is not None
        and entry.unit_id is not None
        and entry.unit_id == screening_unit_of(entry.edition_id, entry.school)
    )
    divisions = entry.edition.divisions if book.needs.division is not Need.ABSENT else []
    fields = entry.edition.fields if book.needs.field is not Need.ABSENT else []
    form = details_form(book, entry)
    form.offer(book, divisions, fields, [] if given else units_of(entry.edition_id))
    form.drop_reason(needed=change.needs_reason)
    if not form.is_submitted():
        form.show(entry)
        prefill(form, change)
    return form
