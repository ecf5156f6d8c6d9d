"""Pages of one entry in its unit: received, scored, decided, taken back."""

from typing import Any

from flask import flash, g, redirect, render_template, request, url_for

from contest_portal.accounts.guards import requires
from contest_portal.core.attempts import attempt
from contest_portal.core.i18n import _
from contest_portal.core.web import render_form
from contest_portal.registration.describing import describe_history
from contest_portal.registration.models import Entry
from contest_portal.registration.queries import history_of
from contest_portal.registration.status import Status
from contest_portal.screening import queries, services
from contest_portal.screening.arrivals.queries import find_arrival
from contest_portal.screening.blueprint import bp
from contest_portal.screening.custody.holding import SIDES
from contest_portal.screening.custody.queries import holders_of
from contest_portal.screening.forms import TakeBackForm, result_form
from contest_portal.screening.forwarding.completeness import shortcomings_of
from contest_portal.screening.round.queries import prizes_for
from contest_portal.screening.round.sheet_queries import sheets_of_entry
from contest_portal.screening.rules import check_acts_for_unit, may_act_for_unit
from contest_portal.screening.states import UNDECIDED

ACTS = {
    Status.SUBMITTED: "receive",
    Status.RECEIVED: "result",
    Status.SCREENED: "result",
    Status.FORWARDED: "take_back",
    Status.NOT_FORWARDED: "take_back",
}


@bp.get("/entries/<reference>")
@requires("screening.see")
def entry(reference: str) -> Any:
    """Show what a unit knows of one entry, and the next step."""
    found = queries.get_unit_entry(g.actor, reference)
    may_act = found.unit_id is not None and may_act_for_unit(g.actor, found.edition_id, found.unit_id)
    return render_template(
        "screening/entry.html",
        entry=found,
        reception=queries.find_reception(found.id),
        result=queries.find_result(found.id),
        history=describe_history(found, history_of(found)),
        arrival=find_arrival(found.id),
        holder=holders_of([found.id])[found.id],
        sides=SIDES,
        lacking=shortcomings_of([found]).get(found.id, []) if found.status in UNDECIDED else [],
        organises=g.actor.holds("organiser", edition_id=found.edition_id),
        sheets=sheets_of_entry(found),
        act=ACTS.get(Status(found.status)) if may_act and not queries.is_complete(found) else None,
    )


@bp.route("/entries/<reference>/result", methods=["GET", "POST"])
@requires("screening.do")
def result(reference: str) -> Any:
    """Write the unit's score, prize, remark and decision."""
    found = _load_to_act(reference)
    stored = queries.find_result(found.id)
    prizes = prizes_for(found.edition_id, found.unit_id or 0)
    form = result_form(prizes, stored.prize if stored else None)
    form.explain(queries.scale_of(found.edition_id, found.unit_id))
    if request.method == "GET":
        form.show(stored)
    seen = form.version.data or None
    if attempt(form, lambda: services.record_result(g.actor, found, form.verdict(), version=seen)):
        flash(_("Đã lưu kết quả sơ khảo của hồ sơ %(reference)s.", reference=found.reference), "success")
        return _to_unit(found)
    stored = queries.find_result(found.id)
    other = stored if stored is not None and form.is_submitted() and stored.version != form.version.data else None
    if other is not None:
        form.accept_version(other.version)
    return render_form("screening/result.html", form, entry=found, other=other)


@bp.route("/entries/<reference>/take-back", methods=["GET", "POST"])
@requires("screening.do")
def take_back(reference: str) -> Any:
    """Undo the decision on an entry."""
    found = _load_to_act(reference)
    form = TakeBackForm()
    if attempt(form, lambda: services.take_back(g.actor, found, form.reason.data, form.happened_on.data)):
        flash(_("Đã rút lại quyết định về hồ sơ %(reference)s.", reference=found.reference), "success")
        return redirect(url_for("screening.entry", reference=found.reference))
    return render_form("screening/take_back.html", form, entry=found)


def _load_to_act(reference: str) -> Entry:
    found = queries.get_unit_entry(g.actor, reference)
    check_acts_for_unit(g.actor, found.edition_id, found.unit_id or 0)
    return found


def _to_unit(found: Entry) -> Any:
    unit_code = found.unit.code if found.unit else ""
    return redirect(url_for("screening.unit", code=found.edition.code, unit_code=unit_code))
