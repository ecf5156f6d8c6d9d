"""Pages between the upload of a list and its preview: its letters, its columns; and the list with its problems marked."""

from typing import Any

from flask import Response, flash, g, redirect, url_for
from werkzeug.utils import secure_filename

from contest_portal.accounts.guards import requires
from contest_portal.core.attempts import attempt
from contest_portal.core.errors import NotFound, Unusable
from contest_portal.core.i18n import _
from contest_portal.core.vietnamese import fold
from contest_portal.core.web import render_form
from contest_portal.registration.columns import LABELS, Kind
from contest_portal.registration.models import ImportBatch
from contest_portal.screening import imports
from contest_portal.screening.blueprint import bp
from contest_portal.screening.forms_import import LettersForm, columns_form
from contest_portal.screening.views_import import folder, gone, onward, require_good_token, wait_for

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.route("/imports/<token>/letters", methods=["GET", "POST"])
@requires("entry.import")
def import_letters(token: str) -> Any:
    """Show what a list typed before Unicode would become, and ask whether that reads right."""
    batch = _open_batch(token)
    try:
        found = imports.examined(g.actor, batch, folder())
    except imports.UploadGone as error:
        return gone(batch, error)
    if found is None or found.step != "letters":
        require_good_token()
        return onward(batch, found)
    form = LettersForm()

    if attempt(form, lambda: imports.choose_letters(batch, folder(), form.convert.data)):
        return onward(batch)
    return render_form("screening/import_letters.html", form, batch=batch, found=found)


@bp.route("/imports/<token>/columns", methods=["GET", "POST"])
@requires("entry.import")
def import_columns(token: str) -> Any:
    """Ask what the columns mean that the portal does not know; the answers are remembered."""
    batch = _open_batch(token)
    try:
        found = imports.examined(g.actor, batch, folder())
    except imports.UploadGone as error:
        return gone(batch, error)
    if found is None or found.step != "columns":
        require_good_token()
        return onward(batch, found)
    form = columns_form(found.questions, imports.chosen(batch).columns)

    def act() -> None:
        said = {question["key"]: form[f"column_{number}"].data or "" for number, question in enumerate(found.questions)}
        imports.choose_columns(g.actor, batch, folder(), said)

    if attempt(form, act):
        return onward(batch)
    return render_form(
        "screening/import_columns.html",
        form,
        batch=batch,
        found=found,
        missing=[LABELS[Kind(kind)] for kind in found.missing],
        labels={kind.value: words for kind, words in LABELS.items()},
    )


@bp.post("/imports/<token>/columns/forget")
@requires("entry.import")
def import_forget(token: str) -> Any:
    """Forget what was said of columns in this edition, and ask again."""
    batch = _open_batch(token)
    require_good_token()
    imports.forget_columns(g.actor, batch, folder())
    flash(_("Đã quên cách hiểu các cột. Hãy cho biết lại nếu được hỏi."), "success")
    return redirect(url_for("screening.import_preview", token=token))


@bp.post("/imports/<token>/mark")
@requires("entry.import")
def import_mark(token: str) -> Any:
    """Prepare the marked workbook of a long list in the background."""
    batch = imports.get_batch(g.actor, token)
    require_good_token()
    return wait_for(batch, "import.mark")


@bp.get("/imports/<token>/marked.xlsx")
@requires("entry.import")
def import_marked(token: str) -> Any:
    """Hand out the uploaded list with its problems marked in it."""
    batch = imports.get_batch(g.actor, token)
    if imports.is_large(batch) and batch.marked_name is None:
        raise NotFound
    try:
        data = imports.marked(g.actor, batch, folder())
    except imports.UploadGone as error:
        return gone(batch, error)
    except Unusable as error:
        flash(error.message, "error")
        return redirect(url_for("screening.import_preview", token=token))
    response = Response(data, mimetype=XLSX)
    response.headers["Content-Disposition"] = f'attachment; filename="{_marked_name(batch)}"'
    return response


def _marked_name(batch: ImportBatch) -> str:
    """Return a safe name that still tells which list this was."""
    stem = secure_filename(fold(batch.file_name.rpartition(".")[0] or batch.file_name))[:80] or "danh_sach"
    return f"{stem}-can-sua.xlsx"


def _open_batch(token: str) -> ImportBatch:
    """Return the actor's own list that is not confirmed yet; raises NotFound."""
    batch = imports.get_batch(g.actor, token)
    if batch.confirmed_at is not None:
        raise NotFound
    return batch
