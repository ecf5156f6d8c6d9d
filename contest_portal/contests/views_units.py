"""Pages of units: the sets of each era, a unit's days, its schools, what was decided about it."""

from typing import Any

from flask import flash, g, redirect, render_template, url_for

from contest_portal.accounts.guards import requires
from contest_portal.contests import queries_schools as queries
from contest_portal.contests.blueprint import bp
from contest_portal.contests.forms_schools import CloseUnitForm, UnitForm
from contest_portal.contests.schools import find_unit_by_id, move_schools
from contest_portal.contests.unit_dates import add_unit, close_unit
from contest_portal.contests.views_schools import move_form
from contest_portal.core import clock
from contest_portal.core.attempts import attempt
from contest_portal.core.i18n import _
from contest_portal.core.web import render_form


@bp.get("/units")
@requires("schools.manage")
def unit_sets() -> Any:
    """List the sets of units, each with its era."""
    return render_template("contests/unit_sets.html", sets=queries.unit_sets(), names=queries.names_of_sets())


@bp.get("/units/<unit_set>")
@requires("schools.manage")
def unit_set(unit_set: str) -> Any:
    """List the units of a set with their days and the number of their schools."""
    rows = queries.units_in(unit_set)
    return render_template("contests/unit_set.html", unit_set=unit_set, rows=rows, name=_set_name(unit_set))


@bp.route("/units/<unit_set>/new", methods=["GET", "POST"])
@requires("schools.manage")
def new_unit(unit_set: str) -> Any:
    """Add a unit to a set."""
    queries.units_in(unit_set)
    form = UnitForm()

    def act() -> None:
        add_unit(
            g.actor,
            unit_set,
            code=form.code.data or "",
            name=form.name.data or "",
            valid_from=form.valid_from.data,
            reason=form.reason.data or "",
            aliases=tuple((form.aliases.data or "").splitlines()),
            once_token=form.once.data,
        )

    if attempt(form, act):
        flash(_("Đã thêm đơn vị."), "success")
        return redirect(url_for("contests.unit", unit_set=unit_set, unit_code=form.code.data))
    return render_form("contests/unit_new.html", form, unit_set=unit_set, name=_set_name(unit_set))


@bp.get("/units/<unit_set>/<unit_code>")
@requires("schools.manage")
def unit(unit_set: str, unit_code: str) -> Any:
    """Show a unit: its days, its schools, what was decided about it."""
    found = queries.get_unit(unit_set, unit_code)
    return render_template(
        "contests/unit.html",
        unit=found,
        schools=queries.schools_of_unit(found.id),
        changes=queries.changes_of(found.id),
        today=clock.today(),
        name=_set_name(unit_set),
    )


@bp.route("/units/<unit_set>/<unit_code>/close", methods=["GET", "POST"])
@requires("schools.manage")
def end_unit(unit_set: str, unit_code: str) -> Any:
    """Say which day is a unit's last."""
    found = queries.get_unit(unit_set, unit_code)
    form = CloseUnitForm(day=found.valid_to)
    if attempt(form, lambda: close_unit(g.actor, found, form.day.data, form.reason.data or "")):
        flash(_("Đã ghi."), "success")
        return redirect(url_for("contests.unit", unit_set=unit_set, unit_code=unit_code))
    return render_form("contests/unit_close.html", form, unit=found)


@bp.route("/units/<unit_set>/<unit_code>/move", methods=["GET", "POST"])
@requires("schools.manage")
def move_unit_schools(unit_set: str, unit_code: str) -> Any:
    """Let all schools of a unit belong to another one from a day on."""
    found = queries.get_unit(unit_set, unit_code)
    schools = queries.schools_of_unit(found.id)
    form = move_form()

    def act() -> None:
        target = find_unit_by_id(int(form.unit.data))
        move_schools(g.actor, schools, target, form.day.data or clock.today(), form.reason.data or "")

    if attempt(form, act):
        flash(_("Đã ghi. Hồ sơ đã có giữ đơn vị cũ; hồ sơ mới theo đơn vị mới."), "success")
        return redirect(url_for("contests.unit", unit_set=unit_set, unit_code=unit_code))
    return render_form("contests/school_move.html", form, school=None, unit=found, number=len(schools))


def _set_name(unit_set: str) -> str:
    return queries.names_of_sets().get(unit_set, unit_set)
