"""Pages of the slips by which models go from hand to hand."""

from io import BytesIO
from typing import Any

from flask import Response, flash, g, redirect, render_template, request, send_file, url_for

from contest_portal.accounts.guards import requires
from contest_portal.contests.models import Edition, EditionUnit
from contest_portal.core.attempts import attempt
from contest_portal.core.errors import NotFound
from contest_portal.core.i18n import _, language
from contest_portal.core.paging import decode
from contest_portal.core.papers.codes import qr_svg
from contest_portal.core.papers.pdf import typeset
from contest_portal.core.vietnamese import format_date
from contest_portal.core.web import public_address, render_form
from contest_portal.registration.documents.sending import closed
from contest_portal.screening.blueprint import bp
from contest_portal.screening.conditions import WORDS, Condition
from contest_portal.screening.custody import queries, services
from contest_portal.screening.custody.forms import OF_UNITS, WAYS, ConfirmForm, SlipForm
from contest_portal.screening.custody.holding import SIDES, Side
from contest_portal.screening.custody.models import Handover
from contest_portal.screening.queries import edition_of_id, get_unit, screened_edition
from contest_portal.screening.rules import may_act_for_unit, sees_all_units


@bp.get("/<code>/slips")
@requires("arrival.see")
def slips_of_edition(code: str) -> Any:
    """Show every unit's slips, or only those on the way."""
    edition = screened_edition(code)
    if not sees_all_units(g.actor, edition.id):
        raise NotFound
    waiting = request.args.get("all") != "1"
    page = queries.list_slips(edition.id, waiting=waiting, cursor=decode(request.args.get("cursor")))
    return render_template("screening/slips.html", edition=edition, unit=None, page=page, waiting=waiting, ways=WAYS)


@bp.get("/<code>/<unit_code>/slips")
@requires("screening.see")
def slips(code: str, unit_code: str) -> Any:
    """Show a unit's slips."""
    edition, edition_unit = _load(code, unit_code)
    page = queries.list_slips(edition.id, unit_id=edition_unit.unit_id, cursor=decode(request.args.get("cursor")))
    return render_template(
        "screening/slips.html",
        edition=edition,
        unit=edition_unit.unit,
        page=page,
        waiting=False,
        ways=WAYS,
        may_act=may_act_for_unit(g.actor, edition.id, edition_unit.unit_id),
    )


@bp.route("/<code>/<unit_code>/slips/new", methods=["GET", "POST"])
@requires("screening.do")
def new_slip(code: str, unit_code: str) -> Any:
    """Write a slip for the models that are in the giver's hands."""
    edition, edition_unit = _load(code, unit_code)
    form = SlipForm()
    form.offer(tuple(WAYS) if g.actor.holds("organiser", edition_id=edition.id) else OF_UNITS)
    if request.method == "GET":
        form.way.data = request.args.get("way", OF_UNITS[0])
    made: list[Handover] = []

    def act() -> None:
        found = services.make_slip(
            g.actor, edition, edition_unit, form.slip(), form.models(), once_token=form.once.data
        )
        made.append(found)

    if attempt(form, act):
        flash(_("Đã lập phiếu giao nhận %(number)s.", number=made[0].number), "success")
        return redirect(url_for("screening.slip", token=made[0].token))
    way = form.way.data if form.way.data in WAYS else OF_UNITS[0]
    return render_form(
        "screening/slip_form.html",
        form,
        edition=edition,
        unit=edition_unit.unit,
        entries=queries.list_held(edition_unit, Side(way.partition("-")[0])).items,
        ways=[(choice, words) for choice, words in form.way.choices],
        way=way,
    )


@bp.get("/slips/<token>")
@requires("screening.see")
def slip(token: str) -> Any:
    """Show a slip, to print and sign."""
    found = queries.get_slip(g.actor, token)
    return render_template(
        "screening/slip.html",
        edition=edition_of_id(found.edition_id),
        slip=found,
        ways=WAYS,
        conditions=WORDS,
        may_confirm=found.confirmed_at is None and _may_confirm(found),
    )


@bp.route("/slips/<token>/confirm", methods=["GET", "POST"])
@requires("screening.do")
def confirm_slip(token: str) -> Any:
    """Confirm that the models of a slip came."""
    found = queries.get_slip(g.actor, token)
    form = ConfirmForm()
    edition = edition_of_id(found.edition_id)
    if attempt(form, lambda: services.confirm_slip(g.actor, edition, found, form.confirmed_on.data)):
        flash(_("Đã xác nhận phiếu %(number)s.", number=found.number), "success")
        return redirect(url_for("screening.slip", token=token))
    return render_form("screening/slip_confirm.html", form, slip=found, ways=WAYS)


@bp.get("/slips/<token>.pdf")
@requires("screening.see")
def slip_pdf(token: str) -> Response:
    """Give a slip as PDF, with places for both signatures."""
    found = queries.get_slip(g.actor, token)
    edition = edition_of_id(found.edition_id)
    with language("vi"):
        made = typeset("/screening/custody/slip.typ", _printed(found, edition))
    return closed(
        send_file(
            BytesIO(made), mimetype="application/pdf", as_attachment=True, download_name=f"phieu-{found.number}.pdf"
        )
    )


def _printed(found: Handover, edition: Edition) -> dict[str, Any]:
    address = public_address(url_for("screening.slip", token=found.token))
    sides = {
        "giver": _side(found.giver, found),
        "taker": _side(found.taker, found),
    }
    rows = [
        [
            str(number),
            line.entry.reference,
            line.entry.title,
            line.entry.school.name if line.entry.school else "",
            str(WORDS[Condition(line.condition)]) if line.condition else "",
        ]
        for number, line in enumerate(found.lines, start=1)
    ]
    return {
        "number": found.number,
        "edition": edition.title,
        "day": format_date(found.happened_on),
        "giver": sides["giver"],
        "taker": sides["taker"],
        "giver_name": found.giver_name or "",
        "taker_name": found.taker_name or "",
        "note": found.note or "",
        "rows": rows,
        "code": qr_svg(address),
    }


def _side(side: str, found: Handover) -> str:
    return found.unit.name if side == Side.UNIT else str(SIDES[Side(side)])


def _may_confirm(found: Handover) -> bool:
    if found.taker == Side.PROVINCE:
        return bool(g.actor.holds("organiser", edition_id=found.edition_id))
    return may_act_for_unit(g.actor, found.edition_id, found.unit_id)


def _load(code: str, unit_code: str) -> tuple[Edition, EditionUnit]:
    edition = screened_edition(code)
    return edition, get_unit(g.actor, edition, unit_code)
