"""Pages to ask for access for one's school, and to answer such a request."""

from typing import Any

from flask import flash, g, redirect, render_template, request, session, url_for

from contest_portal.accounts.guards import public, requires
from contest_portal.accounts.permissions import may
from contest_portal.accounts.sessions import client_address
from contest_portal.accounts.signing import TooManyTries
from contest_portal.contests import access
from contest_portal.contests.access import Asking
from contest_portal.contests.blueprint import bp
from contest_portal.contests.forms_invitations import NEW_SCHOOL, AccessForm, ApproveForm, RefuseForm
from contest_portal.contests.invitations import Slip
from contest_portal.contests.models import Unit
from contest_portal.contests.models_schools import AccessRequest
from contest_portal.contests.queries_invitations import get_request, list_requests
from contest_portal.contests.queries_schools import units_on
from contest_portal.contests.views_invitations import show_invited
from contest_portal.core import clock
from contest_portal.core.attempts import attempt
from contest_portal.core.errors import NotFound
from contest_portal.core.i18n import _
from contest_portal.core.paging import decode
from contest_portal.core.vietnamese import clean_text
from contest_portal.core.web import refuse, render_form

# The browser that asked may read its own receipt again.
ASKED = "access_asked"
STATES = ("waiting", "approved", "refused")


@bp.get("/access")
@public
def access_start() -> Any:
    """Ask which school somebody comes from, in which unit."""
    unit, name = _unit_of_address(), clean_text(request.args.get("name", ""))[:200]
    missing = bool(request.args) and (unit is None or not name)
    if unit is not None and name:
        return redirect(url_for("contests.access_request", unit=unit.id, name=name))
    units = [(str(each.id), each.name) for each in units_on(clock.today())]
    return render_template("contests/access_start.html", units=units, unit=unit, name=name, missing=missing)


@bp.route("/access/request", methods=["GET", "POST"])
@public
def access_request() -> Any:
    """Ask who wants access, showing the schools that may be meant; keep the request."""
    unit, name = _unit_of_address(), clean_text(request.args.get("name", ""))[:200]
    if unit is None or not name:
        if request.method == "POST":
            raise NotFound
        return redirect(url_for("contests.access_start"))
    form = AccessForm()
    form.offer(access.suggestions(unit, name), name)
    references: list[str] = []

    def act() -> None:
        asking = _asking(form, unit, name)
        references.append(access.ask_for_access(asking, address=client_address(), once_token=form.once.data))

    try:
        if attempt(form, act):
            session[ASKED] = references[0]
            return redirect(url_for("contests.access_done"))
    except TooManyTries as error:
        form.add_error(None, _("Từ mạng này vừa có nhiều yêu cầu. Hãy thử lại sau một giờ, hoặc gọi cho Ban Tổ chức."))
        refuse(error)
    return render_form("contests/access_request.html", form, unit=unit, name=name)


@bp.get("/access/done")
@public
def access_done() -> Any:
    """Show the receipt of the request this browser has sent."""
    reference = session.get(ASKED)
    if not isinstance(reference, str):
        return redirect(url_for("contests.access_start"))
    return render_template("contests/access_done.html", reference=reference)


@bp.get("/schools/requests")
@requires("schools.see")
def access_requests() -> Any:
    """List the requests for access that the actor may see."""
    state = request.args.get("state", "")
    state = state if state in STATES else "waiting"
    page = list_requests(g.actor, state, decode(request.args.get("cursor")))
    return render_template("contests/access_requests.html", page=page, state=state, states=STATES)


@bp.route("/schools/requests/<reference>", methods=["GET", "POST"])
@requires("schools.see")
def answer_access(reference: str) -> Any:
    """Show a request; whoever keeps the list approves it here."""
    found = get_request(g.actor, reference)
    form = ApproveForm()
    form.offer(access.suggestions(found.unit, found.school_name), found.school_id, found.school_name)
    slips: list[Slip] = []

    def act() -> None:
        chosen = None if form.school.data == NEW_SCHOOL else int(form.school.data)
        slips.append(access.approve(g.actor, found, chosen))

    if attempt(form, act):
        return show_invited(slips[0], found.email, url_for("contests.access_requests"))
    return render_form(
        "contests/access_answer.html",
        form,
        found=found,
        may_decide=may(g.actor, "schools.manage") and found.state == "waiting",
        may_recommend=_may_recommend(found),
    )


@bp.post("/schools/requests/<reference>/recommend")
@requires("schools.recommend")
def recommend_access(reference: str) -> Any:
    """Say that the school and the person are known to their unit."""
    access.recommend(g.actor, get_request(g.actor, reference))
    flash(_("Đã ghi xác nhận của đơn vị."), "success")
    return redirect(url_for("contests.answer_access", reference=reference))


@bp.route("/schools/requests/<reference>/refuse", methods=["GET", "POST"])
@requires("schools.manage")
def refuse_access(reference: str) -> Any:
    """Refuse a request, with the reason."""
    found = get_request(g.actor, reference)
    form = RefuseForm()
    if attempt(form, lambda: access.refuse(g.actor, found, form.reason.data)):
        flash(_("Đã từ chối yêu cầu."), "success")
        return redirect(url_for("contests.access_requests"))
    return render_form("contests/access_refuse.html", form, found=found)


def _unit_of_address() -> Unit | None:
    wanted = request.args.get("unit", type=int)
    return next((unit for unit in units_on(clock.today()) if unit.id == wanted), None)


def _asking(form: AccessForm, unit: Unit, name: str) -> Asking:
    school_id = form.school_id()
    chosen = dict(form.school.choices or ()).get(str(school_id), name)
    return Asking(
        unit=unit,
        school_name=str(chosen),
        full_name=form.full_name.data or "",
        position=form.position.data or "",
        phone=form.phone.data or "",
        email=form.email.data,
        school_id=school_id,
    )


def _may_recommend(found: AccessRequest) -> bool:
    return found.unit_id in g.actor.unit_ids() and found.state == "waiting" and found.recommended_at is None
