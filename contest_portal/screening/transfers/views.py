"""Pages of a transfer: ask, see what waits, answer, take back, the receipt."""

from typing import Any

from flask import flash, g, redirect, render_template, request, url_for

from contest_portal.accounts.actor import Role
from contest_portal.accounts.guards import requires
from contest_portal.core import paging
from contest_portal.core.attempts import attempt
from contest_portal.core.errors import NotFound
from contest_portal.core.i18n import _, lazy
from contest_portal.core.web import render_form
from contest_portal.screening.blueprint import bp
from contest_portal.screening.queries import get_unit, get_unit_entry, screened_edition
from contest_portal.screening.rules import check_acts_for_unit, may_act_for_unit, may_see_unit
from contest_portal.screening.transfers import queries, services
from contest_portal.screening.transfers.forms import AnswerForm, AskForm, OrganiserAskForm, TakeBackTransferForm

STATES = {
    "waiting": ("waiting", lazy("Chờ trả lời")),
    "accepted": ("done", lazy("Đã nhận")),
    "refused": ("access_refused", lazy("Không nhận")),
    "taken_back": ("closed", lazy("Đã rút lại")),
}


@bp.route("/entries/<reference>/transfer", methods=["GET", "POST"])
@requires("screening.do")
def ask_transfer(reference: str) -> Any:
    """Ask that another unit takes an entry."""
    found = get_unit_entry(g.actor, reference)
    check_acts_for_unit(g.actor, found.edition_id, found.unit_id or 0)
    units = queries.other_units(found.edition_id, found.unit_id or 0)
    organises = g.actor.holds(Role.ORGANISER, edition_id=found.edition_id)
    form = OrganiserAskForm() if organises else AskForm()
    form.offer(units)
    made = []

    def act() -> None:
        to = next(unit for unit in units if unit.code == form.to.data)
        at_once = organises and form.data.get("way") == "now"
        token = form.once.data
        made.append(services.ask_transfer(g.actor, found, to, form.reason.data, once_token=token, at_once=at_once))

    if attempt(form, act):
        flash(_("Đã chuyển hồ sơ.") if made[0].state == "accepted" else _("Đã gửi đề nghị."), "success")
        return redirect(url_for("screening.transfer", token=made[0].token))
    waiting = queries.waiting_of(found.id)
    return render_form("screening/transfer_ask.html", form, entry=found, waiting=waiting)


@bp.get("/<code>/<unit_code>/transfers")
@requires("screening.see")
def transfers(code: str, unit_code: str) -> Any:
    """List what a unit was asked to take, or what it has asked of others."""
    edition = screened_edition(code)
    edition_unit = get_unit(g.actor, edition, unit_code)
    direction = request.args.get("direction", "in")
    if direction not in queries.DIRECTIONS:
        raise NotFound
    page = queries.list_asked(edition_unit, direction, cursor=paging.decode(request.args.get("cursor")))
    return render_template(
        "screening/transfer_list.html",
        edition=edition,
        unit=edition_unit.unit,
        page=page,
        direction=direction,
        waiting=queries.count_waiting(edition_unit),
        states=STATES,
    )


@bp.get("/transfers/<token>")
@requires("screening.see")
def transfer(token: str) -> Any:
    """Show a request, its answer, and what can be done with it."""
    asked = queries.find_asked(g.actor, token)
    return render_template("screening/transfer.html", asked=asked, states=STATES, **_powers(asked))


@bp.route("/transfers/<token>/answer", methods=["GET", "POST"])
@requires("screening.do")
def answer_transfer(token: str) -> Any:
    """Take the entry over, or refuse it."""
    asked = queries.find_asked(g.actor, token)
    mine = may_act_for_unit(g.actor, asked.edition_id, asked.to_unit_id)
    form = AnswerForm()
    # The other side of the request is shown what there is to see; the service refuses it the act itself.
    if request.method == "GET" and not (asked.waiting and mine):
        return redirect(url_for("screening.transfer", token=token))

    def act() -> None:
        if form.decision.data == "accept":
            services.accept_transfer(g.actor, token, form.answer.data)
        else:
            services.refuse_transfer(g.actor, token, form.answer.data or "")

    if attempt(form, act):
        done = form.decision.data == "accept"
        flash(_("Đã nhận hồ sơ.") if done else _("Đã trả lời là không nhận."), "success")
        return redirect(url_for("screening.transfer", token=token))
    return render_form("screening/transfer_answer.html", form, asked=asked)


@bp.route("/transfers/<token>/take-back", methods=["GET", "POST"])
@requires("screening.do")
def take_back_transfer(token: str) -> Any:
    """Let the asker take a request back."""
    asked = queries.find_asked(g.actor, token)
    mine = may_act_for_unit(g.actor, asked.edition_id, asked.from_unit_id)
    form = TakeBackTransferForm()
    # The other side of the request is shown what there is to see; the service refuses it the act itself.
    if request.method == "GET" and not (asked.waiting and mine):
        return redirect(url_for("screening.transfer", token=token))
    if attempt(form, lambda: services.take_back_transfer(g.actor, token)):
        flash(_("Đã rút lại đề nghị."), "success")
        return redirect(url_for("screening.transfer", token=token))
    return render_form("screening/transfer_take_back.html", form, asked=asked)


def _powers(asked: queries.Asked) -> dict[str, Any]:
    """Return which side the reader is on, and so what the page offers."""
    acts = {unit: may_act_for_unit(g.actor, asked.edition_id, unit) for unit in (asked.from_unit_id, asked.to_unit_id)}
    here = asked.to_unit_id if asked.state == "accepted" else asked.from_unit_id
    own = asked.from_unit_id if may_see_unit(g.actor, asked.edition_id, asked.from_unit_id) else asked.to_unit_id
    return {
        "may_answer": asked.waiting and acts[asked.to_unit_id],
        "may_take_back": asked.waiting and acts[asked.from_unit_id],
        "may_open": may_see_unit(g.actor, asked.edition_id, here),
        "own_code": asked.from_code if own == asked.from_unit_id else asked.to_code,
        "own_name": asked.from_unit if own == asked.from_unit_id else asked.to_unit,
        "direction": "out" if own == asked.from_unit_id else "in",
    }
