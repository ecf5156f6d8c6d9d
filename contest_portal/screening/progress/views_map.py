"""Pages of all units together: the map as of any day, who is behind, and the reminders."""

from datetime import date
from io import BytesIO
from typing import Any, Final

from flask import Response, flash, g, redirect, render_template, request, send_file, url_for

from contest_portal.accounts.guards import requires
from contest_portal.accounts.permissions import may
from contest_portal.contests.models import Edition
from contest_portal.core import clock
from contest_portal.core.attempts import attempt
from contest_portal.core.errors import Invalid, NotFound
from contest_portal.core.i18n import _
from contest_portal.core.vietnamese import parse_date
from contest_portal.core.web import render_form
from contest_portal.registration.documents.sending import closed
from contest_portal.screening.blueprint import bp
from contest_portal.screening.progress import queries, services
from contest_portal.screening.progress.forms import RemindForm
from contest_portal.screening.progress.map import unit_map
from contest_portal.screening.progress.workbook import write_map
from contest_portal.screening.queries import screened_edition
from contest_portal.screening.rules import check_organises, sees_all_units
from contest_portal.screening.states import COLOURS, LABELS

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.get("/<code>/map")
@requires("screening.see")
def map_of_units(code: str) -> Any:
    """Show how far each unit had come on a day."""
    edition = _seen(code)
    problem = None
    try:
        day = _day(request.args.get("as_of"))
    except Invalid as error:
        day, problem = clock.today(), error.message
    return render_template(
        "screening/progress_map.html",
        edition=edition,
        found=unit_map(g.actor, edition, day),
        typed=request.args.get("as_of") if problem else None,
        problem=problem,
        labels=LABELS,
        colours=COLOURS,
        organises=g.actor.holds("organiser", edition_id=edition.id),
    ), (422 if problem else 200)


@bp.get("/<code>/map.xlsx")
@requires("screening.see")
def map_workbook(code: str) -> Response:
    """Give the map as a workbook."""
    edition = _seen(code)
    day = _day(request.args.get("as_of"))
    data = write_map(edition, unit_map(g.actor, edition, day))
    name = f"tien-do-so-khao-{edition.code}-{day:%d-%m-%Y}.xlsx"
    return closed(send_file(BytesIO(data), mimetype=XLSX, as_attachment=True, download_name=name))


@bp.get("/<code>/behind")
@requires("screening.remind")
def behind(code: str) -> Any:
    """Show which units are behind, why, and when they were reminded."""
    edition = _organised(code)
    laggards = queries.units_behind(edition)
    return render_template(
        "screening/progress_behind.html",
        edition=edition,
        laggards=laggards,
        due=queries.due_of(edition),
        can_post=may(g.actor, "users.manage"),
    )


@bp.route("/<code>/behind/remind", methods=["GET", "POST"])
@requires("screening.remind")
def remind(code: str) -> Any:
    """Show whom a reminder reaches and what it says, then send it."""
    edition = _organised(code)
    codes = request.args.getlist("unit")
    form, sent = RemindForm(), []

    def act() -> None:
        sent.append(services.remind(g.actor, edition, codes, again=form.again.data, once_token=form.once.data))

    if attempt(form, act):
        flash(_("Đã nhắc %(number)s đơn vị.", number=sent[0]), "success")
        return redirect(url_for("screening.reminded", code=code))
    laggards = services.chosen_of(queries.units_behind(edition), codes)
    choice = services.choose(laggards, again=form.again.data)
    letter = services.words_for(edition, (choice.reached or laggards)[0]) if laggards else None
    return render_form("screening/progress_remind.html", form, edition=edition, choice=choice, letter=letter)


@bp.get("/<code>/behind/reminded")
@requires("screening.remind")
def reminded(code: str) -> Any:
    """Show how many units and people the last reminder went to."""
    edition = _organised(code)
    return render_template(
        "screening/progress_reminded.html", edition=edition, reminders=queries.latest_sending(edition.id)
    )


def _seen(code: str) -> Edition:
    """Return an edition in which the actor sees a unit; raises NotFound."""
    edition = screened_edition(code)
    if not (sees_all_units(g.actor, edition.id) or g.actor.unit_ids(edition.id)):
        raise NotFound
    return edition


def _organised(code: str) -> Edition:
    edition = _seen(code)
    check_organises(g.actor, edition.id)
    return edition


def _day(given: str | None) -> date:
    """Return the day that was typed, today where none was; raises Invalid."""
    if not given:
        return clock.today()
    try:
        found = parse_date(given)
    except ValueError:
        found = None
    if found is None:
        raise Invalid(_("“%(day)s” không phải là một ngày. Hãy viết như 20/05/2024.", day=given[:20]))
    if found > clock.today():
        raise Invalid(_("Ngày chốt số liệu còn ở phía trước."))
    return found
