"""The public list of an edition's entries."""

from typing import Any

from flask import g, make_response, render_template, request, session

from contest_portal.accounts.guards import public
from contest_portal.core.paging import decode
from contest_portal.core.vietnamese import clean_text
from contest_portal.registration.consent.blueprint import bp
from contest_portal.registration.consent.publishing import get_published, names_for, published_entries


@bp.get("/contests/<code>/entries")
@public
def entries(code: str) -> Any:
    """Show which entries take part; people are named only while they agree to it."""
    edition = get_published(code)
    q = clean_text(request.args.get("q", ""))[:100]
    page = published_entries(edition, q, decode(request.args.get("cursor")))
    names = names_for(page.items)
    response = make_response(render_template("consent/entries.html", edition=edition, page=page, names=names, q=q))
    response.vary.add("Cookie")
    if not g.actor.signed_in and not session:
        # Kept, but asked again every time: a name is gone with the next look after its consent was withdrawn.
        response.headers["Cache-Control"] = "public, no-cache"
        response.add_etag()
        response.make_conditional(request)
    return response
