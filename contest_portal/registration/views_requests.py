"""Pages of requests to change an entry: one request with its before and after, and the organisers' queue."""

from typing import Any

from flask import flash, g, redirect, render_template, request, url_for

from contest_portal.accounts.guards import requires
from contest_portal.core.attempts import attempt
from contest_portal.core.errors import NotFound
from contest_portal.core.filters import show_name
from contest_portal.core.forms import PortalForm
from contest_portal.core.i18n import _
from contest_portal.core.paging import decode
from contest_portal.core.web import render_form
from contest_portal.registration import rules, services
from contest_portal.registration.blueprint import bp
from contest_portal.registration.describing import describe_difference
from contest_portal.registration.forms_desk import DecideForm
from contest_portal.registration.models import ChangeRequest, Entry
from contest_portal.registration.queries import get_entry
from contest_portal.registration.queries_desk import RequestFilters, list_requests, watched_editions
from contest_portal.registration.requests_words import STATES, what_of
from contest_portal.registration.services.requesting import before_of


@bp.get("/requests")
@requires("change.see")
def change_requests() -> Any:
    """List the requests in the editions the actor runs or watches."""
    filters = RequestFilters(edition=request.args.get("edition", ""), state=_state(request.args.get("state")))
    page = list_requests(g.actor, filters, decode(request.args.get("cursor")))
    return render_template(
        "registration/requests.html",
        page=page,
        filters=filters,
        states=[(code, words) for code, words in STATES.items() if code not in ("kept", "withdrawn")],
        editions=[(edition.code, show_name(edition)) for edition in watched_editions(g.actor)],
        what_of=what_of,
    )


@bp.get("/<reference>/requests/<token>")
@requires("entry.see")
def change_request(reference: str, token: str) -> Any:
    """Show one request: what was, what is now where that is something else, and what is asked for."""
    entry, found = _load(reference, token)
    return _page(DecideForm(), entry, found)


@bp.post("/<reference>/requests/<token>/decide")
@requires("change.decide")
def decide_request(reference: str, token: str) -> Any:
    """Approve a request, which makes its change, or refuse it."""
    entry, found = _load(reference, token)
    form = DecideForm()
    approve = request.form.get("decision") == "approve"

    def act() -> None:
        services.decide_request(
            g.actor, entry, token, approve=approve, answer=form.answer.data or "", version=form.version.data
        )

    if attempt(form, act):
        flash(_("Đã đồng ý và sửa hồ sơ.") if approve else _("Đã trả lời không đồng ý."), "success")
        return redirect(url_for("registration.change_request", reference=reference, token=token))
    return _page(form, get_entry(g.actor, reference), found)


@bp.post("/<reference>/requests/<token>/withdraw")
@requires("change.ask")
def withdraw_request(reference: str, token: str) -> Any:
    """Take a request back, or drop a note."""
    entry, _found = _load(reference, token)
    services.withdraw_request(g.actor, entry, token)
    flash(_("Đã rút yêu cầu."), "success")
    return redirect(url_for("registration.entry", reference=reference))


def _page(form: PortalForm, entry: Entry, found: ChangeRequest) -> Any:
    now = before_of(entry, found.part)
    changed = found.state in ("open", "kept") and now != found.before
    # Seen with what is stored now: deciding again is then a decision.
    form["version"].raw_data, form["version"].data = None, entry.version
    return render_form(
        "registration/request.html",
        form,
        entry=entry,
        found=found,
        what=what_of(found),
        rows=describe_difference(entry, found.before, found.proposed),
        now_rows=describe_difference(entry, found.before, now) if changed else [],
        state=str(STATES[found.state]),
        may_decide=found.state == "open" and rules.runs(g.actor, entry.edition_id),
        may_withdraw=found.state in ("open", "kept") and rules.is_own(g.actor, entry),
        again=_form_of(entry, found),
    )


def _form_of(entry: Entry, found: ChangeRequest) -> str | None:
    """Return the address of the form that a note can be finished in; None where it is no note."""
    kind, _colon, key = found.part.partition(":")
    if found.state != "kept" or not rules.is_own(g.actor, entry):
        return None
    addresses: dict[str, tuple[str, dict[str, Any]]] = {
        "details": ("registration.details", {}),
        "person": ("registration.edit_person", {"person_id": key}),
        "new": ("registration.add_person", {"role": key}),
        "leave": ("registration.remove_person", {"person_id": key}),
        "withdraw": ("registration.withdraw", {}),
    }
    endpoint, values = addresses[kind]
    return url_for(endpoint, reference=entry.reference, kept=found.token, **values)


def _load(reference: str, token: str) -> tuple[Entry, ChangeRequest]:
    entry = get_entry(g.actor, reference)
    found = services.find_own(entry, token)
    # A note is its school's own; nobody has been asked anything.
    if found.state == "kept" and not rules.is_own(g.actor, entry):
        raise NotFound
    return entry, found


def _state(given: str | None) -> str:
    return given if given in STATES and given not in ("kept", "withdrawn") else "open"
