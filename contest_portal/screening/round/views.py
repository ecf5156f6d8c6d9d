"""Pages of how a unit marks: a list of what can be set, one matter a page."""

from collections.abc import Callable
from typing import Any

from flask import flash, g, redirect, render_template, request, url_for

from contest_portal.accounts.guards import requires
from contest_portal.contests.models import Edition, EditionUnit
from contest_portal.contests.services import rulebook_of
from contest_portal.core.attempts import attempt
from contest_portal.core.i18n import _
from contest_portal.core.web import render_form
from contest_portal.screening.blueprint import bp
from contest_portal.screening.queries import get_unit, screened_edition, units_completed
from contest_portal.screening.round import services
from contest_portal.screening.round.criteria import most_of
from contest_portal.screening.round.forms import (
    MARKING,
    RANKED,
    AgainForm,
    HeadForm,
    MarkingForm,
    PassMarkForm,
    PrizesForm,
    SettingsForm,
)
from contest_portal.screening.round.marked import decided_in, marked_in
from contest_portal.screening.round.queries import criteria_for, pass_mark_for, round_of, screeners_of
from contest_portal.screening.rules import check_acts_for_unit, may_act_for_unit


@bp.get("/<code>/<unit_code>/round")
@requires("screening.see")
def unit_round(code: str, unit_code: str) -> Any:
    """Show how a unit marks, with a page for each matter."""
    edition, edition_unit = load_unit(code, unit_code)
    criteria = criteria_for(edition, edition_unit.unit_id)
    return render_template(
        "screening/round.html",
        edition=edition,
        unit=edition_unit.unit,
        round=round_of(edition.id, edition_unit.unit_id),
        criteria=criteria,
        most=most_of(criteria),
        board=screeners_of(edition.id, edition_unit.unit_id),
        pass_mark=pass_mark_for(edition, edition_unit.unit_id),
        marked=marked_in(edition.id, edition_unit.unit_id),
        may_change=may_change(edition, edition_unit),
        marking_words=MARKING,
        rank_words=RANKED,
    )


@bp.route("/<code>/<unit_code>/round/marking", methods=["GET", "POST"])
@requires("screening.do")
def round_marking(code: str, unit_code: str) -> Any:
    """Ask how the unit comes to a score, and within what it ranks."""
    edition, edition_unit = load_to_act(code, unit_code)
    form = MarkingForm()

    def save(version: int) -> None:
        marking, ranked = form.marking.data, form.rank_within.data
        unit_id = edition_unit.unit_id
        services.set_marking(g.actor, edition, unit_id, marking=marking, rank_within=ranked, version=version)

    more = {"marked": marked_in(edition.id, edition_unit.unit_id), "marking_words": MARKING, "rank_words": RANKED}
    return _edit(edition, edition_unit, form, save, "screening/round_marking.html", more)


@bp.route("/<code>/<unit_code>/round/pass-mark", methods=["GET", "POST"])
@requires("screening.do")
def round_pass_mark(code: str, unit_code: str) -> Any:
    """Ask from which score on the unit forwards."""
    edition, edition_unit = load_to_act(code, unit_code)
    form = PassMarkForm()

    def save(version: int) -> None:
        services.set_pass_mark(g.actor, edition, edition_unit.unit_id, form.pass_mark.data, version=version)

    more = {
        "edition_mark": rulebook_of(edition).pass_mark,
        "most": most_of(criteria_for(edition, edition_unit.unit_id)),
    }
    return _edit(edition, edition_unit, form, save, "screening/round_pass_mark.html", more)


@bp.route("/<code>/<unit_code>/round/prizes", methods=["GET", "POST"])
@requires("screening.do")
def round_prizes(code: str, unit_code: str) -> Any:
    """Ask which prizes the unit gives."""
    edition, edition_unit = load_to_act(code, unit_code)
    form = PrizesForm()

    def save(version: int) -> None:
        services.set_prizes(g.actor, edition, edition_unit.unit_id, form.wanted(), version=version)

    return _edit(edition, edition_unit, form, save, "screening/round_prizes.html", {})


@bp.route("/<code>/<unit_code>/round/head", methods=["GET", "POST"])
@requires("screening.do")
def round_head(code: str, unit_code: str) -> Any:
    """Ask what stands at the head of the unit's papers."""
    edition, edition_unit = load_to_act(code, unit_code)
    form = HeadForm()

    def save(version: int) -> None:
        lines = {"parent_body": form.parent_body.data, "issuer": form.issuer.data, "place": form.place.data}
        services.set_head(g.actor, edition, edition_unit.unit_id, **lines, version=version)

    return _edit(edition, edition_unit, form, save, "screening/round_head.html", {})


@bp.route("/<code>/<unit_code>/round/again", methods=["GET", "POST"])
@requires("screening.do")
def round_again(code: str, unit_code: str) -> Any:
    """Ask once more, and why, then clear everything that was marked."""
    edition, edition_unit = load_to_act(code, unit_code)
    form, cleared = AgainForm(), []

    def act() -> None:
        cleared.append(services.mark_again(g.actor, edition, edition_unit.unit_id, form.reason.data))

    if attempt(form, act):
        flash(_("Đã xóa điểm của %(number)s hồ sơ. Nay đổi được cách chấm và tiêu chí.", number=cleared[0]), "success")
        return redirect(round_address(edition, edition_unit))
    return render_form(
        "screening/round_again.html",
        form,
        edition=edition,
        unit=edition_unit.unit,
        marked=marked_in(edition.id, edition_unit.unit_id),
        decided=decided_in(edition.id, edition_unit.unit_id),
    )


def load_unit(code: str, unit_code: str) -> tuple[Edition, EditionUnit]:
    """Return an edition and one of its units that the actor may see; raises NotFound."""
    edition = screened_edition(code)
    return edition, get_unit(g.actor, edition, unit_code)


def load_to_act(code: str, unit_code: str) -> tuple[Edition, EditionUnit]:
    """Return an edition and one of its units that the actor may act for; raises NotFound, NotAllowed."""
    edition, edition_unit = load_unit(code, unit_code)
    check_acts_for_unit(g.actor, edition.id, edition_unit.unit_id)
    return edition, edition_unit


def may_change(edition: Edition, edition_unit: EditionUnit) -> bool:
    """Tell whether the actor may change the round now: a complete unit's stays as it was."""
    complete = {row.unit_id for row in units_completed(edition.id)}
    unit_id = edition_unit.unit_id
    return unit_id not in complete and may_act_for_unit(g.actor, edition.id, unit_id)


def round_address(edition: Edition, edition_unit: EditionUnit, endpoint: str = "unit_round") -> str:
    """Return the address of one of the pages of a unit's round."""
    return url_for(f"screening.{endpoint}", code=edition.code, unit_code=edition_unit.unit.code)


def _edit(
    edition: Edition,
    edition_unit: EditionUnit,
    form: SettingsForm,
    save: Callable[[int], None],
    template: str,
    more: dict[str, Any],
) -> Any:
    """Show one matter and save it; where somebody else was quicker, with what is stored beside what was typed."""
    stored = round_of(edition.id, edition_unit.unit_id)
    if request.method == "GET":
        form.begin(stored)
    if attempt(form, lambda: save(form.seen()), names={"prizes": ""}):
        flash(_("Đã lưu thiết lập vòng sơ khảo của %(unit)s.", unit=edition_unit.unit.name), "success")
        return redirect(round_address(edition, edition_unit))
    stored = round_of(edition.id, edition_unit.unit_id)
    other = stored if form.is_submitted() and stored.version != form.version.data else None
    if other is not None:
        form.accept_version(other.version)
    return render_form(template, form, edition=edition, unit=edition_unit.unit, other=other, **more)
