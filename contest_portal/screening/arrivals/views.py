"""The province's desk: what units forwarded, what of it has arrived."""

import re
from datetime import timedelta
from typing import Any, Final

from flask import flash, g, redirect, render_template, request, url_for

from contest_portal.accounts.guards import requires
from contest_portal.contests.models import Edition
from contest_portal.core import clock
from contest_portal.core.attempts import attempt
from contest_portal.core.errors import NotFound
from contest_portal.core.i18n import _
from contest_portal.core.paging import decode
from contest_portal.core.web import render_form
from contest_portal.registration.models import Entry
from contest_portal.screening.arrivals import queries, services
from contest_portal.screening.arrivals.forms import CONDITIONS, ArrivalsForm, UndoForm
from contest_portal.screening.blueprint import bp
from contest_portal.screening.conditions import WORDS
from contest_portal.screening.queries import get_unit_entry, screened_edition
from contest_portal.screening.reception.queries import reference_in
from contest_portal.screening.rules import check_organises, sees_all_units

# A parcel from the farthest commune takes three days; after a week somebody should ask.
USUAL_DAYS: Final = 7
_DAYS: Final = re.compile(r"[0-9]{1,3}")


@bp.get("/<code>/arrivals")
@requires("arrival.see")
def arrivals(code: str) -> Any:
    """Show what units forwarded and what of it has arrived, with the field a scanner types into."""
    edition = _edition(code)
    scanned = request.args.get("scan", "").strip()
    reference = reference_in(scanned) if scanned else None
    if reference and queries.sent_by_reference(edition, [reference]):
        return redirect(url_for("screening.confirm_arrivals", code=code, references=reference))
    unit_code, days = request.args.get("unit") or None, _days_asked()
    since = clock.today() - timedelta(days=days)
    overdue = request.args.get("overdue") == "1"
    missing = overdue or request.args.get("missing") == "1"
    return render_template(
        "screening/arrivals.html",
        edition=edition,
        scanned=scanned,
        units=queries.arrivals_by_unit(edition, since),
        unit_code=unit_code,
        missing=missing,
        overdue=overdue,
        days=days,
        since=since,
        page=queries.list_sent(
            edition,
            unit_code=unit_code,
            missing=missing,
            overdue=since if overdue else None,
            cursor=decode(request.args.get("cursor")),
        ),
        conditions=WORDS,
        may_act=services.actor_organises(g.actor, edition.id),
    )


@bp.route("/<code>/arrivals/confirm", methods=["GET", "POST"])
@requires("arrival.do")
def confirm_arrivals(code: str) -> Any:
    """Confirm that the chosen entries have arrived."""
    edition = _edition(code)
    check_organises(g.actor, edition.id)
    form = ArrivalsForm()
    if request.method == "GET":
        form.choose(request.args.getlist("references"))
    chosen = queries.sent_by_reference(edition, form.references.data)
    made: list[Entry] = []

    def act() -> None:
        made.extend(services.confirm_arrivals(g.actor, edition, form.seen(), form.arrived_on.data))

    if attempt(form, act):
        flash(_("Đã xác nhận %(number)s hồ sơ đến nơi.", number=len(made)), "success")
        return redirect(url_for("screening.arrivals", code=code, missing="1"))
    return render_form("screening/arrivals_confirm.html", form, edition=edition, chosen=chosen, conditions=CONDITIONS)


@bp.route("/entries/<reference>/arrival/undo", methods=["GET", "POST"])
@requires("arrival.do")
def undo_arrival(reference: str) -> Any:
    """Take an arrival back that was written by mistake."""
    found = get_unit_entry(g.actor, reference)
    check_organises(g.actor, found.edition_id)
    if queries.find_arrival(found.id) is None and request.method == "GET":
        raise NotFound
    form = UndoForm()
    if attempt(form, lambda: services.undo_arrival(g.actor, found, form.reason.data)):
        flash(_("Đã bỏ xác nhận hồ sơ %(reference)s đến nơi.", reference=found.reference), "success")
        return redirect(url_for("screening.entry", reference=reference))
    return render_form("screening/arrival_undo.html", form, entry=found)


def _days_asked() -> int:
    """Return after how many days the organiser asks for what has not arrived; the usual number for nonsense."""
    asked = request.args.get("days", "")
    return int(asked) if _DAYS.fullmatch(asked) else USUAL_DAYS


def _edition(code: str) -> Edition:
    edition = screened_edition(code)
    if not sees_all_units(g.actor, edition.id):
        raise NotFound
    return edition
