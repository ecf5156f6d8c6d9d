"""Pages on which a school hands in all its complete drafts with one declaration."""

from datetime import datetime
from typing import Any

from flask import g, redirect, render_template, url_for

from contest_portal.accounts.guards import requires
from contest_portal.contests.models import Edition
from contest_portal.contests.queries import get_edition
from contest_portal.contests.services import rulebook_of
from contest_portal.core import clock
from contest_portal.core.attempts import attempt
from contest_portal.core.web import render_form
from contest_portal.registration import receipts
from contest_portal.registration.blueprint import bp
from contest_portal.registration.deadlines import closes_for, time_left
from contest_portal.registration.forms_together import TogetherForm
from contest_portal.registration.together import (
    Draft,
    HandIn,
    drafts_of,
    entries_of,
    get_hand_in,
    hand_in_of,
    submit_together,
)


@bp.route("/together/<code>", methods=["GET", "POST"])
@requires("entry.create")
def together(code: str) -> Any:
    """Show the school's drafts with what each still lacks; hand in those that are complete."""
    arrived = clock.now()
    edition = get_edition(code)
    drafts, count = drafts_of(g.actor, edition)
    form = TogetherForm()
    # Sent twice, the form finds its drafts handed in already: it leads to the same receipt.
    known = hand_in_of(g.actor, form.once.data) if form.is_submitted() else None
    if known is not None:
        return redirect(url_for("registration.together_receipt", token=known.token))
    form.offer(drafts)
    done: list[tuple[HandIn, bool]] = []

    def act() -> None:
        chosen = [draft.entry for draft in drafts if draft.entry.reference in form.references.data]
        done.append(
            submit_together(
                g.actor, edition, chosen, declared=form.declared.data, once_token=form.once.data, at=arrived
            )
        )

    if attempt(form, act):
        hand_in, new = done[0]
        if new:
            _send_receipts(hand_in)
        return redirect(url_for("registration.together_receipt", token=hand_in.token))
    return render_form(
        "registration/together.html",
        form,
        edition=edition,
        rules=rulebook_of(edition),
        complete=[draft for draft in drafts if draft.complete],
        incomplete=[draft for draft in drafts if not draft.complete],
        more=count - len(drafts),
        people=_count_people(drafts),
        **_time_of(edition, drafts, arrived),
    )


@bp.get("/together/receipt/<token>")
@requires("entry.create")
def together_receipt(token: str) -> Any:
    """Show one receipt for everything that was handed in together."""
    hand_in = get_hand_in(g.actor, token)
    entries = entries_of(g.actor, hand_in)
    closes = min(map(closes_for, entries), default=hand_in.edition.closes_for())
    return render_template("registration/together_receipt.html", hand_in=hand_in, entries=entries, closes=closes)


def _time_of(edition: Edition, drafts: list[Draft], at: datetime) -> dict[str, Any]:
    """Return until when these drafts may be handed in: the first of them to close."""
    closes = min((closes_for(draft.entry) for draft in drafts), default=edition.closes_for())
    return {"closes": closes, "left": time_left(closes, at)}


def _send_receipts(hand_in: HandIn) -> None:
    for entry in entries_of(g.actor, hand_in):
        receipts.post(g.actor, entry)


def _count_people(drafts: list[Draft]) -> int:
    return sum(len(draft.entry.participants) for draft in drafts if draft.complete)
