"""Pages of a unit's board: who sits on it, one of them, and the code for an account."""

from typing import Any

from flask import flash, g, redirect, render_template, request, url_for

from contest_portal.accounts.guards import requires
from contest_portal.accounts.messages import address_of
from contest_portal.contests.models import Edition, EditionUnit
from contest_portal.core import clock
from contest_portal.core.attempts import attempt
from contest_portal.core.errors import Conflict
from contest_portal.core.i18n import _
from contest_portal.core.papers.codes import qr_drawing
from contest_portal.core.web import render_form
from contest_portal.screening.blueprint import bp
from contest_portal.screening.round import board, joining
from contest_portal.screening.round.forms_board import EndForm, ScreenerForm
from contest_portal.screening.round.marked import sheets_of_screener
from contest_portal.screening.round.models import Screener
from contest_portal.screening.round.queries import former_screeners, get_screener, screeners_of, usernames_of
from contest_portal.screening.round.views import load_to_act, load_unit, may_change, round_address


@bp.get("/<code>/<unit_code>/round/board")
@requires("screening.see")
def round_board(code: str, unit_code: str) -> Any:
    """Show who sits on a unit's board, and who of them has an account."""
    edition, edition_unit = load_unit(code, unit_code)
    members = screeners_of(edition.id, edition_unit.unit_id)
    return render_template(
        "screening/round_board.html",
        edition=edition,
        unit=edition_unit.unit,
        board=members,
        former=former_screeners(edition.id, edition_unit.unit_id),
        usernames=usernames_of(members),
        posts=board.POST_WORDS,
        now=clock.now(),
        may_change=may_change(edition, edition_unit),
    )


@bp.route("/<code>/<unit_code>/round/board/new", methods=["GET", "POST"])
@requires("screening.board")
def new_screener(code: str, unit_code: str) -> Any:
    """Ask who else sits on the board."""
    edition, edition_unit = load_to_act(code, unit_code)
    form = ScreenerForm()
    if not form.is_submitted():
        form.version.data = 0
    unit_id, once_token = edition_unit.unit_id, form.once.data
    if attempt(form, lambda: board.add_screener(g.actor, edition, unit_id, form.seat(), once_token=once_token)):
        flash(_("Đã thêm %(name)s vào ban sơ khảo.", name=form.full_name.data), "success")
        return redirect(round_address(edition, edition_unit, "round_board"))
    return render_form(
        "screening/round_screener.html", form, edition=edition, unit=edition_unit.unit, screener=None, other=None
    )


@bp.route("/<code>/<unit_code>/round/board/<seat>", methods=["GET", "POST"])
@requires("screening.board")
def edit_screener(code: str, unit_code: str, seat: str) -> Any:
    """Change a member of the board."""
    edition, edition_unit = load_to_act(code, unit_code)
    unit_id = edition_unit.unit_id
    screener = get_screener(edition.id, unit_id, seat)
    form = ScreenerForm()
    if request.method == "GET":
        form.show(screener)
    if attempt(form, lambda: board.change_screener(g.actor, edition, unit_id, seat, form.seat(), version=form.seen())):
        flash(_("Đã lưu thông tin của %(name)s.", name=form.full_name.data), "success")
        return redirect(round_address(edition, edition_unit, "round_board"))
    stored = get_screener(edition.id, unit_id, seat)
    other = stored if form.is_submitted() and stored.version != form.version.data else None
    if other is not None:
        form.accept_version(other.version)
    return render_form(
        "screening/round_screener.html",
        form,
        edition=edition,
        unit=edition_unit.unit,
        screener=stored,
        other=other,
        posts=board.POST_WORDS,
    )


@bp.route("/<code>/<unit_code>/round/board/<seat>/end", methods=["GET", "POST"])
@requires("screening.board")
def end_screener(code: str, unit_code: str, seat: str) -> Any:
    """Ask once more, then let somebody leave the board."""
    edition, edition_unit = load_to_act(code, unit_code)
    screener = get_screener(edition.id, edition_unit.unit_id, seat)
    form, name = EndForm(), screener.full_name
    if attempt(form, lambda: board.end_screener(g.actor, edition, edition_unit.unit_id, seat)):
        flash(_("%(name)s đã thôi ban sơ khảo.", name=name), "success")
        return redirect(round_address(edition, edition_unit, "round_board"))
    begun, submitted = sheets_of_screener(screener)
    return render_form(
        "screening/round_screener_end.html",
        form,
        edition=edition,
        unit=edition_unit.unit,
        screener=screener,
        begun=begun,
        submitted=submitted,
    )


@bp.post("/<code>/<unit_code>/round/board/<seat>/code")
@requires("screening.board")
def screener_code(code: str, unit_code: str, seat: str) -> Any:
    """Make a code for a member's account and show it, this once, on a slip to be printed."""
    edition, edition_unit = load_to_act(code, unit_code)
    try:
        secret = joining.make_code(g.actor, edition, edition_unit.unit_id, seat)
    except Conflict as error:
        flash(str(error), "error")
        return redirect(round_address(edition, edition_unit, "round_board"))
    return _slip(edition, edition_unit, get_screener(edition.id, edition_unit.unit_id, seat), secret)


def _slip(edition: Edition, edition_unit: EditionUnit, screener: Screener, secret: str) -> Any:
    address = address_of(url_for("screening.join")) or url_for("screening.join", _external=True)
    return render_template(
        "screening/round_slip.html",
        edition=edition,
        unit=edition_unit.unit,
        screener=screener,
        code=secret,
        address=address,
        picture=qr_drawing(f"{address}?code={secret}"),
        days=joining.DAYS,
    )
