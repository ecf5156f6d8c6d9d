"""Pages of registration: the list, and the beginning of an entry; the rest hangs on the same blueprint."""

from typing import Any

from flask import g, redirect, render_template, request, url_for

from contest_portal.accounts.guards import requires
from contest_portal.accounts.permissions import may
from contest_portal.contests.queries import find_edition, open_editions, schools_of
from contest_portal.contests.reach import closes_for_school
from contest_portal.core import clock
from contest_portal.core.attempts import attempt
from contest_portal.core.paging import decode
from contest_portal.core.web import render_form
from contest_portal.registration import services
from contest_portal.registration.blueprint import bp
from contest_portal.registration.filters import SORTS, Filters
from contest_portal.registration.forms import StartForm
from contest_portal.registration.listing import choices_for, list_entries
from contest_portal.registration.reviewing import flawed
from contest_portal.registration.saved_views import views_of


@bp.get("/")
@requires("entry.list")
def index() -> Any:
    """List the entries the actor may see, filtered as the address says."""
    views = views_of(g.actor.user_id)
    opening = next((view for view in views if view.opening), None)
    if opening is not None and not request.args:
        return redirect(f"{url_for('registration.index')}?{opening.query}")
    filters = Filters.read(request.args)
    choices = choices_for(filters, g.actor)
    page = list_entries(g.actor, filters, choices, decode(request.args.get("cursor")), flawed=flawed)
    return render_template(
        "registration/index.html",
        filters=filters,
        choices=choices,
        page=page,
        views=views,
        sorts=SORTS,
        may_import=may(g.actor, "entry.import"),
    )


@bp.route("/new", methods=["GET", "POST"])
@requires("entry.create")
def new() -> Any:
    """Begin an entry as a draft."""
    arrived = clock.now()
    schools = schools_of(g.actor)
    editions = [e for e in open_editions(arrived) if any(arrived < closes_for_school(e, s) for s in schools)]
    wanted = find_edition(request.args.get("edition", ""))
    if not editions or not schools:
        typed = request.form.get("title", "")[:300]
        page = render_template("registration/cannot_begin.html", schools=schools, wanted=wanted, typed=typed)
        return page, 409 if request.method == "POST" else 200
    form = StartForm(edition=wanted.code if wanted and wanted in editions else None)
    form.offer(editions, schools)
    found: list[Any] = []

    def act() -> None:
        edition = next(e for e in editions if e.code == form.edition.data)
        school = next(s for s in schools if str(s.id) == form.school.data)
        found.append(
            services.start_draft(
                g.actor, edition, title=form.title.data, school=school, once_token=form.once.data, at=arrived
            )
        )

    if attempt(form, act):
        return redirect(url_for("registration.entry", reference=found[0].reference))
    return render_form("registration/new.html", form, editions=editions, schools=schools)


# Imported for their pages; the blueprint is complete once they are.
from contest_portal.registration import setup_facts  # noqa: E402, I001
from contest_portal.registration import (  # noqa: E402
    views_announcing,
    views_copying,
    views_deadlines,
    views_entry,
    views_finding,
    views_overrides,
    views_people,
    views_requests,
    views_signed,
    views_submission,
    views_together,
    views_workbooks,
)
from contest_portal.registration.checking import views as views_checking  # noqa: E402
from contest_portal.registration.checking import views_batches  # noqa: E402
from contest_portal.registration.consent import views as views_consent  # noqa: E402
from contest_portal.registration.consent import views_overview as views_consents  # noqa: E402
from contest_portal.registration.documents import views as views_documents  # noqa: E402
from contest_portal.registration.duplicates import views as views_duplicates  # noqa: E402

__all__ = [
    "bp",
    "setup_facts",
    "views_documents",
    "views_duplicates",
    "views_batches",
    "views_checking",
    "views_consent",
    "views_consents",
    "views_announcing",
    "views_copying",
    "views_deadlines",
    "views_entry",
    "views_finding",
    "views_overrides",
    "views_people",
    "views_requests",
    "views_signed",
    "views_submission",
    "views_together",
    "views_workbooks",
]
