"""Pages of the document check: the editions, an edition's queue, one entry beside its documents."""

from typing import Any, Final

from flask import flash, g, redirect, render_template, request, url_for

from contest_portal.accounts.guards import requires
from contest_portal.contests.models import Edition
from contest_portal.core import clock
from contest_portal.core.attempts import attempt
from contest_portal.core.errors import NotFound
from contest_portal.core.i18n import _
from contest_portal.core.looks import status_label
from contest_portal.core.paging import decode
from contest_portal.core.web import render_form
from contest_portal.registration import rules
from contest_portal.registration.blueprint import bp
from contest_portal.registration.checking.forms import AcceptForm, DecisionForm, MendedForm, RefuseForm, return_form
from contest_portal.registration.checking.papers import Papers, papers_of
from contest_portal.registration.checking.queries import (
    COUNTED,
    count_states,
    count_waiting,
    editions_for,
    get_checked_edition,
)
from contest_portal.registration.checking.queue import Queue, flaws_of
from contest_portal.registration.checking.services import decide, needs_reason, resubmit
from contest_portal.registration.checking.states import DECISIONS, CheckState, is_checked
from contest_portal.registration.describing import describe_details, describe_history, group_people
from contest_portal.registration.filters import EVERY
from contest_portal.registration.models import Entry
from contest_portal.registration.queries import get_entry, history_of

# The service's names of fields, and those of each decision's form.
_NAMES: Final = {
    "accept": {"reason": "accept_reason"},
    "return": {"reason": "return_reason"},
    "refuse": {"reason": "refusal_more"},
}


@bp.get("/checking")
@requires("check.see")
def check_index() -> Any:
    """List the editions whose papers are checked, or open the only one."""
    editions = editions_for(g.actor)
    if len(editions) == 1:
        return redirect(url_for("registration.check_queue", code=editions[0].code))
    waiting = count_waiting([edition.id for edition in editions])
    return render_template("registration/checking/index.html", editions=editions, waiting=waiting, counted=COUNTED)


@bp.get("/checking/<code>")
@requires("check.see")
def check_queue(code: str) -> Any:
    """Show an edition's queue, filtered as the address says."""
    edition = get_checked_edition(g.actor, code)
    queue = Queue.read(g.actor, edition, request.args)
    page = queue.page(decode(request.args.get("cursor")))
    return render_template(
        "registration/checking/queue.html",
        edition=edition,
        filters=queue.filters,
        choices=queue.choices,
        page=page,
        flaws=flaws_of([row.id for row in page.items]),
        counts=count_states(edition.id),
        counted=COUNTED,
        states=tuple(CheckState),
        decisions=DECISIONS,
        every=EVERY,
        may_decide=rules.runs(g.actor, edition.id),
    )


@bp.get("/checking/<code>/<reference>")
@requires("check.see")
def check_entry(code: str, reference: str) -> Any:
    """Show one entry beside its documents, with the three decisions below."""
    edition, entry = _get(code, reference)
    papers = papers_of(entry)
    return _show(edition, papers, _forms(papers, sent=None), opened=None)


@bp.post("/checking/<code>/<reference>")
@requires("check.do")
def decide_entry(code: str, reference: str) -> Any:
    """Decide, and open the next entry of the queue at once."""
    edition, entry = _get(code, reference)
    papers = papers_of(entry)
    sent = request.form.get("act", "")
    forms = _forms(papers, sent=sent)
    form = forms.get(sent)
    if form is None:
        raise NotFound
    version = form.version.data

    def act() -> None:
        decide(g.actor, entry, form.verdict(), version=version, once_token=form.once.data)

    if attempt(form, act, _NAMES[sent]):
        queue = Queue.read(g.actor, edition, request.args)
        state = status_label(form.verdict().state)
        flash(_("%(reference)s: %(state)s.", reference=reference, state=state), "success")
        return _go_on(edition, queue, entry)
    # What somebody else has changed meanwhile is shown, and deciding again is a decision about that.
    papers = papers_of(get_entry(g.actor, reference))
    form.version.raw_data, form.version.data = None, papers.entry.version
    return _show(edition, papers, forms, opened=sent)


@bp.route("/<reference>/mended", methods=["GET", "POST"])
@requires("entry.edit")
def mended(reference: str) -> Any:
    """Show a school what was to be mended, and let it hand the entry back."""
    arrived = clock.now()
    entry = get_entry(g.actor, reference)
    if not rules.runs(g.actor, entry.edition_id) and not rules.is_own(g.actor, entry):
        raise NotFound
    form = MendedForm()
    if attempt(form, lambda: resubmit(g.actor, entry, once_token=form.once.data, at=arrived)):
        flash(_("Đã gửi lại hồ sơ. Ban Tổ chức sẽ duyệt lại."), "success")
        return redirect(url_for("registration.entry", reference=reference))
    papers = papers_of(get_entry(g.actor, reference))
    return render_form("registration/checking/mended.html", form, papers=papers, entry=papers.entry)


def _get(code: str, reference: str) -> tuple[Edition, Entry]:
    edition = get_checked_edition(g.actor, code)
    entry = get_entry(g.actor, reference)
    if entry.edition_id != edition.id:
        raise NotFound
    return edition, entry


def _forms(papers: Papers, *, sent: str | None) -> dict[str, DecisionForm]:
    """Return the form of each decision; only the one that was sent reads what was typed."""
    kept: dict[str, dict[str, Any]] = {name: {} if name == sent else {"formdata": None} for name in _NAMES}
    refuse = RefuseForm(**kept["refuse"])
    refuse.offer(papers.rules)
    returned = return_form(papers.targets, **kept["return"])
    if sent != "return":
        returned.show()
    forms: dict[str, DecisionForm] = {"accept": AcceptForm(**kept["accept"]), "return": returned, "refuse": refuse}
    for name, form in forms.items():
        if name != sent:
            form.version.data = papers.entry.version
    return forms


def _show(edition: Edition, papers: Papers, forms: dict[str, DecisionForm], *, opened: str | None) -> Any:
    entry = papers.entry
    queue = Queue.read(g.actor, edition, request.args)
    return render_form(
        "registration/checking/entry.html",
        forms[opened] if opened else forms["accept"],
        edition=edition,
        entry=entry,
        papers=papers,
        forms=forms,
        opened=opened,
        details=describe_details(entry, papers.rules),
        groups=group_people(entry, papers.rules),
        history=describe_history(entry, history_of(entry)),
        query=queue.filters.query(),
        neighbours=queue.neighbours(entry),
        explain=needs_reason(entry),
        may_decide=rules.runs(g.actor, edition.id) and is_checked(entry.status),
    )


def _go_on(edition: Edition, queue: Queue, entry: Entry) -> Any:
    """Lead to the next entry of the queue, or back to the queue once it is done."""
    following = queue.next_reference(entry)
    base = url_for("registration.check_queue", code=edition.code)
    if following is None:
        flash(_("Đã duyệt hết hồ sơ của bộ lọc này."), "success")
        return redirect(f"{base}?{queue.filters.query()}")
    return redirect(f"{base}/{following}?{queue.filters.query()}")
