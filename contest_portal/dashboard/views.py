"""Pages that cross stages: the public start page, each role's home, the dossier, the language switch, health."""

from datetime import date
from typing import Any

from flask import g, make_response, redirect, render_template, request, url_for
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from contest_portal.accounts.actor import Role
from contest_portal.accounts.guards import public, requires
from contest_portal.accounts.permissions import may
from contest_portal.contests.views import cacheable
from contest_portal.core import clock
from contest_portal.core.database import db
from contest_portal.core.errors import NotFound
from contest_portal.core.i18n import LANGUAGES, _
from contest_portal.core.vietnamese import parse_date
from contest_portal.core.web import LANGUAGE_COOKIE, local_path, settings
from contest_portal.dashboard.blueprint import bp
from contest_portal.dashboard.dossier import dossier_of
from contest_portal.dashboard.homes import EditionHome, days_left, open_now, parts_for
from contest_portal.registration.queries import get_entry
from contest_portal.reporting.tallies import EditionFigures


@bp.get("/")
@public
def home() -> Any:
    """Show everybody what the portal is for, and those who are signed in what waits for them."""
    if not g.actor.signed_in:
        return cacheable("dashboard/start.html", editions=open_now())
    as_of, problem = _day(request.args.get("as_of"))
    return render_template(
        "dashboard/home.html",
        as_of=as_of,
        as_of_problem=problem,
        administers=g.actor.has(Role.ADMINISTRATOR),
        days_left=days_left,
        people_words=people_words,
        parts_bars=parts_bars,
        organises=lambda edition: g.actor.holds(Role.ORGANISER, edition_id=edition.id),
        **parts_for(g.actor, as_of),
    )


@bp.get("/dossier/<reference>")
@requires("dossier.see")
def dossier(reference: str) -> Any:
    """Show everything the stages know of an entry, within what the actor may see."""
    return render_template("dashboard/dossier.html", **dossier_of(g.actor, reference))


@bp.get("/e/<reference>")
@requires("entry.see")
def entry_by_code(reference: str) -> Any:
    """Lead whoever reads a printed code to their own page of the entry; what is not theirs is not there."""
    found = get_entry(g.actor, reference)
    if found.unit_id is not None and found.unit_id in g.actor.unit_ids(found.edition_id):
        return redirect(url_for("screening.entry", reference=reference))
    wanted = "pages.dossier" if may(g.actor, "dossier.see") else "registration.entry"
    return redirect(url_for(wanted, reference=reference))


@bp.get("/language/<code>")
@public
def language(code: str) -> Any:
    """Remember in the visitor's own browser which language it reads; nothing is kept here."""
    if code not in LANGUAGES:
        raise NotFound
    response = redirect(local_path(request.args.get("next")) or "/")
    response.set_cookie(
        LANGUAGE_COOKIE, code, max_age=31_536_000, httponly=True, samesite="Lax", secure=settings().https
    )
    return response


@bp.get("/favicon.ico")
@public
def favicon() -> Any:
    """Answer browsers that ask for the icon by its old name, as they do beside JSON."""
    return redirect(url_for("static", filename="img/favicon.ico"))


@bp.get("/health")
@public
def health() -> Any:
    """Answer that the process lives."""
    return {"status": "ok"}


@bp.get("/ready")
@public
def ready() -> Any:
    """Answer whether the database answers and files can be written."""
    try:
        db.session.execute(text("SELECT 1"))
        probe = settings().instance / ".ready"
        probe.write_bytes(b"")
    except (SQLAlchemyError, OSError):
        return make_response({"status": "unavailable"}, 503)
    return {"status": "ready"}


def people_words(home: EditionHome) -> str:
    """Return what the people of an edition are called together, as its rules count them."""
    words = [str(rule.word) for rule in home.rules.roles if rule.role in home.rules.counted_roles]
    return ", ".join(words)


def parts_bars(figures: EditionFigures) -> tuple[str, list[tuple[str, int]]]:
    """Return what an edition's entries are shown by, and the bars: units, else fields or divisions.

    Of very many units the tallest ones are shown.
    """
    from_units = [(unit.name, unit.entries) for unit in figures.units if unit.code and unit.entries]
    if not from_units:
        return "group", [(group.label, group.count) for group in figures.fields or figures.divisions or ()]
    tallest = from_units if len(from_units) <= 12 else sorted(from_units, key=lambda bar: -bar[1])[:12]
    return "unit", tallest


def _day(given: str | None) -> tuple[date, str | None]:
    if not given:
        return clock.today(), None
    try:
        found = parse_date(given)
    except ValueError:
        found = None
    if found is None:
        return clock.today(), _("“%(day)s” không phải là một ngày. Hãy viết như 20/05/2024.", day=given[:20])
    if found > clock.today():
        # The pages that the figures lead to refuse such a day too: nobody can know its figures yet.
        return clock.today(), _("Ngày chốt số liệu còn ở phía trước.")
    return found, None


# Imported for its pages; the blueprint is complete once they are.
from contest_portal.dashboard import views_jobs, views_schools  # noqa: E402

__all__ = ["bp", "views_jobs", "views_schools"]
