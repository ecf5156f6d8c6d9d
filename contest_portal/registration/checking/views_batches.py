"""Pages on which many entries are decided on at once: chosen, shown with their references, confirmed."""

from typing import Any

from flask import flash, g, redirect, render_template, request, url_for

from contest_portal.accounts.guards import requires
from contest_portal.contests.services import rulebook_of
from contest_portal.core.attempts import attempt
from contest_portal.core.errors import Invalid
from contest_portal.core.web import render_form
from contest_portal.registration.blueprint import bp
from contest_portal.registration.checking.batches import MOST, apply_batch, get_batch, plan_batch, stage_batch
from contest_portal.registration.checking.forms import BatchForm
from contest_portal.registration.checking.queries import get_checked_edition
from contest_portal.registration.checking.queue import Queue
from contest_portal.registration.checking.states import CheckState


@bp.post("/checking/<code>/batch")
@requires("check.do")
def choose_batch(code: str) -> Any:
    """Fix which entries were chosen, and show them before anything is done."""
    edition = get_checked_edition(g.actor, code)
    queue = Queue.read(g.actor, edition, request.args)
    ids = queue.ids(MOST) if request.form.get("all") else queue.ids_of(request.form.getlist("entries")[:MOST])
    try:
        batch = stage_batch(g.actor, edition, ids, request.form.get("state", ""), query=queue.filters.query())
    except Invalid as error:
        flash(str(error), "error")
        return redirect(f"{url_for('registration.check_queue', code=code)}?{queue.filters.query()}")
    return redirect(url_for("registration.check_batch", code=code, token=batch.token))


@bp.get("/checking/<code>/batch/<token>")
@requires("check.do")
def check_batch(code: str, token: str) -> Any:
    """Show what a batch will touch and what it will leave alone, or what it has done."""
    edition = get_checked_edition(g.actor, code)
    batch = get_batch(g.actor, edition, token)
    back = f"{url_for('registration.check_queue', code=code)}?{batch.query}"
    if batch.done_at is not None:
        return render_template("registration/checking/batch_done.html", edition=edition, batch=batch, back=back)
    return _ask(edition, batch, _form(batch), back)


@bp.post("/checking/<code>/batch/<token>")
@requires("check.do")
def confirm_batch(code: str, token: str) -> Any:
    """Do what was shown, and nothing else."""
    edition = get_checked_edition(g.actor, code)
    batch = get_batch(g.actor, edition, token)
    form = _form(batch)
    names = {"reason": "reason", "mend_until": "mend_until"}
    if attempt(form, lambda: apply_batch(g.actor, batch, **form.said()), names):
        return redirect(url_for("registration.check_batch", code=code, token=token))
    return _ask(edition, batch, form, f"{url_for('registration.check_queue', code=code)}?{batch.query}")


def _form(batch: Any) -> BatchForm:
    form = BatchForm()
    form.ask(CheckState(batch.state), rulebook_of(batch.edition))
    return form


def _ask(edition: Any, batch: Any, form: BatchForm, back: str) -> Any:
    plan = plan_batch(batch)
    return render_form(
        "registration/checking/batch.html",
        form,
        edition=edition,
        batch=batch,
        plan=plan,
        back=back,
        most=MOST,
    )
