"""Pages on which organisers look at what may be there twice, side by side, and decide."""

from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from wtforms import RadioField, TextAreaField

from contest_portal.accounts.guards import requires
from contest_portal.contests.models import Edition
from contest_portal.contests.services import rulebook_of
from contest_portal.core.attempts import attempt
from contest_portal.core.forms import PortalForm, length, required
from contest_portal.core.i18n import _, lazy
from contest_portal.core.paging import decode
from contest_portal.core.web import render_form
from contest_portal.registration import rules
from contest_portal.registration.blueprint import bp
from contest_portal.registration.checking.queries import get_checked_edition
from contest_portal.registration.describing import describe_details, group_people
from contest_portal.registration.duplicates import queries, services, working
from contest_portal.registration.duplicates.models import DuplicatePair
from contest_portal.registration.models import Entry

STATES: dict[str, Any] = {
    "open": lazy("Chưa xem"),
    "different": lazy("Không phải trùng"),
    "same": lazy("Đúng là trùng"),
}
KINDS: dict[str, Any] = {"person": lazy("Trùng người"), "title": lazy("Tên gần giống")}
PLACES: dict[str, Any] = {"same": lazy("Trong kỳ này"), "earlier": lazy("Với kỳ trước")}


class DecideForm(PortalForm):
    """Say what a pair is, and why."""

    state = RadioField(
        lazy("Kết luận"), choices=[(k, STATES[k]) for k in ("different", "same", "open")], validators=[required()]
    )
    reason = TextAreaField(lazy("Lý do"), validators=[required(lazy("Hãy ghi lý do.")), length(500)])


@bp.get("/duplicates/<code>")
@requires("duplicates.see")
def duplicates(code: str) -> Any:
    """List an edition's pairs, filtered as the address says."""
    edition = get_checked_edition(g.actor, code)
    state, kind, where = _chosen("state", STATES) or "open", _chosen("kind", KINDS), _chosen("where", PLACES)
    page = queries.list_pairs(edition.id, state, kind, where, decode(request.args.get("cursor")))
    return render_template(
        "registration/duplicates/index.html",
        edition=edition,
        page=page,
        entries=queries.entries_of(g.actor, page.items),
        names=queries.names_of(page.items),
        search=queries.last_search(edition.id),
        filters={"state": state, "kind": kind, "where": where},
        offered={"state": STATES, "kind": KINDS, "where": PLACES},
        may_decide=rules.runs(g.actor, edition.id),
    )


@bp.post("/duplicates/<code>/search")
@requires("duplicates.decide")
def search_duplicates(code: str) -> Any:
    """Search the whole edition again: a large one in the background."""
    edition = get_checked_edition(g.actor, code)
    if working.is_large(edition):
        token = working.begin_search(g.actor, edition, url_for("registration.duplicates", code=code))
        return redirect(url_for("pages.job", token=token))
    added = services.search_edition(g.actor, edition)
    flash(_("Đã tìm xong: có thêm %(count)s cặp có thể trùng.", count=added), "success")
    return redirect(url_for("registration.duplicates", code=code))


@bp.get("/duplicates/<code>/<int:pair_id>")
@requires("duplicates.see")
def duplicate_pair(code: str, pair_id: int) -> Any:
    """Show two entries side by side."""
    edition = get_checked_edition(g.actor, code)
    return _pair_page(edition, queries.get_pair(edition.id, pair_id), DecideForm(formdata=None))


@bp.post("/duplicates/<code>/<int:pair_id>")
@requires("duplicates.decide")
def decide_duplicate(code: str, pair_id: int) -> Any:
    """Keep the decision about a pair."""
    edition = get_checked_edition(g.actor, code)
    pair = queries.get_pair(edition.id, pair_id)
    form = DecideForm()
    if attempt(form, lambda: services.decide(g.actor, edition, pair, form.state.data, form.reason.data or "")):
        flash(_("Đã ghi kết luận."), "success")
        return redirect(url_for("registration.duplicates", code=code))
    return _pair_page(edition, pair, form)


@bp.app_template_global()
def open_duplicates(entry: Entry) -> list[DuplicatePair]:
    """Return the undecided pairs of an entry, for those who organise its edition; nobody else learns of them."""
    return list(queries.open_pairs_of(entry.id)) if rules.runs(g.actor, entry.edition_id) else []


def _pair_page(edition: Edition, pair: DuplicatePair, form: DecideForm) -> Any:
    entries = queries.entries_of(g.actor, [pair])
    sides = [_side(entries.get(entry_id)) for entry_id in (pair.first_id, pair.second_id)]
    return render_form(
        "registration/duplicates/pair.html",
        form,
        edition=edition,
        pair=pair,
        sides=sides,
        kind=KINDS[pair.kind],
        states=STATES,
        decisions=queries.decisions_of(pair.id),
        may_decide=rules.runs(g.actor, edition.id),
    )


def _side(entry: Entry | None) -> dict[str, Any] | None:
    """Return what is shown of one entry; None where it is of an edition that the reader has no post in."""
    if entry is None:
        return None
    book = rulebook_of(entry.edition)
    return {"entry": entry, "details": describe_details(entry, book), "groups": group_people(entry, book)}


def _chosen(name: str, offered: dict[str, Any]) -> str:
    value = request.args.get(name, "")
    return value if value in offered else ""
