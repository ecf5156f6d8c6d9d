"""Pages of a unit's own criteria: the list, one of them, and the acts on the list."""

from collections.abc import Callable
from typing import Any

from flask import flash, g, redirect, render_template, request

from contest_portal.accounts.guards import requires
from contest_portal.contests.models import Edition, EditionUnit
from contest_portal.core.attempts import attempt
from contest_portal.core.errors import Conflict, Invalid, NotFound
from contest_portal.core.i18n import _
from contest_portal.core.web import render_form
from contest_portal.screening.blueprint import bp
from contest_portal.screening.round import own_criteria
from contest_portal.screening.round.criteria import CriterionLine, most_of
from contest_portal.screening.round.forms import CriterionForm
from contest_portal.screening.round.marked import marked_in
from contest_portal.screening.round.queries import criteria_for, own_criteria_of, pass_mark_for, round_of
from contest_portal.screening.round.views import load_to_act, load_unit, may_change, round_address


@bp.get("/<code>/<unit_code>/round/criteria")
@requires("screening.see")
def round_criteria(code: str, unit_code: str) -> Any:
    """Show what a sheet asks for, whose criteria they are, and what they add up to."""
    edition, edition_unit = load_unit(code, unit_code)
    unit_id = edition_unit.unit_id
    used, own = criteria_for(edition, unit_id), own_criteria_of(edition.id, unit_id)
    marked = marked_in(edition.id, unit_id)
    changeable = may_change(edition, edition_unit)
    return render_template(
        "screening/round_criteria.html",
        edition=edition,
        unit=edition_unit.unit,
        uses_own=round_of(edition.id, unit_id).own_criteria,
        used=used,
        most=most_of(used),
        own=own,
        own_most=most_of(own),
        pass_mark=pass_mark_for(edition, unit_id),
        marked=marked,
        may_change=changeable,
        open=changeable and not marked,
    )


@bp.post("/<code>/<unit_code>/round/criteria/choose")
@requires("screening.do")
def choose_criteria(code: str, unit_code: str) -> Any:
    """Mark by the unit's own criteria, or by the edition's."""
    own = request.form.get("own") == "yes"
    edition, edition_unit = load_to_act(code, unit_code)
    words = _("Nay chấm theo tiêu chí riêng.") if own else _("Nay chấm theo tiêu chí của cuộc thi.")
    unit_id = edition_unit.unit_id
    return _act(edition, edition_unit, words, lambda: own_criteria.choose_criteria(g.actor, edition, unit_id, own=own))


@bp.post("/<code>/<unit_code>/round/criteria/copy")
@requires("screening.do")
def copy_criteria(code: str, unit_code: str) -> Any:
    """Begin the unit's own criteria with the edition's."""
    edition, edition_unit = load_to_act(code, unit_code)
    words = _("Đã sao chép tiêu chí của cuộc thi. Nay sửa được từng tiêu chí.")
    unit_id = edition_unit.unit_id
    return _act(edition, edition_unit, words, lambda: own_criteria.copy_criteria(g.actor, edition, unit_id))


@bp.route("/<code>/<unit_code>/round/criteria/new", methods=["GET", "POST"])
@requires("screening.do")
def new_criterion(code: str, unit_code: str) -> Any:
    """Ask for one more criterion."""
    edition, edition_unit = load_to_act(code, unit_code)
    form = CriterionForm()
    if not form.is_submitted():
        form.version.data = 0
    unit_id, once_token = edition_unit.unit_id, form.once.data
    if attempt(form, lambda: own_criteria.add_criterion(g.actor, edition, unit_id, form.line(), once_token=once_token)):
        flash(_("Đã thêm tiêu chí “%(name)s”.", name=form.name.data), "success")
        return redirect(round_address(edition, edition_unit, "round_criteria"))
    return render_form(
        "screening/round_criterion.html",
        form,
        edition=edition,
        unit=edition_unit.unit,
        criterion=None,
        other=None,
        marked=None,
    )


@bp.route("/<code>/<unit_code>/round/criteria/<criterion>", methods=["GET", "POST"])
@requires("screening.do")
def edit_criterion(code: str, unit_code: str, criterion: str) -> Any:
    """Change one criterion."""
    edition, edition_unit = load_to_act(code, unit_code)
    unit_id = edition_unit.unit_id
    line = _own(edition, edition_unit, criterion)
    form = CriterionForm()
    if request.method == "GET":
        form.show(line, round_of(edition.id, unit_id).version)
    if attempt(
        form,
        lambda: own_criteria.change_criterion(g.actor, edition, unit_id, form.line(criterion), version=form.seen()),
    ):
        flash(_("Đã lưu tiêu chí “%(name)s”.", name=form.name.data), "success")
        return redirect(round_address(edition, edition_unit, "round_criteria"))
    version = round_of(edition.id, unit_id).version
    changed = form.is_submitted() and version != form.version.data
    other = _own(edition, edition_unit, criterion) if changed else None
    if changed:
        form.accept_version(version)
    return render_form(
        "screening/round_criterion.html",
        form,
        edition=edition,
        unit=edition_unit.unit,
        criterion=line,
        other=other,
        marked=marked_in(edition.id, unit_id),
    )


@bp.post("/<code>/<unit_code>/round/criteria/<criterion>/move")
@requires("screening.do")
def move_criterion(code: str, unit_code: str, criterion: str) -> Any:
    """Put a criterion one place higher or lower."""
    edition, edition_unit = load_to_act(code, unit_code)
    up, unit_id = request.form.get("way") == "up", edition_unit.unit_id
    words = _("Đã đổi thứ tự tiêu chí.")
    return _act(
        edition, edition_unit, words, lambda: own_criteria.move_criterion(g.actor, edition, unit_id, criterion, up=up)
    )


@bp.post("/<code>/<unit_code>/round/criteria/<criterion>/remove")
@requires("screening.do")
def remove_criterion(code: str, unit_code: str, criterion: str) -> Any:
    """Drop a criterion."""
    edition, edition_unit = load_to_act(code, unit_code)
    unit_id = edition_unit.unit_id
    words = _("Đã bỏ tiêu chí.")
    return _act(
        edition, edition_unit, words, lambda: own_criteria.remove_criterion(g.actor, edition, unit_id, criterion)
    )


def _own(edition: Edition, edition_unit: EditionUnit, code: str) -> CriterionLine:
    """Return one of the unit's own criteria; raises NotFound."""
    lines = own_criteria_of(edition.id, edition_unit.unit_id)
    found = next((line for line in lines if line.code == code), None)
    if found is None:
        raise NotFound
    return found


def _act(edition: Edition, edition_unit: EditionUnit, done: str, act: Callable[[], None]) -> Any:
    """Do one act on the list and lead back to it, saying what was done or what stood against it."""
    try:
        act()
    except (Invalid, Conflict) as error:
        flash(str(error), "error")
    else:
        flash(done, "success")
    return redirect(round_address(edition, edition_unit, "round_criteria"))
