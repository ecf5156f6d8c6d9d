"""Pages of a screener: the own sheets with the progress, and one sheet to fill in."""

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
from contest_portal.registration.models import Entry
from contest_portal.screening.blueprint import bp
from contest_portal.screening.round.forms_sheets import SheetForm, sheet_form
from contest_portal.screening.round.models import Screener, ScreeningSheet
from contest_portal.screening.round.opened import Opened, open_sheet, results_shown
from contest_portal.screening.round.sheet_queries import (
    STATE_WORDS,
    my_entries,
    my_entry,
    neighbours,
    next_unmarked,
    seats_of,
)
from contest_portal.screening.round.sheets import save_own


@bp.get("/sheets")
@requires("screening.score")
def sheets() -> Any:
    """Show where a screener marks, how far that has come, and the entries."""
    seats = seats_of(g.actor)
    chosen = request.args.get("seat") or (seats[0].screener.token if seats else None)
    seat = next((found for found in seats if found.screener.token == chosen), None)
    if seat is None and chosen is not None:
        raise NotFound
    cursor = paging.decode(request.args.get("cursor"))
    page = my_entries(seat.screener, cursor=cursor) if seat else None
    return render_template("screening/sheets.html", seats=seats, seat=seat, page=page, sheet_words=STATE_WORDS)


@bp.route("/sheets/<reference>", methods=["GET", "POST"])
@requires("screening.score")
def own_sheet(reference: str) -> Any:
    """Let a screener fill in a sheet: saved as often as needed, handed in once."""
    entry, seat = my_entry(g.actor, reference)
    opened = open_sheet(entry, seat)
    form = sheet_form(opened.lines)()
    if request.method == "GET":
        form.show(opened.sheet, opened.lines)
        return _show(form, opened)
    submit = request.form.get("act") == "submit"
    saved: list[ScreeningSheet] = []

    def act() -> None:
        saved.append(save_own(g.actor, entry, form.filled(opened.lines), submit=submit))

    attempt(form, act)
    if request.accept_mimetypes.best == "application/json":
        return _told(form, saved)
    return _next(entry, seat, submit=submit) if saved else _show(form, opened)


def _next(entry: Entry, seat: Screener, *, submit: bool) -> Any:
    if not submit:
        flash(_("Đã lưu lúc %(time)s.", time=show_time(clock.now())), "success")
        return redirect(url_for("screening.own_sheet", reference=entry.reference))
    flash(_("Đã nộp phiếu chấm hồ sơ %(reference)s.", reference=entry.reference), "success")
    following = next_unmarked(seat, entry.reference)
    if following is None:
        return redirect(url_for("screening.sheets", seat=seat.token))
    return redirect(url_for("screening.own_sheet", reference=following))


def _show(form: SheetForm, opened: Opened) -> Any:
    other = None
    if form.is_submitted():
        # What is stored may be newer than what this screener began from: both are shown, nothing is lost.
        opened = open_sheet(opened.entry, opened.seat)
        if form.version.data != opened.version:
            other = opened
            form.accept_version(opened.version)
    before, after = neighbours(opened.seat, opened.entry.reference)
    return render_form(
        "screening/sheet.html",
        form,
        opened=opened,
        entry=opened.entry,
        other=other,
        before=url_for("screening.own_sheet", reference=before) if before else None,
        after=url_for("screening.own_sheet", reference=after) if after else None,
        back=url_for("screening.sheets", seat=opened.seat.token),
        others=results_shown(opened),
        own=True,
    )


def _told(form: SheetForm, saved: list[ScreeningSheet]) -> Any:
    """Answer the page's own script."""
    if saved:
        sheet = saved[0]
        return jsonify(version=sheet.version, total=format_decimal(sheet.total), saved_at=show_time(clock.now()))
    if g.get("form_expired"):
        return jsonify(message=str(Expired.default)), Expired.code
    problems = [{"message": str(p.message), "anchor": p.anchor} for p in form.problem_list()]
    return jsonify(message=" ".join(p["message"] or "" for p in problems), problems=problems), g.get("form_code", 422)
