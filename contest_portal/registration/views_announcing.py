"""An organiser's pages of announcements: what was announced, and a new one, checked before it is sent."""

from typing import Any

from flask import flash, g, redirect, render_template, request, url_for

from contest_portal.accounts.guards import requires
from contest_portal.contests.models import Edition, Unit
from contest_portal.contests.queries import all_editions, units_of
from contest_portal.core.attempts import attempt
from contest_portal.core.i18n import _
from contest_portal.core.paging import decode
from contest_portal.core.vietnamese import format_number
from contest_portal.core.web import render_form
from contest_portal.registration.announcing import AUDIENCE_WORDS, Audience, Words, announce, receivers_of
from contest_portal.registration.blueprint import bp
from contest_portal.registration.forms_announcing import AnnouncementForm
from contest_portal.registration.queries_announcements import sent_announcements
from contest_portal.registration.rules import runs

PAGE = "registration/new_announcement.html"


@bp.get("/announcements")
@requires("announcement.send")
def announcements() -> Any:
    """List what was announced in the editions one organises, the newest first."""
    page = sent_announcements([edition.id for edition in _own()], decode(request.args.get("cursor")))
    return render_template("registration/announcements.html", page=page, words=AUDIENCE_WORDS)


@bp.route("/announcements/new", methods=["GET", "POST"])
@requires("announcement.send")
def new_announcement() -> Any:
    """Write an announcement, see how many people it goes to, and send it."""
    editions = _own()
    form = AnnouncementForm(edition=request.args.get("edition"))
    chosen = [known for known in editions if known.code == form.edition.data]
    units = units_of(chosen[0].id) if chosen else []
    form.offer(editions, units)
    # The check page's buttons say what is next; the form's own button leads to that page.
    step = request.form.get("step", "check")
    if step != "send" and form.is_submitted() and form.validate():
        return _check(form, chosen[0], units) if step == "check" else render_form(PAGE, form)
    reached: list[int] = []

    def act() -> None:
        words = Words(form.subject.data, form.body.data)
        unit = _unit(form, units)
        audience = Audience(form.audience.data)
        reached.append(announce(g.actor, chosen[0], audience, words, unit=unit, once_token=form.once.data))

    if attempt(form, act):
        flash(_("Đã gửi thông báo cho %(count)s người.", count=format_number(reached[0])), "success")
        return redirect(url_for("registration.announcements"))
    return render_form(PAGE, form)


def _check(form: AnnouncementForm, edition: Edition, units: Any) -> Any:
    """Show who would be told what, before anybody is."""
    unit = _unit(form, units)
    return render_template(
        "registration/check_announcement.html",
        form=form,
        edition=edition,
        unit=unit,
        audience=AUDIENCE_WORDS[Audience(form.audience.data)],
        count=len(receivers_of(edition, Audience(form.audience.data), unit)),
    )


def _unit(form: AnnouncementForm, units: Any) -> Unit | None:
    return next((unit for unit in units if str(unit.id) == form.unit.data), None)


def _own() -> list[Edition]:
    return [edition for edition in all_editions() if runs(g.actor, edition.id)]
