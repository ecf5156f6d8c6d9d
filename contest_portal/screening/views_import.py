"""Pages that bring a list in: upload, preview with the problems on their rows, confirm."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from flask import flash, g, redirect, render_template, request, url_for

from contest_portal.accounts.actor import Role
from contest_portal.accounts.guards import requires
from contest_portal.contests.models import Edition, Unit
from contest_portal.contests.queries import all_editions, get_edition, units_of
from contest_portal.core import clock
from contest_portal.core.attempts import attempt
from contest_portal.core.errors import NotAllowed, NotFound, PortalError, Unusable
from contest_portal.core.i18n import _
from contest_portal.core.web import refuse, render_form, settings
from contest_portal.registration.imports import Action, import_scope
from contest_portal.registration.models import ImportBatch
from contest_portal.screening import imports
from contest_portal.screening.blueprint import bp
from contest_portal.screening.forms_import import ConfirmForm, UploadForm
from contest_portal.screening.previewing import left_out, preview_rows


@bp.get("/import")
@requires("entry.import")
def import_index() -> Any:
    """Show the editions into which the actor may bring a list."""
    editions = [edition for edition in all_editions() if _may_import(edition)]
    return render_template("screening/import_index.html", editions=editions)


@bp.route("/import/<code>", methods=["GET", "POST"])
@requires("entry.import")
def import_upload(code: str) -> Any:
    """Take a workbook and lead to its preview."""
    edition = _edition(code)
    units = _units(edition)
    form = UploadForm()
    form.offer(units, settings().max_upload)
    staged: list[ImportBatch] = []

    def act() -> None:
        staged.append(_stage(edition, form, units))

    try:
        if attempt(form, act):
            return redirect(url_for("screening.import_preview", token=staged[0].token))
    except Unusable as error:
        form.add_error("file", error.message)
        refuse(error)
    return render_form("screening/import_upload.html", form, edition=edition, units=units)


@bp.route("/imports/<token>", methods=["GET", "POST"])
@requires("entry.import")
def import_preview(token: str) -> Any:
    """Show what a workbook would do, row by row; write it once it is confirmed."""
    batch = imports.get_batch(g.actor, token)
    if batch.confirmed_at is not None:
        return render_template("screening/import_done.html", batch=batch, outcome=batch.outcome)
    form = ConfirmForm()
    outcomes: list[dict[str, Any]] = []

    def act() -> None:
        partial = request.form.get("partial") == "yes"
        outcomes.append(imports.confirm(g.actor, batch, _folder(), partial=partial))

    try:
        if attempt(form, act) and outcomes[0]["written"]:
            flash(_("Đã nhập danh sách “%(file)s”.", file=batch.file_name), "success")
            return redirect(url_for("screening.import_preview", token=token))
        plan = imports.preview(g.actor, batch, _folder()).plan
    except imports.UploadGone as error:
        flash(str(error), "error")
        return redirect(url_for("screening.import_upload", code=batch.edition.code))
    return render_form(
        "screening/import_preview.html",
        form,
        batch=batch,
        plan=plan,
        rows=preview_rows(plan),
        left_out=left_out(plan),
        actions=Action,
    )


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
        _folder(),
        data=sent.stream.read(),
        file_name=sent.filename or "",
        unit=next((unit for unit in units if unit.code == form.unit.data), None),
        effective=form.effective.data or clock.today(),
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


def _folder() -> Path:
    return settings().uploads / "imports"
