"""Pages of a judge: the own sheets, and one sheet to fill in."""

from typing import Any

from flask import flash, g, jsonify, redirect, render_template, request, url_for

from contest_portal.accounts.guards import requires
from contest_portal.core import clock, paging
from contest_portal.core.attempts import attempt
from contest_portal.core.errors import Expired, NotFound
from contest_portal.core.filters import show_time
from contest_portal.core.i18n import _
from contest_portal.core.vietnamese import format_decimal
from contest_portal.core.web import render_form
from contest_portal.judging import queries_judge, services
from contest_portal.judging.blueprint import bp
from contest_portal.judging.forms import SheetForm, sheet_form
from contest_portal.judging.queries_judge import OpenSheet


@bp.get("/")
@requires("sheet.score")
def index() -> Any:
    """Show a judge's panels with the own progress, and the own sheets."""
    panels = queries_judge.my_panels(g.actor)
    panel_id = request.args.get("panel", type=int)
    if panel_id is not None and panel_id not in {panel.id for panel in panels}:
        raise NotFound
    cursor = paging.decode(request.args.get("cursor"))
    page = queries_judge.my_sheets(g.actor, panel_id=panel_id, cursor=cursor)
    return render_template("judging/index.html", panels=panels, page=page, panel_id=panel_id)


@bp.route("/<token>", methods=["GET", "POST"])
@requires("sheet.score")
def sheet(token: str) -> Any:
    """Let a judge fill in a sheet: saved as a draft as often as needed, handed in once."""
    opened = queries_judge.open_sheet(g.actor, token)
    form = sheet_form(opened.lines)()
    if request.method == "GET":
        form.show(opened.sheet, opened.lines, opened.points)
        return _show(form, opened)
    submit = request.form.get("act") == "submit"
    done = attempt(form, lambda: services.save_sheet(g.actor, opened, form.marks(opened.lines), submit=submit))
    if _by_script():
        return _answer(form, opened, done=done)
    if not done:
        return _show(form, opened)
    return _saved(opened, submit=submit)


def _saved(opened: OpenSheet, *, submit: bool) -> Any:
    if not submit:
        flash(_("Đã lưu nháp lúc %(time)s.", time=show_time(clock.now())), "success")
        return redirect(url_for("judging.sheet", token=opened.sheet.token))
    flash(_("Đã nộp phiếu số %(number)s.", number=opened.sheet.number), "success")
    following = queries_judge.next_sheet(g.actor, opened.sheet)
    if following is None:
        return redirect(url_for("judging.index"))
    return redirect(url_for("judging.sheet", token=following))


def _show(form: SheetForm, opened: OpenSheet) -> Any:
    other = None
    if form.is_submitted():
        # What is stored may be newer than what this judge began from: both are shown, nothing is lost.
        opened = queries_judge.open_sheet(g.actor, opened.sheet.token)
        if form.version.data != opened.sheet.version:
            other = opened
            form.accept_version(opened.sheet.version)
    subject = queries_judge.subject_of(opened.sheet)
    return render_form("judging/sheet.html", form, opened=opened, subject=subject, other=other)


def _by_script() -> bool:
    return request.accept_mimetypes.best == "application/json"


def _answer(form: SheetForm, opened: OpenSheet, *, done: bool) -> Any:
    if done:
        sheet = opened.sheet
        total = format_decimal(sheet.total)
        return jsonify(version=sheet.version, status=sheet.status, total=total, saved_at=show_time(clock.now()))
    if g.get("form_expired"):
        return jsonify(message=str(Expired.default)), Expired.code
    problems = [{"message": str(p.message), "anchor": p.anchor} for p in form.problem_list()]
    return jsonify(message=" ".join(p["message"] or "" for p in problems), problems=problems), g.get("form_code", 422)


# Imported for its pages; the blueprint is complete once they are.
from contest_portal.judging import setup_points, views_panels  # noqa: E402

__all__ = ["bp", "setup_points", "views_panels"]
