"""Pages of requests for more than the quota."""

from typing import Any

from flask import flash, g, redirect, render_template, request, url_for

from contest_portal.accounts.guards import requires
from contest_portal.contests.models import Edition, EditionUnit
from contest_portal.contests.queries import get_edition_unit
from contest_portal.core.attempts import attempt
from contest_portal.core.errors import NotFound
from contest_portal.core.i18n import _, lazy
from contest_portal.core.paging import decode
from contest_portal.core.web import render_form
from contest_portal.screening import queries as screening
from contest_portal.screening.blueprint import bp
from contest_portal.screening.forwarding import queries, quotas, services
from contest_portal.screening.forwarding.forms import AnswerForm, AskForm
from contest_portal.screening.rules import check_acts_for_unit, check_organises, may_act_for_unit, sees_all_units

STATES = {
    "waiting": lazy("Chờ trả lời"),
    "granted": lazy("Được thêm"),
    "refused": lazy("Không được thêm"),
    "taken_back": lazy("Đã rút lại"),
}


@bp.get("/<code>/quota")
@requires("quota.see")
def quota_requests(code: str) -> Any:
    """Show an edition's requests for more, those that wait first."""
    edition = screening.screened_edition(code)
    if not sees_all_units(g.actor, edition.id):
        raise NotFound
    waiting = request.args.get("all") != "1"
    page = queries.list_requests(edition, waiting=waiting, cursor=decode(request.args.get("cursor")))
    return render_template("screening/quota_requests.html", edition=edition, page=page, waiting=waiting, states=STATES)


@bp.get("/<code>/<unit_code>/quota")
@requires("screening.see")
def quota_of_unit(code: str, unit_code: str) -> Any:
    """Show a unit's quota: what the edition gives, what was granted beyond, what is used."""
    edition, edition_unit = _load(code, unit_code)
    return render_template(
        "screening/quota.html",
        edition=edition,
        unit=edition_unit.unit,
        counts=screening.unit_counts(edition, edition_unit),
        granted=quotas.granted_in(edition.id, edition_unit.unit_id).get(edition_unit.unit_id, 0),
        requests=quotas.requests_of_unit(edition.id, edition_unit.unit_id),
        waiting=queries.find_waiting(edition.id, edition_unit.unit_id),
        states=STATES,
        may_act=may_act_for_unit(g.actor, edition.id, edition_unit.unit_id),
        organises=g.actor.holds("organiser", edition_id=edition.id),
    )


@bp.route("/<code>/<unit_code>/quota/ask", methods=["GET", "POST"])
@requires("screening.do")
def ask_for_more(code: str, unit_code: str) -> Any:
    """Ask for more as a unit, or grant more unasked as the organiser."""
    edition, edition_unit = _load(code, unit_code)
    check_acts_for_unit(g.actor, edition.id, edition_unit.unit_id)
    organises = g.actor.holds("organiser", edition_id=edition.id)
    do = services.grant_unasked if organises else services.ask_for_more
    form = AskForm()

    def act() -> None:
        do(g.actor, edition, edition_unit, form.asked.data or 0, form.reason.data, once_token=form.once.data)

    if attempt(form, act):
        flash(_("Đã tăng hạn mức.") if organises else _("Đã gửi đề nghị tới Ban Tổ chức."), "success")
        return redirect(url_for("screening.quota_of_unit", code=code, unit_code=unit_code))
    return render_form("screening/quota_ask.html", form, edition=edition, unit=edition_unit.unit, organises=organises)


@bp.route("/quota/<token>", methods=["GET", "POST"])
@requires("screening.see")
def quota_request(token: str) -> Any:
    """Show a request, and let the organiser answer it."""
    found = queries.get_request(g.actor, token)
    edition = _edition_of(get_edition_unit(found.edition_id, found.unit_id))
    organises = g.actor.holds("organiser", edition_id=edition.id)
    form = AnswerForm()
    if request.method == "GET":
        form.granted.data = found.asked
    else:
        check_organises(g.actor, edition.id)

    def act() -> None:
        services.answer_request(g.actor, edition, found, form.granted.data or 0, form.answer.data or "")

    if attempt(form, act):
        flash(_("Đã trả lời đề nghị của %(unit)s.", unit=found.unit.name), "success")
        return redirect(url_for("screening.quota_requests", code=edition.code))
    return render_form(
        "screening/quota_request.html",
        form,
        edition=edition,
        request_=found,
        states=STATES,
        organises=organises,
        own=found.unit_id in g.actor.unit_ids(edition.id),
    )


@bp.post("/quota/<token>/take-back")
@requires("screening.do")
def take_back_quota(token: str) -> Any:
    """Take a request back that waits for an answer."""
    found = queries.get_request(g.actor, token)
    services.take_back_request(g.actor, found)
    edition = _edition_of(get_edition_unit(found.edition_id, found.unit_id))
    flash(_("Đã rút lại đề nghị."), "success")
    return redirect(url_for("screening.quota_of_unit", code=edition.code, unit_code=found.unit.code))


def _load(code: str, unit_code: str) -> tuple[Edition, EditionUnit]:
    edition = screening.screened_edition(code)
    return edition, screening.get_unit(g.actor, edition, unit_code)


def _edition_of(edition_unit: EditionUnit) -> Edition:
    found = screening.edition_of(edition_unit)
    if found is None:
        raise NotFound
    return found
