"""Pages of results: places, judges' totals and what is still missing, before anything is published."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, g, render_template, request

from contest_portal.accounts.guards import requires
from contest_portal.contests.models import Edition, Round
from contest_portal.contests.queries import get_edition_with_rules
from contest_portal.core import paging
from contest_portal.core.errors import NotFound
from contest_portal.results import queries
from contest_portal.results.queries import RankedRow
from contest_portal.results.rules import check_sees_results

bp = Blueprint("results", __name__, url_prefix="/results")

OVERALL = "all"


@bp.get("/")
@requires("results.see")
def index() -> Any:
    """Show the ranking of one round in one division or field."""
    editions = queries.editions_for(g.actor)
    if not editions:
        return render_template("results/index.html", editions=[], edition=None)
    edition = get_edition_with_rules(request.args.get("edition") or editions[0].code)
    check_sees_results(g.actor, edition.id)
    chosen = _chosen_round(edition)
    rows = queries.ranking_of(edition.id, chosen.id if chosen else None)
    groups = list(dict.fromkeys((row.group_code, row.group) for row in rows))
    group = _chosen_group([code for code, _name in groups])
    shown = [row for row in rows if row.group_code == group]
    return render_template(
        "results/index.html",
        editions=editions,
        edition=edition,
        chosen=chosen,
        overall=OVERALL,
        groups=groups,
        group=group,
        page=_page(shown, paging.decode(request.args.get("cursor"))),
        columns=shown[0].columns if shown else (),
        missing=sum(row.missing for row in shown),
    )


def _chosen_round(edition: Edition) -> Round | None:
    code = request.args.get("round")
    if code == OVERALL:
        return None
    if code is None:
        return _latest_round(edition)
    found = next((r for r in edition.rounds if r.code == code), None)
    if found is None:
        raise NotFound
    return found


def _latest_round(edition: Edition) -> Round | None:
    """Return the last round somebody judges already, else the first that will be judged."""
    judged = [r for r in edition.rounds if r.kind != "screening"]
    begun = queries.rounds_begun(edition.id)
    return next((r for r in reversed(judged) if r.id in begun), judged[0] if judged else None)


def _chosen_group(codes: list[str]) -> str:
    wanted = request.args.get("group")
    if wanted is None:
        return codes[0] if codes else ""
    if codes and wanted not in codes:
        raise NotFound
    return wanted


def _page(rows: Sequence[RankedRow], cursor: paging.Cursor | None) -> paging.Page[tuple[int, RankedRow]]:
    # Places need the whole group, so the page is cut from what was ranked, by the same cursors as every list.
    numbered = list(enumerate(rows))
    keys = cursor.keys if cursor else ()
    at = keys[0] if len(keys) == 1 and isinstance(keys[0], int) else -1
    used = cursor if at >= 0 else None
    if used and used.backwards:
        cut = list(reversed([pair for pair in numbered if pair[0] < at]))
    else:
        cut = [pair for pair in numbered if pair[0] > at]
    return paging.make_page(cut[: paging.PAGE_SIZE + 1], used, lambda pair: (pair[0],))
