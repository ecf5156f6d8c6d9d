"""Pages of a unit: its entries, its figures, the paper it logs, its completion."""

from typing import Any

from flask import flash, g, redirect, render_template, request, url_for

from contest_portal.accounts.guards import requires
from contest_portal.contests.models import Edition, EditionUnit
from contest_portal.contests.services import rulebook_of
from contest_portal.core import paging
from contest_portal.core.attempts import attempt
from contest_portal.core.errors import NotFound
from contest_portal.core.i18n import _
from contest_portal.core.web import render_form
from contest_portal.registration.status import Status
from contest_portal.screening import queries, services
from contest_portal.screening.blueprint import bp
from contest_portal.screening.forms import DecideForm, PaperForm, groups_of
from contest_portal.screening.forwarding.completeness import shortcomings_of
from contest_portal.screening.rules import check_acts_for_unit, may_act_for_unit, sees_all_units
from contest_portal.screening.states import COLOURS, LABELS, UnitState, next_thing

# The tabs of a unit's list: all that count, then one for each status.
SHOWN = (
    Status.SUBMITTED,
    Status.RECEIVED,
    Status.SCREENED,
    Status.FORWARDED,
    Status.NOT_FORWARDED,
    Status.SCORED,
)


@bp.get("/")
@requires("screening.see")
def index() -> Any:
    """Show the actor's units in an edition with what each has done; lead straight to an only one."""
    editions = queries.editions_for(g.actor)
    edition = _chosen_edition(editions)
    rows = queries.unit_rows(g.actor, edition) if edition else []
    if edition and len(rows) == 1 and len(editions) == 1:
        return redirect(_unit_address(edition, rows[0].unit.code))
    sees_arrivals = edition is not None and sees_all_units(g.actor, edition.id)
    return render_template(
        "screening/index.html", editions=editions, edition=edition, rows=rows, sees_arrivals=sees_arrivals, **_words()
    )


def _chosen_edition(editions: list[Edition]) -> Edition | None:
    code = request.args.get("edition")
    if not code:
        return editions[0] if editions else None
    found = next((edition for edition in editions if edition.code == code), None)
    if found is None:
        raise NotFound
    return found


@bp.get("/<code>/<unit_code>")
@requires("screening.see")
def unit(code: str, unit_code: str) -> Any:
    """Show a unit's entries, its figures and the one thing to do next."""
    edition, edition_unit = _load(code, unit_code)
    status = request.args.get("status") or None
    if status is not None and status not in list(Status):
        raise NotFound
    cursor = paging.decode(request.args.get("cursor"))
    counts = queries.unit_counts(edition, edition_unit)
    return render_template(
        "screening/unit.html",
        edition=edition,
        unit=edition_unit.unit,
        counts=counts,
        todo=next_thing(counts),
        page=queries.list_entries(edition_unit, status=status, cursor=cursor),
        status=status,
        shown=SHOWN,
        may_act=may_act_for_unit(g.actor, edition.id, edition_unit.unit_id),
        organises=_organises(edition),
        events=queries.events_of_unit(edition.id, edition_unit.unit_id),
        **_words(),
    )


@bp.route("/<code>/<unit_code>/decide", methods=["GET", "POST"])
@requires("screening.do")
def decide(code: str, unit_code: str) -> Any:
    """Ask once more, then forward the chosen entries or keep them back."""
    edition, edition_unit = _load_to_act(code, unit_code)
    form = DecideForm()
    if request.method == "GET":
        form.references.data = request.args.getlist("references")
        form.decision.data = request.args.get("decision", form.decision.default)
    chosen = queries.entries_by_reference(edition_unit, form.references.data or [])

    def act() -> None:
        decision = services.Decision(form.decision.data)
        references, day = form.references.data or [], form.happened_on.data
        services.decide(g.actor, edition_unit, references, decision, day, form.reason.data)

    if attempt(form, act):
        flash(_("Đã ghi quyết định cho %(number)s hồ sơ.", number=len(chosen)), "success")
        return redirect(_unit_address(edition, unit_code))
    return render_form(
        "screening/decide.html",
        form,
        edition=edition,
        unit=edition_unit.unit,
        chosen=chosen,
        counts=queries.unit_counts(edition, edition_unit),
        lacking=shortcomings_of(chosen) if form.decision.data == services.Decision.FORWARD else {},
        organises=_organises(edition),
    )


@bp.route("/<code>/<unit_code>/paper", methods=["GET", "POST"])
@requires("screening.do")
def paper(code: str, unit_code: str) -> Any:
    """Log an entry that came on paper."""
    edition, edition_unit = _load_to_act(code, unit_code)
    schools = queries.schools_in_unit(edition.id, edition_unit.unit_id)
    form = PaperForm()
    form.offer(schools, groups_of(edition), rulebook_of(edition))
    logged = []

    def act() -> None:
        paper = form.paper(edition, schools)
        logged.append(services.log_paper(g.actor, edition, edition_unit.unit, paper, once_token=form.once.data))

    if attempt(form, act):
        flash(_("Đã nhận hồ sơ %(reference)s.", reference=logged[0].reference), "success")
        return redirect(url_for("screening.entry", reference=logged[0].reference))
    return render_form("screening/paper.html", form, edition=edition, unit=edition_unit.unit)


def _load(code: str, unit_code: str) -> tuple[Edition, EditionUnit]:
    edition = queries.screened_edition(code)
    return edition, queries.get_unit(g.actor, edition, unit_code)


def _load_to_act(code: str, unit_code: str) -> tuple[Edition, EditionUnit]:
    edition, edition_unit = _load(code, unit_code)
    check_acts_for_unit(g.actor, edition.id, edition_unit.unit_id)
    return edition, edition_unit


def _unit_address(edition: Edition, unit_code: str) -> str:
    return url_for("screening.unit", code=edition.code, unit_code=unit_code)


def _organises(edition: Edition) -> bool:
    return g.actor.holds("organiser", edition_id=edition.id)


def _words() -> dict[str, Any]:
    return {"state_labels": LABELS, "state_colours": COLOURS, "states": UnitState}


# Imported for their pages; the blueprint is complete once they are.
from contest_portal.screening import views_columns, views_entries, views_import  # noqa: E402
from contest_portal.screening.arrivals import views as views_arrivals  # noqa: E402
from contest_portal.screening.custody import views as views_custody  # noqa: E402
from contest_portal.screening.forwarding import views as views_forwarding  # noqa: E402
from contest_portal.screening.minutes import views as views_minutes  # noqa: E402
from contest_portal.screening.progress import views as views_progress  # noqa: E402
from contest_portal.screening.progress import views_map  # noqa: E402
from contest_portal.screening.reception import views as views_reception  # noqa: E402
from contest_portal.screening.round import (  # noqa: E402
    setup_points,
    views_board,
    views_criteria,
    views_joining,
    views_marking,
    views_ranking,
    views_sheets,
)
from contest_portal.screening.round import views as views_round  # noqa: E402
from contest_portal.screening.transfers import views as views_transfers  # noqa: E402

__all__ = [
    "bp",
    "views_arrivals",
    "views_custody",
    "views_forwarding",
    "views_columns",
    "views_entries",
    "views_import",
    "views_minutes",
    "views_progress",
    "views_map",
    "views_reception",
    "views_round",
    "views_board",
    "views_criteria",
    "setup_points",
    "views_joining",
    "views_marking",
    "views_ranking",
    "views_sheets",
    "views_transfers",
]
