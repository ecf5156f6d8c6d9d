"""Schools beside what they have handed in: who has to be called before the deadline."""

from typing import Any

from flask import g, render_template, request

from contest_portal.accounts.guards import requires
from contest_portal.contests.queries import open_editions
from contest_portal.contests.queries_schools import access_of, list_schools, units_with_schools
from contest_portal.contests.views_schools import ACCOUNTS, filter_from_address
from contest_portal.core import clock
from contest_portal.core.paging import decode
from contest_portal.dashboard.blueprint import bp
from contest_portal.dashboard.queries_schools import entries_by_school

# More columns than these no page carries.
MOST_EDITIONS = 4


@bp.get("/schools/entries")
@requires("schools.see")
def school_entries() -> Any:
    """List the schools with the number of their entries in each edition that is open."""
    wanted = filter_from_address()
    page = list_schools(g.actor, wanted, decode(request.args.get("cursor")))
    ids = [school.id for school in page.items]
    editions = open_editions(clock.now())[:MOST_EDITIONS]
    return render_template(
        "dashboard/school_entries.html",
        page=page,
        wanted=wanted,
        editions=editions,
        counts=entries_by_school(g.actor, ids, [edition.id for edition in editions]),
        access=access_of(ids),
        units=units_with_schools(g.actor),
        accounts=ACCOUNTS,
    )
