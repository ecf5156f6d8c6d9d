"""Pages that bring a list in: upload, preview with the problems on their rows, confirm."""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from flask import flash, g, redirect, render_template, request, url_for

from contest_portal.accounts.actor import Role
from contest_portal.accounts.guards import requires
from contest_portal.contests.models import Edition, Unit
from contest_portal.contests.queries import all_editions, get_edition, units_of
from contest_portal.core import clock, jobs
from contest_portal.core.attempts import attempt
from contest_portal.core.errors import Expired, NotAllowed, NotFound, PortalError, Unusable
from contest_portal.core.i18n import _
from contest_portal.core.vietnamese import parse_date
from contest_portal.core.web import refuse, render_form, settings
from contest_portal.registration.imports import Action, import_scope
from contest_portal.registration.models import ImportBatch
from contest_portal.screening import imports
from contest_portal.screening.blueprint import bp
from contest_portal.screening.forms_import import ConfirmForm, UploadForm
from contest_portal.screening.imports import working
from contest_portal.screening.previewing import problem_text, row_tag, shown_rows

# What a step of the wizard is called in addresses; the preview itself is the list's own.
STEPS = {"letters": "screening.import_letters", "columns": "screening.import_columns"}


@bp.get("/import")
@requires("entry.import")
def import_index() -> Any:
    """Show the editions into which the actor may bring a list."""
    editions = [edition for edition in all_editions() if _may_import(edition)]
    return render_template("screening/import_index.html", editions=editions)


@bp.route("/import/<code>", methods=["GET", "POST"])
@requires("entry.import")
def import_upload(code: str) -> Any:
    """Take a list and lead to what comes next: a question about it, its preview, or the wait for it."""
    edition = _edition(code)
    units, own = _units(edition), import_scope(g.actor, edition).schools is not None
    form = UploadForm(**_given())
    form.offer(units, settings().max_upload, own=own)
    staged: list[ImportBatch] = []

    def act() -> None:
        staged.append(_stage(edition, form, units))

    try:
        if attempt(form, act):
            return onward(staged[0])
    except Unusable as error:
        form.add_error("file", error.message)
        refuse(error)
    return render_form("screening/import_upload.html", form, edition=edition, units=units, own=own)


@bp.route("/imports/<token>", methods=["GET", "POST"])
@requires("entry.import")
def import_preview(token: str) -> Any:
    """Show what a list would do, row by row; write it once it is confirmed."""
    batch = imports.get_batch(g.actor, token)
    if batch.confirmed_at is not None:
        return _done(batch)
    form = ConfirmForm()
    partial = request.form.get("partial") == "yes"
    try:
        if imports.is_large(batch) and form.validate_on_submit():
            return wait_for(batch, "import.confirm", partial=partial)
        outcomes: list[dict[str, Any]] = []
        if attempt(form, lambda: outcomes.append(imports.confirm(g.actor, batch, folder(), partial=partial))):
            if outcomes[0]["written"]:
                flash(_("Đã nhập danh sách “%(file)s”.", file=batch.file_name), "success")
                return redirect(url_for("screening.import_preview", token=token))
            flash(_("Danh sách hoặc hồ sơ đã thay đổi từ lúc xem trước. Chưa có gì được ghi; hãy xem lại."), "error")
        found = imports.examined(g.actor, batch, folder())
    except imports.UploadGone as error:
        return gone(batch, error)
    if found is None or found.step != "preview":
        require_good_token()
        return onward(batch, found)
    return _preview(batch, form, found)


def _preview(batch: ImportBatch, form: ConfirmForm, found: imports.Examination) -> Any:
    return render_form(
        "screening/import_preview.html",
        form,
        batch=batch,
        found=found,
        shown=shown_rows(found.rows, found.counts, request.args),
        large=imports.is_large(batch),
        actions=Action,
        problem_text=problem_text,
        row_tag=row_tag,
    )


def _done(batch: ImportBatch) -> Any:
    own = batch.outcome["created"] + batch.outcome["updated"] and g.actor.school_ids
    return render_template(
        "screening/import_done.html",
        batch=batch,
        outcome=batch.outcome,
        own=bool(own) and not g.actor.has(Role.ORGANISER, Role.COORDINATOR),
        markable=batch.discarded_at is None,
    )


def onward(batch: ImportBatch, found: imports.Examination | None = None) -> Any:
    """Lead to what a list needs next: to be read, a question answered, or its preview looked at."""
    found = found or imports.examined(g.actor, batch, folder())
    if found is None:
        return wait_for(batch, "import.read")
    return redirect(url_for(STEPS.get(found.step, "screening.import_preview"), token=batch.token))


def wait_for(batch: ImportBatch, kind: str, **values: Any) -> Any:
    """Lead to the page of the job that works on a long list, begun now unless it is under way."""
    token = batch.job_token
    if token is None or not jobs.is_active(g.actor.user_id, token, kind):
        token = working.begin(
            g.actor,
            batch,
            kind,
            {"folder": str(folder()), **values},
            leads_to=url_for("screening.import_preview", token=batch.token),
            leads_back=_upload_address(batch),
        )
    return redirect(url_for("pages.job", token=token))


def gone(batch: ImportBatch, error: imports.UploadGone) -> Any:
    """Lead back to the upload, which keeps what was chosen with the file that is gone."""
    flash(str(error), "error")
    return redirect(_upload_address(batch))


def require_good_token() -> None:
    """Raise Expired where there is no form to come back to with what was typed."""
    if g.get("form_expired"):
        raise Expired


def folder() -> Path:
    """Return where uploaded lists are kept."""
    return settings().uploads / "imports"


def _upload_address(batch: ImportBatch) -> str:
    chosen: dict[str, Any] = {"effective": batch.effective.isoformat(), "unit": batch.unit.code if batch.unit else None}
    return url_for("screening.import_upload", code=batch.edition.code, **chosen)


def _edition(code: str) -> Edition:
    """Return an edition the actor may import into; one of others is answered as one that does not exist."""
    edition = get_edition(code)
    try:
        import_scope(g.actor, edition)
    except NotAllowed:
        raise NotFound from None
    return edition


def _stage(edition: Edition, form: UploadForm, units: Sequence[Unit]) -> ImportBatch:
    sent = form.file.data
    return imports.stage(
        g.actor,
        edition,
        folder(),
        data=sent.stream.read(),
        file_name=sent.filename or "",
        unit=next((unit for unit in units if unit.code == form.unit.data), None),
        effective=(form.effective.data if "effective" in form else None) or clock.today(),
    )


def _units(edition: Edition) -> list[Unit]:
    """Return the units the actor may choose: all, the coordinator's own, or none for a school."""
    scope = import_scope(g.actor, edition)
    if scope.schools is not None:
        return []
    return [unit for unit in units_of(edition.id) if scope.units is None or unit.id in scope.units]


def _may_import(edition: Edition) -> bool:
    if g.actor.holds(Role.ORGANISER, edition_id=edition.id):
        return True
    try:
        import_scope(g.actor, edition)
    except PortalError:
        return False
    return True


def _given() -> dict[str, Any]:
    """Return what an address that leads back here remembers of the last upload."""
    given: dict[str, Any] = {"unit": request.args.get("unit")}
    with suppress(ValueError):
        given["effective"] = parse_date(request.args.get("effective"))
    return {name: value for name, value in given.items() if value}
