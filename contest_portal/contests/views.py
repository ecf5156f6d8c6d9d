"""Public pages: what is run, and what one edition asks for and gives."""

from typing import Any

from flask import Response, g, make_response, render_template, session

from contest_portal.accounts.guards import public
from contest_portal.contests import queries
from contest_portal.contests.blueprint import bp
from contest_portal.contests.eligibility import window_text
from contest_portal.contests.models import Edition
from contest_portal.contests.rulebook import Need, Window
from contest_portal.contests.services import rulebook_of
from contest_portal.contests.wording import describe_document, describe_needs, describe_people
from contest_portal.core import clock

PUBLIC_SECONDS = 60


@bp.get("/contests")
@public
def index() -> Response:
    """Show every edition: the open ones first."""
    editions = [edition for edition in queries.all_editions() if edition.published]
    groups = {state: [e for e in editions if state_of(e) == state] for state in ("open", "upcoming", "closed")}
    return cacheable("contests/index.html", groups=groups)


@bp.get("/contests/<code>")
@public
def edition(code: str) -> Response:
    """Show one edition to everybody."""
    found = queries.get_published_edition(code)
    rules = rulebook_of(found)
    parts = queries.parts_of(found.id)
    divisions = [(part, window_text(Window.from_dict(part.window))) for part in parts if part.kind == "division"]
    return cacheable(
        "contests/edition.html",
        edition=found,
        state=state_of(found),
        rules=rules,
        people=describe_people(rules),
        window=window_text(rules.window),
        needs=describe_needs(rules),
        documents=[describe_document(rule) for rule in rules.documents if rule.need is not Need.ABSENT],
        divisions=divisions,
        fields=[part for part in parts if part.kind == "field"],
        rounds=[part for part in parts if part.kind == "round"],
        prizes=[part for part in parts if part.kind == "prize"],
    )


def state_of(edition: Edition) -> str:
    """Return upcoming, open or closed."""
    now = clock.now()
    if now < edition.opens_at:
        return "upcoming"
    return "open" if now < edition.closes_for() else "closed"


def cacheable(template: str, **context: Any) -> Response:
    """Render a page that is the same for every visitor without a session, and may be kept for a minute."""
    page = make_response(render_template(template, **context))
    page.vary.add("Cookie")
    # A browser with a session of any kind may have been shown a message of its own.
    if not g.actor.signed_in and not session:
        page.headers["Cache-Control"] = f"public, max-age={PUBLIC_SECONDS}"
    return page


# Imported for its pages; the blueprint is complete once they are.
from contest_portal.contests import (  # noqa: E402
    views_access,
    views_colleagues,
    views_invitations,
    views_memberships,
    views_school_lists,
    views_schools,
    views_setup,
    views_setup_units,
    views_units,
)

__all__ = [
    "bp",
    "views_access",
    "views_colleagues",
    "views_invitations",
    "views_memberships",
    "views_school_lists",
    "views_schools",
    "views_setup",
    "views_setup_units",
    "views_units",
]
