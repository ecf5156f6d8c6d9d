"""Pages of a unit's declarations: what is still open, received everything, screened everything, opened again."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import flash, g, redirect, render_template, url_for

from contest_portal.accounts.guards import requires
from contest_portal.contests.models import Edition, EditionUnit
from contest_portal.core.attempts import attempt
from contest_portal.core.i18n import _
from contest_portal.core.web import render_form
from contest_portal.screening import queries, services
from contest_portal.screening.blueprint import bp
from contest_portal.screening.declarations import RECEPTION, SCREENING, declared
from contest_portal.screening.forms import CompleteForm, ReopenForm
from contest_portal.screening.progress.forms import CloseForm, ReceiveAgainForm
from contest_portal.screening.progress.map import standings_on
from contest_portal.screening.progress.open_matters import (
    Matter,
    blocking_reception,
    blocking_screening,
    open_matters,
)
from contest_portal.screening.progress.queries import names_of
from contest_portal.screening.rules import check_acts_for_unit, check_organises, may_act_for_unit


@bp.get("/<code>/<unit_code>/open")
@requires("screening.see")
def open_now(code: str, unit_code: str) -> Any:
    """Show what a unit still has open, and what it may declare."""
    edition, edition_unit = _load(code, unit_code)
    return render_template(
        "screening/progress_open.html",
        **_about(edition, edition_unit),
        **_matters(edition, edition_unit, open_matters(edition, edition_unit)),
        may_act=may_act_for_unit(g.actor, edition.id, edition_unit.unit_id),
    )


@bp.route("/<code>/<unit_code>/received-all", methods=["GET", "POST"])
@requires("screening.do")
def close_reception(code: str, unit_code: str) -> Any:
    """Show what is still open, then let a unit say that it has received everything."""
    edition, edition_unit = _load_to_act(code, unit_code)
    form = CloseForm()
    unit = edition_unit.unit
    if attempt(form, lambda: services.close_reception(g.actor, edition, unit, form.happened_on.data)):
        flash(_("%(unit)s đã khai nhận xong hồ sơ.", unit=unit.name), "success")
        return redirect(url_for("screening.declaration", code=code, unit_code=unit_code))
    matters = open_matters(edition, edition_unit)
    blocking = blocking_reception(matters)
    about = _about(edition, edition_unit) | _matters(edition, edition_unit, matters, blocking)
    return render_form("screening/progress_close.html", form, **about)


@bp.route("/<code>/<unit_code>/receive-again", methods=["GET", "POST"])
@requires("screening.do")
def receive_again(code: str, unit_code: str) -> Any:
    """Let a unit take back that it has received everything."""
    edition, edition_unit = _load_to_act(code, unit_code)
    form = ReceiveAgainForm()
    unit = edition_unit.unit

    def act() -> None:
        services.receive_again(g.actor, edition, unit, form.reason.data, form.happened_on.data)

    if attempt(form, act):
        flash(_("%(unit)s lại nhận hồ sơ.", unit=unit.name), "success")
        return redirect(_unit_address(edition, unit_code))
    return render_form("screening/progress_again.html", form, edition=edition, unit=unit)


@bp.route("/<code>/<unit_code>/complete", methods=["GET", "POST"])
@requires("screening.do")
def complete(code: str, unit_code: str) -> Any:
    """Show what is still open, then let a unit say that it has received and screened everything."""
    edition, edition_unit = _load_to_act(code, unit_code)
    form = CompleteForm()
    unit = edition_unit.unit
    if attempt(form, lambda: services.complete_unit(g.actor, edition, unit, form.happened_on.data)):
        flash(_("%(unit)s đã hoàn thành sơ khảo.", unit=unit.name), "success")
        return redirect(url_for("screening.declaration", code=code, unit_code=unit_code))
    about = _about(edition, edition_unit) | _matters(edition, edition_unit, open_matters(edition, edition_unit))
    return render_form("screening/complete.html", form, **about)


@bp.get("/<code>/<unit_code>/declared")
@requires("screening.see")
def declaration(code: str, unit_code: str) -> Any:
    """Show the receipt of what a unit has declared, to be printed."""
    edition, edition_unit = _load(code, unit_code)
    events = [declared(edition.id, edition_unit.unit_id, pair) for pair in (RECEPTION, SCREENING)]
    holding = [event for event in events if event is not None]
    days = {event.happened_on for event in holding}
    figures = {day: standings_on(edition, [edition_unit], day)[edition_unit.unit_id] for day in days}
    return render_template(
        "screening/progress_declared.html",
        edition=edition,
        unit=edition_unit.unit,
        events=[(event, figures[event.happened_on]) for event in holding],
        names=names_of([event.actor_id for event in holding]),
        may_act=may_act_for_unit(g.actor, edition.id, edition_unit.unit_id),
    )


@bp.route("/<code>/<unit_code>/reopen", methods=["GET", "POST"])
@requires("screening.reopen")
def reopen(code: str, unit_code: str) -> Any:
    """Let an organiser open a completed unit again."""
    edition, edition_unit = _load(code, unit_code)
    check_organises(g.actor, edition.id)
    form = ReopenForm()

    def act() -> None:
        services.reopen_unit(g.actor, edition, edition_unit.unit, form.reason.data, form.happened_on.data)

    if attempt(form, act):
        flash(_("Đã mở lại %(unit)s.", unit=edition_unit.unit.name), "success")
        return redirect(_unit_address(edition, unit_code))
    return render_form("screening/reopen.html", form, edition=edition, unit=edition_unit.unit)


def _load(code: str, unit_code: str) -> tuple[Edition, EditionUnit]:
    edition = queries.screened_edition(code)
    return edition, queries.get_unit(g.actor, edition, unit_code)


def _load_to_act(code: str, unit_code: str) -> tuple[Edition, EditionUnit]:
    edition, edition_unit = _load(code, unit_code)
    check_acts_for_unit(g.actor, edition.id, edition_unit.unit_id)
    return edition, edition_unit


def _unit_address(edition: Edition, unit_code: str) -> str:
    return url_for("screening.unit", code=edition.code, unit_code=unit_code)


def _about(edition: Edition, edition_unit: EditionUnit) -> dict[str, Any]:
    counts = queries.unit_counts(edition, edition_unit)
    return {"edition": edition, "unit": edition_unit.unit, "counts": counts}


def _matters(
    edition: Edition, edition_unit: EditionUnit, matters: Sequence[Matter], blocking: Sequence[Matter] | None = None
) -> dict[str, Any]:
    """Part what is open into what forbids and what deserves a look, each with the address where it is mended."""
    forbids = blocking_screening(matters) if blocking is None else list(blocking)
    place = {"code": edition.code, "unit_code": edition_unit.unit.code}
    addressed = [(matter, _address(matter, place | matter.values)) for matter in matters]
    return {
        "blocking": [pair for pair in addressed if pair[0] in forbids],
        "to_look_at": [pair for pair in addressed if pair[0] not in forbids],
    }


def _address(matter: Matter, values: Mapping[str, Any]) -> str:
    return url_for(matter.endpoint, **values)
