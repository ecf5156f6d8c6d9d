"""Pages of a coordinator: who has marked what, paper sheets typed in, sheets opened again, entries closed early."""

from io import BytesIO
from typing import Any, Final

from flask import Response, flash, g, redirect, render_template, request, send_file, url_for

from contest_portal.accounts.guards import requires
from contest_portal.contests.models import Edition, EditionUnit
from contest_portal.core import clock, paging
from contest_portal.core.attempts import attempt
from contest_portal.core.errors import NotFound
from contest_portal.core.filters import show_time
from contest_portal.core.i18n import _
from contest_portal.core.vietnamese import format_decimal
from contest_portal.core.web import render_form
from contest_portal.registration.models import Entry
from contest_portal.screening.blueprint import bp
from contest_portal.screening.queries import get_unit_entry
from contest_portal.screening.round import sheets
from contest_portal.screening.round.blank import blank_sheets
from contest_portal.screening.round.criteria import SHEETS
from contest_portal.screening.round.forms_sheets import (
    CloseForm,
    ReopenSheetForm,
    SheetForm,
    cell_name,
    pile_form,
    sheet_form,
)
from contest_portal.screening.round.models import Screener, ScreeningSheet
from contest_portal.screening.round.opened import Opened, entry_in_unit, open_sheet
from contest_portal.screening.round.queries import criteria_for, find_screener, get_screener, round_of, screeners_of
from contest_portal.screening.round.settling import standing_of
from contest_portal.screening.round.sheet_queries import (
    STATE_WORDS,
    count_marked,
    entries_to_type,
    entry_neighbours,
    grid,
    progress_by_screener,
    sheets_on,
)
from contest_portal.screening.round.views import load_to_act, load_unit, may_change, round_address
from contest_portal.screening.rules import check_acts_for_unit

ROWS_AT_ONCE: Final = 20


@bp.get("/<code>/<unit_code>/sheets")
@requires("screening.see")
def marking(code: str, unit_code: str) -> Any:
    """Show the unit's entries beside its screeners: what was handed in, and what is missing."""
    edition, edition_unit = load_unit(code, unit_code)
    board = screeners_of(edition.id, edition_unit.unit_id, marking=True)
    return render_template(
        "screening/marking.html",
        edition=edition,
        unit=edition_unit.unit,
        board=board,
        by_sheets=round_of(edition.id, edition_unit.unit_id).marking == SHEETS,
        page=grid(edition_unit, cursor=paging.decode(request.args.get("cursor"))),
        done=progress_by_screener(edition_unit),
        total=count_marked(edition_unit),
        sheet_words=STATE_WORDS,
        may_act=may_change(edition, edition_unit),
    )


@bp.route("/<code>/<unit_code>/sheets/<seat>", methods=["GET", "POST"])
@requires("screening.do")
def type_sheets(code: str, unit_code: str, seat: str) -> Any:
    """Type in the paper sheets of one member, a row an entry."""
    edition, edition_unit = load_to_act(code, unit_code)
    screener = _paper_screener(edition, edition_unit, seat)
    page = entries_to_type(edition_unit, cursor=paging.decode(request.args.get("cursor")), size=ROWS_AT_ONCE)
    lines = criteria_for(edition, edition_unit.unit_id)
    stored = sheets_on([entry.id for entry in page.items], screener.id)
    open_rows = [entry for entry in page.items if not _handed_in(stored.get(entry.id))]
    form = pile_form(open_rows, lines)
    if not form.is_submitted():
        form.show(open_rows, stored, lines)
    saved: list[tuple[int, int]] = []

    def act() -> None:
        rows = form.rows(open_rows, stored, lines)
        key = (edition.id, edition_unit.unit_id, screener.token)
        saved.append(sheets.type_in_many(g.actor, *key, rows))

    if attempt(form, act):
        flash(
            _("Đã nộp %(whole)s phiếu, lưu %(begun)s phiếu còn thiếu điểm.", whole=saved[0][0], begun=saved[0][1]),
            "success",
        )
        return redirect(request.full_path.rstrip("?"))
    return render_form(
        "screening/type_sheets.html",
        form,
        edition=edition,
        unit=edition_unit.unit,
        screener=screener,
        page=page,
        lines=lines,
        stored=stored,
        cell_name=cell_name,
        open_rows={entry.id for entry in open_rows},
    )


@bp.route("/<code>/<unit_code>/sheets/<seat>/<reference>", methods=["GET", "POST"])
@requires("screening.do")
def unit_sheet(code: str, unit_code: str, seat: str, reference: str) -> Any:
    """Show one sheet; of a member without an account, let it be typed in from paper."""
    edition, edition_unit = load_to_act(code, unit_code)
    opened = _open(edition, edition_unit, seat, reference)
    form = sheet_form(opened.lines)()
    if request.method == "GET":
        form.show(opened.sheet, opened.lines)
        return _show(form, opened, edition, edition_unit)
    submit, entry = request.form.get("act") == "submit", opened.entry
    if attempt(form, lambda: sheets.type_in(g.actor, entry, seat, form.filled(opened.lines), submit=submit)):
        words = _("Đã nộp phiếu của %(name)s.", name=opened.seat.full_name)
        flash(words if submit else _("Đã lưu lúc %(time)s.", time=show_time(clock.now())), "success")
        return redirect(request.path)
    return _show(form, opened, edition, edition_unit)


@bp.route("/<code>/<unit_code>/sheets/<seat>/<reference>/reopen", methods=["GET", "POST"])
@requires("screening.do")
def reopen_unit_sheet(code: str, unit_code: str, seat: str, reference: str) -> Any:
    """Ask why, then let a sheet that was handed in be changed."""
    edition, edition_unit = load_to_act(code, unit_code)
    opened = _open(edition, edition_unit, seat, reference)
    form = ReopenSheetForm()
    if attempt(form, lambda: sheets.reopen(g.actor, opened.entry, seat, form.reason.data)):
        flash(_("Đã mở lại phiếu của %(name)s.", name=opened.seat.full_name), "success")
        return redirect(round_address(edition, edition_unit, "marking"))
    return render_form(
        "screening/reopen_sheet.html", form, edition=edition, unit=edition_unit.unit, opened=opened, entry=opened.entry
    )


@bp.get("/<code>/<unit_code>/sheets/<seat>/blank.pdf")
@requires("screening.do")
def blank_sheets_pdf(code: str, unit_code: str, seat: str) -> Response:
    """Give one member's sheets to print and fill in by hand."""
    edition, edition_unit = load_to_act(code, unit_code)
    screener = get_screener(edition.id, edition_unit.unit_id, seat)
    made = blank_sheets(edition, edition_unit, screener)
    name = f"phieu-cham-{edition.code}-{unit_code}.pdf"
    return send_file(BytesIO(made), mimetype="application/pdf", as_attachment=True, download_name=name)


@bp.route("/entries/<reference>/close", methods=["GET", "POST"])
@requires("screening.do")
def close_entry(reference: str) -> Any:
    """Ask why, then score an entry from the sheets there are."""
    entry = get_unit_entry(g.actor, reference)
    check_acts_for_unit(g.actor, entry.edition_id, entry.unit_id or 0)
    form, scores = CloseForm(), []
    if attempt(form, lambda: scores.append(sheets.close_with_fewer(g.actor, entry, form.reason.data))):
        flash(
            _("Đã chốt điểm hồ sơ %(reference)s: %(score)s.", reference=reference, score=format_decimal(scores[0])),
            "success",
        )
        return redirect(_marking_address(entry))
    return render_form(
        "screening/close_entry.html", form, entry=entry, standing=standing_of(entry), back=_marking_address(entry)
    )


def _open(edition: Edition, edition_unit: EditionUnit, seat: str, reference: str) -> Opened:
    screener = find_screener(edition.id, edition_unit.unit_id, seat)
    if screener is None or not screener.marks:
        raise NotFound
    return open_sheet(entry_in_unit(edition_unit, reference), screener)


def _paper_screener(edition: Edition, edition_unit: EditionUnit, seat: str) -> Screener:
    screener = get_screener(edition.id, edition_unit.unit_id, seat)
    if not screener.marks:
        raise NotFound
    return screener


def _handed_in(sheet: ScreeningSheet | None) -> bool:
    return sheet is not None and sheet.submitted_at is not None


def _show(form: SheetForm, opened: Opened, edition: Edition, edition_unit: EditionUnit) -> Any:
    other = None
    if form.is_submitted():
        opened = open_sheet(opened.entry, opened.seat)
        if form.version.data != opened.version:
            other = opened
            form.accept_version(opened.version)
    at: dict[str, Any] = {"code": edition.code, "unit_code": edition_unit.unit.code, "seat": opened.seat.token}
    before, after = entry_neighbours(edition_unit, opened.entry.reference)
    return render_form(
        "screening/unit_sheet.html",
        form,
        opened=opened,
        entry=opened.entry,
        other=other,
        edition=edition,
        unit=edition_unit.unit,
        before=url_for("screening.unit_sheet", reference=before, **at) if before else None,
        after=url_for("screening.unit_sheet", reference=after, **at) if after else None,
        typing=opened.seat.user_id is None and opened.seat.ended_at is None,
        may_act=may_change(edition, edition_unit),
    )


def _marking_address(entry: Entry) -> str:
    unit_code = entry.unit.code if entry.unit else ""
    return url_for("screening.marking", code=entry.edition.code, unit_code=unit_code)
