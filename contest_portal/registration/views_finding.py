"""Pages for finding: people by name, and the filters that somebody keeps under a name."""

from typing import Any

from flask import flash, g, redirect, render_template, request, url_for

from contest_portal.accounts.guards import requires
from contest_portal.core.attempts import attempt
from contest_portal.core.i18n import _
from contest_portal.core.paging import decode
from contest_portal.core.web import render_form
from contest_portal.registration import saved_views
from contest_portal.registration.blueprint import bp
from contest_portal.registration.filters import Filters
from contest_portal.registration.forms_finding import ViewForm
from contest_portal.registration.listing import choices_for
from contest_portal.registration.listing_people import list_people


@bp.get("/people")
@requires("entry.list")
def people_list() -> Any:
    """List the people of one edition by given name."""
    filters = Filters.read(request.args)
    choices = choices_for(filters, g.actor)
    page = list_people(g.actor, filters, choices, decode(request.args.get("cursor")))
    return render_template("registration/people_list.html", filters=filters, choices=choices, page=page)


@bp.get("/views")
@requires("entry.list")
def views_list() -> Any:
    """List one's saved views."""
    return render_template("registration/views.html", views=saved_views.views_of(g.actor.user_id))


@bp.route("/views/new", methods=["GET", "POST"])
@requires("entry.list")
def new_view() -> Any:
    """Ask under which name the filters of the address are to be kept."""
    filters = Filters.read(request.args)
    form = ViewForm(query=filters.query())

    def act() -> None:
        saved_views.save_view(g.actor, form.name.data, form.query.data or "", opening=form.opening.data)

    if attempt(form, act):
        flash(_("Đã lưu bộ lọc “%(name)s”.", name=form.name.data), "success")
        kept = saved_views.filters_in(form.query.data or "")
        return redirect(f"{url_for('registration.index')}?{kept.query()}")
    return render_form("registration/new_view.html", form, query=filters.query())


@bp.post("/views/<int:view_id>/delete")
@requires("entry.list")
def delete_view(view_id: int) -> Any:
    """Forget a saved view."""
    saved_views.delete_view(g.actor, view_id)
    flash(_("Đã xóa bộ lọc."), "success")
    return redirect(url_for("registration.views_list"))


@bp.post("/views/<int:view_id>/opening")
@requires("entry.list")
def open_with_view(view_id: int) -> Any:
    """Let the list open with a saved view, or no longer."""
    saved_views.open_with(g.actor, view_id, wanted=request.form.get("opening") == "1")
    return redirect(url_for("registration.views_list"))
