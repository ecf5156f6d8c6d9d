"""Pages of a unit's papers: minutes, the summary table, the scans that were signed."""

from io import BytesIO
from pathlib import Path
from typing import Any, Final

from flask import Response, flash, g, redirect, render_template, request, send_file, url_for

from contest_portal.accounts.guards import requires
from contest_portal.contests.models import Edition, EditionUnit
from contest_portal.contests.queries import get_edition_unit
from contest_portal.core.attempts import attempt
from contest_portal.core.errors import Conflict, NotFound
from contest_portal.core.i18n import _
from contest_portal.core.papers.pdf import write_pdf
from contest_portal.core.papers.word import write_docx
from contest_portal.core.web import render_form, settings, takes_documents
from contest_portal.registration.documents.sending import closed, send_stored
from contest_portal.screening.blueprint import bp
from contest_portal.screening.minutes import queries, services
from contest_portal.screening.minutes.forms import WORDS, IssueForm, MinutesForm, SignedForm
from contest_portal.screening.minutes.models import UnitMinutes
from contest_portal.screening.minutes.summary import write_summary
from contest_portal.screening.queries import edition_of, get_unit, screened_edition
from contest_portal.screening.round.queries import round_of, screeners_of
from contest_portal.screening.rules import check_acts_for_unit, may_act_for_unit

DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.get("/<code>/<unit_code>/papers")
@requires("screening.see")
def papers(code: str, unit_code: str) -> Any:
    """Show a unit's minutes, its summary table and its signed scans, and what comes next."""
    edition, edition_unit = _load(code, unit_code)
    found = queries.minutes_of(edition.id, edition_unit.unit_id)
    return render_template(
        "screening/papers.html",
        edition=edition,
        unit=edition_unit.unit,
        minutes=found,
        signed=queries.signed_of(edition.id, edition_unit.unit_id),
        holds={m.id: services.still_holds(edition, edition_unit, m) for m in found[:1] if m.issued_at},
        kinds=WORDS,
        may_act=may_act_for_unit(g.actor, edition.id, edition_unit.unit_id),
    )


@bp.route("/<code>/<unit_code>/minutes/new", methods=["GET", "POST"])
@requires("screening.do")
def new_minutes(code: str, unit_code: str) -> Any:
    """Begin minutes, with what stood in the last ones."""
    edition, edition_unit = _load(code, unit_code)
    check_acts_for_unit(g.actor, edition.id, edition_unit.unit_id)
    form, made = MinutesForm(), []
    if request.method == "GET":
        board = screeners_of(edition.id, edition_unit.unit_id)
        place = round_of(edition.id, edition_unit.unit_id).place
        form.show(services.usual_details(edition_unit, list(board), place))

    def act() -> None:
        made.append(services.begin_minutes(g.actor, edition, edition_unit, form.details(), once_token=form.once.data))

    if attempt(form, act):
        return redirect(url_for("screening.minutes", token=made[0].token))
    return render_form(
        "screening/minutes_form.html", form, edition=edition, unit=edition_unit.unit, minutes=None, other=None
    )


@bp.route("/minutes/<token>/edit", methods=["GET", "POST"])
@requires("screening.do")
def edit_minutes(token: str) -> Any:
    """Change a draft."""
    edition, edition_unit, minutes = _load_minutes(token)
    check_acts_for_unit(g.actor, edition.id, edition_unit.unit_id)
    if minutes.issued_at is not None:
        raise Conflict(_("Biên bản đã ban hành thì không sửa được nữa; hãy lập biên bản mới."))
    form = MinutesForm()
    if request.method == "GET":
        form.show(minutes)
    seen = form.version.data or 0
    if attempt(form, lambda: services.change_minutes(g.actor, minutes, form.details(), version=seen)):
        flash(_("Đã lưu biên bản."), "success")
        return redirect(url_for("screening.minutes", token=token))
    stored = queries.get_minutes_of_token(token)
    other = stored if form.is_submitted() and stored.version != seen else None
    if other is not None:
        form.version.data, form.version.raw_data = other.version, None
    return render_form(
        "screening/minutes_form.html", form, edition=edition, unit=edition_unit.unit, minutes=minutes, other=other
    )


@bp.get("/minutes/<token>")
@requires("screening.see")
def minutes(token: str) -> Any:
    """Show minutes as they will be printed, and what can be done with them."""
    edition, edition_unit, found = _load_minutes(token)
    return render_template(
        "screening/minutes.html",
        edition=edition,
        unit=edition_unit.unit,
        minutes=found,
        paper=services.paper_of(edition, edition_unit, found),
        holds=found.issued_at is None or services.still_holds(edition, edition_unit, found),
        may_act=may_act_for_unit(g.actor, edition.id, edition_unit.unit_id),
    )


@bp.route("/minutes/<token>/issue", methods=["GET", "POST"])
@requires("screening.do")
def issue_minutes(token: str) -> Any:
    """Ask once more, then freeze the minutes."""
    edition, edition_unit, found = _load_minutes(token)
    check_acts_for_unit(g.actor, edition.id, edition_unit.unit_id)
    form = IssueForm()
    if attempt(form, lambda: services.issue_minutes(g.actor, edition, edition_unit, found)):
        flash(_("Đã ban hành biên bản. Hãy in, ký rồi tải bản quét lên."), "success")
        return redirect(url_for("screening.minutes", token=token))
    return render_form("screening/minutes_issue.html", form, edition=edition, unit=edition_unit.unit, minutes=found)


@bp.post("/minutes/<token>/discard")
@requires("screening.do")
def discard_minutes(token: str) -> Any:
    """Take a draft away."""
    edition, edition_unit, found = _load_minutes(token)
    services.discard_draft(g.actor, edition, edition_unit, found)
    flash(_("Đã bỏ bản nháp biên bản."), "success")
    return redirect(_papers_address(edition, edition_unit))


@bp.get("/minutes/<token>.docx")
@requires("screening.see")
def minutes_docx(token: str) -> Response:
    """Give the minutes as a Word document."""
    edition, edition_unit, found = _load_minutes(token)
    stream = BytesIO()
    write_docx(services.paper_of(edition, edition_unit, found), stream)
    return _download(stream.getvalue(), DOCX, _name(edition_unit, found, "docx"))


@bp.get("/minutes/<token>.pdf")
@requires("screening.see")
def minutes_pdf(token: str) -> Response:
    """Give the minutes as PDF."""
    edition, edition_unit, found = _load_minutes(token)
    made = write_pdf(services.paper_of(edition, edition_unit, found))
    return _download(made, "application/pdf", _name(edition_unit, found, "pdf"))


@bp.get("/<code>/<unit_code>/summary.xlsx")
@requires("screening.see")
def summary(code: str, unit_code: str) -> Response:
    """Give the unit's summary table as a workbook."""
    edition, edition_unit = _load(code, unit_code)
    return _download(write_summary(edition, edition_unit), XLSX, f"tong-hop-{edition.code}-{unit_code}.xlsx")


@bp.route("/<code>/<unit_code>/papers/signed", methods=["GET", "POST"])
@requires("screening.do")
@takes_documents
def keep_signed(code: str, unit_code: str) -> Any:
    """Bring a signed paper back."""
    edition, edition_unit = _load(code, unit_code)
    check_acts_for_unit(g.actor, edition.id, edition_unit.unit_id)
    issued = [m for m in queries.minutes_of(edition.id, edition_unit.unit_id) if m.issued_at]
    form = SignedForm()
    form.offer(issued)
    if request.method == "GET":
        form.kind.data = request.args.get("kind")

    def act() -> None:
        services.keep_signed(
            g.actor,
            edition,
            edition_unit,
            _folder(),
            form.file.data.stream,
            kind=form.kind.data,
            name=form.file.data.filename or "",
            minutes=form.of(issued),
            once_token=form.once.data,
        )

    if attempt(form, act):
        flash(_("Đã nhận bản quét có chữ ký."), "success")
        return redirect(_papers_address(edition, edition_unit))
    return render_form("screening/signed_form.html", form, edition=edition, unit=edition_unit.unit)


@bp.get("/papers/<token>")
@requires("screening.see")
def signed_paper(token: str) -> Response:
    """Hand a scan to those who may see the unit."""
    paper = queries.get_signed(g.actor, token)
    return send_stored(_folder(), paper.file, paper.original_name)


@bp.post("/papers/<token>/remove")
@requires("screening.do")
def remove_signed(token: str) -> Any:
    """Take a wrong scan out of the list."""
    paper = queries.get_signed(g.actor, token)
    edition_unit = get_edition_unit(paper.edition_id, paper.unit_id)
    edition = _edition_of(edition_unit)
    services.remove_signed(g.actor, edition, edition_unit, paper)
    flash(_("Đã bỏ bản quét khỏi danh sách."), "success")
    return redirect(_papers_address(edition, edition_unit))


def _load(code: str, unit_code: str) -> tuple[Edition, EditionUnit]:
    edition = screened_edition(code)
    return edition, get_unit(g.actor, edition, unit_code)


def _load_minutes(token: str) -> tuple[Edition, EditionUnit, UnitMinutes]:
    found = queries.get_minutes(g.actor, token)
    edition_unit = get_edition_unit(found.edition_id, found.unit_id)
    return _edition_of(edition_unit), edition_unit, found


def _edition_of(edition_unit: EditionUnit) -> Edition:
    edition = edition_of(edition_unit)
    if edition is None:
        raise NotFound
    return edition


def _papers_address(edition: Edition, edition_unit: EditionUnit) -> str:
    return url_for("screening.papers", code=edition.code, unit_code=edition_unit.unit.code)


def _folder() -> Path:
    return settings().uploads / "documents"


def _name(edition_unit: EditionUnit, found: UnitMinutes, ending: str) -> str:
    return f"bien-ban-{edition_unit.unit.code}-{found.held_on:%d-%m-%Y}.{ending}"


def _download(data: bytes, kind: str, name: str) -> Response:
    return closed(send_file(BytesIO(data), mimetype=kind, as_attachment=True, download_name=name))
