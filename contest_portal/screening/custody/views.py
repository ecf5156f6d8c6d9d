"""Pages of the slips by which models go from hand to hand."""

from io import BytesIO
from typing import Any, Final

from flask import Response, flash, g, redirect, render_template, request, send_file, url_for

from contest_portal.accounts.guards import requires
from contest_portal.contests.models import Edition, EditionUnit
from contest_portal.core.attempts import attempt
from contest_portal.core.errors import NotAllowed, NotFound
from contest_portal.core.i18n import _, language
from contest_portal.core.paging import decode
from contest_portal.core.papers.codes import qr_svg
from contest_portal.core.papers.pdf import typeset
from contest_portal.core.vietnamese import format_date
from contest_portal.core.web import public_address, render_form
from contest_portal.registration.documents.sending import closed
from contest_portal.screening.arrivals.forms import CONDITIONS, UndoForm
from contest_portal.screening.blueprint import bp
from contest_portal.screening.conditions import WORDS, Condition
from contest_portal.screening.custody import queries, services
from contest_portal.screening.custody.forms import OF_UNITS, WAYS, ConfirmForm, SlipForm
from contest_portal.screening.custody.holding import SIDES, Side
from contest_portal.screening.custody.models import Handover
from contest_portal.screening.queries import edition_of_id, entries_by_reference, get_unit, screened_edition
from contest_portal.screening.rules import check_acts_for_unit, may_act_for_unit, sees_all_units

# As many as a person ticks on one page.
MOST_AT_ONCE: Final = 100


@bp.get("/<code>/slips")
@requires("arrival.see")
def slips_of_edition(code: str) -> Any:
    """Show every unit's slips, or only those on the way, with the field a scanner types into."""
    edition = screened_edition(code)
    if not sees_all_units(g.actor, edition.id):
        raise NotFound
    return _slips(edition, None, waiting=request.args.get("all") != "1")


@bp.get("/<code>/<unit_code>/slips")
@requires("screening.see")
def slips(code: str, unit_code: str) -> Any:
    """Show a unit's slips."""
    edition, edition_unit = _load(code, unit_code)
    return _slips(edition, edition_unit)


@bp.get("/<code>/<unit_code>/slips/new")
@requires("screening.do")
def new_slip(code: str, unit_code: str) -> Any:
    """Choose the models of a slip among those that are in the giver's hands."""
    edition, edition_unit = _load_to_act(code, unit_code)
    ways = _ways_of(edition)
    way = request.args.get("way", "")
    way = way if way in ways else ways[0]
    page = queries.list_held(
        edition_unit, Side(way.partition("-")[0]), cursor=decode(request.args.get("cursor")), size=MOST_AT_ONCE
    )
    return render_template(
        "screening/slip_choose.html", edition=edition, unit=edition_unit.unit, way=way, ways=ways, words=WAYS, page=page
    )


@bp.route("/<code>/<unit_code>/slips/write", methods=["GET", "POST"])
@requires("screening.do")
def write_slip(code: str, unit_code: str) -> Any:
    """Fill in a slip for the chosen models, check it, write it."""
    edition, edition_unit = _load_to_act(code, unit_code)
    form = SlipForm()
    form.offer(_ways_of(edition))
    if request.method == "GET":
        form.choose(request.args.getlist("references"))
        form.way.data = request.args.get("way")
        if not form.references.data:
            flash(_("Hãy chọn ít nhất một mô hình."), "error")
            return redirect(url_for("screening.new_slip", code=code, unit_code=unit_code, way=form.way.data))
    chosen = entries_by_reference(edition_unit, form.references.data)
    shown: dict[str, Any] = {"edition": edition, "unit": edition_unit.unit, "chosen": chosen, "words": WAYS}
    made: list[Handover] = []
    if "change" not in request.form and attempt(form, lambda: _write(form, edition, edition_unit, made)):
        if not made:
            return render_form("screening/slip_check.html", form, conditions=WORDS, **shown)
        flash(_("Đã lập phiếu giao nhận %(number)s.", number=made[0].number), "success")
        return redirect(url_for("screening.slip", token=made[0].token))
    return render_form("screening/slip_write.html", form, conditions=CONDITIONS, **shown)


def _write(form: SlipForm, edition: Edition, edition_unit: EditionUnit, made: list[Handover]) -> None:
    """Write the slip once it was checked; before, only say what stands against it."""
    given = (g.actor, edition, edition_unit, form.slip(), form.seen())
    if "checked" in request.form:
        made.append(services.make_slip(*given, once_token=form.once.data))
    else:
        services.check_slip(*given)


@bp.get("/slips/<token>")
@requires("screening.see")
def slip(token: str) -> Any:
    """Show a slip, to print and sign, and where its models are now."""
    found = queries.get_slip(g.actor, token)
    may_act = may_act_for_unit(g.actor, found.edition_id, found.unit_id)
    return render_template(
        "screening/slip.html",
        edition=edition_of_id(found.edition_id),
        slip=found,
        ways=WAYS,
        sides=SIDES,
        conditions=WORDS,
        # Where a model is that another unit has taken over is that unit's matter.
        holders=queries.holders_of([line.entry_id for line in found.lines if line.entry.unit_id == found.unit_id]),
        may_act=may_act,
        may_confirm=found.waits and _may_confirm(found),
        may_cancel=may_act and services.may_be_cancelled(found),
    )


@bp.route("/slips/<token>/confirm", methods=["GET", "POST"])
@requires("screening.do")
def confirm_slip(token: str) -> Any:
    """Confirm that the models of a slip came, or which of them."""
    found = queries.get_slip(g.actor, token)
    if not _may_confirm(found):
        raise NotAllowed
    form = ConfirmForm()
    form.offer(found)
    edition = edition_of_id(found.edition_id)
    back: list[Handover | None] = []

    def act() -> None:
        day, came = form.confirmed_on.data, form.came.data or []
        back.append(services.confirm_slip(g.actor, edition, found, day, came))

    if attempt(form, act, {"arrived_on": "confirmed_on"}):
        flash(_("Đã xác nhận phiếu %(number)s.", number=found.number), "success")
        for written in filter(None, back):
            flash(_("Mô hình không đến nơi được ghi ở phiếu %(number)s.", number=written.number), "warning")
        return redirect(url_for("screening.slip", token=token))
    return render_form("screening/slip_confirm.html", form, slip=found, ways=WAYS)


@bp.route("/slips/<token>/cancel", methods=["GET", "POST"])
@requires("screening.do")
def cancel_slip(token: str) -> Any:
    """Cancel a slip that was written by mistake, with the reason."""
    found = queries.get_slip(g.actor, token)
    check_acts_for_unit(g.actor, found.edition_id, found.unit_id)
    form = UndoForm()
    if attempt(form, lambda: services.cancel_slip(g.actor, found, form.reason.data or "")):
        flash(_("Đã hủy phiếu %(number)s.", number=found.number), "success")
        return redirect(url_for("screening.slip", token=token))
    return render_form("screening/slip_cancel.html", form, slip=found)


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
            "\n".join(filter(None, (str(WORDS[Condition(line.condition)]) if line.condition else "", line.note))),
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


def _slips(edition: Edition, edition_unit: EditionUnit | None, *, waiting: bool = False) -> Any:
    scanned = request.args.get("scan", "").strip()
    found = queries.find_scanned_slip(g.actor, edition.id, scanned) if scanned else None
    if found is not None:
        return redirect(url_for("screening.slip", token=found.token))
    unit_id = edition_unit.unit_id if edition_unit else None
    return render_template(
        "screening/slips.html",
        edition=edition,
        unit=edition_unit.unit if edition_unit else None,
        page=queries.list_slips(
            edition.id, unit_id=unit_id, waiting=waiting, cursor=decode(request.args.get("cursor"))
        ),
        waiting=waiting,
        scanned=scanned,
        ways=WAYS,
        may_act=unit_id is not None and may_act_for_unit(g.actor, edition.id, unit_id),
    )


def _ways_of(edition: Edition) -> tuple[str, ...]:
    """Return the ways that are the actor's to write: only the province gives back what it holds."""
    return tuple(WAYS) if g.actor.holds("organiser", edition_id=edition.id) else OF_UNITS


def _load_to_act(code: str, unit_code: str) -> tuple[Edition, EditionUnit]:
    edition, edition_unit = _load(code, unit_code)
    check_acts_for_unit(g.actor, edition.id, edition_unit.unit_id)
    return edition, edition_unit


def _load(code: str, unit_code: str) -> tuple[Edition, EditionUnit]:
    edition = screened_edition(code)
    return edition, get_unit(g.actor, edition, unit_code)
