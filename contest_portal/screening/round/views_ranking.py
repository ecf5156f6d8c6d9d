"""Pages of a unit's ranking: places, lines and prizes, forwarding from the top, and ties put in order."""

from typing import Any, Final

from flask import flash, g, redirect, render_template, request

from contest_portal.accounts.guards import requires
from contest_portal.core import clock, paging
from contest_portal.core.attempts import attempt
from contest_portal.core.i18n import _, lazy
from contest_portal.core.paging import PAGE_SIZE, Cursor, Page
from contest_portal.core.web import render_form
from contest_portal.screening.blueprint import bp
from contest_portal.screening.round.forms_sheets import TieForm, order_name, tie_form
from contest_portal.screening.round.opened import entry_in_unit
from contest_portal.screening.round.ranking import GONE, JOINED, MOVED, UNIT, Tie
from contest_portal.screening.round.standings import StandingRow, Standings, standings_of
from contest_portal.screening.round.ties import decide_tie
from contest_portal.screening.round.views import load_to_act, load_unit, may_change, round_address

VOID_WORDS: Final[dict[str, Any]] = {
    MOVED: lazy("điểm đã thay đổi"),
    GONE: lazy("có hồ sơ không còn trong danh sách"),
    JOINED: lazy("có thêm hồ sơ cùng điểm"),
}


@bp.get("/<code>/<unit_code>/ranking")
@requires("screening.see")
def ranking(code: str, unit_code: str) -> Any:
    """Show how the unit's entries stand; with ?first=1 what goes on by its place is ticked."""
    edition, edition_unit = load_unit(code, unit_code)
    standings = standings_of(edition, edition_unit)
    page = _page(standings, paging.decode(request.args.get("cursor")))
    ticked = standings.first if request.args.get("first") else []
    shown = {row.reference for row in page.items}
    return render_template(
        "screening/ranking.html",
        edition=edition,
        unit=edition_unit.unit,
        standings=standings,
        names=dict(standings.screeners),
        titles={row.reference: row.title for row in standings.rows},
        page=page,
        ticked=ticked,
        ticked_elsewhere=[reference for reference in ticked if reference not in shown],
        last_above=_last_above(standings),
        void_words=VOID_WORDS,
        may_act=may_change(edition, edition_unit),
        whole=standings.within == UNIT,
    )


@bp.route("/<code>/<unit_code>/ranking/ties/<reference>", methods=["GET", "POST"])
@requires("screening.do")
def tie(code: str, unit_code: str, reference: str) -> Any:
    """Ask in which order tied entries stand, and why."""
    edition, edition_unit = load_to_act(code, unit_code)
    entry = entry_in_unit(edition_unit, reference)
    standings = standings_of(edition, edition_unit)
    found = standings.ranking.tie_of(entry.reference)
    if found is None:
        flash(_("Hồ sơ %(reference)s không đồng điểm với hồ sơ nào.", reference=entry.reference), "info")
        return redirect(round_address(edition, edition_unit, "ranking"))
    rows = [row for row in standings.rows if row.reference in found.references]
    form = tie_form(found, {row.reference: row.title for row in rows})
    if not form.is_submitted():
        form.decided_on.data = clock.today()

    def act() -> None:
        ordered = form.ordered(found)
        decide_tie(g.actor, edition, edition_unit, ordered or [], form.reason.data, form.decided_on.data)

    if _numbered(form, found) and attempt(form, act):
        flash(_("Đã ghi thứ tự của %(number)s hồ sơ đồng điểm.", number=len(found.references)), "success")
        return redirect(round_address(edition, edition_unit, "ranking"))
    return render_form(
        "screening/tie.html",
        form,
        edition=edition,
        unit=edition_unit.unit,
        tie=found,
        rows=rows,
        names=dict(standings.screeners),
        order_name=order_name,
    )


def _numbered(form: TieForm, found: Tie) -> bool:
    """Tell whether the page was sent with an order; what is wrong with it is then said on the page."""
    return form.validate_on_submit() and form.ordered(found) is not None


def _page(standings: Standings, cursor: Cursor | None) -> Page[StandingRow]:
    """Cut a page out of the ranking: places are known only of the whole."""
    first = 0
    if cursor is not None and len(cursor.keys) == 1 and isinstance(cursor.keys[0], int):
        first = min(max(0, cursor.keys[0]), max(0, len(standings.rows) - 1))
    after, before = first + PAGE_SIZE, max(0, first - PAGE_SIZE)
    return Page(
        standings.rows[first:after],
        next_cursor=paging.encode(Cursor((after,))) if after < len(standings.rows) else None,
        previous_cursor=paging.encode(Cursor((before,))) if first else None,
    )


def _last_above(standings: Standings) -> str | None:
    """Return the entry below which the line of the quota is drawn."""
    if standings.quota is None:
        return None
    return next((row.reference for row in reversed(standings.rows) if row.above), None)
