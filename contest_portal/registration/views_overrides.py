"""An organiser's page on which one problem of an entry is let pass, or no longer."""

from typing import Any

from flask import flash, g, redirect, url_for

from contest_portal.accounts.guards import requires
from contest_portal.contests.eligibility import Severity
from contest_portal.core.attempts import attempt
from contest_portal.core.errors import NotFound
from contest_portal.core.i18n import _
from contest_portal.core.web import render_form
from contest_portal.registration import rules, services
from contest_portal.registration.blueprint import bp
from contest_portal.registration.forms_desk import ReasonOnlyForm
from contest_portal.registration.queries import get_entry
from contest_portal.registration.showing import shown_problem
from contest_portal.registration.views_changing import number_given


@bp.route("/<reference>/rules/<rule>", methods=["GET", "POST"])
@requires("rule.override")
def override(reference: str, rule: str) -> Any:
    """Show a problem as the rule, what was found and what would do; let it pass with a reason, or no longer."""
    found = get_entry(g.actor, reference)
    person_id = number_given("person")
    if not rules.runs(g.actor, found.edition_id):
        raise NotFound
    try:
        problem = services.find_problem(found, rule, person_id)
    except NotFound:
        flash(_("Hồ sơ không còn điểm này: có lẽ đã được sửa."), "info")
        return redirect(url_for("registration.check", reference=reference))
    passed = problem.severity is Severity.ACCEPTED
    form = ReasonOnlyForm()

    def act() -> None:
        services.override(g.actor, found, rule, person_id, form.reason.data, allow=not passed)

    if attempt(form, act):
        flash(_("Đã thôi cho phép.") if passed else _("Đã cho phép, có ghi lý do trong lịch sử hồ sơ."), "success")
        return redirect(url_for("registration.entry", reference=reference))
    return render_form(
        "registration/override.html", form, entry=found, shown=shown_problem(found, problem), passed=passed
    )
