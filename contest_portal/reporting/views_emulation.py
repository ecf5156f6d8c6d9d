"""The page of the emulation report: choose the period, read the sentences and figures, download the document."""

import io
from datetime import date
from typing import Any

from flask import g, render_template, request, send_file
from werkzeug.datastructures import MultiDict

from contest_portal.accounts.guards import requires
from contest_portal.core import clock
from contest_portal.core.errors import Invalid
from contest_portal.core.fields import DateField
from contest_portal.core.forms import PortalForm, apply_problems, required
from contest_portal.core.i18n import lazy
from contest_portal.core.web import refuse, render_form
from contest_portal.reporting.blueprint import bp
from contest_portal.reporting.emulation import EmulationReport, Period, compose, file_name
from contest_portal.reporting.emulation_document import write_document
from contest_portal.reporting.rules import editions_of

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


class PeriodForm(PortalForm):
    """Ask for the period of a report and the day of its figures."""

    class Meta(PortalForm.Meta):
        """Only read by GET: nothing is changed, so there is nothing to forge."""

        csrf = False

    begins = DateField(lazy("Từ ngày"), validators=[required()])
    ends = DateField(lazy("Đến ngày"), validators=[required()])
    as_of = DateField(
        lazy("Số liệu tính đến ngày"),
        description=lazy("Chỉ tính những gì đã xảy ra đến hết ngày này."),
        validators=[required()],
    )


@bp.get("/reports/emulation")
@requires("reports.see")
def emulation() -> Any:
    """Show the contests' part of the report as it would be written."""
    form, report = _asked()
    if report is None:
        return render_form("reporting/emulation.html", form, report=None)
    return render_template("reporting/emulation.html", form=form, report=report)


@bp.get("/reports/emulation.docx")
@requires("reports.see")
def emulation_document() -> Any:
    """Send the report as a document to finish in Word."""
    form, report = _asked()
    if report is None:
        return render_form("reporting/emulation.html", form, report=None)
    document = io.BytesIO()
    write_document(report, document)
    document.seek(0)
    response = send_file(document, DOCX, as_attachment=True, download_name=file_name(report.period))
    # Sent files may otherwise be kept for a year, as static ones are.
    response.headers["Cache-Control"] = "no-store"
    return response


def _asked() -> tuple[PeriodForm, EmulationReport | None]:
    """Return the form, and the report where the address names a sound period."""
    names = ("begins", "ends", "as_of")
    given = {name: request.args.get(name, "") for name in names if name in request.args}
    form = PeriodForm(formdata=MultiDict({**_usual(), **given}))
    if not form.validate():
        return form, None
    try:
        period = Period(_given(form, "begins"), _given(form, "ends"), _given(form, "as_of"))
    except Invalid as error:
        apply_problems(form, error)
        refuse(error)
        return form, None
    return form, compose(period, editions_of(g.actor))


def _given(form: PeriodForm, name: str) -> date:
    found: date = form[name].data
    return found


def _usual() -> dict[str, str]:
    """Return the half-year that lies behind or around today."""
    today = clock.today()
    first = today.month <= 6
    begins, ends = (
        (date(today.year, 1, 1), date(today.year, 6, 30))
        if first
        else (date(today.year, 7, 1), date(today.year, 12, 31))
    )
    return {"begins": f"{begins:%d/%m/%Y}", "ends": f"{ends:%d/%m/%Y}", "as_of": f"{today:%d/%m/%Y}"}
