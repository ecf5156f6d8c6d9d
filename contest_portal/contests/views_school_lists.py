"""Pages that bring a list of schools in: upload, preview, confirm; and the empty list to begin with."""

from pathlib import Path
from typing import Any

from flask import flash, g, redirect, render_template, request, url_for

from contest_portal.accounts.guards import requires
from contest_portal.contests import school_lists
from contest_portal.contests.blueprint import bp
from contest_portal.contests.forms_schools import ConfirmForm, ListForm
from contest_portal.contests.models_schools import SchoolList
from contest_portal.contests.queries_schools import units_on
from contest_portal.contests.school_lists_planning import Act, Options, Plan, Planned
from contest_portal.contests.school_lists_writing import write_template
from contest_portal.contests.schools import find_unit_by_id
from contest_portal.contests.views_schools import workbook
from contest_portal.core import clock
from contest_portal.core.attempts import attempt
from contest_portal.core.errors import Unusable
from contest_portal.core.web import refuse, render_form, settings

# As many rows of a kind as a page can carry; the figures above the table are of all of them.
SHOWN = 200


@bp.get("/schools/template")
@requires("schools.manage")
def school_list_template() -> Any:
    """Give an empty list of schools."""
    return workbook(write_template(), "mau-danh-sach-truong.xlsx")


@bp.route("/schools/import", methods=["GET", "POST"])
@requires("schools.manage")
def upload_school_list() -> Any:
    """Take a list of schools and lead to its preview."""
    form = ListForm(day=clock.today())
    form.offer(units_on(clock.today()), settings().max_upload)
    staged: list[SchoolList] = []

    def act() -> None:
        sent = form.file.data
        staged.append(
            school_lists.stage_list(
                g.actor, _folder(), data=sent.stream.read(), file_name=sent.filename or "", options=_options(form)
            )
        )

    try:
        if attempt(form, act):
            return redirect(url_for("contests.preview_school_list", token=staged[0].token))
    except Unusable as error:
        form.add_error("file", error.message)
        refuse(error)
    return render_form("contests/school_list_upload.html", form)


@bp.route("/schools/import/<token>", methods=["GET", "POST"])
@requires("schools.manage")
def preview_school_list(token: str) -> Any:
    """Show what a list would do, row by row; write it once it is confirmed."""
    kept = school_lists.get_list(g.actor, token)
    if kept.confirmed_at is not None:
        return render_template("contests/school_list_done.html", kept=kept, outcome=kept.outcome)
    form = ConfirmForm()
    outcomes: list[dict[str, Any]] = []

    def act() -> None:
        partial = request.form.get("partial") == "yes"
        outcomes.append(school_lists.confirm_list(g.actor, kept, _folder(), partial=partial))

    try:
        if attempt(form, act) and outcomes[0].get("written"):
            return redirect(url_for("contests.preview_school_list", token=token))
        plan = school_lists.preview_list(kept, _folder())
    except school_lists.ListGone as error:
        flash(str(error), "error")
        return redirect(url_for("contests.upload_school_list"))
    return render_form("contests/school_list_preview.html", form, kept=kept, plan=plan, rows=shown_rows(plan), acts=Act)


def shown_rows(plan: Plan) -> list[Planned]:
    """Return the rows to show: what needs a person first, then warnings, then the rest."""
    order = (Act.REFUSED, Act.CHANGED, Act.NEW, Act.UNCHANGED)
    ranked = sorted(plan.rows, key=lambda one: (order.index(one.act), not one.row.faults))
    kinds: dict[Act, int] = {}
    shown = []
    for one in ranked:
        kinds[one.act] = kinds.get(one.act, 0) + 1
        if kinds[one.act] <= SHOWN:
            shown.append(one)
    return shown


def _options(form: ListForm) -> Options:
    unit = find_unit_by_id(int(form.unit.data)) if form.unit.data else None
    return Options(form.day.data or clock.today(), unit, bool(form.moved.data))


def _folder() -> Path:
    return settings().uploads / "schools"
