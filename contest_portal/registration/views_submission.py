"""Pages on which an entry is checked, handed in, acknowledged, taken back and begun again."""

from typing import Any

from flask import flash, g, redirect, render_template, url_for

from contest_portal.accounts.guards import requires
from contest_portal.contests.services import rulebook_of
from contest_portal.core import clock
from contest_portal.core.attempts import attempt
from contest_portal.core.errors import NotFound
from contest_portal.core.i18n import _
from contest_portal.core.web import render_form
from contest_portal.registration import receipts, rules, services
from contest_portal.registration.blueprint import bp
from contest_portal.registration.checking.papers import papers_of
from contest_portal.registration.describing import describe_details, group_people
from contest_portal.registration.forms import SubmitForm, WithdrawForm
from contest_portal.registration.queries import get_entry
from contest_portal.registration.showing import shown_problems
from contest_portal.registration.status import Status
from contest_portal.registration.views_changing import SAVED, Change, came_late, send
from contest_portal.registration.views_entry import require_hands


@bp.route("/<reference>/check", methods=["GET", "POST"])
@requires("entry.edit")
def check(reference: str) -> Any:
    """Show every answer and what the rules say of them; hand the entry in."""
    arrived = clock.now()
    found = get_entry(g.actor, reference)
    require_hands(found)
    change = Change(found, "submit", arrived)
    form = SubmitForm()
    form.drop_reason(needed=rules.needs_reason(g.actor, found, arrived))
    handed_in: list[bool] = []

    def act() -> None:
        handed_in.append(
            services.submit_entry(
                g.actor,
                found,
                declared=form.declared.data,
                once_token=form.once.data,
                reason=form.reason_given(),
                at=arrived,
            )
        )

    if attempt(form, act):
        if handed_in[0]:
            receipts.post(g.actor, found)
        return redirect(url_for("registration.receipt", reference=reference))
    if form.is_submitted():
        came_late(change)
    book = rulebook_of(found.edition)
    papers = papers_of(found)
    problems = papers.problems
    return render_form(
        "registration/check.html",
        form,
        papers=papers,
        entry=found,
        rules=book,
        details=describe_details(found, book),
        groups=group_people(found, book),
        problems=shown_problems(found, problems),
        may_override=rules.runs(g.actor, found.edition_id),
        may_submit=found.status == Status.DRAFT and rules.may_change(g.actor, found),
        **change.context(),
    )


@bp.get("/<reference>/receipt")
@requires("entry.see")
def receipt(reference: str) -> Any:
    """Show the receipt, to keep or to print; a draft has none."""
    found = get_entry(g.actor, reference)
    event = receipts.find_submission(found)
    if event is None:
        raise NotFound
    book = rulebook_of(found.edition)
    return render_template(
        "registration/receipt.html",
        entry=found,
        event=event,
        details=describe_details(found, book),
        groups=group_people(found, book),
        mailed=receipts.address_of(g.actor, found) if receipts.mail_goes_out() else None,
    )


@bp.route("/<reference>/withdraw", methods=["GET", "POST"])
@requires("entry.withdraw")
def withdraw(reference: str) -> Any:
    """Ask for the reason, then take the entry back, or ask for that where the school no longer may."""
    arrived = clock.now()
    found = get_entry(g.actor, reference)
    require_hands(found)
    form = WithdrawForm()
    change = Change(found, "withdraw", arrived)
    outcome = send(form, change, dict, lambda: services.withdraw_entry(g.actor, found, reason=form.reason.data))
    if outcome == SAVED:
        flash(_("Đã rút hồ sơ %(reference)s.", reference=reference), "success")
        return redirect(url_for("registration.entry", reference=reference))
    return outcome or render_form(
        "registration/withdraw.html",
        form,
        entry=found,
        may_withdraw=rules.may_withdraw(g.actor, found),
        **change.context(),
    )


@bp.post("/<reference>/revive")
@requires("entry.withdraw")
def revive(reference: str) -> Any:
    """Make a withdrawn entry a draft again."""
    arrived = clock.now()
    found = get_entry(g.actor, reference)
    require_hands(found)
    services.revive_entry(g.actor, found, at=arrived)
    flash(_("Hồ sơ đã trở lại thành bản nháp. Hãy nộp lại trước khi hết hạn."), "success")
    return redirect(url_for("registration.entry", reference=reference))
