"""Pages of figures: an edition as of a day, the rows behind each figure, the workbook to take away."""

import io
from datetime import date
from typing import Any

from flask import g, render_template, request, send_file, url_for
from werkzeug.datastructures import MultiDict

from contest_portal.accounts.guards import requires
from contest_portal.contests.models import Edition
from contest_portal.contests.services import rulebook_of
from contest_portal.core import clock
from contest_portal.core.errors import Invalid, NotFound
from contest_portal.core.filters import show_name
from contest_portal.core.paging import decode
from contest_portal.core.vietnamese import format_date
from contest_portal.core.web import render_form
from contest_portal.reporting import rows as figure_rows
from contest_portal.reporting import views_emulation  # its pages hang on the same blueprint
from contest_portal.reporting.blueprint import bp
from contest_portal.reporting.forms import FiguresForm
from contest_portal.reporting.rules import editions_of, reported_edition
from contest_portal.reporting.tallies import TALLIES, figures_of
from contest_portal.reporting.workbook import XLSX, file_name, write_summary

__all__ = ["bp", "views_emulation"]


@bp.get("/reports")
@requires("reports.see")
def index() -> Any:
    """Show an edition's figures as of a day, each with the way to its rows."""
    editions = editions_of(g.actor)
    if not editions:
        return render_template("reporting/none.html")
    code = request.args.get("edition", editions[0].code)
    edition = next((found for found in editions if found.code == code), None)
    if edition is None:
        raise NotFound
    form = _form(edition)
    form.edition.choices = [(found.code, show_name(found)) for found in editions]
    if not form.validate():
        return render_form("reporting/index.html", form, edition=edition, figures=None)
    return render_template(
        "reporting/index.html",
        form=form,
        edition=edition,
        rules=rulebook_of(edition),
        figures=figures_of(edition, form.day),
        tallies=TALLIES,
        rows_url=_rows_url(edition, form.day),
    )


@bp.get("/reports/<code>/rows")
@requires("reports.see")
def rows(code: str) -> Any:
    """List the entries, people or units that one figure counts."""
    edition = reported_edition(g.actor, code)
    day = _day(edition)
    asked = figure_rows.wanted(edition, request.args.get("tally", "entries"), day, request.args.get("group"))
    return render_template(
        "reporting/rows.html",
        asked=asked,
        group=figure_rows.group_name(asked),
        number=figure_rows.count_of(asked),
        page=figure_rows.page_of(asked, decode(request.args.get("cursor"))),
        back=url_for("reporting.index", edition=edition.code, as_of=format_date(day)),
    )


@bp.get("/reports/<code>/summary.xlsx")
@requires("reports.see")
def summary(code: str) -> Any:
    """Send the edition's summary workbook."""
    edition = reported_edition(g.actor, code)
    day = _day(edition)
    book = io.BytesIO()
    write_summary(edition, day, book)
    book.seek(0)
    response = send_file(book, XLSX, as_attachment=True, download_name=file_name(edition, day))
    # Static files may be kept for a year; children's names may not be kept at all.
    response.headers["Cache-Control"] = "no-store"
    return response


def _form(edition: Edition) -> FiguresForm:
    as_of = request.args.get("as_of", "") or format_date(clock.today())
    return FiguresForm(formdata=MultiDict({"edition": edition.code, "as_of": as_of}))


def _day(edition: Edition) -> date:
    """Return the day the address names, today without one; raises Invalid for what is no day."""
    form = _form(edition)
    if not form.validate():
        raise Invalid(form.as_of.errors[0])
    return form.day


def _rows_url(edition: Edition, day: date) -> Any:
    def address(tally: str, group: str | None = None) -> str:
        return url_for("reporting.rows", code=edition.code, tally=tally, as_of=format_date(day), group=group)

    return address
