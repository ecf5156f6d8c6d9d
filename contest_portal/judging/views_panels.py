"""Pages of an organiser: panels, who sits on them, what they score and how far they are."""

from typing import Any

from flask import flash, g, redirect, render_template, request, url_for

from contest_portal.accounts.guards import requires
from contest_portal.contests.models import Edition
from contest_portal.contests.queries import get_edition_with_rules
from contest_portal.core import paging
from contest_portal.core.attempts import attempt
from contest_portal.core.errors import Expired, NotFound
from contest_portal.core.i18n import _
from contest_portal.core.web import render_form
from contest_portal.judging import queries, services
from contest_portal.judging.blueprint import bp
from contest_portal.judging.forms import AssignForm, JudgesForm, PanelForm, RemoveForm, ReopenSheetForm
from contest_portal.judging.models import Panel
from contest_portal.judging.rules import check_manages, manages


@bp.get("/panels")
@requires("panel.see")
def panels() -> Any:
    """Show an edition's panels and how far each judge is."""
    editions = queries.editions_for(g.actor)
    edition = _chosen_edition(editions)
    page = queries.list_panels(edition.id, paging.decode(request.args.get("cursor"))) if edition else None
    may_manage = edition is not None and manages(g.actor, edition.id)
    return render_template("judging/panels.html", editions=editions, edition=edition, page=page, may_manage=may_manage)


def _chosen_edition(editions: list[Edition]) -> Edition | None:
    code = request.args.get("edition")
    if not code:
        return editions[0] if editions else None
    found = next((edition for edition in editions if edition.code == code), None)
    if found is None:
        raise NotFound
    return found


@bp.route("/panels/new/<code>", methods=["GET", "POST"])
@requires("panel.manage")
def new_panel(code: str) -> Any:
    """Make a panel."""
    edition = get_edition_with_rules(code)
    check_manages(g.actor, edition.id)
    form = PanelForm()
    rounds, judges = queries.scored_rounds(edition), queries.judge_candidates(edition.id)
    form.offer(edition, rounds, judges)
    made: list[Panel] = []

    def act() -> None:
        made.append(services.create_panel(g.actor, edition, form.new_panel(edition), once_token=form.once.data))

    if attempt(form, act):
        flash(_("Đã lập “%(name)s”.", name=made[0].name), "success")
        return _to_panel(made[0])
    return render_form("judging/new_panel.html", form, edition=edition, rounds=rounds, judges=judges)


@bp.get("/panels/<int:panel_id>")
@requires("panel.see")
def panel(panel_id: int) -> Any:
    """Show one panel: its judges' progress and its sheets."""
    found = queries.get_panel(g.actor, panel_id)
    return render_template(
        "judging/panel.html",
        panel=found,
        row=queries.progress_of([found])[0],
        page=queries.list_sheets(found.id, paging.decode(request.args.get("cursor"))),
        may_manage=manages(g.actor, found.round.edition_id),
        remove_form=RemoveForm(),
    )


@bp.route("/panels/<int:panel_id>/judges", methods=["GET", "POST"])
@requires("panel.manage")
def panel_judges(panel_id: int) -> Any:
    """Say who sits on a panel."""
    found = _load_to_manage(panel_id)
    form = JudgesForm()
    candidates = queries.judge_candidates(found.round.edition_id)
    seated = [user for user in queries.judges_of(found) if user not in candidates]
    form.judges.choices = [(user.id, user.full_name) for user in [*candidates, *seated]]
    if request.method == "GET":
        form.judges.data = [user.id for user in queries.judges_of(found)]
    if attempt(form, lambda: services.change_judges(g.actor, found, form.judges.data or [])):
        flash(_("Đã lưu danh sách giám khảo."), "success")
        return _to_panel(found)
    return render_form("judging/panel_judges.html", form, panel=found)


@bp.route("/panels/<int:panel_id>/assign", methods=["GET", "POST"])
@requires("panel.manage")
def panel_assign(panel_id: int) -> Any:
    """Give entries to a panel's judges."""
    found = _load_to_manage(panel_id)
    form = AssignForm()
    form.judges.choices = [(user.id, user.full_name) for user in queries.judges_of(found)]
    if request.method == "GET":
        form.judges.data = [user.id for user in queries.judges_of(found)]
    added: list[int] = []

    def act() -> None:
        chosen = form.chosen_references()
        added.append(services.assign(g.actor, found, references=chosen, judge_ids=form.judges.data or []))

    if attempt(form, act):
        flash(_("Đã phân công thêm %(number)s phiếu chấm.", number=added[0]), "success")
        return _to_panel(found)
    eligible = len(queries.eligible_entries(found))
    return render_form("judging/panel_assign.html", form, panel=found, eligible=eligible)


@bp.post("/panels/<int:panel_id>/sheets/<token>/remove")
@requires("panel.manage")
def remove_sheet(panel_id: int, token: str) -> Any:
    """Take back a sheet nobody has begun."""
    found = _load_to_manage(panel_id)
    if not RemoveForm().validate_on_submit():
        raise Expired
    services.remove_assignment(g.actor, found, queries.get_panel_sheet(found, token))
    flash(_("Đã gỡ phân công."), "success")
    return _to_panel(found)


@bp.route("/panels/<int:panel_id>/sheets/<token>/reopen", methods=["GET", "POST"])
@requires("panel.manage")
def reopen_sheet(panel_id: int, token: str) -> Any:
    """Let a judge change a sheet that was handed in."""
    found = _load_to_manage(panel_id)
    sheet = queries.get_panel_sheet(found, token)
    form = ReopenSheetForm()
    if attempt(form, lambda: services.reopen_sheet(g.actor, found, sheet, form.reason.data)):
        flash(_("Đã mở lại phiếu số %(number)s.", number=sheet.number), "success")
        return _to_panel(found)
    return render_form("judging/reopen_sheet.html", form, panel=found, sheet=sheet)


def _load_to_manage(panel_id: int) -> Panel:
    found = queries.get_panel(g.actor, panel_id)
    check_manages(g.actor, found.round.edition_id)
    return found


def _to_panel(found: Panel) -> Any:
    return redirect(url_for("judging.panel", panel_id=found.id))
