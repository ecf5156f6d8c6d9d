"""Pages of the list of schools, and of one school."""

from datetime import date
from typing import Any

from flask import Response, flash, g, redirect, render_template, request, url_for

from contest_portal.accounts.guards import requires
from contest_portal.accounts.permissions import may
from contest_portal.accounts.sessions import dangerous
from contest_portal.contests import queries_schools as queries
from contest_portal.contests.blueprint import bp
from contest_portal.contests.colleagues import end_colleague
from contest_portal.contests.forms_schools import MoveForm, NewSchoolForm, SchoolForm, unit_choices
from contest_portal.contests.levels import LEVELS
from contest_portal.contests.models import School
from contest_portal.contests.queries_invitations import count_waiting, invitations_of
from contest_portal.contests.queries_schools import SchoolFilter
from contest_portal.contests.school_lists_writing import write_school_list
from contest_portal.contests.schools import add_school, change_school, find_unit_by_id, move_schools
from contest_portal.core import clock
from contest_portal.core.attempts import attempt
from contest_portal.core.i18n import _, lazy
from contest_portal.core.paging import decode
from contest_portal.core.vietnamese import clean_text
from contest_portal.core.web import render_form

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ACCOUNTS = {"no": lazy("Chưa có tài khoản"), "invited": lazy("Đã mời, chưa nhận"), "yes": lazy("Có tài khoản")}


@bp.get("/schools")
@requires("schools.see")
def schools() -> Any:
    """List the schools that the actor may see."""
    wanted = filter_from_address()
    page = queries.list_schools(g.actor, wanted, decode(request.args.get("cursor")))
    manages = may(g.actor, "schools.manage")
    return render_template(
        "contests/schools.html",
        page=page,
        wanted=wanted,
        access=queries.access_of([school.id for school in page.items]),
        units=queries.units_with_schools(g.actor),
        levels=LEVELS,
        accounts=ACCOUNTS,
        manages=manages,
        waiting=count_waiting() if manages else 0,
        kept=kept_filters(),
    )


@bp.get("/schools/download")
@requires("schools.see")
def download_schools() -> Any:
    """Give the filtered list as a workbook in the shape that is read again."""
    found = queries.all_wanted(g.actor, filter_from_address())
    return workbook(write_school_list(found), "danh-sach-truong.xlsx")


@bp.route("/schools/new", methods=["GET", "POST"])
@requires("schools.manage")
def new_school() -> Any:
    """Add one school."""
    form = NewSchoolForm()
    form.offer_levels()
    form.unit.choices = [("", ""), *unit_choices(queries.units_on(clock.today()))]
    made: list[School] = []

    def act() -> None:
        unit = find_unit_by_id(int(form.unit.data))
        made.append(add_school(g.actor, form.told(), unit, form.once.data))

    if attempt(form, act):
        flash(_("Đã thêm trường."), "success")
        return redirect(url_for("contests.school", school_id=made[0].id))
    return render_form("contests/school_edit.html", form, school=None)


@bp.get("/schools/<int:school_id>")
@requires("schools.see")
def school(school_id: int) -> Any:
    """Show one school: what is known of it, its people, its invitations, where it was."""
    found = queries.get_school(g.actor, school_id)
    return render_template(
        "contests/school.html",
        school=found,
        levels=LEVELS,
        people=queries.people_of_school(school_id),
        invitations=invitations_of(school_id),
        places=queries.places_of(school_id),
        manages=may(g.actor, "schools.manage"),
    )


@bp.route("/schools/<int:school_id>/edit", methods=["GET", "POST"])
@requires("schools.manage")
def edit_school(school_id: int) -> Any:
    """Change what is known of a school."""
    found = queries.get_school(g.actor, school_id)
    form = SchoolForm()
    form.offer_levels()
    if not form.is_submitted():
        form.show(found)

    def act() -> None:
        change_school(g.actor, found, form.told(), form.version.data)

    if attempt(form, act):
        flash(_("Đã lưu."), "success")
        return redirect(url_for("contests.school", school_id=school_id))
    newer = g.get("form_code") == 409
    if newer:
        # The form now carries the newer version: saving again is a decision.
        form.version.raw_data, form.version.data = None, found.version
    return render_form("contests/school_edit.html", form, school=found, newer=newer)


@bp.route("/schools/<int:school_id>/move", methods=["GET", "POST"])
@requires("schools.manage")
def move_school(school_id: int) -> Any:
    """Let a school belong to another unit from a day on."""
    found = queries.get_school(g.actor, school_id)
    form = move_form()

    def act() -> None:
        move_schools(g.actor, [found], find_unit_by_id(int(form.unit.data)), _day(form), form.reason.data or "")

    if attempt(form, act):
        flash(_("Đã ghi. Hồ sơ đã có giữ đơn vị cũ; hồ sơ mới theo đơn vị mới."), "success")
        return redirect(url_for("contests.school", school_id=school_id))
    return render_form("contests/school_move.html", form, school=found, unit=found.unit, number=1)


@bp.post("/schools/<int:school_id>/posts/<int:post_id>/end")
@requires("schools.manage")
@dangerous
def end_school_post(school_id: int, post_id: int) -> Any:
    """End the post of one of a school's people."""
    end_colleague(g.actor, queries.get_school(g.actor, school_id), post_id)
    flash(_("Đã kết thúc vai trò."), "success")
    return redirect(url_for("contests.school", school_id=school_id))


def move_form() -> MoveForm:
    """Return the form that asks where and from when; old units may be named for old days."""
    form = MoveForm()
    form.unit.choices = [("", ""), *unit_choices(queries.all_units())]
    return form


def _day(form: MoveForm) -> date:
    return form.day.data or clock.today()


def filter_from_address() -> SchoolFilter:
    """Return the filter that the address names; what it cannot mean is left out."""
    unit = request.args.get("unit", type=int)
    return SchoolFilter(
        q=clean_text(request.args.get("q", ""))[:100],
        unit_id=unit if unit is not None and 0 < unit < 2**31 else None,
        level=request.args.get("level", "") if request.args.get("level") in LEVELS else "",
        account=request.args.get("account", "") if request.args.get("account") in ACCOUNTS else "",
        closed=request.args.get("closed") == "yes",
    )


def kept_filters() -> dict[str, Any]:
    """Return the filters of the address, for links that keep them."""
    return {name: request.args[name] for name in ("q", "unit", "level", "account", "closed") if request.args.get(name)}


def workbook(data: bytes, name: str) -> Response:
    """Return a workbook to be saved."""
    return Response(data, mimetype=WORKBOOK, headers={"Content-Disposition": f'attachment; filename="{name}"'})
